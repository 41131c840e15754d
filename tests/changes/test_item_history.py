from __future__ import annotations

from typing import Any

from api.changes.schemas import ChangeEntry
from api.vocabulary import Role
from tests.actions.making import (
    Json,
    a_recommendation,
    an_action,
    days_from_now,
    delete,
    fits,
    make,
    patch,
    problem,
    read,
    version_of,
)
from tests.factories.world import PlanWorld


async def history(plan: PlanWorld, kind: str, ref: str, **query: Any) -> list[Json]:
    found: list[Json] = (await read(plan, f"/history/{kind}/{ref}", **query))["items"]
    return found


class TestRead:
    async def test_shows_what_is_documented(self, plan: PlanWorld) -> None:
        await an_action(plan, points=["first"], due="2018-03")
        fits(ChangeEntry, (await history(plan, "action", "A1"))[0])

    async def test_tells_everything_that_happened_newest_first(self, plan: PlanWorld) -> None:
        about = {"kind": "action", "ref": "A1"}
        await an_action(plan, due="2018-03")
        await an_action(plan, "A2")
        etag = await version_of(plan, "/actions/A1")
        manager = await plan.manager()
        slip = {"to_due": "2018-06", "reason": "Recruitment"}
        await manager.post(plan.url("/actions/A1/slips"), json=slip, headers={"If-Match": etag})
        await make(plan, "/narratives", {"about": [about], "kind": "progress", "text": "All trained"})
        await make(plan, "/checks", {"ref": "C1", "about": about, "title": "Sample", "kind": "audit"})
        await make(plan, "/checks/C1/results", {"on": days_from_now(0), "result": "some_impact"})
        await patch(plan, "/actions/A1", {"status": "completed"})
        entries = await history(plan, "action", "a1")
        assert [(e["what"], e["kind"]) for e in entries] == [
            ("changed", "action"),
            ("changed", "check"),
            ("created", "check"),
            ("created", "narrative"),
            ("changed", "action"),
            ("created", "action"),
        ]
        assert entries[0]["fields"] == [
            {"field": "status", "of": None, "from": "not_started", "to": "completed"}
        ]

    async def test_long_texts_are_whole(self, plan: PlanWorld) -> None:
        await an_action(plan, success_test="long " * 200)
        (entry,) = await history(plan, "action", "A1")
        texts = {f["field"]: f["to"] for f in entry["fields"]}
        assert texts["success_test"] == ("long " * 200).strip()

    async def test_pages(self, plan: PlanWorld) -> None:
        await an_action(plan)
        for title in ("b", "c"):
            await patch(plan, "/actions/A1", {"title": title})
        page = await read(plan, "/history/action/A1", limit=2)
        rest = await read(plan, "/history/action/A1", limit=2, cursor=page["next"])
        assert [e["what"] for e in page["items"] + rest["items"]] == ["changed", "changed", "created"]
        assert rest["next"] is None

    async def test_a_deleted_item_is_found_by_its_last_ref(self, plan: PlanWorld) -> None:
        await an_action(plan)
        await delete(plan, "/actions/A1")
        assert [e["what"] for e in await history(plan, "action", "A1")] == ["deleted", "created"]

    async def test_a_corrected_ref_is_one_history(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        await patch(plan, "/recommendations/R1", {"ref": "R1a"})
        assert await history(plan, "recommendation", "R1") == await history(plan, "recommendation", "r1A")
        assert (await history(plan, "recommendation", "R1"))[0]["fields"] == [
            {"field": "ref", "of": None, "from": "R1", "to": "R1a"}
        ]

    async def test_a_risk_and_its_controls_are_one(self, plan: PlanWorld) -> None:
        await plan.party("hr")
        await make(plan, "/risks", {"ref": "K1", "title": "t", "controls": [{"text": "Pay"}]})
        body = {"controls": [{"text": "Pay", "owner": "hr"}], "current": {"level": "high"}}
        await patch(plan, "/risks/K1", body)
        fields = (await history(plan, "risk", "K1"))[0]["fields"]
        assert {(f["field"], f["of"], f["from"], f["to"]) for f in fields} == {
            ("current_level", None, None, "high"),
            ("controls.owner", "Pay", None, "Party hr"),
        }

    async def test_as_of_ends_there(self, plan: PlanWorld) -> None:
        await an_action(plan)
        moment = (await plan.service.one("select clock_timestamp()")).isoformat().replace("+00:00", "Z")
        await patch(plan, "/actions/A1", {"title": "Other"})
        entries = await history(plan, "action", "A1", as_of=moment)
        assert [e["what"] for e in entries] == ["created"]

    async def test_an_item_that_never_was_has_none(self, plan: PlanWorld) -> None:
        answer = await (await plan.manager()).get(plan.url("/history/action/A9"))
        assert problem(answer) == (404, "not-found")

    async def test_an_unknown_kind_is_refused(self, plan: PlanWorld) -> None:
        answer = await (await plan.manager()).get(plan.url("/history/widget/A1"))
        assert problem(answer) == (422, "invalid")

    async def test_a_partner_reads_none(self, plan: PlanWorld) -> None:
        await plan.party("nhs", role=Role.PARTNER)
        await an_action(plan, leads=["nhs"])
        answer = await (await plan.client(Role.PARTNER)).get(plan.url("/history/action/A1"))
        assert problem(answer) == (403, "not-allowed")
