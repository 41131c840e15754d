"""Routes of a plan's members and deputies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_by_id, read_page
from api.people import members
from api.people.repository import COLLEAGUES, DEPUTIES, MEMBERS
from api.people.schemas import (
    ColleaguePage,
    DeputyCreate,
    DeputyPage,
    DeputyRead,
    MemberCreate,
    MemberPage,
    MemberRead,
    MemberUpdate,
)
from api.vocabulary import Role

router = APIRouter(tags=["people"], route_class=Route)

Visit = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
ReadPlan = Annotated[Context, may_use(reading(P.PLAN_READ))]
ReadMembers = Annotated[Context, may_use(reading(P.MEMBER_MANAGE))]
ManageMembers = Annotated[Context, may_use(writing(P.MEMBER_MANAGE))]
Appoint = Annotated[Context, may_use(writing(P.MEMBER_MANAGE, P.DEPUTY_APPOINT))]
Key = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get(
    "/plans/{plan}/people", summary="List the plan's people", response_model=ColleaguePage, responses=READS
)
async def list_colleagues(
    ctx: ReadPlan,
    page: Paging,
    role: Annotated[list[Role] | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the name.")] = None,
) -> Response:
    """Names and roles of those who take part, to choose somebody from; no addresses. Sort key: name."""
    return await read_page(ctx, COLLEAGUES, page, {"role": role, "q": [q] if q else None})


@router.get("/plans/{plan}/members", summary="List members", response_model=MemberPage, responses=READS)
async def list_members(
    ctx: ReadMembers,
    page: Paging,
    role: Annotated[list[Role] | None, Query()] = None,
    current: Annotated[bool | None, Query(description="Not ended, account not disabled.")] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in name, email, client id.")] = None,
) -> Response:
    """Roles held in the plan, by people and systems. Sort keys: name, role, ends."""
    filters = {
        "role": role,
        "current": None if current is None else [str(current).lower()],
        "q": [q] if q else None,
    }
    return await read_page(ctx, MEMBERS, page, filters)


@router.post(
    "/plans/{plan}/members",
    summary="Add a member",
    status_code=201,
    response_model=MemberRead,
    responses=CREATES,
)
async def add_member(new: MemberCreate, ctx: ManageMembers) -> Response:
    """One role for one person or system; further roles are further memberships. Nobody is made
    administrator here.
    """
    item = await members.add_member(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/members/{item.id}", version=item.version)


@router.get(
    "/plans/{plan}/members/{member}", summary="Read a member", response_model=MemberRead, responses=READS
)
async def read_member(member: Key, ctx: ReadMembers) -> Response:
    """One membership, with what it was given."""
    item = await read_by_id(ctx, MEMBERS, member)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/members/{member}",
    summary="Change a member",
    response_model=MemberRead,
    responses=CHANGES,
)
async def update_member(
    member: Key, patch: MemberUpdate, ctx: ManageMembers, if_match: IfMatch = None
) -> Response:
    """A merge patch of the role, its last day, or what was given. One programme manager always stays."""
    item = await members.update_member(ctx, member, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete(
    "/plans/{plan}/members/{member}", summary="Remove a member", status_code=204, responses=REMOVES
)
async def remove_member(member: Key, ctx: ManageMembers, if_match: IfMatch = None) -> Response:
    """What they wrote stays theirs. One programme manager always stays."""
    await members.remove_member(ctx, member, if_match)
    return ctx.no_content()


@router.get("/plans/{plan}/deputies", summary="List deputies", response_model=DeputyPage, responses=READS)
async def list_deputies(
    ctx: Visit,
    page: Paging,
    mine: Annotated[bool | None, Query(description="Yours, or those you are a deputy for.")] = None,
) -> Response:
    """Who stands in for whom. Limited readers see what concerns them. Sort keys: user, ends."""
    filters = {"mine": None if mine is None else [str(mine).lower()]}
    return await read_page(ctx, DEPUTIES, page, filters)


@router.post(
    "/plans/{plan}/deputies",
    summary="Name a deputy",
    status_code=201,
    response_model=DeputyRead,
    responses=CREATES,
)
async def add_deputy(new: DeputyCreate, ctx: Appoint) -> Response:
    """One's own, or anyone's for those who manage members. A deputy's rights are its own role's."""
    item = await members.add_deputy(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/deputies/{item.id}", version=item.version)


@router.get(
    "/plans/{plan}/deputies/{deputy}", summary="Read a deputy", response_model=DeputyRead, responses=READS
)
async def read_deputy(deputy: Key, ctx: Visit) -> Response:
    """One deputy with its dates."""
    item = await read_by_id(ctx, DEPUTIES, deputy)
    return ctx.show(item.body, version=item.version)


@router.delete(
    "/plans/{plan}/deputies/{deputy}", summary="Remove a deputy", status_code=204, responses=REMOVES
)
async def remove_deputy(deputy: Key, ctx: Appoint, if_match: IfMatch = None) -> Response:
    """One's own, or anyone's for those who manage members."""
    await members.remove_deputy(ctx, deputy, if_match)
    return ctx.no_content()
