"""Whether a process, as it runs, can be relied on to meet its target.

Making Data Count: everything the process is expected to give lies between its limits, so a target
beyond them is always missed or always met. Where a target lies exactly on a limit, the profiles
differ. ``nhsr``: on a limit is hit or miss. ``mdc``: a target that equals a limit fails, and two
published figures say at which: higher is better, limits 0 and 10, a target of 10 fails and one of 0,
which every value to be expected meets, passes. Where lower is better it is the mirror of that.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from api.vocabulary import TargetAssurance

Number = TypeVar("Number", Decimal, Fraction, float)


def assurance(
    lower: Number, upper: Number, floor: Number | None, ceiling: Number | None, *, equal_decides: bool
) -> TargetAssurance | None:
    """Hold what is to be expected, ``lower`` to ``upper``, against the values that meet a target.

    ``floor`` and ``ceiling`` are the lowest and highest that do; None is no end. With neither there
    is nothing to be held against, and the answer is None.
    """
    if floor is None and ceiling is None:
        return None
    if _is_within(lower, upper, floor, ceiling, equal_decides=equal_decides):
        return TargetAssurance.CONSISTENTLY_PASSES
    if _is_apart(lower, upper, floor, ceiling, equal_decides=equal_decides):
        return TargetAssurance.CONSISTENTLY_FAILS
    return TargetAssurance.HIT_OR_MISS


def _is_apart(
    lower: Number, upper: Number, floor: Number | None, ceiling: Number | None, *, equal_decides: bool
) -> bool:
    is_below = floor is not None and (upper < floor or (equal_decides and upper == floor))
    is_above = ceiling is not None and (lower > ceiling or (equal_decides and lower == ceiling))
    return is_below or is_above


def _is_within(
    lower: Number, upper: Number, floor: Number | None, ceiling: Number | None, *, equal_decides: bool
) -> bool:
    over_floor = floor is None or lower > floor or (equal_decides and lower == floor)
    under_ceiling = ceiling is None or upper < ceiling or (equal_decides and upper == ceiling)
    return over_floor and under_ceiling
