"""What can be done with authorities. Each function reads: load, check, write, answer."""

from __future__ import annotations

from sqlalchemy import text

from api.core.context import Context
from api.core.editing import add, as_sent, change, hold, sent
from api.core.errors import invalid
from api.core.reading import Item, read_by_id
from api.plans.authorities.repository import AUTHORITY
from api.plans.authorities.schemas import AuthorityCreate, AuthorityUpdate
from api.plans.tables import Authority


async def authority_id_of(ctx: Context, ref: str) -> int:
    """Raises INVALID pointing at ``/authority`` where there is none of that ref."""
    found = await ctx.session.scalar(
        text("select id from authority where lower(ref) = lower(:ref)"), {"ref": ref}
    )
    if found is None:
        raise invalid("/authority", f"There is no authority {ref!r}.", "unknown_ref")
    return int(found)


async def create_authority(ctx: Context, new: AuthorityCreate) -> Item:
    """Raises REF_TAKEN."""
    authority_id = await add(ctx, Authority, new.model_dump())
    return await read_by_id(ctx, AUTHORITY, authority_id)


async def update_authority(ctx: Context, ref: str, patch: AuthorityUpdate, if_match: str | None) -> Item:
    """Raises EDIT_CONFLICT, or REF_TAKEN."""
    held = await hold(ctx, AUTHORITY, ref, if_match, as_sent(patch))
    await change(ctx, Authority, held.id, sent(patch))
    return await read_by_id(ctx, AUTHORITY, held.id)
