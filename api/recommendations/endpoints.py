"""Routes of recommendations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_one, read_page
from api.recommendations import service
from api.recommendations.repository import RECOMMENDATION, RECOMMENDATIONS
from api.recommendations.schemas import (
    RecommendationCreate,
    RecommendationPage,
    RecommendationRead,
    RecommendationRef,
    RecommendationUpdate,
)

router = APIRouter(tags=["recommendations"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
Create = Annotated[Context, may_use(writing(P.RECOMMENDATION_CREATE))]
Change = Annotated[Context, may_use(writing(P.RECOMMENDATION_UPDATE, P.RECOMMENDATION_UPDATE_LED))]
Delete = Annotated[Context, may_use(writing(P.RECOMMENDATION_DELETE))]


@router.get(
    "/plans/{plan}/recommendations",
    summary="List recommendations",
    response_model=RecommendationPage,
    responses=READS,
)
async def list_recommendations(
    ctx: Read,
    page: Paging,
    status: Annotated[list[terms.RecommendationStatus] | None, Query()] = None,
    rating: Annotated[list[terms.Rating] | None, Query()] = None,
    origin: Annotated[list[terms.Origin] | None, Query()] = None,
    lead: Annotated[list[str] | None, Query(description="Party refs; `none` for leaderless.")] = None,
    theme: Annotated[list[str] | None, Query()] = None,
    late: Annotated[bool | None, Query(description="Has an overdue action.")] = None,
    doubtful: Annotated[bool | None, Query(description="Has a doubt nobody settled.")] = None,
    mine: Annotated[bool | None, Query(description="Led by you, your team, or one you deputise for.")] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref, label or text.")] = None,
) -> Response:
    """Recommendations in the plan's own order, each with its actions counted by status.

    Sort keys: position, ref, status, rating (worst first), updated.
    """
    flags = {"late": late, "doubtful": doubtful, "mine": mine}
    return await read_page(
        ctx,
        RECOMMENDATIONS,
        page,
        {"status": status, "rating": rating, "origin": origin, "lead": lead, "theme": theme}
        | {name: None if flag is None else [str(flag).lower()] for name, flag in flags.items()}
        | {"q": [q] if q else None},
    )


@router.post(
    "/plans/{plan}/recommendations",
    summary="Add a recommendation",
    status_code=201,
    response_model=RecommendationRead,
    responses=CREATES,
)
async def create_recommendation(new: RecommendationCreate, ctx: Create) -> Response:
    """Its actions and KPIs name it, not the other way about."""
    item = await service.create_recommendation(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/recommendations/{new.ref}", version=item.version)


@router.get(
    "/plans/{plan}/recommendations/{recommendation}",
    summary="Read a recommendation",
    response_model=RecommendationRead,
    responses=READS,
)
async def read_recommendation(recommendation: RecommendationRef, ctx: Read) -> Response:
    """One recommendation with its actions, KPIs and newest narratives. A corrected ref redirects (308)."""
    item = await read_one(ctx, RECOMMENDATION, recommendation)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/recommendations/{recommendation}",
    summary="Change a recommendation",
    response_model=RecommendationRead,
    responses=CHANGES,
)
async def update_recommendation(
    recommendation: RecommendationRef, patch: RecommendationUpdate, ctx: Change, if_match: IfMatch = None
) -> Response:
    """A merge patch. Leads rate it and say how it stands; the rest is the programme manager's."""
    item = await service.update_recommendation(ctx, recommendation, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete(
    "/plans/{plan}/recommendations/{recommendation}",
    summary="Delete a recommendation",
    status_code=204,
    responses=REMOVES,
)
async def delete_recommendation(
    recommendation: RecommendationRef, ctx: Delete, if_match: IfMatch = None
) -> Response:
    """Its history stays, and so do its actions and KPIs, without it."""
    await service.delete_recommendation(ctx, recommendation, if_match)
    return ctx.no_content()
