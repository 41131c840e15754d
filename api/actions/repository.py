"""How actions are read, in SQL."""

from __future__ import annotations

from api.core import fragments as sql
from api.core.reading import Reading, Sort

OPEN = "a.status in ('not_started', 'in_progress')"
OVERDUE = f"({OPEN} and a.due_means = 'finish' and not a.due_ongoing and a.due_on < cast(:clock as date))"
DUE_SOON = (
    f"({OPEN} and not a.due_ongoing and a.due_on >= cast(:clock as date)"
    " and a.due_on <= cast(:clock as date) + pl.due_soon_days)"
)
MILESTONE_OVERDUE = """exists (select from milestone late where late.action_id = a.id
    and late.done_on is null and not late.due_ongoing and late.due_on < cast(:clock as date))"""
SUGGESTED = f"""case
    when a.status in ('completed', 'closed') then 'blue'
    when not {OPEN} then 'grey'
    when {OVERDUE} and cast(:clock as date) - a.due_on > pl.amber_days then 'red'
    when {OVERDUE} or {MILESTONE_OVERDUE} then 'amber'
    when a.due_on is null then 'grey'
    else 'green' end"""
"""The SQL twin of ``api.actions.rules.suggest_rating``; a test holds the two equal."""

_DONE = "a.status in ('completed', 'closed')"
_AGREED = "case when a.due_means = 'finish' and not a.due_ongoing then a.due_on end"
_ORIGINAL = "case when a.due_means = 'finish' and not a.original_due_ongoing then a.original_due_on end"
_REACHED = f"case when {_DONE} then a.completed_on when {OPEN} then cast(:clock as date) end"
DAYS_LATE = f"({_REACHED} - {_AGREED} + abs({_REACHED} - {_AGREED})) / 2"
DAYS_LATE_ORIGINALLY = f"({_REACHED} - {_ORIGINAL} + abs({_REACHED} - {_ORIGINAL})) / 2"
"""Days past a date, 0 when in time and null where it cannot be said (``greatest`` would hide a null)."""
LATENESS = f"""case
    when {_DONE} then case
        when a.completed_on is null then 'not_known'
        when {_AGREED} is null then 'no_date'
        when a.completed_on > {_AGREED} then 'done_late'
        else 'done_on_time' end
    when a.status in ('cancelled', 'superseded') then 'not_due'
    when a.due_ongoing then 'ongoing'
    when a.due_on is null then 'no_date'
    when {_AGREED} < cast(:clock as date) then case a.status
        when 'unreadable' then 'not_known' else 'overdue' end
    when {DUE_SOON} then 'due_soon'
    else 'not_due' end"""
"""The SQL twin of ``api.actions.rules.lateness``; a test holds the two equal."""

STATUS_WORD = """coalesce(a.status_word, (
    select sw.word from status_word sw where sw.plan_id = a.plan_id and sw.status = a.status
    order by sw.position limit 1), initcap(replace(a.status, '_', ' ')))"""

SUMMARY = f"""json_build_object(
    'ref', a.ref, 'title', a.title, 'version', a.version, 'status', a.status, 'status_word', {STATUS_WORD},
    'rating', a.rating, 'suggested_rating', {SUGGESTED}, 'confidence', a.confidence,
    'parent', (select p.ref from action p where p.id = a.parent_id), 'group_heading', a.group_heading,
    'due', {sql.fuzzy("a", "due")}, 'original_due', {sql.fuzzy("a", "original_due")},
    'due_means', a.due_means, 'completed_on', a.completed_on,
    'is_overdue', coalesce({OVERDUE}, false),
    'days_overdue', case when {OVERDUE} then cast(:clock as date) - a.due_on end,
    'is_due_soon', coalesce({DUE_SOON}, false),
    'lateness', {LATENESS}, 'days_late', {DAYS_LATE}, 'days_late_originally', {DAYS_LATE_ORIGINALLY},
    'slips', (select count(*) from slip s where s.action_id = a.id),
    'leads', {sql.leads("action_id", "a.id")}, 'themes', {sql.themes("action_id", "a.id")},
    'recommendations', coalesce((select json_agg(r.ref order by ar.position, ar.id)
        from action_recommendation ar join recommendation r on r.id = ar.recommendation_id
        where ar.action_id = a.id), '[]'::json),
    'dimension', a.dimension, 'doubts', {sql.source_notes("action_id", "a.id")})"""

WHOLE = f"""({SUMMARY})::jsonb || jsonb_build_object(
    'source_ref', a.source_ref, 'recommendation_inferred', a.recommendation_inferred,
    'kpis', coalesce((select json_agg(k.ref order by ak.position, ak.id)
        from action_kpi ak join kpi k on k.id = ak.kpi_id where ak.action_id = a.id), '[]'::json),
    'points', a.points, 'supports', a.supports, 'success_test', a.success_test,
    'start', {sql.fuzzy("a", "start")}, 'recurrence', a.recurrence, 'rating_reason', a.rating_reason,
    'assured_rating', a.assured_rating,
    'milestones', coalesce((select json_agg(json_build_object('title', m.title,
        'due', {sql.fuzzy("m", "due")}, 'done_on', m.done_on) order by m.position)
        from milestone m where m.action_id = a.id), '[]'::json),
    'slip_history', coalesce((select json_agg(json_build_object(
        'from_due', {sql.fuzzy("s", "from_due")}, 'to_due', {sql.fuzzy("s", "to_due")},
        'reason', s.reason, 'agreed_on', s.agreed_on, 'approved_by', s.approved_by,
        'recorded_by', (select pr.name from principal pr where pr.id = s.recorded_by))
        order by s.position desc)
        from slip s where s.action_id = a.id), '[]'::json),
    'dimensions', coalesce((select json_agg(json_build_object('dimension', d.dimension,
        'answer', d.answer, 'text', d.text) order by d.position)
        from dimension_record d where d.action_id = a.id), '[]'::json),
    'cost_note', a.cost_note, 'cross_references', {sql.cross_references("action_id", "a.id")},
    'assurance_required', a.assurance_required,
    'children', coalesce((select json_agg(c.ref order by c.position, c.id)
        from action c where c.parent_id = a.id), '[]'::json),
    'updated_at', turnstone.utc(a.updated_at),
    'may_edit', a.plan_id = any((select turnstone.plans_with('action:update'))::bigint[]),
    'may_update', a.plan_id = any((select turnstone.plans_with('action:update'))::bigint[])
        or (a.plan_id = any((select turnstone.plans_with('action:update_led'))::bigint[])
            and a.id = any((select turnstone.led('action'))::bigint[])))"""

_SORTS = {
    "position": Sort("a.position", "integer"),
    "ref": Sort("lower(a.ref)", "text"),
    "due": Sort("a.due_on", "date"),
    "status": Sort("a.status", "text"),
    "updated": Sort("a.updated_at", "timestamptz"),
}

_FILTERS = {
    "status": sql.one_of("a.status", "status"),
    "rating": sql.one_of("coalesce(a.rating, 'grey')", "rating"),
    "dimension": sql.one_of("a.dimension", "dimension"),
    "lead": sql.led_by("action_id", "a.id"),
    "theme": sql.themed("action_id", "a.id"),
    "recommendation": """exists (select from action_recommendation ar
        join recommendation r on r.id = ar.recommendation_id
        where ar.action_id = a.id
          and lower(r.ref) = any(select lower(unnest(cast(:recommendation as text[])))))""",
    "parent": """exists (select from action p where p.id = a.parent_id
        and lower(p.ref) = any(select lower(unnest(cast(:parent as text[])))))
        or ('none' = any(cast(:parent as text[])) and a.parent_id is null)""",
    "when": f"""('overdue' = any(cast(:when as text[])) and {OVERDUE})
        or ('due_soon' = any(cast(:when as text[])) and {DUE_SOON})
        or ('no_date' = any(cast(:when as text[])) and a.due_on is null)
        or ('slipped' = any(cast(:when as text[]))
            and exists (select from slip s where s.action_id = a.id))""",
    "doubtful": f"({sql.source_notes('action_id', 'a.id')} > 0)::text = any(cast(:doubtful as text[]))",
    "mine": "(a.id = any((select turnstone.led('action'))::bigint[]))::text = any(cast(:mine as text[]))",
    "q": sql.searched("a.ref", "a.title", "a.success_test", "a.group_heading"),
}

ACTIONS = Reading(
    what="action",
    table="action",
    alias="a",
    source="action a join plan pl on pl.id = a.plan_id",
    body=SUMMARY,
    sorts=_SORTS,
    default_sort="position",
    filters=_FILTERS,
    alias_kind="action",
)

ACTION = Reading(
    what="action",
    table="action",
    alias="a",
    source="action a join plan pl on pl.id = a.plan_id",
    body=WHOLE,
    sorts=_SORTS,
    default_sort="position",
    alias_kind="action",
)
