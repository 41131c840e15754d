"""Values of a document on their way through the one pipeline for values."""

from __future__ import annotations

from typing import Any

from api.core.context import Context
from api.core.errors import Problem, ProblemType, field_error
from api.measurements.rows import SINGLE_FIELDS
from api.measurements.service import Refused, take
from api.measurements.submissions import Delivery
from api.measurements.tables import Mode
from api.plan_documents.document import Measurement
from api.plan_documents.merging import Merge
from api.vocabulary import MeasurementWorkflow

DOOR = "plan_document"
"""What the submission says the values came by."""


def value_row(value: Measurement) -> dict[str, Any]:
    """A value as the pipeline takes it, with nothing left out but what is null."""
    row = {name: held for name, held in value if held is not None}
    return row | {"workflow": value.workflow or MeasurementWorkflow.LOADED}


async def store_values(ctx: Context, merged: Merge) -> None:
    """Store the values that are new or changed. Raises INVALID for any that the pipeline refuses."""
    moving = [value for value in merged.items["measurement"] if value.held is None or value.fields]
    if not moving:
        return
    rows = [value_row(value.item) for value in moving]
    delivery = Delivery(DOOR, Mode.ATOMIC, len(rows), source=f"Plan document {ctx.plan.ref}")
    try:
        await take(ctx, delivery, rows, fields=SINGLE_FIELDS, is_whole=True)
    except Refused as refused:
        errors = [
            field_error(f"/document{moving[error.row].pointer}{error.pointer}", error.message, error.code)
            for error in refused.errors
        ]
        raise Problem(ProblemType.INVALID, "Some values cannot be taken.", errors=errors) from None
