"""Limits against the figures that the method's own test-suite expects."""

from __future__ import annotations

from decimal import Decimal as D
from fractions import Fraction

import pytest

from api.verdicts.limits import as_decimal, in_last_place, limits_of, moving_ranges, screened
from api.verdicts.rules import PROFILES
from api.verdicts.special_cause import marks
from api.vocabulary import SpcProfile
from tests.verdicts.vectors import NORMAL

NORMAL_WITH_TEN = [*NORMAL[:14], "10", *NORMAL[15:]]
ALTERNATING = ["1", "2", "1", "2", "10", "1", "2", "1", "2", "1", "2", "1", "2", "1", "2", "1", "2", "1"]
CASES = [
    (NORMAL, True, 0.1416238, -3.01138, 3.294627, 5e-6),
    (NORMAL_WITH_TEN, True, 0.6694159, -2.383666, 3.722497, 5e-6),
    (NORMAL_WITH_TEN, False, 0.6694159, -4.596625, 5.935457, 5e-6),
    (NORMAL[:10], True, 0.0746, -2.6, 2.75, 0.005),
    (NORMAL[10:], True, 0.209, -3.28, 3.7, 0.005),
    (ALTERNATING, True, 1.94, -0.72, 4.6, 0.005),
    (ALTERNATING, False, 1.94, -3.06, 6.95, 0.005),
]


def special(figures: list[str], profile: SpcProfile) -> list[int]:
    """Which points are special cause, counted from one."""
    values, _ = in_last_place([D(figure) for figure in figures])
    chosen = PROFILES[profile]
    found = marks(
        values,
        limits_of(values, screens=chosen.screens),
        beyond_counts=chosen.beyond_counts,
        precedence=chosen.precedence,
    )
    return [at for at, mark in enumerate(found, 1) if mark]


class TestLimits:
    @pytest.mark.parametrize(("figures", "screens", "mean", "lower", "upper", "within"), CASES)
    def test_published_figures(
        self, figures: list[str], screens: bool, mean: float, lower: float, upper: float, within: float
    ) -> None:
        values, decimals = in_last_place([D(figure) for figure in figures])
        found = limits_of(values, screens=screens)
        assert [float(as_decimal(line, decimals)) for line in (found.mean, found.lower, found.upper)] == (
            pytest.approx([mean, lower, upper], abs=within)
        )

    @pytest.mark.parametrize("figures", [NORMAL, NORMAL[:10], NORMAL[10:]])
    def test_published_series_without_special_cause(self, figures: list[str]) -> None:
        assert special(figures, SpcProfile.NHSR) == []

    @pytest.mark.parametrize("profile", SpcProfile)
    def test_published_series_with_one(self, profile: SpcProfile) -> None:
        assert special(ALTERNATING, profile) == [5]

    def test_one_value_has_no_width(self) -> None:
        found = limits_of([7], screens=True)
        assert {found.lower, found.mean, found.upper} == {Fraction(7)}


class TestScreening:
    def test_one_at_the_bound_goes(self) -> None:
        # Their mean is 4,000, and 3.267 times that is 13,068 exactly.
        assert screened([13_068, 2_932, 0, 0]) == [2_932, 0, 0]
        assert screened([13_067, 2_933, 0, 0]) == [13_067, 2_933, 0, 0]

    def test_constant_values_leave_nothing_to_average(self) -> None:
        assert screened([0, 0, 0]) == []
        assert limits_of([5, 5, 5, 5], screens=True).average_range == 0

    def test_a_single_jump_is_screened_out(self) -> None:
        values = [5] * 10 + [15] * 10
        assert moving_ranges(values).count(10) == 1
        assert limits_of(values, screens=True).average_range == 0
        assert limits_of(values, screens=False).average_range == Fraction(10, 19)


class TestLastPlace:
    @pytest.mark.parametrize(
        ("figures", "whole", "decimals"),
        [
            ([], [], 0),
            ([D("1.5"), D("2"), D("0.25")], [150, 200, 25], 2),
            ([D("1E+3"), D("7")], [1000, 7], 0),
            ([D("-0.000001")], [-1], 6),
        ],
    )
    def test_counts_in_the_smallest(self, figures: list[D], whole: list[int], decimals: int) -> None:
        assert in_last_place(figures) == (whole, decimals)

    def test_and_back(self) -> None:
        assert as_decimal(Fraction(2, 3), 1) == D("0.066667")
        assert as_decimal(Fraction(-855, 1), 1) == D("-85.5")
