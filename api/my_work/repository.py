"""One person's work in a plan, read in one query."""

from __future__ import annotations

from sqlalchemy import text

from api.actions.repository import OPEN, OVERDUE
from api.actions.repository import SUMMARY as ACTION
from api.core import fragments as sql
from api.core.context import Context
from api.escalations.repository import SUMMARY as ESCALATION
from api.escalations.repository import TO_ANSWER
from api.kpis.repository import facts_shown

UPDATE_EVERY_DAYS = 28
"""An open item without a progress report for longer than this owes one."""

AT_MOST = 200
"""Rows shown of one kind; nobody leads more and does any of it."""

_LED = "{alias}.plan_id = :plan_id and {alias}.id = any((select turnstone.led('{kind}'))::bigint[])"


def _led(alias: str, kind: str) -> str:
    return _LED.format(alias=alias, kind=kind)


def _stands_in_for(column: str, owner: str) -> str:
    """Names of those it is led for; none where the reader itself, or its team, leads it."""
    leads = f"from item_lead l join mine m on m.party_id = l.party_id where l.{column} = {owner}"
    return f"""case when exists (select {leads} and m.user_id = turnstone.principal()) then '[]'::json
        else coalesce((select json_agg(distinct pr.name) from principal pr
            where pr.id in (select m.user_id {leads})), '[]'::json) end"""


def _last(column: str, owner: str, what: str) -> str:
    """The date or text of the latest progress report about the item."""
    return f"""(select {what} from narrative_about na join narrative n on n.id = na.narrative_id
        where na.{column} = {owner} and n.kind = 'progress'
        order by coalesce(n.on_on, n.created_at::date) desc, n.id desc limit 1)"""


def _reported(column: str, owner: str, still_owed: str) -> str:
    """``last_update``, ``last_text`` and whether the next is due."""
    on = _last(column, owner, "coalesce(n.on_on, n.created_at::date)")
    owed = f"coalesce({on} < cast(:clock as date) - {UPDATE_EVERY_DAYS}, true)"
    return f"""'last_update', {on}, 'last_text', {_last(column, owner, "n.text")},
        'update_due', {still_owed} and {owed}"""


_WHOSE = """acting as materialized (
        select f.user_id from turnstone.acting_for() f where f.plan_id = :plan_id),
    mine as materialized (
        select p.id as party_id, f.user_id from acting f
        join party p on p.plan_id = :plan_id and (p.user_id = f.user_id or exists (
            select from team_member tm where tm.team_id = p.team_id and tm.user_id = f.user_id)))"""

_ACTIONS = f"""select ({ACTION})::jsonb || jsonb_build_object(
        {_reported("action_id", "a.id", "true")},
        'for', {_stands_in_for("action_id", "a.id")}) as body,
        {OVERDUE} as overdue, a.due_on, a.position, a.id
    from action a join plan pl on pl.id = a.plan_id
    where {_led("a", "action")} and {OPEN}
    order by coalesce({OVERDUE}, false) desc, a.due_on nulls last, a.position, a.id limit {AT_MOST}"""

_MILESTONES = f"""select json_build_object('action', a.ref, 'action_title', a.title, 'title', m.title,
        'due', {sql.fuzzy("m", "due")}, 'is_overdue', coalesce(m.due_on < cast(:clock as date), false),
        'for', {_stands_in_for("action_id", "a.id")}) as body
    from milestone m join action a on a.id = m.action_id join plan pl on pl.id = a.plan_id
    where {_led("a", "action")} and {OPEN} and m.done_on is null
      and m.due_on <= cast(:clock as date) + pl.due_soon_days
    order by m.due_on, a.position, a.id, m.position limit {AT_MOST}"""

_RECOMMENDATIONS = f"""select json_build_object('ref', r.ref, 'text', r.text, 'label', r.label,
        'status', r.status, 'rating', r.rating, 'confidence', r.confidence,
        {_reported("recommendation_id", "r.id", "r.status = 'active'")},
        'actions_open', (select count(*) from action_recommendation ar join action a on a.id = ar.action_id
            where ar.recommendation_id = r.id and {OPEN}),
        'actions_overdue', (select count(*) from action_recommendation ar
            join action a on a.id = ar.action_id where ar.recommendation_id = r.id and {OVERDUE}),
        'for', {_stands_in_for("recommendation_id", "r.id")}) as body
    from recommendation r where {_led("r", "recommendation")} and r.status <> 'closed'
    order by r.position, r.id limit {AT_MOST}"""

_KPIS = f"""select json_build_object('ref', k.ref, 'title', k.title, 'unit', k.unit, 'polarity', k.polarity,
        'period_type', k.period_type, 'basis', s.basis,
        'latest', case when s.latest_period is not null then json_build_object('period', s.latest_period,
            'ends_on', s.latest_ends_on, 'value', trim_scale(s.latest_value), 'grade', s.latest_grade) end,
        'previous', case when s.previous_period is not null then json_build_object(
            'period', s.previous_period, 'ends_on', null, 'value', trim_scale(s.previous_value),
            'grade', s.previous_grade) end) as body
    from kpi k left join lateral (
        select se.basis, f.* from series se join segment g on g.id = se.segment_id {facts_shown("se")}
        where se.kpi_id = k.id and g.ref = '_all' and f.latest_period is not null
        order by f.latest_ends_on desc, se.basis desc limit 1) s on true
    where {_led("k", "kpi")} and not k.is_superseded and k.kind <> 'heading'
    order by k.position, k.id limit {AT_MOST}"""

_CHECKS = f"""select json_build_object('ref', c.ref, 'title', c.title, 'kind', c.kind,
        'due', {sql.fuzzy("c", "due")}, 'recurrence', c.recurrence,
        'is_overdue', coalesce(c.due_on < cast(:clock as date), false), 'last_result', last.found_on,
        'for', {_stands_in_for("check_id", "c.id")}) as body
    from assurance_check c join plan pl on pl.id = c.plan_id
    left join lateral (select max(cr.found_on) as found_on from check_result cr
        where cr.check_id = c.id) last on true
    where {_led("c", "check")} and c.due_on <= cast(:clock as date) + pl.due_soon_days
      and (last.found_on is null or (c.recurrence is not null and last.found_on < c.due_on))
    order by c.due_on, c.position, c.id limit {AT_MOST}"""

_RISKS = f"""select json_build_object('ref', x.ref, 'title', x.title, 'current_level', x.current_level,
        'review_on', x.review_on, 'is_overdue', x.review_on < cast(:clock as date),
        'for', {_stands_in_for("risk_id", "x.id")}) as body
    from risk x join plan pl on pl.id = x.plan_id
    where {_led("x", "risk")} and x.review_on <= cast(:clock as date) + pl.due_soon_days
    order by x.review_on, x.position, x.id limit {AT_MOST}"""

_ESCALATIONS = f"""select {ESCALATION} as body from escalation e
    where e.plan_id = :plan_id and e.state = 'open' and {TO_ANSWER}
    order by e.answer_due_on nulls last, e.id limit {AT_MOST}"""

_LISTS = {
    "actions": _ACTIONS,
    "milestones": _MILESTONES,
    "recommendations": _RECOMMENDATIONS,
    "kpis": _KPIS,
    "checks": _CHECKS,
    "risks": _RISKS,
    "escalations": _ESCALATIONS,
}

QUERY = f"with {_WHOSE} select json_build_object('judged_on', cast(:clock as date), " + ", ".join(
    f"'{name}', (select coalesce(json_agg(listed.body), '[]'::json) from ({query}) listed)"
    for name, query in _LISTS.items()
)
QUERY += ", 'stands_in_for', (select coalesce(json_agg(pr.name order by pr.name), '[]'::json)"
QUERY += " from principal pr where pr.id in (select user_id from acting)"
QUERY += " and pr.id <> turnstone.principal()))::text"


async def read_my_work(ctx: Context) -> bytes:
    """Everything the reader leads or owes, itself, by its team, or as a deputy."""
    body = await ctx.session.scalar(text(QUERY), {"plan_id": ctx.plan.id, "clock": ctx.clock})
    return str(body).encode()
