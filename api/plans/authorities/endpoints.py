"""Routes of authorities."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth.dependencies import Context, IfMatch, may_use, reading_service, writing_service
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, Paging
from api.core.reading import read_one, read_page
from api.plans.authorities import service
from api.plans.authorities.repository import AUTHORITY
from api.plans.authorities.schemas import (
    AuthorityCreate,
    AuthorityPage,
    AuthorityRead,
    AuthorityRef,
    AuthorityUpdate,
)

router = APIRouter(tags=["authorities"], route_class=Route)

Read = Annotated[Context, may_use(reading_service())]
Manage = Annotated[Context, may_use(writing_service(P.AUTHORITY_MANAGE))]


@router.get("/authorities", summary="List authorities", response_model=AuthorityPage, responses=READS)
async def list_authorities(
    ctx: Read,
    page: Paging,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref, name or code.")] = None,
) -> Response:
    """The councils that own plans. Sort keys: name, ref."""
    return await read_page(ctx, AUTHORITY, page, {"q": [q] if q else None})


@router.post(
    "/authorities",
    summary="Add an authority",
    status_code=201,
    response_model=AuthorityRead,
    responses=CREATES,
)
async def create_authority(new: AuthorityCreate, ctx: Manage) -> Response:
    """Administrators add the council before its first plan."""
    item = await service.create_authority(ctx, new)
    return ctx.created(item.body, f"/v1/authorities/{new.ref}", version=item.version)


@router.get(
    "/authorities/{authority}", summary="Read an authority", response_model=AuthorityRead, responses=READS
)
async def read_authority(authority: AuthorityRef, ctx: Read) -> Response:
    """One council."""
    item = await read_one(ctx, AUTHORITY, authority)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/authorities/{authority}", summary="Change an authority", response_model=AuthorityRead, responses=CHANGES
)
async def update_authority(
    authority: AuthorityRef, patch: AuthorityUpdate, ctx: Manage, if_match: IfMatch = None
) -> Response:
    """A merge patch of its name, codes or ref."""
    item = await service.update_authority(ctx, authority, patch, if_match)
    return ctx.written(item.body, version=item.version)
