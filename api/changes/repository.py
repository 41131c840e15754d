"""How the change record is read: one entry for what one transaction did to one item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from api.changes.items import CALLED, UNSHOWN, ChangedKind, TimelineKind
from api.core import fragments as sql
from api.core.context import Context
from api.core.reading import Reading, Sort
from api.narratives.about import TABLES as ARC

_LAST_OF_ITS_ENTRY = """c.id = (select max(d.id) from change d
    where d.item_kind = c.item_kind and d.item_id = c.item_id and d.xid = c.xid and d.at = c.at)"""
"""An entry is told by its last row. The time too, as numbers of transactions start anew after a restore."""

_SETTLED = """(c.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    or c.at < now() - interval '1 hour')"""
"""Below the oldest running transaction; what is an hour old was written by none that still runs."""

_WITHIN = "c.at >= :since and c.at < :until"
"""Bound as plain moments: row-level security lets an index serve no condition that calls a function."""

_BY_THEN = "lower(h.valid) <= (select coalesce(turnstone.as_of(), 'infinity'))"
"""An as-of read calls things what they were called at its moment, as everything else in it."""

_LABELS = " ".join(
    f"when '{kind.value}' then (select json_build_object("
    f" 'ref', {called.ref}, 'title', left({called.title}, 200)) from {called.table}_history h"
    f" where h.id = c.item_id and {_BY_THEN} order by lower(h.valid) desc limit 1)"
    for kind, called in CALLED.items()
)
_BY = "(select pr.name from principal pr where pr.id = c.principal_id)"

HEAD = f"""json_build_object(
    'id', c.id, 'at', turnstone.utc(c.at), 'by', {_BY}, 'reason', c.reason, 'request_id', c.request_id,
    'kind', c.item_kind, 'item_id', c.item_id, 'xid', c.xid, 'called', case c.item_kind {_LABELS} end)"""


@dataclass(frozen=True)
class Within:
    """A stretch of time: from a moment on, and before another."""

    since: datetime = datetime(1900, 1, 1, tzinfo=UTC)
    until: datetime = datetime(9999, 12, 31, tzinfo=UTC)

    @property
    def bounds(self) -> dict[str, Any]:
        return {"since": self.since, "until": self.until}


CHANGES = Reading(
    what="change",
    table="change",
    alias="c",
    source="change c",
    body=HEAD,
    where=f"c.plan_id = :plan_id and {_WITHIN} and {_LAST_OF_ITS_ENTRY} and {_SETTLED}",
    sorts={"at": Sort("c.at", "timestamptz"), "id": Sort("c.id", "bigint")},
    default_sort="-at,-id",
    filters={
        "kind": sql.one_of("c.item_kind", "kind"),
        "by": f"lower({_BY}) = any(select lower(unnest(cast(:by as text[]))))",
    },
)


def timeline_of(kind: TimelineKind) -> Reading:
    """Changes of one item (``:item_id``), and of the narratives and checks about it."""
    beneath = ""
    if kind.value in {item.value for item in ARC}:
        beneath = f"""
            union select 'narrative', na.narrative_id from narrative_about_history na
            where na.plan_id = :plan_id and na.{kind.value}_id = :item_id
            union select 'check', k.id from assurance_check_history k
            where k.plan_id = :plan_id and k.{kind.value}_id = :item_id"""
    return Reading(
        what=f"history of {kind.value}",
        table="change",
        alias="c",
        source="change c",
        body=HEAD,
        where=f"c.plan_id = :plan_id and {_WITHIN} and {_LAST_OF_ITS_ENTRY}"
        f" and (c.item_kind, c.item_id) in (select '{kind.value}', cast(:item_id as bigint) {beneath})",
        # Not the bare columns: reading the whole plan's record backwards until enough of one item's
        # changes are found can take as long as the plan is old.
        sorts={"at": Sort("(c.at + interval '0')", "timestamptz"), "id": Sort("c.id", "bigint")},
        default_sort="-at,-id",
    )


TIMELINES = {kind: timeline_of(kind) for kind in TimelineKind}


async def item_called(ctx: Context, kind: TimelineKind, ref: str) -> int | None:
    """The id of the item with this ref: the present one, else the last that ever had it."""
    table = CALLED[ChangedKind(kind.value)].table
    plan = "id" if kind is TimelineKind.PLAN else "plan_id"
    found: int | None = await ctx.session.scalar(
        text(
            f"select id from ("
            f" select i.id, 0 as rank, null::timestamptz as since from {table} i"
            f" where i.{plan} = :plan_id and lower(i.ref) = lower(:ref)"
            f" union all select h.id, 1, lower(h.valid) from {table}_history h"
            f" where h.{plan} = :plan_id and lower(h.ref) = lower(:ref)"
            ") found order by rank, since desc limit 1"
        ),
        {"plan_id": ctx.plan.id, "ref": ref},
    )
    return found


@dataclass(frozen=True)
class RowChange:
    """What one transaction made of one row: its version before, and after (None where it went)."""

    xid: int
    item_kind: str
    item_id: int
    entity: str
    entity_id: int
    is_new: bool
    is_gone: bool
    before: dict[str, Any] | None
    after: dict[str, Any] | None


_TOUCHED = """
    select max(c.id) as id, min(c.at) as at, c.xid, c.item_kind, c.item_id, c.entity, c.entity_id,
           (array_agg(c.verb order by c.id))[1] as first, (array_agg(c.verb order by c.id desc))[1] as last
    from unnest(cast(:xids as bigint[]), cast(:kinds as text[]), cast(:items as bigint[]),
                cast(:ids as bigint[])) head (xid, kind, item, id)
    join change h on h.id = head.id
    join change c on c.item_kind = head.kind and c.item_id = head.item and c.xid = head.xid and c.at = h.at
    group by c.xid, c.item_kind, c.item_id, c.entity, c.entity_id
    order by min(c.id)"""


async def rows_changed(ctx: Context, heads: Sequence[Mapping[str, Any]]) -> list[RowChange]:
    """Every row that the entries told by ``heads`` changed, with its versions from history.

    Two queries, however many entries there are and whatever tables they reach into.
    """
    if not heads:
        return []
    touched = (
        await ctx.session.execute(
            text(_TOUCHED),
            {
                "xids": [head["xid"] for head in heads],
                "kinds": [head["kind"] for head in heads],
                "items": [head["item_id"] for head in heads],
                "ids": [head["id"] for head in heads],
            },
        )
    ).all()
    versions = await _versions(ctx, [row for row in touched if row.entity not in UNSHOWN])
    return [
        RowChange(
            row.xid,
            row.item_kind,
            row.item_id,
            row.entity,
            row.entity_id,
            row.first == "insert",
            row.last == "delete",
            *versions.get(row.id, (None, None)),
        )
        for row in touched
    ]


Versions = dict[int, tuple[dict[str, Any] | None, dict[str, Any] | None]]


async def _versions(ctx: Context, touched: Sequence[Any]) -> Versions:
    """Before and after of each row, by the id of its last change."""
    by_table: dict[str, list[Any]] = {}
    for row in touched:
        by_table.setdefault(row.entity, []).append(row)
    if not by_table:
        return {}
    ways: list[str] = []
    bound: dict[str, Any] = {}
    for place, (table, rows) in enumerate(by_table.items()):
        bound |= {
            f"ids_{place}": [row.id for row in rows],
            f"rows_{place}": [row.entity_id for row in rows],
            f"ats_{place}": [row.at for row in rows],
        }
        ways.append(
            f"""select c.id, was.body as before, now.body as after
            from unnest(cast(:ids_{place} as bigint[]), cast(:rows_{place} as bigint[]),
                        cast(:ats_{place} as timestamptz[])) c (id, row_id, at)
            left join lateral (
                select to_jsonb(h) as body, lower(h.valid) as since from {table}_history h
                where h.id = c.row_id and lower(h.valid) >= c.at and h.change_id = c.id
                order by lower(h.valid) limit 1) now on true
            left join lateral (
                select to_jsonb(h) as body from {table}_history h
                where h.id = c.row_id and lower(h.valid) < coalesce(now.since, 'infinity')
                order by lower(h.valid) desc limit 1) was on true"""
        )
    found = await ctx.session.execute(text(" union all ".join(ways)), bound)
    return {row.id: (row.before, row.after) for row in found}


_NAMED_BY = {
    "principal": "name",
    "team": "name",
    "authority": "name",
    "party": "name",
    "ladder": "title",
    "audit_edition": "number::text",
    "submission": "submission_ref::text",
}
_KEEPS_NO_HISTORY = frozenset({"principal", "team", "authority", "benchmark_dataset"})


async def names_of(ctx: Context, wanted: Mapping[str, set[int]]) -> dict[tuple[str, int], str]:
    """What rows are called, by table and id: a party by its name, most items by their ref. One query.

    Rows that are gone are called what they were called last.
    """
    ways: list[str] = []
    bound: dict[str, Any] = {}
    for place, (table, ids) in enumerate(sorted(wanted.items())):
        bound[f"ids_{place}"] = sorted(ids)
        these = f"h.id = any(cast(:ids_{place} as bigint[]))"
        if table == "kpi_recommendation":
            called = (
                "(select r.ref from recommendation_history r where r.id = h.recommendation_id"
                f" and {_BY_THEN.replace('h.', 'r.')} order by lower(r.valid) desc limit 1)"
            )
        else:
            called = f"h.{_NAMED_BY.get(table, 'ref')}"
        if table in _KEEPS_NO_HISTORY:
            ways.append(f"select '{table}' as held_in, h.id, {called} as called from {table} h where {these}")
        else:
            ways.append(
                f"(select distinct on (h.id) '{table}' as held_in, h.id, {called} as called"
                f" from {table}_history h where {these} and {_BY_THEN}"
                " order by h.id, lower(h.valid) desc)"
            )
    if not ways:
        return {}
    rows = await ctx.session.execute(text(" union all ".join(ways)), bound)
    return {(row.held_in, row.id): row.called for row in rows}


MOST_COUNTED = 5000
"""Rows of the record that a count looks at; a plan just loaded has more, and says so."""


async def heads_within(ctx: Context, within: Within, limit: int) -> list[dict[str, Any]]:
    """The latest entries of a stretch of time, newest first."""
    rows = await ctx.session.scalars(
        text(
            f"select {HEAD} from change c where c.plan_id = :plan_id and {_WITHIN} and {_LAST_OF_ITS_ENTRY}"
            f" order by {_NEWEST_FIRST} limit :most"
        ),
        {"plan_id": ctx.plan.id, "most": limit} | within.bounds,
    )
    return list(rows)


async def counts_within(ctx: Context, within: Within) -> tuple[dict[str, int], bool]:
    """Entries of a stretch of time by kind of item, and whether that is all of them."""
    rows = (
        await ctx.session.execute(
            text(
                "with recent as ("
                f" select c.item_kind, c.item_id, c.xid, c.at from change c"
                f" where c.plan_id = :plan_id and {_WITHIN} order by {_NEWEST_FIRST} limit :most)"
                " select item_kind, count(distinct (item_id, xid, at)) as entries,"
                " (select count(*) from recent) as looked_at from recent group by item_kind order by 1"
            ),
            {"plan_id": ctx.plan.id, "most": MOST_COUNTED} | within.bounds,
        )
    ).all()
    return {row.item_kind: row.entries for row in rows}, not rows or rows[0].looked_at < MOST_COUNTED


_NEWEST_FIRST = "c.at desc nulls last, c.id desc nulls last"
