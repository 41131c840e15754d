"""Rules of a plan as a whole: its statement's deadline, its own totals, its own words for statuses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from api.core.working_days import add_working_days
from api.vocabulary import DONE_ACTION_STATUSES, ActionStatus

STATEMENT_WORKING_DAYS = 70
"""Counted from receipt of the inspection report, not from its publication."""


def statement_due_on(received_on: date | None) -> date | None:
    """When the written statement of proposed action is due; None until the report is received."""
    return None if received_on is None else add_working_days(received_on, STATEMENT_WORKING_DAYS)


class StatedTotal(Protocol):
    """What a source says it contains: a row of the table or a part of the document will do."""

    @property
    def label(self) -> str: ...
    @property
    def of(self) -> str: ...
    @property
    def statuses(self) -> Sequence[str]: ...
    @property
    def ratings(self) -> Sequence[str]: ...
    @property
    def count(self) -> int | None: ...
    @property
    def percent(self) -> Decimal | None: ...


@dataclass(frozen=True)
class Held:
    """So many held items of one kind ("actions", "sub_actions", "checks"), status and rating."""

    of: str
    status: str | None = None
    rating: str | None = None
    count: int = 1


@dataclass(frozen=True)
class TotalComparison:
    """A stated total beside what is held. A difference is held less stated, and stays unexplained."""

    label: str
    of: str
    stated_count: int | None
    stated_percent: Decimal | None
    held_count: int
    held_percent: Decimal | None
    """Share of all held items of that kind, to one decimal; None where there are none."""
    count_difference: int | None
    percent_difference: Decimal | None

    @property
    def agrees(self) -> bool:
        return not self.count_difference and not self.percent_difference


def compare_totals(stated: Iterable[StatedTotal], held: Iterable[Held]) -> list[TotalComparison]:
    """Each stated total beside the items held of that kind, those of its statuses and ratings only.

    Neither side is ever adjusted to the other.
    """
    rows = list(held)
    return [_compare(total, [row for row in rows if row.of == total.of]) for total in stated]


def _compare(total: StatedTotal, rows: Sequence[Held]) -> TotalComparison:
    everything = sum(row.count for row in rows)
    counted = sum(
        row.count
        for row in rows
        if (not total.statuses or row.status in total.statuses)
        and (not total.ratings or row.rating in total.ratings)
    )
    percent = None
    if everything:
        percent = (Decimal(counted) * 100 / everything).quantize(Decimal("0.1"), ROUND_HALF_UP)
    count_difference = None if total.count is None else counted - total.count
    percent_difference = None if total.percent is None or percent is None else percent - total.percent
    return TotalComparison(
        label=total.label,
        of=total.of,
        stated_count=total.count,
        stated_percent=total.percent,
        held_count=counted,
        held_percent=percent,
        count_difference=count_difference,
        percent_difference=percent_difference,
    )


class StatusWord(Protocol):
    """One of the plan's own words for a status."""

    @property
    def word(self) -> str: ...
    @property
    def status(self) -> ActionStatus: ...
    @property
    def counts_as_done(self) -> bool: ...


def word_for(status: ActionStatus, words: Iterable[StatusWord], printed: str | None = None) -> str:
    """How this plan shows a status: the item's own printed word, the plan's first for it, or ours."""
    first = _first_for(status, words)
    return printed or (first.word if first else status.value.replace("_", " ").capitalize())


def counts_as_done(status: ActionStatus, words: Iterable[StatusWord], printed: str | None = None) -> bool:
    """Whether an item with that status counts as done in this plan.

    What the plan says of the printed word comes first, then of its first word for the status;
    where it says nothing, completed and closed count.
    """
    words = list(words)
    of_that_word = [
        word for word in words if printed is not None and word.word.casefold() == printed.casefold()
    ]
    said = of_that_word[0] if of_that_word else _first_for(status, words)
    return said.counts_as_done if said else status in DONE_ACTION_STATUSES


def done_statuses(words: Iterable[StatusWord]) -> frozenset[ActionStatus]:
    """The statuses that count as done in this plan, items' own printed words aside."""
    words = list(words)
    return frozenset(status for status in ActionStatus if counts_as_done(status, words))


def _first_for(status: ActionStatus, words: Iterable[StatusWord]) -> StatusWord | None:
    for word in words:
        if word.status is status:
            return word
    return None
