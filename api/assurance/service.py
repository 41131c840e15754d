"""What can be done with assurance checks."""

from __future__ import annotations

from sqlalchemy import text

from api import vocabulary as terms
from api.assurance.repository import CHECK
from api.assurance.schemas import CheckCreate, CheckResultCreate, CheckUpdate
from api.assurance.tables import AssuranceCheck, CheckResult
from api.core.context import Context
from api.core.editing import add, as_sent, change, fuzzy_columns, hold, remove, sent, touch
from api.core.errors import invalid
from api.core.patches import hold_as_it_is, refuse_nulls
from api.core.reading import Item, read_by_id
from api.narratives.about import arcs_of
from api.plans.links import set_leads
from api.plans.refs import keep_old_ref

_PLAIN = ("title", "kind", "recurrence")
_NEVER_NULL = frozenset({"ref", "about", "title", "kind", "owners"})


async def create_check(ctx: Context, new: CheckCreate) -> Item:
    """Raises REF_TAKEN, or INVALID for a ref it names that is not in the plan."""
    (arc,) = await arcs_of(ctx, [new.about], "/about/ref")
    place = await ctx.session.scalar(
        text("select coalesce(max(position), 0) + 1 from assurance_check where plan_id = :plan"),
        {"plan": ctx.plan.id},
    )
    check_id = await add(
        ctx,
        AssuranceCheck,
        {name: getattr(new, name) for name in _PLAIN}
        | arc
        | fuzzy_columns("due", new.due)
        | {"ref": new.ref, "position": place},
    )
    await set_leads(ctx, {"check_id": check_id}, new.owners, "/owners")
    return await read_by_id(ctx, CHECK, check_id)


async def update_check(ctx: Context, ref: str, patch: CheckUpdate, if_match: str | None) -> Item:
    """Raises EDIT_CONFLICT, NOT_ALLOWED, REF_TAKEN or INVALID."""
    held = await hold(ctx, CHECK, ref, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, _NEVER_NULL)
    columns = {name: fields[name] for name in _PLAIN if name in fields}
    if "due" in fields:
        columns |= fuzzy_columns("due", fields["due"])
    if "about" in fields:
        (arc,) = await arcs_of(ctx, [fields["about"]], "/about/ref")
        columns |= arc
    if "ref" in fields:
        columns["ref"] = fields["ref"]
        await keep_old_ref(ctx, terms.ItemKind.CHECK, "assurance_check", held.id, fields["ref"])
    await change(ctx, AssuranceCheck, held.id, columns)
    if "owners" in fields and await set_leads(ctx, {"check_id": held.id}, fields["owners"], "/owners"):
        await touch(ctx, AssuranceCheck, held.id)
    return await read_by_id(ctx, CHECK, held.id)


async def delete_check(ctx: Context, ref: str, if_match: str | None) -> None:
    """Its results go with it; history keeps both."""
    held = await hold(ctx, CHECK, ref, if_match)
    await remove(ctx, AssuranceCheck, held.id)


async def record_result(ctx: Context, ref: str, new: CheckResultCreate) -> Item:
    """Add what the check found on a day. Reported counts and the item's own status stay as they are.

    Raises NOT_ALLOWED where somebody else owns the check, INVALID for a day still to come.
    """
    held = await hold_as_it_is(ctx, CHECK, ref)
    if new.on > ctx.today:
        raise invalid("/on", "A check cannot have found something after today.", "in_future")
    place = await ctx.session.scalar(
        text("select coalesce(max(position), -1) + 1 from check_result where check_id = :id"), {"id": held.id}
    )
    await add(
        ctx,
        CheckResult,
        {
            "check_id": held.id,
            "position": place,
            "found_on": new.on,
            "result": new.result,
            "evidence": new.evidence,
            "found_by": new.by or ctx.actor.name,
        },
    )
    await touch(ctx, AssuranceCheck, held.id)
    return await read_by_id(ctx, CHECK, held.id)
