"""How risks are read, in SQL."""

from __future__ import annotations

from api.core import fragments as sql
from api.core.reading import Reading, Sort


def rating(name: str) -> str:
    """SQL of one of the three ratings; null where nothing at all is said."""
    level, likelihood, impact, words = (f"k.{name}_{p}" for p in ("level", "likelihood", "impact", "text"))
    return f"""case when num_nonnulls({level}, {likelihood}, {impact}, {words}) > 0 then json_build_object(
        'level', {level}, 'likelihood', {likelihood}, 'impact', {impact},
        'score', {likelihood} * {impact}, 'as_printed', {words}) end"""


PAST_REVIEW = "coalesce(k.review_on < cast(:clock as date), false)"
_SEVERITY = """coalesce(k.current_likelihood * k.current_impact,
    case k.current_level when 'high' then 25 when 'medium' then 9 when 'low' then 1 end)"""
"""Only to sort by: a level stands at the far end of its band on a five by five matrix."""

SUMMARY = f"""json_build_object(
    'ref', k.ref, 'version', k.version, 'title', k.title, 'current', {rating("current")},
    'residual', {rating("residual")}, 'target', {rating("target")},
    'owners', {sql.leads("risk_id", "k.id")}, 'themes', {sql.themes("risk_id", "k.id")},
    'actions', coalesce((select json_agg(a.ref order by ka.position, ka.id)
        from risk_action ka join action a on a.id = ka.action_id where ka.risk_id = k.id), '[]'::json),
    'control_count', (select count(*) from risk_control x where x.risk_id = k.id),
    'review_on', k.review_on, 'is_past_review', {PAST_REVIEW},
    'doubts', {sql.source_notes("risk_id", "k.id")})"""

_MAY_EDIT = "k.plan_id = any((select turnstone.plans_with('risk:write'))::bigint[])"

WHOLE = f"""({SUMMARY})::jsonb || jsonb_build_object(
    'source_ref', k.source_ref, 'cause', k.cause, 'effect', k.effect,
    'controls', coalesce((select json_agg(json_build_object('text', x.text, 'state', x.state,
        'owner', case when p.id is not null then json_build_object('party', p.ref, 'name', p.name) end)
        order by x.position)
        from risk_control x left join party p on p.id = x.owner_id where x.risk_id = k.id), '[]'::json),
    'updated_at', turnstone.utc(k.updated_at),
    'may_edit', {_MAY_EDIT},
    'may_update', {_MAY_EDIT}
        or (k.plan_id = any((select turnstone.plans_with('risk:write_led'))::bigint[])
            and k.id = any((select turnstone.led('risk'))::bigint[])))"""

_SORTS = {
    "position": Sort("k.position", "integer"),
    "ref": Sort("lower(k.ref)", "text"),
    "severity": Sort(_SEVERITY, "integer"),
    "review": Sort("k.review_on", "date"),
    "updated": Sort("k.updated_at", "timestamptz"),
}

RISKS = Reading(
    what="risk",
    table="risk",
    alias="k",
    source="risk k",
    body=SUMMARY,
    sorts=_SORTS,
    default_sort="position",
    alias_kind="risk",
    filters={
        "level": sql.one_of("k.current_level", "level"),
        "owner": sql.led_by("risk_id", "k.id").replace(":lead", ":owner"),
        "theme": sql.themed("risk_id", "k.id"),
        "action": """exists (select from risk_action ka join action a on a.id = ka.action_id
            where ka.risk_id = k.id
              and lower(a.ref) = any(select lower(unnest(cast(:action as text[])))))""",
        "past_review": f"({PAST_REVIEW})::text = any(cast(:past_review as text[]))",
        "mine": "(k.id = any((select turnstone.led('risk'))::bigint[]))::text = any(cast(:mine as text[]))",
        "q": sql.searched("k.ref", "k.title", "k.cause", "k.effect"),
    },
)

RISK = Reading(
    what="risk",
    table="risk",
    alias="k",
    source="risk k",
    body=WHOLE,
    sorts=_SORTS,
    default_sort="position",
    alias_kind="risk",
)
