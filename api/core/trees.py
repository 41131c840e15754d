"""Items that stand beneath others of their kind, in trees without rings."""

from __future__ import annotations

from pydantic import BaseModel
from sqlalchemy import text
from sqlmodel import SQLModel

from api.core.context import Context
from api.core.editing import table_of
from api.core.errors import invalid


async def one_move_at_a_time(ctx: Context, model: type[SQLModel], patch: BaseModel) -> None:
    """Have a change of ``parent`` wait for others in the plan. Taken before any row is held: of two
    items moved beneath each other, each would hold its own row and wait for the other's.
    """
    if "parent" in patch.model_fields_set:
        key = f"{table_of(model).name} tree {ctx.plan.id}"
        await ctx.session.execute(
            text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key}
        )


async def parent_id_of(
    ctx: Context, model: type[SQLModel], ref: str | None, what: str, *, of: int | None = None
) -> int | None:
    """Raises INVALID for an unknown parent, or one that is the item ``of`` itself or beneath it."""
    if ref is None:
        return None
    table = table_of(model).name
    parent_id: int | None = await ctx.session.scalar(
        text(f"select id from {table} where plan_id = :plan_id and lower(ref) = lower(:ref)"),
        {"plan_id": ctx.plan.id, "ref": ref},
    )
    if parent_id is None:
        raise invalid("/parent", f"There is no {what} {ref!r} here.", "unknown_ref")
    if of is not None:
        above = await ctx.session.scalars(
            text(
                "with recursive above (id, parent_id) as ("
                f" select id, parent_id from {table} where id = :start"
                f" union select i.id, i.parent_id from {table} i join above on i.id = above.parent_id)"
                " select id from above"
            ),
            {"start": parent_id},
        )
        if of in set(above):
            raise invalid("/parent", f"{ref} is this {what} or one beneath it.", "circular")
    return parent_id
