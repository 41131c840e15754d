"""Assurance against the figures that the method's own test-suite expects, equality and ranges."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from api.verdicts.assurance import assurance
from api.verdicts.rules import PROFILES
from api.vocabulary import SpcProfile, TargetAssurance

PASSES, FAILS, EITHER = (
    TargetAssurance.CONSISTENTLY_PASSES,
    TargetAssurance.CONSISTENTLY_FAILS,
    TargetAssurance.HIT_OR_MISS,
)


def assured(
    direction: str, target: int | None, lower: int, upper: int, profile: SpcProfile = SpcProfile.NHSR
) -> TargetAssurance | None:
    wanted = None if target is None else D(target)
    floor = wanted if direction == "increase" else None
    ceiling = wanted if direction == "decrease" else None
    equal_decides = PROFILES[profile].equal_decides
    return assurance(D(lower), D(upper), floor, ceiling, equal_decides=equal_decides)


class TestPublishedFigures:
    @pytest.mark.parametrize("profile", SpcProfile)
    @pytest.mark.parametrize(
        ("direction", "target", "lower", "upper", "expected"),
        [
            ("increase", 4, 1, 3, FAILS),
            ("increase", 4, 5, 7, PASSES),
            ("increase", 4, 1, 5, EITHER),
            ("decrease", 4, 1, 3, PASSES),
            ("decrease", 4, 5, 7, FAILS),
            ("decrease", 4, 1, 5, EITHER),
            ("neutral", 4, 1, 3, None),
            ("increase", None, 1, 3, None),
        ],
    )
    def test_away_from_the_limits(
        self,
        direction: str,
        target: int | None,
        lower: int,
        upper: int,
        expected: TargetAssurance | None,
        profile: SpcProfile,
    ) -> None:
        assert assured(direction, target, lower, upper, profile) is expected

    @pytest.mark.parametrize(("target", "mdc"), [(10, FAILS), (0, PASSES)])
    def test_on_a_limit_the_profiles_differ(self, target: int, mdc: TargetAssurance) -> None:
        """Higher is better, limits 0 and 10, the target on either: published for both profiles.

        "A target that equals a limit fails" is the first figure. At the lower limit the second one says
        otherwise: every value to be expected meets that target, and it passes.
        """
        assert assured("increase", target, 0, 10, SpcProfile.NHSR) is EITHER
        assert assured("increase", target, 0, 10, SpcProfile.MDC) is mdc

    @pytest.mark.parametrize("profile", SpcProfile)
    @pytest.mark.parametrize(("lower", "upper", "target"), [(0, 10, 10), (0, 10, 0), (1, 3, 4), (5, 7, 4)])
    def test_lower_is_better_is_its_mirror(
        self, lower: int, upper: int, target: int, profile: SpcProfile
    ) -> None:
        """No figure is published for it on a limit; turned upside down, the same must be said."""
        mirrored = assured("decrease", -target, -upper, -lower, profile)
        assert mirrored is assured("increase", target, lower, upper, profile)


class TestRanges:
    @pytest.mark.parametrize(
        ("lower", "upper", "expected"),
        [(5, 8, PASSES), (1, 3, FAILS), (11, 12, FAILS), (3, 8, EITHER), (8, 12, EITHER), (1, 20, EITHER)],
    )
    def test_between_two_ends(self, lower: int, upper: int, expected: TargetAssurance) -> None:
        for equal_decides in (True, False):
            found = assurance(D(lower), D(upper), D(4), D(10), equal_decides=equal_decides)
            assert found is expected

    def test_a_process_without_variation_on_its_target_meets_it(self) -> None:
        assert assured("increase", 95, 95, 95, SpcProfile.MDC) is PASSES
