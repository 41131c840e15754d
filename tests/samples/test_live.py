"""The live sample: its document on any day, and what is loaded around it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import LiteralString

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.core.errors import Problem, ProblemType
from api.plan_documents.canonical import canonical
from api.plan_documents.checks import errors_in
from api.samples.live import audits, benchmarks
from api.samples.live.feeds import CASE_SYSTEM_KPIS
from api.samples.live.plan import live_plan
from api.samples.load import load_samples
from api.samples.next_month import next_month_csv
from api.samples.people import PEOPLE, printed_sign_ins, sign_ins_by_role
from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service
from tests.samples.conftest import rows, signed_in

ANY_DAY = date(2026, 5, 20)
EVERY_ROLE = [role for role in Role if role is not Role.INTEGRATION]


class TestTheDocument:
    @pytest.mark.parametrize("days", range(0, 730, 73))
    def test_is_right_on_any_day(self, days: int) -> None:
        today = date(2026, 1, 1) + timedelta(days=days)
        assert errors_in(canonical(live_plan(today)), None, today) == []

    def test_tells_the_same_story_every_time(self) -> None:
        assert live_plan(date(2026, 5, 20)) == live_plan(date(2026, 5, 20))

    def test_ends_with_the_month_before_last(self) -> None:
        values = live_plan(date(2026, 5, 1)).measurements
        assert max(value.period for value in values if value.kpi == "K01") == "2026-03"


class TestLoading:
    async def test_again_does_nothing(self, live: PlanWorld, engine: AsyncEngine) -> None:
        assert await load_samples(engine) == []

    async def test_goes_on_where_one_was_broken_off(
        self, live: PlanWorld, service: Service, engine: AsyncEngine
    ) -> None:
        """As if the process had died before the last plan: its people are there, the plan is not."""
        ref = await service.one(
            "update plan set ref = 'northmoor-before' where id = %s returning ref", live.id
        )
        try:
            assert ref == "northmoor-before"
            assert await load_samples(engine) == ["northmoor"]
        finally:
            await service.owner.execute("update plan set ref = 'northmoor-again' where ref = 'northmoor'")
            await service.owner.execute("update plan set ref = 'northmoor' where id = %s", (live.id,))

    async def test_counts_of_the_plan(self, live: PlanWorld, service: Service) -> None:
        query: LiteralString = """
            select (select count(*) from recommendation r where r.plan_id = p.id),
                   (select count(*) from action a where a.plan_id = p.id),
                   (select count(*) from board b where b.plan_id = p.id),
                   (select count(*) from kpi k where k.plan_id = p.id)
            from plan p where p.id = %s"""
        assert await rows(service, query, live.id) == [(12, 58, 3, 31)]

    async def test_thirty_kpis_and_more_have_three_years_of_months(
        self, live: PlanWorld, service: Service
    ) -> None:
        assert (
            await service.one("select count(*) from series where plan_id = %s and points_held = 36", live.id)
            >= 28
        )


class TestSignIns:
    def test_are_one_for_each_role_and_one_system(self) -> None:
        assert set(sign_ins_by_role()) == {role.value for role in Role}
        assert all(
            one["email"] in printed_sign_ins() for one in sign_ins_by_role().values() if "email" in one
        )

    def test_no_other_account_has_a_password(self) -> None:
        assert [person.name for person in PEOPLE if person.password is None and person.number] == []

    @pytest.mark.parametrize("role", EVERY_ROLE)
    async def test_let_each_role_into_the_live_plan(
        self, live: PlanWorld, service: Service, role: Role
    ) -> None:
        async with signed_in(service, role) as client:
            plan = (await client.get(live.url())).json()
        assert plan["roles"] == [role.value]

    async def test_let_members_look_at_the_closed_plans(self, live: PlanWorld, service: Service) -> None:
        async with signed_in(service, Role.BOARD_MEMBER) as client:
            plans = (await client.get("/v1/plans")).json()["items"]
        assert {"darlington-2017", "derby-2017", "dorset-2016", "dorset-2018", "west-sussex-2019"} < {
            plan["ref"] for plan in plans
        }


class TestPeople:
    async def test_a_lead_has_work_of_their_own_and_of_whom_they_stand_in_for(
        self, live: PlanWorld, service: Service
    ) -> None:
        async with signed_in(service, Role.ACTION_LEAD) as client:
            page = await client.get(live.url("/actions"), params={"mine": "true", "limit": "200"})
        leads = {lead["party"] for action in page.json()["items"] for lead in action["leads"]}
        assert leads == {"hos-help-protection", "hos-care"}

    async def test_an_inspector_sees_the_findings_given_and_no_other(
        self, live: PlanWorld, service: Service
    ) -> None:
        async with signed_in(service, Role.INSPECTOR) as client:
            page = await client.get(live.url("/recommendations"))
        assert [item["ref"] for item in page.json()["items"]] == ["1", "2", "3"]

    async def test_a_partner_sees_what_it_leads_and_was_given(
        self, live: PlanWorld, service: Service
    ) -> None:
        async with signed_in(service, Role.PARTNER) as client:
            kpis = (await client.get(live.url("/kpis"))).json()["items"]
            actions = (await client.get(live.url("/actions"), params={"mine": "true"})).json()["items"]
        assert {"K19", "K23"} <= {kpi["ref"] for kpi in kpis}
        assert all(any(lead["party"] == "named-nurse" for lead in action["leads"]) for action in actions)
        assert len(actions) == 5


class TestFeedsAndEscalations:
    async def test_one_feed_of_three_is_late(self, live: PlanWorld, service: Service) -> None:
        async with signed_in(service, Role.PERFORMANCE_OFFICER) as client:
            feeds = (await client.get(live.url("/feeds"))).json()["items"]
        assert {feed["ref"]: feed["late"] > 0 for feed in feeds} == {
            "case-system": False,
            "health-trust": True,
            "workforce": False,
        }

    async def test_escalations_stand_in_every_way(self, live: PlanWorld, service: Service) -> None:
        async with signed_in(service, Role.PROGRAMME_MANAGER) as client:
            found = (await client.get(live.url("/escalations"), params={"sort": "ref"})).json()["items"]
        stands = {one["ref"]: (one["state"], one["stage"]["position"], one["is_overdue"]) for one in found}
        assert stands == {
            "E-1": ("open", 1, False),
            "E-2": ("answered", 1, False),
            "E-3": ("open", 2, False),
            "E-4": ("resolved", 1, False),
            "E-5": ("open", 1, True),
        }


class TestAudits:
    @pytest.mark.parametrize("today", [date(2026, 5, 20), date(2027, 1, 1)])
    def test_add_up_to_what_the_plan_says(self, today: date) -> None:
        rows = list(audits.audits(today))
        for month in audits.months(today):
            held = [row for row in rows if row["month"] == month.period]
            final = [row["scores"] | row.get("moderated", {}) for row in held]
            grades = [marks[audits.OVERALL] for marks in final if audits.OVERALL in marks]
            scores = [marks[ref] for marks in final for ref, *_ in audits.SCORED]
            assert sum("moderated" in row for row in held) == month.moderated
            assert len(grades) == month.graded
            assert sum(grade in {"good", "outstanding"} for grade in grades) == month.good_or_better
            assert round(sum(scores) / len(scores), 1) == month.average

    async def test_of_a_year_have_results_before_and_after_moderation_and_small_teams(
        self, live: PlanWorld, service: Service
    ) -> None:
        async with signed_in(service, Role.BOARD_MEMBER) as client:
            told = await client.get(
                live.url("/audit-templates/practice/results"), params={"by": "quarter", "by_team": "true"}
            )
        periods = told.json()["periods"]
        assert sum(period["whole"]["audits"] for period in periods) == sum(1 for _ in audits.audits(ANY_DAY))
        full = max(periods, key=lambda period: period["whole"]["audits"])
        assert not full["whole"]["is_small"]
        assert Counter(team["is_small"] for team in full["teams"]).keys() == {True, False}
        average = full["whole"]["average"]
        assert average["before"] > average["after"]
        assert periods[-1]["windscreen"]["grade"] == "requires_improvement"

    async def test_never_replace_the_values_the_plan_came_with(
        self, live: PlanWorld, service: Service
    ) -> None:
        """All three years of them are left alone."""
        async with signed_in(service, Role.INTERNAL_AUDITOR) as client:
            measures = (await client.get(live.url("/audit-measures"))).json()["items"]
        assert {measure["kpi"]: len(measure["left_alone"]) for measure in measures} == {"K24": 36, "K25": 36}
        derived: LiteralString = """
            select count(*) from measurement_revision r join submission su on su.id = r.submission_id
            where su.plan_id = %s and su.door = 'audits'"""
        assert await service.one(derived, live.id) == 0

    async def test_have_positions_judged_by_roles(self, live: PlanWorld, service: Service) -> None:
        async with signed_in(service, Role.SENIOR_LEADER) as client:
            found = (await client.get(live.url("/windscreen-positions"))).json()["items"]
        assert [(one["grade"], one["place"], one["party"]) for one in found] == [
            ("requires_improvement", "upper", "hos-quality"),
            ("requires_improvement", "middle", "director"),
            ("requires_improvement", "middle", "hos-quality"),
            ("requires_improvement", "lower", "hos-quality"),
            ("requires_improvement", "lower", "director"),
        ]


class TestBenchmarks:
    def test_name_no_authority_that_exists(self) -> None:
        """The Department gives no number from 971 on."""
        lines = benchmarks.figures_file(date(2026, 5, 20)).decode().splitlines()
        codes = {line.split(",")[7] for line in lines[1:] if ",Local authority," in line}
        assert codes == {str(code) for code in range(971, 995)}

    async def test_say_that_they_are_made_up_and_are_imported_once(
        self, live: PlanWorld, service: Service
    ) -> None:
        async with signed_in(service, Role.PERFORMANCE_OFFICER) as client:
            found = (await client.get("/v1/benchmarks", params={"q": "made-up sample"})).json()["items"]
        assert {one["ref"]: one["releases"] for one in found} == {
            benchmarks.FIGURES: 1,
            benchmarks.NEIGHBOURS: 1,
        }
        assert all("made-up" in one["title"].lower() for one in found)

    async def test_two_kpis_stand_beside_their_like_and_one_beside_context(
        self, live: PlanWorld, service: Service
    ) -> None:
        async with signed_in(service, Role.BOARD_MEMBER) as client:
            told = {
                kpi: (await client.get(live.url(f"/kpis/{kpi}/benchmarks"))).json()["benchmarks"]
                for kpi in ("K10", "K18", "K26")
            }
        assert {kpi: [one["label"] for one in found] for kpi, found in told.items()} == {
            "K10": ["context"],
            "K18": ["like_with_like"],
            "K26": ["like_with_like"],
        }
        for (found,) in told.values():
            assert found["area"] == {"area": benchmarks.LA_CODE, "name": benchmarks.AUTHORITY}
            assert len(found["years"]) == benchmarks.YEARS
            latest = found["years"][0]
            assert latest["authorities"] == 22
            assert None not in (latest["own"]["value"], latest["region"]["value"], latest["change"])
            assert latest["rank"]["of"] == 22

    async def test_the_authority_has_ten_neighbours(self, live: PlanWorld, service: Service) -> None:
        async with signed_in(service, Role.BOARD_MEMBER) as client:
            at = f"/v1/benchmarks/{benchmarks.NEIGHBOURS}"
            release = (await client.get(at)).json()["in_force"]["release"]
            page = await client.get(
                f"{at}/releases/{release}/neighbours", params={"area": benchmarks.LA_CODE}
            )
        (northmoor,) = page.json()["items"]
        assert [one["name"] for one in northmoor["neighbours"]] == list(benchmarks.NEAREST_FIRST)


class TestNextMonth:
    async def test_the_integration_pushes_it_and_again_it_is_unchanged(
        self, live: PlanWorld, service: Service, engine: AsyncEngine
    ) -> None:
        written = await next_month_csv(engine)
        async with signed_in(service, Role.INTEGRATION) as system:
            send = live.url("/measurement-files")
            headers = {"Content-Type": "text/csv"}
            # One of its values pushed by hand before it, as the README does.
            by_hand = "".join(written.splitlines(keepends=True)[:2])
            one = (await system.post(send, content=by_hand, headers=headers)).json()
            assert (one["received"], one["created"]) == (1, 1)
            assert await next_month_csv(engine) == written
            told = (await system.post(f"{send}?dry_run=true", content=written, headers=headers)).json()
            assert (told["received"], told["created"]) == (len(CASE_SYSTEM_KPIS), len(CASE_SYSTEM_KPIS) - 1)
            stored = (await system.post(send, content=written, headers=headers)).json()
            assert (stored["created"], stored["rejected"]) == (len(CASE_SYSTEM_KPIS) - 1, 0)
            again = (await system.post(send, content=written, headers=headers)).json()
            assert (again["unchanged"], again["created"]) == (len(CASE_SYSTEM_KPIS), 0)
        with pytest.raises(Problem) as refused:
            await next_month_csv(engine)
        assert refused.value.kind is ProblemType.CONFLICT
