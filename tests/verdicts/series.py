"""Series for tests of the pure rules: months from January 2024 on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal as D
from typing import Any

from api.kpis import periods
from api.verdicts.body import as_read, body
from api.verdicts.rules import Judged, Point, judge
from api.vocabulary import MeasurementState, MeasurementWorkflow, Nature, PeriodType, Polarity, Unit

STEADY = ["50", "52", "49", "51", "50", "53", "48", "50", "52", "49", "51", "50", "52"]
"""Thirteen values of an ordinary process: no special cause in either profile."""
BETTER = [*STEADY, *["56", "57", "56", "58", "57", "56", "58"]]
"""The same, and then seven months above the average."""


def judged(**fields: Any) -> Judged:
    """A monthly percentage, where higher is better, unless ``fields`` say otherwise."""
    held: dict[str, Any] = {
        "unit": Unit.PERCENT,
        "polarity": Polarity.HIGHER,
        "nature": Nature.SNAPSHOT,
        "period_type": PeriodType.MONTH,
    }
    return Judged(**held | fields)


def months(
    values: Sequence[str | int | D],
    *,
    start: str = "2024-01",
    workflow: MeasurementWorkflow = MeasurementWorkflow.LOADED,
    denominator: int | None = None,
) -> list[Point]:
    """Values of months that follow one another."""
    found = []
    period = periods.parse(start, PeriodType.MONTH)
    for value in values:
        figure = D(value)
        part = None if denominator is None else figure * denominator / 100
        whole = None if denominator is None else D(denominator)
        found.append(Point(period.key, period.starts_on, period.ends_on, figure, part, whole, workflow))
        period = periods.next(period)
    return found


SOON = date(2025, 2, 20)
"""A day soon after the thirteenth month, before any dated target of the tests."""


def said(
    series: Judged,
    points: Sequence[Point],
    on: date = SOON,
    without_figure: Sequence[MeasurementState] = (),
) -> str:
    """The whole sentence as a reader has it on a day."""
    sentence: str = as_read(body(series, judge(series, points, without_figure)), on)["sentence"]
    return sentence


def day_of(key: str) -> date:
    """The first day of a month."""
    return periods.parse(key, PeriodType.MONTH).starts_on
