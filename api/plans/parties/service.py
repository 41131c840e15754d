"""What can be done with parties. Each function reads: load, check, write, answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from api.core.context import Context
from api.core.editing import add, as_sent, change, hold, remove, sent
from api.core.errors import Problem, ProblemType, invalid
from api.core.reading import Item, read_by_id, read_one
from api.people.finding import named_user
from api.plans.parties.repository import LED, PARTY, Lead, open_leads, uses_of
from api.plans.parties.schemas import (
    HandedOver,
    HandOver,
    HandOverRead,
    LedKind,
    PartyCreate,
    PartyUpdate,
)
from api.plans.tables import Party
from api.vocabulary import PartyKind

_PLAIN = ("ref", "kind", "name", "aliases", "organisation")


async def create_party(ctx: Context, new: PartyCreate) -> Item:
    """Raises REF_TAKEN, or INVALID for an unknown user or team."""
    columns = {name: getattr(new, name) for name in _PLAIN}
    ties = {"user_id": await _user_id(ctx, new.user), "team_id": await _team_id(ctx, new.team)}
    party_id = await add(ctx, Party, columns | ties)
    return await read_by_id(ctx, PARTY, party_id)


async def update_party(ctx: Context, ref: str, patch: PartyUpdate, if_match: str | None) -> Item:
    """Raises EDIT_CONFLICT, REF_TAKEN, or INVALID for an unknown user or team."""
    held = await hold(ctx, PARTY, ref, if_match, as_sent(patch))
    fields = sent(patch)
    columns: dict[str, Any] = {name: fields[name] for name in _PLAIN if name in fields}
    if "user" in fields:
        columns["user_id"] = await _user_id(ctx, fields["user"])
    if "team" in fields:
        columns["team_id"] = await _team_id(ctx, fields["team"])
    await change(ctx, Party, held.id, columns)
    return await read_by_id(ctx, PARTY, held.id)


async def delete_party(ctx: Context, ref: str, if_match: str | None) -> None:
    """Raises IN_USE, naming how many, while it leads or owns anything."""
    held = await hold(ctx, PARTY, ref, if_match)
    uses = await uses_of(ctx, held.id)
    if uses:
        raise Problem(
            ProblemType.IN_USE,
            f"This party leads or owns {', '.join(uses)}. Hand them over, or name other leads, first.",
        )
    await remove(ctx, Party, held.id)


async def hand_over(ctx: Context, ref: str, given: HandOver) -> tuple[HandOverRead, Item]:
    """Move the leads of open items from one party to another; what is done keeps its lead.

    Raises INVALID for an unknown party to hand over to, for the same one, or for one that means
    everyone.
    """
    item = await read_one(ctx, PARTY, ref)
    to = (
        await ctx.session.execute(
            text("select id, ref, kind from party where plan_id = :plan and lower(ref) = lower(:ref)"),
            {"plan": ctx.plan.id, "ref": given.to},
        )
    ).first()
    if to is None:
        raise invalid("/to", f"There is no party {given.to!r} here.", "unknown_ref")
    if to.id == item.id:
        raise invalid("/to", "That is the party itself.", "circular")
    if to.kind == PartyKind.EVERYONE:
        raise invalid("/to", "Everyone is nobody in particular; name who leads.", "no_lead")
    await ctx.session.execute(
        text("select set_config('turnstone.reason', :reason, true)"), {"reason": given.reason}
    )
    moved: list[HandedOver] = []
    for kind in LedKind:
        if kind in given.kinds:
            leads = await open_leads(ctx, kind, item.id, to.id)
            await _move(ctx, kind, leads, to.id)
            shown = {
                lead.item_id: HandedOver(
                    kind=kind, ref=lead.ref, title=lead.title, led_already=lead.led_already
                )
                for lead in leads
            }
            moved += shown.values()
    return HandOverRead(party=ref, to=to.ref, items=moved), item


async def _move(ctx: Context, kind: LedKind, leads: Sequence[Lead], to_id: int) -> None:
    twice = [lead.id for lead in leads if lead.led_already]
    rest = [lead.id for lead in leads if not lead.led_already]
    await ctx.session.execute(text("delete from item_lead where id = any(:ids)"), {"ids": twice})
    # The document's spelling and its doubt were about the old lead.
    await ctx.session.execute(
        text("update item_lead set party_id = :to, as_printed = null, doubtful = false where id = any(:ids)"),
        {"to": to_id, "ids": rest},
    )
    await ctx.session.execute(
        text(f"update {LED[kind].table} set updated_at = clock_timestamp() where id = any(:ids)"),
        {"ids": [lead.item_id for lead in leads]},
    )


async def _user_id(ctx: Context, email: str | None) -> int | None:
    return None if email is None else await named_user(ctx, email, "/user")


async def _team_id(ctx: Context, ref: str | None) -> int | None:
    """Raises INVALID for an unknown team."""
    if ref is None:
        return None
    found = await ctx.session.scalar(text("select id from team where lower(ref) = lower(:ref)"), {"ref": ref})
    if found is None:
        raise invalid("/team", f"There is no team {ref!r}.", "unknown_ref")
    return int(found)
