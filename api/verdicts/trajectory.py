"""Where a series is heading by the day of its next dated target.

The slope is the median of the slopes between every two points (Theil–Sen), which a few wild values
do not move; its 95 % interval comes from Kendall's statistic (Sen 1968). It is read from the last 36
points at most: three years of months tell today's pace, ten do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import sqrt
from statistics import median

from api.vocabulary import Outlook

LEAST, MOST = 12, 36
"""Points needed to tell a pace, and points that tell it."""
_Z = 1.959964
"""Of a 95 % interval, two-sided."""
_DAYS_A_YEAR = 365.25
_MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True)
class Trend:
    """A line through a series, a day's slope with its interval."""

    slope: float
    slowest: float
    fastest: float
    days: tuple[int, ...]
    values: tuple[float, ...]

    def at(self, day: date, slope: float) -> float:
        """Where a line of this slope through the middle of the points is on a day."""
        middle = median(v - slope * d for d, v in zip(self.days, self.values, strict=True))
        return middle + slope * day.toordinal()


@dataclass(frozen=True)
class Trajectory:
    """The projection on a target's day, in the KPI's unit, with its interval."""

    outlook: Outlook
    due_on: date
    floor: Decimal | None
    ceiling: Decimal | None
    expected: Decimal
    lowest: Decimal
    highest: Decimal
    per_year: Decimal


def trend(days: Sequence[date], values: Sequence[Decimal]) -> Trend | None:
    """The robust trend of the last points; None below twelve."""
    if len(values) < LEAST:
        return None
    xs = tuple(day.toordinal() for day in days[-MOST:])
    ys = tuple(float(value) for value in values[-MOST:])
    n = len(xs)
    slopes = sorted((ys[j] - ys[i]) / (xs[j] - xs[i]) for i in range(n) for j in range(i + 1, n))
    count = len(slopes)
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(ys).values())
    spread = _Z * sqrt(max(n * (n - 1) * (2 * n + 5) - ties, 0) / 18)
    low = max(round((count - spread) / 2) - 1, 0)
    high = min(round((count + spread) / 2), count - 1)
    return Trend(median(slopes), slopes[low], slopes[high], xs, ys)


def trajectory(
    found: Trend, due_on: date, floor: Decimal | None, ceiling: Decimal | None
) -> Trajectory | None:
    """Hold a trend against the values that meet a target on its day; None where it has no such values."""
    if floor is None and ceiling is None:
        return None
    expected = found.at(due_on, found.slope)
    ends = sorted((found.at(due_on, found.slowest), found.at(due_on, found.fastest), expected))
    lowest, highest = _figure(ends[0]), _figure(ends[-1])
    reached = (floor is None or lowest >= floor) and (ceiling is None or highest <= ceiling)
    out_of_reach = (floor is not None and highest < floor) or (ceiling is not None and lowest > ceiling)
    outlook = Outlook.MAY_REACH
    if reached or out_of_reach:
        outlook = Outlook.WILL_REACH if reached else Outlook.WILL_NOT_REACH
    per_year = _figure(found.slope * _DAYS_A_YEAR)
    return Trajectory(outlook, due_on, floor, ceiling, _figure(expected), lowest, highest, per_year)


def _figure(number: float) -> Decimal:
    return Decimal(repr(number)).quantize(_MILLIONTH)
