"""What can be done with case-file audits, one by one."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import func, text

from api.audits.deriving import derive
from api.audits.editions import hold_audits
from api.audits.recording import Sound, derive_from, know, look_at, store
from api.audits.repository import AUDITS
from api.audits.rules import Fault
from api.audits.schemas import AuditCreate, AuditUpdate, AuditWithdraw
from api.audits.tables import Audit, AuditScore
from api.core.context import Context
from api.core.editing import Held, as_sent, change, hold, replace_children, sent, touch
from api.core.errors import Problem, ProblemType, conflict, field_error
from api.core.patches import refuse_nulls
from api.core.reading import Item, read_by_id

_NAMED = ("team", "auditor", "moderator")


async def record_audit(ctx: Context, new: AuditCreate) -> tuple[Item, str]:
    """The audit, and the ref it was given. Raises INVALID with a pointer at everything that is wrong."""
    await hold_audits(ctx)
    sound = await _sound(ctx, new)
    ((audit_id, ref),) = await store(ctx, [sound])
    await derive_from(ctx, [sound])
    return await read_by_id(ctx, AUDITS, audit_id), ref


async def correct_audit(ctx: Context, ref: str, patch: AuditUpdate, if_match: str | None) -> Item:
    """Apply a merge patch: a mark mended, a moderation that came later. What was stays in its history.

    Raises EDIT_CONFLICT, CONFLICT for a withdrawn audit, or INVALID.
    """
    await hold_audits(ctx)
    held = await hold(ctx, AUDITS, ref, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, {"month", "scores"})
    was = await _said_of(ctx, held)
    sound = await _sound(ctx, _patched(was, fields), is_new=False)
    await change(ctx, Audit, held.id, sound.columns())
    owner = {"audit_id": held.id}
    if await replace_children(ctx, AuditScore, owner, sound.score_rows(), key="domain_id"):
        await touch(ctx, Audit, held.id)
    await derive(ctx, sound.template_id, {was["month"], sound.month})
    return await read_by_id(ctx, AUDITS, held.id)


async def withdraw_audit(ctx: Context, ref: str, wanted: AuditWithdraw, if_match: str | None) -> Item:
    """It counts nowhere from now on, and stays to be read. Raises CONFLICT for one withdrawn before."""
    await hold_audits(ctx)
    held = await hold(ctx, AUDITS, ref, if_match, as_sent(wanted))
    was = await _said_of(ctx, held)
    columns = {"withdrawn_because": wanted.because, "withdrawn_at": func.clock_timestamp()}
    await change(ctx, Audit, held.id, columns)
    template = await ctx.session.scalar(text("select template_id from audit where id = :id"), {"id": held.id})
    await derive(ctx, template, {was["month"]})
    return await read_by_id(ctx, AUDITS, held.id)


async def _sound(ctx: Context, audit: AuditCreate, *, is_new: bool = True) -> Sound:
    found = look_at(audit, await know(ctx, [audit]), is_new=is_new)
    if isinstance(found, Sound):
        return found
    raise _problem(found)


def _problem(faults: list[Fault]) -> Problem:
    errors = [field_error(fault.pointer, fault.message, fault.code) for fault in faults]
    return Problem(ProblemType.INVALID, errors[0]["message"], errors=errors)


async def _said_of(ctx: Context, held: Held) -> dict[str, Any]:
    """A held audit as it is read. Raises CONFLICT for a withdrawn one."""
    said: dict[str, Any] = orjson.loads((await read_by_id(ctx, AUDITS, held.id)).body)
    if said["withdrawn"] is not None:
        raise conflict("It was withdrawn and counts nowhere; record a new audit in its place.")
    return said


def _patched(was: dict[str, Any], fields: dict[str, Any]) -> AuditCreate:
    """The audit as if it were sent anew, whole: what it was, under what the patch says."""
    marks = {mark["domain"]: mark for mark in was["marks"]}
    scores = {domain: mark["before"] for domain, mark in marks.items()}
    moderated = {domain: mark["after"] for domain, mark in marks.items()}
    if fields.get("moderated", moderated) is None:
        moderated = {}
    # A patch names domains in any case; the one held is the one it means.
    as_held = {domain.lower(): domain for domain in marks}
    for held, given in ((scores, fields.get("scores")), (moderated, fields.get("moderated"))):
        for domain, mark in (given or {}).items():
            held[as_held.get(domain.lower(), domain)] = mark
    named = {name: was[name]["party"] if was[name] else None for name in _NAMED}
    named |= {name: fields[name] for name in _NAMED if name in fields}
    return AuditCreate(
        template=was["template"],
        edition=was["edition"],
        month=fields.get("month", was["month"]),
        scores=scores,
        moderated=moderated,
        **named,
    )
