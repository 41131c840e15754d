"""What makes a document wrong as a whole: refs that name nothing, cycles, values that say nothing.

Every error is found, each with its JSON pointer into the document, so that all can be put right at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from pydantic import BaseModel

from api.core.errors import field_error
from api.core.shapes import RESERVED_REFS
from api.kpis.periods import UnreadablePeriod, parse
from api.kpis.tables import ALL
from api.measurements.rows import SINGLE_FIELDS, RowReader, TakingKpi
from api.plan_documents.act_checks import act_errors
from api.plan_documents.canonical import period_types, spelling_of
from api.plan_documents.directory import key_of
from api.plan_documents.document import PlanDocument
from api.plan_documents.kinds import KINDS
from api.plan_documents.layout import Child, Link
from api.plan_documents.parts.basics import About
from api.plan_documents.parts.kpis import Kpi, Measurement
from api.plan_documents.references import declared_in, references_in
from api.vocabulary import ItemKind, PeriodType, Unit

Error = dict[str, str]
_SPOKEN = {
    "check": "check",
    "kpi": "KPI",
    "finding": "finding of that inspection",
    "segment": "segment of that KPI",
    "benchmark_dataset": "dataset",
    "audit_template": "audit template",
    "audit_edition": "edition of that template",
    "audit_domain": "domain of that edition",
}

_HOMES = {"audit_edition": "audit_template", "audit_domain": "audit_edition"}
"""What is not there has nothing in it: only the first ref that leads nowhere is told."""


def errors_in(document: PlanDocument, held: PlanDocument | None, today: date) -> list[Error]:
    """All errors of a document, refs to items ``held`` allowed. ``today``: no value is of the future."""
    return [
        *_null_characters(document, ""),
        *_reserved_refs(document),
        *_duplicates(document),
        *_misdirected(document),
        *unknown_refs(document, held),
        *cycles(document),
        *_targets(document),
        *_periods(document, held),
        *_values(document, held, today),
        *act_errors(document),
    ]


def unknown_refs(document: PlanDocument, held: PlanDocument | None = None) -> Iterator[Error]:
    known = spelling_of(document) | (spelling_of(held) if held else {})
    for reference in references_in(document):
        home = _HOMES.get(reference.kind)
        if home is not None and (home, key_of(*reference.refs[:-1])) not in known:
            continue
        if (reference.kind, key_of(*reference.refs)) not in known:
            what = _SPOKEN.get(reference.kind, reference.kind)
            message = f"There is no {what} {reference.refs[-1]!r} in the document or the plan."
            if reference.kind == "finding" and not reference.refs[0]:
                message = f"Say which inspection the finding {reference.refs[-1]!r} belongs to."
            yield field_error(reference.pointer, message, "unknown_ref")


def cycles(document: PlanDocument) -> Iterator[Error]:
    """Items that are, by some way round, their own parent or successor."""
    yield from _cycle(document.actions, "/actions", "parent", lambda action: action.parent)
    yield from _cycle(document.kpis, "/kpis", "parent", lambda kpi: kpi.parent)
    yield from _cycle(
        document.kpis, "/kpis", "superseded/by", lambda kpi: kpi.superseded.by if kpi.superseded else None
    )
    yield from _cycle(
        document.checks,
        "/checks",
        "about/ref",
        lambda check: check.about.ref if check.about.kind is ItemKind.CHECK else None,
    )


def _cycle(items: Iterable[Any], at: str, field: str, above: Callable[[Any], str | None]) -> Iterator[Error]:
    places = {item.ref.lower(): (place, item) for place, item in enumerate(items)}
    up: dict[str, str] = {}
    for key, (_, item) in places.items():
        ref = above(item)
        if ref is not None:
            up[key] = ref.lower()
    settled: set[str] = set()
    for start in up:
        trail: list[str] = []
        step: str | None = start
        while step is not None and step not in settled and step not in trail:
            trail.append(step)
            step = up.get(step)
        if step is not None and step in trail:
            ring = trail[trail.index(step) :]
            place, _ = places[ring[0]]
            shown = " → ".join(places[one][1].ref for one in [*ring, ring[0]])
            yield field_error(f"{at}/{place}/{field}", f"It leads back to itself: {shown}.", "cycle")
        settled.update(trail)


def _null_characters(value: Any, pointer: str) -> Iterator[Error]:
    """Text that the database cannot hold."""
    if isinstance(value, str):
        if "\0" in value:
            yield field_error(pointer, "Text must not hold null characters.", "null_character")
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _null_characters(getattr(value, name), f"{pointer}/{name}")
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            yield from _null_characters(entry, f"{pointer}/{place}")
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield from _null_characters(f"{name}{entry}", pointer)


def _reserved_refs(document: PlanDocument) -> Iterator[Error]:
    addressed = [(document.plan.ref, "/plan/ref"), (document.plan.authority.ref, "/plan/authority/ref")]
    addressed += [(ref, pointer) for _, _, ref, pointer in declared_in(document)]
    for ref, pointer in addressed:
        if ref.lower() in RESERVED_REFS:
            message = f"{ref!r} is a reserved word; choose another ref."
            yield field_error(pointer, message, "reserved_ref")


def _duplicates(document: PlanDocument) -> Iterator[Error]:
    seen: dict[Any, str] = {}

    def repeated(key: Any, pointer: str, what: str) -> Iterator[Error]:
        if key in seen:
            yield field_error(pointer, f"{what} stands at {seen[key]} already.", "duplicate_ref")
        else:
            seen[key] = pointer

    for name, key, ref, pointer in declared_in(document):
        yield from repeated((name, key), pointer, f"The ref {ref!r}, regardless of case,")
    for place, word in enumerate(document.plan.status_words):
        pointer = f"/plan/status_words/{place}/word"
        yield from repeated(("word", word.word.lower()), pointer, f"The word {word.word!r}")
    for place, colour in enumerate(document.plan.colour_key):
        pointer = f"/plan/colour_key/{place}/colour"
        yield from repeated(("colour", colour.colour), pointer, f"The colour {colour.colour.value}")
    for place, value in enumerate(document.measurements):
        reading = (value.kpi.lower(), value.segment.lower(), value.period, value.basis)
        yield from repeated(
            ("value", reading), f"/measurements/{place}", "A value of this KPI, segment, period and basis"
        )
    for place, measure in enumerate(document.audit_measures):
        what = f"What {measure.kpi} is derived from"
        yield from repeated(("measure", measure.kpi.lower()), f"/audit_measures/{place}/kpi", what)
    for kind in KINDS:
        for place, item in enumerate(getattr(document, kind.field)):
            for child in kind.children:
                yield from _repeated_links(item, child, f"/{kind.field}/{place}")


def _repeated_links(item: Any, child: Child, pointer: str) -> Iterator[Error]:
    """An item named twice in one list: a lead, a theme, a recommendation, a domain."""
    if child.names is not None or not child.identity or not child.named_by:
        return
    seen: dict[str, int] = {}
    for place, entry in enumerate(getattr(item, child.field)):
        ref = entry if isinstance(child.layout, Link) else str(getattr(entry, child.named_by))
        here = f"{pointer}/{child.field}/{place}"
        if ref.lower() in seen:
            message = f"{ref!r} stands in this list already, at {seen[ref.lower()]}."
            yield field_error(here, message, "duplicate_ref")
        seen.setdefault(ref.lower(), place)
        for grandchild in child.children:
            yield from _repeated_links(entry, grandchild, here)


def _misdirected(document: PlanDocument) -> Iterator[Error]:
    """Only the plan itself is meant without a ref."""
    for pointer, about in _abouts(document):
        if about.kind is ItemKind.PLAN and about.ref is not None:
            yield field_error(f"{pointer}/ref", "The plan itself is meant by leaving the ref out.", "about")
        if about.kind is not ItemKind.PLAN and about.ref is None:
            yield field_error(f"{pointer}/ref", f"Say which {about.kind.value} is meant.", "about")


def _abouts(document: PlanDocument) -> Iterator[tuple[str, About]]:
    for place, check in enumerate(document.checks):
        yield f"/checks/{place}/about", check.about
    for place, note in enumerate(document.source_notes):
        yield f"/source_notes/{place}/about", note.about
    for place, narrative in enumerate(document.narratives):
        for number, about in enumerate(narrative.about):
            yield f"/narratives/{place}/about/{number}", about
    for place, action in enumerate(document.actions):
        for number, reference in enumerate(action.cross_references):
            if reference.to is not None:
                yield f"/actions/{place}/cross_references/{number}/to", reference.to


def _targets(document: PlanDocument) -> Iterator[Error]:
    for place, kpi in enumerate(document.kpis):
        for number, target in enumerate(kpi.targets):
            here = f"/kpis/{place}/targets/{number}"
            said = (target.value, target.lower, target.upper, target.grade, target.text)
            if not target.to_be_confirmed and all(part is None for part in said):
                message = "A target needs a value, a range, a grade or words, unless to_be_confirmed."
                yield field_error(here, message, "says_nothing")
            if target.lower is not None and target.upper is not None and target.lower > target.upper:
                yield field_error(f"{here}/lower", "The range ends below its start.", "range")
            figures = (target.value, target.lower, target.upper, target.baseline)
            if kpi.unit is Unit.GRADE and any(figure is not None for figure in figures):
                message = "This KPI's values are grades; set a grade."
                yield field_error(here, message, "wrong_unit")
            if kpi.unit is not Unit.GRADE and target.grade is not None:
                message = "This KPI's values are figures, not grades."
                yield field_error(f"{here}/grade", message, "wrong_unit")


def _periods(document: PlanDocument, held: PlanDocument | None) -> Iterator[Error]:
    types = period_types(document, held)
    for place, kpi in enumerate(document.kpis):
        for number, rebase in enumerate(kpi.rebases):
            here = f"/kpis/{place}/rebases/{number}/from_period"
            yield from _unreadable(rebase.from_period, [kpi.period_type], here)
        if kpi.superseded is not None and kpi.superseded.from_period is not None:
            here = f"/kpis/{place}/superseded/from_period"
            yield from _unreadable(kpi.superseded.from_period, [kpi.period_type], here)
    for place, narrative in enumerate(document.narratives):
        kpis = [about.ref.lower() for about in narrative.about if about.kind is ItemKind.KPI and about.ref]
        asked = [types[ref] for ref in kpis if ref in types]
        if narrative.period is not None and asked:
            yield from _unreadable(narrative.period, asked, f"/narratives/{place}/period")


def _unreadable(period: str, types: list[PeriodType], pointer: str) -> Iterator[Error]:
    """Readable by the type of any one KPI it is about is enough."""
    refused: UnreadablePeriod | None = None
    for type in types:
        try:
            parse(period, type)
        except UnreadablePeriod as error:
            refused = refused or error
        else:
            return
    if refused is not None:
        yield field_error(pointer, str(refused), refused.code)


def _values(document: PlanDocument, held: PlanDocument | None, today: date) -> Iterator[Error]:
    """What the one pipeline for values would refuse, told before anything is written."""
    kpis = {kpi.ref.lower(): kpi for kpi in [*(held.kpis if held else []), *document.kpis]}
    sections: dict[str, dict[str, int]] = {ref: {ALL: 0} for ref in kpis}
    for kpi in [*(held.kpis if held else []), *document.kpis]:
        sections[kpi.ref.lower()] |= {segment.ref.lower(): 0 for segment in kpi.segments}
    reader = RowReader({ref: _taking(kpi, sections[ref]) for ref, kpi in kpis.items()}, today, SINGLE_FIELDS)
    for _ in reader.read(value_row(value) for value in document.measurements):
        pass
    for error in reader.errors:
        # An unknown KPI or segment is told once, with all other refs.
        if error.code not in ("unknown_kpi", "unknown_segment"):
            yield field_error(f"/measurements/{error.row}{error.pointer}", error.message, error.code)


def _taking(kpi: Kpi, segments: dict[str, int]) -> TakingKpi:
    ends_before = None
    if kpi.superseded is not None and kpi.superseded.from_period is not None:
        try:
            ends_before = parse(kpi.superseded.from_period, kpi.period_type).starts_on.isoformat()
        except UnreadablePeriod:
            ends_before = None
    successor = kpi.superseded.by if kpi.superseded else None
    return TakingKpi(0, kpi.ref, kpi.period_type, kpi.unit, kpi.kind, segments, True, ends_before, successor)


def value_row(value: Measurement) -> dict[str, Any]:
    """A value as the pipeline takes it."""
    return {name: plain for name, plain in value if plain is not None and name in SINGLE_FIELDS}
