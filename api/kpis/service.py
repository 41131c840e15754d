"""What can be done with KPIs. Each function reads: load, check, write, answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import text

from api import vocabulary as terms
from api.benchmarks.comparators import comparators_of
from api.core.context import Context, to_json
from api.core.editing import add, as_sent, change, hold, remove, sent, table_of, touch
from api.core.errors import Problem, ProblemType, conflict, field_error
from api.core.reading import Item, PageQuery, read_by_id, read_one, read_page
from api.core.trees import one_move_at_a_time, parent_id_of
from api.kpis import parts
from api.kpis.breaks import breaks_of
from api.kpis.repository import KPI, KPIS
from api.kpis.rollups import forgotten, refusals
from api.kpis.schemas import KpiCreate, KpiUpdate
from api.kpis.standing import with_standing
from api.kpis.tables import Kpi
from api.plans.links import set_leads, set_themes
from api.plans.refs import keep_old_ref
from api.verdicts.service import judge_kpi, judging_with_others, tell_past_verdicts

_PLAIN = (
    "source_ref",
    "title",
    "other_titles",
    "kind",
    "category",
    "unit",
    "polarity",
    "nature",
    "reset_month",
    "rolling_periods",
    "lag_months",
    "rollup",
    "period_type",
    "frequency",
    "counts_children",
    "theme_text",
    "good_is_target",
    "tolerance",
    "no_target_text",
    "due_after_days",
    "locks_after_days",
)
_NEVER_NULL = frozenset(
    {
        "ref",
        "title",
        "other_titles",
        "kind",
        "category",
        "unit",
        "polarity",
        "nature",
        "rollup",
        "period_type",
        "counts_children",
        "good_is_target",
        "definition",
        "definition_is_correction",
        "targets",
        "leads",
        "themes",
        "recommendations",
    }
)

JUDGED_BY = frozenset(
    {"unit", "polarity", "nature", "period_type", "good_is_target", "definition", "targets"}
)
"""Fields that verdicts rest on: a change of one judges the held values anew."""


async def list_kpis(ctx: Context, query: PageQuery, filters: Mapping[str, Sequence[str] | None]) -> Response:
    """A page of KPIs, each judged on the plan's clock."""
    page = await read_page(ctx, KPIS, query, filters)
    body = orjson.loads(page.body)
    await tell_past_verdicts(ctx, body["items"])
    beside = await comparators_of(ctx, [item["ref"] for item in body["items"]])
    body["items"] = [
        with_standing(item, ctx.clock) | {"comparators": beside.get(item["ref"])} for item in body["items"]
    ]
    link = page.headers.get("link")
    return ctx.show(to_json(body), headers={"Link": link} if link else None)


async def read_kpi(ctx: Context, ref: str) -> Item:
    """Raises NOT_FOUND, or Moved for a corrected ref."""
    return await _judged(await read_one(ctx, KPI, ref), ctx)


async def _judged(item: Item, ctx: Context) -> Item:
    kpi = orjson.loads(item.body)
    await tell_past_verdicts(ctx, [kpi])
    kpi = with_standing(kpi, ctx.clock)
    kpi["breaks"] = [found.shown() for found in breaks_of(kpi)]
    beside = await comparators_of(ctx, [kpi["ref"]])
    return Item(item.id, item.version, to_json(kpi | {"comparators": beside.get(kpi["ref"])}))


async def create_kpi(ctx: Context, new: KpiCreate) -> Item:
    """Raises REF_TAKEN, or INVALID for a ref it names that is not in the plan, or parts that do not fit."""
    columns = {name: getattr(new, name) for name in _PLAIN}
    _refuse_misfits(columns)
    kpi_id = await add(
        ctx,
        Kpi,
        columns
        | await parts.superseded_columns(ctx, None, new.superseded, new.period_type)
        | {
            "ref": new.ref,
            "parent_id": await parent_id_of(ctx, Kpi, new.parent, "KPI"),
            "feed_id": await parts.feed_id_of(ctx, new.feed),
            "position": await _next_position(ctx),
        },
    )
    await parts.add_segments(ctx, kpi_id, new.segments)
    if new.definition is not None:
        await parts.add_first_definition(ctx, kpi_id, new.definition)
    await parts.set_targets(ctx, kpi_id, new.targets, new.unit)
    await parts.set_recommendations(ctx, kpi_id, new.recommendations)
    await set_leads(ctx, parts.own_leads(kpi_id), new.leads)
    await set_themes(ctx, {"kpi_id": kpi_id}, new.themes)
    return await _judged(await read_by_id(ctx, KPI, kpi_id), ctx)


async def update_kpi(ctx: Context, ref: str, patch: KpiUpdate, if_match: str | None) -> Item:
    """Apply a merge patch.

    Raises EDIT_CONFLICT, NOT_ALLOWED, INVALID, or CONFLICT for a new period type where values are held.
    """
    judged_by = JUDGED_BY & patch.model_fields_set
    if judged_by:
        await judging_with_others(ctx)
    await one_move_at_a_time(ctx, Kpi, patch)
    held = await hold(ctx, KPI, ref, if_match, as_sent(patch))
    fields = sent(patch)
    _refuse_nulls(fields)
    table = table_of(Kpi)
    now = (await ctx.session.execute(table.select().where(table.c.id == held.id))).mappings().one()
    period_type = terms.PeriodType(fields.get("period_type", now["period_type"]))
    if period_type is not now["period_type"] and await has_values(ctx, held.id):
        raise conflict(
            f"Its values are by {now['period_type'].value}; the period type cannot change any more."
            " Supersede it with a new KPI instead."
        )
    columns = {name: fields[name] for name in _PLAIN if name in fields}
    columns |= forgotten(terms.Nature(fields.get("nature", now["nature"])), dict(now), columns)
    _refuse_misfits({**now, **columns})
    if "parent" in fields:
        columns["parent_id"] = await parent_id_of(ctx, Kpi, fields["parent"], "KPI", of=held.id)
    if "feed" in fields:
        columns["feed_id"] = await parts.feed_id_of(ctx, fields["feed"])
    if "superseded" in fields:
        columns |= await parts.superseded_columns(ctx, held.id, fields["superseded"], period_type)
    if "ref" in fields:
        await keep_old_ref(ctx, terms.ItemKind.KPI, "kpi", held.id, fields["ref"])
        columns["ref"] = fields["ref"]
    await change(ctx, Kpi, held.id, columns)
    if await _set_parts(ctx, held.id, fields, terms.Unit(fields.get("unit", now["unit"]))):
        await touch(ctx, Kpi, held.id)
    if judged_by:
        await judge_kpi(ctx, held.id)
    return await _judged(await read_by_id(ctx, KPI, held.id), ctx)


async def delete_kpi(ctx: Context, ref: str, if_match: str | None) -> None:
    """Raises IN_USE while it has values or parts: values are never lost with their KPI."""
    held = await hold(ctx, KPI, ref, if_match)
    if await has_values(ctx, held.id):
        raise Problem(ProblemType.IN_USE, "It has values, which are kept. Supersede it instead.")
    await remove(ctx, Kpi, held.id)


def _refuse_misfits(columns: Mapping[str, Any]) -> None:
    """Raises INVALID for a parameter of another nature, or a roll-up that would make no figure."""
    wrong = [field_error(f"/{name}", message, code) for name, message, code in refusals(columns)]
    if wrong:
        raise Problem(ProblemType.INVALID, wrong[0]["message"], errors=wrong)


async def has_values(ctx: Context, kpi_id: int) -> bool:
    found: bool | None = await ctx.session.scalar(
        text("select exists (select from series where kpi_id = :id and points_held > 0)"), {"id": kpi_id}
    )
    return bool(found)


def _refuse_nulls(fields: dict[str, Any]) -> None:
    empty = [
        field_error(f"/{name}", "cannot be null")
        for name in fields
        if name in _NEVER_NULL and fields[name] is None
    ]
    if empty:
        raise Problem(ProblemType.INVALID, f"{empty[0]['pointer']} cannot be null.", errors=empty)


async def _set_parts(ctx: Context, kpi_id: int, fields: dict[str, Any], unit: terms.Unit) -> bool:
    """Bring every part that was sent to what was sent; True if any changed."""
    moved = False
    if "definition" in fields:
        await parts.set_definition(
            ctx, kpi_id, fields["definition"], is_correction=fields.get("definition_is_correction", False)
        )
        moved = True
    if "targets" in fields:
        moved |= await parts.set_targets(ctx, kpi_id, fields["targets"], unit)
    if "recommendations" in fields:
        moved |= await parts.set_recommendations(ctx, kpi_id, fields["recommendations"])
    if "leads" in fields:
        moved |= await set_leads(ctx, parts.own_leads(kpi_id), fields["leads"])
    if "themes" in fields:
        moved |= await set_themes(ctx, {"kpi_id": kpi_id}, fields["themes"])
    return moved


async def _next_position(ctx: Context) -> int:
    return int(
        await ctx.session.scalar(
            text("select coalesce(max(position), 0) + 1 from kpi where plan_id = :plan"),
            {"plan": ctx.plan.id},
        )
        or 1
    )
