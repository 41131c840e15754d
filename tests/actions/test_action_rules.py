from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.actions.rules import (
    Lateness,
    days_late,
    is_due_soon,
    is_milestone_overdue,
    is_overdue,
    lateness,
    needs_reason,
    suggest_rating,
)
from api.actions.rules import LatenessState as L
from api.vocabulary import ActionStatus as S
from api.vocabulary import DueMeans, Rating

TODAY = date(2018, 9, 19)
PAST = date(2018, 6, 30)
AHEAD = date(2018, 11, 7)

statuses = st.sampled_from(S)
meanings = st.sampled_from(DueMeans)
near_days = st.one_of(st.none(), st.integers(-100, 100).map(lambda n: TODAY + timedelta(days=n)))


class TestIsOverdue:
    @pytest.mark.parametrize(
        ("status", "due_on", "overdue"),
        [
            (S.NOT_STARTED, PAST, True),
            (S.IN_PROGRESS, PAST, True),
            (S.IN_PROGRESS, TODAY, False),
            (S.IN_PROGRESS, TODAY - timedelta(days=1), True),
            (S.IN_PROGRESS, AHEAD, False),
            (S.IN_PROGRESS, None, False),
            (S.COMPLETED, PAST, False),
            (S.CLOSED, PAST, False),
            (S.CANCELLED, PAST, False),
            (S.SUPERSEDED, PAST, False),
            (S.UNREADABLE, PAST, False),
        ],
    )
    def test_open_after_its_last_day(self, status: S, due_on: date | None, overdue: bool) -> None:
        assert is_overdue(status, due_on, TODAY) is overdue

    @pytest.mark.parametrize("means", [DueMeans.START, DueMeans.REVIEW, DueMeans.FIRST_CHECK])
    def test_only_a_date_to_finish_by_makes_it_overdue(self, means: DueMeans) -> None:
        assert not is_overdue(S.NOT_STARTED, PAST, TODAY, due_means=means)

    def test_not_where_work_goes_on_after_the_date(self) -> None:
        assert not is_overdue(S.IN_PROGRESS, PAST, TODAY, due_ongoing=True)


class TestIsDueSoon:
    @pytest.mark.parametrize(("ahead", "soon"), [(-1, False), (0, True), (28, True), (29, False)])
    def test_from_today_to_the_last_of_the_days(self, ahead: int, soon: bool) -> None:
        due_on = TODAY + timedelta(days=ahead)
        assert is_due_soon(S.IN_PROGRESS, due_on, TODAY, days=28) is soon

    @pytest.mark.parametrize("status", [S.COMPLETED, S.CLOSED, S.CANCELLED, S.SUPERSEDED, S.UNREADABLE])
    def test_not_unless_known_to_be_open(self, status: S) -> None:
        assert not is_due_soon(status, TODAY, TODAY, days=28)

    def test_not_while_ongoing_or_without_a_date(self) -> None:
        assert not is_due_soon(S.IN_PROGRESS, TODAY, TODAY, days=28, due_ongoing=True)
        assert not is_due_soon(S.IN_PROGRESS, None, TODAY, days=28)


class TestDaysLate:
    @pytest.mark.parametrize(
        ("finish_on", "reached", "days"),
        [
            (PAST, TODAY, 81),
            (TODAY, TODAY, 0),
            (AHEAD, TODAY, 0),
            (None, TODAY, None),
            (PAST, None, None),
        ],
    )
    def test_never_below_zero(self, finish_on: date | None, reached: date | None, days: int | None) -> None:
        assert days_late(finish_on, reached) == days


class TestLatenessOfOpenActions:
    @pytest.mark.parametrize(
        ("due_on", "expected"),
        [
            (PAST, Lateness(L.OVERDUE, 81, None, date_passed=True)),
            (TODAY, Lateness(L.DUE_SOON, 0)),
            (TODAY + timedelta(days=28), Lateness(L.DUE_SOON, 0)),
            (AHEAD, Lateness(L.NOT_DUE, 0)),
            (None, Lateness(L.NO_DATE)),
        ],
    )
    def test_against_the_agreed_date(self, due_on: date | None, expected: Lateness) -> None:
        assert lateness(S.IN_PROGRESS, due_on, TODAY) == expected

    def test_a_slip_leaves_the_first_promise_standing(self) -> None:
        found = lateness(S.IN_PROGRESS, AHEAD, TODAY, original_due_on=PAST)
        assert found == Lateness(L.NOT_DUE, 0, 81)

    @pytest.mark.parametrize(
        ("status", "means", "passed"),
        [
            (S.NOT_STARTED, DueMeans.START, True),
            (S.IN_PROGRESS, DueMeans.START, False),
            (S.IN_PROGRESS, DueMeans.REVIEW, True),
            (S.NOT_STARTED, DueMeans.FIRST_CHECK, True),
        ],
    )
    def test_another_date_can_pass_without_making_it_late(
        self, status: S, means: DueMeans, passed: bool
    ) -> None:
        found = lateness(status, PAST, TODAY, due_means=means)
        assert found == Lateness(L.NOT_DUE, None, None, date_passed=passed)

    @pytest.mark.parametrize("means", list(DueMeans))
    def test_any_date_can_be_due_soon(self, means: DueMeans) -> None:
        assert lateness(S.NOT_STARTED, TODAY, TODAY, due_means=means).state is L.DUE_SOON

    @pytest.mark.parametrize(("due_on", "passed"), [(PAST, True), (AHEAD, False), (None, False)])
    def test_ongoing_work_is_never_late(self, due_on: date | None, passed: bool) -> None:
        found = lateness(S.IN_PROGRESS, due_on, TODAY, due_ongoing=True)
        assert found == Lateness(L.ONGOING, None, None, date_passed=passed)

    def test_how_soon_is_soon_is_the_plans_choice(self) -> None:
        assert lateness(S.IN_PROGRESS, AHEAD, TODAY, due_soon_days=60).state is L.DUE_SOON


class TestLatenessOfUnreadableStatus:
    """Forty actions of one plan have a status nobody can read: what is not known is not called late."""

    @pytest.mark.parametrize(
        ("due_on", "expected"),
        [
            (PAST, Lateness(L.NOT_KNOWN, date_passed=True)),
            (TODAY, Lateness(L.NOT_DUE)),
            (AHEAD, Lateness(L.NOT_DUE)),
            (None, Lateness(L.NO_DATE)),
        ],
    )
    def test_late_only_if_it_is_still_open(self, due_on: date | None, expected: Lateness) -> None:
        assert lateness(S.UNREADABLE, due_on, TODAY) == expected

    def test_a_date_for_something_else_cannot_make_it_late(self) -> None:
        found = lateness(S.UNREADABLE, PAST, TODAY, due_means=DueMeans.REVIEW)
        assert found == Lateness(L.NOT_DUE, date_passed=True)

    def test_ongoing(self) -> None:
        assert lateness(S.UNREADABLE, PAST, TODAY, due_ongoing=True).state is L.ONGOING


class TestLatenessOfDoneActions:
    @pytest.mark.parametrize("status", [S.COMPLETED, S.CLOSED])
    @pytest.mark.parametrize(
        ("due_on", "completed_on", "expected"),
        [
            (PAST, PAST, Lateness(L.DONE_ON_TIME, 0)),
            (PAST, date(2018, 7, 10), Lateness(L.DONE_LATE, 10)),
            (AHEAD, TODAY, Lateness(L.DONE_ON_TIME, 0)),
            (PAST, None, Lateness(L.NOT_KNOWN)),
            (AHEAD, None, Lateness(L.NOT_KNOWN)),
            (None, TODAY, Lateness(L.NO_DATE)),
        ],
    )
    def test_by_the_day_it_was_done(
        self, status: S, due_on: date | None, completed_on: date | None, expected: Lateness
    ) -> None:
        assert lateness(status, due_on, TODAY, completed_on=completed_on) == expected

    def test_in_time_by_the_agreed_date_yet_late_by_the_first(self) -> None:
        found = lateness(S.COMPLETED, AHEAD, TODAY, original_due_on=PAST, completed_on=date(2018, 7, 10))
        assert found == Lateness(L.DONE_ON_TIME, 0, 10)

    def test_a_date_to_start_says_nothing_of_when_to_be_done(self) -> None:
        found = lateness(S.COMPLETED, PAST, TODAY, completed_on=TODAY, due_means=DueMeans.START)
        assert found == Lateness(L.NO_DATE)


class TestLatenessOfDroppedActions:
    @pytest.mark.parametrize("status", [S.CANCELLED, S.SUPERSEDED])
    def test_nothing_is_late_any_more(self, status: S) -> None:
        assert lateness(status, PAST, TODAY, original_due_on=PAST) == Lateness(L.NOT_DUE)


class TestLatenessAgrees:
    @given(statuses, near_days, meanings, st.booleans())
    def test_overdue_means_the_same_everywhere(
        self, status: S, due_on: date | None, means: DueMeans, ongoing: bool
    ) -> None:
        found = lateness(status, due_on, TODAY, due_means=means, due_ongoing=ongoing)
        overdue = is_overdue(status, due_on, TODAY, due_means=means, due_ongoing=ongoing)
        rating = suggest_rating(status, due_on, TODAY, 31, due_means=means, due_ongoing=ongoing)
        assert (found.state is L.OVERDUE) is overdue is (rating in (Rating.AMBER, Rating.RED))


class TestIsMilestoneOverdue:
    @pytest.mark.parametrize(
        ("due_on", "done_on", "overdue"),
        [(PAST, None, True), (TODAY, None, False), (PAST, TODAY, False), (None, None, False)],
    )
    def test_past_and_not_done(self, due_on: date | None, done_on: date | None, overdue: bool) -> None:
        assert is_milestone_overdue(due_on, done_on, TODAY) is overdue

    def test_not_where_it_goes_on(self) -> None:
        assert not is_milestone_overdue(PAST, None, TODAY, due_ongoing=True)


class TestSuggestRating:
    @pytest.mark.parametrize(
        ("status", "due_on", "rating"),
        [
            (S.COMPLETED, PAST, Rating.BLUE),
            (S.CLOSED, None, Rating.BLUE),
            (S.IN_PROGRESS, AHEAD, Rating.GREEN),
            (S.IN_PROGRESS, TODAY, Rating.GREEN),
            (S.IN_PROGRESS, TODAY - timedelta(days=1), Rating.AMBER),
            (S.NOT_STARTED, TODAY - timedelta(days=31), Rating.AMBER),
            (S.NOT_STARTED, TODAY - timedelta(days=32), Rating.RED),
            (S.NOT_STARTED, None, Rating.GREY),
            (S.UNREADABLE, PAST, Rating.GREY),
            (S.UNREADABLE, AHEAD, Rating.GREY),
            (S.CANCELLED, PAST, Rating.GREY),
            (S.SUPERSEDED, AHEAD, Rating.GREY),
        ],
    )
    def test_from_lateness(self, status: S, due_on: date | None, rating: Rating) -> None:
        assert suggest_rating(status, due_on, TODAY, 31) is rating

    def test_where_red_begins_is_the_plans_choice(self) -> None:
        assert suggest_rating(S.IN_PROGRESS, TODAY - timedelta(days=1), TODAY, 0) is Rating.RED

    @pytest.mark.parametrize("means", [DueMeans.START, DueMeans.REVIEW, DueMeans.FIRST_CHECK])
    def test_a_date_for_something_else_is_no_lateness(self, means: DueMeans) -> None:
        assert suggest_rating(S.IN_PROGRESS, PAST, TODAY, 31, due_means=means) is Rating.GREEN

    @pytest.mark.parametrize(
        ("status", "due_on", "rating"),
        [
            (S.IN_PROGRESS, AHEAD, Rating.AMBER),
            (S.IN_PROGRESS, None, Rating.AMBER),
            (S.IN_PROGRESS, PAST, Rating.RED),
            (S.COMPLETED, AHEAD, Rating.BLUE),
            (S.UNREADABLE, AHEAD, Rating.GREY),
        ],
    )
    def test_an_overdue_milestone_makes_it_amber_at_least(
        self, status: S, due_on: date | None, rating: Rating
    ) -> None:
        assert suggest_rating(status, due_on, TODAY, 31, milestone_overdue=True) is rating


class TestNeedsReason:
    @pytest.mark.parametrize(
        ("chosen", "suggested", "needed"),
        [
            (Rating.GREEN, Rating.AMBER, True),
            (Rating.GREEN, Rating.RED, True),
            (Rating.AMBER, Rating.RED, True),
            (Rating.BLUE, Rating.GREEN, True),
            (Rating.RED, Rating.GREEN, False),
            (Rating.AMBER, Rating.AMBER, False),
            (Rating.GREEN, Rating.GREY, False),
            (Rating.GREY, Rating.RED, False),
            (None, Rating.RED, False),
        ],
    )
    def test_only_better_than_the_evidence(
        self, chosen: Rating | None, suggested: Rating, needed: bool
    ) -> None:
        assert needs_reason(chosen, suggested) is needed
