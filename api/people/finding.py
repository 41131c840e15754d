"""Finding a person by id or email, as payloads and addresses name them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints
from sqlalchemy import text

from api.core.context import Context
from api.core.errors import invalid, not_found

MAX_ID = 2**63 - 1


def _id_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Person = Annotated[
    str,
    BeforeValidator(_id_as_text, json_schema_input_type=int | str),
    StringConstraints(min_length=1, max_length=254, strip_whitespace=True),
    Field(description="A person: id, or email address.", examples=["head@example.org", 12]),
]


async def find_user(ctx: Context, person: str) -> int | None:
    """The account with this id or email, as far as the actor may see it."""
    user_id, email = _told_apart(person)
    found = await ctx.session.scalar(
        text("select id from user_account where id = :id or lower(email) = lower(:email)"),
        {"id": user_id, "email": email},
    )
    return None if found is None else int(found)


async def user_id_of(ctx: Context, person: str) -> int:
    """The account an address names. Raises NOT_FOUND."""
    found = await find_user(ctx, person)
    if found is None:
        raise not_found("user")
    return found


async def named_user(ctx: Context, person: str, pointer: str) -> int:
    """The account a payload names. Raises INVALID at ``pointer``."""
    found = await find_user(ctx, person)
    if found is None:
        raise invalid(pointer, f"There is no user {person!r}.", "unknown_user")
    return found


async def named_member(ctx: Context, person: str, pointer: str) -> int:
    """The member of the plan in view that a payload names. Raises INVALID at ``pointer``.

    Works for those who may not read accounts or memberships: they know an id or an email already.
    """
    user_id, email = _told_apart(person)
    found = await ctx.session.scalar(
        text("select turnstone.member_with(:plan, :id, :email)"),
        {"plan": ctx.plan.id, "id": user_id, "email": email},
    )
    if found is None:
        raise invalid(pointer, f"{person!r} is no member of this plan.", "unknown_member")
    return int(found)


def _told_apart(person: str) -> tuple[int | None, str | None]:
    """An id or an email: no email is digits only."""
    if person.isascii() and person.isdecimal():
        return (int(person) if int(person) <= MAX_ID else None), None
    return None, person
