"""What every change without a delivery does: hold the series, gather the values meant, revise them.

As for deliveries, the order is the guarantee: series are locked in id order before the values are
gathered and before the transaction takes its stamp. All of it is a statement or a few, however many
the values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from api.core.context import Context
from api.core.editing import add
from api.measurements.facts import refresh_series
from api.measurements.staging import Stage
from api.measurements.tables import ActKind, ValueAct
from api.verdicts.service import judging_with_others

_CLOSE = """
update measurement_revision m
set known_to = greatest(%(stamp)s::timestamptz, m.known_from + interval '1 microsecond')
from measurement_revising r where m.id = r.current_id
"""


async def hold_series(ctx: Context, stage: Stage, among: str, bound: Mapping[str, Any]) -> list[int]:
    """Lock the series whose ids the query ``among`` finds, in id order; returns those ids."""
    await judging_with_others(ctx)
    query = f"select s.id from series s where s.id in ({among}) order by s.id for update"
    return [row[0] for row in await (await stage.execute(query, bound)).fetchall()]


async def gather(
    stage: Stage, query: str, bound: Mapping[str, Any], *, columns: str = "current_id, series_id, from_id"
) -> int:
    """Note the revisions to make, as the query finds them; returns how many."""
    made = await stage.execute(f"insert into measurement_revising ({columns}) {query}", bound)
    return made.rowcount


async def record_act(
    ctx: Context, kind: ActKind, words: str | None, count: int, submission_id: int | None = None
) -> int:
    """Who did what to how many values; its id. The first thing written, and so what takes the stamp."""
    return await add(
        ctx,
        ValueAct,
        {"kind": kind, "words": words, "count": count, "submission_id": submission_id, "by": ctx.actor.id},
    )


async def revise(
    ctx: Context,
    stage: Stage,
    insert: str,
    series: Sequence[int],
    act_id: int,
    bound: Mapping[str, Any],
    *,
    may_be_empty: bool = False,
) -> None:
    """End the gathered revisions, ``insert`` those that follow, and rewrite the facts of the series.

    ``insert`` is told ``stamp``, ``actor`` and ``act`` besides what is ``bound``.
    """
    stamp = await ctx.session.scalar(text("select turnstone.stamp()"))
    told = {**bound, "stamp": stamp, "actor": ctx.actor.id, "act": act_id}
    await stage.execute(_CLOSE, told)
    await stage.execute(insert, told)
    await refresh_series(ctx, stage, series, may_be_empty=may_be_empty)
