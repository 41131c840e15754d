"""A delivery withdrawn: what it brought is undone by new revisions that carry the reason.

A value goes back to the last revision that no withdrawn delivery brought, with the workflow and words it
had then. Where there is none, nothing is known of it any more, which is not the same as "not available":
its last revision says ``withdrawn``, and no list of values, series or chart shows it. Values that
somebody changed later stay as they are. Locked periods are undone too: whoever may withdraw may also
accept late revisions, and gives the reason here. Issued reports never change.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from api.core.context import Context
from api.core.errors import conflict, not_allowed
from api.core.reading import Item, read_by_id, read_one
from api.measurements.repository import SUBMISSION
from api.measurements.revising import gather, hold_series, record_act, revise
from api.measurements.staging import open_stage
from api.measurements.tables import ActKind, SubmissionStatus

# No key of the row changes, and FOR UPDATE would also keep out deliveries that name this one as earlier.
_HOLD = "select status from submission where id = :id for no key update"

_GATHER = """
select m.id, m.series_id, (
    select r.id from measurement_revision r
    where r.series_id = m.series_id and r.ends_on = m.ends_on and r.revision < m.revision
      and r.state <> 'withdrawn' and r.submission_id is distinct from m.submission_id
      and not exists (select from submission su where su.id = r.submission_id and su.status = 'withdrawn')
    order by r.revision desc limit 1)
from measurement m where m.submission_id = %(submission)s and m.series_id = any(%(series)s)
"""

_INSERT = """
insert into measurement_revision (plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade,
    numerator, denominator, note, source, external_reference, workflow, revision, reason, known_from,
    submission_id, submitted_by, question, answer, act_id)
select m.plan_id, m.kpi_id, m.series_id, m.period, m.starts_on, m.ends_on, coalesce(b.state, 'withdrawn'),
    b.value, b.grade, b.numerator, b.denominator, b.note, b.source, b.external_reference,
    coalesce(b.workflow, 'loaded'), m.revision + 1, %(words)s, m.known_to,
    case when b.id is null then m.submission_id else b.submission_id end, %(actor)s, b.question, b.answer,
    %(act)s
from measurement_revising r
join measurement_revision m on m.id = r.current_id
left join measurement_revision b on b.id = r.from_id
"""

_COUNT = """
select count(*) filter (where from_id is not null), count(*) filter (where from_id is null),
       (select count(distinct (m.series_id, m.ends_on)) from measurement_revision m
        where m.submission_id = %(submission)s)
from measurement_revising
"""

_LATE = """
update late_revision set status = 'withdrawn', reason = %(words)s, decided_by = %(actor)s,
    decided_at = clock_timestamp()
where submission_id = %(submission)s and status = 'waiting'
"""

_MARK = """
update submission set status = 'withdrawn', withdrawn_at = turnstone.stamp(), withdrawn_by = :actor,
    withdrawal_reason = :reason, restored = :restored, removed = :removed, kept = :kept
where id = :id
"""


async def withdraw(ctx: Context, ref: str, reason: str) -> Item:
    """Undo a stored delivery; twice, or by two at once, is the same as once.

    Raises NOT_FOUND, NOT_ALLOWED, or CONFLICT for one that stored nothing.
    """
    found = await read_one(ctx, SUBMISSION, ref)
    status = await ctx.session.scalar(text(_HOLD), {"id": found.id})
    if status is None:
        raise not_allowed("You may read this submission, but it is not yours to withdraw.")
    if status == SubmissionStatus.WITHDRAWN:
        return await read_by_id(ctx, SUBMISSION, found.id)
    if status != SubmissionStatus.STORED:
        raise conflict(f"It is {status}: it stored nothing that could be withdrawn.")
    counted = await _undo(ctx, found.id, reason)
    await ctx.session.execute(
        text(_MARK), {"id": found.id, "actor": ctx.actor.id, "reason": reason, **counted}
    )
    return await read_by_id(ctx, SUBMISSION, found.id)


async def _undo(ctx: Context, submission_id: int, reason: str) -> dict[str, Any]:
    """Revise the values it brought that nobody changed since; returns what became of them."""
    stage = await open_stage(ctx)
    bound = {"submission": submission_id, "words": reason, "actor": ctx.actor.id}
    among = """select r.series_id from measurement_revision r where r.submission_id = %(submission)s
        union select l.series_id from late_revision l where l.submission_id = %(submission)s"""
    series = await hold_series(ctx, stage, among, bound)
    undone = await gather(stage, _GATHER, bound | {"series": series})
    row = await (await stage.execute(_COUNT, bound)).fetchone()
    assert row is not None  # an aggregate without groups has one row
    restored, removed, brought = row
    act = await record_act(ctx, ActKind.WITHDRAWN, reason, undone, submission_id)
    if undone:
        await revise(ctx, stage, _INSERT, series, act, bound, may_be_empty=True)
    await stage.execute(_LATE, bound)
    return {"restored": restored, "removed": removed, "kept": brought - restored - removed}
