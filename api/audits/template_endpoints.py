"""Routes of audit templates, their results, and the KPIs derived from them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.audits import measures, results, templates
from api.audits.repository import MEASURES, TEMPLATES
from api.audits.schemas import AuditResultsRead
from api.audits.template_schemas import (
    AuditMeasureCreate,
    AuditMeasurePage,
    AuditMeasureRead,
    AuditTemplateCreate,
    AuditTemplatePage,
    AuditTemplateRead,
    AuditTemplateRef,
    AuditTemplateReplace,
    AuditTemplateUpdate,
)
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_one, read_page
from api.core.shapes import Day
from api.kpis.schemas import KpiRef

router = APIRouter(tags=["audit templates"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_READ))]
Change = Annotated[Context, may_use(writing(P.AUDIT_TEMPLATE_WRITE))]


@router.get(
    "/plans/{plan}/audit-templates",
    summary="List audit templates",
    response_model=AuditTemplatePage,
    responses=READS,
)
async def list_audit_templates(
    ctx: Read,
    page: Paging,
    enabled: Annotated[bool | None, Query(description="Whether new audits may use it.")] = None,
) -> Response:
    """The latest edition of each. Sort keys: ref, title."""
    filters = {"enabled": None if enabled is None else [str(enabled).lower()]}
    return await read_page(ctx, TEMPLATES, page, filters)


@router.post(
    "/plans/{plan}/audit-templates",
    summary="Add an audit template",
    status_code=201,
    response_model=AuditTemplateRead,
    responses=CREATES,
)
async def create_audit_template(new: AuditTemplateCreate, ctx: Change) -> Response:
    """Its first edition. Each domain is graded, or scored on the template's scale."""
    item = await templates.create_template(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/audit-templates/{new.ref}", version=item.version)


@router.get(
    "/plans/{plan}/audit-templates/{template}",
    summary="Read an audit template",
    response_model=AuditTemplateRead,
    responses=READS,
)
async def read_audit_template(
    template: AuditTemplateRef,
    ctx: Read,
    edition: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Left out, the latest.")] = None,
) -> Response:
    """One edition; older ones stay readable, because audits were made on them."""
    item = await templates.read_template(ctx, template, edition)
    return ctx.show(item.body, version=item.version)


@router.put(
    "/plans/{plan}/audit-templates/{template}",
    summary="Make the next edition of an audit template",
    response_model=AuditTemplateRead,
    responses=CHANGES,
)
async def replace_audit_template(
    template: AuditTemplateRef, wanted: AuditTemplateReplace, ctx: Change, if_match: IfMatch = None
) -> Response:
    """New audits are made on it; earlier ones keep theirs, and add up with them domain by domain.

    409 where a KPI is derived from a domain that would go or change its scale: its line would run on
    over figures that do not compare.
    """
    item = await templates.replace_template(ctx, template, wanted, if_match)
    return ctx.written(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/audit-templates/{template}",
    summary="Enable or disable an audit template",
    response_model=AuditTemplateRead,
    responses=CHANGES,
)
async def update_audit_template(
    template: AuditTemplateRef, patch: AuditTemplateUpdate, ctx: Change, if_match: IfMatch = None
) -> Response:
    """A disabled template takes no new audits; those it has still count."""
    item = await templates.update_template(ctx, template, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete(
    "/plans/{plan}/audit-templates/{template}",
    summary="Delete an audit template",
    status_code=204,
    responses=REMOVES,
)
async def delete_audit_template(
    template: AuditTemplateRef, ctx: Change, if_match: IfMatch = None
) -> Response:
    """Only one without audits and derived KPIs; disable others."""
    await templates.delete_template(ctx, template, if_match)
    return ctx.no_content()


@router.get(
    "/plans/{plan}/audit-templates/{template}/results",
    summary="Read what a template's audits add up to",
    response_model=AuditResultsRead,
    responses=READS,
)
async def read_audit_results(
    template: AuditTemplateRef,
    ctx: Read,
    by: Annotated[terms.PeriodType, Query(description="Months or longer.")] = terms.PeriodType.MONTH,
    from_: Annotated[Day | None, Query(alias="from", description="From the month of this day.")] = None,
    to: Annotated[Day | None, Query(description="To the month of this day.")] = None,
    team: Annotated[list[str] | None, Query(description="Refs of teams; only their audits.")] = None,
    by_team: Annotated[bool, Query(description="Each team by itself too.")] = False,
) -> Response:
    """Distribution, average, before and after moderation, and the windscreen position beside them.

    Fewer than twenty audits are flagged, and their shares told as "3 of 4".
    """
    return await results.read_results(ctx, template, by=by, first=from_, last=to, teams=team, by_team=by_team)


@router.get(
    "/plans/{plan}/audit-measures",
    summary="List the KPIs derived from audits",
    response_model=AuditMeasurePage,
    responses=READS,
)
async def list_audit_measures(
    ctx: Read, page: Paging, template: Annotated[list[str] | None, Query()] = None
) -> Response:
    """What each is derived from. Sort keys: kpi, template."""
    return await read_page(ctx, MEASURES, page, {"template": template})


@router.post(
    "/plans/{plan}/audit-measures",
    summary="Derive a KPI from audits",
    status_code=201,
    response_model=AuditMeasureRead,
    responses=CREATES,
)
async def create_audit_measure(new: AuditMeasureCreate, ctx: Change) -> Response:
    """Its values are made at once, and again whenever audits change, under the door `audits`.

    A team's audits make the value of the KPI's segment that bears the team's ref. A value that somebody
    else brought for the same segment, period and basis is left alone, and listed.
    """
    item = await measures.create_measure(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/audit-measures/{new.kpi}", version=item.version)


@router.get(
    "/plans/{plan}/audit-measures/{kpi}",
    summary="Read what a KPI is derived from",
    response_model=AuditMeasureRead,
    responses=READS,
)
async def read_audit_measure(kpi: KpiRef, ctx: Read) -> Response:
    """Addressed by the KPI's ref."""
    item = await read_one(ctx, MEASURES, kpi)
    return ctx.show(item.body, version=item.version)


@router.delete(
    "/plans/{plan}/audit-measures/{kpi}",
    summary="Stop deriving a KPI from audits",
    status_code=204,
    responses=REMOVES,
)
async def delete_audit_measure(kpi: KpiRef, ctx: Change, if_match: IfMatch = None) -> Response:
    """The values it has stay, and change no more with the audits."""
    await measures.delete_measure(ctx, kpi, if_match)
    return ctx.no_content()
