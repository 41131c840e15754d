"""What can be done with ladders: a change makes the next edition, and running escalations keep theirs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, insert, select

from api.core.context import Context
from api.core.editing import add, as_sent, change, hold, hold_id, table_of
from api.core.errors import Problem, ProblemType
from api.core.reading import Item, read_by_id, read_one
from api.escalations.ladder_schemas import LadderCreate, LadderReplace, LadderUpdate, StageWrite
from api.escalations.repository import LADDER_EDITIONS, LADDERS
from api.escalations.tables import Ladder, LadderStage


async def create_ladder(ctx: Context, new: LadderCreate) -> Item:
    """Its first edition. Raises REF_TAKEN."""
    if await _edition(ctx, new.ref) is not None:
        raise Problem(ProblemType.REF_TAKEN, f"The ref {new.ref!r} is taken, regardless of case.")
    columns = {"ref": new.ref, "is_enabled": new.is_enabled, **_columns(new)}
    return await _store(ctx, columns, new.stages)


async def read_ladder(ctx: Context, ref: str, edition: int | None) -> Item:
    """The latest edition unless one is named. Raises NOT_FOUND."""
    if edition is None:
        return await read_one(ctx, LADDERS, ref)
    return await read_one(ctx, LADDER_EDITIONS, ref, edition=edition)


async def replace_ladder(ctx: Context, ref: str, wanted: LadderReplace, if_match: str | None) -> Item:
    """The next edition. Its version goes on from the one before, so that a stale editor is found out."""
    held = await hold(ctx, LADDERS, ref, if_match, as_sent(wanted))
    table = table_of(Ladder)
    before = (await ctx.session.execute(select(table).where(table.c.id == held.id))).mappings().one()
    latest = await _edition(ctx, before["ref"])
    if latest is not None and latest["id"] != held.id:
        # Somebody made the next edition while this request waited for the one it had read.
        await hold_id(ctx, LADDERS, latest["id"], if_match, as_sent(wanted))
    columns = {
        "ref": before["ref"],
        "is_enabled": before["is_enabled"],
        "edition": before["edition"] + 1,
        "version": held.version + 1,
        **_columns(wanted),
    }
    return await _store(ctx, columns, wanted.stages)


async def update_ladder(ctx: Context, ref: str, patch: LadderUpdate, if_match: str | None) -> Item:
    held = await hold(ctx, LADDERS, ref, if_match, as_sent(patch))
    await change(ctx, Ladder, held.id, {"is_enabled": patch.is_enabled})
    return await read_by_id(ctx, LADDERS, held.id)


def _columns(ladder: LadderReplace) -> dict[str, Any]:
    return {"title": ladder.title, "overall_working_days": ladder.overall_working_days}


async def _edition(ctx: Context, ref: str) -> dict[str, Any] | None:
    table = table_of(Ladder)
    row = (
        (
            await ctx.session.execute(
                select(table)
                .where(table.c.plan_id == ctx.plan.id, func.lower(table.c.ref) == ref.lower())
                .order_by(table.c.edition.desc())
                .limit(1)
            )
        )
        .mappings()
        .first()
    )
    return None if row is None else dict(row)


async def _store(ctx: Context, columns: dict[str, Any], stages: list[StageWrite]) -> Item:
    ladder_id = await add(ctx, Ladder, columns)
    rows = [
        {"plan_id": ctx.plan.id, "ladder_id": ladder_id, "position": place, **stage.model_dump()}
        for place, stage in enumerate(stages, start=1)
    ]
    await ctx.session.execute(insert(table_of(LadderStage)), rows)
    return await read_by_id(ctx, LADDERS, ladder_id)
