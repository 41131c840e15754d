"""Values of a document on their way through the one pipeline for values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from api.core.context import Context
from api.core.errors import Problem, ProblemType, field_error
from api.kpis.periods import from_key
from api.measurements.acts import act_on_values
from api.measurements.rows import SINGLE_FIELDS
from api.measurements.schemas import MOST_ROWS, Chosen, ValueAddress
from api.measurements.service import Refused, take
from api.measurements.submissions import Delivery
from api.measurements.tables import ActKind, Mode
from api.plan_documents.merging import Merge, Merged
from api.plan_documents.parts.kpis import Measurement
from api.vocabulary import MeasurementWorkflow, PeriodType

DOOR = "plan_document"
"""What the submission says the values came by."""


_HELD = """
select lower(k.ref) as kpi, lower(sg.ref) as segment, m.period, s.basis, m.workflow, m.question, m.answer
from measurement m join series s on s.id = m.series_id join segment sg on sg.id = s.segment_id
join kpi k on k.id = s.kpi_id
where m.plan_id = :plan and m.workflow = 'under_query'
"""
_LOCKED = """
with asked as (
    select k.id, lower(k.ref) as ref, given.ends_on
    from unnest(cast(:kpis as text[]), cast(:ends as date[])) given (ref, ends_on)
    join kpi k on k.plan_id = :plan and lower(k.ref) = given.ref
)
select distinct a.ref, a.ends_on
from (select array_agg(id) as kpis, array_agg(ends_on) as ends from asked) listed
cross join lateral turnstone.locked(:plan, cast(:clock as date), listed.kpis, listed.ends) l
join asked a on a.id = l.kpi_id and a.ends_on = l.ends_on
where listed.kpis is not null
"""
_READING = frozenset({"state", "value", "grade", "numerator", "denominator"})
_QUERY = frozenset({"question", "answer"})


def value_row(value: Merged) -> dict[str, Any]:
    """A value as the pipeline takes it, with nothing left out but what is null.

    One that is new and under query for a reason is queried once it is there.
    """
    said: Measurement = value.item
    row = {name: held for name, held in said if held is not None and name in SINGLE_FIELDS}
    is_queried_after = value.held is None and said.question is not None
    loaded = MeasurementWorkflow.LOADED
    return row | {"workflow": loaded if is_queried_after else said.workflow or loaded}


async def values_that_wait(ctx: Context, merged: Merge) -> list[str]:
    """Pointers of values that will wait to be accepted, for their period is locked here."""
    new = {kpi.item.ref.lower() for kpi in merged.items["kpi"] if kpi.held is None}
    types = {kpi.item.ref.lower(): kpi.item.period_type for kpi in merged.items["kpi"]}
    moving = [
        (value, ends_on)
        for value in merged.items["measurement"]
        if (value.held is None or _READING & set(value.fields))
        and value.item.kpi.lower() in types.keys() - new
        and (ends_on := _last_day(value.item.period, types[value.item.kpi.lower()])) is not None
    ]
    if not moving:
        return []
    rows = await ctx.session.execute(
        text(_LOCKED),
        {
            "plan": ctx.plan.id,
            "clock": ctx.clock,
            "kpis": [value.item.kpi.lower() for value, _ in moving],
            "ends": [ends_on for _, ends_on in moving],
        },
    )
    locked = {(row.ref, row.ends_on) for row in rows}
    return [value.pointer or "" for value, ends_on in moving if (value.item.kpi.lower(), ends_on) in locked]


def _last_day(period: str, type: PeriodType) -> date | None:
    found = from_key(period, type)
    return None if found is None else found.ends_on


async def store_values(ctx: Context, merged: Merge) -> None:
    """Store the values that are new or changed, with the queries about them.

    Those of a KPI that is new here are as old as the locks on them, and none of them waits for anybody.
    Raises INVALID for any that the pipeline refuses.
    """
    moving = [value for value in merged.items["measurement"] if value.held is None or value.fields]
    new = {kpi.item.ref.lower() for kpi in merged.items["kpi"] if kpi.held is None}
    figures = [value for value in moving if value.held is None or set(value.fields) - _QUERY]
    await _take(ctx, [value for value in figures if value.item.kpi.lower() in new], past_locks=True)
    await _take(ctx, [value for value in figures if value.item.kpi.lower() not in new], past_locks=False)
    await _query(ctx, [value.item for value in moving if value.item.question is not None])


async def _take(ctx: Context, moving: Sequence[Merged], *, past_locks: bool) -> None:
    if not moving:
        return
    rows = [value_row(value) for value in moving]
    delivery = Delivery(DOOR, Mode.ATOMIC, len(rows), source=f"Plan document {ctx.plan.ref}")
    try:
        await take(ctx, delivery, rows, fields=SINGLE_FIELDS, is_whole=True, past_locks=past_locks)
    except Refused as refused:
        errors = [
            field_error(f"/document{moving[error.row].pointer}{error.pointer}", error.message, error.code)
            for error in refused.errors
        ]
        raise Problem(ProblemType.INVALID, "Some values cannot be taken.", errors=errors) from None


async def _query(ctx: Context, asked: Sequence[Measurement]) -> None:
    """Put values under query, and answer, in the document's words where they are not so already."""
    if not asked:
        return
    rows = await ctx.session.execute(text(_HELD), {"plan": ctx.plan.id})
    held = {(row.kpi, row.segment, row.period, row.basis): row for row in rows}
    anew = [value for value in asked if _said(held, value, "question") != value.question]
    await _act(ctx, ActKind.CLEARED, [v for v in anew if _place(v) in held], "Asked anew by a plan document.")
    await _act_in_words(ctx, ActKind.QUERIED, anew, "question")
    answered = [
        value
        for value in asked
        if value.answer is not None and (value in anew or _said(held, value, "answer") != value.answer)
    ]
    await _act_in_words(ctx, ActKind.ANSWERED, answered, "answer")


def _place(value: Measurement) -> tuple[str, str, str, str]:
    return value.kpi.lower(), value.segment.lower(), value.period, value.basis.value


def _said(held: Mapping[tuple[str, str, str, str], Any], value: Measurement, name: str) -> str | None:
    found = held.get(_place(value))
    return None if found is None else getattr(found, name)


async def _act_in_words(ctx: Context, kind: ActKind, values: Sequence[Measurement], name: str) -> None:
    """One act for all that is said in the same words."""
    by_words: dict[str, list[Measurement]] = {}
    for value in values:
        by_words.setdefault(getattr(value, name), []).append(value)
    for words, same in by_words.items():
        await _act(ctx, kind, same, words)


async def _act(ctx: Context, kind: ActKind, values: Sequence[Measurement], words: str) -> None:
    for first in range(0, len(values), MOST_ROWS):
        chosen = [
            ValueAddress(kpi=value.kpi, segment=value.segment, period=value.period, basis=value.basis)
            for value in values[first : first + MOST_ROWS]
        ]
        await act_on_values(ctx, kind, Chosen(values=chosen), words)
