"""What can be done with themes. Each function reads: load, check, write, answer."""

from __future__ import annotations

from sqlalchemy import text

from api.core.context import Context
from api.core.editing import add, as_sent, change, hold, remove, sent
from api.core.errors import Problem, ProblemType
from api.core.reading import Item, read_by_id
from api.plans.refs import keep_old_ref
from api.plans.tables import Theme
from api.plans.themes.repository import THEME, uses_of
from api.plans.themes.schemas import ThemeCreate, ThemeUpdate
from api.vocabulary import ItemKind


async def create_theme(ctx: Context, new: ThemeCreate) -> Item:
    """Raises REF_TAKEN."""
    place = await ctx.session.scalar(
        text("select coalesce(max(position), 0) + 1 from theme where plan_id = :plan"), {"plan": ctx.plan.id}
    )
    theme_id = await add(ctx, Theme, new.model_dump() | {"position": place})
    return await read_by_id(ctx, THEME, theme_id)


async def update_theme(ctx: Context, ref: str, patch: ThemeUpdate, if_match: str | None) -> Item:
    """Raises EDIT_CONFLICT, or REF_TAKEN."""
    held = await hold(ctx, THEME, ref, if_match, as_sent(patch))
    fields = sent(patch)
    if "ref" in fields:
        await keep_old_ref(ctx, ItemKind.THEME, "theme", held.id, fields["ref"])
    await change(ctx, Theme, held.id, fields)
    return await read_by_id(ctx, THEME, held.id)


async def delete_theme(ctx: Context, ref: str, if_match: str | None) -> None:
    """Raises IN_USE while anything carries it or is about it."""
    held = await hold(ctx, THEME, ref, if_match)
    uses = await uses_of(ctx, held.id)
    if uses:
        raise Problem(ProblemType.IN_USE, f"This theme is in use: {', '.join(uses)}.")
    await remove(ctx, Theme, held.id)
