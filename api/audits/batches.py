"""Audits in bulk: each row is looked at by itself, and what is wrong in one never spoils the others.

Nothing of a refused row is kept. Values in bulk keep theirs, with the reason beside each; an audit's may
hold what must never be stored, so the sender gets the reasons and the service forgets the rows. Audits have
no natural key either, two may be alike in all that is kept: only an Idempotency-Key makes a repeat safe.
"""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import ValidationError

from api.audits.editions import hold_audits
from api.audits.recording import Sound, derive_from, know, look_at, store
from api.audits.schemas import MOST_AUDITS, AuditBatch, AuditCreate
from api.core.context import Context, to_json
from api.core.errors import Problem, ProblemType
from api.measurements.repository import MOST_SHOWN
from api.measurements.rows import RowError, merged
from api.measurements.tables import Mode
from api.measurements.taking import readable

NOT_A_FIELD = (
    "An audit has no such field: it takes scores and no case identifier, name or comment. Its fields are "
    + ", ".join(AuditCreate.model_fields)
    + "."
)


async def record_batch(ctx: Context, batch: AuditBatch) -> Response:
    """Record audits, or say what is wrong with them.

    201 recorded, 200 for a dry run. Raises TOO_LARGE beyond a thousand, INVALID with the batch inside
    where an atomic one holds a wrong row.
    """
    if len(batch.rows) > MOST_AUDITS:
        message = f"A batch may hold {MOST_AUDITS} audits at most, and this one has {len(batch.rows)}."
        raise Problem(ProblemType.TOO_LARGE, message)
    errors: list[RowError] = []
    sound = await _sound(ctx, batch.rows, errors)
    if errors and batch.mode is Mode.ATOMIC and not batch.dry_run:
        raise _refusal(batch, errors)
    refs: list[str] = []
    if sound and not batch.dry_run:
        await hold_audits(ctx)
        refs = [ref for _, ref in await store(ctx, sound)]
        await derive_from(ctx, sound)
    body = to_json(_said(batch, len(sound), refs, errors))
    if batch.dry_run:
        return ctx.written(body, version=0)
    return ctx.created(body, f"/v1/plans/{ctx.plan.ref}/audits", version=0)


async def _sound(ctx: Context, rows: list[Any], errors: list[RowError]) -> list[Sound]:
    """The good rows in their order; the reasons of the others go to ``errors``."""
    shaped: dict[int, AuditCreate] = {}
    for index, row in enumerate(rows):
        try:
            shaped[index] = AuditCreate.model_validate(row)
        except ValidationError as error:
            errors += _reasons(index, error)
    known = await know(ctx, shaped.values())
    sound = []
    for index, audit in shaped.items():
        found = look_at(audit, known)
        if isinstance(found, Sound):
            sound.append(found)
        else:
            errors += [RowError(index, fault.code, fault.pointer, fault.message) for fault in found]
    return sound


def _reasons(index: int, error: ValidationError) -> list[RowError]:
    """Why a row has not even an audit's shape. Pydantic's own messages repeat nothing of the input."""
    reasons = []
    for found in error.errors(include_url=False, include_input=False, include_context=False)[:MOST_SHOWN]:
        place = "/".join(str(part)[:64].replace("~", "~0").replace("/", "~1") for part in found["loc"])
        pointer = readable(f"/{place}" if place else "")
        if found["type"] == "extra_forbidden":
            reasons.append(RowError(index, "unknown_field", pointer, NOT_A_FIELD))
        elif not place:
            reasons.append(RowError(index, "not_an_object", "", "An audit is an object of named fields."))
        else:
            message = readable(found["msg"].removeprefix("Value error, "))
            reasons.append(RowError(index, found["type"], pointer, message))
    return reasons


def _said(batch: AuditBatch, good: int, refs: list[str], errors: list[RowError]) -> dict[str, Any]:
    return {
        "mode": batch.mode.value,
        "dry_run": batch.dry_run,
        "received": len(batch.rows),
        "created": good,
        "rejected": len(batch.rows) - good,
        "audits": refs,
        "errors": merged(errors, MOST_SHOWN),
    }


def _refusal(batch: AuditBatch, errors: list[RowError]) -> Problem:
    wrong = len({error.row for error in errors})
    verb = "is" if wrong == 1 else "are"
    return Problem(
        ProblemType.INVALID,
        f"{wrong} of {len(batch.rows)} audits {verb} wrong, and the mode is atomic: nothing was recorded.",
        errors=[
            {"pointer": f"/rows/{error.row}{error.pointer}", "code": error.code, "message": error.message}
            for error in sorted(errors)[:MOST_SHOWN]
        ],
        batch=_said(batch, 0, [], errors),
    )
