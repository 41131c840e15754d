from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.kpis import tables
from api.kpis.periods import parse
from api.kpis.rules import (
    Direction,
    Goal,
    Point,
    Start,
    TargetJudgement,
    TargetState,
    change,
    current_target,
    direction,
    good_as_standing,
    grade_change,
    shortfall,
    target_state,
)
from api.vocabulary import Grade, Nature, PeriodType, Polarity, TargetKind, TargetStage, Unit

HIGHER, LOWER, NEUTRAL = Polarity.HIGHER, Polarity.LOWER, Polarity.NEUTRAL
J = TargetJudgement

values = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


def month(key: str, value: str | None = None, grade: Grade | None = None) -> Point:
    return Point(parse(key, PeriodType.MONTH), None if value is None else D(value), grade)


def by_date(value: str, due_on: date, stage: TargetStage | None = None, baseline: D | None = None) -> Goal:
    return Goal(TargetKind.BY_DATE, stage, D(value), due_on=due_on, baseline=baseline)


def year_end(value: str, due_on: date | None = None) -> Goal:
    return Goal(TargetKind.YEAR_END, value=D(value), due_on=due_on)


STANDING = Goal(value=D(95))
INTERIM = by_date("70", date(2019, 10, 31), TargetStage.INTERIM)
FINAL = by_date("95", date(2020, 3, 31), TargetStage.FINAL)
LATER = date(2030, 1, 1)


def judged(
    goal: Goal, point: Point | None, polarity: Polarity = HIGHER, today: date = LATER
) -> TargetState[Goal]:
    return target_state([goal], polarity=polarity, latest=point, today=today)


class TestChange:
    def test_latest_less_previous(self) -> None:
        assert change(D("5.9"), D("5.1")) == D("0.8")

    @pytest.mark.parametrize(("latest", "previous"), [(None, D(1)), (D(1), None), (None, None)])
    def test_missing_is_not_zero(self, latest: D | None, previous: D | None) -> None:
        assert change(latest, previous) is None

    def test_grades_count_in_steps_for_the_better(self) -> None:
        assert grade_change(Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE) == 1
        assert grade_change(Grade.INADEQUATE, Grade.OUTSTANDING) == -3
        assert grade_change(None, Grade.GOOD) is None


class TestDirection:
    @pytest.mark.parametrize(
        ("moved", "polarity", "expected"),
        [
            (D(1), HIGHER, Direction.BETTER),
            (D(-1), HIGHER, Direction.WORSE),
            (D(1), LOWER, Direction.WORSE),
            (D(-1), LOWER, Direction.BETTER),
            (D("0.00"), HIGHER, Direction.SAME),
            (D(0), LOWER, Direction.SAME),
            (D(1), NEUTRAL, None),
            (D(0), NEUTRAL, None),
            (None, HIGHER, None),
        ],
    )
    def test_by_polarity(self, moved: D | None, polarity: Polarity, expected: Direction | None) -> None:
        assert direction(moved, polarity) is expected


class TestGoodAsStanding:
    def test_only_where_the_kpi_says_so(self) -> None:
        def good(serves: bool) -> Goal | None:
            return good_as_standing(
                good_is_target=serves, unit=Unit.COUNT, value=D(5), grade=None, good_unit=None
            )

        assert good(True) == Goal(value=D(5))
        assert good(False) is None

    def test_not_where_good_is_in_another_unit(self) -> None:
        assert (
            good_as_standing(
                good_is_target=True, unit=Unit.COUNT, value=D("15.6"), grade=None, good_unit=Unit.PERCENT
            )
            is None
        )

    def test_not_where_no_good_is_set(self) -> None:
        assert (
            good_as_standing(good_is_target=True, unit=Unit.COUNT, value=None, grade=None, good_unit=None)
            is None
        )


class TestCurrentTarget:
    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            (date(2019, 9, 1), INTERIM),
            (date(2019, 10, 31), INTERIM),
            (date(2019, 11, 1), FINAL),
            (date(2020, 3, 31), FINAL),
            (date(2021, 1, 1), FINAL),
        ],
    )
    def test_interim_then_final_then_final_stands(self, on: date, expected: Goal) -> None:
        assert current_target([FINAL, INTERIM], on) is expected

    def test_an_interim_alone_stands_after_its_date(self) -> None:
        assert current_target([INTERIM], date(2020, 1, 1)) is INTERIM

    def test_an_undated_final_follows_a_passed_interim(self) -> None:
        final = Goal(stage=TargetStage.FINAL, value=D(95))
        assert current_target([INTERIM, final], date(2019, 10, 1)) is INTERIM
        assert current_target([INTERIM, final], date(2019, 11, 1)) is final

    def test_a_period_keeps_the_target_that_falls_due_within_it(self) -> None:
        assert current_target([INTERIM, FINAL], date(2019, 12, 31), began=date(2019, 10, 1)) is INTERIM

    def test_of_two_due_within_a_period_the_last_counts(self) -> None:
        end = replace(FINAL, due_on=date(2019, 12, 31))
        assert current_target([INTERIM, end], date(2019, 12, 31), began=date(2019, 10, 1)) is end

    def test_a_year_end_target_holds_for_its_own_year(self) -> None:
        target = year_end("60", date(2018, 3, 31))
        assert current_target([target], date(2017, 4, 1)) is target
        assert current_target([target], date(2018, 3, 31)) is target
        assert current_target([target], date(2018, 4, 1)) is None

    def test_an_undated_year_end_target_holds_every_year(self) -> None:
        target = year_end("60")
        assert current_target([target], date(2025, 6, 1)) is target

    def test_good_serves_where_nothing_else_does(self) -> None:
        good, unsettled = Goal(value=D(80)), Goal(to_be_confirmed=True)
        none: list[Goal] = []
        assert current_target(none, LATER, good) is good
        assert current_target([unsettled], LATER, good) is good
        assert current_target([STANDING], LATER, good) is STANDING
        assert current_target([unsettled], LATER) is unsettled
        assert current_target(none, LATER) is None

    def test_rows_of_the_table_are_targets_too(self) -> None:
        row = tables.Target(plan_id=1, kpi_id=1, position=0, kind=TargetKind.STANDING, value=D(95))
        assert current_target([row], LATER) is row


class TestStandingTarget:
    @pytest.mark.parametrize(
        ("value", "polarity", "state", "distance"),
        [
            ("95", HIGHER, J.MET, "0"),
            ("96.5", HIGHER, J.MET, "-1.5"),
            ("94.9", HIGHER, J.MISSED, "0.1"),
            ("95", LOWER, J.MET, "0"),
            ("90", LOWER, J.MET, "-5"),
            ("95.000001", LOWER, J.MISSED, "0.000001"),
        ],
    )
    def test_by_polarity(self, value: str, polarity: Polarity, state: J, distance: str) -> None:
        found = judged(STANDING, month("2018-08", value), polarity)
        assert (found.state, found.distance, found.target) == (state, D(distance), STANDING)

    @pytest.mark.parametrize(
        ("value", "state"),
        [("95", J.MET), ("93", J.WITHIN_TOLERANCE), ("92.9", J.MISSED)],
    )
    def test_tolerance_ends_with_its_last_point(self, value: str, state: J) -> None:
        found = target_state(
            [STANDING], polarity=HIGHER, latest=month("2018-08", value), today=LATER, tolerance=D(2)
        )
        assert found.state is state

    @pytest.mark.parametrize(
        ("value", "state", "distance"),
        [
            ("9.9", J.MISSED, "0.1"),
            ("10", J.MET, "0"),
            ("15", J.MET, "0"),
            ("20", J.MET, "0"),
            ("21", J.MISSED, "1"),
        ],
    )
    def test_a_range_for_a_neutral_kpi(self, value: str, state: J, distance: str) -> None:
        found = judged(Goal(lower=D(10), upper=D(20)), month("2018-08", value), NEUTRAL)
        assert (found.state, found.distance) == (state, D(distance))

    def test_a_range_is_beaten_on_the_side_of_its_polarity(self) -> None:
        range_ = Goal(lower=D(10), upper=D(20))
        assert judged(range_, month("2018-08", "25"), HIGHER).state is J.MET
        assert judged(range_, month("2018-08", "5"), LOWER).state is J.MET

    def test_a_single_figure_for_a_neutral_kpi_is_not_judged(self) -> None:
        target = Goal(value=D(60))
        found = judged(target, month("2018-08", "52"), NEUTRAL)
        assert (found.state, found.distance) == (J.NOT_JUDGED, D(8))
        assert judged(target, month("2018-08", "60"), NEUTRAL).state is J.MET

    def test_a_tolerance_makes_a_neutral_figure_a_range(self) -> None:
        def state(value: str) -> J:
            return target_state(
                [Goal(value=D(60))],
                polarity=NEUTRAL,
                latest=month("2018-08", value),
                today=LATER,
                tolerance=D(5),
            ).state

        assert [state("55"), state("66")] == [J.WITHIN_TOLERANCE, J.MISSED]

    @pytest.mark.parametrize(
        ("grade", "state", "distance"),
        [
            (Grade.OUTSTANDING, J.MET, -1),
            (Grade.GOOD, J.MET, 0),
            (Grade.REQUIRES_IMPROVEMENT, J.MISSED, 1),
            (Grade.INADEQUATE, J.MISSED, 2),
        ],
    )
    def test_grades_compare_by_rank(self, grade: Grade, state: J, distance: int) -> None:
        found = target_state(
            [Goal(grade=Grade.GOOD)],
            polarity=HIGHER,
            latest=month("2018-08", grade=grade),
            today=LATER,
            tolerance=D(2),
        )
        assert (found.state, found.distance) == (state, D(distance))

    @pytest.mark.parametrize(
        ("goal", "point"),
        [
            (Goal(grade=Grade.GOOD), month("2018-08", "80")),
            (Goal(value=D(80)), month("2018-08", grade=Grade.GOOD)),
            (Goal(), month("2018-08", "80")),
        ],
    )
    def test_what_cannot_be_compared_is_not_judged(self, goal: Goal, point: Point) -> None:
        found = judged(goal, point)
        assert (found.state, found.distance) == (J.NOT_JUDGED, None)

    @given(values, values)
    def test_met_exactly_when_nothing_falls_short(self, value: D, wanted: D) -> None:
        point = Point(parse("2018-08", PeriodType.MONTH), value)
        for polarity in (HIGHER, LOWER):
            goal = Goal(value=wanted)
            short = shortfall(goal, polarity, point)
            assert short is not None
            assert (judged(goal, point, polarity).state is J.MET) is (short <= 0)
            assert abs(short) == abs(value - wanted)


class TestNothingToJudge:
    def test_no_target(self) -> None:
        none: list[Goal] = []
        found = target_state(none, polarity=HIGHER, latest=month("2018-08", "981"), today=LATER)
        assert found == TargetState(J.NO_TARGET)

    def test_to_be_confirmed(self) -> None:
        goal = Goal(to_be_confirmed=True)
        assert judged(goal, month("2018-08", "10")) == TargetState(J.TO_BE_CONFIRMED, goal)

    @pytest.mark.parametrize("point", [None, month("2018-08")])
    def test_no_value(self, point: Point | None) -> None:
        assert judged(STANDING, point) == TargetState(J.NO_VALUE, STANDING)


class TestByDate:
    """From 50 per cent at the end of March 2019 to 70 by the end of October."""

    target = by_date("70", date(2019, 10, 31))
    start = Start(D(50), date(2019, 3, 31))

    def state(self, point: Point, **more: object) -> TargetState[Goal]:
        given = {"start": self.start, "today": LATER, "polarity": HIGHER} | more
        return target_state([self.target], latest=point, **given)  # type: ignore[arg-type]

    def test_never_missed_before_its_date(self) -> None:
        found = judged(self.target, month("2019-09", "10"))
        assert (found.state, found.distance) == (J.NOT_YET_DUE, D(60))

    def test_on_the_line_is_on_pace(self) -> None:
        """107 of the 214 days are gone on 16 July: half the way."""
        half_way = Point(parse("2019-07-16", PeriodType.DAY), D(60))
        found = self.state(half_way)
        assert (found.state, found.expected, found.distance) == (J.ON_PACE, D(60), D(10))

    def test_below_the_line_is_behind(self) -> None:
        found = self.state(Point(parse("2019-07-16", PeriodType.DAY), D("59.999999")))
        assert found.state is J.BEHIND_PACE

    def test_reached_early_is_on_pace(self) -> None:
        assert self.state(month("2019-04", "70")).state is J.ON_PACE
        assert judged(self.target, month("2019-04", "70")).state is J.ON_PACE

    @pytest.mark.parametrize(("value", "state"), [("69.9", J.MISSED), ("70", J.MET)])
    def test_judged_by_the_value_for_its_date_and_after(self, value: str, state: J) -> None:
        assert self.state(month("2019-10", value)).state is state
        assert self.state(month("2020-06", value)).state is state

    def test_an_older_value_is_not_judged_though_the_date_has_passed(self) -> None:
        assert self.state(month("2019-09", "55")).state is J.BEHIND_PACE

    def test_a_value_for_a_period_still_running_is_not_judged(self) -> None:
        found = self.state(month("2019-10", "55"), today=date(2019, 10, 20))
        assert found.state is J.BEHIND_PACE

    def test_the_interim_is_judged_before_the_final_takes_over(self) -> None:
        def state(point: Point) -> tuple[J, Goal | None]:
            found = target_state([INTERIM, FINAL], polarity=HIGHER, latest=point, today=LATER)
            return found.state, found.target

        assert state(month("2019-10", "65")) == (J.MISSED, INTERIM)
        assert state(month("2019-11", "65")) == (J.NOT_YET_DUE, FINAL)
        quarter = Point(parse("FY2019-20-Q3", PeriodType.FINANCIAL_QUARTER), D(75))
        assert state(quarter) == (J.MET, INTERIM)

    def test_the_targets_own_baseline_takes_the_starts_value(self) -> None:
        """From 51 down to 30: lower is better."""
        target = by_date("30", date(2019, 12, 31), TargetStage.INTERIM, baseline=D(51))
        start = Start(D(48), date(2019, 6, 30))

        def state(value: str) -> J:
            point = month("2019-09", value)
            return target_state([target], polarity=LOWER, latest=point, today=LATER, start=start).state

        # 92 of 184 days are gone: half way is 40.5.
        assert [state("40.5"), state("40.6")] == [J.ON_PACE, J.BEHIND_PACE]

    def test_falling_from_beyond_the_target_is_behind(self) -> None:
        found = self.state(month("2019-06", "69"), start=Start(D(80), date(2019, 3, 31)))
        assert (found.state, found.expected) == (J.BEHIND_PACE, D(70))

    def test_a_neutral_range_is_neared_from_either_side(self) -> None:
        target = Goal(TargetKind.BY_DATE, lower=D(10), upper=D(20), due_on=date(2019, 10, 31))

        def state(begun: str, value: str) -> J:
            point = Point(parse("2019-07-16", PeriodType.DAY), D(value))
            start = Start(D(begun), date(2019, 3, 31))
            return target_state([target], polarity=NEUTRAL, latest=point, today=LATER, start=start).state

        assert [state("0", "5"), state("0", "4")] == [J.ON_PACE, J.BEHIND_PACE]
        assert [state("30", "25"), state("30", "26")] == [J.ON_PACE, J.BEHIND_PACE]
        assert [state("0", "15"), state("0", "21")] == [J.ON_PACE, J.BEHIND_PACE]

    def test_the_first_point_itself_has_no_pace(self) -> None:
        assert self.state(month("2019-03", "50")).state is J.NOT_YET_DUE

    def test_without_a_date_there_is_only_distance(self) -> None:
        target = Goal(TargetKind.BY_DATE, value=D(70))
        found = target_state(
            [target], polarity=HIGHER, latest=month("2019-07", "60"), today=LATER, start=self.start
        )
        assert (found.state, found.distance) == (J.NOT_YET_DUE, D(10))

    @given(values, values, values, st.integers(1, 213))
    def test_the_mirror_image_is_judged_alike(self, begun: D, value: D, wanted: D, gone: int) -> None:
        day = date.fromordinal(date(2019, 3, 31).toordinal() + gone)

        def state(sign: int, polarity: Polarity) -> J:
            point = Point(parse(day.isoformat(), PeriodType.DAY), sign * value)
            goal = replace(self.target, value=sign * wanted)
            start = Start(sign * begun, date(2019, 3, 31))
            return target_state([goal], polarity=polarity, latest=point, today=LATER, start=start).state

        assert state(1, HIGHER) is state(-1, LOWER)
        assert state(1, HIGHER) in (J.ON_PACE, J.BEHIND_PACE)


class TestYearEnd:
    target = year_end("60", date(2018, 3, 31))

    @pytest.mark.parametrize(("value", "state"), [("63", J.ON_PACE), ("58", J.NOT_YET_DUE)])
    def test_in_year_position(self, value: str, state: J) -> None:
        assert judged(self.target, month("2017-10", value), today=date(2017, 12, 31)).state is state

    @pytest.mark.parametrize(("value", "state"), [("60", J.MET), ("59", J.MISSED)])
    def test_judged_at_outturn(self, value: str, state: J) -> None:
        point = month("2018-03", value)
        assert judged(self.target, point, today=date(2018, 4, 20)).state is state

    def test_the_last_month_is_outturn_only_once_it_has_ended(self) -> None:
        point = month("2018-03", "59")
        assert judged(self.target, point, today=date(2018, 3, 31)).state is J.NOT_YET_DUE

    @pytest.mark.parametrize(
        ("key", "type", "state"),
        [
            ("FY2017-18-Q3", PeriodType.FINANCIAL_QUARTER, J.NOT_YET_DUE),
            ("FY2017-18-Q4", PeriodType.FINANCIAL_QUARTER, J.MISSED),
            ("FY2017-18", PeriodType.FINANCIAL_YEAR, J.MISSED),
        ],
    )
    def test_the_last_period_of_its_type(self, key: str, type: PeriodType, state: J) -> None:
        assert judged(self.target, Point(parse(key, type), D(59))).state is state

    def test_a_whole_year_still_running_has_a_position_only(self) -> None:
        point = Point(parse("FY2017-18", PeriodType.FINANCIAL_YEAR), D(59))
        assert judged(self.target, point, today=date(2017, 12, 31)).state is J.NOT_YET_DUE

    def test_the_next_year_has_no_target(self) -> None:
        assert judged(self.target, month("2018-04", "59")).state is J.NO_TARGET

    @pytest.mark.parametrize(("value", "state"), [("50", J.ON_PACE), ("51", J.BEHIND_PACE)])
    def test_a_running_total_keeps_below_its_share_of_a_ceiling(self, value: str, state: J) -> None:
        """At most 100 in the year; 182 of the 364 days after the start are gone on 30 September."""
        point = Point(parse("2017-09-30", PeriodType.DAY), D(value))
        found = target_state(
            [year_end("100", date(2018, 3, 31))],
            polarity=LOWER,
            latest=point,
            today=LATER,
            start=Start(D(0), date(2017, 4, 1)),
            nature=Nature.CUMULATIVE,
        )
        assert (found.state, found.expected) == (state, D(50))

    def test_a_running_total_without_a_start_has_no_pace(self) -> None:
        found = target_state(
            [year_end("100")],
            polarity=LOWER,
            latest=month("2017-09", "10"),
            today=LATER,
            nature=Nature.CUMULATIVE,
        )
        assert found.state is J.NOT_YET_DUE
