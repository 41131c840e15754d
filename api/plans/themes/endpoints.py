"""Routes of themes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_one, read_page
from api.plans.themes import service
from api.plans.themes.repository import THEME
from api.plans.themes.schemas import ThemeCreate, ThemePage, ThemeRead, ThemeRef, ThemeUpdate

router = APIRouter(tags=["themes"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
Setup = Annotated[Context, may_use(writing(P.SETUP_WRITE))]


@router.get("/plans/{plan}/themes", summary="List themes", response_model=ThemePage, responses=READS)
async def list_themes(
    ctx: Read,
    page: Paging,
    kind: Annotated[list[terms.ThemeKind] | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref, titles or text.")] = None,
) -> Response:
    """The plan's own tags, in its order. Sort keys: position, ref, title, kind."""
    return await read_page(ctx, THEME, page, {"kind": kind, "q": [q] if q else None})


@router.post(
    "/plans/{plan}/themes",
    summary="Add a theme",
    status_code=201,
    response_model=ThemeRead,
    responses=CREATES,
)
async def create_theme(new: ThemeCreate, ctx: Setup) -> Response:
    """It comes after those the plan has."""
    item = await service.create_theme(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/themes/{new.ref}", version=item.version)


@router.get("/plans/{plan}/themes/{theme}", summary="Read a theme", response_model=ThemeRead, responses=READS)
async def read_theme(theme: ThemeRef, ctx: Read) -> Response:
    """One theme, with how many items carry it. A corrected ref redirects (308)."""
    item = await read_one(ctx, THEME, theme)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/themes/{theme}", summary="Change a theme", response_model=ThemeRead, responses=CHANGES
)
async def update_theme(theme: ThemeRef, patch: ThemeUpdate, ctx: Setup, if_match: IfMatch = None) -> Response:
    """A merge patch."""
    item = await service.update_theme(ctx, theme, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete("/plans/{plan}/themes/{theme}", summary="Delete a theme", status_code=204, responses=REMOVES)
async def delete_theme(theme: ThemeRef, ctx: Setup, if_match: IfMatch = None) -> Response:
    """Not while anything carries it or is about it (409). Its history stays."""
    await service.delete_theme(ctx, theme, if_match)
    return ctx.no_content()
