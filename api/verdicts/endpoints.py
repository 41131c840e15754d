"""Routes of verdicts, and of rebases."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.context import to_json
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, Paging
from api.kpis.schemas import KpiRef
from api.verdicts import rebases
from api.verdicts.reading import list_earlier, read_verdicts
from api.verdicts.schemas import (
    EarlierVerdictPage,
    KpiVerdictsRead,
    RebaseAgreement,
    RebaseCreate,
    RebasePage,
    RebaseRead,
    RebaseRejection,
)

router = APIRouter(tags=["verdicts"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
Change = Annotated[Context, may_use(writing(P.KPI_UPDATE))]
Number = Annotated[str, Path(max_length=10, description="Its number within the KPI.", examples=["1"])]


@router.get(
    "/plans/{plan}/kpis/{kpi}/verdicts",
    summary="Read the verdicts on a KPI",
    response_model=KpiVerdictsRead,
    responses=READS,
)
async def read_kpi_verdicts(kpi: KpiRef, ctx: Read) -> Response:
    """Every segment and basis with values: how it stands against the target on the plan's clock, what it
    is doing, and what may be expected of it."""
    return ctx.show(to_json(await read_verdicts(ctx, kpi)))


@router.get(
    "/plans/{plan}/kpis/{kpi}/earlier-verdicts",
    summary="List a KPI's earlier verdicts",
    response_model=EarlierVerdictPage,
    responses=READS,
)
async def list_earlier_verdicts(
    kpi: KpiRef,
    ctx: Read,
    page: Paging,
    segment: Annotated[list[str] | None, Query(description="Segment refs; `_all` is the whole.")] = None,
    basis: Annotated[list[terms.Basis] | None, Query()] = None,
) -> Response:
    """Those that a change of profile, target, polarity, nature, unit or definition, or a rebase, did away
    with: what changed, when, by whom. Each reads as it did on its last day. Sort key: at."""
    return await list_earlier(ctx, kpi, page, {"segment": segment, "basis": basis})


@router.get(
    "/plans/{plan}/kpis/{kpi}/rebases",
    summary="List a KPI's rebases",
    response_model=RebasePage,
    responses=READS,
)
async def list_rebases(
    kpi: KpiRef,
    ctx: Read,
    page: Paging,
    state: Annotated[list[terms.RebaseState] | None, Query()] = None,
) -> Response:
    """Where somebody proposed to draw the line anew, and what became of it. Sort keys: number, from."""
    return await rebases.list_rebases(ctx, kpi, page, state)


@router.post(
    "/plans/{plan}/kpis/{kpi}/rebases",
    summary="Propose a rebase",
    status_code=201,
    response_model=RebaseRead,
    responses=CREATES,
)
async def propose_rebase(kpi: KpiRef, new: RebaseCreate, ctx: Change) -> Response:
    """Nothing is judged anew before a second person agrees."""
    item = await rebases.propose(ctx, kpi, new)
    number = orjson.loads(item.body)["number"]
    where = f"/v1/plans/{ctx.plan.ref}/kpis/{kpi}/rebases/{number}"
    return ctx.created(item.body, where, version=item.version)


@router.get(
    "/plans/{plan}/kpis/{kpi}/rebases/{rebase}",
    summary="Read a rebase",
    response_model=RebaseRead,
    responses=READS,
)
async def read_rebase(kpi: KpiRef, rebase: Number, ctx: Read) -> Response:
    """One rebase, and whether you may agree to it."""
    item = await rebases.read_rebase(ctx, kpi, rebase)
    return ctx.show(item.body, version=item.version)


@router.post(
    "/plans/{plan}/kpis/{kpi}/rebases/{rebase}/agreement",
    summary="Agree to a rebase",
    response_model=RebaseRead,
    responses=CHANGES,
)
async def agree_to_rebase(
    kpi: KpiRef, rebase: Number, given: RebaseAgreement, ctx: Change, if_match: IfMatch = None
) -> Response:
    """By another person than its proposer. The KPI is judged anew; the verdict of before stays visible."""
    item = await rebases.agree(ctx, kpi, rebase, given.note, if_match)
    return ctx.written(item.body, version=item.version)


@router.post(
    "/plans/{plan}/kpis/{kpi}/rebases/{rebase}/rejection",
    summary="Reject a rebase",
    response_model=RebaseRead,
    responses=CHANGES,
)
async def reject_rebase(
    kpi: KpiRef, rebase: Number, given: RebaseRejection, ctx: Change, if_match: IfMatch = None
) -> Response:
    """By anyone who may change the KPI; its proposer takes it back so."""
    item = await rebases.reject(ctx, kpi, rebase, given.note, if_match)
    return ctx.written(item.body, version=item.version)
