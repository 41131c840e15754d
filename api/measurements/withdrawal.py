"""A delivery withdrawn: what it brought is undone by new revisions that carry the reason.

A value goes back to the last word on it that stands, with the workflow and words it had then: a revision
that another delivery brought, or one that another delivery, sending the same, left unchanged. Where that one
said what is held, the value stays, and belongs to that one from then on. Where there is none, nothing is
known of it any more, which is not the same as "not available": its last revision says ``withdrawn``, and no
list of values, series or chart shows it. Values that somebody changed later stay as they are. Locked periods
are undone too: whoever may withdraw may also accept late revisions, and gives the reason here. Issued
reports never change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import text

from api.core.context import Context
from api.core.errors import conflict, not_allowed
from api.core.reading import Item, read_by_id, read_one
from api.measurements.repository import SUBMISSION
from api.measurements.revising import gather, hold_series, record_act, revise
from api.measurements.staging import Stage, open_stage
from api.measurements.tables import ActKind, SubmissionStatus

# No key of the row changes, and FOR UPDATE would also keep out deliveries that name this one as earlier.
_HOLD = "select status from submission where id = :id for no key update"

# Each value it brought, beside the last word on it that stands: a revision that another delivery brought, or
# one that another delivery said again. Acts keep the delivery and its figures, and so its confirmations too.
_WORDS = """
with mine as (
    select m.id, m.series_id, m.ends_on, m.revision from measurement m
    where m.submission_id = %(submission)s and m.series_id = any(%(series)s)
),
latest as (
    select revision_id, max(c.id) as id
    from confirmation c join submission su on su.id = c.submission_id
    cross join unnest(c.revisions) revision_id
    where c.series_id = any(%(series)s) and c.submission_id <> %(submission)s and su.status <> 'withdrawn'
    group by revision_id
),
confirmed as (
    select q.*, c.id as confirmation_id, c.submission_id as confirmed_by
    from latest l join confirmation c on c.id = l.id join measurement_revision q on q.id = l.revision_id
),
words as (
    select distinct on (m.id) m.id as current_id, r.id as from_id,
           case when not s.stands then c.confirmed_by end as confirmed_by
    from mine m
    join measurement_revision r
        on r.series_id = m.series_id and r.ends_on = m.ends_on and r.revision <= m.revision
       and r.state <> 'withdrawn'
    left join submission su on su.id = r.submission_id
    cross join lateral (
        select r.submission_id is distinct from %(submission)s
           and su.status is distinct from 'withdrawn' as stands
    ) s
    left join confirmed c
        on c.series_id = r.series_id and c.ends_on = r.ends_on and c.revision <= r.revision
       and c.submission_id is not distinct from r.submission_id
       and (c.state, c.value, c.grade, c.numerator, c.denominator)
           is not distinct from (r.state, r.value, r.grade, r.numerator, r.denominator)
    where s.stands or c.confirmed_by is not null
    order by m.id, r.revision desc, c.confirmation_id desc
)
select m.id as current_id, m.series_id, w.from_id, w.confirmed_by
from mine m left join words w on w.current_id = m.id
"""

_INSERT = """
insert into measurement_revision (plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade,
    numerator, denominator, note, source, external_reference, workflow, revision, reason, known_from,
    submission_id, submitted_by, question, answer, act_id)
select m.plan_id, m.kpi_id, m.series_id, m.period, m.starts_on, m.ends_on, coalesce(b.state, 'withdrawn'),
    b.value, b.grade, b.numerator, b.denominator, b.note, b.source, b.external_reference,
    coalesce(b.workflow, 'loaded'), m.revision + 1, %(words)s, m.known_to,
    case when b.id is null then m.submission_id else coalesce(r.confirmed_by, b.submission_id) end,
    %(actor)s, b.question, b.answer, %(act)s
from measurement_revising r
join measurement_revision m on m.id = r.current_id
left join measurement_revision b on b.id = r.from_id
"""

# A value stays where what another delivery said of it are the figures held.
_COUNT = """
select count(*) filter (where w.from_id is not null and not w.stays),
       count(*) filter (where w.stays), count(*) filter (where w.from_id is null),
       (select count(distinct (m.series_id, m.ends_on)) from measurement_revision m
        where m.submission_id = %(submission)s), array_agg(distinct w.series_id)
from (select g.*, coalesce(g.confirmed_by is not null
             and (b.state, b.value, b.grade, b.numerator, b.denominator)
                 is not distinct from (m.state, m.value, m.grade, m.numerator, m.denominator), false) as stays
      from {words} g
      join measurement_revision m on m.id = g.current_id
      left join measurement_revision b on b.id = g.from_id) w
"""

_LATE = """
update late_revision set status = 'withdrawn', reason = %(words)s, decided_by = %(actor)s,
    decided_at = clock_timestamp()
where submission_id = %(submission)s and status = 'waiting'
"""

_MARK = """
update submission set status = 'withdrawn', withdrawn_at = turnstone.stamp(), withdrawn_by = :actor,
    withdrawal_reason = :reason, restored = :restored, confirmed = :confirmed,
    removed = :removed, kept = :kept
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


_AMONG = """select r.series_id from measurement_revision r where r.submission_id = %(submission)s
    union select l.series_id from late_revision l where l.submission_id = %(submission)s
    union select c.series_id from confirmation c where c.submission_id = %(submission)s"""
"""Of every series that it said something of: whoever withdraws a delivery that confirmed its values at the
same time waits here, or is waited for."""


async def _undo(ctx: Context, submission_id: int, reason: str) -> dict[str, Any]:
    """Revise the values it brought that nobody changed since; returns what became of them."""
    stage = await open_stage(ctx)
    bound = {"submission": submission_id, "words": reason, "actor": ctx.actor.id}
    series = await hold_series(ctx, stage, _AMONG, bound)
    columns = "current_id, series_id, from_id, confirmed_by"
    undone = await gather(stage, _WORDS, bound | {"series": series}, columns=columns)
    counted, touched = await _count(stage, "measurement_revising", bound)
    act = await record_act(ctx, ActKind.WITHDRAWN, reason, undone, submission_id)
    if undone:
        await revise(ctx, stage, _INSERT, touched, act, bound, may_be_empty=True)
    await stage.execute(_LATE, bound)
    return counted


async def foresee(ctx: Context, ref: str) -> dict[str, int]:
    """What a withdrawal would do now; nothing is locked, and nothing written.

    Raises NOT_FOUND, or CONFLICT for a delivery that holds nothing which could be withdrawn.
    """
    found = await read_one(ctx, SUBMISSION, ref)
    status = orjson.loads(found.body)["status"]
    if status != SubmissionStatus.STORED:
        raise conflict(f"It is {status}: it holds nothing that could be withdrawn.")
    stage = await open_stage(ctx)
    bound: dict[str, Any] = {"submission": found.id}
    bound["series"] = [row[0] for row in await (await stage.execute(_AMONG, bound)).fetchall()]
    counted, _ = await _count(stage, f"({_WORDS})", bound)
    return counted


async def _count(stage: Stage, words: str, bound: Mapping[str, Any]) -> tuple[dict[str, int], list[int]]:
    """How many values go which way, and the series they are of."""
    row = await (await stage.execute(_COUNT.format(words=words), bound)).fetchone()
    assert row is not None  # an aggregate without groups has one row
    restored, confirmed, removed, brought, series = row
    kept = brought - restored - confirmed - removed
    return {"restored": restored, "confirmed": confirmed, "removed": removed, "kept": kept}, series or []
