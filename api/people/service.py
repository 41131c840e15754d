"""What can be done with users and teams. Each function reads: load, check, write, answer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from api.auth import service as accounts
from api.core.context import Context
from api.core.editing import add, as_sent, change, hold, hold_id, remove, replace_children, sent, touch
from api.core.errors import conflict
from api.core.patches import refuse_nulls
from api.core.reading import Item, read_by_id
from api.people.finding import named_user, user_id_of
from api.people.repository import TEAMS, USER
from api.people.schemas import PasswordWrite, TeamCreate, TeamUpdate, UserCreate, UserUpdate
from api.people.tables import Principal, Team, TeamMember, UserAccount


async def create_user(ctx: Context, new: UserCreate) -> Item:
    """Raises CONFLICT for an email that is taken, INVALID for a weak password."""
    user_id = await accounts.create_user(
        ctx.session,
        email=new.email,
        name=new.name,
        password=new.password.get_secret_value() if new.password else None,
        is_admin=new.is_admin,
    )
    return await read_by_id(ctx, USER, user_id)


async def read_user(ctx: Context, person: str) -> Item:
    """Raises NOT_FOUND."""
    return await read_by_id(ctx, USER, await user_id_of(ctx, person))


async def update_user(ctx: Context, person: str, patch: UserUpdate, if_match: str | None) -> Item:
    """Apply a merge patch. Raises CONFLICT for an email taken, or where no administrator would be left."""
    user_id = await user_id_of(ctx, person)
    held = await hold_id(ctx, USER, user_id, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, ("email", "name", "is_admin", "disabled"))
    disabled = fields.pop("disabled", None)
    if fields.get("is_admin") is False:
        await _refuse_without_admin(ctx, user_id)
    await change(ctx, UserAccount, held.id, fields)
    if "name" in fields:
        await change(ctx, Principal, held.id, {"name": fields["name"]})
    if disabled is True:
        await accounts.disable_user(ctx.session, user_id)
    elif disabled is False:
        await accounts.enable_user(ctx.session, user_id)
    return await read_by_id(ctx, USER, user_id)


async def set_password(ctx: Context, person: str, given: PasswordWrite) -> None:
    """Signs the person out everywhere. Raises INVALID for a weak password."""
    user_id = await user_id_of(ctx, person)
    await accounts.set_password(ctx.session, user_id, given.password.get_secret_value())


async def create_team(ctx: Context, new: TeamCreate) -> Item:
    """Raises REF_TAKEN, or INVALID for a member who is no user."""
    team_id = await add(ctx, Team, {"ref": new.ref, "name": new.name})
    await _set_members(ctx, team_id, new.members)
    return await read_by_id(ctx, TEAMS, team_id)


async def update_team(ctx: Context, ref: str, patch: TeamUpdate, if_match: str | None) -> Item:
    """Apply a merge patch. Raises REF_TAKEN, or INVALID for a member who is no user."""
    held = await hold(ctx, TEAMS, ref, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, ("ref", "name", "members"))
    members = fields.pop("members", None)
    await change(ctx, Team, held.id, fields)
    if members is not None and await _set_members(ctx, held.id, members):
        await touch(ctx, Team, held.id)
    return await read_by_id(ctx, TEAMS, held.id)


async def delete_team(ctx: Context, ref: str, if_match: str | None) -> None:
    """Parties tied to it stay, tied to nobody."""
    held = await hold(ctx, TEAMS, ref, if_match)
    await remove(ctx, Team, held.id)


async def _set_members(ctx: Context, team_id: int, people: Sequence[str]) -> bool:
    ids = [await named_user(ctx, person, f"/members/{place}") for place, person in enumerate(people)]
    rows = [{"user_id": user_id} for user_id in dict.fromkeys(ids)]
    return await replace_children(ctx, TeamMember, {"team_id": team_id}, rows, key="user_id")


async def _refuse_without_admin(ctx: Context, user_id: int) -> None:
    others = await ctx.session.scalars(
        text("select id from user_account where is_admin and disabled_at is null and id <> :user for update"),
        {"user": user_id},
    )
    if not others.all():
        raise conflict("This is the last administrator.")
