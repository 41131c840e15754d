"""Leads, themes and cross-references of any item: written the same way for every kind."""

from __future__ import annotations

from collections.abc import Sequence

from api.core.context import Context
from api.core.editing import ids_of, in_order, replace_children
from api.core.shapes import LeadWrite
from api.plans.tables import ItemLead, Party, Theme, ThemeLink


async def set_leads(
    ctx: Context, owner: dict[str, int], leads: Sequence[LeadWrite], pointer: str = "/leads"
) -> bool:
    """Bring an item's leads to exactly these, in this order; True if any changed.

    ``owner`` is the arc column and id, as ``{"action_id": 7}``. Raises INVALID for an unknown party.
    """
    once = list({lead.party.lower(): lead for lead in leads}.values())
    ids = await ids_of(ctx, Party, [lead.party for lead in once], pointer, "party")
    rows = [
        {"party_id": party_id, "as_printed": lead.as_printed, "doubtful": lead.doubtful}
        for party_id, lead in zip(ids, once, strict=True)
    ]
    return await replace_children(ctx, ItemLead, owner, in_order(rows), key="party_id")


async def set_themes(
    ctx: Context, owner: dict[str, int], themes: Sequence[str], pointer: str = "/themes"
) -> bool:
    """Bring an item's themes to exactly these refs. Raises INVALID for an unknown theme."""
    ids = await ids_of(ctx, Theme, themes, pointer, "theme")
    return await replace_children(
        ctx, ThemeLink, owner, in_order({"tag_id": theme_id} for theme_id in ids), key="tag_id"
    )
