"""Values signed off or put under query in bulk: recorded as revisions, with every figure as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from api.core.context import Context
from api.core.errors import invalid
from api.measurements.choosing import VALUES, condition_of
from api.measurements.revising import gather, hold_series, record_act, revise
from api.measurements.schemas import Chosen
from api.measurements.staging import Stage, open_stage
from api.measurements.tables import ActKind
from api.vocabulary import MeasurementWorkflow as W

_TAKES = {
    ActKind.SIGNED_OFF: (W.LOADED,),
    ActKind.QUERIED: (W.LOADED, W.SIGNED_OFF),
    ActKind.ANSWERED: (W.UNDER_QUERY,),
    ActKind.CLEARED: (W.UNDER_QUERY,),
}
"""A value under query is not swept along when the rest is signed off: its query is cleared first."""

_BECOMES = {
    ActKind.SIGNED_OFF: W.SIGNED_OFF,
    ActKind.QUERIED: W.UNDER_QUERY,
    ActKind.ANSWERED: W.UNDER_QUERY,
    ActKind.CLEARED: W.LOADED,
}

_COPIED = """plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade, numerator,
    denominator, note, source, external_reference, submission_id"""

_INSERT = f"""
insert into measurement_revision ({_COPIED}, workflow, revision, reason, known_from, submitted_by,
    question, answer, act_id)
select {", ".join(f"m.{name.strip()}" for name in _COPIED.split(","))}, %(becomes)s, m.revision + 1,
    %(words)s, m.known_to, %(actor)s,
    case %(kind)s when 'queried' then %(words)s when 'answered' then m.question end,
    case %(kind)s when 'answered' then %(words)s end, %(act)s
from measurement_revising r join measurement_revision m on m.id = r.current_id
"""


async def act_on_values(
    ctx: Context, kind: ActKind, chosen: Chosen, words: str | None, *, seen_at: datetime | None = None
) -> dict[str, object]:
    """Do one thing to every value chosen that it can be done to; the others are counted and left.

    ``seen_at``: when the values were looked at; those that came or changed later are left too. Twice is
    safe: the second finds nothing left to do. Raises INVALID where nothing is chosen, or for a moment ahead.
    """
    if not chosen.says_which:
        raise invalid("", "Say which values: kpis, feeds, submission, periods or values.", "nothing_chosen")
    if seen_at is not None and seen_at > datetime.now(UTC):
        raise invalid(
            "/known_at", "known_at lies in the future: nothing was looked at then.", "in_the_future"
        )
    condition = await condition_of(ctx, chosen)
    takes = [workflow.value for workflow in _TAKES[kind]]
    bound = condition.bound | {"takes": takes, "seen_at": seen_at}
    able = f"from {VALUES} where {condition.sql} and m.workflow = any(%(takes)s)"
    doable = able if seen_at is None else f"{able} and m.known_from <= %(seen_at)s"
    stage = await open_stage(ctx)
    series = await hold_series(ctx, stage, f"select m.series_id {doable}", bound)
    held = bound | {"series": series}
    left = await stage.execute(
        f"select m.workflow, count(*) from {VALUES} where {condition.sql}"
        " and m.workflow <> all(%(takes)s) group by m.workflow",
        bound,
    )
    others: dict[str, int] = dict(await left.fetchall())
    since = 0 if seen_at is None else await _count(stage, f"{able} and m.known_from > %(seen_at)s", bound)
    changed = await gather(
        stage, f"select m.id, m.series_id, null::bigint {doable} and m.series_id = any(%(series)s)", held
    )
    if changed:
        act = await record_act(ctx, kind, words, changed)
        told = {"becomes": _BECOMES[kind].value, "words": words, "kind": kind.value}
        await revise(ctx, stage, _INSERT, series, act, told)
    return {
        "act": kind.value,
        "changed": changed,
        "left": sum(others.values()),
        "left_by_workflow": {workflow.value: others.get(workflow.value, 0) for workflow in W},
        "changed_since": since,
    }


async def _count(stage: Stage, values: str, bound: Mapping[str, Any]) -> int:
    row = await (await stage.execute(f"select count(*) {values}", bound)).fetchone()
    assert row is not None  # an aggregate without groups has one row
    return int(row[0])
