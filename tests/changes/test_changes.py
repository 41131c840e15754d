from __future__ import annotations

import pytest
from sqlalchemy import text

from api.vocabulary import Role
from tests.actions.making import (
    Json,
    a_recommendation,
    an_action,
    days_from_now,
    delete,
    make,
    patch,
    problem,
    read,
)
from tests.changes.reading import changes
from tests.factories.world import PlanWorld


def told(entry: Json) -> dict[str, tuple[object, object]]:
    return {field["field"]: (field["from"], field["to"]) for field in entry["fields"]}


class TestList:
    async def test_tells_one_entry_for_each_item_a_request_touched(self, plan: PlanWorld) -> None:
        await plan.party("lead")
        await an_action(plan, "A1", leads=["lead"], milestones=[{"title": "Draft"}, {"title": "Adopt"}])
        (entry,) = await changes(plan, kind="action")
        assert (entry["what"], entry["kind"], entry["ref"], entry["title"]) == (
            "created",
            "action",
            "A1",
            "Do A1",
        )
        assert entry["by"] == (await plan.user(Role.PROGRAMME_MANAGER)).name and entry["request_id"]
        leads = [f["to"] for f in entry["fields"] if f["field"] == "leads"]
        assert leads == ["Party lead"]
        assert [f["to"] for f in entry["fields"] if f["field"] == "milestones"] == ["Draft", "Adopt"]

    async def test_says_what_changed_in_names_and_refs(self, plan: PlanWorld) -> None:
        await plan.party("old")
        await plan.party("other")
        await a_recommendation(plan)
        await an_action(plan, "1")
        await an_action(plan, "1.1", leads=["old"], status="in_progress")
        body = {"parent": "1", "leads": ["other"], "recommendations": ["R1"], "status": "completed"}
        assert (await patch(plan, "/actions/1.1", body | {"start": "2018-Q1"})).status_code == 200
        entry = (await changes(plan, at_least=3, kind="action"))[0]
        assert entry["what"] == "changed" and entry["ref"] == "1.1"
        assert {(f["field"], f["from"], f["to"]) for f in entry["fields"]} == {
            ("parent", None, "1"),
            ("status", "in_progress", "completed"),
            ("start", None, "2018-Q1"),
            ("leads", "Party old", None),
            ("leads", None, "Party other"),
            ("recommendations", None, "R1"),
        }

    async def test_tells_a_part_that_changed_field_by_field(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", milestones=[{"title": "Draft", "due": "2018-03"}])
        done = [{"title": "Draft", "due": "2018-03", "done_on": "2018-02-01"}]
        await patch(plan, "/actions/A1", {"milestones": done})
        entry = (await changes(plan, at_least=2, kind="action"))[0]
        assert entry["fields"] == [
            {"field": "milestones.done_on", "of": "Draft", "from": None, "to": "2018-02-01"}
        ]

    async def test_gives_the_reason_the_request_gave(self, plan: PlanWorld) -> None:
        await an_action(plan)
        manager = await plan.manager()
        etag = (await manager.get(plan.url("/actions/A1"))).headers["etag"]
        await manager.patch(
            plan.url("/actions/A1"),
            json={"title": "Other"},
            headers={"If-Match": etag, "Turnstone-Reason": "Agreed at board", "X-Request-Id": "req-1"},
        )
        entry = (await changes(plan, at_least=2, kind="action"))[0]
        assert (entry["reason"], entry["request_id"]) == ("Agreed at board", "req-1")
        assert told(entry) == {"title": ("Do A1", "Other")}

    async def test_a_deleted_item_keeps_its_name(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", milestones=[{"title": "Draft"}])
        await delete(plan, "/actions/A1")
        gone, come = await changes(plan, at_least=2, kind="action")
        assert (gone["what"], gone["ref"], gone["title"], gone["fields"]) == ("deleted", "A1", "Do A1", [])
        assert come["what"] == "created"

    async def test_a_new_row_in_one_request_tells_only_where_it_ended(self, plan: PlanWorld) -> None:
        await an_action(plan, due="2018-03")
        manager = await plan.manager()
        etag = (await manager.get(plan.url("/actions/A1"))).headers["etag"]
        body = {"to_due": "2018-06", "reason": "Recruitment"}
        await manager.post(plan.url("/actions/A1/slips"), json=body, headers={"If-Match": etag})
        entry = (await changes(plan, at_least=2, kind="action"))[0]
        assert told(entry) == {
            "slips": (None, "2018-03 → 2018-06: Recruitment"),
            "due": ("2018-03", "2018-06"),
        }

    async def test_filters_by_kind_person_and_day(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await an_action(plan, leads=["lead"])
        await make(plan, "/risks", {"ref": "K1", "title": "t"})
        await patch(plan, "/actions/A1", {"status": "in_progress"}, role=Role.ACTION_LEAD)
        lead = (await plan.user(Role.ACTION_LEAD)).name
        assert [e["ref"] for e in await changes(plan, kind="risk")] == ["K1"]
        assert [told(e)["status"] for e in await changes(plan, by=lead.upper(), kind="action")] == [
            ("not_started", "in_progress")
        ]
        assert len(await changes(plan, at_least=3, since=days_from_now(0), kind=["risk", "action"])) == 3
        assert (await read(plan, "/changes", until=days_from_now(-1)))["items"] == []

    async def test_pages_split_no_entry(self, plan: PlanWorld) -> None:
        await plan.party("lead")
        for place in range(4):
            await an_action(plan, f"A{place}", leads=["lead"], milestones=[{"title": "Draft"}])
        await changes(plan, at_least=4, kind="action")
        seen: list[str] = []
        page = await read(plan, "/changes", kind="action", limit=1, total="true")
        assert page["total"] == 4
        while page["next"] is not None:
            seen += [entry["ref"] for entry in page["items"]]
            page = await read(plan, "/changes", kind="action", limit=1, cursor=page["next"])
        assert [*seen, page["items"][0]["ref"]] == ["A3", "A2", "A1", "A0"]

    async def test_as_of_ends_with_what_was_done_by_then(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1")
        moment = (await plan.service.one("select clock_timestamp()")).isoformat().replace("+00:00", "Z")
        await an_action(plan, "A2")
        await changes(plan, at_least=2, kind="action")
        assert [e["ref"] for e in await changes(plan, as_of=moment, kind="action")] == ["A1"]

    async def test_long_texts_are_cut(self, plan: PlanWorld) -> None:
        await an_action(plan, success_test="long " * 200)
        (entry,) = await changes(plan, kind="action")
        assert len(str(told(entry)["success_test"][1])) == 300

    async def test_lists_the_changes_of_what_is_said_and_checked(self, plan: PlanWorld) -> None:
        await an_action(plan)
        about = {"kind": "action", "ref": "A1"}
        await make(plan, "/narratives", {"about": [about], "kind": "progress", "text": "All trained"})
        await make(plan, "/checks", {"ref": "C1", "about": about, "title": "Sample", "kind": "audit"})
        await make(plan, "/checks/C1/results", {"on": days_from_now(0), "result": "no_impact", "by": "QA"})
        result, check, narrative, _ = await changes(plan, at_least=4, kind=["check", "narrative", "action"])
        assert told(narrative)["about"] == (None, "action A1") and narrative["title"] == "All trained"
        assert told(check)["about"] == (None, "action A1")
        assert result["what"] == "changed"
        assert told(result) == {"results": (None, f"{days_from_now(0)}: no_impact")}

    @pytest.mark.parametrize("role", [Role.PARTNER, Role.INSPECTOR])
    async def test_is_not_for_those_given_only_a_part(self, plan: PlanWorld, role: Role) -> None:
        assert problem(await (await plan.client(role)).get(plan.url("/changes"))) == (403, "not-allowed")

    async def test_an_auditor_reads_it(self, plan: PlanWorld) -> None:
        await an_action(plan)
        await changes(plan)
        assert (await read(plan, "/changes", role=Role.INTERNAL_AUDITOR))["items"]

    async def test_another_plans_changes_are_not_in_it(self, plan: PlanWorld) -> None:
        await an_action(plan)
        await changes(plan)
        other = await plan.service.new_plan()
        assert "action" not in {e["kind"] for e in (await read(other, "/changes"))["items"]}

    async def test_an_unsettled_change_waits(self, plan: PlanWorld) -> None:
        await an_action(plan)
        await changes(plan, kind="action")
        async with plan.service.app.state.engine.connect() as running:
            await running.execute(text("select pg_current_xact_id()"))
            await patch(plan, "/actions/A1", {"title": "Other"})
            first = await (await plan.manager()).get(plan.url("/changes"), params={"kind": "action"})
            assert [e["what"] for e in first.json()["items"]] == ["created"]
        assert len(await changes(plan, at_least=2, kind="action")) == 2
        again = await (await plan.manager()).get(
            plan.url("/changes"),
            params={"kind": "action"},
            headers={"If-None-Match": first.headers["etag"]},
        )
        assert again.status_code == 200
