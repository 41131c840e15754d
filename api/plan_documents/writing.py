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
from api.plan_documents.directory import Directory, Row
from api.plan_documents.held import Held
from api.plan_documents.kinds import KINDS, PLAN
from api.plan_documents.kpi_kinds import KPI
from api.plan_documents.layout import Child, Kind, Layout, Wave
from api.plan_documents.merging import Merge, Merged

ITEM_STEP = 10
"""Items lie this far apart, so that one put between two others moves neither."""


@dataclass(frozen=True)
class _Owner:
    """An item, or an entry that has lists of its own."""

    row: Row
    part: Any
    is_new: bool
    path: tuple[str, ...] = ()
    """Its name, after those of the items it lies in; empty where nothing in it is referred to."""


async def write_merge(ctx: Context, held: Held | None, merge: Merge, directory: Directory) -> None:
    """Write everything but the values and what comes after them. References must have been checked."""
    for wave in (Wave.FIRST, Wave.WITH_ENTRIES):
        await write_wave(ctx, held, merge, directory, wave)
        if wave is Wave.FIRST:
            await _write_plan(ctx, merge.plan, directory)


async def write_wave(ctx: Context, held: Held | None, merge: Merge, directory: Directory, wave: Wave) -> None:
    """Write the kinds of one wave, items first, so that they can point to each other."""
    kinds = [kind for kind in KINDS if kind.wave is wave]
    ids = {kind.name: await _ids_of(ctx, kind, held, merge.items[kind.name], directory) for kind in kinds}
    for kind in kinds:
        await _write_items(ctx, kind, held, merge.items[kind.name], ids[kind.name], directory)
    for kind in kinds:
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
            ids.append(held.rows[kind.name][merged.held]["id"])
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
            recorder = {kind.recorder: ctx.actor.id} if kind.recorder else {}
            row = kind.layout.write(merged.item, directory)
            added.append({"id": row_id, **row, **position, **recorder})
        elif kind.layout.slots.keys() & set(merged.fields) or (kind.is_placed and was != place):
            row = kind.layout.write(merged.item, directory)
            if held is not None:
                kind.layout.keep_people(held.rows[kind.name][merged.held], row, directory)
            changed.append({"id": row_id, **row, **position})
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
        for merged, row in zip((one for one in items if one.held is None), rows, strict=True):
            directory.add("segment", (merged.item.ref, ALL), row["id"])


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
            owner = _Owner({"id": ctx.plan.id}, plan.item, plan.held is None)
            await _bring(ctx, child, [owner], directory)


async def _write_children(
    ctx: Context, kind: Kind, items: Sequence[Merged], ids: Sequence[int], directory: Directory
) -> None:
    for child in kind.children:
        owners = [
            _Owner(
                {"id": row_id},
                merged.item,
                merged.held is None,
                (merged.item.ref,) if kind.has_ref else (),
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
        entries = getattr(owner.part, child.field)
        rows = [child.layout.write(entry, directory, owner.part) for entry in entries]
        pairs, left = _pair(child, rows, held.get(owner.row["id"], []))
        surplus += [row["id"] for row in left]
        for entry, row, before, place in zip(entries, rows, pairs, _places(child, pairs), strict=True):
            copied = {own: owner.row[theirs] for own, theirs in child.copies.items()}
            wanted = {child.owner: owner.row["id"], **copied, **row, **place}
            written.append((owner, entry, wanted))
            if before is not None and isinstance(child.layout, Layout):
                child.layout.keep_people(before, wanted, directory)
            if before is not None and not _differs(before, wanted):
                wanted["id"] = before["id"]
            elif before is not None and not child.never_edited:
                wanted["id"] = before["id"]
                changed.append(wanted)
            else:
                surplus += [before["id"]] if before is not None else []
                added.append(wanted | ({child.recorder: ctx.actor.id} if child.recorder else {}))
                written[-1] = (owner, entry, added[-1])
    for row, row_id in zip(added, await new_ids(ctx, table, len(added)), strict=True):
        row["id"] = row_id
    await delete_rows(ctx, table, surplus)
    await update_rows(ctx, table, changed)
    await insert_rows(ctx, table, added)
    fresh = {row["id"] for row in added}
    beneath: list[_Owner] = []
    for owner, entry, row in written:
        path: tuple[str, ...] = ()
        if child.names is not None:
            path = (*owner.path, str(getattr(entry, child.named_by)))
            directory.add(child.names, path, row["id"])
        beneath.append(_Owner(row, entry, row["id"] in fresh, path))
    for grandchild in child.children:
        await _bring(ctx, grandchild, beneath, directory)


def _places(child: Child, pairs: Sequence[Row | None]) -> list[dict[str, int]]:
    """The position of each entry, where the table keeps one."""
    if not child.is_placed:
        return [{} for _ in pairs]
    held = [row["position"] if row else None for row in pairs]
    return [{"position": place} for place in places_for(held, first=child.first)]


async def _held_rows(
    ctx: Context, table: Table, child: Child, owners: Sequence[int]
) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    if owners:
        order = [table.c[name] for name in ("position", "id") if name in table.c]
        query = select(table).where(table.c[child.owner].in_(owners)).order_by(*order)
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
    return tuple(_comparable(row[name]) for name in child.identity)


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return frozenset(value.items())
    return value.lower() if isinstance(value, str) else value


def _differs(before: Row, wanted: Row) -> bool:
    return any(before[name] != value for name, value in wanted.items())
