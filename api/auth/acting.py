"""Acting outside a request, and entering a plan that a request names in its body and not in its path."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.system import SYSTEM_PRINCIPAL
from api.core.context import Actor, Context, PlanInView
from api.core.errors import Problem, ProblemType, not_found


async def act_as(
    session: AsyncSession,
    principal_id: int = SYSTEM_PRINCIPAL,
    *,
    plan: str | None = None,
    today: str | None = None,
    reason: str | None = None,
    request_id: str = "command",
) -> Context:
    """Begin acting as a principal for the rest of the transaction: commands and samples do.

    ``today`` is an ISO date that stands in for today in London. Raises NOT_SIGNED_IN for a disabled
    account, NOT_FOUND for a plan that is not visible to it.
    """
    row = (
        await session.execute(
            text(
                "select * from turnstone.enter(:acting, null, null, :plan, :request, :reason, :today, null)"
            ),
            {
                "acting": principal_id,
                "plan": plan,
                "request": request_id,
                "reason": reason,
                "today": today,
            },
        )
    ).first()
    if row is None:
        raise Problem(ProblemType.NOT_SIGNED_IN, "There is no such account, or it is disabled.")
    if plan is not None and row.plan_id is None:
        raise not_found("plan")
    return Context(
        session=session,
        actor=Actor(row.principal_id, row.kind, row.name, row.is_admin, frozenset(row.permissions)),
        today=row.today,
        request_id=request_id,
        etag_seed=request_id,
        in_plan=PlanInView(row.plan_id, row.ref, row.status, row.as_at, row.pulse)
        if row.plan_id is not None
        else None,
    )


async def view_plan(ctx: Context, ref: str) -> Context | None:
    """The same request with the plan of this ref in view, and the permissions held in it.

    None where there is none, or none the actor may see.
    """
    row = (
        await ctx.session.execute(
            text(
                "select pl.id, pl.ref, pl.status, pl.as_at, coalesce(pp.pulse, 0) as pulse,"
                " array(select h.permission from turnstone.held(turnstone.principal()) h"
                " where h.plan_id = pl.id) as permissions"
                " from plan pl left join plan_pulse pp on pp.plan_id = pl.id"
                " where lower(pl.ref) = lower(:ref)"
                " and pl.id = any(turnstone.plans_with('plan:visit'))"
            ),
            {"ref": ref},
        )
    ).first()
    if row is None:
        return None
    return replace(
        ctx,
        actor=replace(ctx.actor, permissions=frozenset(row.permissions)),
        in_plan=PlanInView(row.id, row.ref, row.status, row.as_at, row.pulse),
    )
