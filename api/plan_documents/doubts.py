"""What an importer should know before importing: nothing wrong, but something to settle or to see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.core.fuzzy import FuzzyDate
from api.plan_documents.document import PlanDocument
from api.plan_documents.parts.basics import Lead
from api.plans.rules import Held, TotalComparison, compare_totals
from api.vocabulary import (
    ActionStatus,
    KpiKind,
    MeasurementWorkflow,
    PartyKind,
    PlanStatus,
    RebaseState,
    RecommendationStatus,
    ThemeKind,
)

Found = Iterator[tuple[str, str]]
"""Codes and pointers, one for each doubt."""


@dataclass(frozen=True)
class Doubt:
    """All doubts of one sort, with a pointer to each place in the document."""

    code: str
    message: str
    pointers: tuple[str, ...]


MESSAGES = {
    "authority_differs": "The authority is held under another name or code, which stays.",
    "closed_without_as_at": "The plan is closed but does not say as at which day; it is judged on today.",
    "cross_reference_lost": "A reference to something else says what, but not where it is.",
    "dataset_unused": "A dataset that no KPI of the document is set against: it is no part of the plan.",
    "dataset_without_figures": "A dataset that is not known here: nothing compares until its figures come.",
    "date_in_words": "A date in words only: nothing can be late by it.",
    "due_moved_without_slip": "A due date moves without a slip that says why; the original stays.",
    "lead_doubtful": "A lead that the source does not tie to this very item.",
    "led_by_everyone": "Led by everyone, so by nobody in particular.",
    "no_date": "There is no due date.",
    "no_lead": "Nobody leads it.",
    "plan_is_closed": "The plan is closed; reopen it before importing into it.",
    "rebase_decided_in_words": "A rebase is agreed by the document's word, and not by anybody here.",
    "rebase_waits": "A proposal to judge a KPI anew waits for a second person.",
    "recommendation_inferred": "An action's recommendation is read from the layout, not stated.",
    "removed_meanwhile": "Deleted here since it was imported; it stays deleted.",
    "source_note.contradiction": "The source contradicts itself.",
    "source_note.cut_off": "The source's wording is cut off.",
    "source_note.duplicate_ref": "A ref is printed more than once in the source.",
    "source_note.footnote": "A footnote of the source to place.",
    "source_note.missing": "The source leaves something out.",
    "source_note.other": "A remark on the source.",
    "source_note.unplaced": "Something in the source that could not be placed.",
    "source_note.unreadable": "Something in the source cannot be read.",
    "status_unreadable": "The source's status cannot be read; it is held as unreadable.",
    "target_to_be_confirmed": "A target is still to be confirmed.",
    "total_differs": "A total that the source states is not what is held; neither is adjusted.",
    "value_in_locked_period": "A value of a locked period differs: it waits to be accepted here.",
    "value_under_query": "A value is under query.",
}


def doubts_in(document: PlanDocument) -> list[Doubt]:
    """All doubts of a document by itself."""
    return gathered(_found_in(document))


def gathered(found: Found) -> list[Doubt]:
    places: dict[str, list[str]] = {}
    for code, pointer in found:
        places.setdefault(code, []).append(pointer)
    return [Doubt(code, MESSAGES[code], tuple(places[code])) for code in sorted(places)]


def _found_in(document: PlanDocument) -> Found:
    if document.plan.status is PlanStatus.CLOSED and document.plan.as_at is None:
        yield "closed_without_as_at", "/plan/as_at"
    for place, note in enumerate(document.source_notes):
        if not note.settled:
            yield f"source_note.{note.kind.value}", f"/source_notes/{place}"
    for place, value in enumerate(document.measurements):
        if value.workflow is MeasurementWorkflow.UNDER_QUERY:
            yield "value_under_query", f"/measurements/{place}"
    yield from _doubtful_actions(document)
    yield from _doubtful_kpis(document)
    yield from _unled(document)
    yield from _dates_in_words(document, "")


def _doubtful_actions(document: PlanDocument) -> Found:
    for place, action in enumerate(document.actions):
        here = f"/actions/{place}"
        if action.status is ActionStatus.UNREADABLE:
            yield "status_unreadable", f"{here}/status"
        if action.recommendation_inferred:
            yield "recommendation_inferred", f"{here}/recommendations"
        if action.due is None and action.status.is_open and not action.recurrence and not action.milestones:
            yield "no_date", here
        for number, reference in enumerate(action.cross_references):
            if reference.to is None:
                yield "cross_reference_lost", f"{here}/cross_references/{number}"
    for place, check in enumerate(document.checks):
        if check.due is None and not check.recurrence and not check.results:
            yield "no_date", f"/checks/{place}"


def _doubtful_kpis(document: PlanDocument) -> Found:
    for place, kpi in enumerate(document.kpis):
        for number, target in enumerate(kpi.targets):
            if target.to_be_confirmed:
                yield "target_to_be_confirmed", f"/kpis/{place}/targets/{number}"
        for number, rebase in enumerate(kpi.rebases):
            if rebase.state is RebaseState.PROPOSED:
                yield "rebase_waits", f"/kpis/{place}/rebases/{number}"


def _unled(document: PlanDocument) -> Found:
    everyone = {party.ref.lower() for party in document.parties if party.kind is PartyKind.EVERYONE}
    for place, recommendation in enumerate(document.recommendations):
        if recommendation.status is RecommendationStatus.ACTIVE:
            yield from _leads(recommendation.leads, f"/recommendations/{place}", "leads", everyone)
    for place, action in enumerate(document.actions):
        if action.status.is_open:
            yield from _leads(action.leads, f"/actions/{place}", "leads", everyone)
    for place, kpi in enumerate(document.kpis):
        under = [lead for link in kpi.recommendations for lead in link.leads]
        if kpi.kind is not KpiKind.HEADING and kpi.superseded is None:
            yield from _leads([*kpi.leads, *under], f"/kpis/{place}", "leads", everyone)
    for place, check in enumerate(document.checks):
        yield from _leads(check.owners, f"/checks/{place}", "owners", everyone)
    for place, risk in enumerate(document.risks):
        yield from _leads(risk.owners, f"/risks/{place}", "owners", everyone)


def _leads(leads: Sequence[Lead], pointer: str, name: str, everyone: set[str]) -> Found:
    if not leads:
        yield "no_lead", pointer
    elif all(lead.party.lower() in everyone for lead in leads):
        yield "led_by_everyone", f"{pointer}/{name}"
    if any(lead.doubtful for lead in leads):
        yield "lead_doubtful", f"{pointer}/{name}"


def _dates_in_words(value: Any, pointer: str) -> Found:
    if isinstance(value, FuzzyDate):
        if value.date is None and not value.ongoing:
            yield "date_in_words", pointer
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            yield from _dates_in_words(entry, f"{pointer}/{place}")
    elif hasattr(type(value), "model_fields"):
        for name in type(value).model_fields:
            yield from _dates_in_words(getattr(value, name), f"{pointer}/{name}")


def totals_of(document: PlanDocument) -> list[TotalComparison]:
    """The totals the document states, beside what it holds; an existing priority is no theme."""
    held: list[Held] = []
    for recommendation in document.recommendations:
        held.append(Held("recommendations", recommendation.status, recommendation.rating))
    for action in document.actions:
        kind = "sub_actions" if action.parent else "objectives"
        held += [Held(of, action.status, action.rating) for of in ("actions", kind)]
    held += [Held("kpis") for kpi in document.kpis if kpi.kind is not KpiKind.HEADING]
    held += [Held("checks") for _ in document.checks]
    held += [Held("risks") for _ in document.risks]
    held += [Held("themes") for theme in document.themes if theme.kind is not ThemeKind.EXISTING_PRIORITY]
    return compare_totals(document.plan.stated_totals, held)


def differing_totals(compared: Sequence[TotalComparison]) -> Found:
    """Shares are compared as printed: to a whole per cent where the source rounds so."""
    for place, total in enumerate(compared):
        stated, share = total.stated_percent, total.held_percent
        rounded = stated is None or share is None or abs(share - stated) <= Decimal("0.5")
        if total.count_difference or not rounded:
            yield "total_differs", f"/plan/stated_totals/{place}"
