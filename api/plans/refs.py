"""Refs are the address of an item: a corrected one leaves an alias that redirects."""

from __future__ import annotations

from sqlalchemy import text

from api.core.context import Context
from api.core.editing import add
from api.core.errors import Problem, ProblemType
from api.plans.tables import RefAlias
from api.vocabulary import ItemKind


async def keep_old_ref(ctx: Context, kind: ItemKind, table: str, item_id: int, new_ref: str) -> None:
    """Remember the present ref as an alias before it changes to ``new_ref``.

    Raises REF_TAKEN when ``new_ref`` is an old ref of another item.
    """
    column = f"{kind.value}_id"
    old = await ctx.session.scalar(text(f"select ref from {table} where id = :id"), {"id": item_id})
    if old is None or old.lower() == new_ref.lower():
        return
    taken = await ctx.session.scalar(
        text(
            f"select {column} from ref_alias"
            " where plan_id = :plan and kind = :kind and lower(ref) = lower(:ref)"
        ),
        {"plan": ctx.plan.id, "kind": kind.value, "ref": new_ref},
    )
    if taken is not None and taken != item_id:
        raise Problem(ProblemType.REF_TAKEN, f"{new_ref!r} was once the ref of another {kind.value}.")
    if taken == item_id:
        await ctx.session.execute(
            text("delete from ref_alias where plan_id = :plan and kind = :kind and lower(ref) = lower(:ref)"),
            {"plan": ctx.plan.id, "kind": kind.value, "ref": new_ref},
        )
    await add(ctx, RefAlias, {"kind": kind, "ref": old, column: item_id})
