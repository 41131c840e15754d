from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from api.assurance.rules import outcome_evidenced
from api.assurance.schemas import CheckRead, CheckSummary
from api.vocabulary import CheckResultKind, Role
from tests.actions.making import (
    Json,
    a_recommendation,
    an_action,
    days_from_now,
    delete,
    fits,
    make,
    patch,
    pointers,
    post,
    problem,
    read,
    refs,
    version_of,
)
from tests.factories.world import PlanWorld

PLAN: Json = {"kind": "plan"}


async def a_check(plan: PlanWorld, ref: str = "C1", **fields: Any) -> Json:
    body = {"ref": ref, "about": PLAN, "title": "Dip sample", "kind": "dip_sample"} | fields
    return await make(plan, "/checks", body)


class TestCreate:
    async def test_is_about_an_item_of_any_kind_or_the_plan(self, plan: PlanWorld) -> None:
        await a_recommendation(plan, label="Visits")
        await an_action(plan)
        items = ({"kind": "recommendation", "ref": "r1"}, {"kind": "action", "ref": "A1"}, PLAN)
        about = [(await a_check(plan, f"C{place}", about=item))["about"] for place, item in enumerate(items)]
        assert about == [
            {"kind": "recommendation", "ref": "R1", "title": "Visits"},
            {"kind": "action", "ref": "A1", "title": "Do A1"},
            {"kind": "plan", "ref": None, "title": f"Plan {plan.ref}"},
        ]

    async def test_begins_unchecked(self, plan: PlanWorld) -> None:
        await plan.party("qa")
        made = await a_check(plan, owners=["qa"], due="2018-Q2", recurrence="quarterly")
        assert (made["outcome_evidenced"], made["latest_result"], made["results"]) == (
            "not_checked",
            None,
            [],
        )
        assert made["is_overdue"] is True and made["owners"][0]["party"] == "qa"

    async def test_points_at_an_item_that_is_not_there(self, plan: PlanWorld) -> None:
        body = {"ref": "C1", "title": "t", "kind": "audit", "about": {"kind": "action", "ref": "A9"}}
        assert pointers(await post(plan, "/checks", body)) == ["/about/ref"]

    @pytest.mark.parametrize("about", [{"kind": "action"}, {"kind": "plan", "ref": "A1"}])
    async def test_names_exactly_one_item(self, plan: PlanWorld, about: Json) -> None:
        body = {"ref": "C1", "title": "t", "kind": "audit", "about": about}
        assert pointers(await post(plan, "/checks", body)) == ["/about"]

    async def test_is_for_programme_managers(self, plan: PlanWorld) -> None:
        body = {"ref": "C1", "title": "t", "kind": "audit", "about": PLAN}
        assert problem(await post(plan, "/checks", body, role=Role.ACTION_LEAD)) == (403, "not-allowed")


class TestRecordResult:
    async def test_its_owner_may(self, plan: PlanWorld) -> None:
        await plan.party("qa", role=Role.ACTION_LEAD)
        before = await a_check(plan, owners=["qa"])
        body = {"on": days_from_now(-1), "result": "some_impact", "evidence": "Eight of ten"}
        after = await make(plan, "/checks/C1/results", body, role=Role.ACTION_LEAD)
        assert after["latest_result"] == body | {"by": (await plan.user(Role.ACTION_LEAD)).name}
        assert after["outcome_evidenced"] == "evidenced" and after["version"] > before["version"]

    async def test_the_latest_day_counts_and_none_is_lost(self, plan: PlanWorld) -> None:
        await a_check(plan)
        for days, result in ((-9, "impact_clear"), (-2, "no_impact"), (-5, "some_impact")):
            await make(plan, "/checks/C1/results", {"on": days_from_now(days), "result": result, "by": "QA"})
        whole = await read(plan, "/checks/C1")
        assert [r["result"] for r in whole["results"]] == ["no_impact", "some_impact", "impact_clear"]
        assert whole["outcome_evidenced"] == "not_evidenced" and whole["result_count"] == 3

    async def test_leaves_the_work_as_it_stands(self, plan: PlanWorld) -> None:
        await an_action(plan, status="completed")
        await a_check(plan, about={"kind": "action", "ref": "A1"})
        await make(plan, "/checks/C1/results", {"on": days_from_now(0), "result": "no_impact"})
        assert (await read(plan, "/actions/A1"))["status"] == "completed"

    async def test_refuses_a_day_to_come(self, plan: PlanWorld) -> None:
        await a_check(plan)
        body = {"on": days_from_now(1), "result": "no_impact"}
        assert pointers(await post(plan, "/checks/C1/results", body)) == ["/on"]

    @pytest.mark.parametrize("role", [Role.ACTION_LEAD, Role.BOARD_MEMBER])
    async def test_somebody_elses_check_is_not_theirs(self, plan: PlanWorld, role: Role) -> None:
        await a_check(plan)
        body = {"on": days_from_now(0), "result": "no_impact"}
        assert problem(await post(plan, "/checks/C1/results", body, role=role)) == (403, "not-allowed")

    async def test_an_unknown_check_is_not_found(self, plan: PlanWorld) -> None:
        body = {"on": days_from_now(0), "result": "no_impact"}
        assert problem(await post(plan, "/checks/C9/results", body)) == (404, "not-found")


class TestUpdate:
    async def test_changes_what_it_is_about(self, plan: PlanWorld) -> None:
        await an_action(plan)
        await a_check(plan, due="2018")
        body = {"about": {"kind": "action", "ref": "A1"}, "due": None, "kind": "survey"}
        after = (await patch(plan, "/checks/C1", body)).json()
        assert (after["about"]["ref"], after["due"], after["kind"]) == ("A1", None, "survey")

    async def test_owners_alone_make_a_new_version(self, plan: PlanWorld) -> None:
        await plan.party("qa")
        before = await a_check(plan)
        after = (await patch(plan, "/checks/C1", {"owners": ["qa"]})).json()
        assert after["owners"][0]["party"] == "qa" and after["version"] > before["version"]

    async def test_an_owner_does_not_change_the_check(self, plan: PlanWorld) -> None:
        await plan.party("qa", role=Role.ACTION_LEAD)
        await a_check(plan, owners=["qa"])
        answer = await patch(plan, "/checks/C1", {"title": "x"}, role=Role.ACTION_LEAD)
        assert problem(answer) == (403, "not-allowed")

    async def test_a_corrected_ref_redirects(self, plan: PlanWorld) -> None:
        await a_check(plan)
        await patch(plan, "/checks/C1", {"ref": "C2"})
        answer = await (await plan.manager()).get(plan.url("/checks/C1"))
        assert (answer.status_code, answer.headers["location"]) == (308, plan.url("/checks/C2"))

    async def test_a_result_meanwhile_makes_an_edit_stale(self, plan: PlanWorld) -> None:
        await a_check(plan)
        etag = await version_of(plan, "/checks/C1")
        await make(plan, "/checks/C1/results", {"on": days_from_now(0), "result": "no_impact"})
        answer = await patch(plan, "/checks/C1", {"title": "x"}, etag=etag)
        assert problem(answer) == (412, "edit-conflict")


class TestList:
    async def test_shows_what_is_documented(self, plan: PlanWorld) -> None:
        await a_check(plan, due="2018")
        await make(plan, "/checks/C1/results", {"on": days_from_now(0), "result": "no_impact"})
        fits(CheckSummary, (await read(plan, "/checks"))["items"][0])
        fits(CheckRead, await read(plan, "/checks/C1"))

    async def test_finds_by_item_kind_owner_and_outcome(self, plan: PlanWorld) -> None:
        await plan.party("qa", role=Role.SENIOR_LEADER)
        await an_action(plan)
        await a_check(plan, "C1", about={"kind": "action", "ref": "A1"}, owners=["qa"])
        await a_check(plan, "C2", kind="survey", due="2018-01")
        await make(plan, "/checks/C1/results", {"on": days_from_now(0), "result": "cannot_tell"})
        assert await refs(plan, "/checks") == ["C1", "C2"]
        assert await refs(plan, "/checks", about="action:a1") == ["C1"]
        assert await refs(plan, "/checks", about="action") == ["C1"]
        assert await refs(plan, "/checks", about="plan") == ["C2"]
        assert await refs(plan, "/checks", kind="survey") == ["C2"]
        assert await refs(plan, "/checks", owner="QA") == ["C1"]
        assert await refs(plan, "/checks", owner="none") == ["C2"]
        assert await refs(plan, "/checks", outcome="cannot_tell") == ["C1"]
        assert await refs(plan, "/checks", outcome="not_checked") == ["C2"]
        assert await refs(plan, "/checks", overdue="true") == ["C2"]
        assert await refs(plan, "/checks", mine="true", role=Role.SENIOR_LEADER) == ["C1"]

    async def test_refuses_an_unreadable_item(self, plan: PlanWorld) -> None:
        answer = await (await plan.manager()).get(plan.url("/checks"), params={"about": "widget:1"})
        assert problem(answer) == (422, "invalid")

    @pytest.mark.parametrize("role", [Role.PARTNER, Role.INSPECTOR])
    async def test_is_for_readers_of_the_whole_plan(self, plan: PlanWorld, role: Role) -> None:
        assert problem(await (await plan.client(role)).get(plan.url("/checks"))) == (403, "not-allowed")


class TestDelete:
    async def test_takes_its_results_along(self, plan: PlanWorld) -> None:
        await a_check(plan)
        await make(plan, "/checks/C1/results", {"on": days_from_now(0), "result": "no_impact"})
        assert (await delete(plan, "/checks/C1")).status_code == 204
        assert await refs(plan, "/checks") == []

    async def test_refuses_a_missing_version(self, plan: PlanWorld) -> None:
        await a_check(plan)
        answer = await (await plan.manager()).delete(plan.url("/checks/C1"))
        assert problem(answer) == (428, "if-match-required")


class TestTwin:
    async def test_the_list_says_what_the_rule_says(self, plan: PlanWorld) -> None:
        first, second = date(2018, 1, 1), date(2018, 1, 2)
        histories: list[list[tuple[date, CheckResultKind]]] = [
            [],
            *([(first, kind)] for kind in CheckResultKind),
            [(second, CheckResultKind.NO_IMPACT), (first, CheckResultKind.IMPACT_CLEAR)],
            [(first, CheckResultKind.NO_IMPACT), (first, CheckResultKind.SOME_IMPACT)],
        ]
        for place, history in enumerate(histories):
            await a_check(plan, f"C{place}")
            for on, result in history:
                await make(plan, f"/checks/C{place}/results", {"on": on.isoformat(), "result": result})
        shown = (await read(plan, "/checks"))["items"]
        assert [check["outcome_evidenced"] for check in shown] == [outcome_evidenced(h) for h in histories]
