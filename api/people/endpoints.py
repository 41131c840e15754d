"""Routes of users, teams and roles, which belong to no plan."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Query, Response

from api.auth.dependencies import Context, IfMatch, may_use, reading_service, writing_service
from api.auth.permissions import Permission as P
from api.core.context import to_json
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_one, read_page
from api.people import service
from api.people.repository import TEAMS, USERS
from api.people.roles import role_table
from api.people.schemas import (
    PasswordWrite,
    RoleList,
    TeamCreate,
    TeamPage,
    TeamRead,
    TeamUpdate,
    UserCreate,
    UserPage,
    UserRead,
    UserUpdate,
)

router = APIRouter(tags=["people"], route_class=Route)

SignedIn = Annotated[Context, may_use(reading_service())]
ReadUsers = Annotated[Context, may_use(reading_service(P.USER_MANAGE))]
ManageUsers = Annotated[Context, may_use(writing_service(P.USER_MANAGE))]
ReadTeams = Annotated[Context, may_use(reading_service(P.TEAM_MANAGE, P.SETUP_WRITE))]
ManageTeams = Annotated[Context, may_use(writing_service(P.TEAM_MANAGE))]
UserKey = Annotated[str, Path(max_length=254, description="Id or email.", examples=["12"])]
TeamRef = Annotated[str, Path(max_length=64, examples=["qa-team"])]


@router.get("/roles", summary="List roles", response_model=RoleList, responses=READS)
async def list_roles(ctx: SignedIn) -> Response:
    """Every role, with what it may do, in words."""
    return ctx.show(to_json({"items": role_table()}))


@router.get("/users", summary="List users", response_model=UserPage, responses=READS)
async def list_users(
    ctx: ReadUsers,
    page: Paging,
    disabled: Annotated[bool | None, Query()] = None,
    admin: Annotated[bool | None, Query(description="Runs the service.")] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the name or email.")] = None,
) -> Response:
    """Everyone with an account. Sort keys: name, email, created."""
    filters = {
        "disabled": None if disabled is None else [str(disabled).lower()],
        "admin": None if admin is None else [str(admin).lower()],
        "q": [q] if q else None,
    }
    return await read_page(ctx, USERS, page, filters)


@router.post("/users", summary="Add a user", status_code=201, response_model=UserRead, responses=CREATES)
async def create_user(new: UserCreate, ctx: ManageUsers) -> Response:
    """Without a password they cannot sign in yet. What they may do in a plan is a membership's matter."""
    item = await service.create_user(ctx, new)
    address = f"/v1/users/{orjson.loads(item.body)['id']}"
    return ctx.created(item.body, address, version=item.version)


@router.get("/users/{user}", summary="Read a user", response_model=UserRead, responses=READS)
async def read_user(user: UserKey, ctx: ReadUsers) -> Response:
    """One account with its teams, its roles in plans, and when it last signed in."""
    item = await service.read_user(ctx, user)
    return ctx.show(item.body, version=item.version)


@router.patch("/users/{user}", summary="Change a user", response_model=UserRead, responses=CHANGES)
async def update_user(
    user: UserKey, patch: UserUpdate, ctx: ManageUsers, if_match: IfMatch = None
) -> Response:
    """A merge patch. `disabled` ends every session at once; the last administrator keeps theirs."""
    item = await service.update_user(ctx, user, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.post("/users/{user}/password", summary="Set a user's password", status_code=204, responses=CREATES)
async def set_user_password(user: UserKey, given: PasswordWrite, ctx: ManageUsers) -> Response:
    """Signs them out everywhere."""
    await service.set_password(ctx, user, given)
    return ctx.no_content()


@router.get("/teams", summary="List teams", response_model=TeamPage, responses=READS)
async def list_teams(
    ctx: ReadTeams,
    page: Paging,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref or name.")] = None,
) -> Response:
    """Teams with their members. Sort keys: name, ref."""
    return await read_page(ctx, TEAMS, page, {"q": [q] if q else None})


@router.post("/teams", summary="Add a team", status_code=201, response_model=TeamRead, responses=CREATES)
async def create_team(new: TeamCreate, ctx: ManageTeams) -> Response:
    """Where a party of a plan is tied to it, all its members lead what that party leads."""
    item = await service.create_team(ctx, new)
    return ctx.created(item.body, f"/v1/teams/{new.ref}", version=item.version)


@router.get("/teams/{team}", summary="Read a team", response_model=TeamRead, responses=READS)
async def read_team(team: TeamRef, ctx: ReadTeams) -> Response:
    """One team with its members."""
    item = await read_one(ctx, TEAMS, team)
    return ctx.show(item.body, version=item.version)


@router.patch("/teams/{team}", summary="Change a team", response_model=TeamRead, responses=CHANGES)
async def update_team(
    team: TeamRef, patch: TeamUpdate, ctx: ManageTeams, if_match: IfMatch = None
) -> Response:
    """A merge patch; `members` replaces the whole list."""
    item = await service.update_team(ctx, team, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete("/teams/{team}", summary="Delete a team", status_code=204, responses=REMOVES)
async def delete_team(team: TeamRef, ctx: ManageTeams, if_match: IfMatch = None) -> Response:
    """Its members keep their accounts; parties tied to it are tied to nobody."""
    await service.delete_team(ctx, team, if_match)
    return ctx.no_content()
