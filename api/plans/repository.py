"""How plans are read, in SQL."""

from __future__ import annotations

from sqlalchemy import text

from api.core import fragments as sql
from api.core.context import Context
from api.core.reading import Reading, Sort
from api.plans.rules import Held

ROLES = """(select coalesce(json_agg(mine.role order by mine.own desc, mine.role), '[]'::json) from (
    select m.role, true as own from public.membership m
    where m.plan_id = pl.id and m.principal_id = (select turnstone.principal())
      and (m.ends_on is null or m.ends_on >= (select turnstone.today()))
    union all select 'admin', false where (select turnstone.is_admin())) mine)"""
"""Roles held now, also where the plan itself is read as of another moment."""

SUMMARY = f"""json_build_object(
    'ref', pl.ref, 'title', pl.title, 'version', pl.version,
    'authority', (select json_build_object('ref', au.ref, 'name', au.name)
                  from authority au where au.id = pl.authority_id),
    'edition', pl.edition, 'status', pl.status,
    'starts', {sql.fuzzy("pl", "starts")}, 'ends', {sql.fuzzy("pl", "ends")}, 'horizon', pl.horizon,
    'as_at', pl.as_at, 'roles', {ROLES})"""


def _children(table: str, fields: str) -> str:
    return f"""coalesce((select json_agg(json_build_object({fields}) order by c.position, c.id)
        from {table} c where c.plan_id = pl.id), '[]'::json)"""


_WORDS = _children("status_word", "'word', c.word, 'status', c.status, 'counts_as_done', c.counts_as_done")
_COLOURS = _children(
    "colour_meaning",
    "'colour', c.colour, 'word', c.word, 'progress', c.progress, 'confidence', c.confidence,"
    " 'counts_as', c.counts_as",
)
_TOTALS = _children(
    "stated_total",
    "'label', c.label, 'of', c.of, 'statuses', c.statuses, 'ratings', c.ratings, 'count', c.count,"
    f" 'percent', trim_scale(c.percent), 'as_at', {sql.fuzzy('c', 'as_at')}",
)
_BOARDS = _children(
    "board",
    "'name', c.name, 'purpose', c.purpose, 'chair', c.chair, 'frequency', c.frequency,"
    " 'reports_to', c.reports_to, 'is_independent', c.is_independent,"
    " 'is_multi_agency', c.is_multi_agency",
)
_STATEMENTS = _children("impact_statement", "'topic', c.topic, 'text', c.text")

WHOLE = f"""({SUMMARY})::jsonb || jsonb_build_object(
    'judged_on', cast(:clock as date), 'figures_as_at', {sql.fuzzy("pl", "figures")},
    'statement_received_on', pl.statement_received_on,
    'signatories', pl.signatories, 'risk_scale', pl.risk_scale,
    'intervention', case when pl.intervention_type is not null then json_build_object(
        'type', pl.intervention_type, 'issued_on', pl.intervention_issued_on,
        'lifted_on', pl.intervention_lifted_on, 'adviser', pl.intervention_adviser,
        'independent_chair', pl.intervention_chair) end,
    'due_soon_days', pl.due_soon_days, 'amber_days', pl.amber_days,
    'spc_profile', pl.spc_profile,
    'status_words', {_WORDS}, 'colour_key', {_COLOURS}, 'stated_totals', {_TOTALS}, 'boards', {_BOARDS},
    'impact_statements', {_STATEMENTS},
    'doubts', (select count(*) from source_note sn where sn.plan_id = pl.id and not sn.settled),
    'updated_at', turnstone.utc(pl.updated_at),
    'may_edit', pl.id = any((select turnstone.plans_with('plan:update'))::bigint[]))"""

_SORTS = {
    "title": Sort("lower(pl.title)", "text"),
    "ref": Sort("lower(pl.ref)", "text"),
    "status": Sort("pl.status", "text"),
    "as_at": Sort("pl.as_at", "date"),
    "updated": Sort("pl.updated_at", "timestamptz"),
}

PLANS = Reading(
    what="plan",
    table="plan",
    alias="pl",
    source="plan pl",
    body=SUMMARY,
    sorts=_SORTS,
    default_sort="title",
    filters={
        "status": sql.one_of("pl.status", "status"),
        "authority": """exists (select from authority au where au.id = pl.authority_id
            and lower(au.ref) = any(select lower(unnest(cast(:authority as text[])))))""",
        "role": """exists (select from public.membership m where m.plan_id = pl.id
            and m.principal_id = (select turnstone.principal())
            and (m.ends_on is null or m.ends_on >= (select turnstone.today()))
            and m.role = any(cast(:role as text[])))""",
        "q": sql.searched("pl.ref", "pl.title", "pl.edition"),
    },
    where="true",
)
"""Row-level security leaves those the reader may visit."""

PLAN = Reading(
    what="plan",
    table="plan",
    alias="pl",
    source="plan pl",
    body=WHOLE,
    sorts=_SORTS,
    default_sort="title",
    where="pl.id = :plan_id",
)

_HELD = text(
    """
    select 'recommendations' as counted, status, rating, count(*)
        from recommendation where plan_id = :plan group by 2, 3
    union all select 'actions', status, rating, count(*) from action where plan_id = :plan group by 2, 3
    union all select case when parent_id is null then 'objectives' else 'sub_actions' end,
        status, rating, count(*) from action where plan_id = :plan group by 1, 2, 3
    union all select 'kpis', null, null, count(*) from kpi where plan_id = :plan and kind <> 'heading'
    union all select 'checks', null, null, count(*) from assurance_check where plan_id = :plan
    union all select 'risks', null, null, count(*) from risk where plan_id = :plan
    union all select 'themes', null, null, count(*)
        from theme where plan_id = :plan and kind <> 'existing_priority'
    """
)


async def count_held(ctx: Context) -> list[Held]:
    """How many items the plan holds, by kind, status and rating. An existing priority is no theme."""
    rows = await ctx.session.execute(_HELD, {"plan": ctx.plan.id})
    return [Held(row[0], row[1], row[2], row[3]) for row in rows]
