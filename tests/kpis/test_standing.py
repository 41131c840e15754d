"""How a KPI stands, as its readers see it; the rules themselves are tested apart."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, closed, values


async def get(plan: PlanWorld, path: str) -> Any:
    """As the closed plan shows it, whose clock stands at 19 September 2018."""
    async with closed(plan, as_at="2018-09-19"):
        return (await (await plan.manager()).get(plan.url(path))).json()


async def read(plan: PlanWorld) -> Any:
    return await get(plan, "/kpis/K1")


class TestMovement:
    @pytest.mark.parametrize(
        ("polarity", "direction"), [("higher", "worse"), ("lower", "better"), ("neutral", None)]
    )
    async def test_is_better_or_worse_by_polarity(
        self, plan: PlanWorld, polarity: str, direction: str | None
    ) -> None:
        await a_kpi(plan, polarity=polarity, unit="count")
        await values(plan, "K1", {"2018-07": 23, "2018-08": 19})
        kpi = await read(plan)
        assert (kpi["latest"]["value"], kpi["previous"]["value"]) == (19, 23)
        assert (kpi["change"], kpi["direction"]) == (-4, direction)

    async def test_of_grades_is_in_grades(self, plan: PlanWorld) -> None:
        await a_kpi(plan, unit="grade")
        await values(plan, "K1", {"2018-07": "inadequate", "2018-08": "RI"})
        kpi = await read(plan)
        assert (kpi["change"], kpi["direction"]) == (1, "better")

    async def test_of_decimals_is_exact(self, plan: PlanWorld) -> None:
        await a_kpi(plan, unit="score")
        await values(plan, "K1", {"2018-07": 5.1, "2018-08": 5.9})
        assert (await read(plan))["change"] == 0.8


class TestSeriesShown:
    async def test_final_comes_before_provisional_before_validated(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        for basis, value in (
            ("validated_return", 1),
            ("operational_provisional", 2),
            ("operational_final", 3),
        ):
            await values(plan, "K1", {"2018-08": value}, basis=basis)
            kpi = await read(plan)
            assert (kpi["basis"], kpi["latest"]["value"]) == (basis, value)
        assert [s["basis"] for s in kpi["segments"][0]["series"]] == [
            "operational_final",
            "operational_provisional",
            "validated_return",
        ]

    async def test_is_of_the_whole_service(self, plan: PlanWorld) -> None:
        await a_kpi(plan, segments=[{"ref": "north", "title": "North"}])
        await values(plan, "K1", {"2018-08": 5}, segment="north")
        kpi = await read(plan)
        assert kpi["latest"] is None and kpi["basis"] is None
        assert kpi["segments"][1]["series"][0]["latest_value"] == 5

    async def test_holds_the_last_36_points(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        months = [f"{year}-{month:02}" for year in (2014, 2015, 2016, 2017) for month in range(1, 13)]
        await values(plan, "K1", {month: number for number, month in enumerate(months)})
        kpi = await read(plan)
        assert kpi["points_held"] == 48
        assert [p["period"] for p in kpi["points"]] == months[12:]


class TestTarget:
    async def test_in_force_and_how_it_stands(self, plan: PlanWorld) -> None:
        await a_kpi(
            plan,
            targets=[
                {"kind": "by_date", "stage": "interim", "value": 70, "due": "2018-08"},
                {"kind": "by_date", "stage": "final", "value": 95, "due": "2019-03"},
            ],
            tolerance=2,
        )
        await values(plan, "K1", {"2018-07": 60, "2018-08": 69})
        kpi = await read(plan)
        assert (kpi["target_state"], kpi["target_distance"]) == ("within_tolerance", 1)
        assert kpi["current_target"]["position"] == 0 and not kpi["current_target"]["from_good"]

    async def test_pace_towards_a_date(self, plan: PlanWorld) -> None:
        await a_kpi(plan, targets=[{"kind": "by_date", "value": 90, "due": "2018-12"}])
        await values(plan, "K1", {"2018-03": 60, "2018-06": 61})
        kpi = await read(plan)
        assert kpi["target_state"] == "behind_pace" and kpi["target_expected"] > 69

    async def test_good_serves_where_the_kpi_says_so(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"good_value": 80, "good_text": "Local"}, good_is_target=True)
        await values(plan, "K1", {"2018-08": 81})
        kpi = await read(plan)
        assert kpi["target_state"] == "met"
        assert kpi["current_target"]["from_good"] and kpi["current_target"]["text"] == "Local"

    async def test_of_grades(self, plan: PlanWorld) -> None:
        await a_kpi(plan, unit="grade", targets=[{"kind": "standing", "grade": "good"}])
        await values(plan, "K1", {"2018-08": "inadequate"})
        kpi = await read(plan)
        assert (kpi["target_state"], kpi["target_distance"]) == ("missed", 2)

    async def test_to_be_confirmed_and_none_at_all(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "K1", targets=[{"kind": "standing", "to_be_confirmed": True}])
        await a_kpi(plan, "K2", no_target_text="-")
        items = (await get(plan, "/kpis"))["items"]
        assert [item["target_state"] for item in items] == ["to_be_confirmed", "no_target"]


class TestFreshness:
    async def test_due_then_late_then_up_to_date(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "DUE", due_after_days=30)
        await a_kpi(plan, "LATE", due_after_days=5)
        await a_kpi(plan, "FRESH", due_after_days=5)
        await a_kpi(plan, "EMPTY", due_after_days=5)
        await a_kpi(plan, "GONE", due_after_days=5, superseded={})
        for ref in ("DUE", "LATE", "GONE"):
            await values(plan, ref, {"2018-07": 1})
        await values(plan, "FRESH", {"2018-08": 1})
        items = (await get(plan, "/kpis"))["items"]
        assert [(i["ref"], i["freshness"] and i["freshness"]["state"]) for i in items] == [
            ("DUE", "due"),
            ("LATE", "late"),
            ("FRESH", "up_to_date"),
            ("EMPTY", "no_values"),
            ("GONE", None),
        ]
        assert items[1]["freshness"]["days_late"] == 14
