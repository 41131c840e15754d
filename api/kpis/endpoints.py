"""Routes of KPIs, their segments, and feeds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.context import to_json
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_one
from api.kpis import feeds, segments, service, year
from api.kpis.feed_schemas import FeedCreate, FeedPage, FeedRead, FeedRef, FeedUpdate
from api.kpis.punctuality import Punctuality
from api.kpis.repository import SEGMENT
from api.kpis.schemas import (
    KpiCreate,
    KpiPage,
    KpiRead,
    KpiRef,
    KpiUpdate,
    RollUpsRead,
    SegmentCreate,
    SegmentPage,
    SegmentRead,
    SegmentRef,
    SegmentUpdate,
)

router = APIRouter(tags=["kpis"], route_class=Route)
feed_router = APIRouter(tags=["feeds"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
Create = Annotated[Context, may_use(writing(P.KPI_CREATE))]
Change = Annotated[Context, may_use(writing(P.KPI_UPDATE))]
Delete = Annotated[Context, may_use(writing(P.KPI_DELETE))]
ReadFeeds = Annotated[Context, may_use(reading(P.PLAN_READ, P.MEASUREMENT_WRITE, P.MEASUREMENT_WRITE_SET))]
SetUp = Annotated[Context, may_use(writing(P.SETUP_WRITE))]


@router.get("/plans/{plan}/kpis", summary="List KPIs", response_model=KpiPage, responses=READS)
async def list_kpis(
    ctx: Read,
    page: Paging,
    category: Annotated[list[terms.KpiCategory] | None, Query()] = None,
    kind: Annotated[list[terms.KpiKind] | None, Query()] = None,
    unit: Annotated[list[terms.Unit] | None, Query()] = None,
    lead: Annotated[list[str] | None, Query(description="Party refs; `none` for leaderless.")] = None,
    theme: Annotated[list[str] | None, Query()] = None,
    recommendation: Annotated[list[str] | None, Query()] = None,
    parent: Annotated[list[str] | None, Query(description="KPI refs; `none` for top level.")] = None,
    feed: Annotated[list[str] | None, Query(description="Feed refs; `none` for those of no feed.")] = None,
    superseded: Annotated[bool | None, Query()] = None,
    has_values: Annotated[bool | None, Query()] = None,
    mine: Annotated[bool | None, Query(description="Led by you, your team, or one you deputise for.")] = None,
    doubtful: Annotated[bool | None, Query(description="Has a doubt nobody settled.")] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref or title.")] = None,
) -> Response:
    """KPIs with their latest values, how they moved, and how they stand against the target in force.

    Sort keys: position, ref, title, category, updated. Targets and lateness are judged on the plan's clock.
    """
    return await service.list_kpis(
        ctx,
        page,
        {
            "category": category,
            "kind": kind,
            "unit": unit,
            "lead": lead,
            "theme": theme,
            "recommendation": recommendation,
            "parent": parent,
            "feed": feed,
            "superseded": _word(superseded),
            "has_values": _word(has_values),
            "mine": _word(mine),
            "doubtful": _word(doubtful),
            "q": [q] if q else None,
        },
    )


def _word(asked: bool | None) -> list[str] | None:
    return None if asked is None else [str(asked).lower()]


@router.post(
    "/plans/{plan}/kpis", summary="Add a KPI", status_code=201, response_model=KpiRead, responses=CREATES
)
async def create_kpi(new: KpiCreate, ctx: Create) -> Response:
    """With its definition, targets and segments; `_all`, the whole service, comes by itself."""
    item = await service.create_kpi(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/kpis/{new.ref}", version=item.version)


@router.get("/plans/{plan}/kpis/{kpi}", summary="Read a KPI", response_model=KpiRead, responses=READS)
async def read_kpi(kpi: KpiRef, ctx: Read) -> Response:
    """One KPI, whole, with the last 36 points. A corrected ref redirects (308)."""
    item = await service.read_kpi(ctx, kpi)
    return ctx.show(item.body, version=item.version)


@router.patch("/plans/{plan}/kpis/{kpi}", summary="Change a KPI", response_model=KpiRead, responses=CHANGES)
async def update_kpi(kpi: KpiRef, patch: KpiUpdate, ctx: Change, if_match: IfMatch = None) -> Response:
    """A merge patch. A new definition begins on a day; the period type is fixed once there are values."""
    item = await service.update_kpi(ctx, kpi, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete("/plans/{plan}/kpis/{kpi}", summary="Delete a KPI", status_code=204, responses=REMOVES)
async def delete_kpi(kpi: KpiRef, ctx: Delete, if_match: IfMatch = None) -> Response:
    """Only while it has no values; afterwards it can be superseded."""
    await service.delete_kpi(ctx, kpi, if_match)
    return ctx.no_content()


@router.get(
    "/plans/{plan}/kpis/{kpi}/roll-ups",
    summary="Read a KPI's quarters and year to date",
    response_model=RollUpsRead,
    responses=READS,
)
async def read_roll_ups(
    kpi: KpiRef,
    ctx: Read,
    segment: Annotated[str, Query(max_length=64)] = "_all",
    basis: Annotated[terms.Basis, Query()] = terms.Basis.OPERATIONAL_PROVISIONAL,
    financial_year: Annotated[
        str | None, Query(max_length=40, description="The current one if left out.", examples=["FY2026-27"])
    ] = None,
) -> Response:
    """Derived when read, and only where the KPI says how (`rollup`); what is missing is named."""
    return ctx.show(to_json(await year.read_roll_ups(ctx, kpi, segment, basis, financial_year)))


@router.get(
    "/plans/{plan}/kpis/{kpi}/segments",
    summary="List a KPI's segments",
    response_model=SegmentPage,
    responses=READS,
)
async def list_segments(kpi: KpiRef, ctx: Read, page: Paging) -> Response:
    """The parts of the service it is measured for; `_all` is the whole."""
    return await segments.list_segments(ctx, kpi, page)


@router.post(
    "/plans/{plan}/kpis/{kpi}/segments",
    summary="Add a segment",
    status_code=201,
    response_model=SegmentRead,
    responses=CREATES,
)
async def create_segment(kpi: KpiRef, new: SegmentCreate, ctx: Change) -> Response:
    """A locality, team or group the KPI is also measured for."""
    item = await segments.create_segment(ctx, kpi, new)
    where = f"/v1/plans/{ctx.plan.ref}/kpis/{kpi}/segments/{new.ref}"
    return ctx.created(item.body, where, version=item.version)


@router.get(
    "/plans/{plan}/kpis/{kpi}/segments/{segment}",
    summary="Read a segment",
    response_model=SegmentRead,
    responses=READS,
)
async def read_segment(kpi: KpiRef, segment: SegmentRef, ctx: Read) -> Response:
    """Its title, and the version to change it with."""
    item = await read_one(ctx, SEGMENT, segment, kpi_id=await segments.kpi_id_of(ctx, kpi))
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/kpis/{kpi}/segments/{segment}",
    summary="Change a segment",
    response_model=SegmentRead,
    responses=CHANGES,
)
async def update_segment(
    kpi: KpiRef, segment: SegmentRef, patch: SegmentUpdate, ctx: Change, if_match: IfMatch = None
) -> Response:
    """Its title or ref; its values stay with it."""
    item = await segments.update_segment(ctx, kpi, segment, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete(
    "/plans/{plan}/kpis/{kpi}/segments/{segment}",
    summary="Delete a segment",
    status_code=204,
    responses=REMOVES,
)
async def delete_segment(kpi: KpiRef, segment: SegmentRef, ctx: Change, if_match: IfMatch = None) -> Response:
    """Only while it has no values."""
    await segments.delete_segment(ctx, kpi, segment, if_match)
    return ctx.no_content()


@feed_router.get("/plans/{plan}/feeds", summary="List feeds", response_model=FeedPage, responses=READS)
async def list_feeds(
    ctx: ReadFeeds,
    page: Paging,
    state: Annotated[list[Punctuality] | None, Query()] = None,
    owner: Annotated[list[str] | None, Query(description="Party refs.")] = None,
    mine: Annotated[bool | None, Query(description="Those that you, an integration, bring.")] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref, title or system.")] = None,
) -> Response:
    """Which system owes which KPIs, how often and by when, and what is in, late or missing.

    An integration without leave to read the plan sees the feeds it brings. Sort keys: ref, title.
    """
    filters = {"state": state, "owner": owner, "mine": _word(mine), "q": [q] if q else None}
    return await feeds.list_feeds(ctx, page, filters)


@feed_router.post(
    "/plans/{plan}/feeds", summary="Add a feed", status_code=201, response_model=FeedRead, responses=CREATES
)
async def create_feed(new: FeedCreate, ctx: SetUp) -> Response:
    """A KPI belongs to one feed at most; naming it here takes it from another."""
    item = await feeds.create_feed(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/feeds/{new.ref}", version=item.version)


@feed_router.get(
    "/plans/{plan}/feeds/{feed}", summary="Read a feed", response_model=FeedRead, responses=READS
)
async def read_feed(feed: FeedRef, ctx: ReadFeeds) -> Response:
    """One feed, with how fresh each of its KPIs is."""
    item = await feeds.read_feed(ctx, feed)
    return ctx.show(item.body, version=item.version)


@feed_router.patch(
    "/plans/{plan}/feeds/{feed}", summary="Change a feed", response_model=FeedRead, responses=CHANGES
)
async def update_feed(feed: FeedRef, patch: FeedUpdate, ctx: SetUp, if_match: IfMatch = None) -> Response:
    """A merge patch; `kpis` replaces the whole list."""
    item = await feeds.update_feed(ctx, feed, patch, if_match)
    return ctx.written(item.body, version=item.version)


@feed_router.delete("/plans/{plan}/feeds/{feed}", summary="Delete a feed", status_code=204, responses=REMOVES)
async def delete_feed(feed: FeedRef, ctx: SetUp, if_match: IfMatch = None) -> Response:
    """Its KPIs and their values stay."""
    await feeds.delete_feed(ctx, feed, if_match)
    return ctx.no_content()
