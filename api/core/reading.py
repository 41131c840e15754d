"""Reads: each kind of item says once, in SQL, how it looks; pages and single reads follow from that.

The database writes the JSON, so a list costs one query and no model per row. Under ``as_of`` the
very same SQL reads history, because the search path then finds the tables' past.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2s
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from fastapi import Response
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DataError

from api.core.context import Context
from api.core.errors import Problem, ProblemType, not_found

MAX_LIMIT = 200
MAX_CURSOR = 8000
"""Of characters: a cursor may carry a line of text in whatever script."""


@dataclass(frozen=True)
class Sort:
    """An expression to sort by, and the SQL type its cursor value is cast back to."""

    sql: str
    type: str


@dataclass(frozen=True)
class Reading:
    """How one kind of item is read.

    ``body`` is the SQL of its JSON; ``source`` what stands after FROM, its main table under
    ``alias``; ``where`` binds it to the plan (``:plan_id``) or to its parent. ``filters`` map a
    query parameter to a condition over ``:name``, an array of text. ``:clock`` is the day to judge by.
    """

    what: str
    table: str
    alias: str
    source: str
    body: str
    sorts: Mapping[str, Sort]
    default_sort: str
    filters: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    ref: str | None = None
    alias_kind: str | None = None
    """The ItemKind whose old refs redirect here."""

    @property
    def by_plan(self) -> str:
        return self.where or f"{self.alias}.plan_id = :plan_id"

    @property
    def ref_column(self) -> str:
        return self.ref or f"{self.alias}.ref"


@dataclass(frozen=True)
class Item:
    id: int
    version: int
    body: bytes


@dataclass(frozen=True)
class PageQuery:
    """What a list was asked for, past its filters."""

    limit: int = 50
    cursor: str | None = None
    sort: str | None = None
    total: bool = False


class Moved(Exception):
    """The ref was corrected; the item now stands under another."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(new)
        self.old = old
        self.new = new


@lru_cache(maxsize=1024)
def _sql(statement: str) -> TextClause:
    """A statement as SQLAlchemy holds it. Kept, for finding its parameters anew takes as long as a
    small query; there are as many as there are ways to filter and sort that somebody uses.
    """
    return text(statement)


async def read_one(ctx: Context, reading: Reading, ref: str, **params: Any) -> Item:
    """The item with this ref, whatever its case. Raises Moved for a corrected ref, else NOT_FOUND."""
    found = await _one(ctx, reading, f"lower({reading.ref_column}) = lower(:ref)", {"ref": ref} | params)
    if found is None:
        await redirect_if_moved(ctx, reading, ref)
        raise not_found(reading.what)
    return found


async def read_by_id(ctx: Context, reading: Reading, item_id: int, **params: Any) -> Item:
    found = await _one(ctx, reading, f"{reading.alias}.id = :item_id", {"item_id": item_id} | params)
    if found is None:
        raise not_found(reading.what)
    return found


async def _one(ctx: Context, reading: Reading, condition: str, params: dict[str, Any]) -> Item | None:
    version = f"{reading.alias}.version"
    row = (
        await ctx.session.execute(
            _sql(
                f"select {reading.alias}.id, {version}, ({reading.body})::text"
                f" from {reading.source} where {reading.by_plan} and {condition}"
            ),
            _bound(ctx, params),
        )
    ).first()
    return None if row is None else Item(row[0], row[1], row[2].encode())


async def redirect_if_moved(ctx: Context, reading: Reading, ref: str) -> None:
    if reading.alias_kind is None or ctx.in_plan is None:
        return
    column = f"{reading.alias_kind}_id"
    row = (
        await ctx.session.execute(
            _sql(
                f"select i.ref from ref_alias r join {reading.table} i on i.id = r.{column}"
                " where r.plan_id = :plan_id and r.kind = :kind and lower(r.ref) = lower(:ref)"
            ),
            {"plan_id": ctx.plan.id, "kind": reading.alias_kind, "ref": ref},
        )
    ).first()
    if row is not None:
        raise Moved(ref, row[0])


async def read_page(
    ctx: Context,
    reading: Reading,
    query: PageQuery,
    filters: Mapping[str, Sequence[str] | None],
    *,
    beside: Mapping[str, Any] | None = None,
    **params: Any,
) -> Response:
    """One page as a response: ``{"items": […], "next": cursor or null}``, with ``total`` if asked, and
    what stands ``beside`` its items.

    Raises BAD_CURSOR for a cursor of another list, INVALID for an unknown sort.
    """
    chosen = {name: [str(v) for v in values] for name, values in filters.items() if values}
    keys = _sort_keys(reading, query.sort)
    conditions = [reading.by_plan, *(f"({reading.filters[name]})" for name in chosen)]
    bound = _bound(ctx, params | chosen)
    fingerprint = _fingerprint(ctx, reading, query, chosen, params)
    after: list[str] = []
    if query.cursor:
        values = _open_cursor(query.cursor, fingerprint, len(keys))
        for place, value in enumerate(values):
            bound[f"after_{place}"] = value
        after = [_after(keys, values)]
    order = ", ".join(f"{sort.sql} {'desc' if down else 'asc'} nulls last" for sort, down in keys)
    marks = ", ".join(f"({sort.sql})::text" for sort, _ in keys)
    statement = (
        f"select ({reading.body})::text, {marks} from {reading.source}"
        f" where {' and '.join([*conditions, *after])} order by {order} limit :one_more"
    )
    try:
        rows = (await ctx.session.execute(_sql(statement), bound | {"one_more": query.limit + 1})).all()
    except DataError as error:
        if after:
            raise _bad_cursor() from error
        raise
    shown = rows[: query.limit]
    following = _close_cursor(fingerprint, list(shown[-1][1:])) if len(rows) > query.limit else None
    parts = ['{"items":[', ",".join(row[0] for row in shown), '],"next":', orjson.dumps(following).decode()]
    if query.total:
        counted = await ctx.session.scalar(
            _sql(f"select count(*) from {reading.source} where {' and '.join(conditions)}"), bound
        )
        parts.append(f',"total":{counted}')
    for name, value in (beside or {}).items():
        parts.append(f',"{name}":{orjson.dumps(value).decode()}')
    parts.append("}")
    headers = {"Link": f'<?{_following_query(ctx, following)}>; rel="next"'} if following else None
    return ctx.show("".join(parts).encode(), headers=headers)


def _asked(ctx: Context) -> list[tuple[str, str]]:
    """The parameters of the request's query."""
    return parse_qsl(ctx.etag_seed.partition("?")[2], keep_blank_values=True)


def _fingerprint(
    ctx: Context,
    reading: Reading,
    query: PageQuery,
    chosen: Mapping[str, list[str]],
    params: Mapping[str, Any],
) -> str:
    """What a cursor is bound to: the list, its plan, sorting and filters, and the moment read.

    Moments count as they were asked for: read as of today, each page is read at a later one. So do
    lists of what was found before the page was read: they follow from what was asked.
    """
    asked = sorted(pair for pair in _asked(ctx) if pair[0] not in {"cursor", "limit", "total", "sort"})
    fixed = {name: value for name, value in params.items() if not isinstance(value, datetime | list)}
    plan = ctx.in_plan.id if ctx.in_plan else None
    bound_to = [reading.what, plan, query.sort or reading.default_sort, chosen, fixed, asked]
    return blake2s(orjson.dumps(bound_to, default=str), digest_size=6).hexdigest()


def _following_query(ctx: Context, cursor: str) -> str:
    """The request's own query leading on: filters, sorting and limit stay."""
    return urlencode([pair for pair in _asked(ctx) if pair[0] != "cursor"] + [("cursor", cursor)])


def _bound(ctx: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    plan = {"plan_id": ctx.in_plan.id} if ctx.in_plan else {}
    return {"clock": ctx.clock, "today": ctx.today, **plan, **params}


def _sort_keys(reading: Reading, asked: str | None) -> list[tuple[Sort, bool]]:
    keys: list[tuple[Sort, bool]] = []
    for name in (asked or reading.default_sort).split(","):
        bare = name.strip().removeprefix("-")
        if bare not in reading.sorts:
            allowed = ", ".join(sorted(reading.sorts))
            raise Problem(ProblemType.INVALID, f"Cannot sort by {bare!r}; choose from {allowed}.")
        keys.append((reading.sorts[bare], name.strip().startswith("-")))
    keys.append((Sort(f"{reading.alias}.id", "bigint"), False))
    return keys


def _after(keys: list[tuple[Sort, bool]], values: list[str | None]) -> str:
    """The condition for rows past the cursor, nulls standing last in either direction."""
    ways: list[str] = []
    equal: list[str] = []
    for place, ((sort, down), value) in enumerate(zip(keys, values, strict=True)):
        mark = f"cast(:after_{place} as {sort.type})"
        if value is not None:
            beyond = f"({sort.sql} {'<' if down else '>'} {mark} or {sort.sql} is null)"
            ways.append(" and ".join([*equal, beyond]))
            equal.append(f"{sort.sql} = {mark}")
        else:
            equal.append(f"{sort.sql} is null")
    return "(" + " or ".join(f"({way})" for way in ways) + ")"


def _close_cursor(fingerprint: str, values: list[str | None]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([fingerprint, *values])).decode().rstrip("=")


def _open_cursor(cursor: str, fingerprint: str, places: int) -> list[str | None]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        held = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        sound = (
            isinstance(held, list)
            and len(held) == places + 1
            and held[0] == fingerprint
            and all(value is None or isinstance(value, str) for value in held[1:])
            and isinstance(held[-1], str)
            and held[-1].isdecimal()
        )
    except (binascii.Error, ValueError):
        sound = False
    if not sound:
        raise _bad_cursor()
    return list(held[1:])


def _bad_cursor() -> Problem:
    return Problem(
        ProblemType.BAD_CURSOR,
        "Use the cursor from a page of this same list, with the same filters and sorting.",
    )
