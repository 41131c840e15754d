"""Routes of plans."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import (
    Context,
    IfMatch,
    may_use,
    reading,
    reading_service,
    writing,
    writing_service,
)
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_page
from api.plans import service
from api.plans.repository import PLANS
from api.plans.schemas import PlanCreate, PlanPage, PlanRead, PlanUpdate

router = APIRouter(tags=["plans"], route_class=Route)

List = Annotated[Context, may_use(reading_service())]
Create = Annotated[Context, may_use(writing_service(P.PLAN_CREATE))]
Read = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
Change = Annotated[Context, may_use(writing(P.PLAN_UPDATE))]
Delete = Annotated[Context, may_use(writing(P.PLAN_DELETE))]


@router.get("/plans", summary="List my plans", response_model=PlanPage, responses=READS)
async def list_plans(
    ctx: List,
    page: Paging,
    status: Annotated[list[terms.PlanStatus] | None, Query()] = None,
    authority: Annotated[list[str] | None, Query(description="Authority refs.")] = None,
    role: Annotated[list[terms.Role] | None, Query(description="Roles you hold in it.")] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref or title.")] = None,
) -> Response:
    """The plans you are a member of; an administrator's list has every plan.

    Sort keys: title, ref, status, as_at, updated.
    """
    filters = {"status": status, "authority": authority, "role": role, "q": [q] if q else None}
    return await read_page(ctx, PLANS, page, filters)


@router.post("/plans", summary="Add a plan", status_code=201, response_model=PlanRead, responses=CREATES)
async def create_plan(new: PlanCreate, ctx: Create) -> Response:
    """It starts with the escalation ladders that ship with Turnstone, and with no members."""
    item = await service.create_plan(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{new.ref}", version=item.version)


@router.get("/plans/{plan}", summary="Read a plan", response_model=PlanRead, responses=READS)
async def read_plan(ctx: Read) -> Response:
    """One plan, whole. Stated totals stand beside what is held, with the unexplained difference."""
    item = await service.read_plan(ctx)
    return ctx.show(item.body, version=item.version)


@router.patch("/plans/{plan}", summary="Change a plan", response_model=PlanRead, responses=CHANGES)
async def update_plan(patch: PlanUpdate, ctx: Change, if_match: IfMatch = None) -> Response:
    """A merge patch; a list that is sent replaces the list held. Closing needs the as-at date.

    A closed plan takes no change of its content (409) until it is opened again here.
    """
    item = await service.update_plan(ctx, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete("/plans/{plan}", summary="Delete a draft plan", status_code=204, responses=REMOVES)
async def delete_plan(ctx: Delete, if_match: IfMatch = None) -> Response:
    """Deletes a draft with all it contains; its history stays. Other plans are closed instead (409)."""
    await service.delete_plan(ctx, if_match)
    return ctx.no_content()
