"""The centre line and natural process limits of an XmR chart, exactly.

Values are counted in units of their last decimal place, so that they are whole numbers, and limits
are fractions of them: a point that lies on a limit lies on it, and no rounding decides a rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

LIMIT = Fraction(266, 100)
"""Natural process limits lie this many average moving ranges from the mean (Wheeler)."""
NEAR_LIMIT = LIMIT * 2 / 3
"""The outer third of the way to a limit begins here."""
SCREEN = Fraction(3267, 1000)
"""Screening keeps the moving ranges strictly below this many times their mean."""


@dataclass(frozen=True)
class Limits:
    """Mean and average moving range, in the unit of the values they were computed from.

    Limits are never clipped: a percentage's upper limit may lie above 100.
    """

    mean: Fraction
    average_range: Fraction

    @property
    def lower(self) -> Fraction:
        return self.mean - LIMIT * self.average_range

    @property
    def upper(self) -> Fraction:
        return self.mean + LIMIT * self.average_range

    @property
    def near_lower(self) -> Fraction:
        return self.mean - NEAR_LIMIT * self.average_range

    @property
    def near_upper(self) -> Fraction:
        return self.mean + NEAR_LIMIT * self.average_range


def in_last_place(values: Sequence[Decimal]) -> tuple[list[int], int]:
    """Values as whole numbers of their smallest decimal place, and how many decimals that is.

    Exact for up to 28 digits, all that a decimal context keeps.
    """
    decimals = max((-int(value.as_tuple().exponent) for value in values), default=0)
    decimals = max(decimals, 0)
    return [int(value.scaleb(decimals)) for value in values], decimals


def moving_ranges(values: Sequence[int]) -> list[int]:
    """How far each value lies from the one before it."""
    return [abs(value - before) for before, value in pairwise(values)]


def screened(ranges: Sequence[int]) -> list[int]:
    """The moving ranges strictly below 3.267 times their mean, in one pass.

    None are left where all are zero; their average is zero either way.
    """
    total, count = sum(ranges), len(ranges)
    return [held for held in ranges if held * count * SCREEN.denominator < total * SCREEN.numerator]


def limits_of(values: Sequence[int], *, screens: bool) -> Limits:
    """Limits of at least one value. Screening drops moving ranges, never the values themselves."""
    ranges = moving_ranges(values)
    kept = screened(ranges) if screens else ranges
    return Limits(Fraction(sum(values), len(values)), Fraction(sum(kept), len(kept)) if kept else Fraction(0))


def as_decimal(number: Fraction, decimals: int) -> Decimal:
    """A fraction of last places as a figure again, to a millionth."""
    shifted = number / 10**decimals
    # Six places by whole numbers: dividing decimals would round twice.
    return Decimal(round(shifted * 1_000_000)).scaleb(-6)
