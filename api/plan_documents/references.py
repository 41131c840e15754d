"""Which items a document declares, and where it names them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from api.kpis.tables import ALL
from api.plan_documents.document import PlanDocument
from api.plan_documents.kinds import KINDS
from api.plan_documents.layout import Child, Key, Link, Reference, key_of


def declared_in(document: PlanDocument) -> Iterator[tuple[str, Key, str, str]]:
    """Every item with a ref: its kind, key, ref as spelled, and pointer. Duplicates come twice."""
    for kind in KINDS:
        if not kind.has_ref:
            continue
        for place, item in enumerate(getattr(document, kind.field)):
            pointer = f"/{kind.field}/{place}"
            yield kind.name, key_of(item.ref), item.ref, pointer
            for child in kind.children:
                if child.names is not None:
                    for number, entry in enumerate(getattr(item, child.field)):
                        key = key_of(item.ref, entry.ref)
                        yield child.names, key, entry.ref, f"{pointer}/{child.field}/{number}"


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
        yield from child.layout.references(entry, here)
        for grandchild in child.children:
            yield from _references_of(entry, grandchild, here)
