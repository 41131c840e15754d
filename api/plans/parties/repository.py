"""How parties, what they lead and what nobody leads are read, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from api.core import fragments as sql
from api.core.context import Context
from api.core.reading import Reading, Sort
from api.plans.parties.schemas import LedKind
from api.vocabulary import OPEN_ACTION_STATUSES

_COUNTS = """json_build_object(
    'recommendations', (select count(distinct l.recommendation_id) from item_lead l where l.party_id = p.id),
    'actions', (select count(distinct l.action_id) from item_lead l where l.party_id = p.id),
    'kpis', (select count(distinct l.kpi_id) from item_lead l where l.party_id = p.id),
    'risks', (select count(distinct l.risk_id) from item_lead l where l.party_id = p.id),
    'checks', (select count(distinct l.check_id) from item_lead l where l.party_id = p.id),
    'controls', (select count(*) from risk_control rc where rc.owner_id = p.id),
    'feeds', (select count(*) from feed f where f.owner_id = p.id))"""

PARTY = Reading(
    what="party",
    table="party",
    alias="p",
    source="party p",
    body=f"""json_build_object('ref', p.ref, 'version', p.version, 'kind', p.kind, 'name', p.name,
        'aliases', p.aliases, 'organisation', p.organisation,
        'user', (select json_build_object('name', pr.name, 'email', u.email)
            from principal pr left join user_account u on u.id = pr.id where pr.id = p.user_id),
        'team', (select json_build_object('ref', te.ref, 'name', te.name)
            from team te where te.id = p.team_id),
        'leads', {_COUNTS})""",
    sorts={
        "name": Sort("lower(p.name)", "text"),
        "ref": Sort("lower(p.ref)", "text"),
        "kind": Sort("p.kind", "text"),
    },
    default_sort="name",
    filters={
        "kind": sql.one_of("p.kind", "kind"),
        "tied": "(coalesce(p.user_id, p.team_id) is not null)::text = any(cast(:tied as text[]))",
        "q": sql.searched("p.ref", "p.name", "array_to_string(p.aliases, ' ')", "p.organisation"),
    },
)


@dataclass(frozen=True)
class Led:
    """A kind of item that parties lead: its table as ``i``, its column of the arc, when it is open."""

    table: str
    column: str
    title: str
    is_open: str
    due: str = "cast(null as date)"


_OPEN_STATUSES = ", ".join(f"'{status.value}'" for status in OPEN_ACTION_STATUSES)

LED: dict[LedKind, Led] = {
    LedKind.RECOMMENDATION: Led(
        "recommendation", "recommendation_id", "coalesce(i.label, i.text)", "i.status <> 'closed'"
    ),
    LedKind.ACTION: Led("action", "action_id", "i.title", f"i.status in ({_OPEN_STATUSES})", "i.due_on"),
    LedKind.KPI: Led("kpi", "kpi_id", "i.title", "not i.is_superseded and i.kind <> 'heading'"),
    LedKind.CHECK: Led(
        "assurance_check",
        "check_id",
        "i.title",
        "(i.recurrence is not null or not exists (select from check_result cr where cr.check_id = i.id))",
        "i.due_on",
    ),
    LedKind.RISK: Led("risk", "risk_id", "i.title", "true", "i.review_on"),
}
"""A check is open until it has a result, and always if it recurs; a risk is open while it is held."""


def _leaderless(place: int, kind: LedKind, led: Led) -> str:
    leads = f"from item_lead l join party p on p.id = l.party_id where l.{led.column} = i.id"
    return f"""select {place} * 1000000000000000 + i.id as id, i.plan_id, {place} as place, '{kind}' as kind,
            i.ref, {led.title} as title, {led.due} as due,
            array(select p.name {leads} order by l.position) as led_by
        from {led.table} i
        where {led.is_open} and not exists (select {leads} and p.kind <> 'everyone')"""


LEADERLESS = Reading(
    what="leaderless item",
    table="item_lead",
    alias="x",
    source="(" + " union all ".join(_leaderless(n, *one) for n, one in enumerate(LED.items())) + ") x",
    body="""json_build_object('kind', x.kind, 'ref', x.ref, 'title', x.title, 'due', x.due,
        'led_by', x.led_by)""",
    sorts={
        "kind": Sort("x.place", "integer"),
        "ref": Sort("lower(x.ref)", "text"),
        "due": Sort("x.due", "date"),
    },
    default_sort="kind,ref",
    filters={"kind": sql.one_of("x.kind", "kind"), "q": sql.searched("x.ref", "x.title")},
)

_USES = text(
    """
    select what, n from (
        select 'recommendations' as what, count(distinct recommendation_id) as n
            from item_lead where party_id = :id
        union all select 'actions', count(distinct action_id) from item_lead where party_id = :id
        union all select 'KPIs', count(distinct kpi_id) from item_lead where party_id = :id
        union all select 'risks', count(distinct risk_id) from item_lead where party_id = :id
        union all select 'checks', count(distinct check_id) from item_lead where party_id = :id
        union all select 'themes', count(distinct theme_id) from item_lead where party_id = :id
        union all select 'risk controls', count(*) from risk_control where owner_id = :id
        union all select 'feeds', count(*) from feed where owner_id = :id
    ) used where n > 0
    """
)


async def uses_of(ctx: Context, party_id: int) -> list[str]:
    """What the party leads or owns, as "3 actions"."""
    rows = await ctx.session.execute(_USES, {"id": party_id})
    return [f"{row[1]} {row[0]}" for row in rows]


@dataclass(frozen=True)
class Lead:
    """One open item's lead row, and whether the party to take over leads the item already."""

    id: int
    item_id: int
    ref: str
    title: str
    led_already: bool


async def open_leads(ctx: Context, kind: LedKind, party_id: int, to_id: int) -> Sequence[Lead]:
    """The party's leads of open items of that kind, locked, in the items' order of ref."""
    led = LED[kind]
    rows = await ctx.session.execute(
        text(
            f"""
            select l.id, i.id as item_id, i.ref, {led.title} as title, exists (
                select from item_lead o where o.party_id = :to and o.{led.column} = i.id
                and o.kpi_recommendation_id is not distinct from l.kpi_recommendation_id) as led_already
            from item_lead l join {led.table} i on i.id = l.{led.column}
            where l.party_id = :party and {led.is_open} order by lower(i.ref), l.id for update of l
            """
        ),
        {"party": party_id, "to": to_id},
    )
    return [Lead(row.id, row.item_id, row.ref, row.title, row.led_already) for row in rows]
