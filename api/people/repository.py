"""How people, teams, memberships, deputies and integrations are read, in SQL."""

from __future__ import annotations

from api.core import fragments as sql
from api.core.reading import Reading, Sort

USER_BODY = """json_build_object(
    'id', u.id, 'version', u.version, 'email', u.email, 'name', u.name, 'is_admin', u.is_admin,
    'disabled', u.disabled_at is not null, 'disabled_at', turnstone.utc(u.disabled_at),
    'created_at', turnstone.utc(u.created_at))"""

USER_WHOLE = f"""({USER_BODY})::jsonb || jsonb_build_object(
    'last_signed_in_at', (select turnstone.utc(s.at) from sign_in_event s
        where s.subject = lower(u.email) and s.outcome = 'succeeded' order by s.at desc limit 1),
    'teams', coalesce((select json_agg(t.ref order by lower(t.ref)) from team_member tm
        join team t on t.id = tm.team_id where tm.user_id = u.id), '[]'::json),
    'memberships', coalesce((select json_agg(json_build_object('plan', p.ref, 'role', m.role,
        'ends_on', m.ends_on) order by lower(p.ref), m.role)
        from membership m join plan p on p.id = m.plan_id where m.principal_id = u.id), '[]'::json))"""

_USER_SORTS = {
    "name": Sort("lower(u.name)", "text"),
    "email": Sort("lower(u.email)", "text"),
    "created": Sort("u.created_at", "timestamptz"),
}

USERS = Reading(
    what="user",
    table="user_account",
    alias="u",
    source="user_account u",
    body=USER_BODY,
    sorts=_USER_SORTS,
    default_sort="name",
    filters={
        "disabled": "(u.disabled_at is not null)::text = any(cast(:disabled as text[]))",
        "admin": "u.is_admin::text = any(cast(:admin as text[]))",
        "q": sql.searched("u.name", "u.email"),
    },
    where="true",
)

USER = Reading(
    what="user",
    table="user_account",
    alias="u",
    source="user_account u",
    body=USER_WHOLE,
    sorts=_USER_SORTS,
    default_sort="name",
    where="true",
)

TEAMS = Reading(
    what="team",
    table="team",
    alias="t",
    source="team t",
    body="""json_build_object('ref', t.ref, 'version', t.version, 'name', t.name,
        'members', coalesce((select json_agg(json_build_object('id', pr.id, 'name', pr.name)
            order by lower(pr.name), pr.id)
            from team_member tm join principal pr on pr.id = tm.user_id where tm.team_id = t.id),
            '[]'::json))""",
    sorts={"name": Sort("lower(t.name)", "text"), "ref": Sort("lower(t.ref)", "text")},
    default_sort="name",
    filters={"q": sql.searched("t.ref", "t.name")},
    where="true",
)

INTEGRATIONS = Reading(
    what="integration",
    table="integration",
    alias="i",
    source="integration i",
    body="""json_build_object('client_id', i.client_id, 'id', i.id, 'version', i.version, 'name', i.name,
        'scopes', i.scopes, 'disabled', i.disabled_at is not null,
        'disabled_at', turnstone.utc(i.disabled_at), 'created_at', turnstone.utc(i.created_at),
        'secrets', coalesce((select json_agg(json_build_object('id', s.id, 'hint', s.hint,
            'created_at', turnstone.utc(s.created_at), 'expires_at', turnstone.utc(s.expires_at),
            'revoked_at', turnstone.utc(s.revoked_at), 'last_used_at', turnstone.utc(s.last_used_at),
            'is_live', s.revoked_at is null and (s.expires_at is null or s.expires_at > now()))
            order by s.id desc) from integration_secret s where s.integration_id = i.id), '[]'::json),
        'memberships', coalesce((select json_agg(json_build_object('plan', p.ref, 'role', m.role,
            'ends_on', m.ends_on) order by lower(p.ref))
            from membership m join plan p on p.id = m.plan_id where m.principal_id = i.id), '[]'::json))""",
    sorts={
        "name": Sort("lower(i.name)", "text"),
        "client_id": Sort("i.client_id", "text"),
        "created": Sort("i.created_at", "timestamptz"),
    },
    default_sort="name",
    filters={
        "disabled": "(i.disabled_at is not null)::text = any(cast(:disabled as text[]))",
        "q": sql.searched("i.name", "i.client_id"),
    },
    where="true",
    ref="i.client_id",
)

MEMBERS = Reading(
    what="membership",
    table="membership",
    alias="m",
    source="""membership m join principal pr on pr.id = m.principal_id
        left join user_account u on u.id = m.principal_id
        left join integration i on i.id = m.principal_id""",
    body="""json_build_object('id', m.id, 'version', m.version,
        'who', json_build_object('id', pr.id, 'name', pr.name, 'kind', pr.kind, 'email', u.email,
            'client_id', i.client_id),
        'role', m.role, 'ends_on', m.ends_on,
        'is_current', (m.ends_on is null or m.ends_on >= cast(:today as date))
            and u.disabled_at is null and i.disabled_at is null,
        'items', coalesce((select json_agg(json_build_object(
            'kind', case when mi.recommendation_id is not null then 'recommendation'
                         when mi.action_id is not null then 'action' else 'kpi' end,
            'ref', coalesce(r.ref, a.ref, k.ref), 'title', coalesce(r.label, r.text, a.title, k.title))
            order by mi.id)
            from membership_item mi
            left join recommendation r on r.id = mi.recommendation_id
            left join action a on a.id = mi.action_id
            left join kpi k on k.id = mi.kpi_id
            where mi.membership_id = m.id), '[]'::json))""",
    sorts={
        "name": Sort("lower(pr.name)", "text"),
        "role": Sort("m.role", "text"),
        "ends": Sort("m.ends_on", "date"),
    },
    default_sort="name",
    filters={
        "role": sql.one_of("m.role", "role"),
        "current": """((m.ends_on is null or m.ends_on >= cast(:today as date)) and u.disabled_at is null
            and i.disabled_at is null)::text = any(cast(:current as text[]))""",
        "q": sql.searched("pr.name", "u.email", "i.client_id"),
    },
)

DEPUTIES = Reading(
    what="deputy",
    table="deputy",
    alias="d",
    source="""deputy d join principal up on up.id = d.user_id join principal dp on dp.id = d.deputy_id""",
    body="""json_build_object('id', d.id, 'version', d.version,
        'user', json_build_object('id', up.id, 'name', up.name),
        'deputy', json_build_object('id', dp.id, 'name', dp.name),
        'starts_on', d.starts_on, 'ends_on', d.ends_on,
        'is_current', (d.starts_on is null or d.starts_on <= cast(:today as date))
            and (d.ends_on is null or d.ends_on >= cast(:today as date)))""",
    sorts={"user": Sort("lower(up.name)", "text"), "ends": Sort("d.ends_on", "date")},
    default_sort="user",
    filters={
        "mine": "(turnstone.principal() in (d.user_id, d.deputy_id))::text = any(cast(:mine as text[]))"
    },
)

COLLEAGUES = Reading(
    what="person",
    table="principal",
    alias="pr",
    source="principal pr",
    body="""json_build_object('id', pr.id, 'name', pr.name, 'roles', (
        select json_agg(m.role order by m.role) from membership m
        where m.plan_id = :plan_id and m.principal_id = pr.id))""",
    sorts={"name": Sort("lower(pr.name)", "text")},
    default_sort="name",
    filters={
        "q": sql.searched("pr.name"),
        "role": """exists (select from membership m where m.plan_id = :plan_id
            and m.principal_id = pr.id and m.role = any(cast(:role as text[])))""",
    },
    where="""pr.kind = 'user' and exists (select from membership m where m.plan_id = :plan_id
        and m.principal_id = pr.id and (m.ends_on is null or m.ends_on >= cast(:today as date)))""",
)
"""The people of a plan by name and role, without their addresses."""
