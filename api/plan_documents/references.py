"""Which items a document declares, and where it names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from api.kpis.tables import ALL
from api.plan_documents.directory import Key, Reference, key_of
from api.plan_documents.document import PlanDocument
from api.plan_documents.kinds import KINDS
from api.plan_documents.layout import Child, Link


def declared_in(document: PlanDocument) -> Iterator[tuple[str, Key, str, str]]:
    """Everything with a name: its kind, key, name as spelled, and pointer to it. Duplicates come twice."""
    for place, dataset in enumerate(document.benchmark_datasets):
        pointer = f"/benchmark_datasets/{place}/ref"
        yield "benchmark_dataset", key_of(dataset.ref), dataset.ref, pointer
    for kind in KINDS:
        if not kind.has_ref:
            continue
        for place, item in enumerate(getattr(document, kind.field)):
            pointer = f"/{kind.field}/{place}"
            yield kind.name, key_of(item.ref), item.ref, f"{pointer}/ref"
            yield from _declared_within(item, kind.children, (item.ref,), pointer)


def _declared_within(
    item: Any, children: Sequence[Child], path: tuple[str, ...], pointer: str
) -> Iterator[tuple[str, Key, str, str]]:
    for child in children:
        if child.names is None:
            continue
        for number, entry in enumerate(getattr(item, child.field)):
            here = f"{pointer}/{child.field}/{number}"
            name = str(getattr(entry, child.named_by))
            yield child.names, key_of(*path, name), name, f"{here}/{child.named_by}"
            yield from _declared_within(entry, child.children, (*path, name), here)


def references_in(document: PlanDocument) -> Iterator[Reference]:
    """Every place that names another item, with its pointer."""
    for kind in KINDS:
        for place, item in enumerate(getattr(document, kind.field)):
            pointer = f"/{kind.field}/{place}"
            yield from kind.layout.references(item, pointer)
            for child in kind.children:
                yield from _references_of(item, child, pointer)
    for place, value in enumerate(document.measurements):
        pointer = f"/measurements/{place}"
        yield Reference(f"{pointer}/kpi", "kpi", (value.kpi,), partial(setattr, value, "kpi"))
        if value.segment != ALL:
            yield Reference(
                f"{pointer}/segment",
                "segment",
                (value.kpi, value.segment),
                partial(setattr, value, "segment"),
            )


def _references_of(item: Any, child: Child, pointer: str) -> Iterator[Reference]:
    entries = getattr(item, child.field)
    for place, entry in enumerate(entries):
        here = f"{pointer}/{child.field}/{place}"
        if isinstance(child.layout, Link):
            yield Reference(here, child.layout.kind, (entry,), partial(entries.__setitem__, place))
            continue
        yield from child.layout.references(entry, here, item)
        for grandchild in child.children:
            yield from _references_of(entry, grandchild, here)
