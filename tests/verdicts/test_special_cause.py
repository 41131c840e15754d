"""Each rule against the figures that the method's own test-suite expects, and on the edges."""

from __future__ import annotations

from fractions import Fraction

import pytest

from api.verdicts.limits import Limits, limits_of
from api.verdicts.rules import PROFILES
from api.verdicts.special_cause import (
    BEYOND,
    INNER,
    NEAR,
    Mark,
    fired_by,
    marks,
    reaching_back,
    sevenths_in_a_trend,
    sevenths_on_one_side,
    two_of_three,
    windows_of_three,
    zones,
)
from api.vocabulary import SpcProfile, SpecialCause
from tests.verdicts.vectors import (
    PART_OF_SEVEN,
    SEVENTH_IN_A_TREND,
    SEVENTH_ON_ONE_SIDE,
    TWO_OF_THREE,
    WINDOWS_OF_THREE,
)

UNIT = Limits(Fraction(0), Fraction(100))
"""Limits at -266 and 266; the outer third begins at 177⅓."""


def marked(values: list[int], profile: SpcProfile, limits: Limits | None = None) -> list[Mark | None]:
    chosen = PROFILES[profile]
    return marks(
        values,
        limits or limits_of(values, screens=chosen.screens),
        beyond_counts=chosen.beyond_counts,
        precedence=chosen.precedence,
    )


class TestPublishedFigures:
    @pytest.mark.parametrize(("sides", "expected"), SEVENTH_ON_ONE_SIDE)
    def test_seventh_on_one_side(self, sides: list[int], expected: list[int]) -> None:
        assert [abs(found) for found in sevenths_on_one_side(sides)] == expected

    @pytest.mark.parametrize(("signals", "expected"), PART_OF_SEVEN)
    def test_part_of_seven(self, signals: list[int], expected: list[int]) -> None:
        assert [abs(found) for found in reaching_back(signals)] == expected

    @pytest.mark.parametrize(("values", "expected"), SEVENTH_IN_A_TREND)
    def test_seventh_in_a_trend(self, values: list[int], expected: list[int]) -> None:
        assert sevenths_in_a_trend(values) == expected

    @pytest.mark.parametrize(("near", "sides", "expected"), WINDOWS_OF_THREE)
    def test_windows_of_three(self, near: list[int], sides: list[int], expected: list[int]) -> None:
        assert windows_of_three(near, sides) == expected

    @pytest.mark.parametrize(("near", "sides", "expected"), TWO_OF_THREE)
    def test_two_of_three(self, near: list[int], sides: list[int], expected: list[int]) -> None:
        assert two_of_three(near, sides) == expected

    @pytest.mark.parametrize("profile", SpcProfile)
    def test_near_opposite_limits_is_common_cause(self, profile: SpcProfile) -> None:
        values = [10, -10] * 7 + [55, -55]
        assert marked(values, profile)[-2:] == [None, None]


class TestZones:
    @pytest.mark.parametrize(
        ("value", "zone"),
        [(0, 0), (1, INNER), (177, INNER), (178, NEAR), (266, NEAR), (267, BEYOND)],
    )
    def test_on_a_limit_is_not_beyond_it(self, value: int, zone: int) -> None:
        assert zones([value, -value], UNIT) == [zone, -zone]

    def test_a_mean_that_no_decimal_holds(self) -> None:
        # The mean is 10/3: no value of ten or three lies on it, and none is rounded onto it.
        limits = limits_of([3, 3, 4], screens=False)
        assert zones([3, 4], limits) == [-INNER, INNER]


class TestEdges:
    def test_a_point_on_the_mean_breaks_a_run(self) -> None:
        assert sevenths_on_one_side([1, 1, 1, 0, 1, 1, 1, 1]) == [0] * 8

    def test_zeros_are_no_run(self) -> None:
        assert sevenths_on_one_side([0] * 8) == [0] * 8

    def test_a_tie_breaks_a_trend(self) -> None:
        assert sevenths_in_a_trend([1, 2, 3, 4, 5, 6, 6, 7]) == [0] * 8

    def test_a_peak_belongs_to_the_rise_it_ends(self) -> None:
        found = reaching_back(sevenths_in_a_trend([1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1]))
        assert found == [1] * 7 + [-1] * 6

    def test_beyond_counts_towards_two_of_three_in_mdc_only(self) -> None:
        values = [300, 10, 200]
        assert marked(values, SpcProfile.MDC, UNIT)[2] == (SpecialCause.TWO_OF_THREE, 1)
        assert marked(values, SpcProfile.NHSR, UNIT)[2] is None

    def test_the_third_of_three_must_be_on_their_side(self) -> None:
        assert marked([200, -10, 200], SpcProfile.MDC, UNIT) == [None, None, None]

    @pytest.mark.parametrize("profile", SpcProfile)
    def test_precedence(self, profile: SpcProfile) -> None:
        # Rising below the mean all along: a trend that rises and a shift that is low.
        values = [-70, -60, -50, -40, -30, -20, -10]
        assert marked(values, profile, UNIT) == [(SpecialCause.TREND, 1)] * 7
        # The last two near the limit as well: a trend speaks before two of three.
        values = [-70, -60, 10, 50, 100, 180, 190]
        assert marked(values, profile, UNIT)[-1] == (SpecialCause.TREND, 1)
        # Beyond the limit: that speaks first.
        values = [-70, -60, 10, 50, 100, 180, 290]
        assert marked(values, profile, UNIT)[-1] == (SpecialCause.OUTSIDE_LIMIT, 1)

    def test_two_of_three_against_a_shift(self) -> None:
        values = [10, 20, 10, 20, 200, 20, 200]
        assert {mark and mark.rule for mark in marked(values, SpcProfile.MDC, UNIT)} == {SpecialCause.SHIFT}
        assert [mark and mark.rule for mark in marked(values, SpcProfile.NHSR, UNIT)] == [
            *[SpecialCause.SHIFT] * 4,
            SpecialCause.TWO_OF_THREE,
            SpecialCause.SHIFT,
            SpecialCause.TWO_OF_THREE,
        ]


class TestFiredBy:
    @pytest.mark.parametrize(
        ("values", "rule", "expected"),
        [
            ([10, 300], SpecialCause.OUTSIDE_LIMIT, [1]),
            ([-5, *[10, 20] * 5], SpecialCause.SHIFT, list(range(1, 11))),
            ([9, 1, 2, 3, 4, 5, 6, 7, 8], SpecialCause.TREND, list(range(1, 9))),
            ([5, 200, 10, 200], SpecialCause.TWO_OF_THREE, [1, 3]),
        ],
    )
    def test_the_whole_run(self, values: list[int], rule: SpecialCause, expected: list[int]) -> None:
        assert fired_by(values, UNIT, Mark(rule, 1), beyond_counts=True) == expected
