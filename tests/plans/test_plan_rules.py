from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal as D
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.plan_documents.document import PlanDocument
from api.plan_documents.parts.plan import StatedTotal, StatusWord
from api.plans.rules import (
    Held,
    compare_totals,
    counts_as_done,
    done_statuses,
    statement_due_on,
    word_for,
)
from api.vocabulary import ActionStatus as S
from api.vocabulary import Rating


@dataclass(frozen=True)
class Total:
    of: str
    statuses: tuple[str, ...] = ()
    ratings: tuple[str, ...] = ()
    count: int | None = None
    percent: D | None = None
    label: str = "As stated"


class TestStatementDueOn:
    def test_seventy_working_days_after_receipt(self) -> None:
        assert statement_due_on(date(2018, 11, 19)) == date(2019, 2, 28)

    def test_not_known_before_receipt(self) -> None:
        assert statement_due_on(None) is None


class TestCompareTotals:
    def test_a_count(self) -> None:
        (found,) = compare_totals([Total("actions", count=105)], [Held("actions", "in_progress", count=108)])
        assert (found.held_count, found.count_difference, found.agrees) == (108, 3, False)
        assert (found.stated_percent, found.percent_difference) == (None, None)

    def test_a_share_of_some_statuses(self) -> None:
        held = [
            Held("actions", "completed", count=18),
            Held("actions", "closed", count=1),
            Held("actions", "in_progress", count=89),
        ]
        (found,) = compare_totals([Total("actions", ("completed", "closed"), percent=D(29))], held)
        assert (found.held_count, found.held_percent) == (19, D("17.6"))
        assert found.percent_difference == D("-11.4")

    def test_a_count_of_some_ratings(self) -> None:
        held = [
            Held("recommendations", "active", Rating.GREEN, 11),
            Held("recommendations", "business_as_usual", None, 7),
            Held("actions", "in_progress", Rating.GREEN, 36),
        ]
        (found,) = compare_totals([Total("recommendations", ("active",), (Rating.GREEN,), 11)], held)
        assert (found.held_count, found.count_difference, found.agrees) == (11, 0, True)

    def test_nothing_held(self) -> None:
        (found,) = compare_totals([Total("kpis", percent=D(50))], [])
        assert (found.held_count, found.held_percent, found.percent_difference) == (0, None, None)

    def test_neither_count_nor_share_stated(self) -> None:
        (found,) = compare_totals([Total("risks")], [Held("risks")])
        assert (found.count_difference, found.percent_difference) == (None, None)

    def test_parts_of_the_document_are_totals_too(self) -> None:
        stated = StatedTotal(label="Actions", of="actions", count=2)
        (found,) = compare_totals([stated], [Held("actions"), Held("actions")])
        assert (found.label, found.agrees) == ("Actions", True)

    def test_a_sample_whose_totals_do_not_agree(self) -> None:
        text = (files("api.samples") / "plans" / "dorset-2018.json").read_text()
        document = PlanDocument.model_validate_json(text)
        held = [Held("actions", action.status) for action in document.actions]
        everything, done = compare_totals(document.plan.stated_totals, held)
        assert (everything.stated_count, everything.held_count) == (105, 108)
        assert done.percent_difference is not None and done.percent_difference < 0

    @given(st.lists(st.sampled_from(["completed", "closed", "in_progress"]), min_size=1))
    def test_shares_of_all_statuses_make_the_whole(self, statuses: list[str]) -> None:
        totals = [Total("actions", (status,)) for status in ("completed", "closed", "in_progress")]
        found = compare_totals(totals, [Held("actions", status) for status in statuses])
        assert sum(total.held_count for total in found) == len(statuses)
        shares = [total.held_percent for total in found if total.held_percent is not None]
        assert abs(sum(shares, D(0)) - 100) <= D("0.15")


def word(text: str, status: S, done: bool) -> StatusWord:
    return StatusWord(word=text, status=status, counts_as_done=done)


WORDS = [
    word("Done", S.COMPLETED, False),
    word("Done and checked", S.COMPLETED, True),
    word("Handed over", S.SUPERSEDED, True),
]


class TestWordFor:
    @pytest.mark.parametrize(
        ("status", "printed", "shown"),
        [
            (S.COMPLETED, None, "Done"),
            (S.COMPLETED, "Done and checked", "Done and checked"),
            (S.IN_PROGRESS, None, "In progress"),
            (S.IN_PROGRESS, "Under way", "Under way"),
            (S.UNREADABLE, None, "Unreadable"),
        ],
    )
    def test_the_items_then_the_plans_then_ours(self, status: S, printed: str | None, shown: str) -> None:
        assert word_for(status, WORDS, printed) == shown


class TestCountsAsDone:
    @pytest.mark.parametrize(
        ("status", "printed", "done"),
        [
            (S.COMPLETED, None, False),
            (S.COMPLETED, "done AND checked", True),
            (S.COMPLETED, "Finished", False),
            (S.CLOSED, None, True),
            (S.SUPERSEDED, None, True),
            (S.IN_PROGRESS, None, False),
            (S.UNREADABLE, None, False),
        ],
    )
    def test_as_the_plan_says(self, status: S, printed: str | None, done: bool) -> None:
        assert counts_as_done(status, WORDS, printed) is done


class TestDoneStatuses:
    def test_completed_and_closed_by_default(self) -> None:
        assert done_statuses([]) == {S.COMPLETED, S.CLOSED}

    def test_the_plans_words_come_first(self) -> None:
        assert done_statuses(WORDS) == {S.CLOSED, S.SUPERSEDED}
