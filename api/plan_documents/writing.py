"""Brings a plan's rows to a merged document: what is new, what changed, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from api.core.context import Context
from api.core.editing import table_of
from api.kpis.tables import ALL, Segment
from api.plan_documents.aligning import places_for
from api.plan_documents.bulk import delete_rows, insert_rows, new_ids, update_rows
from api.plan_documents.held import Held
from api.plan_documents.kinds import KINDS, KPI, PLAN
from api.plan_documents.layout import Child, Directory, Kind, Row
from api.plan_documents.merging import Merge, Merged

ITEM_STEP = 10
"""Items lie this far apart, so that one put between two others moves neither."""


@dataclass(frozen=True)
class _Owner:
    """An item's row, or an entry's that has lists of its own."""

    row: Row
    entries: Sequence[Any]
    is_new: bool
    ref: str | None = None


async def write_merge(ctx: Context, held: Held | None, merge: Merge) -> None:
    """Write everything but the values. References must have been checked."""
    directory = held.directory if held else Directory()
    ids = {kind.name: await _ids_of(ctx, kind, held, merge.items[kind.name], directory) for kind in KINDS}
    for kind in KINDS:
        await _write_items(ctx, kind, held, merge.items[kind.name], ids[kind.name], directory)
    await _write_plan(ctx, merge.plan, directory)
    for kind in KINDS:
        await _write_children(ctx, kind, merge.items[kind.name], ids[kind.name], directory)


async def _ids_of(
    ctx: Context, kind: Kind, held: Held | None, items: Sequence[Merged], directory: Directory
) -> list[int]:
    """Every item's row id, new ones taken from the sequence before anything refers to them."""
    table = table_of(kind.layout.table)
    fresh = iter(await new_ids(ctx, table, sum(merged.held is None for merged in items)))
    ids: list[int] = []
    for merged in items:
        if merged.held is not None and held is not None:
            ids.append(held.ids[kind.name][merged.held])
            continue
        ids.append(next(fresh))
        if kind.has_ref:
            directory.add(kind.name, (merged.item.ref,), ids[-1])
    return ids


async def _write_items(
    ctx: Context,
    kind: Kind,
    held: Held | None,
    items: Sequence[Merged],
    ids: Sequence[int],
    directory: Directory,
) -> None:
    table = table_of(kind.layout.table)
    before = _positions(kind, held, items)
    after = places_for(before, first=ITEM_STEP, step=ITEM_STEP)
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    touched: list[dict[str, Any]] = []
    for merged, row_id, was, place in zip(items, ids, before, after, strict=True):
        position = {"position": place} if kind.is_placed else {}
        if merged.held is None:
            added.append({"id": row_id, **kind.layout.write(merged.item, directory), **position})
        elif kind.layout.slots.keys() & set(merged.fields) or (kind.is_placed and was != place):
            changed.append({"id": row_id, **kind.layout.write(merged.item, directory), **position})
        elif merged.fields:
            touched.append({"id": row_id})
    await insert_rows(ctx, table, added)
    await update_rows(ctx, table, changed)
    await update_rows(ctx, table, touched)
    if kind is KPI:
        whole = await new_ids(ctx, table_of(Segment), len(added))
        rows = [
            {"id": segment_id, "kpi_id": row["id"], "ref": ALL, "title": "Whole service", "position": 0}
            for segment_id, row in zip(whole, added, strict=True)
        ]
        await insert_rows(ctx, table_of(Segment), rows)


def _positions(kind: Kind, held: Held | None, items: Sequence[Merged]) -> list[int | None]:
    known = held.positions.get(kind.name) if held else None
    return [known[merged.held] if known is not None and merged.held is not None else None for merged in items]


async def _write_plan(ctx: Context, plan: Merged, directory: Directory) -> None:
    """The plan's own row was made before; here it takes what changed, and its lists."""
    fields = PLAN.layout.slots.keys() & set(plan.fields)
    if plan.held is not None and plan.fields:
        row = {"id": ctx.plan.id, **PLAN.layout.write(plan.item, directory)}
        await update_rows(ctx, table_of(PLAN.layout.table), [row if fields else {"id": ctx.plan.id}])
    for child in PLAN.children:
        if plan.held is None or child.field in plan.fields:
            owner = _Owner({"id": ctx.plan.id}, getattr(plan.item, child.field), plan.held is None)
            await _bring(ctx, child, [owner], directory)


async def _write_children(
    ctx: Context, kind: Kind, items: Sequence[Merged], ids: Sequence[int], directory: Directory
) -> None:
    for child in kind.children:
        owners = [
            _Owner(
                {"id": row_id},
                getattr(merged.item, child.field),
                merged.held is None,
                merged.item.ref if kind.has_ref else None,
            )
            for merged, row_id in zip(items, ids, strict=True)
            if merged.held is None or child.field in merged.fields
        ]
        await _bring(ctx, child, owners, directory)


async def _bring(ctx: Context, child: Child, owners: Sequence[_Owner], directory: Directory) -> None:
    """Bring the lists of all these owners to their entries; rows that stay the same are left alone."""
    table = table_of(child.layout.table)
    held = await _held_rows(ctx, table, child, [owner.row["id"] for owner in owners if not owner.is_new])
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    surplus: list[int] = []
    written: list[tuple[_Owner, Any, dict[str, Any]]] = []
    for owner in owners:
        rows = [child.layout.write(entry, directory) for entry in owner.entries]
        pairs, left = _pair(child, rows, held.get(owner.row["id"], []))
        surplus += [row["id"] for row in left]
        places = places_for([row["position"] if row else None for row in pairs], first=child.first)
        for entry, row, before, place in zip(owner.entries, rows, pairs, places, strict=True):
            copied = {own: owner.row[theirs] for own, theirs in child.copies.items()}
            wanted = {child.owner: owner.row["id"], **copied, **row, "position": place}
            written.append((owner, entry, wanted))
            if before is not None and not _differs(before, wanted):
                wanted["id"] = before["id"]
            elif before is not None and not child.never_edited:
                wanted["id"] = before["id"]
                changed.append(wanted)
            else:
                surplus += [before["id"]] if before is not None else []
                added.append(wanted)
    for row, row_id in zip(added, await new_ids(ctx, table, len(added)), strict=True):
        row["id"] = row_id
    await delete_rows(ctx, table, surplus)
    await update_rows(ctx, table, changed)
    await insert_rows(ctx, table, added)
    if child.names is not None:
        for owner, entry, row in written:
            directory.add(child.names, (owner.ref or "", entry.ref), row["id"])
    fresh = {row["id"] for row in added}
    for grandchild in child.children:
        beneath = [
            _Owner(row, getattr(entry, grandchild.field), row["id"] in fresh) for _, entry, row in written
        ]
        await _bring(ctx, grandchild, beneath, directory)


async def _held_rows(
    ctx: Context, table: Table, child: Child, owners: Sequence[int]
) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    if owners:
        query = select(table).where(table.c[child.owner].in_(owners)).order_by(table.c.position, table.c.id)
        for row in map(dict, (await ctx.session.execute(query)).mappings()):
            if child.belongs(row):
                found.setdefault(row[child.owner], []).append(row)
    return found


def _pair(
    child: Child, rows: Sequence[Row], held: Sequence[dict[str, Any]]
) -> tuple[list[dict[str, Any] | None], list[dict[str, Any]]]:
    """The held row that each wanted row takes over, and those nobody takes over."""
    if not child.identity:
        pairs = [held[place] if place < len(held) else None for place in range(len(rows))]
        return pairs, list(held[len(rows) :])
    known = {_identity(child, row): row for row in held}
    taken = [known.pop(_identity(child, row), None) for row in rows]
    return taken, list(known.values())


def _identity(child: Child, row: Row) -> tuple[Any, ...]:
    values = (row[name] for name in child.identity)
    return tuple(value.lower() if isinstance(value, str) else value for value in values)


def _differs(before: Row, wanted: Row) -> bool:
    return any(before[name] != value for name, value in wanted.items())
