"""The route of one person's work."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from api.auth.dependencies import Context, may_use, reading
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import READS
from api.my_work.repository import read_my_work
from api.my_work.schemas import MyWork

router = APIRouter(tags=["my work"], route_class=Route)

Visit = Annotated[Context, may_use(reading(P.PLAN_VISIT))]


@router.get("/plans/{plan}/my-work", summary="Read my work", response_model=MyWork, responses=READS)
async def list_my_work(ctx: Visit) -> Response:
    """What you lead, by yourself, by your team, or as a deputy: open actions with the overdue first,
    milestones, recommendations, KPIs, checks and risks due, and escalations that wait for your answer.
    """
    return ctx.show(await read_my_work(ctx))
