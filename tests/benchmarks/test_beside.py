"""A KPI beside published figures: England, region, neighbours, rank, quarter, change, year by year."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.actions.making import patch
from tests.benchmarks.making import (
    Json,
    a_dataset,
    a_file,
    a_ref,
    a_yearly_kpi,
    authority,
    beside,
    england,
    imported,
    is_authority,
    neighbours_file,
    paired,
    region,
)
from tests.factories.world import PlanWorld

PUBLISHED = {
    "2025": {
        "838": "14.7", "933": "22.1", "878": "19.7", "893": "12.9", "935": "20.1", "885": "17.8",
        "881": "15.4", "830": "28.9", "886": "21.6", "938": "24.4", "815": "19.8", "850": "41",
    },
    "2024": {
        "838": "14.1", "933": "23", "878": "21.9", "893": "12.7", "935": "19.1", "885": "20.9",
        "881": "16.8", "830": "29.9", "886": "23.3", "938": "17", "815": "19.8", "850": "u",
    },
    "2022": {"838": "16.8", "933": "20.1", "850": "35.7"},
}  # fmt: skip
"""Re-referrals in per cent of referrals, as published of some authorities. 2023 is left out."""
NEIGHBOURS = ["933", "878", "893", "935", "885", "881", "830", "886", "938", "815"]


async def published(plan: PlanWorld, **dataset: Any) -> str:
    """A dataset of these figures, and a newest table of neighbours for 838."""
    ref = await a_dataset(plan, **dataset)
    lines = [england("22.6"), region("22.1"), england("22.4", "2024"), region("22.1", "2024")]
    lines += [
        authority(code, figure, year)
        for year, figures in PUBLISHED.items()
        for code, figure in figures.items()
    ]
    await imported(plan, ref, a_file(lines))
    await neighbours(plan, {"838": NEIGHBOURS, "850": ["838", "830", "999"], "420": []})
    return ref


async def neighbours(plan: PlanWorld, table: dict[str, list[str]]) -> None:
    """A table that is in force from now on: of today, and imported last."""
    near = await a_dataset(plan, ref=a_ref("near"), kind="neighbours", indicators=[])
    today = datetime.now(UTC).date().isoformat()
    await imported(plan, near, neighbours_file(table), released_on=today)


class TestFigures:
    async def test_of_the_latest_year(self, plan: PlanWorld) -> None:
        dataset = await published(plan)
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        found = await beside(plan)
        assert (found["area"]["area"], found["region"]["name"], found["problem"]) == (
            "838",
            "South West",
            None,
        )
        latest = found["years"][0]
        assert latest == {
            "period": "2025",
            "year": 2025,
            "year_kind": "reporting_year",
            "own": {"state": "reported", "value": 14.7},
            "england": {"state": "reported", "value": 22.6},
            "region": {"state": "reported", "value": 22.1},
            "neighbours": {"value": 20.27, "present": 10, "of": 10},
            "rank": {"place": 2, "of": 12},
            "authorities": 12,
            "quartiles": {"lower": 17.2, "median": 19.95, "upper": 22.675},
            "band": "A",
            "change": 0.6,
            "direction": "worse",
            "good_percentile": {"percentile": 25, "value": 17.2, "is_reached": True},
        }

    async def test_a_change_is_told_between_years_that_follow_only(self, plan: PlanWorld) -> None:
        dataset = await published(plan)
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        years = (await beside(plan))["years"]
        assert [(year["period"], year["change"], year["direction"]) for year in years] == [
            ("2025", 0.6, "worse"),
            ("2024", None, None),
            ("2022", None, None),
        ]
        assert years[2]["england"] is None

    async def test_a_missing_figure_is_shown_as_what_it_is_and_counts_for_nothing(
        self, plan: PlanWorld
    ) -> None:
        dataset = await published(plan)
        await is_authority(plan, la_code="850")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        year = (await beside(plan))["years"][1]
        assert year["own"] == {"state": "low_reliability", "value": None}
        assert (year["rank"], year["band"], year["change"], year["authorities"]) == (None, None, None, 11)
        assert year["good_percentile"]["is_reached"] is None
        assert year["neighbours"] == {"value": 22, "present": 2, "of": 3}

    async def test_polarity_is_the_kpis(self, plan: PlanWorld) -> None:
        dataset = await published(plan)
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan, polarity="higher")
        await paired(plan, "K1", dataset)
        latest = (await beside(plan))["years"][0]
        assert (latest["rank"]["place"], latest["band"], latest["direction"]) == (11, "D", "better")
        assert latest["good_percentile"] == {"percentile": 75, "value": 22.675, "is_reached": False}

    async def test_a_neutral_kpi_has_neither_rank_nor_quarter(self, plan: PlanWorld) -> None:
        dataset = await published(plan)
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan, polarity="neutral")
        await paired(plan, "K1", dataset)
        latest = (await beside(plan))["years"][0]
        assert (latest["rank"], latest["band"], latest["good_percentile"], latest["direction"]) == (None,) * 4
        assert (latest["change"], latest["quartiles"]["median"]) == (0.6, 19.95)

    async def test_an_indicator_without_quartiles_has_a_rank_only(self, plan: PlanWorld) -> None:
        dataset = await published(plan, indicators=[{"name": "rate", "no_quartile": True}])
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        latest = (await beside(plan))["years"][0]
        assert (latest["rank"]["place"], latest["band"], latest["quartiles"]) == (2, None, None)

    async def test_equals_share_a_place(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        lines = [authority(code, figure) for code, figure in (("838", "5"), ("933", "5"), ("878", "4"))]
        await imported(plan, dataset, a_file(lines))
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        assert (await beside(plan))["years"][0]["rank"] == {"place": 2, "of": 3}

    async def test_years_of_two_calendar_years_are_named_as_periods_are(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        lines = [
            authority("838", figure, year, identifier="Financial year")
            for year, figure in (("202425", "5"), ("202324", "4"))
        ]
        await imported(plan, dataset, a_file(lines))
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        years = (await beside(plan))["years"]
        assert [(year["period"], year["change"]) for year in years] == [("FY2024-25", 1), ("FY2023-24", None)]


class TestWhoseFigures:
    async def test_a_changed_ons_code_is_found_in_any_year(self, plan: PlanWorld) -> None:
        """A new boundary brings a new code; the three-digit number stays."""
        dataset = await a_dataset(plan)
        lines = [
            authority("933", "23", "2024", new_code="E06000066"),
            authority("933", "20.1", "2022", new_code="E10000027"),
        ]
        await imported(plan, dataset, a_file(lines))
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        for code in ("E06000066", "E10000027"):
            await is_authority(plan, code=code)
            years = (await beside(plan))["years"]
            assert [year["own"]["value"] for year in years] == [23, 20.1]

    @pytest.mark.parametrize(
        ("codes", "problem"),
        [
            ({}, "authority_without_code"),
            ({"la_code": "111"}, "authority_not_in_release"),
            ({"code": "E10000099"}, "authority_not_in_release"),
        ],
    )
    async def test_an_authority_that_is_not_there_still_sees_england(
        self, plan: PlanWorld, codes: Json, problem: str
    ) -> None:
        dataset = await published(plan)
        await is_authority(plan, **codes)
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        found = await beside(plan)
        assert (found["problem"]["code"], found["area"]) == (problem, None)
        latest = found["years"][0]
        assert (latest["own"], latest["region"], latest["neighbours"], latest["rank"]) == (None,) * 4
        assert latest["england"]["value"] == 22.6

    async def test_an_authority_without_neighbours(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        await imported(plan, dataset, a_file([england("1"), authority("420", "2"), authority("838", "3")]))
        await neighbours(plan, {"838": NEIGHBOURS, "420": []})
        await is_authority(plan, la_code="420")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        found = await beside(plan)
        assert (found["problem"]["code"], found["neighbours"]) == ("no_neighbours", [])
        assert found["years"][0]["neighbours"] is None
        assert found["years"][0]["rank"] == {"place": 1, "of": 2}

    async def test_neighbours_are_named_with_how_close_they_are(self, plan: PlanWorld) -> None:
        dataset = await published(plan)
        await is_authority(plan, la_code="850")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        found = await beside(plan)
        assert found["neighbours"] == [
            {"area": "838", "name": "Council 838", "closeness": "Close"},
            {"area": "830", "name": "Council 830", "closeness": "Close"},
            {"area": "999", "name": None, "closeness": "Close"},
        ]
        assert found["neighbours_release"]["is_in_force"] is True

    async def test_inner_london_is_the_region_of_who_lies_in_it(self, plan: PlanWorld) -> None:
        inner, london = ("E13000001", "Inner London"), ("E12000007", "London")
        dataset = await a_dataset(plan)
        lines = [region("19.4", of=london), region("19.1", of=inner), authority("202", "18", of=inner)]
        await imported(plan, dataset, a_file(lines))
        await is_authority(plan, la_code="202")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        assert (await beside(plan))["years"][0]["region"]["value"] == 19.1


class TestReleases:
    async def test_an_older_one_can_be_read_again(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        old = await imported(plan, dataset, a_file([authority("838", "5")]), released_on="2025-10-01")
        new = await imported(plan, dataset, a_file([authority("838", "6")]), released_on="2025-11-01")
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        for asked, release, value in (({}, new, 6), ({"release": old["release"]}, old, 5)):
            found = await beside(plan, **asked)
            assert (found["release"]["release"], found["years"][0]["own"]["value"]) == (
                release["release"],
                value,
            )

    async def test_a_past_moment_knows_what_was_imported_by_then(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        await imported(plan, dataset, a_file([authority("838", "5")]))
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset)
        await asyncio.sleep(0.1)
        then = datetime.now(UTC).isoformat()
        await asyncio.sleep(0.1)
        await imported(plan, dataset, a_file([authority("838", "6")]))
        assert (await beside(plan))["years"][0]["own"]["value"] == 6
        assert (await beside(plan, as_of=then))["years"][0]["own"]["value"] == 5
        client = await plan.manager()
        kpi = (await client.get(plan.url("/kpis/K1"), params={"as_of": then})).json()
        assert kpi["comparators"]["own"]["value"] == 5

    async def test_a_series_that_a_new_release_lacks_is_told(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan, filters=["sex"])
        await imported(plan, dataset, a_file([england("Total,1")], "sex,rate"), released_on="2025-10-01")
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset, filters={"sex": "Total"})
        await imported(plan, dataset, a_file([england("All,1")], "sex,rate"), released_on="2025-11-01")
        found = await beside(plan)
        assert (found["problem"]["code"], found["years"]) == ("series_gone", [])


def counting(engine: AsyncEngine, seen: list[str]) -> Any:
    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    return note


class TestComparators:
    async def test_stand_in_lists_the_scorecard_and_the_kpi(self, plan: PlanWorld) -> None:
        dataset = await published(plan)
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan)
        made = await paired(plan, "K1", dataset)
        client = await plan.client(Role.BOARD_MEMBER)
        kpi = (await client.get(plan.url("/kpis/K1"))).json()
        release = kpi["comparators"]["release"]
        assert kpi["comparators"] == {
            "pairing": made["pairing"],
            "period": "2025",
            "release": release,
            "released_on": "2025-10-30",
            "own": {"state": "reported", "value": 14.7},
            "england": {"state": "reported", "value": 22.6},
            "region": {"state": "reported", "value": 22.1},
            "neighbours": {"value": 20.27, "present": 10, "of": 10},
        }
        (listed,) = (await client.get(plan.url("/kpis"))).json()["items"]
        groups = (await client.get(plan.url("/scorecard"))).json()["groups"]
        (line,) = [kpi for group in groups for kpi in group["kpis"]]
        assert listed["comparators"] == line["comparators"] == kpi["comparators"]

    async def test_context_is_compared_with_nothing(self, plan: PlanWorld) -> None:
        dataset = await published(plan)
        await is_authority(plan, la_code="838")
        await a_yearly_kpi(plan)
        await paired(plan, "K1", dataset, period_alike=False, reason="The KPI counts a month.")
        kpi = (await (await plan.manager()).get(plan.url("/kpis/K1"))).json()
        assert kpi["comparators"] is None
        found = await beside(plan)
        assert (found["label"], found["reason"], found["years"][0]["england"]["value"]) == (
            "context",
            "The KPI counts a month.",
            22.6,
        )

    async def test_the_first_like_pairing_counts(self, plan: PlanWorld) -> None:
        first, second = await a_dataset(plan), await a_dataset(plan)
        await imported(plan, first, a_file([england("1")]))
        await imported(plan, second, a_file([england("2")]))
        await a_yearly_kpi(plan)
        await paired(plan, "K1", first)
        made = await paired(plan, "K1", second)
        client = await plan.manager()
        assert (await client.get(plan.url("/kpis/K1"))).json()["comparators"]["england"]["value"] == 1
        at = f"/kpis/K1/benchmark-pairings/{made['pairing']}"
        await patch(plan, f"/kpis/K1/benchmark-pairings/{made['pairing'] - 1}", {"position": 5})
        await patch(plan, at, {"position": 0})
        assert (await client.get(plan.url("/kpis/K1"))).json()["comparators"]["england"]["value"] == 2

    async def test_cost_the_same_queries_however_many_there_are(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        dataset = await published(plan)
        await is_authority(plan, la_code="838")
        client = await plan.manager()
        counts = []
        for number in range(1, 4):
            await a_yearly_kpi(plan, f"K{number}")
            await paired(plan, f"K{number}", dataset)
            for path in ("/kpis", "/scorecard", f"/kpis/K{number}/benchmarks"):
                seen: list[str] = []
                note = counting(engine, seen)
                try:
                    await client.get(plan.url(path))
                finally:
                    event.remove(engine.sync_engine, "before_cursor_execute", note)
                counts.append((path.rpartition("/")[2], len(seen)))
        assert len(set(counts)) == 3
