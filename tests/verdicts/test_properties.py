"""What must hold for any series whatever."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from api.kpis.rules import Goal
from api.verdicts.limits import in_last_place, limits_of, moving_ranges, screened
from api.verdicts.rules import PROFILES, Verdict, judge
from api.vocabulary import Polarity, SpcProfile, SpecialCause, Unit, Variation
from tests.verdicts.series import judged, months

figures = st.decimals(min_value=-1_000, max_value=1_000, places=2)
# Few different values make ties, runs and points on the mean likely; jumps make outliers so.
lively = st.one_of(st.integers(0, 3).map(D), st.sampled_from([D(40), D("2.5")]))
values = st.lists(st.one_of(lively, figures), min_size=1, max_size=45) | st.lists(
    lively, min_size=13, max_size=45
)
profiles = st.sampled_from(list(SpcProfile))
SWAPPED = {Variation.IMPROVEMENT: Variation.CONCERN, Variation.CONCERN: Variation.IMPROVEMENT}


def essence(found: Verdict) -> object:
    """All of a verdict that does not depend on where zero is or how large the unit."""
    return (
        found.signal,
        found.signed_off,
        found.icon,
        found.assurance,
        [stretch.marked for stretch in found.stretches],
    )


def seen(found: Verdict) -> object:
    """All of a verdict but which rule speaks for a point that several mark."""
    return (
        found.signal.variation,
        found.icon,
        [
            (
                stretch.mean,
                stretch.lower,
                stretch.upper,
                [(period, mark.side) for period, mark in stretch.marked],
            )
            for stretch in found.stretches
        ],
    )


class TestAnySeries:
    @given(values, figures, profiles)
    def test_a_constant_added_moves_the_limits_and_nothing_else(
        self, held: list[D], constant: D, profile: SpcProfile
    ) -> None:
        series = judged(profile=profile, targets=(Goal(value=D(2)),))
        moved_series = replace(series, targets=(Goal(value=2 + constant),))
        found = judge(series, months(held))
        moved = judge(moved_series, months([value + constant for value in held]))
        assert essence(moved) == essence(found)
        for before, after in zip(found.stretches, moved.stretches, strict=True):
            if before.mean is None or before.lower is None or before.upper is None:
                assert after.mean is None
            else:
                assert (after.mean, after.lower, after.upper) == (
                    before.mean + constant,
                    before.lower + constant,
                    before.upper + constant,
                )

    @given(values, st.integers(1, 500), profiles)
    def test_a_larger_unit_scales_the_limits_and_nothing_else(
        self, held: list[D], factor: int, profile: SpcProfile
    ) -> None:
        series = judged(profile=profile, targets=(Goal(value=D(2)),))
        found = judge(series, months(held))
        scaled = judge(
            replace(series, targets=(Goal(value=D(2 * factor)),)), months([value * factor for value in held])
        )
        assert essence(scaled) == essence(found)
        for before, after in zip(found.stretches, scaled.stretches, strict=True):
            if before.upper is not None and after.upper is not None:
                assert abs(after.upper - before.upper * factor) <= D("0.000001") * factor

    @given(values, profiles)
    def test_the_other_polarity_swaps_improvement_and_concern(
        self, held: list[D], profile: SpcProfile
    ) -> None:
        found = judge(judged(profile=profile), months(held))
        other = judge(judged(profile=profile, polarity=Polarity.LOWER), months(held))
        assert other.signal == replace(
            found.signal, variation=SWAPPED.get(found.signal.variation, found.signal.variation)
        )
        assert other.stretches == found.stretches
        neutral = judge(judged(profile=profile, polarity=Polarity.NEUTRAL), months(held))
        assert (neutral.signal.variation is Variation.CHANGE) is (found.signal.variation in SWAPPED)

    @given(values, st.randoms(use_true_random=False), profiles)
    def test_order_of_arrival_never_matters(self, held: list[D], random: Random, profile: SpcProfile) -> None:
        series = judged(profile=profile, targets=(Goal(value=D(2)),))
        shuffled = months(held)
        random.shuffle(shuffled)
        assert judge(series, shuffled) == judge(series, months(held))

    @given(figures, st.integers(1, 60), profiles)
    def test_a_constant_series_has_no_special_cause(self, value: D, length: int, profile: SpcProfile) -> None:
        found = judge(judged(profile=profile, unit=Unit.COUNT), months([value] * length))
        assert found.signal.variation in (Variation.COMMON_CAUSE, Variation.TOO_EARLY)
        assert all(not stretch.marked for stretch in found.stretches)

    @given(values)
    def test_profiles_differ_only_by_screening_and_points_beyond_a_limit(self, held: list[D]) -> None:
        mdc, nhsr = (judge(judged(profile=profile), months(held)) for profile in SpcProfile)
        ranges = moving_ranges(in_last_place(held)[0])
        nothing_screened = sum(screened(ranges)) == sum(ranges) and (
            len(screened(ranges)) == len(ranges) or not any(ranges)
        )
        beyond = any(
            mark.rule is SpecialCause.OUTSIDE_LIMIT for stretch in mdc.stretches for _, mark in stretch.marked
        )
        if nothing_screened and not beyond:
            assert seen(nhsr) == seen(mdc)

    @given(values)
    def test_screening_only_ever_narrows_the_limits(self, held: list[D]) -> None:
        whole, _ = in_last_place(held)
        narrow, wide = (
            limits_of(whole, screens=PROFILES[name].screens) for name in (SpcProfile.NHSR, SpcProfile.MDC)
        )
        assert narrow.mean == wide.mean and narrow.average_range <= wide.average_range
