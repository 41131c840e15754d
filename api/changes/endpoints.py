"""Routes of the change record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.auth.dependencies import Context, may_use, reading
from api.auth.permissions import Permission as P
from api.changes import service
from api.changes.items import ChangedKind, TimelineKind
from api.changes.schemas import ChangePage
from api.core.http import Route
from api.core.openapi import READS, Paging
from api.core.shapes import Day

router = APIRouter(tags=["changes"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.CHANGE_READ))]
ItemRef = Annotated[str, Path(description="The item's ref.", max_length=64, examples=["A01.KA03"])]


@router.get("/plans/{plan}/changes", summary="List changes", response_model=ChangePage, responses=READS)
async def list_changes(
    ctx: Read,
    page: Paging,
    kind: Annotated[list[ChangedKind] | None, Query()] = None,
    by: Annotated[list[str] | None, Query(description="Names of those who made them.")] = None,
    since: Annotated[Day | None, Query(description="From this day in London on.")] = None,
    until: Annotated[Day | None, Query(description="To the end of this day in London.")] = None,
) -> Response:
    """Who changed what, newest first: one entry for each item that a request changed, field by field.

    Only settled changes are listed, so that a reader going on from the newest one misses nothing.
    """
    return await service.list_changes(ctx, page, {"kind": kind, "by": by}, since, until)


@router.get(
    "/plans/{plan}/history/{kind}/{ref}",
    summary="Read an item's history",
    response_model=ChangePage,
    responses=READS,
)
async def read_item_history(kind: TimelineKind, ref: ItemRef, ctx: Read, page: Paging) -> Response:
    """Everything that happened to one item, newest first: its fields and parts, its new due dates, the
    narratives and checks about it. A deleted item keeps its history under its last ref.
    """
    return await service.read_timeline(ctx, kind, ref, page)
