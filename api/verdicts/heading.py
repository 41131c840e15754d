"""Where a series leads by each of its dated targets, reckoned from its latest value.

Which of them is next depends on today, so it is chosen when the verdict is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from api.kpis import periods
from api.kpis.rules import Goal, StatedTarget, bounds
from api.verdicts.trajectory import Trajectory, trajectory, trend
from api.vocabulary import Polarity, TargetKind

YEAR_ENDS = 3
"""Of a target for every year, as many of the next are reckoned for: from there, no old pace tells."""


def headings(
    targets: Iterable[Goal],
    polarity: Polarity,
    after: date,
    days: Sequence[date],
    values: Sequence[Decimal],
) -> tuple[Trajectory, ...]:
    """By the day of each target past ``after``, the next first; none below twelve values."""
    dated = sorted(
        ((day, target) for target in targets for day in _days_of(target, after)), key=lambda entry: entry[0]
    )
    found = trend(days, values) if dated else None
    if found is None:
        return ()
    led = (trajectory(found, day, *ends(target, polarity)) for day, target in dated)
    return tuple(heading for heading in led if heading is not None)


def ends(target: StatedTarget | None, polarity: Polarity) -> tuple[Decimal | None, Decimal | None]:
    """The lowest and highest value that meet a target.

    A single figure for a neutral KPI has no wrong side, so nothing can be relied on to meet it.
    """
    if target is None or target.to_be_confirmed or target.grade is not None:
        return None, None
    if polarity is Polarity.NEUTRAL and target.value is not None:
        return None, None
    return bounds(target, polarity)


def _days_of(target: Goal, after: date) -> Iterator[date]:
    """The days past another that a target is for."""
    due_on = target.due_on
    if target.kind is TargetKind.YEAR_END and due_on is None:
        year = periods.financial_year_of(after)
        year = periods.next(year) if year.ends_on <= after else year
        for _ in range(YEAR_ENDS):
            yield year.ends_on
            year = periods.next(year)
        return
    if target.kind is TargetKind.YEAR_END and due_on is not None:
        due_on = periods.financial_year_of(due_on).ends_on
    if target.kind is not TargetKind.STANDING and due_on is not None and due_on > after:
        yield due_on
