"""What changed in a plan, told entry by entry: one for what one request did to one item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from fastapi import Response

from api.changes.fields import changed_fields, pointed_at, shortened
from api.changes.items import CALLED, PARTS, ChangedKind, TimelineKind
from api.changes.repository import (
    CHANGES,
    TIMELINES,
    RowChange,
    Within,
    counts_within,
    heads_within,
    item_called,
    names_of,
    rows_changed,
)
from api.changes.schemas import What
from api.core.context import Context, content_etag, to_json
from api.core.errors import not_found
from api.core.reading import PageQuery, read_page

Filters = Mapping[str, Sequence[str] | None]
Entry = dict[str, Any]
LONDON = ZoneInfo("Europe/London")
LONGEST_IN_A_LIST = 300
"""Characters of a text shown before and after in a list; an item's own timeline shows it whole."""


def _within(ctx: Context, since: datetime | None = None, until: datetime | None = None) -> Within:
    """A stretch of time, ending with the moment of an as-of read at the latest."""
    ends = [until] if until else []
    if ctx.as_of:
        ends.append(ctx.as_of + timedelta(microseconds=1))
    return Within(since or Within.since, min(ends, default=Within.until))


async def list_changes(
    ctx: Context, query: PageQuery, filters: Filters, since: date | None, until: date | None
) -> Response:
    """A page of the plan's change record, newest first; both days, in London, are included."""
    within = _within(
        ctx,
        datetime.combine(since, time.min, tzinfo=LONDON) if since else None,
        datetime.combine(until, time.min, tzinfo=LONDON) + timedelta(days=1) if until else None,
    )
    page = await read_page(ctx, CHANGES, query, filters, **within.bounds)
    # Never 304 later on: what settles meanwhile changes this page, but not the plan's pulse.
    return await _told(ctx, page, longest=LONGEST_IN_A_LIST, always_afresh=True)


async def read_timeline(ctx: Context, kind: TimelineKind, ref: str, query: PageQuery) -> Response:
    """A page of one item's history, newest first. Raises NOT_FOUND for a ref no item ever had."""
    item_id = await item_called(ctx, kind, ref)
    if item_id is None:
        raise not_found(kind.value)
    page = await read_page(ctx, TIMELINES[kind], query, {}, item_id=item_id, **_within(ctx).bounds)
    return await _told(ctx, page)


async def recent_changes(ctx: Context, days: int, *, latest: int = 20) -> dict[str, Any]:
    """What changed in the last ``days`` days: counts by kind of item and the latest entries.

    The shape is RecentChanges; always five queries. A reader without ``change:read`` gets none.
    """
    within = _within(ctx, (ctx.as_of or datetime.now(UTC)) - timedelta(days=days))
    counts, complete = await counts_within(ctx, within)
    entries = await _entries(ctx, await heads_within(ctx, within, latest), longest=LONGEST_IN_A_LIST)
    return {"days": days, "counts": counts, "counts_complete": complete, "latest": entries}


async def _told(
    ctx: Context, page: Response, *, longest: int | None = None, always_afresh: bool = False
) -> Response:
    """The page of heads with each head told as an entry."""
    shown = orjson.loads(page.body)
    shown["items"] = await _entries(ctx, shown["items"], longest=longest)
    body = to_json(shown)
    headers = {name: page.headers[name] for name in ("Link",) if name in page.headers}
    if always_afresh:
        headers["ETag"] = content_etag(body, None)
    return ctx.show(body, headers=headers)


async def _entries(ctx: Context, heads: Sequence[Entry], *, longest: int | None = None) -> list[Entry]:
    changed: dict[tuple[int, str, int], list[RowChange]] = {}
    wanted: dict[str, set[int]] = {}
    for row in await rows_changed(ctx, heads):
        changed.setdefault((row.xid, row.item_kind, row.item_id), []).append(row)
        for version in (row.before, row.after):
            for table, row_id in pointed_at(row.entity, version) if version else ():
                wanted.setdefault(table, set()).add(row_id)
    names = await names_of(ctx, wanted)
    return [
        _entry(head, changed.get((head["xid"], head["kind"], head["item_id"]), []), names, longest)
        for head in heads
    ]


def _entry(
    head: Entry, rows: Sequence[RowChange], names: Mapping[tuple[str, int], str], longest: int | None
) -> Entry:
    what = _what(head["kind"], rows)
    fields = (
        []
        if what is What.DELETED
        else [
            {
                "field": change.field,
                "of": shortened(change.of, longest) if longest else change.of,
                "from": shortened(change.before, longest) if longest else change.before,
                "to": shortened(change.after, longest) if longest else change.after,
            }
            for row in rows
            if row.before is not None or row.after is not None
            for change in changed_fields(row.entity, row.before, row.after, names)
        ]
    )
    called = head["called"] or {"ref": None, "title": None}
    told = {name: head[name] for name in ("id", "at", "by", "reason", "request_id")}
    return told | {"what": what.value, "kind": head["kind"]} | called | {"fields": fields}


def _what(kind: str, rows: Sequence[RowChange]) -> What:
    """Created or deleted as a whole, or else changed, itself or in its parts."""
    own = [row for row in rows if row.entity == CALLED[ChangedKind(kind)].table and row.entity not in PARTS]
    if any(row.is_gone for row in own):
        return What.DELETED
    return What.CREATED if any(row.is_new for row in own) else What.CHANGED
