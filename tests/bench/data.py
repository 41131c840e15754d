"""Data for the measurements, written by SQL past the service."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import psycopg

ACTIONS = 200
KPIS = 100
MONTHS = 36
CHANGES = 1_000_000
SPAN = 3 * 365 * 86_400
"""Seconds that the changes lie spread over."""


def one(connection: psycopg.Connection[Any], query: str, *values: object) -> Any:
    row = connection.execute(query, values).fetchone()
    return None if row is None else row[0]


def make_plan(connection: psycopg.Connection[Any]) -> int:
    """A plan of 200 actions over 20 recommendations, and 100 KPIs with 36 months of values each."""
    authority = one(connection, "insert into authority (ref, name) values ('bench', 'Bench') returning id")
    plan: int = one(
        connection,
        "insert into plan (authority_id, ref, title, status) values (%s, 'bench', 'Bench', 'active') returning id",
        authority,
    )
    connection.execute(
        "insert into recommendation (plan_id, ref, text, origin, status, rating, position)"
        " select %s, 'R' || n, 'Improve thing number ' || n, 'inspection', 'active', 'green', n"
        " from generate_series(1, 20) n",
        (plan,),
    )
    connection.execute(
        "insert into party (plan_id, ref, kind, name)"
        " select %s, 'P' || n, 'role', 'Head of service ' || n from generate_series(1, 15) n",
        (plan,),
    )
    connection.execute(
        "insert into theme (plan_id, ref, kind, title, position)"
        " select %s, 'T' || n, 'improvement_area', 'Area ' || n, n from generate_series(1, 10) n",
        (plan,),
    )
    connection.execute(
        "insert into action (plan_id, ref, title, status, rating, due_means, position, due_on, due_precision,"
        " original_due_on, original_due_precision)"
        " select %s, 'A' || n, 'Do the thing numbered ' || n || ' and show that it was done',"
        " (array['not_started', 'in_progress', 'completed'])[1 + n %% 3], 'green', 'finish', n,"
        " current_date + (n %% 120 - 60), 'day', current_date + (n %% 120 - 60), 'day'"
        " from generate_series(1, %s) n",
        (plan, ACTIONS),
    )
    for link in (
        "insert into action_recommendation (plan_id, action_id, recommendation_id) select a.plan_id, a.id, r.id"
        " from action a join recommendation r on r.plan_id = a.plan_id and r.position = 1 + a.position %% 20"
        " where a.plan_id = %s",
        "insert into item_lead (plan_id, action_id, party_id) select a.plan_id, a.id, p.id"
        " from action a join party p on p.plan_id = a.plan_id and p.ref = 'P' || (1 + a.position %% 15)"
        " where a.plan_id = %s",
        "insert into theme_link (plan_id, action_id, tag_id) select a.plan_id, a.id, t.id"
        " from action a join theme t on t.plan_id = a.plan_id and t.position = 1 + a.position %% 10"
        " where a.plan_id = %s",
    ):
        connection.execute(link, (plan,))
    _kpis(connection, plan)
    connection.execute("analyze")
    return plan


def _kpis(connection: psycopg.Connection[Any], plan: int) -> None:
    connection.execute(
        "insert into kpi (plan_id, ref, title, kind, category, unit, polarity, nature, period_type, position)"
        " select %s, 'K' || n, 'Share of visits in timescale, ' || n, 'quantitative',"
        " (array['how_much', 'how_well', 'better_off'])[1 + n %% 3], 'percent', 'higher', 'snapshot', 'month', n"
        " from generate_series(1, %s) n",
        (plan, KPIS),
    )
    connection.execute(
        "insert into kpi_definition (plan_id, kpi_id, position) select plan_id, id, 0 from kpi where plan_id = %s",
        (plan,),
    )
    connection.execute(
        "insert into target (plan_id, kpi_id, position, kind, value)"
        " select plan_id, id, 0, 'standing', 90 from kpi where plan_id = %s",
        (plan,),
    )
    connection.execute(
        "insert into segment (plan_id, kpi_id, ref, title)"
        " select plan_id, id, '_all', 'Whole service' from kpi where plan_id = %s",
        (plan,),
    )
    connection.execute(
        "insert into series (plan_id, kpi_id, segment_id, basis, points)"
        " select k.plan_id, k.id, s.id, 'operational_provisional', '[]' from kpi k join segment s on s.kpi_id = k.id"
        " where k.plan_id = %s",
        (plan,),
    )
    connection.execute(
        "insert into measurement_revision (plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value,"
        " workflow) select s.plan_id, s.kpi_id, s.id, to_char(m, 'YYYY-MM'), m,"
        " (m + interval '1 month - 1 day')::date, 'reported', 70 + (s.id * 7 + extract(month from m)) %% 25, 'loaded'"
        " from series s, generate_series(date_trunc('month', current_date) - make_interval(months => %s),"
        " date_trunc('month', current_date) - interval '1 month', interval '1 month') m where s.plan_id = %s",
        (MONTHS, plan),
    )
    connection.execute(
        "update series s set points = f.points, points_held = f.points_held, latest_period = f.latest_period,"
        " latest_ends_on = f.latest_ends_on, latest_value = f.latest_value, previous_period = f.previous_period,"
        " previous_value = f.previous_value from series_facts f where f.series_id = s.id and s.plan_id = %s",
        (plan,),
    )


def sign_in(connection: psycopg.Connection[Any], plan: int, role: str) -> str:
    """A browser session of a member with this role; the cookie's value."""
    principal = one(connection, "insert into principal (kind, name) values ('user', 'Bench') returning id")
    connection.execute(
        "insert into user_account (id, email, name) values (%s, %s, 'Bench')",
        (principal, f"{role}@bench.example"),
    )
    connection.execute(
        "insert into membership (plan_id, principal_id, role) values (%s, %s, %s)", (plan, principal, role)
    )
    token = secrets.token_urlsafe(32)
    connection.execute(
        "insert into browser_session (token_hash, user_id, ends_at) values (%s, %s, now() + interval '1 day')",
        (hashlib.sha256(token.encode()).digest(), principal),
    )
    return token


def age_actions(connection: psycopg.Connection[Any], plan: int) -> None:
    """Give the plan's actions a million past versions over three years, as edits would have left them."""
    names = [
        row[0]
        for row in connection.execute(
            "select column_name from information_schema.columns"
            " where table_schema = 'public' and table_name = 'action' order by ordinal_position"
        )
    ]
    listed = ", ".join(names)
    each = CHANGES // ACTIONS
    connection.execute("delete from action_history where plan_id = %s", (plan,))
    connection.execute(
        f"insert into action_history ({listed}, valid, change_id) select {listed},"
        f" tstzrange(now() - make_interval(secs => {SPAN} * (1 - n::float / {each})),"
        f" case when n + 1 < {each} then now() - make_interval(secs => {SPAN} * (1 - (n + 1)::float / {each})) end), 0"
        f" from action, generate_series(0, {each} - 1) n where plan_id = %s",
        (plan,),
    )
    for table in (
        "plan",
        "recommendation",
        "theme",
        "party",
        "kpi",
        "kpi_definition",
        "target",
        "segment",
        "action_recommendation",
        "item_lead",
        "theme_link",
    ):
        column = "id" if table == "plan" else "plan_id"
        connection.execute(
            f"update {table}_history set valid = tstzrange(now() - interval '4 years', upper(valid))"
            f" where {column} = %s",
            (plan,),
        )
    connection.execute(
        "update measurement_revision set known_from = now() - interval '4 years' where plan_id = %s", (plan,)
    )
    connection.execute("vacuum analyze action_history")
