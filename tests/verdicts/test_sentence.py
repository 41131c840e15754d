"""A verdict in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from api.kpis.rules import Goal
from api.verdicts.rules import Judged, Point, judge
from api.verdicts.sentence import figure, period_name, sentence
from api.vocabulary import Nature, PeriodType, Polarity, TargetKind, Unit
from tests.verdicts.series import BETTER, STEADY, judged, months

STANDING = (Goal(value=D(95)),)


def said(series: Judged, points: list[Point]) -> str:
    return sentence(series, judge(series, points))


class TestSentence:
    def test_shift_with_a_target_it_does_not_reach(self) -> None:
        assert said(judged(targets=STANDING), months(BETTER)) == (
            "Getting better: seven months running above the average since February."
            " At this pace it will not reach 95%."
        )

    def test_hit_or_miss(self) -> None:
        assert said(judged(targets=(Goal(value=D("51.5")),)), months(STEADY)) == (
            "No significant change: the values vary as they usually do."
            " At this pace it will not reliably reach 51.5%."
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

    def test_small_denominator(self) -> None:
        points = months(["75"], denominator=4)
        assert said(judged(), points) == "3 of 4 in January 2024: too few to judge variation."
        series = judged(unit=Unit.DAYS)
        assert said(series, points) == "The figure for January 2024 rests on 4: too few to judge variation."

    @pytest.mark.parametrize("nature", [Nature.CUMULATIVE, Nature.ROLLING, Nature.LAGGED_COHORT])
    def test_natures_that_are_not_judged(self, nature: Nature) -> None:
        assert said(judged(nature=nature), months(BETTER)).startswith("Variation is not judged: each value")

    def test_no_values(self) -> None:
        assert said(judged(), []) == "No values yet."

    @pytest.mark.parametrize(
        ("value", "expected"),
        [(60, "will reach 60%"), (63, "will not reliably reach 63%"), (99, "will not reach 99%")],
    )
    def test_pace_towards_a_dated_target(self, value: int, expected: str) -> None:
        target = Goal(TargetKind.BY_DATE, value=D(value), due_on=date(2026, 3, 31))
        points = months([50 + place // 2 + place % 3 for place in range(13)])
        spoken = said(judged(targets=(target,)), points)
        assert spoken.endswith(f"At this pace it {expected} by 31 March 2026.")

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
