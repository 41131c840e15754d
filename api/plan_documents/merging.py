"""Three-way merge of plan documents, item by item and field by field. Pure: no database, no clock.

The base is the document imported last, one side what is held now, the other the new document. What
only one side changed is taken from it; what both changed differently is a conflict, to be decided.
Nothing is deleted because a new document leaves it out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from api.plan_documents.aligning import align, arrange
from api.plan_documents.canonical import compact_value
from api.plan_documents.document import FORMAT, PlanDocument
from api.plan_documents.kinds import KINDS
from api.plan_documents.parts.basics import Part
from api.plan_documents.parts.kpis import BenchmarkDataset, Measurement
from api.plan_documents.parts.plan import Plan

Decision = Literal["mine", "theirs"]
Decisions = Mapping[str, Decision]
"""By the pointer of a conflict: ``mine`` takes what the document says, ``theirs`` keeps what is held."""

LISTS: dict[str, str] = {kind.name: kind.field for kind in KINDS} | {"measurement": "measurements"}
"""The document's list for each kind of item."""

_IDENTITY = {
    "measurement": frozenset({"kpi", "segment", "period", "basis"}),
    "audit_measure": frozenset({"kpi"}),
}
_READING = ("state", "value", "grade", "numerator", "denominator")
"""One value and what goes with it change together, or the two sides would be mixed."""
_GROWING = {kind.name: frozenset(child.field for child in kind.children if child.grows) for kind in KINDS}
_NOWHERE = object()


@dataclass(frozen=True)
class Conflict:
    """Both the plan and the document changed the same thing since the base, in different ways."""

    pointer: str
    kind: str
    ref: str | None
    field: str | None
    """None: the whole item, deleted here and changed in the document."""
    base: Any
    current: Any
    new: Any


@dataclass(frozen=True)
class Merged:
    """One item after the merge."""

    item: Any
    held: int | None
    """Its place among the items held; None: it is new."""
    pointer: str | None
    """Its place in the new document; None: the document does not have it."""
    fields: tuple[str, ...] = ()
    """What changes of an item that is held."""


@dataclass
class Merge:
    plan: Merged
    items: dict[str, list[Merged]]
    conflicts: list[Conflict] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    """Pointers of items deleted here since the base, which stay deleted."""
    datasets: list[BenchmarkDataset] = field(default_factory=list)
    """Those its KPIs are set against already, as they are, and those the document names besides."""

    @property
    def document(self) -> PlanDocument:
        """The plan as it will be held."""
        lists = {LISTS[kind]: [merged.item for merged in items] for kind, items in self.items.items()}
        whole: dict[str, Any] = {
            "format": FORMAT,
            "plan": self.plan.item,
            "benchmark_datasets": self.datasets,
            **lists,
        }
        return PlanDocument.model_construct(None, **whole)

    def pointer_of(self, pointer: str) -> str:
        """A pointer into the merged document as one into the new document, where it has the item."""
        _, name, *rest = pointer.split("/")
        for kind, at in LISTS.items():
            if at == name and rest and rest[0].isdecimal():
                there = self.items[kind][int(rest[0])].pointer
                return "/".join([there, *rest[1:]]) if there is not None else ""
        return pointer

    def counts(self) -> dict[str, Counter[str]]:
        """Created, changed, unchanged and kept items, by the document's lists."""
        counted = {"plan": Counter([_fate(self.plan)])}
        for kind, items in self.items.items():
            counted[LISTS[kind]] = Counter(_fate(merged) for merged in items)
        return counted


def _fate(merged: Merged) -> str:
    if merged.pointer is None:
        return "kept_not_in_document"
    if merged.held is None:
        return "created"
    return "changed" if merged.fields else "unchanged"


def merge(
    base: PlanDocument | None, held: PlanDocument | None, new: PlanDocument, decisions: Decisions
) -> Merge:
    """All three in canonical form. Without ``held`` everything is new; without ``base``, a field that
    is empty on one side takes what the other says, and any other difference is a conflict.
    """
    merger = _Merger(decisions)
    items = {
        kind: merger.items(
            kind,
            getattr(base, at) if base else [],
            getattr(held, at) if held else [],
            getattr(new, at),
        )
        for kind, at in LISTS.items()
    }
    plan = merger.item("plan", base.plan if base else None, held.plan if held else None, new.plan, "/plan")
    return Merge(
        Merged(plan[0], 0 if held else None, "/plan", plan[1]),
        items,
        merger.conflicts,
        merger.removed,
        _datasets(held, new),
    )


def _datasets(held: PlanDocument | None, new: PlanDocument) -> list[BenchmarkDataset]:
    """They belong to no plan: one that is held stays as it is."""
    known = held.benchmark_datasets if held else []
    refs = {dataset.ref.lower() for dataset in known}
    return [*known, *(dataset for dataset in new.benchmark_datasets if dataset.ref.lower() not in refs)]


class _Merger:
    def __init__(self, decisions: Decisions) -> None:
        self.decisions = decisions
        self.conflicts: list[Conflict] = []
        self.removed: list[str] = []

    def items(self, kind: str, base: Sequence[Any], held: Sequence[Any], new: Sequence[Any]) -> list[Merged]:
        merged: list[Merged] = []
        for trio in arrange(align(kind, base, held, new)):
            was = base[trio.base] if trio.base is not None else None
            now = held[trio.held] if trio.held is not None else None
            if trio.new is None:
                merged.append(Merged(now, trio.held, None))
                continue
            pointer = f"/{LISTS[kind]}/{trio.new}"
            said = new[trio.new]
            if now is None and was is not None and not self._returns(kind, was, said, pointer):
                continue
            item, fields = self.item(kind, was, now, said, pointer)
            merged.append(Merged(item, trio.held, pointer, fields))
        return merged

    def _returns(self, kind: str, was: Any, said: Any, pointer: str) -> bool:
        """Whether an item deleted here since the base comes back with the document."""
        if was == said:
            self.removed.append(pointer)
            return False
        decision = self.decisions.get(pointer)
        if decision is None:
            conflict = Conflict(
                pointer, kind, _ref_of(said), None, compact_value(was), None, compact_value(said)
            )
            self.conflicts.append(conflict)
        return decision == "mine"

    def item(self, kind: str, was: Any, now: Any, said: Any, pointer: str) -> tuple[Any, tuple[str, ...]]:
        """The item as it will be, and which of its fields change here."""
        if kind == "action":
            was, said = _with_original_due(was, None), _with_original_due(said, now)
        if now is None:
            return said, ()
        if said in (now, was):
            return now, ()
        changed: dict[str, Any] = {}
        for name, names in _field_groups(kind, said):
            take = self._entries if name in _GROWING.get(kind, ()) else self._fields
            changed |= take(kind, was, now, said, names, f"{pointer}/{name}")
        return now.model_copy(update=changed), tuple(changed)

    def _fields(
        self, kind: str, was: Any, now: Any, said: Any, names: Sequence[str], pointer: str
    ) -> dict[str, Any]:
        """The values to take for fields that change together; empty: what is held stays."""
        base, current, new = (_values(part, names, type(said)) for part in (was, now, said))
        if new in (current, base):
            return {}
        taken = dict(zip(names, [getattr(said, name) for name in names], strict=True))
        if current == base:
            return taken
        decision = self.decisions.get(pointer)
        if decision is None:
            name = pointer.rpartition("/")[2]
            shown = (_shown(values, names) for values in (base, current, new))
            self.conflicts.append(Conflict(pointer, kind, _ref_of(said), name, *shown))
        return taken if decision == "mine" else {}

    def _entries(
        self, kind: str, was: Any, now: Any, said: Any, names: Sequence[str], pointer: str
    ) -> dict[str, Any]:
        """Findings, segments, rebases and the like: entries the document leaves out stay."""
        (name,) = names
        base = getattr(was, name) if was is not None else []
        current: list[Any] = getattr(now, name)
        new = getattr(said, name)
        entries: list[Any] = []
        for trio in arrange(align(name, base, current, new)):
            there = current[trio.held] if trio.held is not None else None
            if trio.new is None:
                entries.append(there)
                continue
            before = base[trio.base] if trio.base is not None else None
            entry = self._entry(kind, said, before, there, new[trio.new], f"{pointer}/{trio.new}", name)
            if entry is not None:
                entries.append(entry)
        return {} if entries == current else {name: entries}

    def _entry(
        self, kind: str, owner: Any, before: Any, there: Any, said: Any, pointer: str, name: str
    ) -> Any:
        if said in (there, before):
            return there
        if there == before:
            return said
        decision = self.decisions.get(pointer)
        if decision is None:
            shown = (compact_value(part) for part in (before, there, said))
            self.conflicts.append(Conflict(pointer, kind, _ref_of(owner), name, *shown))
        return said if decision == "mine" else there


def _with_original_due(action: Any, held: Any) -> Any:
    """A document that leaves ``original_due`` out means that of the action held, or else ``due``."""
    if action is None or action.original_due is not None:
        return action
    return action.model_copy(update={"original_due": held.original_due if held else action.due})


def _field_groups(kind: str, part: Part) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The fields that merge, each group under the name its conflicts are told by."""
    fixed = _IDENTITY.get(kind, frozenset({"ref"}))
    together = _READING if isinstance(part, Measurement) else ()
    if together:
        yield "value", together
    for name in type(part).model_fields:
        if name not in fixed and name not in together:
            yield name, (name,)


def _values(part: Part | None, names: Sequence[str], of: type[BaseModel]) -> list[Any]:
    """The values of a part; of one that is not there, the defaults. An authority is told by its ref."""
    values: list[Any] = []
    for name in names:
        if part is None:
            info = of.model_fields[name]
            values.append(_NOWHERE if info.is_required() else info.get_default(call_default_factory=True))
        elif isinstance(part, Plan) and name == "authority":
            values.append(part.authority.ref.lower())
        else:
            values.append(getattr(part, name))
    return values


def _shown(values: Sequence[Any], names: Sequence[str]) -> Any:
    shown = {
        name: compact_value(value) for name, value in zip(names, values, strict=True) if value is not _NOWHERE
    }
    if len(names) == 1:
        return shown.get(names[0])
    return {name: value for name, value in shown.items() if value is not None}


def _ref_of(part: Any) -> str | None:
    if isinstance(part, Measurement):
        return f"{part.kpi}/{part.segment}/{part.period}"
    return getattr(part, "ref", None)


__all__ = ["LISTS", "Conflict", "Decision", "Decisions", "Merge", "Merged", "merge"]
