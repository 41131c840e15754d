"""Verdicts kept in step with values and with what they are judged by.

The lock is the series row. Whoever changes values holds it already; whoever changes what a verdict
rests on (targets, polarity, a definition, the profile, a rebase) writes that first and locks the
series after. Each judges under the lock, with a statement of its own, so the last to hold it sees
all that came before. A series that is being created points to its KPI and plan, whose rows such a
change holds, so neither misses the other; imports and profiles go about it alone (``judging_alone``).

Few series are judged in the same transaction; for many, the verdict says it is pending, and a job
deferred on the same connection judges them. A verdict has no history: an as-of read judges anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.system import as_system
from api.core.context import Context
from api.verdicts.body import body
from api.verdicts.inputs import Inputs, read_inputs
from api.verdicts.jobs import defer_judging
from api.verdicts.rules import judge

Json = dict[str, Any]

AT_ONCE, POINTS_AT_ONCE = 100, 5_000
"""Series judged in the transaction that touched them; more of them wait for the job."""
SOME, SOME_POINTS = 200, 50_000
"""What the job judges in one transaction, but one series always: it holds their locks and their points."""

_SHARE = "select pg_advisory_xact_lock_shared(hashtext('turnstone verdicts'), cast(:plan as int))"
_ALONE = "select pg_advisory_xact_lock(hashtext('turnstone verdicts'), cast(:plan as int))"

_LOCK = "select id from public.series where {which} order by id for update"

_HELD = """
select series_id, inputs from verdict where series_id = any(:series)
"""

_STORE = """
insert into verdict (series_id, plan_id, kpi_id, variation, rule, signed_off_variation, signed_off_rule,
    assurance, body, marks, inputs, series_revision, judged_at)
select j.series_id, j.plan_id, j.kpi_id, j.body ->> 'variation', j.body ->> 'rule',
    j.body -> 'signed_off' ->> 'variation', j.body -> 'signed_off' ->> 'rule', j.body ->> 'assurance',
    j.body - 'marks', j.body -> 'marks', j.inputs, j.revision, clock_timestamp()
from jsonb_to_recordset(cast(:rows as jsonb))
    as j (series_id bigint, plan_id bigint, kpi_id bigint, revision int, body jsonb, inputs jsonb)
on conflict (series_id) do update set variation = excluded.variation, rule = excluded.rule,
    signed_off_variation = excluded.signed_off_variation, signed_off_rule = excluded.signed_off_rule,
    assurance = excluded.assurance, body = excluded.body, marks = excluded.marks, inputs = excluded.inputs,
    series_revision = excluded.series_revision, judged_at = excluded.judged_at,
    is_pending = false, pending_by = null
"""

_KEEP = """
insert into earlier_verdict (plan_id, kpi_id, series_id, because, body, inputs, reason, by, at)
select j.plan_id, j.kpi_id, j.series_id, j.because, v.body, v.inputs,
    nullif(current_setting('turnstone.reason', true), ''), coalesce(v.pending_by, j.by), turnstone.stamp()
from jsonb_to_recordset(cast(:rows as jsonb))
    as j (series_id bigint, plan_id bigint, kpi_id bigint, because text[], by bigint)
join verdict v on v.series_id = j.series_id
order by j.series_id
"""

_POINTS = "select coalesce(sum(points_held), 0) from public.series where id = any(:series)"

_MARK = """
insert into verdict (series_id, plan_id, kpi_id, body, is_pending, pending_by)
select s.id, s.plan_id, s.kpi_id, '{}'::jsonb, true, :by
from public.series s where s.id = any(:series) order by s.id
on conflict (series_id) do update set is_pending = true,
    pending_by = coalesce(verdict.pending_by, excluded.pending_by)
"""

_PENDING = """
select series_id from (
    select v.series_id, sum(s.points_held) over (order by v.series_id) - s.points_held as before
    from verdict v join public.series s on s.id = v.series_id
    where v.plan_id = :plan and v.is_pending
    order by v.series_id limit :most
) waiting where before < :points order by series_id
"""

_WHOLE_SERVICE = """
select k.ref, s.basis, s.id from kpi k
join segment sg on sg.kpi_id = k.id and sg.ref = '_all'
join public.series s on s.segment_id = sg.id
where k.plan_id = :plan and k.ref = any(:refs)
"""


async def judge_series(ctx: Context, series_ids: Sequence[int]) -> None:
    """Bring the verdicts on series this transaction holds to what their values now say.

    Called last by whoever changed values. Beyond 100 series, or 5,000 points in them, they are marked
    pending, and a job judges.
    """
    if not series_ids:
        return
    async with as_system(ctx.session):
        points = await ctx.session.scalar(text(_POINTS), {"series": list(series_ids)})
        if len(series_ids) > AT_ONCE or points > POINTS_AT_ONCE:
            await ctx.session.execute(text(_MARK), {"series": list(series_ids), "by": ctx.actor.id})
            await defer_judging(ctx.session, ctx.plan.id)
        else:
            await _judge_held(ctx.session, series_ids, by=ctx.actor.id)


async def judge_kpi(ctx: Context, kpi_id: int) -> None:
    """The same for every series of a KPI that this transaction holds and whose inputs it changed."""
    await judge_series(ctx, await _lock(ctx, "kpi_id = :of", kpi_id))


async def judge_plan(ctx: Context) -> None:
    """The same for the whole plan, of which the transaction has the judging to itself."""
    await judge_series(ctx, await lock_series_of_plan(ctx))


async def lock_series_of_plan(ctx: Context) -> list[int]:
    """Every series of the plan, held in id order: before the plan's own row, as deliveries do it."""
    return await _lock(ctx, "plan_id = :of", ctx.plan.id)


async def _lock(ctx: Context, which: str, of: int) -> list[int]:
    async with as_system(ctx.session):
        found = await ctx.session.execute(text(_LOCK.format(which=which)), {"of": of})
        return [row[0] for row in found]


async def judging_with_others(ctx: Context) -> None:
    """Wait for whoever judges the plan alone; then, until the end of the transaction, keep them waiting.

    The first thing that anyone does who will judge: taken after a row's lock, two could wait for each
    other.
    """
    await ctx.session.execute(text(_SHARE), {"plan": ctx.plan.id % 2**31})


async def judging_alone(ctx: Context) -> None:
    """Wait for whoever judges in this plan, and keep the next ones waiting: for changes of all of it."""
    await ctx.session.execute(text(_ALONE), {"plan": ctx.plan.id % 2**31})


async def _judge_held(session: AsyncSession, series_ids: Sequence[int], *, by: int | None) -> None:
    """Judge and store, as the system, under the locks; keep what a change of inputs did away with."""
    found = await read_inputs(session, series_ids)
    rows = await session.execute(text(_HELD), {"series": list(series_ids)})
    before = {row.series_id: row for row in rows}
    kept = [
        _about(inputs) | {"because": because, "by": by}
        for inputs in found
        if (because := _changed(before.get(inputs.series_id), inputs))
    ]
    if kept:
        await session.execute(text(_KEEP), {"rows": _json(kept)})
    judged = [
        _about(inputs)
        | {
            "revision": inputs.revision,
            "body": kept_verdict(inputs),
            "inputs": inputs.told,
        }
        for inputs in found
    ]
    await session.execute(text(_STORE), {"rows": _json(judged)})


def kept_verdict(inputs: Inputs) -> Json:
    """The verdict on a series as the database keeps it, with its marks."""
    return body(inputs.judged, judge(inputs.judged, inputs.points, inputs.without_figure))


def _about(inputs: Inputs) -> Json:
    return {"series_id": inputs.series_id, "plan_id": inputs.plan_id, "kpi_id": inputs.kpi_id}


def _changed(before: Any, inputs: Inputs) -> list[str]:
    """What the held verdict rested on that is no longer so; nothing where there was none yet."""
    if before is None or before.inputs is None:
        return []
    return [name for name, told in inputs.told.items() if before.inputs.get(name) != told]


def _json(rows: list[Json]) -> str:
    return orjson.dumps(rows).decode()


async def judge_pending(session: AsyncSession, plan_id: int) -> int:
    """Judge some of a plan's series that wait for it; returns how many. What the job does, as the system.

    Safe to run twice at once: whoever comes second to a series finds it judged.
    """
    waiting = await session.execute(text(_PENDING), {"plan": plan_id, "most": SOME, "points": SOME_POINTS})
    ids = [row[0] for row in waiting]
    if not ids:
        return 0
    await session.execute(text(_SHARE), {"plan": plan_id % 2**31})
    await session.execute(text(_LOCK.format(which="id = any(:of)")), {"of": ids})
    still = await session.execute(
        text("select series_id from verdict where series_id = any(:ids) and is_pending"), {"ids": ids}
    )
    held = [row[0] for row in still]
    await _judge_held(session, held, by=None)
    await session.execute(text("select turnstone.beat(:plan)"), {"plan": plan_id})
    return len(ids)


async def tell_past_verdicts(ctx: Context, kpis: Sequence[Json]) -> None:
    """Give KPIs as they are read the verdicts of the moment they are read as of; else they have them.

    ``kpis`` still hold their ``shown`` series apart. Two queries, whatever their number.
    """
    if ctx.as_of is None or not kpis:
        return
    refs = [kpi["ref"] for kpi in kpis if kpi["shown"]]
    found = await ctx.session.execute(text(_WHOLE_SERVICE), {"plan": ctx.plan.id, "refs": refs})
    series = {(row.ref, row.basis): row.id for row in found}
    shown = {kpi["ref"]: series[kpi["ref"], kpi["shown"]["basis"]] for kpi in kpis if kpi["shown"]}
    judged = await judged_anew(ctx, list(shown.values()))
    for kpi in kpis:
        if kpi["shown"]:
            verdict = judged[shown[kpi["ref"]]]
            verdict.pop("marks")
            kpi["shown"] |= {"verdict": verdict, "verdict_is_pending": False}


async def judged_anew(ctx: Context, series_ids: Sequence[int]) -> dict[int, Json]:
    """Verdicts as they would be kept, computed from what a read can see."""
    return {inputs.series_id: kept_verdict(inputs) for inputs in await read_inputs(ctx.session, series_ids)}
