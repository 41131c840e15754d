"""Routes of risks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_one, read_page
from api.risks import service
from api.risks.repository import RISK, RISKS
from api.risks.schemas import RiskCreate, RiskPage, RiskRead, RiskRef, RiskUpdate

router = APIRouter(tags=["risks"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_READ))]
Change = Annotated[Context, may_use(writing(P.RISK_WRITE))]
Update = Annotated[Context, may_use(writing(P.RISK_WRITE, P.RISK_WRITE_LED))]


@router.get("/plans/{plan}/risks", summary="List risks", response_model=RiskPage, responses=READS)
async def list_risks(
    ctx: Read,
    page: Paging,
    level: Annotated[list[terms.RiskLevel] | None, Query(description="The current level.")] = None,
    owner: Annotated[list[str] | None, Query(description="Party refs; `none` for ownerless.")] = None,
    theme: Annotated[list[str] | None, Query()] = None,
    action: Annotated[list[str] | None, Query(description="Refs of actions that answer it.")] = None,
    past_review: Annotated[bool | None, Query()] = None,
    mine: Annotated[
        bool | None, Query(description="Owned by you, your team, or one you deputise for.")
    ] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref, title or cause.")] = None,
) -> Response:
    """Risks to the plan. Sort keys: position, ref, severity (`-severity`: worst first), review, updated."""
    flags = {"past_review": past_review, "mine": mine}
    return await read_page(
        ctx,
        RISKS,
        page,
        {"level": level, "owner": owner, "theme": theme, "action": action, "q": [q] if q else None}
        | {name: None if flag is None else [str(flag).lower()] for name, flag in flags.items()},
    )


@router.post(
    "/plans/{plan}/risks", summary="Add a risk", status_code=201, response_model=RiskRead, responses=CREATES
)
async def create_risk(new: RiskCreate, ctx: Change) -> Response:
    """Ratings are optional, and may be a level, likelihood and impact, or the source's words."""
    item = await service.create_risk(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/risks/{new.ref}", version=item.version)


@router.get("/plans/{plan}/risks/{risk}", summary="Read a risk", response_model=RiskRead, responses=READS)
async def read_risk(risk: RiskRef, ctx: Read) -> Response:
    """One risk with its controls. A corrected ref redirects (308)."""
    item = await read_one(ctx, RISK, risk)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/risks/{risk}", summary="Change a risk", response_model=RiskRead, responses=CHANGES
)
async def update_risk(risk: RiskRef, patch: RiskUpdate, ctx: Update, if_match: IfMatch = None) -> Response:
    """A merge patch. Owners rate it and keep its controls; the rest is the programme manager's."""
    item = await service.update_risk(ctx, risk, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete("/plans/{plan}/risks/{risk}", summary="Delete a risk", status_code=204, responses=REMOVES)
async def delete_risk(risk: RiskRef, ctx: Change, if_match: IfMatch = None) -> Response:
    """Its history stays."""
    await service.delete_risk(ctx, risk, if_match)
    return ctx.no_content()
