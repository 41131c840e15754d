"""Which published series a KPI is set against, and whether like with like. A person says so."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import text

from api.benchmarks.repository import DEFINITION_FROM, PAIRING, in_force
from api.benchmarks.schemas import PairingCreate, PairingUpdate
from api.benchmarks.tables import KpiBenchmark
from api.core.context import Context
from api.core.editing import add, as_sent, change, hold_id, remove, sent
from api.core.errors import invalid, not_found
from api.core.patches import refuse_nulls
from api.core.reading import Item, PageQuery, read_by_id, read_page
from api.kpis.segments import kpi_id_of

_NEVER_NULL = frozenset(PairingUpdate.model_fields) - {"reason"}
_SAID = frozenset({"indicator", "filters", "period_alike", "definition_alike"})
"""What a person looks at both sides for."""


async def list_pairings(ctx: Context, kpi: str, query: PageQuery) -> Response:
    """Raises NOT_FOUND, or Moved for a corrected ref of the KPI."""
    return await read_page(ctx, PAIRING, query, {"kpi": [str(await kpi_id_of(ctx, kpi))]})


async def read_pairing(ctx: Context, kpi: str, pairing: int) -> Item:
    """Raises NOT_FOUND also for one of another KPI."""
    return await read_by_id(ctx, PAIRING, await _id_of(ctx, kpi, pairing))


async def create_pairing(ctx: Context, kpi: str, new: PairingCreate) -> Item:
    """Raises INVALID for a series that the dataset's release in force does not have, and for one called
    alike that is known to differ; CONFLICT for one that the KPI is set against already.
    """
    kpi_id = await kpi_id_of(ctx, kpi)
    dataset_id = await ctx.session.scalar(
        text("select id from benchmark_dataset where lower(ref) = lower(:ref) and kind = 'figures'"),
        {"ref": new.dataset},
    )
    if dataset_id is None:
        raise invalid("/dataset", f"There is no dataset of figures {new.dataset!r}.", "unknown_ref")
    await _refuse_unpublished(ctx, dataset_id, new.indicator, new.filters)
    place = await ctx.session.scalar(
        text("select coalesce(max(position) + 1, 0) from kpi_benchmark where kpi_id = :kpi"), {"kpi": kpi_id}
    )
    columns = new.model_dump(exclude={"dataset"}) | await _definition_looked_at(ctx, kpi_id)
    pairing_id = await add(
        ctx, KpiBenchmark, columns | {"kpi_id": kpi_id, "dataset_id": dataset_id, "position": place}
    )
    return await _likely(ctx, pairing_id)


async def update_pairing(
    ctx: Context, kpi: str, pairing: int, patch: PairingUpdate, if_match: str | None
) -> Item:
    """Apply a merge patch. Raises EDIT_CONFLICT, INVALID for a series that is not published, or for an
    unlike pairing without a reason.
    """
    held = await hold_id(ctx, PAIRING, await _id_of(ctx, kpi, pairing), if_match, as_sent(patch))
    fields = sent(patch)
    refuse_nulls(fields, _NEVER_NULL)
    now: dict[str, Any] = dict(
        (
            await ctx.session.execute(
                text(
                    "select kpi_id, dataset_id, indicator, filters, period_alike, definition_alike, reason"
                    " from kpi_benchmark where id = :id"
                ),
                {"id": held.id},
            )
        )
        .one()
        ._mapping
    )
    then = now | fields
    if not (then["period_alike"] and then["definition_alike"]) and then["reason"] is None:
        raise invalid("/reason", "Say the reason where period or definition differ: it is context then.")
    if fields.keys() & {"indicator", "filters"}:
        await _refuse_unpublished(ctx, now["dataset_id"], then["indicator"], then["filters"])
    if not fields.keys() & _SAID:
        await change(ctx, KpiBenchmark, held.id, fields)
        return await read_by_id(ctx, PAIRING, held.id)
    if "definition_alike" in fields:
        fields |= await _definition_looked_at(ctx, now["kpi_id"])
    await change(ctx, KpiBenchmark, held.id, fields)
    return await _likely(ctx, held.id)


async def delete_pairing(ctx: Context, kpi: str, pairing: int, if_match: str | None) -> None:
    held = await hold_id(ctx, PAIRING, await _id_of(ctx, kpi, pairing), if_match)
    await remove(ctx, KpiBenchmark, held.id)


async def _definition_looked_at(ctx: Context, kpi_id: int) -> dict[str, Any]:
    """Whoever says that definitions are alike means the one in force."""
    found = await ctx.session.scalar(text(DEFINITION_FROM), {"kpi": kpi_id, "clock": ctx.clock})
    return {"definition_from": found}


async def _likely(ctx: Context, pairing_id: int) -> Item:
    """The pairing as it is now held. Raises INVALID where it is called alike and known to differ."""
    item = await read_by_id(ctx, PAIRING, pairing_id)
    unlike = orjson.loads(item.body)["unlike"]
    if unlike is not None:
        where = "/period_alike" if unlike["code"] == "period_differs" else "/definition_alike"
        raise invalid(where, unlike["message"], unlike["code"])
    return item


async def _id_of(ctx: Context, kpi: str, pairing: int) -> int:
    found = await ctx.session.scalar(
        text("select id from kpi_benchmark where id = :id and kpi_id = :kpi"),
        {"id": pairing, "kpi": await kpi_id_of(ctx, kpi)},
    )
    if found is None:
        raise not_found("benchmark pairing")
    return int(found)


async def _refuse_unpublished(ctx: Context, dataset_id: int, indicator: str, filters: dict[str, str]) -> None:
    """The series must be in the release in force: a pairing with nothing would look like one."""
    release = await ctx.session.scalar(text(f"select {in_force(':dataset')}"), {"dataset": dataset_id})
    if release is None:
        raise invalid("/dataset", "No file of this dataset has been imported yet.", "no_release")
    held = [
        row.filters
        for row in await ctx.session.execute(
            text(
                "select filters from benchmark_series where release_id = :release and indicator = :indicator"
            ),
            {"release": release, "indicator": indicator},
        )
    ]
    if not held:
        raise invalid("/indicator", f"The release in force has no indicator {indicator!r}.", "not_published")
    if filters not in held:
        example = ", ".join(f"{name}: {value}" for name, value in held[0].items()) or "no filters at all"
        raise invalid(
            "/filters",
            f"There are no figures under these filters; one that has some: {example}.",
            "not_published",
        )
