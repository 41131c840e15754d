"""The dashboard's own SQL: each function is one query, whatever the size of the plan."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
from sqlalchemy import text

from api.actions.repository import DUE_SOON, OVERDUE, STATUS_WORD
from api.core import fragments as sql
from api.core.context import Context

SHOWN = 10
"""Rows shown in each short list; the screen links to the whole list."""

DONE = """(a.status in ('completed', 'closed') and not exists (
        select from status_word sw where sw.plan_id = a.plan_id)
    or exists (select from status_word sw where sw.plan_id = a.plan_id and sw.status = a.status
               and sw.counts_as_done))"""
"""Done in the plan's own sense: its status words say which count; without any, completed and closed."""

_ACTIONS = f"""
with judged as (
    select a.id, a.ref, a.title, a.status, {STATUS_WORD} as status_word, a.rating, a.position,
           a.due_on, {sql.fuzzy("a", "due")} as due, {DONE} as done,
           coalesce({OVERDUE}, false) as overdue, coalesce({DUE_SOON}, false) as due_soon
    from action a join plan pl on pl.id = a.plan_id
    where a.plan_id = :plan_id
),
totals as (
    select json_build_object('total', count(*), 'done', count(*) filter (where done),
        'overdue', count(*) filter (where overdue), 'due_soon', count(*) filter (where due_soon),
        'no_date', count(*) filter (where due_on is null and not done),
        'slipped', (select count(distinct s.action_id) from slip s where s.plan_id = :plan_id)) as doc
    from judged
),
by_status as (
    select json_agg(json_build_object('status', status, 'status_word', status_word, 'count', n)
                    order by n desc, status) as doc
    from (select status, min(status_word) as status_word, count(*) as n from judged group by status) s
),
by_area as (
    select json_agg(json_build_object('ref', ref, 'title', title, 'kind', kind, 'total', total, 'done', done,
        'overdue', overdue, 'due_soon', due_soon) order by position, ref) as doc
    from (
        select th.ref, th.title, th.kind, th.position, count(j.id) as total,
               count(*) filter (where j.done) as done, count(*) filter (where j.overdue) as overdue,
               count(*) filter (where j.due_soon) as due_soon
        from theme th
        left join theme_link tl on tl.tag_id = th.id and tl.action_id is not null
        left join judged j on j.id = tl.action_id
        where th.plan_id = :plan_id
        group by th.id, th.ref, th.title, th.kind, th.position
        having count(j.id) > 0
    ) areas
),
by_lead as (
    select json_agg(json_build_object('party', ref, 'name', name, 'total', total, 'done', done,
        'overdue', overdue, 'due_soon', due_soon) order by overdue desc, total - done desc, name, ref) as doc
    from (
        select p.ref, coalesce(p.name, 'Nobody') as name, count(*) as total,
               count(*) filter (where j.done) as done, count(*) filter (where j.overdue) as overdue,
               count(*) filter (where j.due_soon) as due_soon
        from judged j
        left join item_lead l on l.action_id = j.id
        left join party p on p.id = l.party_id
        group by p.id, p.ref, p.name
    ) leads
),
late as (
    select json_agg(json_build_object('ref', ref, 'title', title, 'status_word', status_word,
        'rating', rating, 'due', due, 'days_overdue', cast(:clock as date) - due_on,
        'leads', {sql.leads("action_id", "chosen.id")}) order by due_on, position, id) as doc
    from (select * from judged where overdue order by due_on, position, id limit :shown) chosen
),
soon as (
    select json_agg(json_build_object('ref', ref, 'title', title, 'status_word', status_word,
        'rating', rating, 'due', due, 'days_left', due_on - cast(:clock as date),
        'leads', {sql.leads("action_id", "chosen.id")}) order by due_on, position, id) as doc
    from (select * from judged where due_soon order by due_on, position, id limit :shown) chosen
)
select (totals.doc::jsonb || jsonb_build_object(
    'by_status', coalesce(by_status.doc, '[]'), 'by_area', coalesce(by_area.doc, '[]'),
    'by_lead', coalesce(by_lead.doc, '[]'), 'overdue_first', coalesce(late.doc, '[]'),
    'due_soonest', coalesce(soon.doc, '[]')))::text
from totals, by_status, by_area, by_lead, late, soon
"""

_RECOMMENDATIONS = f"""
with held as (
    select r.id, r.ref, coalesce(r.label, r.text) as title, r.status, r.rating, r.confidence,
           r.assured_rating, r.position
    from recommendation r where r.plan_id = :plan_id
),
progress as (
    select ar.recommendation_id, count(*) as total, count(*) filter (where {DONE}) as done,
           count(*) filter (where {OVERDUE}) as overdue
    from action_recommendation ar
    join action a on a.id = ar.action_id
    join plan pl on pl.id = a.plan_id
    where ar.plan_id = :plan_id
    group by ar.recommendation_id
)
select json_build_object(
    'total', (select count(*) from held),
    'by_status', coalesce((select json_object_agg(status, n)
        from (select status, count(*) as n from held group by status) s), '{{}}'),
    'by_rating', coalesce((select json_object_agg(rating, n)
        from (select coalesce(rating, 'grey') as rating, count(*) as n from held
              where status = 'active' group by 1) s), '{{}}'),
    'items', coalesce((select json_agg(json_build_object('ref', ref, 'title', title, 'status', status,
        'rating', rating, 'confidence', confidence, 'assured_rating', assured_rating,
        'actions', coalesce(progress.total, 0), 'done', coalesce(progress.done, 0),
        'overdue', coalesce(progress.overdue, 0)) order by position, id)
        from held left join progress on progress.recommendation_id = held.id), '[]')
)::text
"""

_ESCALATIONS = """
select json_build_object(
    'open', count(*),
    'overdue', count(*) filter (where e.answer_due_on < cast(:clock as date) and e.state = 'open'),
    'items', coalesce((select json_agg(doc) from (
        select json_build_object('ref', x.ref, 'title', x.title, 'cause', x.cause, 'state', x.state,
            'stage', x.stage, 'stage_title', ls.title, 'raised_at', turnstone.utc(x.raised_at),
            'answer_due_on', x.answer_due_on,
            'is_overdue', x.state = 'open' and coalesce(x.answer_due_on < cast(:clock as date), false)) as doc
        from escalation x
        left join ladder_stage ls on ls.ladder_id = x.ladder_id and ls.position = x.stage
        where x.plan_id = :plan_id and x.state in ('open', 'answered')
        order by x.answer_due_on nulls last, x.id limit :shown) listed), '[]')
)::text
from escalation e where e.plan_id = :plan_id and e.state in ('open', 'answered')
"""

_DOUBTS = """
with open_notes as (
    select sn.*, coalesce(a.ref, r.ref, k.ref, ri.ref, c.ref, th.ref) as ref,
           case when a.id is not null then 'action' when r.id is not null then 'recommendation'
                when k.id is not null then 'kpi' when ri.id is not null then 'risk'
                when c.id is not null then 'check' when th.id is not null then 'theme'
                else 'plan' end as about
    from source_note sn
    left join action a on a.id = sn.action_id
    left join recommendation r on r.id = sn.recommendation_id
    left join kpi k on k.id = sn.kpi_id
    left join risk ri on ri.id = sn.risk_id
    left join assurance_check c on c.id = sn.check_id
    left join theme th on th.id = sn.theme_id
    where sn.plan_id = :plan_id and not sn.settled
)
select json_build_object(
    'open', (select count(*) from open_notes),
    'by_kind', coalesce((select json_object_agg(kind, n)
        from (select kind, count(*) as n from open_notes group by kind) s), '{}'),
    'leaderless', (select count(*) from action a where a.plan_id = :plan_id
        and a.status in ('not_started', 'in_progress')
        and not exists (select from item_lead l join party p on p.id = l.party_id
                        where l.action_id = a.id and p.kind <> 'everyone')),
    'items', coalesce((select json_agg(json_build_object('id', id, 'kind', kind, 'text', text,
        'about', json_build_object('kind', about, 'ref', ref)) order by position, id)
        from (select * from open_notes order by position, id limit :shown) chosen), '[]')
)::text
"""

_PLAN = """
select json_build_object('ref', p.ref, 'title', p.title, 'status', p.status, 'as_at', p.as_at,
    'authority', au.name, 'edition', p.edition)::text
from plan p join authority au on au.id = p.authority_id where p.id = :plan_id
"""

SECTIONS = {
    "plan": _PLAN,
    "recommendations": _RECOMMENDATIONS,
    "actions": _ACTIONS,
    "escalations": _ESCALATIONS,
    "doubts": _DOUBTS,
}


async def section(ctx: Context, name: str) -> dict[str, Any]:
    """One section of the dashboard, by one query."""
    found = await ctx.session.scalar(
        text(SECTIONS[name]), {"plan_id": ctx.plan.id, "clock": ctx.clock, "shown": SHOWN}
    )
    doc: dict[str, Any] = orjson.loads(found)
    return doc


async def kept_page(ctx: Context, variant: str, key: str) -> bytes | None:
    """The finished page, if it was made from the very state the plan is in."""
    body = await ctx.session.scalar(
        text("select body from rendered where plan_id = :plan and variant = :variant and key = :key"),
        {"plan": ctx.plan.id, "variant": variant, "key": key},
    )
    return None if body is None else bytes(body)


async def keep_page(ctx: Context, variant: str, key: str, on_day: date, body: bytes) -> None:
    await ctx.session.execute(
        text(
            "insert into rendered (plan_id, variant, key, on_day, body)"
            " values (:plan, :variant, :key, :day, :body)"
            " on conflict (plan_id, variant) do update"
            " set key = excluded.key, on_day = excluded.on_day, body = excluded.body"
        ),
        {"plan": ctx.plan.id, "variant": variant, "key": key, "day": on_day, "body": body},
    )
