"""What was recorded here is found elsewhere: exported, imported as a new plan, and exported again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.actions.making import make, read
from tests.audits.making import a_scored_template, an_audit
from tests.benchmarks.making import a_dataset, a_file, england, paired
from tests.benchmarks.making import imported as figures_imported
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, push, values
from tests.measurements.making import act, lock, query
from tests.plan_documents.conftest import Imported
from tests.plan_documents.documents import Json, exported, new_ref, pointers, send
from tests.verdicts.stored import assert_stored_equals_recomputation, better, verdicts_of
from tests.verdicts.test_rebases import decide, propose

Elsewhere = Callable[[PlanWorld], Awaitable[PlanWorld]]


def moved(document: Json) -> Json:
    """The same plan under another ref."""
    return document | {"plan": document["plan"] | {"ref": new_ref()}}


def without(item: Json, *names: str) -> Json:
    return {name: value for name, value in item.items() if name not in names}


async def name_of(plan: PlanWorld, role: Role) -> str:
    return (await plan.user(role)).name


@pytest.fixture
def elsewhere(imported: Imported) -> Elsewhere:
    """Bring a plan's document in as another plan, and see that it is given back whole."""

    async def bring(plan: PlanWorld) -> PlanWorld:
        document = moved(await exported(await plan.manager(), plan.ref))
        other = await imported(document)
        assert await exported(await other.manager(), other.ref) == document
        told = await send(await other.manager(), document)
        assert (told["changes"], told["kept"], told["errors"]) == ([], [], [])
        return other

    return bring


class TestAudits:
    async def audited(self, plan: PlanWorld) -> None:
        await plan.party("north", kind="team")
        await plan.party("head-of-qa")
        await a_scored_template(plan, moderation_expected=True)
        await a_kpi(plan, "SCORE", unit="score", segments=[{"ref": "north", "title": "North"}])
        measure = {"kpi": "SCORE", "template": "practice", "statistic": "average", "domain": "assessment"}
        await make(plan, "/audit-measures", measure)
        scores = {"assessment": 6, "planning": 4, "overall": "requires_improvement"}
        await an_audit(plan, scores=scores, team="north", auditor="head-of-qa")
        await an_audit(plan, scores=scores, moderated={"assessment": 8}, moderator="head-of-qa")
        mistaken = await an_audit(plan, scores={"assessment": 1})
        url = plan.url(f"/audits/{mistaken['ref']}")
        manager = await plan.manager()
        body = {"because": "recorded_twice"}
        tag = {"If-Match": await etag_of(manager, url)}
        assert (await manager.post(f"{url}/withdrawal", json=body, headers=tag)).status_code in (200, 201)

    async def test_come_with_grades_before_and_after_moderation(
        self, plan: PlanWorld, elsewhere: Elsewhere
    ) -> None:
        await self.audited(plan)
        other = await elsewhere(plan)
        here, there = [(await read(world, "/audits"))["items"] for world in (plan, other)]
        assert {audit["recorded_by"] for audit in here} == {await name_of(plan, Role.PROGRAMME_MANAGER)}
        assert all(audit["recorded_by"].startswith("Admin") for audit in there)
        own = ("version", "recorded_by", "recorded_at", "updated_at")
        assert [without(audit, *own) for audit in there] == [without(audit, *own) for audit in here]
        results = "/audit-templates/practice/results"
        assert (await read(other, results)) == (await read(plan, results))

    async def test_what_they_make_of_a_kpi_stays_theirs(self, plan: PlanWorld, elsewhere: Elsewhere) -> None:
        await self.audited(plan)
        other = await elsewhere(plan)
        (measure,) = (await read(other, "/audit-measures"))["items"]
        assert measure["left_alone"] == []
        await an_audit(other, scores={"assessment": 4})
        value = await read(other, "/kpis/SCORE/measurements/_all/2026-08")
        assert value["value"] == 6
        value = await read(other, "/kpis/SCORE/measurements/north/2026-08")
        assert value["value"] == 6

    async def test_the_next_audit_is_numbered_on(self, plan: PlanWorld, elsewhere: Elsewhere) -> None:
        await self.audited(plan)
        other = await elsewhere(plan)
        assert (await an_audit(other))["ref"] == "AU-4"

    async def test_a_position_keeps_the_name_of_whose_it_is(
        self, plan: PlanWorld, elsewhere: Elsewhere
    ) -> None:
        await plan.party("director")
        body = {"grade": "good", "reason": "Steady for a year.", "judged_on": "2026-08-31"}
        await make(plan, "/windscreen-positions", body, role=Role.SENIOR_LEADER)
        await make(plan, "/windscreen-positions", body | {"party": "director", "place": "lower"})
        other = await elsewhere(plan)
        told = [
            [
                (one["judged_by"], one["party"], one["place"])
                for one in (await read(world, "/windscreen-positions"))["items"]
            ]
            for world in (plan, other)
        ]
        leader = await name_of(plan, Role.SENIOR_LEADER)
        assert told[0] == told[1] == [("Party director", "director", "lower"), (leader, None, "middle")]


class TestRebases:
    async def test_come_with_who_proposed_and_who_agreed(
        self, plan: PlanWorld, elsewhere: Elsewhere, engine: AsyncEngine
    ) -> None:
        await a_kpi(plan)
        await better(plan)
        await propose(plan)
        assert (await decide(plan, "agreement", note="Agreed at the meeting")).status_code == 200
        await propose(plan, from_period="2025-06")
        assert (await decide(plan, "rejection", number=2, note="Too soon")).status_code == 200
        await propose(plan, from_period="2025-07", segment="_all", basis="validated_return")
        other = await elsewhere(plan)
        here, there = [
            [without(one, "version", "may_agree") for one in (await read(world, "/kpis/K1/rebases"))["items"]]
            for world in (plan, other)
        ]
        assert there == here
        assert here[-1]["proposed_by"] == await name_of(plan, Role.PROGRAMME_MANAGER)
        verdicts = [
            [series["verdict"] for series in (await verdicts_of(world))["series"]] for world in (plan, other)
        ]
        assert verdicts[0] == verdicts[1]
        assert await assert_stored_equals_recomputation(other, engine) == 1

    async def test_one_that_waits_is_agreed_there_by_a_second_person(
        self, plan: PlanWorld, elsewhere: Elsewhere
    ) -> None:
        await a_kpi(plan)
        await propose(plan)
        other = await elsewhere(plan)
        assert (await decide(other, "agreement")).status_code == 200
        (rebase,) = (await read(other, "/kpis/K1/rebases"))["items"]
        assert rebase["proposed_by"] == await name_of(plan, Role.PROGRAMME_MANAGER)
        assert rebase["decided_by"] == await name_of(other, Role.PERFORMANCE_OFFICER)

    async def test_whoever_brought_it_in_cannot_agree_alone(
        self, plan: PlanWorld, imported: Imported
    ) -> None:
        await a_kpi(plan)
        document = await exported(await plan.manager(), plan.ref)
        document["kpis"][0]["rebases"] = [
            {
                "number": 1,
                "from_period": "2025-02",
                "reason": "Another process",
                "proposed_by": "The performance board",
                "proposed_at": "2026-10-01T09:30:00Z",
            }
        ]
        told = await send(await plan.manager(), document, dry_run=False)
        assert pointers(told, "rebase_waits") == ["/kpis/0/rebases/0"]
        assert (await decide(plan, "agreement", Role.PROGRAMME_MANAGER)).status_code == 403


class TestPairings:
    async def test_come_without_the_figures(self, plan: PlanWorld, elsewhere: Elsewhere) -> None:
        dataset = await a_dataset(plan)
        await figures_imported(plan, dataset, a_file([england("20.1")]))
        await a_kpi(plan, period_type="financial_year")
        await paired(plan, "K1", dataset, definition_alike=False, reason="Ours counts siblings too.")
        other = await elsewhere(plan)
        (pairing,) = (await read(other, "/kpis/K1/benchmarks"))["benchmarks"]
        assert (pairing["dataset"], pairing["indicator"]["name"]) == (dataset, "rate")
        assert pairing["reason"] == "Ours counts siblings too."

    async def test_a_dataset_that_is_not_known_waits_for_its_figures(
        self, plan: PlanWorld, admin: httpx.AsyncClient
    ) -> None:
        await a_kpi(plan, period_type="financial_year")
        document = await exported(await plan.manager(), plan.ref)
        ref = new_ref()
        document["benchmark_datasets"] = [{"ref": ref, "title": "Re-referrals", "source": "A department"}]
        pairing = {"dataset": ref, "indicator": "rate", "period_alike": True, "definition_alike": True}
        document["kpis"][0]["benchmarks"] = [pairing]
        refused = await send(await plan.manager(), document)
        assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [
            ("/benchmark_datasets/0/ref", "unknown_ref")
        ]
        told = await send(admin, document, dry_run=False)
        assert pointers(told, "dataset_without_figures") == ["/benchmark_datasets/0"]
        (shown,) = (await read(plan, "/kpis/K1/benchmarks"))["benchmarks"]
        assert shown["problem"]["code"] == "no_release"
        assert pointers(await send(admin, document), "dataset_without_figures") == []


class TestValues:
    async def test_under_query_come_with_question_and_answer(
        self, plan: PlanWorld, elsewhere: Elsewhere
    ) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-07": 80, "2026-08": 81, "2026-09": 82})
        await act(plan, "/measurements/sign-offs", kpis=["K1"])
        await query(plan, "Half of August is missing, is it not?", kpis=["K1"], periods=["2026-08"])
        await act(plan, "/measurements/query-answers", answer="It came late.", kpis=["K1"])
        await query(plan, "And September?", kpis=["K1"], periods=["2026-09"])
        other = await elsewhere(plan)
        asked = await read(other, "/kpis/K1/measurements/_all/2026-08")
        assert (asked["workflow"], asked["question"], asked["answer"]) == (
            "under_query",
            "Half of August is missing, is it not?",
            "It came late.",
        )
        assert (await read(other, "/kpis/K1/measurements/_all/2026-07"))["workflow"] == "signed_off"

    async def test_of_locked_periods_are_stored_and_the_locks_hold_after(
        self, plan: PlanWorld, elsewhere: Elsewhere
    ) -> None:
        await a_kpi(plan)
        await a_kpi(plan, "K2", locks_after_days=30)
        await values(plan, "K1", {"2026-07": 80, "2026-08": 81})
        await push(plan, {"kpi": "K2", "period": "2024-01", "value": 5})
        await lock(plan, "2026-08-31", kpis=["K1"])
        span: Json = {"from": "2026-07-01", "to": "2026-07-31", "kpis": ["K1"]}
        await act(plan, "/period-locks/reopenings", reason="The return was amended", **span)
        other = await elsewhere(plan)
        here, there = [
            [without(one, "id") for one in (await read(world, "/period-locks"))["items"]]
            for world in (plan, other)
        ]
        assert there == here
        assert [one["by"] for one in there] == [await name_of(plan, Role.PERFORMANCE_OFFICER)] * 2
        told = [
            (await push(other, {"kpi": "K1", "period": period, "value": 90})).json()
            for period in ("2026-07", "2026-08")
        ]
        assert [(one["updated"], one["queued"]) for one in told] == [(1, 0), (0, 1)]

    async def test_that_change_in_a_locked_period_wait_and_the_preview_says_so(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-07": 80, "2026-08": 81})
        manager = await plan.manager()
        document = await exported(manager, plan.ref)
        await send(manager, document, dry_run=False)
        await lock(plan, "2026-07-31")
        document["measurements"][0]["value"] = 70
        document["measurements"][1]["value"] = 71
        told = await send(manager, document)
        assert pointers(told, "value_in_locked_period") == ["/measurements/0"]
        await send(manager, document, dry_run=False)
        held = [value["value"] for value in (await exported(manager, plan.ref))["measurements"]]
        assert held == [80, 71]
        (late,) = (await read(plan, "/late-revisions"))["items"]
        assert (late["period"], late["status"]) == ("2026-07", "waiting")


class TestFeeds:
    async def test_come_with_what_they_owe(self, plan: PlanWorld, elsewhere: Elsewhere) -> None:
        await plan.party("systems")
        await a_kpi(plan)
        feed: Json = {"ref": "nightly", "title": "Nightly", "system": "Cases", "owner": "systems"}
        feed |= {"frequency": "Every night", "due_after_days": 10, "locks_after_days": 40, "kpis": ["K1"]}
        await make(plan, "/feeds", feed)
        other = await elsewhere(plan)
        (found,) = (await read(other, "/feeds"))["items"]
        assert [kpi["ref"] for kpi in found["kpis"]] == ["K1"]
        assert (found["owner"]["party"], found["due_after_days"], found["locks_after_days"]) == (
            "systems",
            10,
            40,
        )
