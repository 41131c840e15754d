"""What a KPI's values span, how they roll up, and where its line breaks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, closed, etag_of, values

BODY = {"ref": "K1", "title": "x", "unit": "count", "polarity": "higher", "period_type": "month"}


async def created(plan: PlanWorld, **fields: Any) -> httpx.Response:
    return await (await plan.manager()).post(plan.url("/kpis"), json=BODY | fields)


async def patched(plan: PlanWorld, ref: str = "K1", **fields: Any) -> httpx.Response:
    manager = await plan.manager()
    url = plan.url(f"/kpis/{ref}")
    return await manager.patch(url, json=fields, headers={"If-Match": await etag_of(manager, url)})


class TestNature:
    @pytest.mark.parametrize(
        ("nature", "name", "value"),
        [
            ("cumulative", "reset_month", 4),
            ("rolling", "rolling_periods", 12),
            ("lagged_cohort", "lag_months", 6),
        ],
    )
    async def test_keeps_its_parameter(self, plan: PlanWorld, nature: str, name: str, value: int) -> None:
        made = await created(plan, **{"nature": nature, name: value})
        assert made.status_code == 201, made.text
        assert made.json()[name] == value
        listed = (await (await plan.manager()).get(plan.url("/kpis"))).json()["items"][0]
        assert listed[name] == value

    @pytest.mark.parametrize(
        ("fields", "name", "code"),
        [
            ({"nature": "snapshot", "reset_month": 4}, "reset_month", "wrong_nature"),
            ({"nature": "cumulative", "rolling_periods": 3}, "rolling_periods", "wrong_nature"),
            ({"nature": "rolling", "lag_months": 3}, "lag_months", "wrong_nature"),
            ({"nature": "snapshot", "rollup": "sum"}, "rollup", "wrong_nature"),
            ({"nature": "cumulative", "rollup": "sum"}, "rollup", "wrong_nature"),
            ({"nature": "in_period", "rollup": "sum", "counts_children": True}, "rollup", "counts_children"),
            ({"nature": "in_period", "rollup": "sum", "unit": "percent"}, "rollup", "wrong_unit"),
            (
                {"nature": "in_period", "rollup": "numerator_over_denominator", "unit": "days"},
                "rollup",
                "wrong_unit",
            ),
        ],
    )
    async def test_refuses_what_does_not_fit(
        self, plan: PlanWorld, fields: dict[str, Any], name: str, code: str
    ) -> None:
        answer = await created(plan, **fields)
        assert answer.status_code == 422
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(f"/{name}", code)]

    @pytest.mark.parametrize(
        "fields", [{"reset_month": 13}, {"rolling_periods": 1}, {"lag_months": 0}, {"locks_after_days": -1}]
    )
    async def test_refuses_what_is_no_month_or_span(self, plan: PlanWorld, fields: dict[str, Any]) -> None:
        assert (await created(plan, **fields)).status_code == 422

    async def test_a_change_of_nature_leaves_the_old_parameter_behind(self, plan: PlanWorld) -> None:
        await created(plan, nature="cumulative", reset_month=4)
        answer = await patched(plan, nature="rolling", rolling_periods=12)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["reset_month"], answer.json()["rolling_periods"]) == (None, 12)

    async def test_what_would_no_longer_fit_is_refused(self, plan: PlanWorld) -> None:
        await created(plan, nature="in_period", rollup="sum")
        assert (await patched(plan, counts_children=True)).status_code == 422
        assert (await patched(plan, nature="snapshot")).status_code == 422
        assert (await patched(plan, nature="snapshot", rollup="last")).status_code == 200
        assert (await patched(plan, rollup=None)).status_code == 422


class TestBreaks:
    async def test_definitions_and_supersession_break_the_line(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "K1", definition={"effective_from": "2025-04-01", "descriptor": "First"})
        await a_kpi(plan, "K2")
        await patched(plan, definition={"effective_from": "2026-04-15", "descriptor": "Counted otherwise"})
        answer = await patched(plan, superseded={"by": "K2", "from_period": "2026-10"})
        assert answer.json()["breaks"] == [
            {"on": "2026-04-15", "kind": "definition", "period": "2026-04", "text": "Counted otherwise"},
            {"on": "2026-10-01", "kind": "superseded", "period": "2026-10", "text": "K2"},
        ]

    async def test_the_first_definition_breaks_nothing(self, plan: PlanWorld) -> None:
        kpi = await a_kpi(plan, definition={"effective_from": "2025-04-01"})
        assert kpi["breaks"] == []


class TestRollUps:
    async def read(self, plan: PlanWorld, **asked: str) -> dict[str, Any]:
        answer = await (await plan.manager()).get(
            plan.url("/kpis/K1/roll-ups"), params={"financial_year": "2018/19", **asked}
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def test_quarters_and_the_year_to_date_add_up(self, plan: PlanWorld) -> None:
        await created(plan, nature="in_period", rollup="sum")
        await values(plan, "K1", {f"2018-{month:02}": month for month in range(3, 9)})
        found = await self.read(plan)
        assert [(q["period"], q["value"], q["missing"]) for q in found["quarters"][:2]] == [
            ("FY2018-19-Q1", 4 + 5 + 6, []),
            ("FY2018-19-Q2", None, ["2018-09"]),
        ]
        year = found["year_to_date"]
        assert (year["value"], year["through"], year["inputs"]) == (4 + 5 + 6 + 7 + 8, "2018-08", 5)

    async def test_missing_is_never_zero(self, plan: PlanWorld) -> None:
        await created(plan, nature="in_period", rollup="sum")
        await values(plan, "K1", {"2018-04": 4, "2018-05": "nil", "2018-07": 7})
        year = (await self.read(plan))["year_to_date"]
        assert (year["value"], year["missing"]) == (None, ["2018-05", "2018-06"])

    async def test_what_is_under_query_counts_and_is_named(self, plan: PlanWorld) -> None:
        await created(plan, nature="in_period", rollup="sum")
        await values(plan, "K1", {"2018-04": 4, "2018-05": 5})
        client = await plan.manager()
        asked = {"kpis": ["K1"], "periods": ["2018-05"], "question": "Is it right?"}
        assert (await client.post(plan.url("/measurements/queries"), json=asked)).status_code == 200
        found = await self.read(plan)
        for derived in (found["year_to_date"], found["quarters"][0]):
            assert derived["under_query"] == ["2018-05"]
        assert found["year_to_date"]["value"] == 9

    async def test_parts_are_added_and_divided_once(self, plan: PlanWorld) -> None:
        await created(plan, nature="in_period", rollup="numerator_over_denominator", unit="percent")
        for period, numerator, denominator in (("2018-04", 1, 2), ("2018-05", 8, 10), ("2018-06", 0, 4)):
            row = {"numerator": numerator, "denominator": denominator}
            await values(plan, "K1", {period: None}, **row)
        quarter = (await self.read(plan))["quarters"][0]
        assert (quarter["value"], quarter["numerator"], quarter["denominator"]) == (56.25, 9, 16)
        await values(plan, "K1", {"2018-06": 10})
        quarter = (await self.read(plan))["quarters"][0]
        assert (quarter["value"], quarter["missing"]) == (None, ["2018-06"])

    async def test_of_children_only_the_quotient_is_shown(self, plan: PlanWorld) -> None:
        await created(
            plan,
            nature="in_period",
            rollup="numerator_over_denominator",
            unit="percent",
            counts_children=True,
        )
        await values(plan, "K1", {"2018-04": None}, numerator=1, denominator=2)
        year = (await self.read(plan))["year_to_date"]
        assert (year["value"], year["numerator"], year["denominator"]) == (50, None, None)

    async def test_last_takes_the_position_at_the_end(self, plan: PlanWorld) -> None:
        await created(plan, nature="snapshot", rollup="last", period_type="financial_quarter")
        await values(plan, "K1", {"FY2018-19-Q1": 10, "FY2018-19-Q3": 12})
        found = await self.read(plan)
        assert found["quarters"] == []
        assert (found["year_to_date"]["value"], found["year_to_date"]["inputs"]) == (12, 1)

    async def test_a_count_that_begins_anew_in_another_month_is_of_no_financial_year(
        self, plan: PlanWorld
    ) -> None:
        await created(plan, nature="cumulative", rollup="last", reset_month=9)
        await values(plan, "K1", {"2018-08": 40, "2018-09": 3})
        found = await self.read(plan)
        assert found["year_to_date"] is None
        assert [quarter["value"] for quarter in found["quarters"][:2]] == [None, 3]
        assert (await patched(plan, reset_month=4)).status_code == 200
        assert (await self.read(plan))["year_to_date"]["value"] == 3

    async def test_nothing_where_the_kpi_does_not_say_how(self, plan: PlanWorld) -> None:
        await created(plan, nature="in_period")
        await values(plan, "K1", {"2018-04": 4})
        found = await self.read(plan)
        assert (found["quarters"], found["year_to_date"]) == ([], None)

    async def test_nothing_across_a_change_of_definition(self, plan: PlanWorld) -> None:
        await created(plan, nature="in_period", rollup="sum", definition={"descriptor": "First"})
        await patched(plan, definition={"effective_from": "2018-06-01", "descriptor": "Other"})
        await values(plan, "K1", {f"2018-{month:02}": month for month in range(4, 10)})
        found = await self.read(plan)
        assert (found["quarters"][0]["value"], found["quarters"][0]["broken_on"]) == (None, "2018-06-01")
        assert found["quarters"][1]["value"] == 7 + 8 + 9
        assert found["year_to_date"]["broken_on"] == "2018-06-01"

    async def test_each_segment_and_basis_by_itself(self, plan: PlanWorld) -> None:
        await created(plan, nature="in_period", rollup="sum", segments=[{"ref": "north", "title": "North"}])
        await values(plan, "K1", {"2018-04": 4}, segment="north", basis="validated_return")
        assert (await self.read(plan))["year_to_date"] is None
        found = await self.read(plan, segment="north", basis="validated_return")
        assert found["year_to_date"]["value"] == 4
        answer = await (await plan.manager()).get(plan.url("/kpis/K1/roll-ups"), params={"segment": "x"})
        assert answer.status_code == 404

    async def test_the_scorecards_year_shows_them(self, plan: PlanWorld) -> None:
        await created(plan, nature="in_period", rollup="sum")
        await values(plan, "K1", {f"2018-{month:02}": month for month in range(3, 8)})
        async with closed(plan, as_at="2018-08-10"):
            answer = await (await plan.manager()).get(plan.url("/scorecard"))
        assert answer.status_code == 200, answer.text
        (line,) = [kpi for group in answer.json()["groups"] for kpi in group["kpis"]]
        assert [(q["period"], q["value"], q["missing"]) for q in line["quarters"]] == [
            ("FY2018-19-Q1", 15, []),
            ("FY2018-19-Q2", None, ["2018-08", "2018-09"]),
        ]
        assert line["year_to_date"]["value"] == 4 + 5 + 6 + 7
        assert line["last_outturn"]["value"] == 3

    async def test_a_year_that_is_none_is_pointed_at(self, plan: PlanWorld) -> None:
        await created(plan)
        answer = await (await plan.manager()).get(
            plan.url("/kpis/K1/roll-ups"), params={"financial_year": "last year"}
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/query/financial_year"
