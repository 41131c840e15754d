"""The route of whoever is signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from api.auth.dependencies import Context, may_use, reading_service
from api.core.errors import ProblemType
from api.core.http import Route
from api.core.openapi import problems
from api.plans.me import service
from api.plans.me.schemas import Me

router = APIRouter(tags=["me"], route_class=Route)

Signed = Annotated[Context, may_use(reading_service())]


@router.get("/me", summary="Who am I", response_model=Me, responses=problems(ProblemType.NOT_SIGNED_IN))
async def read_me(request: Request, ctx: Signed) -> Response:
    """You, the plans you may open, your roles and permissions in each, and what you see first there."""
    return ctx.show(await service.who_am_i(ctx, request.app.state.settings))
