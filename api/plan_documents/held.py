"""What a plan holds, read back as a plan document: a fixed number of queries, one for each table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select, text

from api.core.context import Context
from api.core.editing import table_of
from api.plan_documents.directory import Directory, Key, Row, key_of
from api.plan_documents.document import FORMAT, PlanDocument
from api.plan_documents.kinds import KINDS, PLAN
from api.plan_documents.layout import Child, Kind, Layout
from api.plan_documents.slots import Named


@dataclass
class Held:
    """The document of a plan as held, and which row each of its items is."""

    document: PlanDocument
    rows: dict[str, list[Row]]
    """Rows by kind, in the order of the document's list."""
    positions: dict[str, list[int]]
    """What keeps that order, for kinds that have it in a column."""
    directory: Directory
    moved: dict[tuple[str, Key], str]
    """The present ref of items that had another once, by kind and old key."""


def child_tables(children: Sequence[Child]) -> list[Table]:
    found: list[Table] = []
    for child in children:
        found += [table_of(child.layout.table), *child_tables(child.children)]
    return found


def tables_of_document() -> list[Table]:
    """Every table that holds part of a document, each once; measurements and datasets aside."""
    named: dict[str, Table] = {}
    for kind in (PLAN, *KINDS):
        for table in [table_of(kind.layout.table), *child_tables(kind.children)]:
            named.setdefault(table.name, table)
    return list(named.values())


async def read_held(ctx: Context) -> Held:
    """The plan in view, whole; under as-of, as it stood."""
    rows = {table.name: await _rows(ctx, table) for table in tables_of_document()}
    directory = Directory()
    for kind in KINDS:
        if kind.has_ref:
            named = {row["id"]: (row["ref"],) for row in rows[table_of(kind.layout.table).name]}
            for row_id, path in named.items():
                directory.add(kind.name, path, row_id)
            _name_entries(kind.children, named, rows, directory)
    datasets = await _datasets(ctx, directory)
    await _name_people(ctx, rows, directory)
    moved = await _moved_refs(ctx, directory)
    for (kind_name, key), ref in moved.items():
        # What points at an old ref in words still finds the item.
        if directory.find(kind_name, *key) is None:
            directory.add_alias(kind_name, key, ref)
    reader = _Reader(rows, directory)
    (plan_row,) = rows["plan"]
    body: dict[str, Any] = {
        "format": FORMAT,
        "plan": reader.item(PLAN, plan_row) | {"authority": await _authority(ctx)},
    }
    listed: dict[str, list[Row]] = {}
    positions: dict[str, list[int]] = {}
    for kind in KINDS:
        items = rows[table_of(kind.layout.table).name]
        if kind.name == "narrative":
            # One whose every subject was deleted is about nothing any more.
            items = [row for row in items if reader.has_entries("narrative_about", "narrative_id", row["id"])]
        body[kind.field] = [reader.item(kind, row) for row in items]
        listed[kind.name] = items
        if kind.is_placed:
            positions[kind.name] = [row["position"] for row in items]
    body["measurements"] = await _measurements(ctx)
    body["benchmark_datasets"] = datasets
    return Held(PlanDocument.model_validate(body), listed, positions, directory, moved)


async def _rows(ctx: Context, table: Table) -> list[Row]:
    mine = table.c.id if table.name == "plan" else table.c.plan_id
    order = [table.c[name] for name in ("position", "number", "id") if name in table.c]
    result = await ctx.session.execute(select(table).where(mine == ctx.plan.id).order_by(*order))
    return [dict(row) for row in result.mappings()]


def _name_entries(
    children: Sequence[Child],
    owners: Mapping[int, tuple[str, ...]],
    rows: Mapping[str, list[Row]],
    directory: Directory,
) -> None:
    """Findings, segments and the like are named within the item they belong to."""
    for child in children:
        if child.names is None:
            continue
        named: dict[int, tuple[str, ...]] = {}
        for row in rows[table_of(child.layout.table).name]:
            named[row["id"]] = (*owners[row[child.owner]], str(row[child.named_by]))
            directory.add(child.names, named[row["id"]], row["id"])
        _name_entries(child.children, named, rows, directory)


async def _datasets(ctx: Context, directory: Directory) -> list[dict[str, Any]]:
    """The publications that the plan's KPIs are set against."""
    found = await ctx.session.execute(
        text(
            "select id, ref, title, source from benchmark_dataset where id in"
            " (select dataset_id from kpi_benchmark where plan_id = :plan) order by lower(ref)"
        ),
        {"plan": ctx.plan.id},
    )
    datasets = [dict(row) for row in found.mappings()]
    for dataset in datasets:
        directory.add("benchmark_dataset", (dataset["ref"],), dataset.pop("id"))
    return datasets


async def _name_people(ctx: Context, rows: Mapping[str, list[Row]], directory: Directory) -> None:
    """Whoever did something here is told by name."""
    acting = {
        row[slot.principal]
        for layout in _layouts()
        for slot in layout.slots.values()
        if isinstance(slot, Named)
        for row in rows[table_of(layout.table).name]
    }
    found = await ctx.session.execute(
        text("select id, name from principal where id = any(:ids)"), {"ids": sorted(acting - {None})}
    )
    for row in found:
        directory.add("principal", (row.name,), row.id)


def _layouts() -> Iterator[Layout]:
    for kind in KINDS:
        yield kind.layout
        yield from (child.layout for child in kind.children if isinstance(child.layout, Layout))


class _Reader:
    """Puts rows together into parts; child rows are found by the column and id of their owner."""

    def __init__(self, rows: dict[str, list[Row]], directory: Directory) -> None:
        self._rows = rows
        self._directory = directory
        self._buckets: dict[tuple[str, str], dict[int, list[Row]]] = {}

    def item(self, kind: Kind, row: Row) -> dict[str, Any]:
        part: dict[str, Any] = kind.layout.read(row, self._directory)
        for child in kind.children:
            part[child.field] = self._entries(child, row["id"])
        return part

    def has_entries(self, table: str, owner: str, row_id: int) -> bool:
        return row_id in self._bucket(table, owner)

    def _entries(self, child: Child, owner_id: int) -> list[Any]:
        bucket = self._bucket(table_of(child.layout.table).name, child.owner)
        entries: list[Any] = []
        for row in bucket.get(owner_id, ()):
            if not child.belongs(row):
                continue
            entry = child.layout.read(row, self._directory)
            for grandchild in child.children:
                entry[grandchild.field] = self._entries(grandchild, row["id"])
            entries.append(entry)
        return entries

    def _bucket(self, table: str, owner: str) -> dict[int, list[Row]]:
        if (table, owner) not in self._buckets:
            bucket: dict[int, list[Row]] = {}
            for row in self._rows[table]:
                if row[owner] is not None:
                    bucket.setdefault(row[owner], []).append(row)
            self._buckets[table, owner] = bucket
        return self._buckets[table, owner]


async def _moved_refs(ctx: Context, directory: Directory) -> dict[tuple[str, Key], str]:
    found = await ctx.session.execute(
        text(
            "select kind, ref, coalesce(theme_id, recommendation_id, action_id, kpi_id, risk_id, check_id)"
            " from ref_alias where plan_id = :plan"
        ),
        {"plan": ctx.plan.id},
    )
    return {
        (kind, key_of(old)): directory.ref(kind, item_id)
        for kind, old, item_id in found
        if directory.knows(kind, item_id)
    }


async def _authority(ctx: Context) -> dict[str, Any]:
    row = (
        await ctx.session.execute(
            text(
                "select a.ref, a.name, a.code, a.la_code from plan p"
                " join authority a on a.id = p.authority_id where p.id = :plan"
            ),
            {"plan": ctx.plan.id},
        )
    ).one()
    return dict(row._mapping)


async def _measurements(ctx: Context) -> list[dict[str, Any]]:
    """The values known now of every KPI, segment and basis, oldest first."""
    found = await ctx.session.execute(
        text(
            "select k.ref as kpi, sg.ref as segment, m.period, s.basis, m.state, m.value, m.grade,"
            " m.numerator, m.denominator, m.note, m.source, m.external_reference,"
            " nullif(m.workflow, 'loaded') as workflow, m.question, m.answer"
            " from measurement m join series s on s.id = m.series_id join segment sg on sg.id = s.segment_id"
            " join kpi k on k.id = s.kpi_id where m.plan_id = :plan"
            " order by k.position, k.id, sg.position, sg.id, m.ends_on, s.basis"
        ),
        {"plan": ctx.plan.id},
    )
    return [dict(row) for row in found.mappings()]
