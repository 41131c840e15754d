"""What can be done with the segments of a KPI."""

from __future__ import annotations

from fastapi import Response
from sqlalchemy import text

from api.core.context import Context
from api.core.editing import add, as_sent, change, hold, remove, sent
from api.core.errors import Problem, ProblemType, conflict, field_error, not_found
from api.core.reading import Item, PageQuery, read_by_id, read_page, redirect_if_moved
from api.kpis.repository import KPI, SEGMENT
from api.kpis.schemas import SegmentCreate, SegmentUpdate
from api.kpis.tables import ALL, Segment


async def kpi_id_of(ctx: Context, ref: str) -> int:
    """Raises NOT_FOUND, or Moved for a corrected ref."""
    found: int | None = await ctx.session.scalar(
        text("select id from kpi where plan_id = :plan and lower(ref) = lower(:ref)"),
        {"plan": ctx.plan.id, "ref": ref},
    )
    if found is None:
        await redirect_if_moved(ctx, KPI, ref)
        raise not_found("KPI")
    return found


async def list_segments(ctx: Context, kpi: str, query: PageQuery) -> Response:
    return await read_page(ctx, SEGMENT, query, {}, kpi_id=await kpi_id_of(ctx, kpi))


async def create_segment(ctx: Context, kpi: str, new: SegmentCreate) -> Item:
    """Raises REF_TAKEN for a ref the KPI has already, regardless of case."""
    kpi_id = await kpi_id_of(ctx, kpi)
    await _refuse_taken(ctx, kpi_id, new.ref)
    place = await ctx.session.scalar(
        text("select coalesce(max(position), 0) + 1 from segment where kpi_id = :id"), {"id": kpi_id}
    )
    row = {"kpi_id": kpi_id, "ref": new.ref, "title": new.title, "position": place}
    return await read_by_id(ctx, SEGMENT, await add(ctx, Segment, row), kpi_id=kpi_id)


async def update_segment(
    ctx: Context, kpi: str, ref: str, patch: SegmentUpdate, if_match: str | None
) -> Item:
    """Raises CONFLICT for a new ref of ``_all``, which every KPI has."""
    kpi_id = await kpi_id_of(ctx, kpi)
    held = await hold(ctx, SEGMENT, ref, if_match, as_sent(patch), kpi_id=kpi_id)
    fields = sent(patch)
    empty = [field_error(f"/{name}", "cannot be null") for name in fields if fields[name] is None]
    if empty:
        raise Problem(ProblemType.INVALID, f"{empty[0]['pointer']} cannot be null.", errors=empty)
    if "ref" in fields and fields["ref"].lower() != ref.lower():
        if ref.lower() == ALL:
            raise conflict(f"{ALL} is the whole service; its ref stays.")
        await _refuse_taken(ctx, kpi_id, fields["ref"])
    await change(ctx, Segment, held.id, fields)
    return await read_by_id(ctx, SEGMENT, held.id, kpi_id=kpi_id)


async def delete_segment(ctx: Context, kpi: str, ref: str, if_match: str | None) -> None:
    """Raises CONFLICT for ``_all``, IN_USE where it has values."""
    kpi_id = await kpi_id_of(ctx, kpi)
    held = await hold(ctx, SEGMENT, ref, if_match, kpi_id=kpi_id)
    if ref.lower() == ALL:
        raise conflict(f"{ALL} is the whole service; every KPI has it.")
    used = await ctx.session.scalar(
        text("select exists (select from series where segment_id = :id and points_held > 0)"),
        {"id": held.id},
    )
    if used:
        raise Problem(ProblemType.IN_USE, "It has values, which are kept.")
    await remove(ctx, Segment, held.id)


async def _refuse_taken(ctx: Context, kpi_id: int, ref: str) -> None:
    taken = await ctx.session.scalar(
        text("select exists (select from segment where kpi_id = :kpi and lower(ref) = lower(:ref))"),
        {"kpi": kpi_id, "ref": ref},
    )
    if taken:
        raise Problem(ProblemType.REF_TAKEN, f"The ref {ref!r} is taken, regardless of case.")
