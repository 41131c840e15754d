"""How recommendations are read, in SQL."""

from __future__ import annotations

from api.actions.repository import OPEN, OVERDUE, STATUS_WORD, SUGGESTED
from api.core import fragments as sql
from api.core.reading import Reading, Sort
from api.narratives.repository import latest_about
from api.vocabulary import ActionStatus

_UNDER = """with recursive under (recommendation_id, action_id) as (
        select ar.recommendation_id, ar.action_id from action_recommendation ar
        where ar.plan_id = :plan_id
        union
        select u.recommendation_id, part.id
        from under u join action part on part.parent_id = u.action_id and part.plan_id = :plan_id)"""
"""Every action of every recommendation of the plan, and their parts at any depth, each once."""

_COUNTS = ", ".join(
    f"'{status.value}', count(*) filter (where a.status = '{status.value}')" for status in ActionStatus
)
_WORK = f"""(
    {_UNDER}
    select u.recommendation_id, json_build_object('total', count(*), {_COUNTS}) as counts,
           count(*) filter (where {OVERDUE}) as overdue,
           max(case when {OPEN} then array_position(array['green', 'amber', 'red'], {SUGGESTED}) end) as worst
    from under u join action a on a.id = u.action_id join plan pl on pl.id = a.plan_id
    group by u.recommendation_id)"""
"""The work under each recommendation, summed once for a whole page and not row by row."""

SOURCE = f"recommendation r left join {_WORK} work on work.recommendation_id = r.id"
SUGGESTED_RATING = "coalesce((array['green', 'amber', 'red'])[work.worst], 'grey')"

_NO_WORK = ", ".join(f"'{name}', 0" for name in ("total", *ActionStatus))

SUMMARY = f"""json_build_object(
    'ref', r.ref, 'text', r.text, 'label', r.label, 'version', r.version, 'origin', r.origin,
    'status', r.status, 'status_note', r.status_note, 'rating', r.rating,
    'suggested_rating', {SUGGESTED_RATING}, 'confidence', r.confidence, 'assured_rating', r.assured_rating,
    'leads', {sql.leads("recommendation_id", "r.id")}, 'themes', {sql.themes("recommendation_id", "r.id")},
    'action_counts', coalesce(work.counts, json_build_object({_NO_WORK})),
    'overdue', coalesce(work.overdue, 0),
    'kpi_count', (select count(*) from kpi_recommendation kr where kr.recommendation_id = r.id),
    'last_progress_on', (select max(n.on_on)
        from narrative_about na join narrative n on n.id = na.narrative_id
        where na.recommendation_id = r.id and n.kind = 'progress'),
    'doubts', {sql.source_notes("recommendation_id", "r.id")})"""

_PARTS = """coalesce((select json_agg(json_build_object('ref', p.ref, 'text', p.text) order by p.position)
    from recommendation_part p where p.recommendation_id = r.id), '[]'::json)"""
_REFERENCES = """coalesce((select json_agg(json_build_object('inspection', i.ref, 'finding', f.ref,
        'finding_text', f.text, 'page', x.page, 'paragraphs', x.paragraphs, 'text', x.text)
        order by x.position)
    from inspection_reference x left join inspection i on i.id = x.inspection_id
    left join finding f on f.id = x.finding_id where x.recommendation_id = r.id), '[]'::json)"""
_ACTIONS = f"""coalesce((select json_agg(json_build_object('ref', a.ref, 'title', a.title,
        'parent', (select p.ref from action p where p.id = a.parent_id), 'status', a.status,
        'status_word', {STATUS_WORD}, 'rating', a.rating, 'suggested_rating', {SUGGESTED},
        'due', {sql.fuzzy("a", "due")}, 'is_overdue', coalesce({OVERDUE}, false),
        'leads', {sql.leads("action_id", "a.id")}) order by a.position, a.id)
    from action a join plan pl on pl.id = a.plan_id
    where a.id in ({_UNDER} select u.action_id from under u where u.recommendation_id = r.id)), '[]'::json)"""
_KPIS = f"""coalesce((select json_agg(json_build_object('ref', k.ref, 'title', k.title, 'wording', kr.wording,
        'leads', {sql.leads("kpi_recommendation_id", "kr.id")}) order by kr.position, k.position, k.id)
    from kpi_recommendation kr join kpi k on k.id = kr.kpi_id
    where kr.recommendation_id = r.id), '[]'::json)"""

_MAY_EDIT = "r.plan_id = any((select turnstone.plans_with('recommendation:update'))::bigint[])"

WHOLE = f"""({SUMMARY})::jsonb || jsonb_build_object(
    'source_ref', r.source_ref, 'rating_reason', r.rating_reason, 'parts', {_PARTS},
    'inspection_references', {_REFERENCES},
    'response', case when r.response is not null
        then json_build_object('decision', r.response, 'reason', r.response_reason) end,
    'outcome', r.outcome, 'no_kpis_reason', r.no_kpis_reason,
    'actions', {_ACTIONS}, 'kpis', {_KPIS},
    'narratives', {latest_about("recommendation_id", "r.id", limit=5)},
    'cross_references', {sql.cross_references("recommendation_id", "r.id")},
    'updated_at', turnstone.utc(r.updated_at),
    'may_edit', {_MAY_EDIT},
    'may_update', {_MAY_EDIT}
        or (r.plan_id = any((select turnstone.plans_with('recommendation:update_led'))::bigint[])
            and r.id = any((select turnstone.led('recommendation'))::bigint[])))"""

_SORTS = {
    "position": Sort("r.position", "integer"),
    "ref": Sort("lower(r.ref)", "text"),
    "status": Sort("r.status", "text"),
    "rating": Sort("array_position(array['red', 'amber', 'grey', 'green', 'blue'], r.rating)", "integer"),
    "updated": Sort("r.updated_at", "timestamptz"),
}

RECOMMENDATIONS = Reading(
    what="recommendation",
    table="recommendation",
    alias="r",
    source=SOURCE,
    body=SUMMARY,
    sorts=_SORTS,
    default_sort="position",
    alias_kind="recommendation",
    filters={
        "status": sql.one_of("r.status", "status"),
        "rating": sql.one_of("coalesce(r.rating, 'grey')", "rating"),
        "origin": sql.one_of("r.origin", "origin"),
        "lead": sql.led_by("recommendation_id", "r.id"),
        "theme": sql.themed("recommendation_id", "r.id"),
        "late": "(coalesce(work.overdue, 0) > 0)::text = any(cast(:late as text[]))",
        "doubtful": f"({sql.source_notes('recommendation_id', 'r.id')} > 0)::text"
        " = any(cast(:doubtful as text[]))",
        "mine": "(r.id = any((select turnstone.led('recommendation'))::bigint[]))::text"
        " = any(cast(:mine as text[]))",
        "q": sql.searched("r.ref", "r.label", "r.text", "r.outcome"),
    },
)

RECOMMENDATION = Reading(
    what="recommendation",
    table="recommendation",
    alias="r",
    source=SOURCE,
    body=WHOLE,
    sorts=_SORTS,
    default_sort="position",
    alias_kind="recommendation",
)
