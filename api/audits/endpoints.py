"""Routes of case-file audits and of the windscreen position."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.audits import batches, service, windscreen
from api.audits.repository import AUDITS, POSITIONS
from api.audits.schemas import (
    AuditBatch,
    AuditBatchRead,
    AuditCreate,
    AuditPage,
    AuditRead,
    AuditRef,
    AuditUpdate,
    AuditWithdraw,
    PositionId,
    RefusedBatch,
    WindscreenPositionCreate,
    WindscreenPositionPage,
    WindscreenPositionRead,
)
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_by_id, read_one, read_page

router = APIRouter(tags=["audits"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_READ))]
Change = Annotated[Context, may_use(writing(P.AUDIT_WRITE))]


@router.get("/plans/{plan}/audits", summary="List audits", response_model=AuditPage, responses=READS)
async def list_audits(
    ctx: Read,
    page: Paging,
    template: Annotated[list[str] | None, Query()] = None,
    month: Annotated[list[str] | None, Query(examples=[["2018-08"]])] = None,
    team: Annotated[list[str] | None, Query(description="Party refs; `none` for those without.")] = None,
    moderated: Annotated[bool | None, Query()] = None,
    withdrawn: Annotated[bool | None, Query()] = None,
) -> Response:
    """Scores only, the latest month first. Sort keys: ref, month, updated."""
    flags = {"moderated": moderated, "withdrawn": withdrawn}
    return await read_page(
        ctx,
        AUDITS,
        page,
        {"template": template, "month": month, "team": team}
        | {name: None if flag is None else [str(flag).lower()] for name, flag in flags.items()},
    )


@router.post(
    "/plans/{plan}/audits",
    summary="Record an audit",
    status_code=201,
    response_model=AuditRead,
    responses=CREATES,
)
async def record_audit(new: AuditCreate, ctx: Change) -> Response:
    """Marks alone: no case number, no name, no comment, no day. Its ref is given by the service."""
    item, ref = await service.record_audit(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/audits/{ref}", version=item.version)


@router.post(
    "/plans/{plan}/audit-batches",
    summary="Record audits in bulk",
    status_code=201,
    response_model=AuditBatchRead,
    responses=CREATES
    | {
        200: {"model": AuditBatchRead, "description": "A dry run."},
        422: CREATES[422] | {"model": RefusedBatch},
    },
)
async def record_audits(batch: AuditBatch, ctx: Change) -> Response:
    """1 to 1,000 audits. `atomic` (the default) records all or, if one is wrong, none; `partial` the good.

    Two audits may be alike in all that is kept, so the same rows again are further audits: send an
    Idempotency-Key, and a retry is safe. Of a refused row nothing is kept.
    """
    return await batches.record_batch(ctx, batch)


@router.get(
    "/plans/{plan}/audits/{audit}", summary="Read an audit", response_model=AuditRead, responses=READS
)
async def read_audit(audit: AuditRef, ctx: Read) -> Response:
    """Its marks before and after moderation, on the edition it was made on."""
    item = await read_one(ctx, AUDITS, audit)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/audits/{audit}", summary="Correct an audit", response_model=AuditRead, responses=CHANGES
)
async def correct_audit(
    audit: AuditRef, patch: AuditUpdate, ctx: Change, if_match: IfMatch = None
) -> Response:
    """A merge patch; also how moderation is recorded when it comes later. Its history stays."""
    item = await service.correct_audit(ctx, audit, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.post(
    "/plans/{plan}/audits/{audit}/withdrawal",
    summary="Withdraw an audit",
    status_code=201,
    response_model=AuditRead,
    responses=CHANGES,
)
async def withdraw_audit(
    audit: AuditRef, wanted: AuditWithdraw, ctx: Change, if_match: IfMatch = None
) -> Response:
    """It counts nowhere from then on, and stays readable with the reason."""
    item = await service.withdraw_audit(ctx, audit, wanted, if_match)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/audits/{audit}", version=item.version)


@router.get(
    "/plans/{plan}/windscreen-positions",
    summary="List windscreen positions",
    response_model=WindscreenPositionPage,
    responses=READS,
)
async def list_windscreen_positions(
    ctx: Read, page: Paging, grade: Annotated[list[terms.Grade] | None, Query()] = None
) -> Response:
    """Every judgement, the one that stands first. Sort keys: judged, recorded."""
    return await read_page(ctx, POSITIONS, page, {"grade": grade})


@router.post(
    "/plans/{plan}/windscreen-positions",
    summary="Record a windscreen position",
    status_code=201,
    response_model=WindscreenPositionRead,
    responses=CREATES,
)
async def record_windscreen_position(new: WindscreenPositionCreate, ctx: Change) -> Response:
    """Where the service stands, in somebody's judgement. It is never computed, and never edited."""
    item = await windscreen.record_position(ctx, new)
    position = orjson.loads(item.body)["id"]
    return ctx.created(
        item.body, f"/v1/plans/{ctx.plan.ref}/windscreen-positions/{position}", version=item.version
    )


@router.get(
    "/plans/{plan}/windscreen-positions/{position}",
    summary="Read a windscreen position",
    response_model=WindscreenPositionRead,
    responses=READS,
)
async def read_windscreen_position(position: PositionId, ctx: Read) -> Response:
    """One judgement, by whom, and why."""
    item = await read_by_id(ctx, POSITIONS, position)
    return ctx.show(item.body, version=item.version)


@router.delete(
    "/plans/{plan}/windscreen-positions/{position}",
    summary="Delete a windscreen position",
    status_code=204,
    responses=REMOVES,
)
async def delete_windscreen_position(position: PositionId, ctx: Change, if_match: IfMatch = None) -> Response:
    """One recorded in error. Its history stays."""
    await windscreen.delete_position(ctx, position, if_match)
    return ctx.no_content()
