"""Routes of inspections and their frameworks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import Context, IfMatch, may_use, reading, reading_service, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, REMOVES, Paging
from api.core.reading import read_one, read_page
from api.plans.inspections import service
from api.plans.inspections.repository import INSPECTION
from api.plans.inspections.schemas import (
    FrameworkList,
    InspectionCreate,
    InspectionPage,
    InspectionRead,
    InspectionRef,
    InspectionUpdate,
)

router = APIRouter(tags=["inspections"], route_class=Route)

Signed = Annotated[Context, may_use(reading_service())]
Read = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
Setup = Annotated[Context, may_use(writing(P.SETUP_WRITE))]


@router.get("/frameworks", summary="List frameworks", response_model=FrameworkList, responses=READS)
async def list_frameworks(ctx: Signed) -> Response:
    """Inspection frameworks, whether they give grades, and their judgement areas with the days in force."""
    return ctx.show(service.known_frameworks().model_dump_json().encode())


@router.get(
    "/plans/{plan}/inspections", summary="List inspections", response_model=InspectionPage, responses=READS
)
async def list_inspections(
    ctx: Read,
    page: Paging,
    framework: Annotated[list[terms.Framework] | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the ref, title or scope.")] = None,
) -> Response:
    """Inspections the plan answers, newest first. Sort keys: starts, published, ref."""
    return await read_page(ctx, INSPECTION, page, {"framework": framework, "q": [q] if q else None})


@router.post(
    "/plans/{plan}/inspections",
    summary="Add an inspection",
    status_code=201,
    response_model=InspectionRead,
    responses=CREATES,
)
async def create_inspection(new: InspectionCreate, ctx: Setup) -> Response:
    """With its judgements and findings. Visits and joint targeted area inspections take no grade."""
    item = await service.create_inspection(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/inspections/{new.ref}", version=item.version)


@router.get(
    "/plans/{plan}/inspections/{inspection}",
    summary="Read an inspection",
    response_model=InspectionRead,
    responses=READS,
)
async def read_inspection(inspection: InspectionRef, ctx: Read) -> Response:
    """One inspection with its judgements and findings."""
    item = await read_one(ctx, INSPECTION, inspection)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/inspections/{inspection}",
    summary="Change an inspection",
    response_model=InspectionRead,
    responses=CHANGES,
)
async def update_inspection(
    inspection: InspectionRef, patch: InspectionUpdate, ctx: Setup, if_match: IfMatch = None
) -> Response:
    """A merge patch. A finding that is sent again under its ref stays the one recommendations answer."""
    item = await service.update_inspection(ctx, inspection, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.delete(
    "/plans/{plan}/inspections/{inspection}",
    summary="Delete an inspection",
    status_code=204,
    responses=REMOVES,
)
async def delete_inspection(inspection: InspectionRef, ctx: Setup, if_match: IfMatch = None) -> Response:
    """Not while recommendations refer to it (409). Its history stays."""
    await service.delete_inspection(ctx, inspection, if_match)
    return ctx.no_content()
