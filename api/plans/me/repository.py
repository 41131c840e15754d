"""What somebody signed in is told of themselves, in SQL."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import text

from api.core.context import Context
from api.plans.repository import ROLES

_ME = text(
    f"""
    with held as materialized (
        select h.plan_id, json_agg(distinct h.permission order by h.permission) as permissions
        from turnstone.held(cast(:me as bigint)) h group by h.plan_id)
    select json_build_object('id', pr.id, 'kind', pr.kind, 'name', pr.name,
        'email', (select u.email from user_account u where u.id = pr.id),
        'is_admin', turnstone.is_admin(),
        'plans', coalesce((select json_agg(json_build_object('ref', pl.ref, 'title', pl.title,
            'status', pl.status, 'authority', json_build_object('ref', au.ref, 'name', au.name),
            'roles', {ROLES}, 'permissions', held.permissions)
            order by pl.status = 'closed', lower(pl.title), pl.id)
            from plan pl join held on held.plan_id = pl.id join authority au on au.id = pl.authority_id),
            '[]'::json))::text
    from principal pr where pr.id = :me
    """
)


async def find_me(ctx: Context) -> dict[str, Any]:
    """The acting principal with its plans, their roles and permissions."""
    found: dict[str, Any] = orjson.loads((await ctx.session.execute(_ME, {"me": ctx.actor.id})).scalar_one())
    return found
