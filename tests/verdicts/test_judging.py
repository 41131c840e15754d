"""The verdict as a whole: what is judged, against what, and what is never compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from api.kpis.rules import Goal
from api.verdicts.body import as_read, body
from api.verdicts.rules import Break, Point, judge
from api.vocabulary import (
    LineBreak,
    MeasurementState,
    MeasurementWorkflow,
    Nature,
    Outlook,
    Polarity,
    SpcProfile,
    SpecialCause,
    TargetAssurance,
    TargetKind,
    Unit,
    Variation,
    VariationIcon,
    WhyNotJudged,
)
from tests.verdicts.series import BETTER, STEADY, day_of, judged, months

SIGNED = MeasurementWorkflow.SIGNED_OFF


class TestVariation:
    @pytest.mark.parametrize(
        ("polarity", "variation", "icon"),
        [
            (Polarity.HIGHER, Variation.IMPROVEMENT, VariationIcon.IMPROVEMENT_HIGH),
            (Polarity.LOWER, Variation.CONCERN, VariationIcon.CONCERN_HIGH),
            (Polarity.NEUTRAL, Variation.CHANGE, VariationIcon.CHANGE_HIGH),
        ],
    )
    def test_what_a_shift_means(self, polarity: Polarity, variation: Variation, icon: VariationIcon) -> None:
        found = judge(judged(polarity=polarity), months(BETTER))
        assert (found.signal.variation, found.signal.rule, found.icon) == (
            variation,
            SpecialCause.SHIFT,
            icon,
        )
        assert found.signal.fired == tuple(f"2025-{month:02}" for month in range(2, 9))

    def test_common_cause(self) -> None:
        found = judge(judged(), months(STEADY))
        assert (found.signal.variation, found.icon) == (Variation.COMMON_CAUSE, VariationIcon.COMMON_CAUSE)
        assert found.signal.fired == ()

    def test_a_signal_that_ended_is_history(self) -> None:
        found = judge(judged(), months([*BETTER, "50"]))
        assert found.signal.variation is Variation.COMMON_CAUSE
        assert found.now is not None
        assert [period for period, mark in found.now.marked if mark.side > 0] == [
            f"2025-{month:02}" for month in range(2, 9)
        ]

    def test_a_constant_series_has_no_special_cause(self) -> None:
        for profile in SpcProfile:
            found = judge(judged(profile=profile), months(["5"] * 40))
            assert found.signal.variation is Variation.COMMON_CAUSE
            assert found.now is not None and found.now.lower == found.now.upper == 5

    def test_limits_are_never_clipped(self) -> None:
        found = judge(judged(), months(["99", "80"] * 8))
        assert found.now is not None and found.now.upper is not None and found.now.upper > 100

    def test_a_missing_month_is_stepped_over(self) -> None:
        whole, gapped = months(BETTER), months(BETTER)
        del gapped[3]
        moved = [*whole[:3], *(replace_month(p, q) for p, q in zip(whole[4:], whole[3:], strict=False))]
        found, expected = judge(judged(), gapped), judge(judged(), moved)
        assert found.now is not None and expected.now is not None
        assert (found.now.lower, found.now.upper) == (expected.now.lower, expected.now.upper)


def replace_month(value: Point, month: Point) -> Point:
    """One point's value in another's month."""
    return month._replace(value=value.value)


class TestTooEarly:
    @pytest.mark.parametrize("held", [1, 5, 12])
    @pytest.mark.parametrize("profile", SpcProfile)
    def test_below_thirteen(self, held: int, profile: SpcProfile) -> None:
        found = judge(judged(profile=profile), months(STEADY[:held]))
        assert (found.signal.variation, found.signal.held) == (Variation.TOO_EARLY, held)
        assert found.now is not None and found.now.mean is None
        assert (found.icon, found.assurance) == (None, None)

    def test_run_chart(self) -> None:
        points = months(["40", "44", "41"], start="2023-12") + months(["47"], start="2024-12")
        found = judge(judged(), points).run_chart
        assert found is not None
        assert (found.median, found.change, found.last_year) == (D("42.5"), D(6), D(40))

    def test_run_chart_passes_over_small_denominators(self) -> None:
        points = months(["40", "44", "0"], start="2023-12", denominator=40) + months(["47"], start="2024-12")
        points[0], points[2] = (point._replace(denominator=D(3)) for point in (points[0], points[2]))
        found = judge(judged(), points).run_chart
        assert found is not None
        assert (found.median, found.change, found.before, found.last_year) == (
            D("45.5"),
            D(3),
            "2024-01",
            None,
        )

    @pytest.mark.parametrize("nature", [Nature.SNAPSHOT, Nature.ROLLING])
    def test_nothing_is_said_of_the_change_to_a_small_one(self, nature: Nature) -> None:
        points = [*months(["40", "44"], denominator=40), *months(["0"], start="2024-03", denominator=3)]
        found = judge(judged(nature=nature), points).run_chart
        assert found is not None
        assert (found.median, found.change, found.before) == (D(42), None, None)
        assert judge(judged(nature=nature), points[2:]).run_chart is None

    def test_a_first_value_has_nothing_before_it(self) -> None:
        found = judge(judged(), months(["40"])).run_chart
        assert found is not None and (found.change, found.last_year) == (None, None)


class TestNotApplicable:
    @pytest.mark.parametrize(
        ("fields", "why_not"),
        [
            ({"nature": Nature.CUMULATIVE}, WhyNotJudged.CUMULATIVE),
            ({"nature": Nature.ROLLING}, WhyNotJudged.ROLLING),
            ({"nature": Nature.LAGGED_COHORT}, WhyNotJudged.LAGGED_COHORT),
            ({"unit": Unit.GRADE}, WhyNotJudged.NO_FIGURES),
        ],
    )
    def test_by_kind_of_series(self, fields: dict[str, object], why_not: WhyNotJudged) -> None:
        found = judge(judged(**fields), months(BETTER))
        assert (found.signal.variation, found.why_not) == (Variation.NOT_APPLICABLE, why_not)
        assert all(stretch.mean is None and not stretch.marked for stretch in found.stretches)

    def test_no_values(self) -> None:
        found = judge(judged(), [])
        assert (found.why_not, found.uncounted) == (WhyNotJudged.NO_VALUES, {})

    def test_none_that_counts_and_why(self) -> None:
        queried, missing = MeasurementWorkflow.UNDER_QUERY, MeasurementState.NOT_AVAILABLE
        points = months(["40", "41"], workflow=queried)
        found = judge(judged(), points, [missing])
        assert (found.why_not, found.uncounted) == (WhyNotJudged.NO_VALUES, {queried: 2, missing: 1})
        assert judge(judged(), [*points, *months(["42"], start="2024-03")], [missing]).uncounted == {}

    @pytest.mark.parametrize(("denominator", "is_small"), [(19, True), (20, False)])
    def test_small_denominators(self, denominator: int, is_small: bool) -> None:
        found = judge(judged(), months(BETTER, denominator=denominator))
        assert (found.why_not is WhyNotJudged.SMALL_DENOMINATOR) is is_small

    def test_a_small_denominator_among_large_takes_no_part(self) -> None:
        points = months(BETTER, denominator=40)
        points[4] = points[4]._replace(value=D(0), denominator=D(3))
        found, expected = judge(judged(), points), judge(judged(), points[:4] + points[5:])
        assert found.now is not None and expected.now is not None
        assert found.now.lower == expected.now.lower
        assert found.signal.held == len(BETTER) - 1


class TestBreaks:
    REDEFINED = Break(day_of("2025-02"), LineBreak.DEFINITION)

    def test_nothing_is_judged_across_one(self) -> None:
        found = judge(judged(breaks=(self.REDEFINED,)), months(BETTER))
        assert (found.signal.variation, found.signal.held) == (Variation.TOO_EARLY, 7)
        before, after = found.stretches
        assert (len(before.points), before.because) == (13, None)
        assert (len(after.points), after.because) == (7, LineBreak.DEFINITION)
        alone = judge(judged(), months(STEADY)).now
        assert alone is not None
        assert (before.mean, before.lower, before.upper) == (alone.mean, alone.lower, alone.upper)
        assert after.mean is None

    def test_a_change_is_not_told_across_one(self) -> None:
        found = judge(judged(breaks=(self.REDEFINED,)), months(BETTER[:14])).run_chart
        assert found is not None and (found.change, found.last_year) == (None, None)

    def test_each_stretch_by_its_own_limits(self) -> None:
        points = months([*STEADY, *(str(int(value) + 20) for value in STEADY)])
        rebased = Break(points[13].starts_on, LineBreak.REBASE)
        before, after = judge(judged(breaks=(rebased,)), points).stretches
        assert before.mean is not None and after.mean == before.mean + 20
        assert (before.marked, after.marked) == ((), ())

    def test_a_period_belongs_to_the_definition_of_its_last_day(self) -> None:
        midway = Break(date(2025, 2, 14), LineBreak.DEFINITION)
        _, after = judge(judged(breaks=(midway,)), months(BETTER)).stretches
        assert after.points[0].period == "2025-02"

    def test_before_the_first_or_after_the_last_it_breaks_nothing(self) -> None:
        outside = (Break(date(2020, 1, 1), LineBreak.REBASE), Break(date(2030, 1, 1), LineBreak.DEFINITION))
        found = judge(judged(breaks=outside), months(BETTER))
        assert [stretch.because for stretch in found.stretches] == [None]

    def test_two_in_one_gap_are_one(self) -> None:
        breaks = (self.REDEFINED, Break(day_of("2025-01"), LineBreak.REBASE))
        points = months(BETTER)
        del points[12]
        assert len(judge(judged(breaks=breaks), points).stretches) == 2


class TestWorkflow:
    def test_a_value_under_query_is_not_judged(self) -> None:
        points = months(BETTER)
        points[-1] = points[-1]._replace(value=D(2140), workflow=MeasurementWorkflow.UNDER_QUERY)
        assert judge(judged(), points) == judge(judged(), points[:-1])

    def test_rules_read_signed_off_values_alone(self) -> None:
        points = months(STEADY, workflow=SIGNED) + months(BETTER[13:], start="2025-02")
        found = judge(judged(), points)
        assert found.signal.variation is Variation.IMPROVEMENT
        assert (found.signed_off.variation, found.signed_off.through) == (Variation.COMMON_CAUSE, "2025-01")
        assert judge(judged(), months(BETTER, workflow=SIGNED)).signed_off.rule is SpecialCause.SHIFT

    def test_nothing_signed_off(self) -> None:
        found = judge(judged(), months(BETTER)).signed_off
        assert (found.variation, found.through) == (Variation.NOT_APPLICABLE, None)


class TestTargets:
    def test_the_one_in_force_for_the_latest_point(self) -> None:
        interim = Goal(TargetKind.BY_DATE, value=D(10), due_on=date(2024, 12, 31))
        final = Goal(TargetKind.BY_DATE, value=D(90), due_on=date(2026, 3, 31))
        points = months(STEADY)
        early = judge(judged(targets=(interim, final)), points[:-1])
        assert early.floor == 10
        late = judge(judged(targets=(interim, final)), points)
        assert (late.floor, late.assurance) == (D(90), TargetAssurance.CONSISTENTLY_FAILS)

    def test_good_by_the_definition_of_the_day(self) -> None:
        goods = ((None, Goal(value=D(10))), (day_of("2025-01"), Goal(value=D(49))))
        assert judge(judged(goods=goods), months(STEADY[:12])).floor == 10
        found = judge(judged(goods=goods), months(STEADY))
        assert (found.floor, found.assurance) == (D(49), TargetAssurance.HIT_OR_MISS)

    @pytest.mark.parametrize("target", [Goal(value=D(50)), Goal(to_be_confirmed=True)])
    def test_a_single_figure_says_nothing_of_a_neutral_kpi(self, target: Goal) -> None:
        found = judge(judged(polarity=Polarity.NEUTRAL, targets=(target,)), months(STEADY))
        assert (found.floor, found.ceiling, found.assurance) == (None, None, None)

    def test_a_range_does(self) -> None:
        target = Goal(lower=D(30), upper=D(70))
        found = judge(judged(polarity=Polarity.NEUTRAL, targets=(target,)), months(STEADY))
        assert found.assurance is TargetAssurance.CONSISTENTLY_PASSES

    def test_equal_to_a_limit(self) -> None:
        # Thirteen values have limits that no decimal holds; in thirteen-times-twelve-fold they are whole.
        points = months(STEADY)
        scaled = [point._replace(value=point.value * 13 * 12) for point in points]
        upper = judge(judged(unit=Unit.COUNT), scaled).now
        assert upper is not None and upper.upper is not None
        series = judged(unit=Unit.COUNT, targets=(Goal(value=upper.upper),))
        assert judge(series, scaled).assurance is TargetAssurance.CONSISTENTLY_FAILS
        nhsr = judge(replace(series, profile=SpcProfile.NHSR), scaled)
        assert nhsr.assurance is TargetAssurance.HIT_OR_MISS


class TestTrajectory:
    DUE = Goal(TargetKind.BY_DATE, value=D(95), due_on=date(2026, 3, 31))

    def test_from_twelve_points_even_where_it_is_too_early_for_variation(self) -> None:
        rising = [str(30 + place) for place in range(12)]
        found = judge(judged(targets=(self.DUE,)), months(rising))
        assert found.signal.variation is Variation.TOO_EARLY
        assert [heading.outlook for heading in found.headings] == [Outlook.WILL_NOT_REACH]
        assert judge(judged(targets=(self.DUE,)), months(rising[:11])).headings == ()

    def test_towards_the_next_dated_target(self) -> None:
        later = replace(self.DUE, value=D(99), due_on=date(2028, 3, 31))
        passed = replace(self.DUE, value=D(20), due_on=date(2024, 12, 31))
        found = judge(judged(targets=(later, self.DUE, passed)), months(STEADY)).headings
        assert [(one.due_on, one.floor) for one in found] == [
            (self.DUE.due_on, D(95)),
            (later.due_on, D(99)),
        ]

    def test_a_year_end_without_a_year_is_each_of_the_next(self) -> None:
        target = Goal(TargetKind.YEAR_END, value=D(60))
        found = judge(judged(targets=(target,)), months(STEADY)).headings
        assert [one.due_on for one in found] == [date(year, 3, 31) for year in (2025, 2026, 2027)]
        at_close = judge(judged(targets=(target,)), months(STEADY, start="2024-03")).headings
        assert at_close[0].due_on == date(2026, 3, 31)

    def test_none_without_a_dated_target(self) -> None:
        assert judge(judged(targets=(Goal(value=D(95)),)), months(STEADY)).headings == ()

    def test_one_that_waits_to_be_confirmed_is_passed_over(self) -> None:
        unsettled = replace(self.DUE, value=None, to_be_confirmed=True, due_on=date(2025, 12, 31))
        found = judge(judged(targets=(unsettled, self.DUE)), months(STEADY)).headings
        assert [one.due_on for one in found] == [self.DUE.due_on]

    def test_the_next_is_the_next_from_the_day_it_is_read(self) -> None:
        """The text is stored and today is not: a day that passed is never told as one to come."""
        later = replace(self.DUE, value=D(99), due_on=date(2028, 3, 31))
        series = judged(targets=(self.DUE, later))
        kept = body(series, judge(series, months(STEADY)))
        read = {day: as_read(kept, day)["trajectory"] for day in (date(2026, 3, 31), date(2026, 4, 1))}
        assert [found["due_on"] for found in read.values()] == ["2026-03-31", "2028-03-31"]
        assert as_read(kept, date(2028, 4, 1))["trajectory"] is None
