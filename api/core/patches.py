"""What merge patches need beside ``editing``: fields never null, and changes that follow from others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import text

from api.core.context import Context
from api.core.editing import Held
from api.core.errors import Problem, ProblemType, field_error, not_allowed
from api.core.reading import Reading, read_one


def refuse_nulls(fields: Mapping[str, Any], never_null: Collection[str]) -> None:
    """Raises INVALID for each field sent as null that every item of the kind must have."""
    empty = [
        field_error(f"/{name}", f"{name} cannot be null.")
        for name, value in fields.items()
        if value is None and name in never_null
    ]
    if empty:
        raise Problem(ProblemType.INVALID, empty[0]["message"], errors=empty)


def refuse_beyond(fields: Mapping[str, Any], may_change: Collection[str], what: str) -> None:
    """Raises NOT_ALLOWED naming the fields that somebody who only leads the item may not change."""
    beyond = sorted(fields.keys() - set(may_change))
    if beyond:
        raise not_allowed(f"You lead this {what}, but only a programme manager changes {', '.join(beyond)}.")


async def hold_as_it_is(ctx: Context, reading: Reading, ref: str) -> Held:
    """As ``hold``, for a change that follows from another and started from no version.

    Raises NOT_FOUND if the item cannot be seen, NOT_ALLOWED if it can be seen but not changed.
    """
    found = await read_one(ctx, reading, ref)
    locked = (
        await ctx.session.execute(
            text(f"select id, version from {reading.table} where id = :id for update"), {"id": found.id}
        )
    ).first()
    if locked is None:
        raise not_allowed(f"You may read this {reading.what}, but it is not yours to change.")
    return Held(locked.id, locked.version)
