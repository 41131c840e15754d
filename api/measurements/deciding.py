"""Late revisions decided: accepted as they are, with one reason for all of them, or declined."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from api.core.context import Context
from api.core.errors import Problem, ProblemType, field_error, invalid
from api.measurements.choosing import kpi_ids, submission_id
from api.measurements.revising import gather, hold_series, record_act, revise
from api.measurements.schemas import LateChosen
from api.measurements.staging import Stage, open_stage
from api.measurements.tables import ActKind, LateState

# Where several senders' words about one value are accepted together, the last to come is taken.
_GATHER = """
select cur.id, l.series_id, l.id
from (select distinct on (l.series_id, l.ends_on) l.* from late_revision l
      where {chosen} and l.series_id = any(%(series)s)
      order by l.series_id, l.ends_on, l.queued_at desc, l.id desc) l
left join measurement_revision cur
    on cur.series_id = l.series_id and cur.ends_on = l.ends_on and cur.known_to = 'infinity'
"""

_INSERT = """
insert into measurement_revision (plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade,
    numerator, denominator, note, source, external_reference, workflow, revision, reason, known_from,
    submission_id, submitted_by, question, act_id)
select l.plan_id, l.kpi_id, l.series_id, l.period, l.starts_on, l.ends_on, l.state, l.value, l.grade,
    l.numerator, l.denominator, coalesce(l.note, m.note), coalesce(l.source, m.source),
    coalesce(l.external_reference, m.external_reference),
    case when l.question is null then 'loaded' else 'under_query' end, coalesce(m.revision, 0) + 1,
    %(words)s, coalesce(m.known_to, %(stamp)s::timestamptz), l.submission_id, %(actor)s, l.question, %(act)s
from measurement_revising r
join late_revision l on l.id = r.from_id
left join measurement_revision m on m.id = r.current_id
"""

_SETTLE = """
update late_revision w
set status = case when w.id = l.id then 'accepted' else 'superseded' end,
    reason = %(words)s, decided_by = %(actor)s, decided_at = clock_timestamp()
from late_revision l join measurement_revising r on r.from_id = l.id
where w.status = 'waiting' and w.series_id = l.series_id and w.ends_on = l.ends_on
"""

_DECLINE = """
update late_revision l set status = 'declined', reason = %(words)s, decided_by = %(actor)s,
    decided_at = clock_timestamp()
where {chosen} and l.series_id = any(%(series)s)
"""


async def accept(ctx: Context, chosen: LateChosen) -> dict[str, Any]:
    """Make the chosen late revisions the values known, with the reason given.

    Twice is safe: what is decided already is counted as left. Raises INVALID for one that is not there.
    """
    stage = await open_stage(ctx)
    condition, bound = await _chosen(ctx, chosen)
    series = await hold_series(
        ctx, stage, f"select l.series_id from late_revision l where {condition}", bound
    )
    waiting = await _waiting(stage, condition, bound)
    held = bound | {"series": series}
    accepted = await gather(stage, _GATHER.format(chosen=condition), held)
    if accepted:
        act = await record_act(ctx, ActKind.ACCEPTED, chosen.reason, accepted)
        await revise(ctx, stage, _INSERT, series, act, {"words": chosen.reason})
        await stage.execute(_SETTLE, {"words": chosen.reason, "actor": ctx.actor.id})
    return _told(LateState.ACCEPTED, chosen, accepted, waiting)


async def decline(ctx: Context, chosen: LateChosen) -> dict[str, Any]:
    """Leave the values as they are, with the reason given. As for :func:`accept`, twice is safe."""
    stage = await open_stage(ctx)
    condition, bound = await _chosen(ctx, chosen)
    series = await hold_series(
        ctx, stage, f"select l.series_id from late_revision l where {condition}", bound
    )
    waiting = await _waiting(stage, condition, bound)
    if waiting:
        await record_act(ctx, ActKind.DECLINED, chosen.reason, waiting)
        told = bound | {"series": series, "words": chosen.reason, "actor": ctx.actor.id}
        await stage.execute(_DECLINE.format(chosen=condition), told)
    return _told(LateState.DECLINED, chosen, waiting, waiting)


def _told(status: LateState, chosen: LateChosen, decided: int, waiting: int) -> dict[str, Any]:
    """``left``: of those named one by one, how many no longer waited."""
    left = len(set(chosen.late_revisions)) - waiting if chosen.late_revisions else 0
    return {"status": status.value, "decided": decided, "superseded": waiting - decided, "left": max(left, 0)}


async def _waiting(stage: Stage, condition: str, bound: dict[str, Any]) -> int:
    row = await (
        await stage.execute(f"select count(*) from late_revision l where {condition}", bound)
    ).fetchone()
    assert row is not None  # an aggregate without groups has one row
    return int(row[0])


async def _chosen(ctx: Context, chosen: LateChosen) -> tuple[str, dict[str, Any]]:
    """SQL over ``late_revision l`` of those that wait and are meant."""
    conditions = ["l.plan_id = %(plan)s", "l.status = 'waiting'"]
    bound: dict[str, Any] = {"plan": ctx.plan.id}
    if chosen.late_revisions:
        await _refuse_unknown(ctx, chosen.late_revisions)
        conditions.append("l.id = any(%(ids)s)")
        bound["ids"] = chosen.late_revisions
    if chosen.kpis or chosen.feeds:
        conditions.append("l.kpi_id = any(%(kpis)s)")
        bound["kpis"] = await kpi_ids(ctx, chosen.kpis, chosen.feeds)
    if chosen.submission is not None:
        conditions.append("l.submission_id = %(of_submission)s")
        bound["of_submission"] = await submission_id(ctx, chosen.submission)
    if len(conditions) == 2:
        message = "Say which: late_revisions, kpis, feeds or submission."
        raise invalid("", message, "nothing_chosen")
    return " and ".join(conditions), bound


async def _refuse_unknown(ctx: Context, ids: list[int]) -> None:
    found = set(
        await ctx.session.scalars(
            text("select id from late_revision where plan_id = :plan and id = any(:ids)"),
            {"plan": ctx.plan.id, "ids": ids},
        )
    )
    wrong = [
        field_error(f"/late_revisions/{place}", f"There is no late revision {one} here.", "unknown_ref")
        for place, one in enumerate(ids)
        if one not in found
    ]
    if wrong:
        raise Problem(ProblemType.INVALID, wrong[0]["message"], errors=wrong)
