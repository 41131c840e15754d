"""A verdict in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from api.kpis.rules import Goal
from api.verdicts.rules import Judged, Point
from api.verdicts.words import figure, period_name
from api.vocabulary import (
    MeasurementState,
    MeasurementWorkflow,
    Nature,
    PeriodType,
    Polarity,
    Unit,
)
from tests.verdicts.series import BETTER, SOON, STEADY, judged, months, said

STANDING = (Goal(value=D(95)),)


class TestSentence:
    def test_shift_with_a_target_it_does_not_reach(self) -> None:
        assert said(judged(targets=STANDING), months(BETTER)) == (
            "Getting better: seven months running above the average since February."
            " At this pace it will not reliably reach 95%."
        )

    def test_hit_or_miss(self) -> None:
        assert said(judged(targets=(Goal(value=D("51.5")),)), months(STEADY)) == (
            "No significant change: the values vary as they usually do."
            " At this pace it will not reliably stay at 51.5% or more."
        )

    def test_lower_is_better(self) -> None:
        series = judged(unit=Unit.DAYS, polarity=Polarity.LOWER, targets=(Goal(value=D(80)),))
        assert said(series, months(BETTER)) == (
            "Getting worse: seven months running above the average since February."
            " At this pace it will reliably stay at 80 days or less."
        )

    def test_trend(self) -> None:
        points = months(["44", "56"] * 7 + [str(value) for value in range(55, 48, -1)])
        assert said(judged(), points) == "Getting worse: falling eight months running since February."

    def test_outside_a_limit(self) -> None:
        series = judged(polarity=Polarity.NEUTRAL)
        assert said(series, months([*STEADY, "70"])) == (
            "Changing: February was higher than usual variation explains."
        )

    def test_two_of_three(self) -> None:
        points = months(["44", "56"] * 20 + ["78", "55", "78"])
        assert said(judged(), points) == "Getting better: two of the last three months were unusually high."

    def test_a_later_reader_is_told_the_year(self) -> None:
        near, far = date(2026, 2, 27), date(2026, 2, 28)
        assert said(judged(), months(BETTER), near).endswith("since February.")
        assert said(judged(), months(BETTER), far).endswith("since February 2025.")

    def test_values_where_a_month_is_missing(self) -> None:
        points = months(BETTER)
        del points[15]
        points += months(["58"], start="2025-09")
        assert said(judged(), points) == (
            "Getting better: seven values running above the average since February."
        )

    def test_too_early(self) -> None:
        assert said(judged(), months(STEADY[:5])) == (
            "Too early to say (5 of 13). May 2024 was 1 point lower than the value before."
        )
        assert said(judged(), months(["50"])) == "Too early to say (1 of 13)."
        assert said(judged(unit=Unit.COUNT), months(["50", "50"])).endswith(
            "was the same as the value before."
        )

    @pytest.mark.parametrize(
        ("change", "series", "expected"),
        [
            ("0", judged(), "the same as"),
            ("0.04", judged(), "about the same as"),
            ("-0.04", judged(unit=Unit.DAYS), "about the same as"),
            ("0.96", judged(), "1 point higher than"),
            ("-1.04", judged(unit=Unit.DAYS), "1 day lower than"),
            ("1.1", judged(unit=Unit.MONTHS), "1.1 months higher than"),
            ("0.5", judged(decimals=0), "1 point higher than"),
            ("0.4", judged(decimals=0), "about the same as"),
            ("1200.5", judged(unit=Unit.CURRENCY), "£1,200.50 higher than"),
            ("-3", judged(unit=Unit.RATE_PER_10000), "3 per 10,000 lower than"),
            ("0.25", judged(unit=Unit.RATIO, decimals=2), "0.25 higher than"),
        ],
    )
    def test_a_change_is_told_as_it_is_shown(self, change: str, series: Judged, expected: str) -> None:
        assert said(series, months(["50", 50 + D(change)])) == (
            f"Too early to say (2 of 13). February 2024 was {expected} the value before."
        )

    def test_a_value_that_does_not_count_is_no_value_before(self) -> None:
        points = months(["50", "49", "0", "53"], denominator=40)
        points[2] = points[2]._replace(denominator=D(3))
        assert said(judged(), points) == (
            "Too early to say (3 of 13). April 2024 was 4 points higher than February 2024."
        )

    @pytest.mark.parametrize(
        ("unit", "numerator", "denominator", "expected"),
        [
            (Unit.PERCENT, "3", "4", "3 of 4 in January 2024: too few to judge variation."),
            (Unit.RATE_PER_10000, "3", "4", "3 of 4 in January 2024: too few to judge variation."),
            (Unit.RATIO, "3", "4", "3 of 4 in January 2024: too few to judge variation."),
            (Unit.RATIO, "6", "4", "6 to 4 in January 2024: too few to judge variation."),
            (Unit.PERCENT, "2.5", "4", "2.5 of 4 in January 2024: too few to judge variation."),
            (Unit.PERCENT, "5", "4", "The figure for January 2024 rests on 4: too few to judge variation."),
            (Unit.PERCENT, None, "4", "The figure for January 2024 rests on 4: too few to judge variation."),
            (Unit.DAYS, "30", "4", "The figure for January 2024 rests on 4: too few to judge variation."),
            (
                Unit.PERCENT,
                "0",
                "0",
                "Nothing was there to count in January 2024:"
                " the denominator is 0, and variation is not judged.",
            ),
        ],
    )
    def test_small_denominator(
        self, unit: Unit, numerator: str | None, denominator: str, expected: str
    ) -> None:
        (point,) = months(["75"])
        point = point._replace(
            numerator=None if numerator is None else D(numerator), denominator=D(denominator)
        )
        assert said(judged(unit=unit), [point]) == expected

    def test_a_small_denominator_on_a_day(self) -> None:
        series = judged(period_type=PeriodType.DAY)
        day = date(2024, 1, 31)
        point = Point("2024-01-31", day, day, D(75), D(3), D(4))
        assert said(series, [point]) == "3 of 4 on 31 January 2024: too few to judge variation."

    @pytest.mark.parametrize("nature", [Nature.CUMULATIVE, Nature.ROLLING, Nature.LAGGED_COHORT])
    def test_natures_that_are_not_judged(self, nature: Nature) -> None:
        assert said(judged(nature=nature), months(BETTER)).startswith("Variation is not judged: each value")

    def test_no_values(self) -> None:
        assert said(judged(), []) == "No values yet."

    @pytest.mark.parametrize(
        ("queried", "without_figure", "expected"),
        [
            (1, [], "the only one is under query"),
            (2, [], "2 are under query"),
            (0, [MeasurementState.NOT_AVAILABLE], "the only one is not available"),
            (0, [MeasurementState.NIL_RETURN] * 3, "3 are nil returns"),
            (
                1,
                [*[MeasurementState.NOT_AVAILABLE] * 2, MeasurementState.SUPPRESSED],
                "1 is under query, 2 are not available and 1 is suppressed",
            ),
            (
                0,
                [MeasurementState.NOT_APPLICABLE, MeasurementState.NIL_RETURN],
                "1 is not applicable and 1 is a nil return",
            ),
        ],
    )
    def test_none_counts_yet_and_why(
        self, queried: int, without_figure: list[MeasurementState], expected: str
    ) -> None:
        points = months(["50"] * queried, workflow=MeasurementWorkflow.UNDER_QUERY)
        assert said(judged(), points, SOON, without_figure) == f"No value counts yet: {expected}."

    def test_a_range(self) -> None:
        series = judged(polarity=Polarity.NEUTRAL, targets=(Goal(lower=D(30), upper=D("70.5")),))
        assert said(series, months(STEADY)).endswith("it will reliably stay between 30% and 70.5%.")


class TestFigures:
    @pytest.mark.parametrize(
        ("value", "unit", "decimals", "expected"),
        [
            ("85.64", Unit.PERCENT, 1, "85.6%"),
            ("95", Unit.PERCENT, 1, "95%"),
            ("1234567", Unit.COUNT, 0, "1,234,567"),
            ("-1200", Unit.CURRENCY, 0, "-£1,200"),
            ("1200.5", Unit.CURRENCY, 2, "£1,200.50"),
            ("1200.5", Unit.CURRENCY, 1, "£1,200.50"),
            ("-1200.50", Unit.CURRENCY, 2, "-£1,200.50"),
            ("1200.004", Unit.CURRENCY, 2, "£1,200"),
            ("-0.004", Unit.CURRENCY, 2, "£0"),
            ("-0.04", Unit.PERCENT, 1, "0%"),
            ("-0.4", Unit.COUNT, 0, "0"),
            ("1", Unit.DAYS, 0, "1 day"),
            ("12.5", Unit.MONTHS, 1, "12.5 months"),
            ("86.25", Unit.RATE_PER_10000, 1, "86.3 per 10,000"),
            ("100", Unit.NONE, 2, "100"),
        ],
    )
    def test_as_people_read_them(self, value: str, unit: Unit, decimals: int, expected: str) -> None:
        assert figure(D(value), unit, decimals) == expected


class TestPeriods:
    @pytest.mark.parametrize(
        ("key", "kind", "expected"),
        [
            ("2018-08-31", PeriodType.DAY, "31 August 2018"),
            ("2018-W35", PeriodType.WEEK, "the week to 2 September 2018"),
            ("2018-08", PeriodType.MONTH, "August 2018"),
            ("2018-Q3", PeriodType.QUARTER, "quarter 3 of 2018"),
            ("FY2018-19-Q1", PeriodType.FINANCIAL_QUARTER, "quarter 1 of 2018/19"),
            ("FY2018-19", PeriodType.FINANCIAL_YEAR, "2018/19"),
            ("AY2018-19", PeriodType.ACADEMIC_YEAR, "2018/19"),
            ("2018", PeriodType.YEAR, "2018"),
        ],
    )
    def test_as_people_say_them(self, key: str, kind: PeriodType, expected: str) -> None:
        assert period_name(key, kind) == expected

    def test_the_year_is_said_once_it_could_be_taken_for_another(self) -> None:
        month = PeriodType.MONTH
        assert period_name("2025-09", month, seen_from="2026-08") == "September"
        assert period_name("2025-08", month, seen_from="2026-08") == "August 2025"
