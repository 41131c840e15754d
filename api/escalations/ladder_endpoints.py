"""Routes of ladders."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, Paging
from api.core.reading import read_page
from api.escalations import ladders
from api.escalations.ladder_schemas import LadderCreate, LadderPage, LadderRead, LadderReplace, LadderUpdate
from api.escalations.repository import LADDERS

router = APIRouter(tags=["ladders"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
Write = Annotated[Context, may_use(writing(P.SETUP_WRITE))]
LadderRef = Annotated[str, Path(max_length=64, examples=["overdue-action"])]


@router.get("/plans/{plan}/ladders", summary="List ladders", response_model=LadderPage, responses=READS)
async def list_ladders(
    ctx: Read,
    page: Paging,
    enabled: Annotated[bool | None, Query(description="Whether new escalations may use it.")] = None,
) -> Response:
    """The latest edition of each ladder. Sort keys: ref, title."""
    filters = {"enabled": None if enabled is None else [str(enabled).lower()]}
    return await read_page(ctx, LADDERS, page, filters)


@router.post(
    "/plans/{plan}/ladders",
    summary="Add a ladder",
    status_code=201,
    response_model=LadderRead,
    responses=CREATES,
)
async def create_ladder(new: LadderCreate, ctx: Write) -> Response:
    """Its first edition, stages from the lowest up."""
    item = await ladders.create_ladder(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/ladders/{new.ref}", version=item.version)


@router.get(
    "/plans/{plan}/ladders/{ladder}", summary="Read a ladder", response_model=LadderRead, responses=READS
)
async def read_ladder(
    ladder: LadderRef,
    ctx: Read,
    edition: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Left out, the latest.")] = None,
) -> Response:
    """One edition with its stages; older ones stay readable, because escalations may stand on them."""
    item = await ladders.read_ladder(ctx, ladder, edition)
    return ctx.show(item.body, version=item.version)


@router.put(
    "/plans/{plan}/ladders/{ladder}",
    summary="Make the next edition of a ladder",
    response_model=LadderRead,
    responses=CHANGES,
)
async def replace_ladder(
    ladder: LadderRef, wanted: LadderReplace, ctx: Write, if_match: IfMatch = None
) -> Response:
    """New escalations climb the new edition; running ones keep theirs."""
    item = await ladders.replace_ladder(ctx, ladder, wanted, if_match)
    return ctx.written(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/ladders/{ladder}",
    summary="Enable or disable a ladder",
    response_model=LadderRead,
    responses=CHANGES,
)
async def update_ladder(
    ladder: LadderRef, patch: LadderUpdate, ctx: Write, if_match: IfMatch = None
) -> Response:
    """A disabled ladder takes no new escalations; running ones go on."""
    item = await ladders.update_ladder(ctx, ladder, patch, if_match)
    return ctx.written(item.body, version=item.version)
