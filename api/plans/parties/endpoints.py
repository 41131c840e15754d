"""Routes of parties, hand-overs and the leaderless queue."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_one, read_page
from api.plans.parties import service
from api.plans.parties.repository import LEADERLESS, PARTY
from api.plans.parties.schemas import (
    HandOver,
    HandOverRead,
    LeaderlessPage,
    LedKind,
    PartyCreate,
    PartyPage,
    PartyRead,
    PartyRef,
    PartyUpdate,
)

router = APIRouter(tags=["parties"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
ReadWhole = Annotated[Context, may_use(reading(P.PLAN_READ))]
Setup = Annotated[Context, may_use(writing(P.SETUP_WRITE))]


@router.get("/plans/{plan}/parties", summary="List parties", response_model=PartyPage, responses=READS)
async def list_parties(
    ctx: Read,
    page: Paging,
    kind: Annotated[list[terms.PartyKind] | None, Query()] = None,
    tied: Annotated[bool | None, Query(description="Tied to a user or a team.")] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref, name or aliases.")] = None,
) -> Response:
    """Who leads or can lead. Sort keys: name, ref, kind."""
    filters = {
        "kind": kind,
        "tied": None if tied is None else [str(tied).lower()],
        "q": [q] if q else None,
    }
    return await read_page(ctx, PARTY, page, filters)


@router.post(
    "/plans/{plan}/parties",
    summary="Add a party",
    status_code=201,
    response_model=PartyRead,
    responses=CREATES,
)
async def create_party(new: PartyCreate, ctx: Setup) -> Response:
    """Tied to a user or a team of users, those may do what its leads may."""
    item = await service.create_party(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/parties/{new.ref}", version=item.version)


@router.get(
    "/plans/{plan}/parties/{party}", summary="Read a party", response_model=PartyRead, responses=READS
)
async def read_party(party: PartyRef, ctx: Read) -> Response:
    """One party, with how much it leads."""
    item = await read_one(ctx, PARTY, party)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/parties/{party}", summary="Change a party", response_model=PartyRead, responses=CHANGES
)
async def update_party(party: PartyRef, patch: PartyUpdate, ctx: Setup, if_match: IfMatch = None) -> Response:
    """A merge patch."""
    item = await service.update_party(ctx, party, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete("/plans/{plan}/parties/{party}", summary="Delete a party", status_code=204, responses=REMOVES)
async def delete_party(party: PartyRef, ctx: Setup, if_match: IfMatch = None) -> Response:
    """Not while it leads or owns anything (409, with how many). Its history stays."""
    await service.delete_party(ctx, party, if_match)
    return ctx.no_content()


@router.post(
    "/plans/{plan}/parties/{party}/hand-over",
    summary="Hand over what a party leads",
    response_model=HandOverRead,
    responses=CREATES,
)
async def hand_over_leads(party: PartyRef, given: HandOver, ctx: Setup) -> Response:
    """Moves the leads of open items to another party, and says which. What is done keeps its lead."""
    done, item = await service.hand_over(ctx, party, given)
    return ctx.written(done.model_dump_json().encode(), version=item.version)


@router.get(
    "/plans/{plan}/leaderless",
    summary="List what nobody leads",
    response_model=LeaderlessPage,
    responses=READS,
)
async def list_leaderless(
    ctx: ReadWhole,
    page: Paging,
    kind: Annotated[list[LedKind] | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref or title.")] = None,
) -> Response:
    """Open items with no lead, or led only by a party that means everyone. Sort keys: kind, ref, due."""
    return await read_page(ctx, LEADERLESS, page, {"kind": kind, "q": [q] if q else None})
