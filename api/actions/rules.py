"""When an action is late, and what rating its lateness suggests.

``today`` is the plan's own date: a closed plan's clock stands at its as-at date. A date known to
the month or quarter is its last day. Only a date to finish by makes an action overdue: a date to
start, to review or to check first can pass, and so can one that work goes on after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from api.vocabulary import ActionStatus, DueMeans, Rating


class LatenessState(StrEnum):
    NOT_DUE = "not_due"
    """Nothing is late: its date lies ahead or is none to finish by, or nothing is to be done any more."""
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    NOT_KNOWN = "not_known"
    """Done on a day that is not known, or past its date with a status that cannot be read."""
    NO_DATE = "no_date"
    """No date to finish by was ever given, or none that can be read."""
    ONGOING = "ongoing"


@dataclass(frozen=True)
class Lateness:
    state: LatenessState
    days_late: int | None = None
    """Days past the last agreed date, 0 when in time; None where it cannot be said."""
    days_late_originally: int | None = None
    """Days past the date first promised; never less than known, even where a later date was agreed."""
    date_passed: bool = False
    """The date has gone by and what it is for is not known to have happened."""


def finish_by(due_on: date | None, due_means: DueMeans, due_ongoing: bool) -> date | None:
    """The day an action must be finished by, where its date says that at all."""
    return due_on if due_means is DueMeans.FINISH and not due_ongoing else None


def is_overdue(
    status: ActionStatus,
    due_on: date | None,
    today: date,
    *,
    due_means: DueMeans = DueMeans.FINISH,
    due_ongoing: bool = False,
) -> bool:
    """Whether it is known to be open after the day it was to be finished by.

    With an unreadable status that is not known, and the answer is no.
    """
    day = finish_by(due_on, due_means, due_ongoing)
    return status.is_open and status is not ActionStatus.UNREADABLE and day is not None and day < today


def is_due_soon(
    status: ActionStatus, due_on: date | None, today: date, *, days: int, due_ongoing: bool = False
) -> bool:
    """Whether its date, of whatever meaning, is today or within so many days. A flag, never a rating."""
    is_open = status.is_open and status is not ActionStatus.UNREADABLE
    return is_open and due_on is not None and not due_ongoing and 0 <= (due_on - today).days <= days


def days_late(finish_on: date | None, reached: date | None) -> int | None:
    """Days from the day to finish by to the day it was done (or today, while open); 0 when in time."""
    return None if finish_on is None or reached is None else max((reached - finish_on).days, 0)


def lateness(
    status: ActionStatus,
    due_on: date | None,
    today: date,
    *,
    original_due_on: date | None = None,
    completed_on: date | None = None,
    due_means: DueMeans = DueMeans.FINISH,
    due_ongoing: bool = False,
    original_due_ongoing: bool = False,
    due_soon_days: int = 28,
) -> Lateness:
    """How an action stands to its last agreed date, with days late against that and the original."""
    agreed = finish_by(due_on, due_means, due_ongoing)
    original = finish_by(original_due_on, due_means, original_due_ongoing)
    if status.is_done:
        late = days_late(agreed, completed_on)
        return Lateness(_state_when_done(agreed, completed_on), late, days_late(original, completed_on))
    if not status.is_open:
        return Lateness(LatenessState.NOT_DUE)
    begun = due_means is DueMeans.START and status is ActionStatus.IN_PROGRESS
    passed = due_on is not None and due_on < today and not begun
    if status is ActionStatus.UNREADABLE:
        return Lateness(_state_when_unreadable(due_on, due_ongoing, agreed, today), date_passed=passed)
    if due_ongoing:
        state = LatenessState.ONGOING
    elif due_on is None:
        state = LatenessState.NO_DATE
    elif agreed is not None and agreed < today:
        state = LatenessState.OVERDUE
    elif is_due_soon(status, due_on, today, days=due_soon_days):
        state = LatenessState.DUE_SOON
    else:
        state = LatenessState.NOT_DUE
    return Lateness(state, days_late(agreed, today), days_late(original, today), passed)


def _state_when_done(agreed: date | None, completed_on: date | None) -> LatenessState:
    if completed_on is None:
        return LatenessState.NOT_KNOWN
    if agreed is None:
        return LatenessState.NO_DATE
    return LatenessState.DONE_LATE if completed_on > agreed else LatenessState.DONE_ON_TIME


def _state_when_unreadable(
    due_on: date | None, due_ongoing: bool, agreed: date | None, today: date
) -> LatenessState:
    if due_ongoing:
        return LatenessState.ONGOING
    if due_on is None:
        return LatenessState.NO_DATE
    late_if_open = agreed is not None and agreed < today
    return LatenessState.NOT_KNOWN if late_if_open else LatenessState.NOT_DUE


def is_milestone_overdue(
    due_on: date | None, done_on: date | None, today: date, *, due_ongoing: bool = False
) -> bool:
    return done_on is None and due_on is not None and not due_ongoing and due_on < today


def suggest_rating(
    status: ActionStatus,
    due_on: date | None,
    today: date,
    amber_days: int,
    *,
    due_means: DueMeans = DueMeans.FINISH,
    due_ongoing: bool = False,
    milestone_overdue: bool = False,
) -> Rating:
    """What lateness suggests: amber up to ``amber_days`` past the date, red beyond; blue when done.

    An overdue milestone makes it amber at least. Grey where nothing can be said: no date, a status
    that cannot be read, or nothing to be done any more. The suggestion replaces nobody's rating.
    """
    if status.is_done:
        return Rating.BLUE
    if not status.is_open or status is ActionStatus.UNREADABLE:
        return Rating.GREY
    late = days_late(finish_by(due_on, due_means, due_ongoing), today)
    if late is not None and late > amber_days:
        return Rating.RED
    if late or milestone_overdue:
        return Rating.AMBER
    return Rating.GREY if due_on is None else Rating.GREEN


_BEST_FIRST = (Rating.BLUE, Rating.GREEN, Rating.AMBER, Rating.RED)


def needs_reason(chosen: Rating | None, suggested: Rating) -> bool:
    """Whether the chosen rating is better than the evidence. Grey is neither better nor worse."""
    if chosen not in _BEST_FIRST or suggested not in _BEST_FIRST:
        return False
    return _BEST_FIRST.index(chosen) < _BEST_FIRST.index(suggested)
