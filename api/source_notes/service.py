"""What can be done with source notes. Each function reads: load, check, write, answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from api.core.context import Context
from api.core.editing import add, as_sent, change, hold, sent, table_of
from api.core.errors import conflict, invalid
from api.core.reading import Item, read_by_id
from api.narratives.about import arcs_of
from api.source_notes.repository import SOURCE_NOTE
from api.source_notes.schemas import SourceNoteCreate, SourceNoteUpdate
from api.source_notes.tables import SourceNote
from api.vocabulary import PlanStatus


async def create_source_note(ctx: Context, new: SourceNoteCreate) -> tuple[int, Item]:
    """Raises INVALID for an item that is not there, CONFLICT in a closed plan."""
    if ctx.plan.status == PlanStatus.CLOSED:
        raise conflict("The plan is closed; its doubts are settled, but none are added.")
    (arc,) = await arcs_of(ctx, [new.about], "/about/ref")
    place = await ctx.session.scalar(
        text("select coalesce(max(position), -1) + 1 from source_note where plan_id = :plan"),
        {"plan": ctx.plan.id},
    )
    note_id = await add(ctx, SourceNote, {"kind": new.kind, "text": new.text, "position": place, **arc})
    return note_id, await read_by_id(ctx, SOURCE_NOTE, note_id)


async def update_source_note(
    ctx: Context, note_id: int, patch: SourceNoteUpdate, if_match: str | None
) -> Item:
    """Settle a doubt, reword how it was settled, or open it again.

    Raises EDIT_CONFLICT, or INVALID where it would be settled without words, or words stand by
    what is not settled.
    """
    held = await hold(ctx, SOURCE_NOTE, str(note_id), if_match, as_sent(patch))
    table = table_of(SourceNote)
    before = (await ctx.session.execute(table.select().where(table.c.id == held.id))).mappings().one()
    await change(ctx, SourceNote, held.id, _settlement(ctx, before["settled"], before["settlement"], patch))
    return await read_by_id(ctx, SOURCE_NOTE, held.id)


def _settlement(
    ctx: Context, was_settled: bool, before: str | None, patch: SourceNoteUpdate
) -> dict[str, Any]:
    fields = sent(patch)
    settled = fields.get("settled", was_settled)
    words = fields.get("settlement", before if was_settled else None)
    if not settled:
        if fields.get("settlement"):
            raise invalid("/settlement", "Only what is settled has words on how.", "not_settled")
        words = None
    elif words is None:
        raise invalid("/settlement", "Say how it was settled.", "settlement_needed")
    columns: dict[str, Any] = {"settled": settled, "settlement": words}
    if settled is not was_settled:
        columns["settled_by"] = ctx.actor.id if settled else None
        columns["settled_at"] = datetime.now(UTC) if settled else None
    return columns
