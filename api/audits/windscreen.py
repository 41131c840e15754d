"""The position on the windscreen: judgements made one after another, each with its reason."""

from __future__ import annotations

from sqlalchemy import text

from api.audits.repository import POSITIONS
from api.audits.schemas import WindscreenPositionCreate
from api.audits.tables import WindscreenPosition
from api.core.context import Context
from api.core.editing import add, hold_id, remove
from api.core.errors import invalid
from api.core.reading import Item, read_by_id
from api.vocabulary import PartyKind


async def record_position(ctx: Context, new: WindscreenPositionCreate) -> Item:
    """Raises INVALID for a day after today, or a party that is not there or is no one in particular."""
    judged_on = new.judged_on or ctx.today
    if judged_on > ctx.today:
        raise invalid("/judged_on", "A judgement cannot be dated after today.", "in_future")
    columns = {
        "grade": new.grade,
        "place": new.place,
        "judged_on": judged_on,
        "reason": new.reason,
        "judged_by_id": None if new.party is None else await _judge(ctx, new.party),
        "recorded_by": ctx.actor.id,
    }
    return await read_by_id(ctx, POSITIONS, await add(ctx, WindscreenPosition, columns))


async def delete_position(ctx: Context, position_id: int, if_match: str | None) -> None:
    """For one recorded in error; its history stays."""
    held = await hold_id(ctx, POSITIONS, (await read_by_id(ctx, POSITIONS, position_id)).id, if_match)
    await remove(ctx, WindscreenPosition, held.id)


async def _judge(ctx: Context, ref: str) -> int:
    row = (
        await ctx.session.execute(
            text("select id, kind from party where plan_id = :plan and lower(ref) = lower(:ref)"),
            {"plan": ctx.plan.id, "ref": ref},
        )
    ).first()
    if row is None:
        raise invalid("/party", f"There is no party {ref!r} here.", "unknown_ref")
    if row.kind not in {PartyKind.PERSON, PartyKind.ROLE}:
        raise invalid("/party", "A position is one person's judgement; name a person or a role.", "no_person")
    return int(row.id)
