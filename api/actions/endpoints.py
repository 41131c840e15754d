"""Routes of actions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.actions import service
from api.actions.repository import ACTION, ACTIONS
from api.actions.schemas import ActionCreate, ActionPage, ActionRead, ActionRef, ActionUpdate, SlipCreate
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_one, read_page

router = APIRouter(tags=["actions"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
Create = Annotated[Context, may_use(writing(P.ACTION_CREATE))]
Change = Annotated[Context, may_use(writing(P.ACTION_UPDATE, P.ACTION_UPDATE_LED))]
Delete = Annotated[Context, may_use(writing(P.ACTION_DELETE))]


@router.get("/plans/{plan}/actions", summary="List actions", response_model=ActionPage, responses=READS)
async def list_actions(
    ctx: Read,
    page: Paging,
    status: Annotated[list[terms.ActionStatus] | None, Query()] = None,
    rating: Annotated[list[terms.Rating] | None, Query()] = None,
    dimension: Annotated[list[terms.Dimension] | None, Query()] = None,
    lead: Annotated[list[str] | None, Query(description="Party refs; `none` for leaderless.")] = None,
    theme: Annotated[list[str] | None, Query()] = None,
    recommendation: Annotated[list[str] | None, Query()] = None,
    parent: Annotated[list[str] | None, Query(description="Action refs; `none` for top level.")] = None,
    when: Annotated[
        list[str] | None, Query(description="`overdue`, `due_soon`, `no_date`, `slipped`; any of them.")
    ] = None,
    doubtful: Annotated[bool | None, Query(description="Has a doubt nobody settled.")] = None,
    mine: Annotated[bool | None, Query(description="Led by you, your team, or one you deputise for.")] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref or text.")] = None,
) -> Response:
    """Actions of the plan, in the plan's own order unless `sort` says otherwise.

    Sort keys: position, ref, due, status, updated. Late and due soon are judged on the plan's clock.
    """
    return await read_page(
        ctx,
        ACTIONS,
        page,
        {
            "status": status,
            "rating": rating,
            "dimension": dimension,
            "lead": lead,
            "theme": theme,
            "recommendation": recommendation,
            "parent": parent,
            "when": when,
            "doubtful": None if doubtful is None else [str(doubtful).lower()],
            "mine": None if mine is None else [str(mine).lower()],
            "q": [q] if q else None,
        },
    )


@router.post(
    "/plans/{plan}/actions",
    summary="Add an action",
    status_code=201,
    response_model=ActionRead,
    responses=CREATES,
)
async def create_action(new: ActionCreate, ctx: Create) -> Response:
    """Its `original_due` is the `due` given here, for good."""
    item = await service.create_action(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/actions/{new.ref}", version=item.version)


@router.get(
    "/plans/{plan}/actions/{action}", summary="Read an action", response_model=ActionRead, responses=READS
)
async def read_action(action: ActionRef, ctx: Read) -> Response:
    """One action, whole. A corrected ref redirects (308)."""
    item = await read_one(ctx, ACTION, action)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/actions/{action}", summary="Change an action", response_model=ActionRead, responses=CHANGES
)
async def update_action(
    action: ActionRef, patch: ActionUpdate, ctx: Change, if_match: IfMatch = None
) -> Response:
    """A merge patch. Leads report status, rating and milestones; the rest is the programme manager's."""
    item = await service.update_action(ctx, action, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete(
    "/plans/{plan}/actions/{action}", summary="Delete an action", status_code=204, responses=REMOVES
)
async def delete_action(action: ActionRef, ctx: Delete, if_match: IfMatch = None) -> Response:
    """Its history stays. An action with parts of its own cannot be deleted."""
    await service.delete_action(ctx, action, if_match)
    return ctx.no_content()


@router.post(
    "/plans/{plan}/actions/{action}/slips",
    summary="Agree a new due date",
    status_code=201,
    response_model=ActionRead,
    responses=CHANGES,
)
async def move_due_date(
    action: ActionRef, slip: SlipCreate, ctx: Change, if_match: IfMatch = None
) -> Response:
    """Moves `due`, and records from, to, reason and who agreed. `original_due` never changes."""
    item = await service.move_due_date(ctx, action, slip, if_match)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/actions/{action}", version=item.version)
