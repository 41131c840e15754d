from __future__ import annotations

import pytest

from api.audits.schemas import AuditBatchRead
from api.vocabulary import Role
from tests.actions.making import Json, fits, post, problem, read, refs
from tests.audits.making import a_template, audits, record
from tests.factories.world import PlanWorld

PATH = "/audit-batches"


async def held(plan: PlanWorld) -> int:
    count: int = await plan.service.one("select count(*) from audit where plan_id = %s", plan.id)
    return count


class TestAtomic:
    async def test_records_every_row_in_order(self, plan: PlanWorld) -> None:
        await a_template(plan)
        made = await record(plan, *audits("good", "inadequate"), *audits("good", month="2026-07"))
        fits(AuditBatchRead, made)
        assert made == {
            "mode": "atomic",
            "dry_run": False,
            "received": 3,
            "created": 3,
            "rejected": 0,
            "audits": ["AU-1", "AU-2", "AU-3"],
            "errors": [],
        }
        assert (await read(plan, "/audits/AU-2"))["marks"][0]["before"] == "inadequate"
        assert (await read(plan, "/audits/AU-3"))["month"] == "2026-07"

    async def test_one_wrong_row_and_nothing_is_recorded(self, plan: PlanWorld) -> None:
        await a_template(plan)
        rows = [*audits("good"), *audits("splendid", "splendid"), {"template": "practice"}, 7]
        answer = await post(plan, PATH, {"rows": rows})
        assert problem(answer) == (422, "invalid")
        body = answer.json()
        fits(AuditBatchRead, body["batch"])
        assert [error["pointer"] for error in body["errors"]] == [
            "/rows/1/scores/overall",
            "/rows/2/scores/overall",
            "/rows/3/month",
            "/rows/3/scores",
            "/rows/4",
        ]
        assert (body["batch"]["received"], body["batch"]["created"], body["batch"]["rejected"]) == (5, 0, 5)
        assert [(error["indexes"], error["code"]) for error in body["batch"]["errors"]] == [
            ([1, 2], "not_a_mark"),
            ([3], "missing"),
            ([3], "missing"),
            ([4], "not_an_object"),
        ]
        assert await held(plan) == 0

    async def test_the_same_key_is_answered_once(self, plan: PlanWorld) -> None:
        await a_template(plan)
        body: Json = {"rows": audits("good", "good")}
        first = await post(plan, PATH, body, key="august")
        again = await post(plan, PATH, body, key="august")
        assert again.json() == first.json() and again.headers["idempotency-replayed"] == "true"
        assert await held(plan) == 2

    async def test_without_a_key_the_same_rows_are_further_audits(self, plan: PlanWorld) -> None:
        await a_template(plan)
        for _ in range(2):
            await record(plan, *audits("good"))
        assert await refs(plan, "/audits", sort="ref") == ["AU-1", "AU-2"]


class TestPartial:
    async def test_records_the_good_and_tells_of_the_others(self, plan: PlanWorld) -> None:
        await a_template(plan)
        rows = [*audits("good"), {"case": "0042"}, *audits("nice"), *audits("inadequate", team="x")]
        made = await record(plan, *rows, *audits("good"), mode="partial")
        assert (made["received"], made["created"], made["rejected"]) == (5, 2, 3)
        assert made["audits"] == ["AU-1", "AU-2"]
        told = {(error["pointer"], error["code"]) for error in made["errors"]}
        assert told >= {
            ("/case", "unknown_field"),
            ("/scores/overall", "not_a_mark"),
            ("/team", "unknown_ref"),
        }

    async def test_of_a_refused_row_nothing_is_kept(self, plan: PlanWorld) -> None:
        await a_template(plan)
        rows = [*audits("good"), *audits("good", comment="Anna Bell, 0042")]
        answer = await post(plan, PATH, {"rows": rows, "mode": "partial"}, key="kept")
        assert answer.status_code == 201 and "Anna" not in answer.text
        for table in ("rejected_row", "submission", "audit", "audit_score", "idempotency_record"):
            kept = await plan.service.one(
                f"select count(*) from {table} t where to_jsonb(t)::text like '%%Anna%%'"
            )
            assert kept == 0, table


class TestDryRun:
    async def test_says_what_is_wrong_and_records_nothing(self, plan: PlanWorld) -> None:
        await a_template(plan)
        answer = await post(plan, PATH, {"rows": audits("good", "nice"), "dry_run": True})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["created"], body["rejected"], body["audits"]) == (1, 1, [])
        assert await held(plan) == 0


class TestShape:
    @pytest.mark.parametrize(
        "body",
        [{"rows": []}, {}, {"rows": {}}, {"rows": [{}], "mode": "some"}, {"rows": [{}], "source": "x"}],
    )
    async def test_a_payload_of_another_shape_is_refused(self, plan: PlanWorld, body: Json) -> None:
        assert problem(await post(plan, PATH, body)) == (422, "invalid")

    async def test_over_a_thousand_is_too_large(self, plan: PlanWorld) -> None:
        answer = await post(plan, PATH, {"rows": [{}] * 1001})
        assert problem(answer) == (413, "too-large") and "1000" in answer.json()["detail"]

    async def test_a_thousand_are_taken(self, plan: PlanWorld) -> None:
        await a_template(plan)
        made = await record(plan, *audits(*["good"] * 1000))
        assert made["created"] == 1000 and made["audits"][-1] == "AU-1000"

    async def test_is_for_those_who_keep_audits(self, plan: PlanWorld) -> None:
        await a_template(plan)
        leader = await post(plan, PATH, {"rows": audits("good")}, role=Role.SENIOR_LEADER)
        assert leader.status_code == 201
        refused = await post(plan, PATH, {"rows": audits("good")}, role=Role.ACTION_LEAD)
        assert problem(refused) == (403, "not-allowed")
