"""The parts of a KPI that are written with it: definitions, targets, recommendations, supersession."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text

from api import vocabulary as terms
from api.core.context import Context
from api.core.editing import (
    add,
    change,
    fuzzy_columns,
    ids_of,
    in_order,
    replace_children,
    sent,
    table_of,
)
from api.core.errors import invalid
from api.kpis import periods
from api.kpis.schemas import (
    DefinitionWrite,
    KpiRecommendationWrite,
    SegmentCreate,
    SupersessionWrite,
    TargetWrite,
)
from api.kpis.tables import ALL, Kpi, KpiDefinition, KpiRecommendation, Segment, Target
from api.plans.links import set_leads
from api.recommendations.tables import Recommendation

_KEPT_FROM_BEFORE = frozenset(DefinitionWrite.model_fields) - {"effective_from"}


async def add_segments(ctx: Context, kpi_id: int, segments: list[SegmentCreate]) -> None:
    """The whole service first, then the parts asked for. Raises INVALID for a ref given twice."""
    await add(ctx, Segment, {"kpi_id": kpi_id, "ref": ALL, "title": "Whole service", "position": 0})
    seen: set[str] = set()
    for place, segment in enumerate(segments):
        if segment.ref.lower() in seen:
            raise invalid(
                f"/segments/{place}/ref", f"The segment {segment.ref!r} is given twice.", "duplicate"
            )
        seen.add(segment.ref.lower())
        row = {"kpi_id": kpi_id, "ref": segment.ref, "title": segment.title, "position": place + 1}
        await add(ctx, Segment, row)


async def add_first_definition(ctx: Context, kpi_id: int, definition: DefinitionWrite) -> None:
    await add(ctx, KpiDefinition, {"kpi_id": kpi_id, "position": 0, **definition.model_dump()})


async def set_definition(ctx: Context, kpi_id: int, patch: DefinitionWrite, *, is_correction: bool) -> None:
    """Add a version from its date on, or put the present one right.

    Raises INVALID for a new version without a date, or with one not after the last version's.
    """
    fields = sent(patch)
    table = table_of(KpiDefinition)
    versions = (
        (await ctx.session.execute(select(table).where(table.c.kpi_id == kpi_id).order_by(table.c.position)))
        .mappings()
        .all()
    )
    if not versions:
        await add_first_definition(ctx, kpi_id, patch)
        return
    if is_correction:
        in_force = [v for v in versions if v["effective_from"] is None or v["effective_from"] <= ctx.clock]
        await change(ctx, KpiDefinition, (in_force or versions)[-1]["id"], fields)
        return
    last = versions[-1]
    begins = fields.get("effective_from")
    if begins is None:
        raise invalid(
            "/definition/effective_from",
            "Say from which day the new definition holds, or send definition_is_correction.",
            "effective_from_needed",
        )
    if last["effective_from"] is not None and begins <= last["effective_from"]:
        raise invalid(
            "/definition/effective_from",
            f"A new definition must begin after the last one, of {last['effective_from']}.",
            "not_after_last",
        )
    kept = {name: last[name] for name in _KEPT_FROM_BEFORE}
    await add(ctx, KpiDefinition, {"kpi_id": kpi_id, "position": last["position"] + 1, **kept, **fields})


async def set_targets(ctx: Context, kpi_id: int, targets: list[TargetWrite], unit: terms.Unit) -> bool:
    """Replace the whole list; True if any changed. Raises INVALID for a grade where values are figures."""
    for place, target in enumerate(targets):
        figures = {"value", "lower", "upper", "baseline"}
        if unit is terms.Unit.GRADE and any(getattr(target, name) is not None for name in figures):
            raise invalid(f"/targets/{place}", "This KPI's values are grades; set a grade.", "wrong_unit")
        if unit is not terms.Unit.GRADE and target.grade is not None:
            raise invalid(
                f"/targets/{place}/grade", "This KPI's values are figures, not grades.", "wrong_unit"
            )
    rows = in_order(
        {name: getattr(target, name) for name in TargetWrite.model_fields if name != "due"}
        | fuzzy_columns("due", target.due)
        for target in targets
    )
    return await replace_children(ctx, Target, {"kpi_id": kpi_id}, rows, key="position")


async def set_recommendations(ctx: Context, kpi_id: int, links: list[KpiRecommendationWrite]) -> bool:
    """Bring the KPI's recommendations, with the wording and leads each gives it, to what was sent."""
    refs = [link.recommendation.lower() for link in links]
    for place, ref in enumerate(refs):
        if ref in refs[:place]:
            raise invalid(
                f"/recommendations/{place}", f"{links[place].recommendation} is given twice.", "duplicate"
            )
    ids = await ids_of(ctx, Recommendation, refs, "/recommendations", "recommendation")
    rows = in_order(
        {"recommendation_id": found, "wording": link.wording} for found, link in zip(ids, links, strict=True)
    )
    owner = {"kpi_id": kpi_id}
    moved = await replace_children(ctx, KpiRecommendation, owner, rows, key="recommendation_id")
    table = table_of(KpiRecommendation)
    found_links = await ctx.session.execute(
        select(table.c.recommendation_id, table.c.id).where(table.c.kpi_id == kpi_id)
    )
    link_ids = {row[0]: row[1] for row in found_links}
    for place, (recommendation_id, link) in enumerate(zip(ids, links, strict=True)):
        under = owner | {"kpi_recommendation_id": link_ids[recommendation_id]}
        moved |= await set_leads(ctx, under, link.leads, f"/recommendations/{place}/leads")
    return moved


def own_leads(kpi_id: int) -> dict[str, Any]:
    """Whose leads are the KPI's everywhere, as opposed to those under one recommendation."""
    return {"kpi_id": kpi_id, "kpi_recommendation_id": None}


async def superseded_columns(
    ctx: Context, kpi_id: int | None, superseded: SupersessionWrite | None, period_type: terms.PeriodType
) -> dict[str, Any]:
    """The columns that say a KPI gave way; null makes it run again.

    Raises INVALID for an unknown successor, itself, or a period that is not of the KPI's type.
    """
    if superseded is None:
        return {
            "is_superseded": False,
            "superseded_by_id": None,
            "superseded_from": None,
            "superseded_text": None,
        }
    successor = None
    if superseded.by is not None:
        (successor,) = await ids_of(ctx, Kpi, [superseded.by], "/superseded/by", "KPI")
        if successor == kpi_id:
            raise invalid("/superseded/by", "A KPI cannot supersede itself.", "circular")
    from_period = None
    if superseded.from_period is not None:
        try:
            from_period = periods.parse(superseded.from_period, period_type).key
        except periods.UnreadablePeriod as error:
            raise invalid("/superseded/from_period", str(error), error.code) from None
    return {
        "is_superseded": True,
        "superseded_by_id": successor,
        "superseded_from": from_period,
        "superseded_text": superseded.text,
    }


async def feed_id_of(ctx: Context, ref: str | None) -> int | None:
    """Raises INVALID for a feed that is not there."""
    if ref is None:
        return None
    found: int | None = await ctx.session.scalar(
        text("select id from feed where plan_id = :plan and lower(ref) = lower(:ref)"),
        {"plan": ctx.plan.id, "ref": ref},
    )
    if found is None:
        raise invalid("/feed", f"There is no feed {ref!r} here.", "unknown_ref")
    return found


__all__ = [
    "add_first_definition",
    "add_segments",
    "feed_id_of",
    "own_leads",
    "set_definition",
    "set_recommendations",
    "set_targets",
    "superseded_columns",
]
