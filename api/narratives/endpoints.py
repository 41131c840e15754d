"""Routes of narratives."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_by_id, read_page
from api.narratives import service
from api.narratives.about import AboutFilter
from api.narratives.repository import NARRATIVE
from api.narratives.schemas import (
    NarrativeCreate,
    NarrativeId,
    NarrativePage,
    NarrativeRead,
    NarrativeUpdate,
)

router = APIRouter(tags=["narratives"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
Post = Annotated[Context, may_use(writing(P.NARRATIVE_WRITE, P.NARRATIVE_WRITE_LED))]
Delete = Annotated[Context, may_use(writing(P.NARRATIVE_WRITE))]


@router.get(
    "/plans/{plan}/narratives", summary="List narratives", response_model=NarrativePage, responses=READS
)
async def list_narratives(
    ctx: Read,
    page: Paging,
    about: Annotated[
        list[AboutFilter] | None,
        Query(
            description="`action:A01.KA03` for one item, `action` for any of its kind, `plan` for the plan."
        ),
    ] = None,
    kind: Annotated[list[terms.NarrativeKind] | None, Query()] = None,
    period: Annotated[list[str] | None, Query(description="Canonical keys of periods.")] = None,
    by: Annotated[
        list[str] | None, Query(description="Names: who says so, who posted it, or for whom.")
    ] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the text.")] = None,
) -> Response:
    """Newest first. Sort keys: on, added."""
    return await read_page(
        ctx,
        NARRATIVE,
        page,
        {"about": about, "kind": kind, "period": period, "by": by, "q": [q] if q else None},
    )


@router.post(
    "/plans/{plan}/narratives",
    summary="Post a narrative",
    status_code=201,
    response_model=NarrativeRead,
    responses=CREATES,
)
async def post_narrative(new: NarrativeCreate, ctx: Post) -> Response:
    """Words about one or several items. Leads post on what they lead; performance officers on any KPI."""
    item = await service.post_narrative(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/narratives/{item.id}", version=item.version)


@router.get(
    "/plans/{plan}/narratives/{narrative}",
    summary="Read a narrative",
    response_model=NarrativeRead,
    responses=READS,
)
async def read_narrative(narrative: NarrativeId, ctx: Read) -> Response:
    """One narrative, as the list shows it."""
    item = await read_by_id(ctx, NARRATIVE, narrative)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/narratives/{narrative}",
    summary="Correct a narrative",
    response_model=NarrativeRead,
    responses=CHANGES,
)
async def update_narrative(
    narrative: NarrativeId, patch: NarrativeUpdate, ctx: Post, if_match: IfMatch = None
) -> Response:
    """A merge patch, by whoever posted it or whoever may write any. What it said before stays in history."""
    item = await service.update_narrative(ctx, narrative, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete(
    "/plans/{plan}/narratives/{narrative}", summary="Delete a narrative", status_code=204, responses=REMOVES
)
async def delete_narrative(narrative: NarrativeId, ctx: Delete, if_match: IfMatch = None) -> Response:
    """Its history stays."""
    await service.delete_narrative(ctx, narrative, if_match)
    return ctx.no_content()
