"""Who is signed in, and where each of their plans begins for them."""

from __future__ import annotations

from api.core.context import Context, to_json
from api.plans.me.repository import find_me
from api.plans.me.rules import landing_of, main_role
from api.settings import Settings
from api.vocabulary import Role


async def who_am_i(ctx: Context, settings: Settings) -> bytes:
    """The acting principal as JSON. A token's scopes narrow the permissions shown, as they do in use."""
    me = await find_me(ctx)
    for plan in me["plans"]:
        roles = [Role(role) for role in plan["roles"]]
        plan["role"] = main_role(roles)
        plan["landing"] = landing_of(roles)
        plan["permissions"] = [one for one in plan["permissions"] if ctx.actor.may(one)]
    me["file_limits"] = {"bytes": settings.max_file_bytes, "values": settings.max_file_rows}
    return to_json(me)
