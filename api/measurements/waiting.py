"""How much waits to be looked at: values, late revisions, and feeds that owe some."""

from __future__ import annotations

from sqlalchemy import text

from api.core.context import Context
from api.kpis.feeds import count_states
from api.kpis.punctuality import Punctuality

MOST_COUNTED = 10_000
"""Beyond this a figure says only "very many", and counting on would make the screen wait."""


def _counted(rows: str) -> str:
    return f"(select count(*) from (select {rows} limit {MOST_COUNTED}) found)"


def _values(workflow: str) -> str:
    return f"""from measurement m join series s on s.id = m.series_id
        where s.plan_id = :plan and m.workflow = '{workflow}'"""


_COUNT = f"""
select {_counted(_values("loaded"))} as to_check, {_counted(_values("under_query"))} as under_query,
    {_counted("from late_revision l where l.plan_id = :plan and l.status = 'waiting'")} as late_revisions
"""


async def count_waiting(ctx: Context) -> dict[str, int]:
    """Of the whole plan, on its clock."""
    row = (await ctx.session.execute(text(_COUNT), {"plan": ctx.plan.id})).one()
    states = await count_states(ctx)
    return {
        **row._mapping,
        "feeds_late": states[Punctuality.LATE],
        "feeds_missing": states[Punctuality.MISSING],
    }
