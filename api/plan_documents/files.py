"""Plan documents as files, for commands: no limit of size, and the operator acts as the service itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.acting import act_as
from api.core.database import transaction
from api.core.errors import Problem, ProblemType, field_error
from api.core.http import pointer_of
from api.plan_documents import service
from api.plan_documents.document import PlanDocument
from api.plan_documents.merging import Decision
from api.plan_documents.schemas import PlanImportRead


def read_document(written: str | bytes) -> PlanDocument:
    """The document in a file. Raises BAD_REQUEST for no JSON, INVALID with a pointer for each error."""
    try:
        held: Any = json.loads(written, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Problem(ProblemType.BAD_REQUEST, f"The file is not JSON: {error}.") from None
    try:
        return PlanDocument.model_validate(held)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        errors = [field_error(pointer_of(one["loc"]), one["msg"], one["type"]) for one in found]
        raise Problem(
            ProblemType.INVALID,
            f"{errors[0]['pointer'] or '/'}: {errors[0]['message']}",
            errors=errors,
        ) from None


async def import_file(
    engine: AsyncEngine,
    path: Path,
    *,
    dry_run: bool = True,
    decisions: Mapping[str, Decision] | None = None,
    today: str | None = None,
) -> PlanImportRead:
    """Preview or import a file, in one transaction, as the system.

    Raises OSError, and what :func:`read_document` and ``service.import_document`` raise.
    """
    document = read_document(path.read_bytes())  # noqa: ASYNC240 - a command has nothing else to do
    async with transaction(engine) as session:
        ctx = await act_as(session, today=today, reason=f"Imported from {path.name}")
        return await service.import_document(ctx, document, decisions=decisions or {}, dry_run=dry_run)


async def export_file(engine: AsyncEngine, plan: str) -> bytes:
    """A plan as an indented document. Raises NOT_FOUND."""
    async with transaction(engine) as session:
        ctx = await act_as(session, plan=plan)
        body = orjson.loads(await service.export_json(ctx))
    return (json.dumps(body, indent=2, ensure_ascii=False) + "\n").encode()
