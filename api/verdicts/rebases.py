"""A line drawn anew from a period on: proposed by one person, agreed by another."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Response
from sqlalchemy import func, select, text

from api.core.context import Context
from api.core.editing import Held, add, change, hold_id, table_of
from api.core.errors import conflict, invalid, not_allowed, not_found
from api.core.reading import Item, PageQuery, read_by_id, read_one, read_page
from api.kpis import periods
from api.kpis.segments import kpi_id_of
from api.kpis.tables import Kpi
from api.verdicts.repository import REBASE, REBASE_BY_ID
from api.verdicts.schemas import RebaseCreate
from api.verdicts.service import judge_kpi, judging_with_others
from api.verdicts.tables import Rebase
from api.vocabulary import RebaseState


async def list_rebases(
    ctx: Context, kpi: str, query: PageQuery, state: Sequence[RebaseState] | None
) -> Response:
    """A KPI's rebases with what became of each, newest first."""
    kpi_id = await kpi_id_of(ctx, kpi)
    return await read_page(ctx, REBASE, query, {"state": state}, kpi_id=kpi_id)


async def read_rebase(ctx: Context, kpi: str, number: str) -> Item:
    """Raises NOT_FOUND."""
    return await read_one(ctx, REBASE, number, kpi_id=await kpi_id_of(ctx, kpi))


async def propose(ctx: Context, kpi: str, new: RebaseCreate) -> Item:
    """Raises INVALID for a period that is none of the KPI's or a segment it has not; CONFLICT for one
    that stands already."""
    kpi_id = await _hold_kpi(ctx, kpi)
    period = await _period(ctx, kpi_id, new.from_period)
    segment_id = await _segment(ctx, kpi_id, new.segment)
    table = table_of(Rebase)
    same = (
        table.c.kpi_id == kpi_id,
        table.c.from_on == period.starts_on,
        table.c.segment_id.is_not_distinct_from(segment_id),
        table.c.basis.is_not_distinct_from(new.basis),
        table.c.state != RebaseState.REJECTED,
    )
    if await ctx.session.scalar(select(table.c.number).where(*same).limit(1)) is not None:
        raise conflict(f"A rebase from {period.key} is proposed or agreed already.")
    last = await ctx.session.scalar(select(func.max(table.c.number)).where(table.c.kpi_id == kpi_id))
    rebase_id = await add(
        ctx,
        Rebase,
        {
            "kpi_id": kpi_id,
            "number": (last or 0) + 1,
            "segment_id": segment_id,
            "basis": new.basis,
            "from_period": period.key,
            "from_on": period.starts_on,
            "reason": new.reason,
            "state": RebaseState.PROPOSED,
            "proposed_by": ctx.actor.id,
        },
    )
    return await read_by_id(ctx, REBASE, rebase_id, kpi_id=kpi_id)


async def agree(ctx: Context, kpi: str, number: str, note: str | None, if_match: str | None) -> Item:
    """Draw the line anew; the verdict of before stays with the earlier ones.

    Raises NOT_ALLOWED for the proposer, CONFLICT for one that is decided or whose proposer is not known.
    """
    await judging_with_others(ctx)
    kpi_id = await _hold_kpi(ctx, kpi)
    held = await _hold(ctx, kpi_id, number, if_match)
    by = await ctx.session.scalar(text("select proposed_by from rebase where id = :id"), {"id": held.id})
    if by == ctx.actor.id:
        raise not_allowed("You proposed it; a second person agrees to a rebase.")
    await _refuse_decided(ctx, held)
    if by is None:
        raise conflict("Who proposed it is not known any more, so nobody can be the second. Propose another.")
    await _decide(ctx, held, RebaseState.AGREED, note)
    await judge_kpi(ctx, kpi_id)
    return await read_by_id(ctx, REBASE, held.id, kpi_id=kpi_id)


async def reject(ctx: Context, kpi: str, number: str, note: str, if_match: str | None) -> Item:
    """Nothing is drawn anew. Its proposer may also take it back. Raises CONFLICT for one that is decided."""
    kpi_id = await _hold_kpi(ctx, kpi)
    held = await _hold(ctx, kpi_id, number, if_match)
    await _refuse_decided(ctx, held)
    await _decide(ctx, held, RebaseState.REJECTED, note)
    return await read_by_id(ctx, REBASE, held.id, kpi_id=kpi_id)


async def _hold_kpi(ctx: Context, ref: str) -> int:
    """The KPI's row, locked: no series of it begins, and no other rebase is numbered, meanwhile."""
    kpi_id = await kpi_id_of(ctx, ref)
    held = await ctx.session.scalar(text("select id from kpi where id = :id for update"), {"id": kpi_id})
    if held is None:
        raise not_allowed("You may read this KPI, but it is not yours to change.")
    return kpi_id


async def _hold(ctx: Context, kpi_id: int, number: str, if_match: str | None) -> Held:
    found = await ctx.session.scalar(
        text("select id from rebase where kpi_id = :kpi and number::text = :number"),
        {"kpi": kpi_id, "number": number},
    )
    if found is None:
        raise not_found("rebase")
    return await hold_id(ctx, REBASE_BY_ID, found, if_match)


async def _refuse_decided(ctx: Context, held: Held) -> None:
    table = table_of(Rebase)
    now = await ctx.session.scalar(select(table.c.state).where(table.c.id == held.id))
    if now is not RebaseState.PROPOSED:
        raise conflict(f"It is {now} already; propose another.")


async def _decide(ctx: Context, held: Held, state: RebaseState, note: str | None) -> None:
    decision = {"state": state, "decided_by": ctx.actor.id, "decided_at": func.now(), "decision_note": note}
    await change(ctx, Rebase, held.id, decision)


async def _period(ctx: Context, kpi_id: int, written: str) -> periods.Period:
    table = table_of(Kpi)
    kind = (await ctx.session.execute(select(table.c.period_type).where(table.c.id == kpi_id))).scalar_one()
    try:
        return periods.parse(written, kind)
    except periods.UnreadablePeriod as error:
        raise invalid("/from_period", str(error), error.code) from None


async def _segment(ctx: Context, kpi_id: int, ref: str | None) -> int | None:
    if ref is None:
        return None
    found: int | None = await ctx.session.scalar(
        text("select id from segment where kpi_id = :kpi and lower(ref) = lower(:ref)"),
        {"kpi": kpi_id, "ref": ref},
    )
    if found is None:
        raise invalid("/segment", f"The KPI has no segment {ref!r}.", "unknown_ref")
    return found
