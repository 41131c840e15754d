"""What can be done with actions. Each function reads: load, check, write, answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy import text

from api import vocabulary as terms
from api.actions.repository import ACTION
from api.actions.rules import needs_reason
from api.actions.schemas import LEAD_MAY_CHANGE, ActionCreate, ActionUpdate, MilestoneWrite, SlipCreate
from api.actions.tables import Action, ActionKpi, ActionRecommendation, Milestone, Slip
from api.auth.permissions import Permission
from api.core.context import Context
from api.core.editing import (
    add,
    as_sent,
    change,
    fuzzy_columns,
    hold,
    ids_of,
    in_order,
    remove,
    replace_children,
    sent,
    table_of,
    touch,
)
from api.core.errors import conflict, invalid
from api.core.patches import hold_as_it_is, refuse_beyond, refuse_nulls
from api.core.reading import Item, read_by_id
from api.core.trees import one_move_at_a_time, parent_id_of
from api.kpis.tables import Kpi
from api.plans.links import set_leads, set_themes
from api.plans.refs import keep_old_ref
from api.recommendations.tables import Recommendation

_PLAIN = (
    "title",
    "group_heading",
    "points",
    "supports",
    "success_test",
    "due_means",
    "recurrence",
    "status",
    "completed_on",
    "rating",
    "rating_reason",
    "confidence",
    "assured_rating",
    "dimension",
    "cost_note",
    "assurance_required",
)
_NEVER_NULL = frozenset(
    {
        "ref",
        "title",
        "points",
        "supports",
        "due_means",
        "status",
        "assurance_required",
        "leads",
        "themes",
        "recommendations",
        "kpis",
        "milestones",
    }
)


async def create_action(ctx: Context, new: ActionCreate) -> Item:
    """Raises REF_TAKEN, or INVALID for a ref it names that is not in the plan."""
    _refuse_completion_of_open_work(new.status, new.completed_on)
    if new.status is terms.ActionStatus.CLOSED and new.assurance_required:
        raise conflict(_NOT_ASSURED)
    columns = {name: getattr(new, name) for name in _PLAIN if name in ActionCreate.model_fields}
    action_id = await add(
        ctx,
        Action,
        columns
        | {
            "ref": new.ref,
            "parent_id": await parent_id_of(ctx, Action, new.parent, "action"),
            "position": await _next_position(ctx),
            **fuzzy_columns("start", new.start),
            **fuzzy_columns("due", new.due),
            **fuzzy_columns("original_due", new.due),
        },
    )
    await _set_links(ctx, action_id, {name: getattr(new, name) for name in ActionCreate.model_fields})
    item = await read_by_id(ctx, ACTION, action_id)
    refuse_unreasoned_rating(item)
    return item


async def update_action(ctx: Context, ref: str, patch: ActionUpdate, if_match: str | None) -> Item:
    """Apply a merge patch. A lead without the plan's edit right may change what it reports on only.

    Raises EDIT_CONFLICT, NOT_ALLOWED naming the fields refused, INVALID, or CONFLICT when it is to be
    closed before the assurance it needs.
    """
    await one_move_at_a_time(ctx, Action, patch)
    held = await hold(ctx, ACTION, ref, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, _NEVER_NULL)
    if not ctx.actor.may(Permission.ACTION_UPDATE):
        refuse_beyond(fields, LEAD_MAY_CHANGE, "action")
    before = await _row(ctx, held.id)
    columns = {name: fields[name] for name in _PLAIN if name in fields} | reason_of(fields, before)
    if "start" in fields:
        columns |= fuzzy_columns("start", fields["start"])
    if "parent" in fields:
        columns["parent_id"] = await parent_id_of(ctx, Action, fields["parent"], "action", of=held.id)
    if "status" in fields and fields["status"] != before["status"]:
        columns["status_word"] = None
        if not terms.ActionStatus(fields["status"]).is_done and "completed_on" not in fields:
            columns["completed_on"] = None
    after = before | columns
    _refuse_completion_of_open_work(after["status"], after["completed_on"], sent="completed_on" in fields)
    if _is_closed_under_assurance(after) and not _is_closed_under_assurance(before):
        await _refuse_unless_assured(ctx, held.id)
    if "ref" in fields:
        columns["ref"] = fields["ref"]
        await keep_old_ref(ctx, terms.ItemKind.ACTION, "action", held.id, fields["ref"])
    await change(ctx, Action, held.id, columns)
    if await _set_links(ctx, held.id, fields):
        await touch(ctx, Action, held.id)
    item = await read_by_id(ctx, ACTION, held.id)
    if "rating" in fields or "rating_reason" in fields:
        refuse_unreasoned_rating(item)
    return item


async def report_rating(
    ctx: Context, ref: str, rating: terms.Rating, confidence: terms.Confidence | None, reason: str | None
) -> None:
    """Set an action's rating as a narrative about it reports it, whoever changed what meanwhile.

    Raises NOT_FOUND, NOT_ALLOWED, or INVALID for a rating better than the evidence without a reason.
    """
    held = await hold_as_it_is(ctx, ACTION, ref)
    fields: dict[str, Any] = {"rating": rating}
    if reason is not None:
        fields["rating_reason"] = reason
    if confidence is not None:
        fields["confidence"] = confidence
    await change(ctx, Action, held.id, fields | reason_of(fields, await _row(ctx, held.id)))
    refuse_unreasoned_rating(await read_by_id(ctx, ACTION, held.id))


async def delete_action(ctx: Context, ref: str, if_match: str | None) -> None:
    """Raises IN_USE while it has parts of its own."""
    held = await hold(ctx, ACTION, ref, if_match)
    await remove(ctx, Action, held.id)


async def move_due_date(ctx: Context, ref: str, slip: SlipCreate, if_match: str | None) -> Item:
    """Set a new due date and record the move; the dates before it stay.

    Raises CONFLICT when the new date is the one already agreed.
    """
    held = await hold(ctx, ACTION, ref, if_match, {"due": slip.model_dump(mode="json")["to_due"]})
    row = await _row(ctx, held.id)
    agreed = fuzzy_columns("due", slip.to_due)
    if all(row[name] == value for name, value in agreed.items()):
        raise conflict("That is the due date already agreed.")
    place = await ctx.session.scalar(
        text("select coalesce(max(position), -1) + 1 from slip where action_id = :id"), {"id": held.id}
    )
    before = {f"from_due_{part}": row[f"due_{part}"] for part in ("on", "precision", "ongoing", "text")}
    await add(
        ctx,
        Slip,
        {
            "action_id": held.id,
            "position": place,
            **before,
            **fuzzy_columns("to_due", slip.to_due),
            "reason": slip.reason,
            "agreed_on": slip.agreed_on or ctx.today,
            "approved_by": slip.approved_by,
            "recorded_by": ctx.actor.id,
        },
    )
    await change(ctx, Action, held.id, agreed)
    return await read_by_id(ctx, ACTION, held.id)


_NOT_ASSURED = (
    "This action needs assurance before it is closed: record a check of it whose latest result is"
    " impact_clear or some_impact, or set it to completed until then."
)


def _is_closed_under_assurance(row: Mapping[str, Any]) -> bool:
    return bool(row["assurance_required"]) and row["status"] == terms.ActionStatus.CLOSED


async def _refuse_unless_assured(ctx: Context, action_id: int) -> None:
    """Raises CONFLICT unless some check of the action found impact when it was last made."""
    assured = await ctx.session.scalar(
        text(
            "select exists (select from assurance_check c cross join lateral ("
            "   select r.result from check_result r where r.check_id = c.id"
            "   order by r.found_on desc, r.position desc limit 1) latest"
            " where c.action_id = :id and latest.result in ('impact_clear', 'some_impact'))"
        ),
        {"id": action_id},
    )
    if not assured:
        raise conflict(_NOT_ASSURED)


def _refuse_completion_of_open_work(
    status: terms.ActionStatus, completed_on: date | None, *, sent: bool = True
) -> None:
    if sent and completed_on is not None and not terms.ActionStatus(status).is_done:
        raise invalid("/completed_on", f"An action that is {status} has no completion date.")


async def _row(ctx: Context, action_id: int) -> dict[str, Any]:
    table = table_of(Action)
    return dict((await ctx.session.execute(table.select().where(table.c.id == action_id))).mappings().one())


async def _next_position(ctx: Context) -> int:
    return int(
        await ctx.session.scalar(
            text("select coalesce(max(position), 0) + 1 from action where plan_id = :plan"),
            {"plan": ctx.plan.id},
        )
        or 1
    )


async def _set_links(ctx: Context, action_id: int, fields: dict[str, Any]) -> bool:
    """Bring every link list that was sent to what was sent; True if any changed."""
    owner = {"action_id": action_id}
    moved = False
    if fields.get("leads") is not None:
        moved |= await set_leads(ctx, owner, fields["leads"])
    if fields.get("themes") is not None:
        moved |= await set_themes(ctx, owner, fields["themes"])
    if fields.get("recommendations") is not None:
        ids = await ids_of(
            ctx, Recommendation, fields["recommendations"], "/recommendations", "recommendation"
        )
        rows = in_order({"recommendation_id": found} for found in ids)
        moved |= await replace_children(ctx, ActionRecommendation, owner, rows, key="recommendation_id")
    if fields.get("kpis") is not None:
        ids = await ids_of(ctx, Kpi, fields["kpis"], "/kpis", "KPI")
        rows = in_order({"kpi_id": found} for found in ids)
        moved |= await replace_children(ctx, ActionKpi, owner, rows, key="kpi_id")
    if fields.get("milestones") is not None:
        moved |= await replace_children(
            ctx, Milestone, owner, _milestones(fields["milestones"]), key="position"
        )
    return moved


def _milestones(milestones: list[MilestoneWrite]) -> list[dict[str, Any]]:
    return in_order(
        {"title": m.title, "done_on": m.done_on, **fuzzy_columns("due", m.due)} for m in milestones
    )


def reason_of(fields: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """A reason goes with the rating it was given for: another rating without one has none."""
    moved = "rating" in fields and fields["rating"] != before["rating"]
    return {"rating_reason": None} if moved and "rating_reason" not in fields else {}


def refuse_unreasoned_rating(item: Item) -> None:
    """Raises INVALID for a rating better than the evidence that gives no reason.

    Judged on the item as every reader sees it, so that the suggestion shown is the one that counts.
    """
    shown = orjson.loads(item.body)
    suggested = terms.Rating(shown["suggested_rating"])
    chosen = terms.Rating(shown["rating"]) if shown["rating"] else None
    if needs_reason(chosen, suggested) and not shown["rating_reason"]:
        raise invalid(
            "/rating_reason",
            f"The evidence suggests {suggested.value}; say why the rating is better.",
            "reason_needed",
        )
