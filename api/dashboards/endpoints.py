"""Route of the dashboard."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth.dependencies import Context, may_use, reading
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import READS
from api.dashboards import service
from api.dashboards.schemas import DashboardRead, ScorecardRead
from api.kpis.scorecard import Said

router = APIRouter(tags=["dashboard"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_READ))]


Points = Annotated[int, Query(ge=12, le=36, description="How many of the last points each KPI shows.")]
FinancialYear = Annotated[
    str | None, Query(pattern=r"^FY\d{4}-\d{2}$", description="The scorecard's year.", examples=["FY2026-27"])
]


@router.get(
    "/plans/{plan}/dashboard",
    summary="Read the plan's dashboard",
    response_model=DashboardRead,
    responses=READS,
)
async def read_dashboard(ctx: Read, points: Points = 12, financial_year: FinancialYear = None) -> Response:
    """Recommendations by rating; actions by status, area and lead, overdue and due soon; the scorecard;
    open escalations; what changed in the last 30 days; doubts to settle."""
    return ctx.show(await service.read_dashboard(ctx, points=points, financial_year=financial_year))


@router.get(
    "/plans/{plan}/scorecard", summary="Read the scorecard", response_model=ScorecardRead, responses=READS
)
async def read_scorecard(
    ctx: Read,
    points: Points = 12,
    financial_year: FinancialYear = None,
    verdict: Annotated[
        list[Said] | None, Query(description="Only KPIs whose latest point says one of these.")
    ] = None,
) -> Response:
    """Every KPI under its accountability question, judged on the plan's clock, with one financial year."""
    body = await service.read_scorecard(
        ctx, points=points, financial_year=financial_year, verdict=verdict or ()
    )
    return ctx.show(body)
