"""What can be done with a plan as a whole. Each function reads: load, check, write, answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.engine import RowMapping

from api import vocabulary as terms
from api.auth.system import as_system
from api.core.context import Context, PlanInView, to_json
from api.core.editing import (
    add,
    as_sent,
    change,
    fuzzy_columns,
    hold_id,
    in_order,
    remove,
    replace_children,
    sent,
    table_of,
    touch,
)
from api.core.errors import Problem, conflict, invalid
from api.core.reading import Item, read_by_id
from api.escalations.service import install_shipped_ladders
from api.plans.authorities.service import authority_id_of
from api.plans.repository import PLAN, count_held
from api.plans.rules import compare_totals, statement_due_on
from api.plans.schemas import InterventionWrite, PlanCreate, PlanUpdate
from api.plans.shapes import repeated
from api.plans.tables import Board, ColourMeaning, ImpactStatement, Plan, StatedTotal, StatusWord
from api.verdicts.service import judge_plan, judging_alone, lock_series_of_plan

_PLAIN = (
    "title",
    "edition",
    "status",
    "as_at",
    "horizon",
    "statement_received_on",
    "signatories",
    "risk_scale",
    "due_soon_days",
    "amber_days",
    "spc_profile",
)
_FUZZY = {"starts": "starts", "ends": "ends", "figures_as_at": "figures"}
"""Field of the API → name of its columns."""
_INTERVENTION = {
    "type": "intervention_type",
    "issued_on": "intervention_issued_on",
    "lifted_on": "intervention_lifted_on",
    "adviser": "intervention_adviser",
    "independent_chair": "intervention_chair",
}


@dataclass(frozen=True)
class _Stated:
    """A stated total as ``compare_totals`` wants it."""

    label: str
    of: str
    statuses: list[str]
    ratings: list[str]
    count: int | None
    percent: Decimal | None


async def read_plan(ctx: Context) -> Item:
    """The plan in view, whole, with its stated totals beside what is held."""
    item = await read_by_id(ctx, PLAN, ctx.plan.id)
    plan = orjson.loads(item.body)
    received = plan["statement_received_on"]
    plan["statement_due_on"] = statement_due_on(date.fromisoformat(received) if received else None)
    if plan["stated_totals"]:
        await _set_beside_held(ctx, plan["stated_totals"])
    return Item(item.id, item.version, to_json(plan))


async def _set_beside_held(ctx: Context, totals: list[dict[str, Any]]) -> None:
    stated = [
        _Stated(
            total["label"],
            total["of"],
            total["statuses"],
            total["ratings"],
            total["count"],
            None if total["percent"] is None else Decimal(str(total["percent"])),
        )
        for total in totals
    ]
    compared = compare_totals(stated, await count_held(ctx))
    for total, comparison in zip(totals, compared, strict=True):
        total["held_count"] = comparison.held_count
        total["held_percent"] = comparison.held_percent
        total["count_difference"] = comparison.count_difference
        total["percent_difference"] = comparison.percent_difference


async def create_plan(ctx: Context, new: PlanCreate) -> Item:
    """Raises REF_TAKEN, or INVALID for an unknown authority or a closed plan without its day."""
    plan_id = await add(
        ctx,
        Plan,
        {name: getattr(new, name) for name in _PLAIN}
        | {"ref": new.ref, "authority_id": await authority_id_of(ctx, new.authority)}
        | {
            k: v
            for field, name in _FUZZY.items()
            for k, v in fuzzy_columns(name, getattr(new, field)).items()
        }
        | _intervention_columns(new.intervention),
    )
    ctx.in_plan = PlanInView(plan_id, new.ref, new.status.value, new.as_at, pulse=0)
    await _set_lists(ctx, {name: getattr(new, name) for name in PlanCreate.model_fields})
    await _check(ctx)
    await install_shipped_ladders(ctx.session, plan_id)
    return await read_plan(ctx)


async def update_plan(ctx: Context, patch: PlanUpdate, if_match: str | None) -> Item:
    """Apply a merge patch; lists that are sent replace those held.

    Raises EDIT_CONFLICT, or INVALID, also where the plan would be closed without its as-at date.
    """
    fields = sent(patch)
    if "spc_profile" in fields:
        await judging_alone(ctx)
        await lock_series_of_plan(ctx)
    held = await hold_id(ctx, PLAN, ctx.plan.id, if_match, as_sent(patch))
    columns = {name: fields[name] for name in _PLAIN if name in fields}
    for field, name in _FUZZY.items():
        if field in fields:
            columns |= fuzzy_columns(name, fields[field])
    if "authority" in fields:
        columns["authority_id"] = await authority_id_of(ctx, fields["authority"])
    if "intervention" in fields:
        columns |= _intervention_columns(patch.intervention, partly=True)
    await change(ctx, Plan, held.id, columns)
    if await _set_lists(ctx, fields):
        await touch(ctx, Plan, held.id)
    if "spc_profile" in fields:
        await judge_plan(ctx)
    row = await _check(ctx)
    ctx.in_plan = PlanInView(held.id, row["ref"], row["status"], row["as_at"], ctx.plan.pulse)
    return await read_plan(ctx)


async def delete_plan(ctx: Context, if_match: str | None) -> None:
    """Delete a draft with all it contains; history stays. Raises CONFLICT for a plan past its draft."""
    held = await hold_id(ctx, PLAN, ctx.plan.id, if_match)
    if ctx.plan.status != terms.PlanStatus.DRAFT:
        raise conflict("Only a draft is deleted; close this plan instead, or make it a draft again first.")
    # These point at rows that the deletion would reach before them.
    async with as_system(ctx.session):
        for table in ("escalation", "item_lead", "audit", "audit_measure", "windscreen_position"):
            await ctx.session.execute(text(f"delete from {table} where plan_id = :plan"), {"plan": held.id})
    await remove(ctx, Plan, held.id)


def _intervention_columns(sent_in: InterventionWrite | None, *, partly: bool = False) -> dict[str, Any]:
    """Null clears all of it; a patch of it changes only what it names."""
    if sent_in is None:
        return dict.fromkeys(_INTERVENTION.values())
    names = sent_in.model_fields_set if partly else _INTERVENTION.keys()
    return {_INTERVENTION[name]: getattr(sent_in, name) for name in names}


async def _set_lists(ctx: Context, fields: Mapping[str, Any]) -> bool:
    """Bring every list that was sent to what was sent; True if any changed."""
    moved = False
    owner = {"plan_id": ctx.plan.id}
    if "status_words" in fields:
        _refuse_repeats("status_words", "word", [word.word for word in fields["status_words"]])
        rows = in_order(word.model_dump() for word in fields["status_words"])
        moved |= await replace_children(ctx, StatusWord, owner, rows, key="word")
    if "colour_key" in fields:
        _refuse_repeats("colour_key", "colour", [meaning.colour for meaning in fields["colour_key"]])
        rows = in_order(meaning.model_dump() for meaning in fields["colour_key"])
        moved |= await replace_children(ctx, ColourMeaning, owner, rows, key="colour")
    if "stated_totals" in fields:
        rows = in_order(
            total.model_dump(exclude={"as_at"}) | fuzzy_columns("as_at", total.as_at)
            for total in fields["stated_totals"]
        )
        moved |= await replace_children(ctx, StatedTotal, owner, rows, key="position")
    for name, model in (("boards", Board), ("impact_statements", ImpactStatement)):
        if name in fields:
            rows = in_order(one.model_dump() for one in fields[name])
            moved |= await replace_children(ctx, model, owner, rows, key="position")
    return moved


def _refuse_repeats(field: str, name: str, words: list[str]) -> None:
    place = repeated(words)
    if place is not None:
        raise invalid(f"/{field}/{place}/{name}", f"{words[place]!r} stands there twice.", "repeated")


async def _check(ctx: Context) -> RowMapping:
    """What must hold of the plan as it now stands. Raises INVALID."""
    table = table_of(Plan)
    row = (await ctx.session.execute(table.select().where(table.c.id == ctx.plan.id))).mappings().one()
    wrong = _first_wrong(row)
    if wrong is not None:
        raise wrong
    return row


def _first_wrong(plan: RowMapping) -> Problem | None:
    if plan["status"] == terms.PlanStatus.CLOSED and plan["as_at"] is None:
        return invalid("/as_at", "A closed plan is judged on a day: say which.", "as_at_needed")
    if plan["starts_on"] and plan["ends_on"] and plan["ends_on"] < plan["starts_on"]:
        return invalid("/ends", "The plan cannot end before it starts.", "ends_first")
    rest = [plan[column] for column in _INTERVENTION.values() if column != "intervention_type"]
    if plan["intervention_type"] is None and any(value is not None for value in rest):
        return invalid("/intervention/type", "Say what kind of intervention it is.", "type_needed")
    issued, lifted = plan["intervention_issued_on"], plan["intervention_lifted_on"]
    if issued and lifted and lifted < issued:
        return invalid("/intervention/lifted_on", "It cannot be lifted before it is issued.", "ends_first")
    return None
