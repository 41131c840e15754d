"""What can be done with narratives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from api import vocabulary as terms
from api.actions.service import report_rating as report_action_rating
from api.auth.permissions import Permission
from api.core.context import Context
from api.core.editing import (
    Held,
    add,
    as_sent,
    change,
    fuzzy_columns,
    hold_id,
    remove,
    sent,
    table_of,
)
from api.core.errors import Problem, ProblemType, field_error, invalid, not_allowed
from api.core.fuzzy import FuzzyDate, Precision
from api.core.patches import refuse_nulls
from api.core.reading import Item, read_by_id
from api.kpis import periods
from api.narratives.about import TABLES, AboutWrite, arcs_of
from api.narratives.repository import NARRATIVE
from api.narratives.rules import missing_from, why_not_apply
from api.narratives.schemas import NarrativeCreate, NarrativeUpdate
from api.narratives.tables import Narrative, NarrativeAbout
from api.recommendations.service import report_rating as report_recommendation_rating

_PLAIN = ("text", "period", "for_whom", "rating", "confidence", "cause", "recovery")
Arc = Mapping[str, int | None]


async def post_narrative(ctx: Context, new: NarrativeCreate) -> Item:
    """Store words about items, and perhaps the rating they report, as one change.

    Raises INVALID for an unknown item, a missing field or an unreadable period; NOT_ALLOWED naming
    the items that are not the actor's to report on.
    """
    _refuse_missing(new.kind, {name: getattr(new, name) for name in NarrativeCreate.model_fields})
    _refuse_future(ctx, new.on)
    arcs = await arcs_of(ctx, new.about, "/about/{}/ref")
    await _refuse_unled(ctx, new.about, arcs)
    period = await _canonical_period(ctx, new.period, arcs)
    if new.apply_rating:
        # First, so that its row is locked before anything is written.
        await _apply_rating(ctx, new)
    narrative_id = await add(
        ctx,
        Narrative,
        {name: getattr(new, name) for name in _PLAIN}
        | fuzzy_columns("on", new.on or FuzzyDate(date=ctx.today.isoformat()))
        | fuzzy_columns("recovery_due", new.recovery_due)
        | {"kind": new.kind, "period": period, "author_id": ctx.actor.id},
    )
    for place, arc in enumerate(arcs):
        await add(ctx, NarrativeAbout, {"narrative_id": narrative_id, "position": place, **arc})
    return await read_by_id(ctx, NARRATIVE, narrative_id)


async def update_narrative(
    ctx: Context, narrative_id: int, patch: NarrativeUpdate, if_match: str | None
) -> Item:
    """Correct one's own words, or with ``narrative:write`` anybody's.

    Raises EDIT_CONFLICT, NOT_ALLOWED, or INVALID.
    """
    held = await _hold(ctx, narrative_id, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, {"text", "on"})
    row = await _row(ctx, held)
    recovery_due = row["recovery_due_on"] or row["recovery_due_text"] or (row["recovery_due_ongoing"] or None)
    _refuse_missing(row["kind"], row | {"recovery_due": recovery_due} | fields)
    columns = {name: fields[name] for name in _PLAIN if name in fields}
    if "on" in fields:
        _refuse_future(ctx, fields["on"])
        columns |= fuzzy_columns("on", fields["on"])
    if "recovery_due" in fields:
        columns |= fuzzy_columns("recovery_due", fields["recovery_due"])
    if fields.get("period") is not None:
        arcs = await _arcs_held(ctx, held)
        columns["period"] = await _canonical_period(ctx, fields["period"], arcs)
    await change(ctx, Narrative, held.id, columns)
    return await read_by_id(ctx, NARRATIVE, held.id)


async def delete_narrative(ctx: Context, narrative_id: int, if_match: str | None) -> None:
    held = await _hold(ctx, narrative_id, if_match)
    await remove(ctx, Narrative, held.id)


async def _hold(
    ctx: Context, narrative_id: int, if_match: str | None, yours: Mapping[str, Any] | None = None
) -> Held:
    found = await read_by_id(ctx, NARRATIVE, narrative_id)
    return await hold_id(ctx, NARRATIVE, found.id, if_match, yours)


def _refuse_missing(kind: terms.NarrativeKind, said: Mapping[str, Any]) -> None:
    missing = missing_from(kind, said)
    if missing:
        errors = [field_error(f"/{name}", f"An exception needs its {name}.", "missing") for name in missing]
        raise Problem(ProblemType.INVALID, errors[0]["message"], errors=errors)


def _refuse_future(ctx: Context, on: FuzzyDate | None) -> None:
    if on is not None and on.precision is Precision.DAY and on.on is not None and on.on > ctx.today:
        raise invalid("/on", "Words cannot be dated after today.", "in_future")


async def _refuse_unled(ctx: Context, about: Sequence[AboutWrite], arcs: Sequence[Arc]) -> None:
    """Raises NOT_ALLOWED naming what the actor neither leads nor, for a KPI, keeps the values of."""
    if ctx.actor.may(Permission.NARRATIVE_WRITE):
        return
    led = {
        kind.value: set(await ctx.session.scalar(text("select turnstone.led(:kind)"), {"kind": kind.value}))
        for kind in {item.kind for item in about} - {terms.ItemKind.PLAN}
    }
    keeps_values = ctx.actor.may(Permission.MEASUREMENT_WRITE)
    beyond = []
    for arc in arcs:
        named = next(
            ((kind.value, arc[f"{kind.value}_id"]) for kind in TABLES if arc[f"{kind.value}_id"]), None
        )
        if named is None:
            beyond.append("the plan itself")
        elif named[1] not in led[named[0]] and not (keeps_values and named[0] == "kpi"):
            beyond.append(await _called(ctx, *named))
    if beyond:
        raise not_allowed(f"You report on what you lead; that is not {', '.join(beyond)}.")


async def _called(ctx: Context, kind: str, item_id: int | None) -> str:
    table = TABLES[terms.ItemKind(kind)]
    ref = await ctx.session.scalar(text(f"select ref from {table} where id = :id"), {"id": item_id})
    return f"{kind} {ref}"


async def _canonical_period(ctx: Context, period: str | None, arcs: Sequence[Arc]) -> str | None:
    """The canonical key of a period, read by the type of the KPIs the words are about.

    Raises INVALID where no KPI gives it a type, several give different ones, or it cannot be read.
    """
    if period is None:
        return None
    types = await ctx.session.scalars(
        text("select distinct period_type from kpi where id = any(:ids)"),
        {"ids": [arc["kpi_id"] for arc in arcs if arc["kpi_id"] is not None]},
    )
    found = list(types)
    if not found:
        raise invalid("/period", "Only words about a KPI have a period.", "no_kpi")
    if len(found) > 1:
        raise invalid("/period", "These KPIs have different kinds of period; post for each.", "mixed_periods")
    try:
        return periods.parse(period, terms.PeriodType(found[0])).key
    except periods.UnreadablePeriod as error:
        raise invalid("/period", str(error), error.code) from error


async def _apply_rating(ctx: Context, new: NarrativeCreate) -> None:
    kinds = list(dict.fromkeys((item.kind, (item.ref or "").lower()) for item in new.about))
    why_not = why_not_apply(new.kind, new.rating, [kind for kind, _ in kinds])
    if why_not or new.rating is None:
        raise invalid("/apply_rating", why_not or "Give the rating that is to be set.", "cannot_apply")
    report = (
        report_action_rating if new.about[0].kind is terms.ItemKind.ACTION else report_recommendation_rating
    )
    await report(ctx, new.about[0].ref or "", new.rating, new.confidence, new.rating_reason)


async def _row(ctx: Context, held: Held) -> dict[str, Any]:
    table = table_of(Narrative)
    return dict((await ctx.session.execute(table.select().where(table.c.id == held.id))).mappings().one())


async def _arcs_held(ctx: Context, held: Held) -> list[dict[str, Any]]:
    table = table_of(NarrativeAbout)
    rows = await ctx.session.execute(table.select().where(table.c.narrative_id == held.id))
    return [dict(row) for row in rows.mappings()]
