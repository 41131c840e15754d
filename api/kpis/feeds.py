"""What can be done with feeds: the systems that owe values of some KPIs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import text

from api.core.context import Context, to_json
from api.core.editing import add, as_sent, change, hold, ids_of, remove, sent, touch
from api.core.errors import Problem, ProblemType, field_error, invalid, not_allowed
from api.core.reading import Item, PageQuery, read_by_id, read_one, read_page
from api.kpis.feed_schemas import FeedCreate, FeedUpdate
from api.kpis.punctuality import by_period, owed, state_of
from api.kpis.repository import FEEDS
from api.kpis.standing import Freshness, freshness
from api.kpis.tables import Feed, Kpi
from api.plans.tables import Party

_PLAIN = ("ref", "title", "system", "frequency", "due_after_days", "locks_after_days")


async def list_feeds(ctx: Context, query: PageQuery, filters: Mapping[str, Sequence[str] | None]) -> Response:
    """Feeds judged on the plan's clock; ``state`` finds those that stand so."""
    found = None
    if filters.get("state"):
        found = await _in_state(ctx, frozenset(map(str, filters["state"] or ())))
    page = await read_page(ctx, FEEDS, query, filters, in_state=found)
    body = orjson.loads(page.body)
    body["items"] = [_with_freshness(item, ctx) for item in body["items"]]
    link = page.headers.get("link")
    return ctx.show(to_json(body), headers={"Link": link} if link else None)


async def count_states(ctx: Context) -> Counter[str | None]:
    """How many of the plan's feeds stand in each state, on its clock."""
    return Counter((await _states(ctx)).values())


async def _in_state(ctx: Context, states: frozenset[str]) -> list[int]:
    return [feed_id for feed_id, state in (await _states(ctx)).items() if state in states]


async def _states(ctx: Context) -> dict[int, str | None]:
    """How each feed of the plan stands, by its id. A plan has a few dozen at most."""
    rows = await ctx.session.execute(
        text(f"select fd.id, ({FEEDS.body})::text from {FEEDS.source} where {FEEDS.by_plan}"),
        {"plan_id": ctx.plan.id},
    )
    return {row[0]: _with_freshness(orjson.loads(row[1]), ctx)["state"] for row in rows}


async def read_feed(ctx: Context, ref: str) -> Item:
    return _judged(await read_one(ctx, FEEDS, ref), ctx)


async def create_feed(ctx: Context, new: FeedCreate) -> Item:
    """Raises REF_TAKEN, or INVALID for an owner, integration or KPI that is not in the plan."""
    feed_id = await add(
        ctx,
        Feed,
        {
            "ref": new.ref,
            "title": new.title,
            "system": new.system,
            "owner_id": await _owner_id(ctx, new.owner),
            "integration_id": await _integration_id(ctx, new.integration),
            "frequency": new.frequency,
            "due_after_days": new.due_after_days,
            "locks_after_days": new.locks_after_days,
        },
    )
    await _set_kpis(ctx, feed_id, new.kpis)
    return _judged(await read_by_id(ctx, FEEDS, feed_id), ctx)


async def update_feed(ctx: Context, ref: str, patch: FeedUpdate, if_match: str | None) -> Item:
    """Apply a merge patch. Raises EDIT_CONFLICT, NOT_ALLOWED or INVALID."""
    held = await hold(ctx, FEEDS, ref, if_match, as_sent(patch))
    fields = sent(patch)
    empty = [
        field_error(f"/{name}", "cannot be null")
        for name in ("ref", "title", "kpis")
        if name in fields and fields[name] is None
    ]
    if empty:
        raise Problem(ProblemType.INVALID, f"{empty[0]['pointer']} cannot be null.", errors=empty)
    columns: dict[str, Any] = {name: fields[name] for name in _PLAIN if name in fields}
    if "owner" in fields:
        columns["owner_id"] = await _owner_id(ctx, fields["owner"])
    if "integration" in fields:
        columns["integration_id"] = await _integration_id(ctx, fields["integration"])
    await change(ctx, Feed, held.id, columns)
    if "kpis" in fields and await _set_kpis(ctx, held.id, fields["kpis"]):
        await touch(ctx, Feed, held.id)
    return _judged(await read_by_id(ctx, FEEDS, held.id), ctx)


async def delete_feed(ctx: Context, ref: str, if_match: str | None) -> None:
    """Its KPIs stay, and are then owed by nobody."""
    held = await hold(ctx, FEEDS, ref, if_match)
    await remove(ctx, Feed, held.id)


def _judged(item: Item, ctx: Context) -> Item:
    return Item(item.id, item.version, to_json(_with_freshness(orjson.loads(item.body), ctx)))


def _with_freshness(item: dict[str, Any], ctx: Context) -> dict[str, Any]:
    kpis = []
    for kpi in item["kpis"]:
        latest = kpi["shown"]["points"][-1] if kpi["shown"] else None
        kpis.append(
            {
                "ref": kpi["ref"],
                "title": kpi["title"],
                "latest_period": latest["period"] if latest else None,
                "freshness": freshness(kpi, latest, ctx.clock),
            }
        )
    late = sum(1 for kpi in kpis if kpi["freshness"] and kpi["freshness"]["state"] == Freshness.LATE)
    values = [one for kpi in item["kpis"] for one in owed(kpi, ctx.clock)]
    return item | {"kpis": kpis, "late": late, "state": state_of(values), "periods": by_period(values)}


async def _owner_id(ctx: Context, ref: str | None) -> int | None:
    return None if ref is None else (await ids_of(ctx, Party, [ref], "/owner", "party"))[0]


async def _integration_id(ctx: Context, client_id: str | None) -> int | None:
    """Raises INVALID for a client that is no member of the plan."""
    if client_id is None:
        return None
    found: int | None = await ctx.session.scalar(
        text(
            "select i.id from integration i join membership m on m.principal_id = i.id"
            " where m.plan_id = :plan and i.client_id = :client"
        ),
        {"plan": ctx.plan.id, "client": client_id},
    )
    if found is None:
        raise invalid(
            "/integration", f"No integration with the client id {client_id!r} is in this plan.", "unknown_ref"
        )
    return found


async def _set_kpis(ctx: Context, feed_id: int, refs: list[str]) -> bool:
    """Bring the feed's KPIs to exactly these; True if any changed.

    Raises NOT_ALLOWED where row-level security lets the actor change the feed but not the KPIs.
    """
    ids = await ids_of(ctx, Kpi, refs, "/kpis", "KPI")
    moving = (
        await ctx.session.scalars(
            text(
                "select id from kpi where plan_id = :plan and (id = any(:ids) or feed_id = :feed)"
                " and (id = any(:ids)) is distinct from (feed_id = :feed) order by id"
            ),
            {"plan": ctx.plan.id, "ids": ids, "feed": feed_id},
        )
    ).all()
    if not moving:
        return False
    moved = await ctx.session.scalars(
        text(
            "update kpi set feed_id = case when id = any(:ids) then cast(:feed as bigint) end"
            " where id = any(:moving) returning id"
        ),
        {"ids": ids, "feed": feed_id, "moving": list(moving)},
    )
    if len(moved.all()) != len(moving):
        raise not_allowed("You may change this feed, but not which KPIs it brings.")
    return True
