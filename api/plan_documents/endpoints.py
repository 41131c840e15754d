"""Routes of plan documents: import and export of whole plans."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import orjson
from fastapi import APIRouter, Response

from api.auth.dependencies import Context, may_use, reading, reading_service, writing_service
from api.auth.permissions import Permission as P
from api.core.context import to_json
from api.core.http import Route
from api.core.openapi import CREATES, READS
from api.plan_documents import service
from api.plan_documents.document import PlanDocument
from api.plan_documents.schemas import PlanImport, PlanImportRead

router = APIRouter(tags=["plan documents"], route_class=Route)

Export = Annotated[Context, may_use(reading(P.PLAN_EXPORT))]
Import = Annotated[Context, may_use(writing_service())]
_DOCUMENT = {"application/json": {"schema": {"$ref": f"#/components/schemas/{PlanDocument.__name__}"}}}

SignedIn = Annotated[Context, may_use(reading_service())]


@router.post(
    "/plan-imports",
    summary="Preview or import a plan document",
    response_model=PlanImportRead,
    responses=CREATES | {201: {"model": PlanImportRead, "description": "A new plan was imported."}},
)
async def import_plan(given: PlanImport, ctx: Import) -> Response:
    """A preview unless `dry_run` is false; then all of the document is imported, or nothing.

    A plan that exists needs `plan:import` in it, a new one an administrator. Importing again merges
    three ways against the document imported last: what changed here and there differently is a
    conflict (409) until `decisions` has an answer for its pointer. What a new document leaves out is
    kept. Larger documents than a body may be come by `turnstone plan import`.
    """
    told = await service.import_document(
        ctx,
        given.document,
        decisions=given.decisions,
        dry_run=given.dry_run,
        held_digest=given.held_digest,
    )
    body = to_json(told.model_dump(mode="json"))
    if told.is_new and not told.dry_run:
        return ctx.created(body, f"/v1/plans/{told.plan}", version=1)
    return ctx.written(body, version=0)


@router.get(
    "/plan-imports/schema",
    summary="Read the JSON Schema of a plan document",
    response_model=dict[str, object],
    responses=READS,
)
async def read_plan_document_schema(ctx: SignedIn) -> Response:
    """JSON Schema 2020-12 of the format `turnstone-plan/1`."""
    return ctx.show(document_schema())


@router.get(
    "/plans/{plan}/export",
    summary="Export a plan as a document",
    responses=READS | {200: {"description": "What an import takes.", "content": _DOCUMENT}},
)
async def export_plan(ctx: Export) -> Response:
    """All of the plan as one document, with its current values. Importing it changes nothing."""
    body = await service.export_json(ctx)
    return ctx.show(body, headers={"Content-Disposition": f'attachment; filename="{ctx.plan.ref}.json"'})


@cache
def document_schema() -> bytes:
    schema = PlanDocument.model_json_schema()
    return orjson.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
