"""What may be expected of a series, in words: every unit, polarity, kind of target and outlook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from itertools import product

import pytest

from api.kpis import periods
from api.kpis.rules import Goal
from api.verdicts.rules import Judged, Point, judge
from api.vocabulary import (
    MeasurementWorkflow,
    Nature,
    PeriodType,
    Polarity,
    SpecialCause,
    TargetKind,
    Unit,
    Variation,
    WhyNotJudged,
)
from tests.verdicts.series import BETTER, SOON, STEADY, judged, months, said

DUE = date(2026, 3, 31)
RISING = [str(30 + place) for place in range(13)]
FALLING = [str(60 - place) for place in range(13)]
WAVERING = [str(50 + place // 2 + place % 3) for place in range(13)]


def expected(polarity: Polarity, values: list[str], goal: Goal, unit: Unit = Unit.PERCENT) -> str:
    """The last sentence, which is about the target."""
    series = judged(polarity=polarity, unit=unit, targets=(goal,))
    return said(series, months(values)).rpartition("At this pace it will ")[2]


def by(
    day: date = DUE, *, value: int | None = None, lower: int | None = None, upper: int | None = None
) -> Goal:
    figures = [None if given is None else D(given) for given in (value, lower, upper)]
    return Goal(TargetKind.BY_DATE, None, figures[0], figures[1], figures[2], due_on=day)


class TestByTheTrend:
    @pytest.mark.parametrize(
        ("values", "goal", "text"),
        [
            (RISING, by(value=40), "stay at 40% or more until 31 March 2026."),
            (RISING, by(value=50), "reach 50% by 31 March 2026."),
            (RISING, by(value=95), "not reach 95% by 31 March 2026."),
            (STEADY, by(value=40), "stay at 40% or more until 31 March 2026."),
            (FALLING, by(value=40), "fall below 40% by 31 March 2026."),
            (FALLING, by(value=95), "not reach 95% by 31 March 2026."),
            (WAVERING, by(value=60), "reach 60% by 31 March 2026."),
            (WAVERING, by(value=63), "not reliably reach 63% by 31 March 2026."),
            ([*STEADY[:-1], "54"], by(value=51), "not reliably stay at 51% or more until 31 March 2026."),
        ],
    )
    def test_higher_is_better(self, values: list[str], goal: Goal, text: str) -> None:
        assert expected(Polarity.HIGHER, values, goal) == text

    @pytest.mark.parametrize(
        ("values", "goal", "text"),
        [
            (STEADY, by(value=80), "stay at 80 days or less until 31 March 2026."),
            (FALLING, by(value=40), "come down to 40 days by 31 March 2026."),
            (FALLING, by(value=1), "not come down to 1 day by 31 March 2026."),
            (RISING, by(value=45), "rise above 45 days by 31 March 2026."),
            (RISING, by(value=20), "not come down to 20 days by 31 March 2026."),
        ],
    )
    def test_lower_is_better(self, values: list[str], goal: Goal, text: str) -> None:
        assert expected(Polarity.LOWER, values, goal, Unit.DAYS) == text

    @pytest.mark.parametrize(
        ("values", "goal", "text"),
        [
            (STEADY, by(lower=40, upper=60), "stay between 40% and 60% until 31 March 2026."),
            (RISING, by(lower=50, upper=60), "come to lie between 50% and 60% by 31 March 2026."),
            (RISING, by(lower=44, upper=46), "rise above 46% by 31 March 2026."),
            (RISING, by(lower=40, upper=46), "rise above 46% by 31 March 2026."),
            (RISING, by(lower=80, upper=90), "not reach 80% by 31 March 2026."),
            (FALLING, by(lower=40, upper=50), "fall below 40% by 31 March 2026."),
            (FALLING, by(lower=10, upper=20), "not come down to 20% by 31 March 2026."),
        ],
    )
    def test_a_range(self, values: list[str], goal: Goal, text: str) -> None:
        assert expected(Polarity.NEUTRAL, values, goal) == text


class TestByTheLimits:
    @pytest.mark.parametrize(
        ("polarity", "values", "goal", "text"),
        [
            (Polarity.HIGHER, STEADY, Goal(value=D(40)), "reliably stay at 40% or more."),
            (Polarity.HIGHER, STEADY, Goal(value=D(95)), "not reach 95%."),
            (Polarity.HIGHER, STEADY, Goal(value=D("51.5")), "not reliably stay at 51.5% or more."),
            (Polarity.HIGHER, STEADY, Goal(value=D(53)), "not reliably reach 53%."),
            # What was so until now is no longer certain where the latest value has left it, or leads on.
            (Polarity.HIGHER, [*STEADY, "80"], Goal(value=D(70)), "not reliably stay at 70% or more."),
            (Polarity.HIGHER, [*STEADY, "20"], Goal(value=D(25)), "not reliably reach 25%."),
            (Polarity.HIGHER, BETTER, Goal(value=D(95)), "not reliably reach 95%."),
            (Polarity.LOWER, BETTER, Goal(value=D(10)), "not come down to 10%."),
            (Polarity.LOWER, BETTER, Goal(value=D(80)), "reliably stay at 80% or less."),
            (Polarity.LOWER, STEADY, Goal(value=D(80)), "reliably stay at 80% or less."),
            (Polarity.LOWER, STEADY, Goal(value=D(10)), "not come down to 10%."),
            (Polarity.LOWER, STEADY, Goal(value=D(51)), "not reliably come down to 51%."),
            (Polarity.NEUTRAL, STEADY, Goal(lower=D(60), upper=D(70)), "not reach 60%."),
            (Polarity.NEUTRAL, STEADY, Goal(lower=D(30), upper=D(40)), "not come down to 40%."),
            (Polarity.NEUTRAL, STEADY, Goal(lower=D(30)), "reliably stay at 30% or more."),
        ],
    )
    def test_of_a_standing_target(self, polarity: Polarity, values: list[str], goal: Goal, text: str) -> None:
        assert expected(polarity, values, goal) == text

    def test_of_a_date_that_passed(self) -> None:
        series = judged(targets=(by(date(2025, 3, 31), value=60),))
        assert said(series, months(STEADY), date(2025, 3, 31)).endswith("not reach 60% by 31 March 2025.")
        assert said(series, months(STEADY), date(2025, 4, 1)).endswith("At this pace it will not reach 60%.")


def targets_of_every_kind(polarity: Polarity) -> Iterator[tuple[Goal, ...]]:
    """None, standing, by a date to come, by one that passed, for the year end, and to be confirmed."""
    yield ()
    for level in (1, 40, 50, 51, 95):
        goal = Goal(value=D(level))
        if polarity is Polarity.NEUTRAL:
            goal = Goal(lower=D(level), upper=D(level + 5))
        yield (goal,)
        yield (replace(goal, kind=TargetKind.BY_DATE, due_on=DUE),)
        yield (replace(goal, kind=TargetKind.BY_DATE, due_on=SOON),)
        yield (replace(goal, kind=TargetKind.YEAR_END),)
    yield (Goal(to_be_confirmed=True),)
    yield (Goal(TargetKind.BY_DATE, due_on=DUE, to_be_confirmed=True),)


LINES: tuple[list[Point], ...] = (
    [],
    months(["50"]),
    months(["50", "50"]),
    months(["50", "50.04"]),
    months(["50", "50.96"]),
    months(["1", "0"]),
    months(["-0.04", "0.02"]),
    months(["50"], workflow=MeasurementWorkflow.UNDER_QUERY),
    months(["75"], denominator=4),
    months(["75"], denominator=0),
    months(STEADY),
    months(BETTER),
    months(RISING),
    months(FALLING),
    months([*STEADY, "80"]),
    months([*STEADY, "20"]),
    months(["44", "56"] * 7 + [str(value) for value in range(55, 48, -1)]),
    months(["44", "56"] * 20 + ["78", "55", "78"]),
)
WRONG = (
    (r"(?<![\d.,])1 (points|days|months|values)\b", "one of many"),
    (r"(?<![\d.,])-£?0(?![\d.,])", "a signed nothing"),
    (r"\b0( points?| days| months|%| per 10,000)? (higher|lower)", "a change that is none"),
    (r"£[\d,]+\.\d(?!\d)", "pence in one place"),
    (r"\b(reach|above|below|to|at|and|between|than|until|by|since) *[.,:]", "a word that lacks its figure"),
    (r"None|nan|  |\.\.|E[+-]\d", "what is no English"),
)
SENTENCE = re.compile(
    r"Getting better:|Getting worse:|Changing:|No significant change:|Too early to say \(\d+ of 13\)\."
    r"|No values? |Nothing was |\d+ of 4 |The figure for |Variation is not judged:"
)


class TestEverySentence:
    """All codes, units, polarities and targets: each reads as English, and says nothing that is not so."""

    @pytest.mark.parametrize(("unit", "polarity"), list(product(Unit, Polarity)))
    def test_reads_as_english(self, unit: Unit, polarity: Polarity) -> None:
        for points, targets in product(LINES, targets_of_every_kind(polarity)):
            series = judged(unit=unit, polarity=polarity, targets=targets)
            for day in (SOON, date(2026, 12, 1)):
                text = said(series, points, day)
                assert SENTENCE.match(text) and text.endswith("."), text
                for pattern, why in WRONG:
                    assert not re.search(pattern, text), f"{why}: {text}"
                assert all(part[0].isupper() or part[0].isdigit() for part in text[:-1].split(". ")), text
                self._is_so(series, points, text, day)

    @staticmethod
    def _is_so(series: Judged, points: list[Point], text: str, on: date) -> None:
        """What the words claim of now: only what is met is kept or lost, only what is not is reached."""
        found = judge(series, points)
        if "At this pace" not in text or found.latest is None:
            return
        assert found.why_not is None and series.targets
        coming = next((heading for heading in found.headings if heading.due_on >= on), None)
        ends = (coming.floor, coming.ceiling) if coming else (found.floor, found.ceiling)
        is_met = (ends[0] is None or found.latest.value >= ends[0]) and (
            ends[1] is None or found.latest.value <= ends[1]
        )
        pace = text.rpartition("At this pace it will ")[2]
        assert bool(re.search(r"\bstay\b", pace)) <= is_met, text
        assert bool(re.search(r"\b(reach|come)\b", pace)) <= (not is_met), text
        told = re.search(r"(?:by|until) (\d+ \w+ (\d{4}))", pace)
        assert (told is None) is (coming is None), text
        if told and coming:
            assert int(told[2]) == coming.due_on.year and coming.due_on >= on, text

    def test_every_code_is_told(self) -> None:
        """The table above reaches every variation, every rule and every reason there is."""
        seen = [
            judge(judged(unit=unit, polarity=polarity, nature=nature), points)
            for unit, polarity, nature, points in product((Unit.PERCENT, Unit.GRADE), Polarity, Nature, LINES)
        ]
        assert {found.signal.variation for found in seen} == set(Variation)
        assert {found.why_not for found in seen} == {None, *WhyNotJudged}
        assert {found.signal.rule for found in seen} == {None, *SpecialCause}

    @pytest.mark.parametrize("kind", PeriodType)
    def test_every_kind_of_period(self, kind: PeriodType) -> None:
        starts = {
            PeriodType.DAY: "2025-01-01",
            PeriodType.WEEK: "2025-W01",
            PeriodType.MONTH: "2025-01",
            PeriodType.QUARTER: "2015-Q1",
            PeriodType.FINANCIAL_QUARTER: "FY2015-16-Q1",
            PeriodType.FINANCIAL_YEAR: "FY2000-01",
            PeriodType.ACADEMIC_YEAR: "AY2000-01",
            PeriodType.YEAR: "2000",
        }
        spoken = {
            PeriodType.DAY: "seven days running above the average since 14 January 2025",
            PeriodType.WEEK: "seven weeks running above the average since the week to 6 April 2025",
            PeriodType.MONTH: "seven months running above the average since February 2026",
            PeriodType.QUARTER: "seven quarters running above the average since quarter 2 of 2018",
            PeriodType.FINANCIAL_QUARTER: (
                "seven quarters running above the average since quarter 2 of 2018/19"
            ),
            PeriodType.FINANCIAL_YEAR: "seven years running above the average since 2013/14",
            PeriodType.ACADEMIC_YEAR: "seven years running above the average since 2013/14",
            PeriodType.YEAR: "seven years running above the average since 2013",
        }
        points = following(kind, starts[kind], BETTER)
        text = said(judged(period_type=kind), points, date(2030, 1, 1))
        assert text == f"Getting better: {spoken[kind]}."


def following(kind: PeriodType, start: str, values: list[str]) -> list[Point]:
    """Values of periods of any kind that follow one another."""
    period = periods.parse(start, kind)
    found = []
    for value in values:
        found.append(Point(period.key, period.starts_on, period.ends_on, D(value)))
        period = periods.next(period)
    return found
