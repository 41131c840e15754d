"""What readers are told: on the KPI's page, in lists, on the scorecard and the dashboard."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, push, values
from tests.measurements.making import query
from tests.verdicts.series import STEADY
from tests.verdicts.stored import (
    assert_stored_equals_recomputation,
    better,
    earlier_of,
    figures,
    kpi_of,
    patch_kpi,
    verdicts_of,
)

TARGET = {"kind": "standing", "value": 95}


class TestKpiPage:
    async def test_codes_and_sentence(self, plan: PlanWorld) -> None:
        await a_kpi(plan, targets=[TARGET])
        await better(plan)
        found = (await kpi_of(plan))["verdict"]
        assert found["sentence"] == (
            "Getting better: seven months running above the average since February 2025."
            " At this pace it will not reliably reach 95%."
        )
        assert (found["variation"], found["rule"], found["side"], found["icon"]) == (
            "improvement",
            "shift",
            "high",
            "improvement_high",
        )
        assert found["fired"] == [f"2025-{month:02}" for month in range(2, 9)]
        assert (found["assurance"], found["target_floor"], found["needed"]) == ("consistently_fails", 95, 13)
        assert (found["mean"], found["lower_limit"], found["upper_limit"]) == (
            pytest.approx(52.75),
            pytest.approx(47.15),
            pytest.approx(58.35),
        )
        # A mark for every point is more than a list of KPIs should carry.
        assert "marks" not in found
        marked = (await verdicts_of(plan))["series"][0]["verdict"]
        assert {"period": "2025-08", "rule": "shift", "side": "high"} in marked.pop("marks")
        assert marked == found

    async def test_too_early(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", figures(STEADY[:5]))
        found = (await kpi_of(plan))["verdict"]
        assert (found["variation"], found["held"], found["needed"]) == ("too_early", 5, 13)
        assert (found["median"], found["change"], found["last_year"]) == (50, -1, None)
        assert found["sentence"].startswith("Too early to say (5 of 13).")

    async def test_three_of_four(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await push(plan, {"kpi": "K1", "period": "2026-09", "numerator": 3, "denominator": 4})
        found = (await kpi_of(plan))["verdict"]
        assert (found["variation"], found["why_not"]) == ("not_applicable", "small_denominator")
        assert found["sentence"] == "3 of 4 in September 2026: too few to judge variation."

    async def test_no_values(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        found = await kpi_of(plan)
        assert (found["verdict"], found["verdict_is_pending"]) == (None, False)

    async def test_only_missing_values(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await push(plan, {"kpi": "K1", "period": "2026-09", "state": "not_available"})
        found = (await kpi_of(plan))["verdict"]
        assert (found["why_not"], found["sentence"]) == (
            "no_values",
            "No value counts yet: the only one is not available.",
        )

    async def test_only_a_value_under_query(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan)
        await push(plan, {"kpi": "K1", "period": "2026-09", "value": 70})
        await query(plan, kpis=["K1"])
        found = (await kpi_of(plan))["verdict"]
        assert (found["why_not"], found["sentence"]) == (
            "no_values",
            "No value counts yet: the only one is under query.",
        )
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    async def test_a_date_that_passed_is_not_told_as_one_to_come(self, plan: PlanWorld) -> None:
        """Its last value is of January 2025, long before today; the target was for that March."""
        due = {"kind": "by_date", "value": 55, "due": {"date": "2025-03-31"}}
        later = {"kind": "by_date", "value": 90, "due": {"date": "2099-03-31"}}
        await a_kpi(plan, targets=[due])
        await values(plan, "K1", figures([str(40 + place) for place in range(13)]))
        found = (await kpi_of(plan))["verdict"]
        assert found["trajectory"] is None and "2025" not in found["sentence"].partition(". ")[2]
        await patch_kpi(plan, {"targets": [due, later]})
        found = (await kpi_of(plan))["verdict"]
        assert found["trajectory"]["due_on"] == "2099-03-31"
        assert found["sentence"].endswith("At this pace it will reach 90% by 31 March 2099.")
        (was,) = await earlier_of(plan)
        assert was["verdict"]["trajectory"] is None

    async def test_grades(self, plan: PlanWorld) -> None:
        await a_kpi(plan, unit="grade", kind="grade", polarity="neutral")
        await push(plan, {"kpi": "K1", "period": "2026-09", "grade": "good"})
        assert (await kpi_of(plan))["verdict"]["why_not"] == "no_figures"

    async def test_signed_off_values_apart(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await better(plan)
        found = (await kpi_of(plan))["verdict"]
        assert (found["variation"], found["signed_off"]["variation"]) == ("improvement", "not_applicable")


class TestEverySeries:
    async def test_by_segment_and_basis(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan, segments=[{"ref": "north", "title": "North"}])
        await better(plan, segment="north")
        await values(plan, "K1", figures(STEADY), basis="validated_return")
        found = (await verdicts_of(plan))["series"]
        assert [(one["segment"], one["basis"], one["verdict"]["variation"]) for one in found] == [
            ("_all", "validated_return", "common_cause"),
            ("north", "operational_provisional", "improvement"),
        ]
        assert not any(one["is_pending"] for one in found)
        assert await assert_stored_equals_recomputation(plan, engine) == 2

    async def test_each_stands_against_the_target(self, plan: PlanWorld) -> None:
        """By the rule that the KPI's own series is judged by, to its kind and its distance."""
        by_date = {"kind": "by_date", "value": 60, "due": {"date": "2099-03-31"}, "baseline": 40}
        await a_kpi(plan, segments=[{"ref": "north", "title": "North"}], targets=[by_date], tolerance=5)
        await better(plan)
        await values(plan, "K1", figures(["90"]), segment="north")
        await values(plan, "K1", figures(["50", "44"]), segment="north", basis="validated_return")
        first, second, third = (await verdicts_of(plan))["series"]
        told = [(one["target_state"], one["target_distance"]) for one in (first, second, third)]
        assert told == [("on_pace", 2), ("on_pace", -30), ("on_pace", 16)]
        assert {one["current_target"]["kind"] for one in (first, second, third)} == {"by_date"}
        await patch_kpi(plan, {"targets": [{"kind": "standing", "value": 60}]})
        first, second, third = (await verdicts_of(plan))["series"]
        told = [(one["target_state"], one["target_distance"]) for one in (first, second, third)]
        assert told == [("within_tolerance", 2), ("met", -30), ("missed", 16)]
        assert {one["current_target"]["kind"] for one in (first, second, third)} == {"standing"}
        kpi = await kpi_of(plan)
        names = ("current_target", "target_state", "target_distance", "target_expected")
        assert {name: first[name] for name in names} == {name: kpi[name] for name in names}
        await patch_kpi(plan, {"targets": []})
        assert {one["target_state"] for one in (await verdicts_of(plan))["series"]} == {"no_target"}

    async def test_an_inspector_sees_none_of_what_was_not_given(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await better(plan)
        answer = await (await plan.client(Role.INSPECTOR)).get(plan.url("/kpis/K1/verdicts"))
        assert answer.status_code == 404


class TestLists:
    async def test_list_scorecard_and_dashboard(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "K1", category="how_well")
        await a_kpi(plan, "K2", category="how_well")
        await better(plan, "K1")
        await values(plan, "K2", figures(STEADY))
        manager = await plan.manager()
        listed = (await manager.get(plan.url("/kpis"))).json()["items"]
        assert [kpi["verdict"]["variation"] for kpi in listed] == ["improvement", "common_cause"]
        dashboard = (await manager.get(plan.url("/dashboard"))).json()["scorecard"]
        assert dashboard["by_verdict"] == {"improvement": 1, "common_cause": 1}
        assert refs(dashboard) == ["K1", "K2"]
        assert refs((await manager.get(plan.url("/scorecard?verdict=improvement"))).json()) == ["K1"]
        both = "/scorecard?verdict=improvement&verdict=common_cause"
        assert refs((await manager.get(plan.url(both))).json()) == ["K1", "K2"]
        assert refs((await manager.get(plan.url("/scorecard?verdict=concern"))).json()) == []

    async def test_an_unknown_verdict_is_refused(self, plan: PlanWorld) -> None:
        answer = await (await plan.manager()).get(plan.url("/scorecard?verdict=splendid"))
        assert answer.status_code == 422


def refs(scorecard: Any) -> list[str]:
    return [kpi["ref"] for group in scorecard["groups"] for kpi in group["kpis"]]
