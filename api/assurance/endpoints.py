"""Routes of assurance checks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.assurance import service
from api.assurance.repository import CHECK, CHECKS
from api.assurance.rules import OutcomeEvidence
from api.assurance.schemas import (
    CheckCreate,
    CheckPage,
    CheckRead,
    CheckRef,
    CheckResultCreate,
    CheckUpdate,
)
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_one, read_page
from api.narratives.about import AboutFilter

router = APIRouter(tags=["checks"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_READ))]
Change = Annotated[Context, may_use(writing(P.CHECK_WRITE))]
Record = Annotated[Context, may_use(writing(P.CHECK_WRITE, P.CHECK_WRITE_LED))]


@router.get("/plans/{plan}/checks", summary="List checks", response_model=CheckPage, responses=READS)
async def list_checks(
    ctx: Read,
    page: Paging,
    about: Annotated[
        list[AboutFilter] | None,
        Query(
            description="`action:A01.KA03` for one item, `action` for any of its kind, `plan` for the plan."
        ),
    ] = None,
    kind: Annotated[list[terms.CheckKind] | None, Query()] = None,
    owner: Annotated[list[str] | None, Query(description="Party refs; `none` for ownerless.")] = None,
    outcome: Annotated[list[OutcomeEvidence] | None, Query()] = None,
    overdue: Annotated[bool | None, Query()] = None,
    mine: Annotated[
        bool | None, Query(description="Owned by you, your team, or one you deputise for.")
    ] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref or title.")] = None,
) -> Response:
    """Checks that work did what it was for. Sort keys: position, ref, due, updated."""
    return await read_page(
        ctx,
        CHECKS,
        page,
        {
            "about": about,
            "kind": kind,
            "owner": owner,
            "outcome": outcome,
            "overdue": None if overdue is None else [str(overdue).lower()],
            "mine": None if mine is None else [str(mine).lower()],
            "q": [q] if q else None,
        },
    )


@router.post(
    "/plans/{plan}/checks",
    summary="Plan a check",
    status_code=201,
    response_model=CheckRead,
    responses=CREATES,
)
async def create_check(new: CheckCreate, ctx: Change) -> Response:
    """A check on an item at any level, or on the plan."""
    item = await service.create_check(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/checks/{new.ref}", version=item.version)


@router.get("/plans/{plan}/checks/{check}", summary="Read a check", response_model=CheckRead, responses=READS)
async def read_check(check: CheckRef, ctx: Read) -> Response:
    """One check with its results. A corrected ref redirects (308)."""
    item = await read_one(ctx, CHECK, check)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/checks/{check}", summary="Change a check", response_model=CheckRead, responses=CHANGES
)
async def update_check(
    check: CheckRef, patch: CheckUpdate, ctx: Change, if_match: IfMatch = None
) -> Response:
    """A merge patch of the check itself; its results are never edited."""
    item = await service.update_check(ctx, check, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete("/plans/{plan}/checks/{check}", summary="Delete a check", status_code=204, responses=REMOVES)
async def delete_check(check: CheckRef, ctx: Change, if_match: IfMatch = None) -> Response:
    """Its history stays."""
    await service.delete_check(ctx, check, if_match)
    return ctx.no_content()


@router.post(
    "/plans/{plan}/checks/{check}/results",
    summary="Record a check's result",
    status_code=201,
    response_model=CheckRead,
    responses=CREATES,
)
async def record_check_result(check: CheckRef, new: CheckResultCreate, ctx: Record) -> Response:
    """By whoever runs the plan or owns the check. No impact asks for a new action; nothing reopens."""
    item = await service.record_result(ctx, check, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/checks/{check}", version=item.version)
