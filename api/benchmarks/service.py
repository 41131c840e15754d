"""What can be done with datasets of published figures, and how their releases are read."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from sqlalchemy import text

from api.benchmarks.repository import DATASET, NEIGHBOURS, RELEASE, SERIES, SERIES_WHOLE
from api.benchmarks.schemas import DatasetCreate, DatasetUpdate, IndicatorWrite
from api.benchmarks.tables import BenchmarkDataset, BenchmarkIndicator
from api.benchmarks.terms import DatasetKind
from api.core.context import Context
from api.core.editing import (
    add,
    as_sent,
    change,
    hold,
    in_order,
    remove,
    replace_children,
    sent,
    touch,
)
from api.core.errors import Problem, ProblemType, field_error, not_found
from api.core.patches import refuse_nulls
from api.core.reading import Item, PageQuery, read_by_id, read_page

_PLAIN = ("ref", "title", "source", "filters", "ignored")
_NEVER_NULL = frozenset(DatasetUpdate.model_fields)


async def create_dataset(ctx: Context, new: DatasetCreate) -> Item:
    """Raises REF_TAKEN, or INVALID for columns of a table of neighbours, which are always the same."""
    _refuse_columns(new.kind, new.filters, new.ignored, new.indicators)
    columns = {name: getattr(new, name) for name in (*_PLAIN, "kind")}
    dataset_id = await add(ctx, BenchmarkDataset, columns)
    await set_indicators(ctx, dataset_id, new.indicators)
    return await read_by_id(ctx, DATASET, dataset_id)


async def update_dataset(ctx: Context, ref: str, patch: DatasetUpdate, if_match: str | None) -> Item:
    """Apply a merge patch. Raises EDIT_CONFLICT, REF_TAKEN, or INVALID for a column named twice."""
    held = await hold(ctx, DATASET, ref, if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, _NEVER_NULL)
    await _refuse_misfits(ctx, held.id, fields)
    await change(ctx, BenchmarkDataset, held.id, {name: fields[name] for name in _PLAIN if name in fields})
    if "indicators" in fields and await set_indicators(ctx, held.id, fields["indicators"]):
        await touch(ctx, BenchmarkDataset, held.id)
    return await read_by_id(ctx, DATASET, held.id)


async def delete_dataset(ctx: Context, ref: str, if_match: str | None) -> None:
    """Raises IN_USE once it has a release or a KPI is set against it: figures are never lost."""
    held = await hold(ctx, DATASET, ref, if_match)
    await remove(ctx, BenchmarkDataset, held.id)


async def set_indicators(ctx: Context, dataset_id: int, indicators: list[IndicatorWrite]) -> bool:
    rows = in_order(indicator.model_dump() for indicator in indicators)
    return await replace_children(ctx, BenchmarkIndicator, {"dataset_id": dataset_id}, rows, key="name")


async def _refuse_misfits(ctx: Context, dataset_id: int, fields: dict[str, Any]) -> None:
    """A patch that names some columns is judged together with the lists it leaves as they are."""
    held = (
        await ctx.session.execute(
            text(
                "select kind, filters, ignored, array(select i.name from benchmark_indicator i"
                " where i.dataset_id = d.id) as indicators from benchmark_dataset d where d.id = :id"
            ),
            {"id": dataset_id},
        )
    ).one()
    indicators = fields.get("indicators")
    names = held.indicators if indicators is None else [indicator.name for indicator in indicators]
    filters, ignored = fields.get("filters", held.filters), fields.get("ignored", held.ignored)
    _refuse_columns(DatasetKind(held.kind), *(fields.get(n) for n in ("filters", "ignored", "indicators")))
    named = [*filters, *ignored, *names]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        where = next(name for name in ("filters", "indicators", "ignored") if name in fields)
        raise Problem(
            ProblemType.INVALID,
            f"The column {twice[0]} is named twice.",
            errors=[field_error(f"/{where}", f"The column {name} is named twice.") for name in twice],
        )


def _refuse_columns(kind: DatasetKind, *columns: object) -> None:
    if kind is DatasetKind.NEIGHBOURS and any(columns):
        message = "A table of neighbours has columns of its own, always the same."
        raise Problem(ProblemType.INVALID, message, errors=[field_error("/kind", message)])


async def dataset_id_of(ctx: Context, ref: str) -> int:
    """Raises NOT_FOUND."""
    found = await ctx.session.scalar(
        text("select id from benchmark_dataset where lower(ref) = lower(:ref)"), {"ref": ref}
    )
    if found is None:
        raise not_found("dataset")
    return int(found)


async def list_releases(ctx: Context, dataset: str, query: PageQuery) -> Response:
    return await read_page(ctx, RELEASE, query, {}, dataset_id=await dataset_id_of(ctx, dataset))


async def read_release(ctx: Context, dataset: str, release: int) -> Item:
    """Raises NOT_FOUND."""
    return await read_by_id(ctx, RELEASE, release, dataset_id=await dataset_id_of(ctx, dataset))


async def list_series(
    ctx: Context, dataset: str, release: int, query: PageQuery, filters: dict[str, list[str] | None]
) -> Response:
    """Raises NOT_FOUND. A table of neighbours has none."""
    await read_release(ctx, dataset, release)
    return await read_page(ctx, SERIES, query, filters, release_id=release)


async def read_series(ctx: Context, dataset: str, release: int, series: int) -> bytes:
    """Every figure of a series as JSON, in one query. Raises NOT_FOUND."""
    await read_release(ctx, dataset, release)
    found: str | None = await ctx.session.scalar(
        text(SERIES_WHOLE), {"release_id": release, "series": series}
    )
    if found is None:
        raise not_found("series")
    return found.encode()


async def list_neighbours(
    ctx: Context, dataset: str, release: int, query: PageQuery, filters: dict[str, list[str] | None]
) -> Response:
    """Raises NOT_FOUND. Of figures' areas, none has neighbours here."""
    await read_release(ctx, dataset, release)
    return await read_page(ctx, NEIGHBOURS, query, filters, release_id=release)
