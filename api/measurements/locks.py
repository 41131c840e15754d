"""Periods locked and reopened by people, on top of those that lock by themselves after some days."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text

from api.core.context import Context
from api.core.errors import invalid
from api.measurements.schemas import LockWrite
from api.measurements.staging import Stage

FIRST_DAY = date(1900, 1, 1)
"""Stands for the beginning: no period is older."""

_SHARE = "select pg_advisory_xact_lock_shared(hashtext('turnstone period locks'), %s::int)"
_ALONE = "select pg_advisory_xact_lock(hashtext('turnstone period locks'), cast(:plan as int))"

_INSERT = """
insert into period_lock (plan_id, kpi_id, from_on, to_on, is_locked, reason, by, created_at)
select :plan, kpi, :from_on, :to_on, :is_locked, :reason, :actor, turnstone.stamp()
from unnest(cast(:kpis as bigint[])) kpi
"""


async def share_period_locks(ctx: Context, stage: Stage) -> None:
    """Until this transaction ends, nobody locks or reopens a period of the plan."""
    await stage.execute(_SHARE, (ctx.plan.id % 2**31,))


async def hold_period_locks(ctx: Context) -> None:
    """Until this transaction ends, nobody delivers values; waits for deliveries under way."""
    await ctx.session.execute(text(_ALONE), {"plan": ctx.plan.id % 2**31})


async def set_locks(ctx: Context, write: LockWrite, kpi_ids: list[int], *, is_locked: bool) -> dict[str, Any]:
    """Say of the periods that end within a span that they are locked, or open.

    Waits for deliveries under way: each either ended before, or sees what is said here. Without KPIs it
    holds for every KPI of the plan. Raises INVALID for a span that ends before it begins.
    """
    if write.from_day is not None and write.from_day > write.to_day:
        raise invalid("/from", "The span ends before it begins.", "out_of_order")
    every_kpi: list[int | None] = [None]
    await hold_period_locks(ctx)
    await ctx.session.execute(
        text(_INSERT),
        {
            "plan": ctx.plan.id,
            "kpis": kpi_ids or every_kpi,
            "from_on": write.from_day or FIRST_DAY,
            "to_on": write.to_day,
            "is_locked": is_locked,
            "reason": write.reason,
            "actor": ctx.actor.id,
        },
    )
    return {
        "is_locked": is_locked,
        "kpis": len(kpi_ids) or None,
        "from": write.from_day,
        "to": write.to_day,
        "reason": write.reason,
    }
