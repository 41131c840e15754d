"""What makes acts and pairings of a document wrong: they must say what such an act always says."""

from __future__ import annotations

from collections.abc import Iterator

from api.core.errors import field_error
from api.plan_documents.document import PlanDocument
from api.plan_documents.parts.kpis import Kpi, Rebase
from api.vocabulary import MeasurementWorkflow, RebaseState

Error = dict[str, str]


def act_errors(document: PlanDocument) -> Iterator[Error]:
    for place, kpi in enumerate(document.kpis):
        for number, rebase in enumerate(kpi.rebases):
            yield from _rebase(rebase, f"/kpis/{place}/rebases/{number}")
        yield from _pairings(kpi, f"/kpis/{place}/benchmarks")
    yield from _questions(document)
    for place, lock in enumerate(document.period_locks):
        if lock.from_day is not None and lock.from_day > lock.to_day:
            message = "The span ends before it begins."
            yield field_error(f"/period_locks/{place}/from_day", message, "out_of_order")


def _rebase(rebase: Rebase, pointer: str) -> Iterator[Error]:
    """One that waits has no decision; one that is decided says by whom and when."""
    decision = (rebase.decided_by, rebase.decided_at)
    if rebase.state is RebaseState.PROPOSED:
        if any(part is not None for part in (*decision, rebase.decision_note)):
            message = "It still waits, so nobody has decided it."
            yield field_error(f"{pointer}/state", message, "decided_already")
    elif None in decision:
        message = f"Say who decided it and when: decided_by and decided_at, as it is {rebase.state.value}."
        yield field_error(pointer, message, "says_nothing")


def _pairings(kpi: Kpi, pointer: str) -> Iterator[Error]:
    seen: dict[tuple[object, ...], int] = {}
    for place, pairing in enumerate(kpi.benchmarks):
        here = f"{pointer}/{place}"
        if not (pairing.period_alike and pairing.definition_alike) and pairing.reason is None:
            message = "Say the reason where period or definition differ: it is context then."
            yield field_error(f"{here}/reason", message, "missing")
        key = (pairing.dataset.lower(), pairing.indicator, frozenset(pairing.filters.items()))
        if key in seen:
            message = f"The KPI is set against this series already, at {pointer}/{seen[key]}."
            yield field_error(here, message, "duplicate_ref")
        seen.setdefault(key, place)


def _questions(document: PlanDocument) -> Iterator[Error]:
    for place, value in enumerate(document.measurements):
        here = f"/measurements/{place}"
        if value.question is not None and value.workflow is not MeasurementWorkflow.UNDER_QUERY:
            message = "A question stands only beside a value under query."
            yield field_error(f"{here}/question", message, "not_queried")
        if value.answer is not None and value.question is None:
            yield field_error(f"{here}/answer", "An answer stands only beside its question.", "not_asked")
