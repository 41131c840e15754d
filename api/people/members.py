"""Who takes part in a plan: memberships, what each was given, and deputies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlmodel import SQLModel

from api.actions.tables import Action
from api.auth.permissions import Permission
from api.core.context import Context
from api.core.editing import add, as_sent, change, hold_id, ids_of, remove, sent, touch
from api.core.errors import conflict, invalid, not_allowed
from api.core.patches import refuse_nulls
from api.core.reading import Item, read_by_id
from api.kpis.tables import Kpi
from api.people.finding import named_member, named_user
from api.people.repository import DEPUTIES, MEMBERS
from api.people.schemas import DeputyCreate, GivenKind, GivenWrite, MemberCreate, MemberUpdate
from api.people.tables import Deputy, Membership, MembershipItem
from api.recommendations.tables import Recommendation
from api.vocabulary import Role

_TABLES: dict[GivenKind, type[SQLModel]] = {
    GivenKind.RECOMMENDATION: Recommendation,
    GivenKind.ACTION: Action,
    GivenKind.KPI: Kpi,
}
_TAKES_ITEMS = frozenset({Role.INSPECTOR, Role.PARTNER, Role.INTEGRATION})


async def add_member(ctx: Context, new: MemberCreate) -> Item:
    """Raises CONFLICT for a role held already, INVALID for a role that does not fit who it is for."""
    if (new.who is None) == (new.client_id is None):
        raise invalid("/who", "Name a person in `who`, or a system in `client_id`: one of the two.")
    _refuse_role(new.role, is_system=new.client_id is not None)
    principal_id = (
        await named_user(ctx, new.who, "/who")
        if new.who is not None
        else await _integration(ctx, new.client_id or "")
    )
    membership_id = await add(
        ctx, Membership, {"principal_id": principal_id, "role": new.role, "ends_on": new.ends_on}
    )
    await _set_items(ctx, membership_id, new.role, new.items)
    return await read_by_id(ctx, MEMBERS, membership_id)


async def update_member(ctx: Context, membership_id: int, patch: MemberUpdate, if_match: str | None) -> Item:
    """Apply a merge patch. Raises CONFLICT where no programme manager would be left."""
    before = await _membership(ctx, membership_id)
    held = await hold_id(ctx, MEMBERS, membership_id, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, ("role", "items"))
    role = Role(fields.get("role") or before["role"])
    _refuse_role(role, is_system=before["kind"] == "integration")
    items = fields.pop("items", None)
    if items is None and role not in _TAKES_ITEMS:
        # What was given to a limited reader means nothing to one who reads the whole plan.
        items = []
    await change(ctx, Membership, held.id, fields)
    if items is not None and await _set_items(ctx, held.id, role, items):
        await touch(ctx, Membership, held.id)
    await _keep_a_manager(ctx, before)
    return await read_by_id(ctx, MEMBERS, held.id)


async def remove_member(ctx: Context, membership_id: int, if_match: str | None) -> None:
    """What they wrote stays theirs. Raises CONFLICT where no programme manager would be left."""
    before = await _membership(ctx, membership_id)
    held = await hold_id(ctx, MEMBERS, membership_id, if_match)
    await remove(ctx, Membership, held.id)
    await _keep_a_manager(ctx, before)


async def add_deputy(ctx: Context, new: DeputyCreate) -> Item:
    """Raises NOT_ALLOWED for somebody else's deputy without the right to manage members; INVALID."""
    if ctx.actor.kind != "user":
        raise not_allowed("Only people have deputies.")
    user_id = ctx.actor.id if new.user is None else await named_member(ctx, new.user, "/user")
    if user_id != ctx.actor.id and not ctx.actor.may(Permission.MEMBER_MANAGE):
        raise not_allowed("You name your own deputies; a programme manager names other people's.")
    if new.user is None and not await _takes_part(ctx, user_id):
        raise invalid("/user", "You are no member of this plan; say whose deputy it is.", "unknown_member")
    deputy_id = await named_member(ctx, new.deputy, "/deputy")
    if deputy_id == user_id:
        raise invalid("/deputy", "Nobody is their own deputy.")
    if new.starts_on and new.ends_on and new.ends_on < new.starts_on:
        raise invalid("/ends_on", "It ends before it starts.")
    columns = {"user_id": user_id, "deputy_id": deputy_id, "starts_on": new.starts_on, "ends_on": new.ends_on}
    return await read_by_id(ctx, DEPUTIES, await add(ctx, Deputy, columns))


async def remove_deputy(ctx: Context, deputy_id: int, if_match: str | None) -> None:
    await read_by_id(ctx, DEPUTIES, deputy_id)
    held = await hold_id(ctx, DEPUTIES, deputy_id, if_match)
    await remove(ctx, Deputy, held.id)


async def _membership(ctx: Context, membership_id: int) -> dict[str, Any]:
    """Raises NOT_FOUND. Locks the plan's managers, so that two cannot remove each other at once."""
    await read_by_id(ctx, MEMBERS, membership_id)
    await ctx.session.execute(
        text(
            "select id from membership where plan_id = :plan and role = 'programme_manager'"
            " order by id for update"
        ),
        {"plan": ctx.plan.id},
    )
    row = await ctx.session.execute(
        text(
            "select m.role, pr.kind from membership m join principal pr on pr.id = m.principal_id"
            " where m.id = :id"
        ),
        {"id": membership_id},
    )
    found = row.mappings().first()
    if found is None:
        # Removed by whoever held that lock before.
        await read_by_id(ctx, MEMBERS, membership_id)
        raise conflict("It changed meanwhile.")
    return dict(found)


async def _keep_a_manager(ctx: Context, before: dict[str, Any]) -> None:
    if before["role"] != Role.PROGRAMME_MANAGER.value:
        return
    left = await ctx.session.scalar(
        text(
            "select count(*) from membership m join user_account u on u.id = m.principal_id"
            " where m.plan_id = :plan and m.role = 'programme_manager' and u.disabled_at is null"
            " and (m.ends_on is null or m.ends_on >= :today)"
        ),
        {"plan": ctx.plan.id, "today": ctx.today},
    )
    if not left:
        raise conflict("This is the plan's last programme manager; make somebody else one first.")


def _refuse_role(role: Role, *, is_system: bool) -> None:
    if role is Role.ADMIN:
        raise not_allowed("admin is held over the whole service; an administrator grants it on the account.")
    if is_system != (role is Role.INTEGRATION):
        raise invalid("/role", "integration is the role of systems, and their only one.")


async def _integration(ctx: Context, client_id: str) -> int:
    found = await ctx.session.scalar(
        text("select id from integration where client_id = lower(:client)"), {"client": client_id}
    )
    if found is None:
        raise invalid("/client_id", f"There is no integration {client_id!r}.", "unknown_client")
    return int(found)


async def _takes_part(ctx: Context, user_id: int) -> bool:
    return bool(
        await ctx.session.scalar(
            text("select exists (select from membership where plan_id = :plan and principal_id = :user)"),
            {"plan": ctx.plan.id, "user": user_id},
        )
    )


async def _set_items(ctx: Context, membership_id: int, role: Role, items: Sequence[GivenWrite]) -> bool:
    """Bring what a member was given to exactly these items; True if any changed."""
    if items and role not in _TAKES_ITEMS:
        raise invalid("/items", f"A {role.value.replace('_', ' ')} reads the whole plan; give no items.")
    changed = False
    for kind in GivenKind:
        chosen = [(place, item.ref) for place, item in enumerate(items) if item.kind is kind]
        if chosen and role is Role.INTEGRATION and kind is not GivenKind.KPI:
            raise invalid(f"/items/{chosen[0][0]}/kind", "A system is given KPIs only.")
        ids = [
            (await ids_of(ctx, _TABLES[kind], [ref], f"/items/{place}/ref", kind.value))[0]
            for place, ref in chosen
        ]
        column = f"{kind.value}_id"
        changed |= await _replace(ctx, membership_id, column, list(dict.fromkeys(ids)))
    return changed


async def _replace(ctx: Context, membership_id: int, column: str, ids: list[int]) -> bool:
    held = set(
        await ctx.session.scalars(
            text(f"select {column} from membership_item where membership_id = :m and {column} is not null"),
            {"m": membership_id},
        )
    )
    surplus, missing = held - set(ids), [found for found in ids if found not in held]
    if surplus:
        await ctx.session.execute(
            text(f"delete from membership_item where membership_id = :m and {column} = any(:ids)"),
            {"m": membership_id, "ids": list(surplus)},
        )
    for found in missing:
        await add(ctx, MembershipItem, {"membership_id": membership_id, column: found})
    return bool(surplus or missing)


__all__ = ["add_deputy", "add_member", "remove_deputy", "remove_member", "update_member"]
