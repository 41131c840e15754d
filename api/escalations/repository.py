"""How escalations and ladders are read, in SQL."""

from __future__ import annotations

from api.core import fragments as sql
from api.core.reading import Reading, Sort

OVERDUE = "(e.state = 'open' and e.answer_due_on < cast(:clock as date))"
OVERALL_OVERDUE = "(e.state in ('open', 'answered') and e.overall_due_on < cast(:clock as date))"

ABOUT_KIND = """case
    when e.theme_id is not null then 'theme' when e.recommendation_id is not null then 'recommendation'
    when e.action_id is not null then 'action' when e.kpi_id is not null then 'kpi'
    when e.risk_id is not null then 'risk' when e.check_id is not null then 'check' else 'plan' end"""

ABOUT = f"""(select json_build_object('kind', {ABOUT_KIND}, 'ref', i.ref, 'title', i.title) from (
    select x.ref, x.title from theme x where x.id = e.theme_id
    union all select x.ref, coalesce(x.label, x.text) from recommendation x where x.id = e.recommendation_id
    union all select x.ref, x.title from action x where x.id = e.action_id
    union all select x.ref, x.title from kpi x where x.id = e.kpi_id
    union all select x.ref, x.title from risk x where x.id = e.risk_id
    union all select x.ref, x.title from assurance_check x where x.id = e.check_id
    union all select null, x.title from plan x where x.id = e.plan_id and {ABOUT_KIND} = 'plan'
    union all select null, null) i limit 1)"""
"""The last branch is for an item that this reader may not see."""

_STAGE_FIELDS = """'position', s.position, 'title', s.title, 'role', s.role,
    'working_days', s.working_days, 'response_required', s.response_required"""

STAGES = f"""coalesce((select json_agg(json_build_object({_STAGE_FIELDS}) order by s.position)
    from ladder_stage s where s.ladder_id = l.id), '[]'::json)"""


def _principal(column: str) -> str:
    return (
        f"(select json_build_object('id', pr.id, 'name', pr.name) from principal pr where pr.id = {column})"
    )


SUMMARY = f"""json_build_object(
    'ref', e.ref, 'version', e.version, 'title', e.title, 'cause', e.cause, 'theme', e.theme,
    'state', e.state, 'about', {ABOUT},
    'stage', (select json_build_object({_STAGE_FIELDS}) from ladder_stage s
              where s.ladder_id = e.ladder_id and s.position = e.stage),
    'answer_due_on', e.answer_due_on, 'overall_due_on', e.overall_due_on,
    'is_overdue', coalesce({OVERDUE}, false),
    'assigned_to', {_principal("e.assigned_to")}, 'raised_by', {_principal("e.raised_by")},
    'raised_at', turnstone.utc(e.raised_at), 'closed_at', turnstone.utc(e.closed_at))"""

_LIVE = "e.state in ('open', 'answered')"
_MANAGES = "e.plan_id = any((select turnstone.plans_with('escalation:manage'))::bigint[])"
_RAISES = "e.plan_id = any((select turnstone.plans_with('escalation:raise'))::bigint[])"
_OWN = f"(coalesce(e.raised_by = (select turnstone.principal()), false) and {_RAISES})"
TO_ANSWER = f"""((coalesce(e.assigned_to = (select turnstone.principal()), false) and {_RAISES})
    or (e.plan_id = any((select turnstone.plans_with('escalation:answer'))::bigint[])
        and e.id = any((select turnstone.to_answer())::bigint[])))"""
"""Whether it stands with the reader: assigned, or at a stage of a role held, oneself or as a deputy."""

_HAS_NEXT = "exists (select from ladder_stage s where s.ladder_id = e.ladder_id and s.position > e.stage)"

MAY = f"""jsonb_build_object(
    'answer', e.state = 'open' and ({_MANAGES} or {TO_ANSWER}),
    'judge', {_LIVE} and ({_MANAGES} or {_OWN}),
    'climb', {_LIVE} and {_HAS_NEXT}
        and ({_MANAGES} or ({_OWN} and (e.state = 'answered' or coalesce({OVERDUE}, false)))),
    'resolve', {_LIVE} and {_MANAGES}, 'withdraw', {_LIVE} and ({_MANAGES} or {_OWN}),
    'refer', {_LIVE} and {_MANAGES}, 'reopen', e.state <> 'open' and {_MANAGES}, 'edit', {_MANAGES})"""

WHOLE = f"""({SUMMARY})::jsonb || jsonb_build_object(
    'text', e.text, 'learning', e.learning,
    'ladder', json_build_object('ref', l.ref, 'title', l.title, 'edition', l.edition,
        'overall_working_days', l.overall_working_days, 'stages', {STAGES}),
    'events', coalesce((select json_agg(json_build_object('kind', v.kind, 'stage', v.stage,
        'text', v.text, 'by', {_principal("v.by")}, 'at', turnstone.utc(v.at)) order by v.id)
        from escalation_event v where v.escalation_id = e.id), '[]'::json),
    'updated_at', turnstone.utc(e.updated_at), 'may', {MAY})"""

_SORTS = {
    "raised": Sort("e.raised_at", "timestamptz"),
    "due": Sort("e.answer_due_on", "date"),
    "ref": Sort("lower(e.ref)", "text"),
    "state": Sort("e.state", "text"),
    "updated": Sort("e.updated_at", "timestamptz"),
}

_FILTERS = {
    "state": sql.one_of("e.state", "state"),
    "cause": sql.one_of("e.cause", "cause"),
    "about": f"""exists (select from json_to_record({ABOUT}) as i (kind text, ref text)
        where lower(i.kind || coalesce(':' || i.ref, ''))
            = any(select lower(unnest(cast(:about as text[])))))""",
    "assigned": """e.assigned_to::text = any(cast(:assigned as text[]))
        or ('me' = any(cast(:assigned as text[])) and e.assigned_to = (select turnstone.principal()))
        or ('none' = any(cast(:assigned as text[])) and e.assigned_to is null)""",
    "to_answer": f"(e.state = 'open' and {TO_ANSWER})::text = any(cast(:to_answer as text[]))",
    "when": f"""('overdue' = any(cast(:when as text[])) and {OVERDUE})
        or ('overall_overdue' = any(cast(:when as text[])) and {OVERALL_OVERDUE})""",
    "q": sql.searched("e.ref", "e.title", "e.text", "e.theme"),
}

ESCALATIONS = Reading(
    what="escalation",
    table="escalation",
    alias="e",
    source="escalation e",
    body=SUMMARY,
    sorts=_SORTS,
    default_sort="-raised",
    filters=_FILTERS,
)

ESCALATION = Reading(
    what="escalation",
    table="escalation",
    alias="e",
    source="escalation e join ladder l on l.id = e.ladder_id",
    body=WHOLE,
    sorts=_SORTS,
    default_sort="-raised",
)

LADDER_BODY = f"""json_build_object(
    'ref', l.ref, 'version', l.version, 'title', l.title, 'edition', l.edition,
    'is_enabled', l.is_enabled, 'overall_working_days', l.overall_working_days, 'stages', {STAGES},
    'is_latest', {{is_latest}}, 'updated_at', turnstone.utc(l.updated_at))"""

_LATEST = """not exists (select from ladder newer where newer.plan_id = l.plan_id
    and lower(newer.ref) = lower(l.ref) and newer.edition > l.edition)"""

LADDERS = Reading(
    what="ladder",
    table="ladder",
    alias="l",
    source="ladder l",
    body=LADDER_BODY.format(is_latest=_LATEST),
    sorts={"ref": Sort("lower(l.ref)", "text"), "title": Sort("lower(l.title)", "text")},
    default_sort="ref",
    filters={"enabled": "l.is_enabled::text = any(cast(:enabled as text[]))"},
    where=f"l.plan_id = :plan_id and {_LATEST}",
)
"""The latest edition of each ladder."""

LADDER_EDITIONS = Reading(
    what="edition of this ladder",
    table="ladder",
    alias="l",
    source="ladder l",
    body=LADDER_BODY.format(is_latest=_LATEST),
    sorts=LADDERS.sorts,
    default_sort="ref",
    where="l.plan_id = :plan_id and l.edition = :edition",
)
