"""Writes: found, allowed, not stale; then columns and children are brought to what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from api.core.context import Context, version_of
from api.core.errors import Problem, ProblemType, conflict, not_allowed, not_found
from api.core.fuzzy import FuzzyDate
from api.core.reading import Item, Reading, read_by_id, redirect_if_moved


@dataclass(frozen=True)
class Held:
    """A row locked for this transaction, which the actor may change."""

    id: int
    version: int


async def hold(
    ctx: Context,
    reading: Reading,
    ref: str,
    if_match: str | None,
    yours: Mapping[str, Any] | None = None,
    **params: Any,
) -> Held:
    """Lock the item for a change.

    Raises NOT_FOUND if it cannot be seen, NOT_ALLOWED if it can be seen but not changed,
    IF_MATCH_REQUIRED without a version, EDIT_CONFLICT if it changed since that version.
    """
    bound = {"ref": ref, "plan_id": ctx.in_plan.id if ctx.in_plan else None, "clock": ctx.clock} | params
    condition = f"{reading.by_plan} and lower({reading.ref_column}) = lower(:ref)"
    found = (
        await ctx.session.execute(
            text(f"select {reading.alias}.id from {reading.source} where {condition}"), bound
        )
    ).first()
    if found is None:
        await redirect_if_moved(ctx, reading, ref)
        raise not_found(reading.what)
    return await hold_id(ctx, reading, found[0], if_match, yours, **params)


async def hold_id(
    ctx: Context,
    reading: Reading,
    item_id: int,
    if_match: str | None,
    yours: Mapping[str, Any] | None = None,
    **params: Any,
) -> Held:
    """As :func:`hold`, for a row already found by id."""
    wanted = version_of(if_match)
    # Under row-level security, FOR UPDATE sees only rows this actor may update.
    locked = (
        await ctx.session.execute(
            text(f"select id, version from {reading.table} where id = :id for update"), {"id": item_id}
        )
    ).first()
    if locked is None:
        # Whoever held the lock before may have deleted it: this statement sees that, the one above did not.
        still = text(f"select exists (select from {reading.table} where id = :id)")
        if not await ctx.session.scalar(still, {"id": item_id}):
            raise not_found(reading.what)
        raise not_allowed(f"You may read this {reading.what}, but it is not yours to change.")
    if locked.version != wanted:
        raise await _edit_conflict(ctx, reading, item_id, wanted, yours or {}, params)
    return Held(locked.id, locked.version)


async def _edit_conflict(
    ctx: Context,
    reading: Reading,
    item_id: int,
    wanted: int,
    yours: Mapping[str, Any],
    params: Mapping[str, Any],
) -> Problem:
    now = await read_by_id(ctx, reading, item_id, **params)
    theirs = orjson.loads(now.body)
    base = await _as_it_was(ctx, reading, item_id, wanted, params)
    names = list(yours) or [name for name in theirs if base is not None and base.get(name) != theirs[name]]
    fields = [
        {
            "field": name,
            "base": base.get(name) if base is not None else None,
            "theirs": theirs.get(name),
            "yours": yours.get(name),
            "changed_meanwhile": base is None or base.get(name) != theirs.get(name),
        }
        for name in names
    ]
    return Problem(
        ProblemType.EDIT_CONFLICT,
        f"This {reading.what} changed after you read it. Nothing of yours was stored.",
        headers={"ETag": ctx.etag(now.version)},
        current=theirs,
        current_etag=ctx.etag(now.version),
        base_is_known=base is not None,
        fields=fields,
    )


async def _as_it_was(
    ctx: Context, reading: Reading, item_id: int, version: int, params: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The item as its reader saw it at that version, from history; None where it cannot be read."""
    keeps_history = text("select to_regclass(:history) is not null")
    if not await ctx.session.scalar(keeps_history, {"history": f"public.{reading.table}_history"}):
        return None
    moment = await ctx.session.scalar(
        text(
            f"select upper(valid) - interval '1 microsecond' from {reading.table}_history"
            " where id = :id and version = :version and not upper_inf(valid)"
        ),
        {"id": item_id, "version": version},
    )
    if moment is None:
        return None
    back = text("select set_config('search_path', :path, true), set_config('turnstone.as_of', :moment, true)")
    path = await ctx.session.scalar(text("select current_setting('search_path')"))
    await ctx.session.execute(back, {"path": "as_of, public, turnstone", "moment": moment.isoformat()})
    try:
        was = await read_by_id(ctx, reading, item_id, **params)
    except Problem:
        return None
    finally:
        await ctx.session.execute(back, {"path": path, "moment": ""})
    found: dict[str, Any] = orjson.loads(was.body)
    return found


def table_of(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


async def add(ctx: Context, model: type[SQLModel], values: Mapping[str, Any]) -> int:
    """Insert a row of the plan in view; returns its id.

    Raises REF_TAKEN when its ref is in use, NOT_ALLOWED when policy refuses it.
    """
    table = table_of(model)
    row = dict(values)
    if "plan_id" in table.c and "plan_id" not in row:
        row["plan_id"] = ctx.plan.id
    try:
        async with ctx.session.begin_nested():
            return int(
                (await ctx.session.execute(insert(table).values(row).returning(table.c.id))).scalar_one()
            )
    except IntegrityError as error:
        raise _explained(error, row) from error


async def change(ctx: Context, model: type[SQLModel], item_id: int, values: Mapping[str, Any]) -> None:
    """Set columns of a row held by this transaction."""
    table = table_of(model)
    if not values:
        return
    try:
        async with ctx.session.begin_nested():
            await ctx.session.execute(update(table).where(table.c.id == item_id).values(dict(values)))
    except IntegrityError as error:
        raise _explained(error, values) from error


async def touch(ctx: Context, model: type[SQLModel], item_id: int) -> None:
    """Bump an item's version because its links or children changed."""
    table = table_of(model)
    await ctx.session.execute(
        text(f"update {table.name} set updated_at = clock_timestamp() where id = :id"), {"id": item_id}
    )


async def remove(ctx: Context, model: type[SQLModel], item_id: int) -> None:
    """Delete a row held by this transaction. Raises IN_USE when others depend on it."""
    table = table_of(model)
    try:
        async with ctx.session.begin_nested():
            await ctx.session.execute(delete(table).where(table.c.id == item_id))
    except IntegrityError as error:
        raise Problem(
            ProblemType.IN_USE, "Other items depend on this one; remove or move them first."
        ) from error


def _explained(error: IntegrityError, row: Mapping[str, Any]) -> Problem:
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
    if name.startswith("uq_") and "ref" in name and "ref" in row:
        return Problem(ProblemType.REF_TAKEN, f"The ref {row['ref']!r} is taken, regardless of case.")
    if name.startswith("uq_"):
        return conflict("There is already one like it.")
    return conflict("This does not fit with what is held.")


async def replace_children(
    ctx: Context,
    model: type[SQLModel],
    owner: Mapping[str, int],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: str,
) -> bool:
    """Bring an item's child rows to exactly ``rows``, told apart by ``key``; True if any changed.

    Rows that stay as they are are left alone, so that history records only what moved.
    """
    table = table_of(model)
    mine = [table.c[name] == value for name, value in owner.items()]
    held = {row[key]: row for row in (await ctx.session.execute(select(table).where(*mine))).mappings()}
    wanted = {row[key]: row for row in rows}
    changed = False
    surplus = [held[k]["id"] for k in held.keys() - wanted.keys()]
    if surplus:
        await ctx.session.execute(delete(table).where(table.c.id.in_(surplus)))
        changed = True
    for k, row in wanted.items():
        before = held.get(k)
        if before is None:
            plan = {"plan_id": ctx.plan.id} if "plan_id" in table.c else {}
            await ctx.session.execute(insert(table).values(plan | dict(owner) | dict(row)))
            changed = True
        elif any(before[name] != value for name, value in row.items()):
            await ctx.session.execute(update(table).where(table.c.id == before["id"]).values(dict(row)))
            changed = True
    return changed


def in_order(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Number rows from 0 in the order given: the key of child lists."""
    return [dict(row) | {"position": place} for place, row in enumerate(rows)]


def fuzzy_columns(name: str, value: FuzzyDate | None) -> dict[str, Any]:
    """The four columns that hold a fuzzy date called ``name``."""
    return {
        f"{name}_on": value.on if value else None,
        f"{name}_precision": value.precision if value else None,
        f"{name}_ongoing": value.ongoing if value else False,
        f"{name}_text": value.text if value else None,
    }


def sent(patch: BaseModel) -> dict[str, Any]:
    """The fields a merge patch names, as its validated Python values."""
    return {name: getattr(patch, name) for name in patch.model_fields_set}


def as_sent(patch: BaseModel) -> dict[str, Any]:
    """The same fields in JSON form, to show beside what is held."""
    return patch.model_dump(mode="json", exclude_unset=True)


async def ids_of(
    ctx: Context, model: type[SQLModel], refs: Sequence[str], pointer: str, what: str
) -> list[int]:
    """Ids of the plan's items with these refs, in their order.

    Raises INVALID pointing at the first ref that is not there.
    """
    if not refs:
        return []
    table = table_of(model)
    rows = await ctx.session.execute(
        text(f"select lower(ref), id from {table.name} where plan_id = :plan_id and lower(ref) = any(:refs)"),
        {"plan_id": ctx.plan.id, "refs": [ref.lower() for ref in refs]},
    )
    found = {row[0]: row[1] for row in rows}
    missing = [
        {
            "pointer": f"{pointer}/{place}",
            "code": "unknown_ref",
            "message": f"There is no {what} {ref!r} here.",
        }
        for place, ref in enumerate(refs)
        if ref.lower() not in found
    ]
    if missing:
        raise Problem(ProblemType.INVALID, missing[0]["message"], errors=missing)
    return list(dict.fromkeys(found[ref.lower()] for ref in refs))


__all__ = [
    "Held",
    "Item",
    "add",
    "as_sent",
    "change",
    "fuzzy_columns",
    "hold",
    "hold_id",
    "ids_of",
    "in_order",
    "remove",
    "replace_children",
    "sent",
    "table_of",
    "touch",
]
