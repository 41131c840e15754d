from __future__ import annotations

from typing import Any

import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, push, values


def counts(submission: dict[str, object]) -> dict[str, object]:
    names = ("received", "created", "updated", "unchanged", "queued", "rejected")
    return {name: submission[name] for name in names if submission[name]}


async def revisions(plan: PlanWorld) -> int:
    count: int = await plan.service.one(
        "select count(*) from measurement_revision where plan_id = %s", plan.id
    )
    return count


class TestStored:
    async def test_what_was_sent_can_be_read(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        answer = await push(
            plan,
            {
                "kpi": "k1",
                "period": "Sep-26",
                "value": "85.6",
                "numerator": 107,
                "denominator": 125,
                "note": "Two late\nreturns \\ a tab\there",
                "source": "Mosaic",
                "external_reference": "row 7",
            },
            source="Nightly",
            external_reference="job-1",
        )
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"] == plan.url(f"/submissions/{answer.json()['submission']}")
        manager = await plan.manager()
        held = (await manager.get(plan.url("/kpis/K1/measurements/_all/2026-09"))).json()
        assert held | {"known_from": "", "by": "", "submission": ""} == {
            "kpi": "K1",
            "segment": "_all",
            "period": "2026-09",
            "starts_on": "2026-09-01",
            "ends_on": "2026-09-30",
            "basis": "operational_provisional",
            "state": "reported",
            "value": 85.6,
            "grade": None,
            "numerator": 107,
            "denominator": 125,
            "note": "Two late\nreturns \\ a tab\there",
            "source": "Mosaic",
            "external_reference": "row 7",
            "workflow": "loaded",
            "question": None,
            "answer": None,
            "revision": 1,
            "reason": None,
            "known_from": "",
            "by": "",
            "submission": "",
            "act": None,
            "is_locked": False,
        }
        assert held["by"] == (await plan.user(Role.PROGRAMME_MANAGER)).name

    async def test_the_same_rows_again_change_nothing(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        rows = [{"kpi": "K1", "period": f"2026-0{n}", "value": 80 + n, "note": "x"} for n in range(1, 7)]
        first = (await push(plan, *rows)).json()
        again = (await push(plan, *rows)).json()
        assert counts(first) == {"received": 6, "created": 6}
        assert counts(again) == {"received": 6, "unchanged": 6} and again["changes"] == []
        assert await revisions(plan) == 6

    async def test_changes_show_old_and_new(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-08": 80, "2026-09": 81})
        answer = await push(
            plan,
            {"kpi": "K1", "period": "2026-08", "value": 80.0},
            {"kpi": "K1", "period": "2026-09", "value": "82.50"},
            {"kpi": "K1", "period": "2026-10", "state": "not_available"},
        )
        body = answer.json()
        assert counts(body) == {"received": 3, "created": 1, "updated": 1, "unchanged": 1}
        assert [(c["index"], c["period"]) for c in body["changes"]] == [(1, "2026-09"), (2, "2026-10")]
        assert (body["changes"][0]["old"]["value"], body["changes"][0]["new"]["value"]) == (81, 82.5)
        assert body["changes"][1]["old"] is None
        assert body["changes"][1]["new"]["state"] == "not_available"

    async def test_missing_is_never_zero(self, plan: PlanWorld) -> None:
        await a_kpi(plan, unit="count")
        await values(plan, "K1", {"2026-08": 0, "2026-09": "N/A", "2026-10": "nil"})
        kpi = (await (await plan.manager()).get(plan.url("/kpis/K1"))).json()
        assert [(p["state"], p.get("value")) for p in kpi["points"]] == [
            ("reported", 0),
            ("not_available", None),
            ("nil_return", None),
        ]
        assert kpi["change"] is None and kpi["direction"] is None

    async def test_bases_stand_side_by_side(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-09": 80})
        await values(plan, "K1", {"2026-09": 81}, basis="validated_return")
        manager = await plan.manager()
        listed = (await manager.get(plan.url("/kpis/K1/measurements"))).json()["items"]
        assert [(m["basis"], m["value"]) for m in listed] == [
            ("operational_provisional", 80),
            ("validated_return", 81),
        ]

    async def test_grades_and_segments(self, plan: PlanWorld) -> None:
        await a_kpi(plan, unit="grade", kind="grade", segments=[{"ref": "North", "title": "North"}])
        answer = await push(
            plan,
            {"kpi": "K1", "segment": "north", "period": "2026-08", "grade": "inadequate"},
            {"kpi": "K1", "segment": "north", "period": "2026-09", "value": "Requires Improvement"},
        )
        assert answer.status_code == 201, answer.text
        kpi = (await (await plan.manager()).get(plan.url("/kpis/K1"))).json()
        assert kpi["segments"][1]["series"][0]["latest_grade"] == "requires_improvement"

    async def test_numerator_and_denominator_make_the_value(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        answer = await push(plan, {"kpi": "K1", "period": "2026-09", "numerator": 18, "denominator": 21})
        assert answer.json()["changes"][0]["new"]["value"] == 85.714286

    async def test_a_corrected_ref_still_finds_its_kpi(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "OLD")
        manager = await plan.manager()
        tag = (await manager.get(plan.url("/kpis/OLD"))).headers["etag"]
        await manager.patch(plan.url("/kpis/OLD"), json={"ref": "NOW"}, headers={"If-Match": tag})
        answer = await push(plan, {"kpi": "old", "period": "2026-09", "value": 1})
        assert answer.status_code == 201 and answer.json()["changes"][0]["kpi"] == "NOW"

    async def test_what_a_row_leaves_out_stays(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        row = {"kpi": "K1", "period": "2026-09", "value": 50, "numerator": 1, "denominator": 2}
        await push(plan, row | {"note": "Half term", "source": "Mosaic"})
        bare = await push(plan, {"kpi": "K1", "period": "2026-09", "value": 50})
        assert counts(bare.json()) == {"received": 1, "unchanged": 1}
        await push(plan, {"kpi": "K1", "period": "2026-09", "value": 60})
        held = await (await plan.manager()).get(plan.url("/kpis/K1/measurements/_all/2026-09"))
        assert (held.json()["note"], held.json()["source"]) == ("Half term", "Mosaic")
        assert (held.json()["numerator"], held.json()["denominator"]) == (None, None)

    async def test_the_same_key_is_answered_once(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        body = {"rows": [{"kpi": "K1", "period": "2026-09", "value": 85.6}]}
        headers = {"Idempotency-Key": "file-1-batch-1"}
        first = await manager.post(plan.url("/measurements"), json=body, headers=headers)
        again = await manager.post(plan.url("/measurements"), json=body, headers=headers)
        assert again.json() == first.json() and again.headers["idempotency-replayed"] == "true"
        assert await plan.service.one("select count(*) from submission where plan_id = %s", plan.id) == 1


class TestAtomic:
    async def test_one_wrong_row_and_nothing_is_stored(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        rows = [
            {"kpi": "K1", "period": "2026-09", "value": 1},
            {"kpi": "K9", "period": "2026-09", "value": 1},
        ]
        answer = await push(plan, *rows)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["type"].endswith("/invalid") and problem["request_id"]
        assert problem["errors"][0]["pointer"] == "/rows/1/kpi"
        submission = problem["submission"]
        assert submission["status"] == "rejected"
        assert counts(submission) == {"received": 2, "rejected": 2}
        assert submission["errors"][0]["indexes"] == [1]
        assert await revisions(plan) == 0
        assert await plan.service.one("select count(*) from series where plan_id = %s", plan.id) == 0

    async def test_the_refusal_itself_is_kept(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        bad = {"kpi": "K1", "period": "2026-09", "value": "lots\0", "x": [1, {"y": "z" * 900}]}
        answer = await push(plan, bad)
        location = answer.headers["location"]
        manager = await plan.manager()
        detail = (await manager.get(location)).json()
        assert detail["status"] == "rejected" and counts(detail) == {"received": 1, "rejected": 1}
        assert {e["code"] for e in detail["errors"]} == {"unknown_field", "not_a_number"}
        rows = (await manager.get(f"{location}/rejected-rows", params={"code": "not_a_number"})).json()
        assert [(r["index"], r["pointer"]) for r in rows["items"]] == [(0, "/value")]
        assert rows["items"][0]["row"]["kpi"] == "K1" and len(rows["items"][0]["row"]["x"][1]["y"]) == 501

    async def test_a_retry_with_the_same_key_gets_the_refusal_again(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        body = {"rows": [{"kpi": "K1", "period": "2026-09", "value": 1}]}
        for replayed in (False, True):
            answer = await manager.post(
                plan.url("/measurements"), json=body, headers={"Idempotency-Key": "k"}
            )
            assert answer.status_code == 422 and ("idempotency-replayed" in answer.headers) is replayed


class TestPartial:
    async def test_good_rows_are_stored_and_counts_sum(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-07": 70, "2026-08": 80})
        rows: list[dict[str, Any]] = [
            {"kpi": "K1", "period": "2026-07", "value": 70},
            {"kpi": "K1", "period": "2026-08", "value": 81},
            {"kpi": "K1", "period": "2026-09", "value": 90},
            {"kpi": "K9", "period": "2026-09", "value": 1},
            {"kpi": "K1", "period": "2026-06", "value": "many"},
        ]
        answer = await push(plan, *rows, mode="partial")
        assert answer.status_code == 201
        body = answer.json()
        assert counts(body) == {"received": 5, "created": 1, "updated": 1, "unchanged": 1, "rejected": 2}
        detail = (await (await plan.manager()).get(answer.headers["location"])).json()
        assert counts(detail) == counts(body) and detail["status"] == "stored"
        assert [(c["period"], c["old"] and c["old"]["value"]) for c in detail["changes"]] == [
            ("2026-08", 80),
            ("2026-09", None),
        ]

    async def test_none_good_is_a_rejected_submission(self, plan: PlanWorld) -> None:
        answer = await push(plan, {"kpi": "K9", "period": "2026-09", "value": 1}, mode="partial")
        assert answer.status_code == 201 and answer.json()["status"] == "rejected"


class TestDryRun:
    async def test_says_what_would_change_and_stores_no_value(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-08": 80})
        rows = [
            {"kpi": "K1", "period": "2026-08", "value": 81},
            {"kpi": "K1", "period": "2026-09", "value": 82, "basis": "validated_return"},
            {"kpi": "K9", "period": "2026-09", "value": 1},
        ]
        answer = await push(plan, *rows, dry_run=True)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["status"] == "previewed" and body["dry_run"]
        assert counts(body) == {"received": 3, "created": 1, "updated": 1, "rejected": 1}
        assert body["changes"][0]["old"]["value"] == 80
        assert await revisions(plan) == 1
        assert await plan.service.one("select count(*) from series where plan_id = %s", plan.id) == 1


class TestWhoMayPush:
    async def test_only_those_who_load_values(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        row = {"kpi": "K1", "period": "2026-09", "value": 1}
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        assert (await push(plan, row, by=officer)).status_code == 201
        for role in (Role.ACTION_LEAD, Role.BOARD_MEMBER, Role.INSPECTOR, Role.ADMIN):
            assert (await push(plan, row, by=await plan.client(role))).status_code == 403
        assert (await push(plan, row, by=await plan.service.stranger())).status_code == 404


class TestShape:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"rows": []}, 422),
            ({}, 422),
            ({"rows": {"kpi": "K1"}}, 422),
            ({"rows": [{}], "mode": "some"}, 422),
            ({"rows": [{}], "surprise": 1}, 422),
            ([], 422),
        ],
    )
    async def test_a_payload_of_another_shape_is_refused(
        self, plan: PlanWorld, body: object, status: int
    ) -> None:
        answer = await (await plan.manager()).post(plan.url("/measurements"), json=body)
        assert answer.status_code == status
        assert await plan.service.one("select count(*) from submission where plan_id = %s", plan.id) == 0

    async def test_over_5000_rows_is_too_large(self, plan: PlanWorld) -> None:
        rows: list[dict[str, Any]] = [{}] * 5001
        answer = await push(plan, *rows)
        assert answer.status_code == 413 and "5000" in answer.json()["detail"]
