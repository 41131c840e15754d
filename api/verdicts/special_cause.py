"""The four rules that tell a signal from noise, and which points each of them marks.

A point on the mean breaks a run, a tie breaks a trend. Every function takes the points of one
stretch of a series in order, and answers one thing for each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

from api.verdicts.limits import Limits
from api.vocabulary import SpecialCause

RUN = 7
"""Points on one side of the mean that make a shift, and in one direction that make a trend."""


ON_THE_MEAN, INNER, NEAR, BEYOND = range(4)
"""Zones: how far out a point lies; below the mean, their negatives."""


class Mark(NamedTuple):
    """A point that a rule marks, and whether for high or rising (+1) or low or falling (-1) values."""

    rule: SpecialCause
    side: int


def zones(values: Sequence[int], limits: Limits) -> list[int]:
    """The zone of each value, negative below the mean.

    Near is strictly inside the outer third, beyond strictly past the limit. A whole number lies above a
    fraction when it lies above the whole number below that fraction, so whole numbers are compared.
    """
    above, below = floor(limits.mean), ceil(limits.mean)
    near_above, near_below = floor(limits.near_upper), ceil(limits.near_lower)
    beyond_above, beyond_below = floor(limits.upper), ceil(limits.lower)
    found: list[int] = []
    for value in values:
        if value > above:
            found.append(INNER if value <= near_above else NEAR if value <= beyond_above else BEYOND)
        elif value < below:
            found.append(-INNER if value >= near_below else -NEAR if value >= beyond_below else -BEYOND)
        else:
            found.append(ON_THE_MEAN)
    return found


def sevenths_on_one_side(sides: Sequence[int]) -> list[int]:
    """The side (+1 or -1) of each point that has six before it on the same side of the mean, else 0."""
    return _sevenths(sides)


def sevenths_in_a_trend(values: Sequence[int]) -> list[int]:
    """+1 for each point that ends seven rising ones, -1 for falling, else 0."""
    if not values:
        return []
    steps = [(after > before) - (after < before) for before, after in pairwise(values)]
    return [0, *_sevenths(steps, RUN - 1)]


def _sevenths(signs: Sequence[int], needed: int = RUN) -> list[int]:
    found, run, before = [], 0, 0
    for sign in signs:
        run = run + 1 if sign == before else 1
        before = sign
        found.append(sign if run >= needed else 0)
    return found


def reaching_back(signals: Sequence[int]) -> list[int]:
    """Each signal spread over the seven points that made it.

    A point that ends one run and begins another belongs to the one it ends.
    """
    found = list(signals)
    for at, signal in enumerate(signals):
        if signal:
            for earlier in range(max(at - RUN + 1, 0), at):
                found[earlier] = found[earlier] or signal
    return found


def windows_of_three(near: Sequence[bool | int], sides: Sequence[int]) -> list[int]:
    """+1 or -1 for each point in a row of three, all on that side of the mean, two of them near its limit."""
    found = [0] * len(sides)
    close = [at for at, is_near in enumerate(near) if is_near]
    for one, other in pairwise(close):
        # Two near points that far apart share one or two rows of three, or none.
        for first in range(max(other - 2, 0), min(one, len(sides) - 3) + 1):
            side = sides[first]
            if side and side == sides[first + 1] == sides[first + 2]:
                found[first : first + 3] = [side] * 3
    return found


def two_of_three(near: Sequence[bool | int], sides: Sequence[int]) -> list[int]:
    """The points near a limit that two of three in a row are: the third is not marked."""
    return [
        found if is_near else 0 for found, is_near in zip(windows_of_three(near, sides), near, strict=True)
    ]


def marks(
    values: Sequence[int], limits: Limits, *, beyond_counts: bool, precedence: Sequence[SpecialCause]
) -> list[Mark | None]:
    """The rule that speaks for each point: the first by precedence of those that mark it."""
    placed = zones(values, limits)
    sides = [(zone > 0) - (zone < 0) for zone in placed]
    by_rule = {
        SpecialCause.OUTSIDE_LIMIT: [
            side if abs(zone) == BEYOND else 0 for zone, side in zip(placed, sides, strict=True)
        ],
        SpecialCause.TREND: reaching_back(sevenths_in_a_trend(values)),
        SpecialCause.TWO_OF_THREE: two_of_three(_near(placed, beyond_counts), sides),
        SpecialCause.SHIFT: reaching_back(sevenths_on_one_side(sides)),
    }
    found: list[Mark | None] = [None] * len(values)
    for rule in reversed(precedence):
        for at, side in enumerate(by_rule[rule]):
            if side:
                found[at] = Mark(rule, side)
    return found


def _near(placed: Sequence[int], beyond_counts: bool) -> list[bool]:
    if beyond_counts:
        return [abs(zone) >= NEAR for zone in placed]
    return [abs(zone) == NEAR for zone in placed]


def fired_by(values: Sequence[int], limits: Limits, mark: Mark, *, beyond_counts: bool) -> list[int]:
    """Which points made a rule mark the last one: the whole run up to it, by index."""
    last = len(values) - 1
    if mark.rule is SpecialCause.OUTSIDE_LIMIT:
        return [last]
    first = last
    if mark.rule is SpecialCause.TREND:
        while first and (values[first] - values[first - 1]) * mark.side > 0:
            first -= 1
        return list(range(first, last + 1))
    placed = zones(values, limits)
    if mark.rule is SpecialCause.SHIFT:
        while first and placed[first - 1] * mark.side > 0:
            first -= 1
        return list(range(first, last + 1))
    near = _near(placed, beyond_counts)
    return [at for at in range(last - 2, last + 1) if near[at]]
