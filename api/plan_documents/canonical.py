"""One form for everything that can be written in several ways, so that documents compare by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from api.core.fuzzy import FuzzyDate
from api.kpis.periods import UnreadablePeriod, parse
from api.plan_documents.directory import Key, key_of
from api.plan_documents.document import PlanDocument
from api.plan_documents.kinds import KINDS
from api.plan_documents.layout import Child
from api.plan_documents.parts.basics import Lead
from api.plan_documents.parts.work import RiskScore
from api.plan_documents.references import declared_in, references_in
from api.vocabulary import ItemKind, MeasurementWorkflow, PeriodType

Spelling = Mapping[tuple[str, Key], str]
"""How a ref is spelled, by kind and key."""


def spelling_of(document: PlanDocument) -> dict[tuple[str, Key], str]:
    return {(kind, key): ref for kind, key, ref, _ in declared_in(document)}


def canonical(
    document: PlanDocument, held: PlanDocument | None = None, moved: Spelling | None = None
) -> PlanDocument:
    """The same document with refs spelled one way and periods by their keys.

    Refs take the spelling of the items ``held``, else that of the item itself; ``moved`` gives the
    present ref of those corrected since.
    """
    made = document.model_copy(deep=True)
    own = spelling_of(made)
    known = spelling_of(held) if held else {}
    # A document that has both refs means two items, whatever the one was called before.
    for (kind, key), ref in (moved or {}).items():
        if (kind, key_of(ref)) not in own:
            known.setdefault((kind, key), ref)
    _name_inspections(made)
    _respell_items(made, known)
    spelling = spelling_of(made) | known
    for reference in references_in(made):
        spelled = spelling.get((reference.kind, key_of(*reference.refs)))
        if spelled is not None:
            reference.replace(spelled)
    _settle_values(made, held)
    return made


def _respell_items(document: PlanDocument, known: Spelling) -> None:
    for dataset in document.benchmark_datasets:
        dataset.ref = known.get(("benchmark_dataset", key_of(dataset.ref)), dataset.ref)
    for kind in KINDS:
        if not kind.has_ref:
            continue
        for item in getattr(document, kind.field):
            item.ref = known.get((kind.name, key_of(item.ref)), item.ref)
            _respell_entries(item, kind.children, (item.ref,), known)


def _respell_entries(item: Any, children: Sequence[Child], path: tuple[str, ...], known: Spelling) -> None:
    for child in children:
        if child.names is None:
            continue
        for entry in getattr(item, child.field):
            name = str(getattr(entry, child.named_by))
            if child.named_by == "ref":
                entry.ref = known.get((child.names, key_of(*path, name)), name)
            _respell_entries(entry, child.children, (*path, name), known)


def _name_inspections(document: PlanDocument) -> None:
    """A finding may be named without its inspection where only one has it."""
    homes: dict[str, list[str]] = {}
    for inspection in document.inspections:
        for finding in inspection.findings:
            homes.setdefault(finding.ref.lower(), []).append(inspection.ref)
    for recommendation in document.recommendations:
        for reference in recommendation.inspection_references:
            if reference.finding is not None and reference.inspection is None:
                home = homes.get(reference.finding.lower(), [])
                if len(home) == 1:
                    reference.inspection = home[0]


def _settle_values(document: PlanDocument, held: PlanDocument | None) -> None:
    types = period_types(document, held)
    for value in document.measurements:
        if value.workflow is MeasurementWorkflow.LOADED:
            value.workflow = None
        for name in ("note", "source", "external_reference"):
            setattr(value, name, (getattr(value, name) or "").strip() or None)
        value.period = _key_of(value.period, types.get(value.kpi.lower()))
    for template in document.audit_templates:
        template.editions.sort(key=lambda edition: edition.number)
    for kpi in document.kpis:
        kpi.rebases.sort(key=lambda rebase: rebase.number)
        for rebase in kpi.rebases:
            rebase.from_period = _key_of(rebase.from_period, kpi.period_type)
        if kpi.superseded is not None and kpi.superseded.from_period is not None:
            kpi.superseded.from_period = _key_of(kpi.superseded.from_period, kpi.period_type)
    for narrative in document.narratives:
        if narrative.period is not None:
            for about in narrative.about:
                if about.kind is ItemKind.KPI and about.ref is not None:
                    narrative.period = _key_of(narrative.period, types.get(about.ref.lower()))
    for risk in document.risks:
        for name in ("current", "residual", "target"):
            if getattr(risk, name) == RiskScore():
                setattr(risk, name, None)


def _key_of(period: str, type: PeriodType | None) -> str:
    """The period's canonical key; as it was where it cannot be read."""
    try:
        return period if type is None else parse(period, type).key
    except UnreadablePeriod:
        return period


def period_types(document: PlanDocument, held: PlanDocument | None) -> dict[str, PeriodType]:
    """The period type of each KPI, those held only included, by ref in lower case."""
    kpis = [*(held.kpis if held else []), *document.kpis]
    return {kpi.ref.lower(): kpi.period_type for kpi in kpis}


def compact(part: BaseModel) -> dict[str, Any]:
    """The part as the format is best written: in the model's order, without nulls, empties or defaults."""
    written: dict[str, Any] = {}
    for name, info in type(part).model_fields.items():
        value = getattr(part, name)
        if value is None or value == []:
            continue
        if not info.is_required() and value == info.get_default(call_default_factory=True):
            continue
        written[name] = compact_value(value)
    return written


def compact_value(value: Any) -> Any:
    if isinstance(value, list):
        return [compact_value(entry) for entry in value]
    if isinstance(value, FuzzyDate) and value.date and not value.ongoing and not value.text:
        return value.date
    if isinstance(value, Lead) and not value.as_printed and not value.doubtful:
        return value.party
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return compact(value) if isinstance(value, BaseModel) else value


def compact_document(document: PlanDocument) -> dict[str, Any]:
    """The whole document, with ``original_due`` left out where it equals ``due``."""
    written = compact(document)
    for action in written.get("actions", ()):
        if action.get("original_due") == action.get("due"):
            action.pop("original_due", None)
    return written
