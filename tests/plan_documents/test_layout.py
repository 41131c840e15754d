"""Nothing of a document is without a place in the database, and nothing held is without one in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.core.editing import table_of
from api.plan_documents.document import PlanDocument
from api.plan_documents.held import tables_of_document
from api.plan_documents.kinds import KINDS, PLAN
from api.plan_documents.layout import Child, Kind, Layout
from api.plan_documents.merging import LISTS

HOUSEKEEPING = {"id", "plan_id", "position", "version", "created_at", "updated_at"}

OUTSIDE = {
    "plan": {"authority_id"},
    "party": {"user_id", "team_id"},
    "feed": {"integration_id"},
    "slip": {"recorded_by"},
    "narrative": {"author_id"},
    "source_note": {"settled_by", "settled_at"},
    "audit": {"recorded_by"},
}
"""Columns about who signs in, which belong to the service and not to the document."""


def _columns(children: tuple[Child, ...]) -> Iterator[tuple[str, set[str]]]:
    for child in children:
        yield (
            table_of(child.layout.table).name,
            {child.owner, *child.copies, *child.layout.columns},
        )
        yield from _columns(child.children)


def covered() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for kind in (PLAN, *KINDS):
        mine = [(table_of(kind.layout.table).name, set(kind.layout.columns)), *_columns(kind.children)]
        for table, columns in mine:
            found.setdefault(table, set()).update(columns)
    return found


@pytest.mark.parametrize("table", tables_of_document(), ids=lambda table: table.name)
def test_every_column_is_in_the_document(table: object) -> None:
    name, columns = table.name, set(table.c.keys())  # type: ignore[attr-defined]
    missing = columns - covered()[name] - HOUSEKEEPING - OUTSIDE.get(name, set())
    # Each of these tables serves several kinds of item; only some of them have it in a document.
    if name in ("item_lead", "theme_link", "cross_reference"):
        missing -= {f"{kind}_id" for kind in ("theme", "recommendation", "kpi", "risk", "check")}
    assert missing == set()


@pytest.mark.parametrize("kind", [PLAN, *KINDS], ids=lambda kind: kind.name)
def test_every_field_has_a_place(kind: Kind) -> None:
    placed = {*kind.layout.slots, *(child.field for child in kind.children)}
    assert set(kind.layout.part.model_fields) - placed == ({"authority"} if kind is PLAN else set())
    for child in kind.children:
        if isinstance(child.layout, Layout):
            inner = {*child.layout.slots, *(grandchild.field for grandchild in child.children)}
            assert set(child.layout.part.model_fields) == inner


def test_every_list_of_the_document_is_a_kind() -> None:
    apart = {"format", "plan", "benchmark_datasets"}
    assert {*LISTS.values(), *apart} == set(PlanDocument.model_fields)
