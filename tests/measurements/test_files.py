"""Files through the API: at once, put off, refused, recognised, given back."""

from __future__ import annotations

import base64
import csv
import io
from hashlib import sha256
from typing import Any

import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, values
from tests.measurements.files.making import workbook
from tests.measurements.sending import Work, ended, rows_stored, send
from tests.measurements.test_push import counts

CSV = "kpi,period,value\nK1,Aug-26,85.6\nK1,Sep-26,86\n"
NDJSON = """
{"kpi": "K1", "period": "2026-08", "value": 85.6}
{"kpi": "K1", "period": "2026-09", "value": 86}
"""
XLSX = workbook(("Data", [["Ref", "Aug-26", "Sep-26"], ["K1", 85.6, 86]]))


class TestAtOnce:
    @pytest.mark.parametrize(("kind", "content"), [("csv", CSV), ("ndjson", NDJSON)])
    async def test_a_small_file_is_answered_with_its_submission(
        self, plan: PlanWorld, kind: str, content: str
    ) -> None:
        await a_kpi(plan)
        answer = await send(plan, content, kind, name=f"values.{kind}", source="Nightly")
        assert answer.status_code == 201, answer.text
        body = answer.json()
        assert counts(body) == {"received": 2, "created": 2}
        assert (body["door"], body["source"], body["file_name"]) == (kind, "Nightly", f"values.{kind}")
        assert body["digest"] == sha256(content.encode()).hexdigest()
        assert [change["new"]["value"] for change in body["changes"]] == [85.6, 86]
        manager = await plan.manager()
        assert answer.headers["location"] == plan.url(f"/submissions/{body['submission']}")
        detail = (await manager.get(answer.headers["location"])).json()
        unlike = {name for name in body if body[name] != detail[name]}
        assert unlike == {"changes"}  # which have no index when read back
        held = (await manager.get(plan.url("/kpis/K1/measurements"))).json()["items"]
        assert [(m["period"], m["value"]) for m in held] == [("2026-08", 85.6), ("2026-09", 86)]

    async def test_a_preview_shows_old_and_new(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-08": 80})
        answer = await send(plan, CSV, dry_run=True)
        assert answer.status_code == 200, answer.text
        assert counts(answer.json()) == {"received": 2, "created": 1, "updated": 1}
        old, new = ((c["old"] and c["old"]["value"], c["new"]["value"]) for c in answer.json()["changes"])
        assert (old, new) == ((80, 85.6), (None, 86))
        location = plan.url(f"/submissions/{answer.json()['submission']}")
        kept = (await (await plan.manager()).get(location)).json()
        assert kept["changes"] == answer.json()["changes"] and kept["status"] == "previewed"
        assert await rows_stored(plan) == 1

    async def test_wrong_rows_are_told_by_their_places(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        content = (
            "Monthly return\nkpi,period,value\nK1,2026-08,lots\nK9,2026-08,1\nK9,2026-09,1\nK1,2026-09,2\n"
        )
        answer = await send(plan, content)
        assert answer.status_code == 422
        problem = answer.json()
        assert problem["detail"].startswith("3 of 4 rows are wrong")
        assert [(e["code"], e["places"], e["indexes"]) for e in problem["submission"]["errors"]] == [
            ("not_a_number", ["line 3"], [0]),
            ("unknown_kpi", ["line 4", "line 5"], [1, 2]),
        ]
        assert await rows_stored(plan) == 0
        partial = await send(plan, content, mode="partial")
        assert partial.status_code == 201
        assert counts(partial.json()) == {"received": 4, "created": 1, "rejected": 3}

    async def test_rows_about_the_same_value_are_all_refused_as_sent(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        content = "kpi,period,value\nK1,2026-08,1\nk1,Aug-26,2\nK1,2026-09,3\n"
        answer = await send(plan, content, mode="partial")
        (error,) = answer.json()["errors"]
        assert (error["code"], error["places"]) == ("duplicate_in_batch", ["line 2", "line 3"])
        rows = (await (await plan.manager()).get(answer.headers["location"] + "/rejected-rows")).json()
        assert [(row["place"], row["row"]) for row in rows["items"]] == [
            ("line 2", {"kpi": "K1", "period": "2026-08", "value": 1}),
            ("line 3", {"kpi": "k1", "period": "Aug-26", "value": 2}),
        ]

    async def test_a_file_that_cannot_be_read_is_recorded_too(self, plan: PlanWorld) -> None:
        answer = await send(plan, "colour,size\nred,1\n", name="x.csv")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "no_header"
        detail = (await (await plan.manager()).get(answer.headers["location"])).json()
        assert detail["status"] == "rejected" and counts(detail) == {}
        assert detail["problem"]["code"] == "no_header"
        assert detail["problem"]["message"] == answer.json()["detail"]

    async def test_the_identical_file_is_recognised(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        first = (await send(plan, CSV)).json()
        again = (await send(plan, CSV)).json()
        assert first["repeats"] is None
        assert again["repeats"] == first["submission"] and counts(again) == {"received": 2, "unchanged": 2}
        manager = await plan.manager()
        found = (await manager.get(plan.url("/submissions"), params={"digest": first["digest"]})).json()
        assert [item["repeats"] for item in found["items"]] == [first["submission"], None]

    async def test_the_same_key_is_answered_once(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        key = {"Idempotency-Key": "file-1"}
        first, again = [await send(plan, CSV, headers=key) for _ in range(2)]
        assert again.json() == first.json() and again.headers["idempotency-replayed"] == "true"
        other = await send(plan, CSV + "K1,2026-07,1\n", headers=key)
        assert other.status_code == 422 and other.json()["type"].endswith("idempotency-key-reused")


class TestPutOff:
    async def test_a_workbook_is_read_by_the_worker(self, plan: PlanWorld, work: Work) -> None:
        await a_kpi(plan)
        answer = await send(plan, XLSX, "xlsx", name="october.xlsx")
        assert answer.status_code == 202, answer.text
        assert answer.json()["status"] == "pending"
        manager = await plan.manager()
        waiting = await manager.get(answer.headers["location"])
        assert waiting.json()["progress"] == {"rows_read": 0, "share_read": None}
        assert waiting.headers["cache-control"] == "no-store" and "etag" not in waiting.headers
        body = await ended(plan, answer, work)
        assert (body["status"], body["progress"]) == ("stored", None)
        assert counts(body) == {"received": 2, "created": 2}
        assert body["by"] == (await plan.user(Role.PROGRAMME_MANAGER)).name
        assert [finding["code"] for finding in body["findings"]] == ["sheet", "layout"]
        assert await plan.service.one("select count(*) from upload where plan_id = %s", plan.id) == 0
        assert await plan.service.one("select count(*) from upload_part where plan_id = %s", plan.id) == 0

    async def test_whoever_would_rather_poll_may(self, plan: PlanWorld, work: Work) -> None:
        await a_kpi(plan)
        answer = await send(plan, CSV, headers={"Prefer": "respond-async"})
        assert answer.status_code == 202
        assert counts(await ended(plan, answer, work)) == {"received": 2, "created": 2}

    async def test_over_five_megabytes_is_put_off(self, plan: PlanWorld, work: Work) -> None:
        await a_kpi(plan)
        note = "x" * 19_000
        months = [f"{year}-{month:02}" for year in range(1990, 2014) for month in range(1, 13)][:280]
        content = "kpi,period,value,note\n" + "".join(f"K1,{month},70,{note}\n" for month in months)
        assert len(content) > 5_000_000
        answer = await send(plan, content)
        assert answer.status_code == 202, answer.text
        parts = await plan.service.one("select count(*) from upload_part where plan_id = %s", plan.id)
        assert parts == 6
        assert counts(await ended(plan, answer, work)) == {"received": 280, "created": 280}

    async def test_a_preview_keeps_what_would_change(self, plan: PlanWorld, work: Work) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-08": 80})
        body = await ended(plan, await send(plan, XLSX, "xlsx", dry_run=True), work)
        assert body["status"] == "previewed"
        assert [(c["old"] and c["old"]["value"], c["new"]["value"]) for c in body["changes"]] == [
            (80, 85.6),
            (None, 86),
        ]
        assert await rows_stored(plan) == 1

    async def test_an_atomic_file_with_a_wrong_row_stores_nothing(self, plan: PlanWorld, work: Work) -> None:
        await a_kpi(plan)
        content = workbook(("Data", [["Ref", "Aug-26", "Sep-26"], ["K1", 85.6, "lots"]]))
        body = await ended(plan, await send(plan, content, "xlsx"), work)
        assert body["status"] == "rejected" and counts(body) == {"received": 2, "rejected": 2}
        assert body["errors"][0]["places"] == ["Data!C2"]
        assert await rows_stored(plan) == 0
        body = await ended(plan, await send(plan, content, "xlsx", mode="partial"), work)
        assert counts(body) == {"received": 2, "created": 1, "rejected": 1}

    async def test_a_damaged_one_is_rejected_with_the_reason(self, plan: PlanWorld, work: Work) -> None:
        body = await ended(plan, await send(plan, XLSX[:2000], "xlsx"), work)
        assert body["status"] == "rejected" and body["problem"]["code"] == "truncated"
        assert await plan.service.one("select count(*) from upload where plan_id = %s", plan.id) == 0

    async def test_of_several_sheets_each_can_be_chosen(self, plan: PlanWorld, work: Work) -> None:
        await a_kpi(plan)
        header = ["Ref", "Aug-26"]
        content = workbook(("April", [header, ["K1", 1]]), ("May", [header, ["K1", 86]]))
        body = await ended(plan, await send(plan, content, "xlsx", dry_run=True), work)
        assert (body["status"], body["problem"]["code"]) == ("rejected", "several_sheets")
        assert [one["about"] for one in body["findings"]] == ["April", "May"]
        chosen = await send(plan, content, "xlsx", dry_run=True, sheet="May")
        body = await ended(plan, chosen, work)
        assert body["changes"][0]["new"]["value"] == 86

    async def test_the_same_key_finds_the_same_submission(self, plan: PlanWorld, work: Work) -> None:
        await a_kpi(plan)
        key = {"Idempotency-Key": "file-2"}
        first, again = [await send(plan, XLSX, "xlsx", headers=key) for _ in range(2)]
        assert (again.status_code, again.headers["location"]) == (202, first.headers["location"])
        await work()
        assert await plan.service.one("select count(*) from submission where plan_id = %s", plan.id) == 1


class TestPercentages:
    TEXT = "kpi,period,value\nK1,2026-08,0.814\nK1,2026-09,1\nK2,2026-08,0.5\n"

    async def test_all_within_one_are_asked_about_first(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await a_kpi(plan, "K2", unit="ratio")
        answer = await send(plan, self.TEXT)
        assert answer.status_code == 422
        (error,) = answer.json()["submission"]["errors"]
        assert (error["code"], error["places"]) == ("fraction_or_percent", ["line 2", "line 3"])
        assert "percentages_are=fractions" in error["message"] and "K1" in error["message"]
        findings = answer.json()["submission"]["findings"]
        assert [one["about"] for one in findings if one["code"] == "fraction_or_percent"] == ["K1"]
        partial = await send(plan, self.TEXT, mode="partial")
        assert counts(partial.json()) == {"received": 3, "created": 1, "rejected": 2}

    @pytest.mark.parametrize(("are", "held"), [("fractions", [81.4, 100]), ("percents", [0.814, 1])])
    async def test_the_sender_says_which(self, plan: PlanWorld, are: str, held: list[float]) -> None:
        await a_kpi(plan)
        await a_kpi(plan, "K2", unit="ratio")
        answer = await send(plan, self.TEXT, percentages_are=are)
        assert answer.status_code == 201, answer.text
        manager = await plan.manager()
        found = (await manager.get(plan.url("/kpis/K1/measurements"))).json()["items"]
        assert [m["value"] for m in found] == held
        other = (await manager.get(plan.url("/kpis/K2/measurements"))).json()["items"]
        assert [m["value"] for m in other] == [0.5]

    @pytest.mark.parametrize(
        "rows",
        [
            "K1,2026-08,0.814\nK1,2026-09,85\n",
            "K1,2026-08,0.5%\n",
            "K1,2026-08,0\nK1,2026-09,0\n",
            "K1,2026-08,N/A\n",
        ],
    )
    async def test_what_can_mean_one_thing_only_is_not_asked(self, plan: PlanWorld, rows: str) -> None:
        await a_kpi(plan)
        answer = await send(plan, f"kpi,period,value\n{rows}")
        assert answer.status_code == 201, answer.text

    async def test_a_program_means_what_it_writes(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        line = '{"kpi": "K1", "period": "2026-08", "value": 0.5}\n'
        assert (await send(plan, line, "ndjson")).json()["changes"][0]["new"]["value"] == 0.5

    async def test_percent_cells_of_a_workbook_are_what_they_show(self, plan: PlanWorld, work: Work) -> None:
        def change(sheet: Any) -> None:
            sheet["B2"].number_format = "0.0%"

        await a_kpi(plan)
        content = workbook(("S", [["Ref", "Aug-26"], ["K1", 0.814]]), change=change)
        body = await ended(plan, await send(plan, content, "xlsx"), work)
        assert body["changes"][0]["new"]["value"] == 81.4


class TestRefusedAtTheDoor:
    @pytest.mark.parametrize("kind", ["application/json", "application/pdf", "text/html", ""])
    async def test_another_content_type(self, plan: PlanWorld, kind: str) -> None:
        answer = await send(plan, CSV, kind)
        assert answer.status_code == 415 and "text/csv" in answer.json()["detail"]

    async def test_a_packed_body(self, plan: PlanWorld) -> None:
        answer = await send(plan, CSV, headers={"Content-Encoding": "gzip"})
        assert answer.status_code == 415

    async def test_a_body_shorter_than_it_says(self, plan: PlanWorld) -> None:
        answer = await send(plan, CSV, headers={"Content-Length": "4000"})
        assert answer.status_code == 400 and "cut off" in answer.json()["detail"]

    async def test_a_body_other_than_its_digest_says(self, plan: PlanWorld) -> None:
        await a_kpi(plan)

        def digest(content: str) -> dict[str, str]:
            told = base64.b64encode(sha256(content.encode()).digest()).decode()
            return {"Content-Digest": f"sha-256=:{told}:"}

        assert (await send(plan, CSV, headers=digest(CSV + "K1,2026-07,1\n"))).status_code == 400
        assert (await send(plan, CSV, headers=digest(CSV))).status_code == 201

    async def test_nothing_is_stored_of_any(self, plan: PlanWorld) -> None:
        await send(plan, CSV, "application/pdf")
        await send(plan, CSV, headers={"Content-Length": "4000"})
        assert await plan.service.one("select count(*) from submission where plan_id = %s", plan.id) == 0


class TestWhoMaySend:
    async def test_only_those_who_load_values(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        assert (await send(plan, CSV, by=officer)).status_code == 201
        for role in (Role.ACTION_LEAD, Role.BOARD_MEMBER, Role.INSPECTOR):
            assert (await send(plan, CSV, by=await plan.client(role))).status_code == 403
        assert (await send(plan, CSV, by=await plan.service.stranger())).status_code == 404

    async def test_rights_are_those_held_when_the_file_is_read(self, plan: PlanWorld, work: Work) -> None:
        await a_kpi(plan)
        officer = await plan.user(Role.PERFORMANCE_OFFICER)
        answer = await send(plan, XLSX, "xlsx", by=await plan.client(Role.PERFORMANCE_OFFICER))
        await plan.service.owner.execute(
            "update membership set role = 'board_member' where plan_id = %s and principal_id = %s",
            (plan.id, officer.id),
        )
        body = await ended(plan, answer, work)
        assert body["status"] == "rejected" and body["problem"]["code"] == "not_permitted"
        assert await rows_stored(plan) == 0

    async def test_whoever_was_disabled_meanwhile_stores_nothing(self, plan: PlanWorld, work: Work) -> None:
        await a_kpi(plan)
        officer = await plan.user(Role.PERFORMANCE_OFFICER)
        answer = await send(plan, XLSX, "xlsx", by=await plan.client(Role.PERFORMANCE_OFFICER))
        await plan.service.owner.execute(
            "update user_account set disabled_at = now() where id = %s", (officer.id,)
        )
        assert (await ended(plan, answer, work))["problem"]["code"] == "not_permitted"
        assert await rows_stored(plan) == 0

    async def test_a_plan_closed_meanwhile_takes_nothing(self, plan: PlanWorld, work: Work) -> None:
        await a_kpi(plan)
        answer = await send(plan, XLSX, "xlsx")
        await plan.service.owner.execute("update plan set status = 'closed' where id = %s", (plan.id,))
        assert "closed" in (await ended(plan, answer, work))["problem"]["message"]
        assert await rows_stored(plan) == 0


class TestRejectedRowsAsCsv:
    async def test_each_row_stands_beside_its_reasons(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        content = (
            'kpi,period,value,note\nK1,2026-08,lots,=1+1\nK9,x,1,\nK1,2026-09,2,\nK1,2026-10,"1,234,5",-\n'
        )
        answer = await send(plan, content, mode="partial")
        got = await (await plan.manager()).get(answer.headers["location"] + "/rejected-rows.csv")
        assert got.status_code == 200 and got.headers["content-type"].startswith("text/csv")
        assert "attachment" in got.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"))))
        assert [(r["place"], r["error"], r["kpi"], r["value"], r["note"]) for r in rows] == [
            ("line 2", "not_a_number", "K1", "lots", "'=1+1"),
            ("line 3", "unknown_kpi", "K9", "1", ""),
            ("line 5", "not_a_number", "K1", "1,234,5", "-"),
        ]
        assert rows[1]["reason"].startswith("There is no KPI “K9”")

    @pytest.mark.parametrize("field", ["kpi", "segment", "period", "value", "numerator", "note", "source"])
    @pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C x'!A0", "-1+2", "\t=1"])
    async def test_no_cell_is_a_formula(self, plan: PlanWorld, field: str, cell: str) -> None:
        await a_kpi(plan)
        row = {"kpi": "K1", "period": "soon", "value": "lots"} | {field: cell}
        answer = await (await plan.manager()).post(plan.url("/measurements"), json={"rows": [row]})
        got = await (await plan.manager()).get(answer.headers["location"] + "/rejected-rows.csv")
        (read,) = csv.DictReader(io.StringIO(got.content.decode("utf-8-sig")))
        assert read[field] == f"'{cell}"

    @pytest.mark.parametrize("note", ["- down on last month", "=1+1", "'quoted'", "n" * 20_000, "a\nb"])
    async def test_a_note_comes_back_whole(self, plan: PlanWorld, note: str) -> None:
        await a_kpi(plan)
        row = {"kpi": "K1", "period": "soon", "value": 7, "note": note}
        answer = await (await plan.manager()).post(
            plan.url("/measurements"), json={"mode": "partial", "rows": [row]}
        )
        got = await (await plan.manager()).get(answer.headers["location"] + "/rejected-rows.csv")
        assert (await send(plan, got.content.replace(b",soon,", b",2026-08,"))).status_code == 201
        assert await plan.service.one("select note from measurement where plan_id = %s", plan.id) == note

    async def test_put_right_it_can_be_sent_as_it_is(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        answer = await send(plan, "kpi,period,value\nK1,2026-08,lots\n", mode="partial")
        got = await (await plan.manager()).get(answer.headers["location"] + "/rejected-rows.csv")
        again = await send(plan, got.content.replace(b"2026-08,,,lots", b"2026-08,,,85.6"))
        assert again.status_code == 201, again.text
        assert counts(again.json()) == {"received": 1, "created": 1}

    async def test_all_of_them_page_by_page(self, plan: PlanWorld) -> None:
        rows = "".join(f"K9,{1900 + n % 120}-{n % 12 + 1:02},{n}\n" for n in range(4500))
        answer = await send(plan, f"kpi,period,value\n{rows}")
        got = await (await plan.manager()).get(answer.headers["location"] + "/rejected-rows.csv")
        rejected = csv.DictReader(io.StringIO(got.content.decode("utf-8-sig")))
        assert [int(row["value"]) for row in rejected] == list(range(4500))
