"""What can be done with risks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from api import vocabulary as terms
from api.actions.tables import Action
from api.auth.permissions import Permission
from api.core.context import Context
from api.core.editing import (
    add,
    as_sent,
    change,
    hold,
    ids_of,
    in_order,
    remove,
    replace_children,
    sent,
    touch,
)
from api.core.errors import Problem, ProblemType, field_error
from api.core.patches import refuse_beyond, refuse_nulls
from api.core.reading import Item, read_by_id
from api.plans.links import set_leads, set_themes
from api.plans.refs import keep_old_ref
from api.risks.repository import RISK
from api.risks.schemas import OWNER_MAY_CHANGE, ControlWrite, RiskCreate, RiskRatingWrite, RiskUpdate
from api.risks.tables import Risk, RiskAction, RiskControl

_PLAIN = ("source_ref", "title", "cause", "effect", "review_on")
_RATINGS = ("current", "residual", "target")
_NEVER_NULL = frozenset({"ref", "title", "controls", "owners", "actions", "themes"})


async def create_risk(ctx: Context, new: RiskCreate) -> Item:
    """Raises REF_TAKEN, or INVALID for a ref it names that is not in the plan."""
    fields = {name: getattr(new, name) for name in RiskCreate.model_fields}
    place = await ctx.session.scalar(
        text("select coalesce(max(position), 0) + 1 from risk where plan_id = :plan"), {"plan": ctx.plan.id}
    )
    risk_id = await add(ctx, Risk, _columns(fields) | {"ref": new.ref, "position": place})
    await _set_children(ctx, risk_id, fields)
    return await read_by_id(ctx, RISK, risk_id)


async def update_risk(ctx: Context, ref: str, patch: RiskUpdate, if_match: str | None) -> Item:
    """Apply a merge patch. An owner may rate the risk, keep its controls and set its review.

    Raises EDIT_CONFLICT, NOT_ALLOWED naming the fields refused, REF_TAKEN or INVALID.
    """
    held = await hold(ctx, RISK, ref, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, _NEVER_NULL)
    if not ctx.actor.may(Permission.RISK_WRITE):
        refuse_beyond(fields, OWNER_MAY_CHANGE, "risk")
    columns = _columns(fields)
    if "ref" in fields:
        columns["ref"] = fields["ref"]
        await keep_old_ref(ctx, terms.ItemKind.RISK, "risk", held.id, fields["ref"])
    await change(ctx, Risk, held.id, columns)
    if await _set_children(ctx, held.id, fields):
        await touch(ctx, Risk, held.id)
    return await read_by_id(ctx, RISK, held.id)


async def delete_risk(ctx: Context, ref: str, if_match: str | None) -> None:
    held = await hold(ctx, RISK, ref, if_match)
    await remove(ctx, Risk, held.id)


def _columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: fields[name] for name in _PLAIN if name in fields}
    for name in _RATINGS:
        if name in fields:
            columns |= _rating_columns(name, fields[name])
    return columns


def _rating_columns(name: str, rating: RiskRatingWrite | None) -> dict[str, Any]:
    return {
        f"{name}_level": rating.level if rating else None,
        f"{name}_likelihood": rating.likelihood if rating else None,
        f"{name}_impact": rating.impact if rating else None,
        f"{name}_text": rating.as_printed if rating else None,
    }


async def _set_children(ctx: Context, risk_id: int, fields: Mapping[str, Any]) -> bool:
    """Bring every list that was sent to what was sent; True if any changed."""
    owner = {"risk_id": risk_id}
    moved = False
    if "owners" in fields:
        moved |= await set_leads(ctx, owner, fields["owners"], "/owners")
    if "themes" in fields:
        moved |= await set_themes(ctx, owner, fields["themes"])
    if "actions" in fields:
        ids = await ids_of(ctx, Action, fields["actions"], "/actions", "action")
        rows = in_order({"action_id": found} for found in ids)
        moved |= await replace_children(ctx, RiskAction, owner, rows, key="action_id")
    if "controls" in fields:
        rows = in_order(await _control_rows(ctx, fields["controls"]))
        moved |= await replace_children(ctx, RiskControl, owner, rows, key="position")
    return moved


async def _control_rows(ctx: Context, controls: Sequence[ControlWrite]) -> list[dict[str, Any]]:
    """Raises INVALID at every owner who is no party of the plan."""
    named = {control.owner.lower() for control in controls if control.owner}
    held = await ctx.session.execute(
        text("select lower(ref), id from party where plan_id = :plan_id and lower(ref) = any(:refs)"),
        {"plan_id": ctx.plan.id, "refs": sorted(named)},
    )
    parties = {row[0]: row[1] for row in held}
    missing = [
        field_error(f"/controls/{place}/owner", f"There is no party {control.owner!r} here.", "unknown_ref")
        for place, control in enumerate(controls)
        if control.owner and control.owner.lower() not in parties
    ]
    if missing:
        raise Problem(ProblemType.INVALID, missing[0]["message"], errors=missing)
    return [
        {
            "text": control.text,
            "state": control.state,
            "owner_id": parties[control.owner.lower()] if control.owner else None,
        }
        for control in controls
    ]
