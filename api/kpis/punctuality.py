"""Whether a feed brings what it owes in time: pure, on a KPI and the days its values first came.

A value is owed once its period has ended, and due ``due_after_days`` later. Without it the period is
``due``, then ``late``, then ``missing``: from the day it locks or, where nothing locks it, from the day
the next period is due. Once it is in, it came ``on_time`` or ``late``. Days are London's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from api.kpis import periods
from api.kpis.periods import Period
from api.vocabulary import PeriodType

Json = dict[str, Any]
LOOKS_BACK = 6
"""Periods of each KPI that have ended and are looked at."""


class Punctuality(StrEnum):
    ON_TIME = "on_time"
    DUE = "due"
    LATE = "late"
    MISSING = "missing"

    @property
    def badness(self) -> int:
        return list(Punctuality).index(self)


@dataclass(frozen=True)
class Owed:
    """One value that a feed owes, or owed."""

    kpi: str
    period: Period
    due_on: date
    came_on: date | None
    state: Punctuality


def owed(kpi: Json, on: date) -> list[Owed]:
    """What a KPI owed up to a day, oldest first; nothing where no due date is set or it was superseded.

    ``kpi`` needs ``ref``, ``period_type``, ``due_after_days``, ``locks_after_days``, ``is_superseded``,
    ``arrivals`` (a period key and the day it first came, for the latest periods held) and
    ``first_ends_on``. Nothing is owed from before its first value; where there is none, only the latest
    period that has ended.
    """
    if kpi["due_after_days"] is None or kpi["is_superseded"]:
        return []
    kind = PeriodType(kpi["period_type"])
    came = {arrival["period"]: date.fromisoformat(arrival["came_on"]) for arrival in kpi["arrivals"]}
    began = date.fromisoformat(kpi["first_ends_on"]) if kpi["first_ends_on"] else None
    ended = [periods.previous(periods.containing(on, kind))]
    while len(ended) < LOOKS_BACK and began is not None and ended[0].ends_on > began:
        ended.insert(0, periods.previous(ended[0]))
    if began is not None and ended[-1].ends_on < began:
        return []
    return [_owed(kpi, period, came.get(period.key), on) for period in ended]


def _owed(kpi: Json, period: Period, came_on: date | None, on: date) -> Owed:
    due_on = period.ends_on + timedelta(days=kpi["due_after_days"])
    if came_on is not None:
        state = Punctuality.ON_TIME if came_on <= due_on else Punctuality.LATE
    elif on <= due_on:
        state = Punctuality.DUE
    else:
        lock = kpi["locks_after_days"]
        after = periods.next(period).ends_on + timedelta(days=kpi["due_after_days"])
        gone = after if lock is None else max(due_on, period.ends_on + timedelta(days=lock))
        state = Punctuality.MISSING if on > gone else Punctuality.LATE
    return Owed(kpi["ref"], period, due_on, came_on, state)


def state_of(values: Sequence[Owed]) -> Punctuality | None:
    """How a feed stands: the worst of what is still owed and past its time, else of what came last.

    None where nothing is owed.
    """
    open_ones = [one.state for one in values if one.came_on is None and one.state is not Punctuality.DUE]
    if open_ones:
        return max(open_ones, key=lambda state: state.badness)
    last: Mapping[str, Owed] = {one.kpi: one for one in values if one.came_on is not None}
    if last:
        return max((one.state for one in last.values()), key=lambda state: state.badness)
    return Punctuality.DUE if values else None


def by_period(values: Sequence[Owed]) -> list[Json]:
    """The same values by period, the latest first: how many are in, and which are not or came late."""
    periods_there = sorted({one.period for one in values}, reverse=True)
    found = []
    for period in periods_there:
        here = [one for one in values if one.period == period]
        worst = max(here, key=lambda one: one.state.badness).state
        found.append(
            {
                "period": period.key,
                "period_type": period.type.value,
                "ends_on": period.ends_on.isoformat(),
                "due_on": max(one.due_on for one in here).isoformat(),
                "state": worst.value,
                "owed": len(here),
                "received": sum(one.came_on is not None for one in here),
                "outstanding": [one.kpi for one in here if one.came_on is None],
                "came_late": [
                    one.kpi for one in here if one.came_on is not None and one.state is Punctuality.LATE
                ],
            }
        )
    return found
