"""The verdicts on a KPI, series by series, and those that earlier ways of judging gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import text

from api.core.context import Context, to_json
from api.core.reading import PageQuery, read_by_id, read_page
from api.kpis.repository import KPIS
from api.kpis.segments import kpi_id_of
from api.kpis.standing import against_target
from api.verdicts.body import as_read
from api.verdicts.repository import EARLIER, SERIES
from api.verdicts.service import judged_anew

Json = dict[str, Any]


async def read_verdicts(ctx: Context, kpi: str) -> Json:
    """Every series with values, each held against the target as the KPI itself is. Raises NOT_FOUND."""
    kpi_id = await kpi_id_of(ctx, kpi)
    item: Json = orjson.loads((await read_by_id(ctx, KPIS, kpi_id)).body)
    series = (await ctx.session.execute(text(SERIES), {"kpi_id": kpi_id})).all()
    past = await judged_anew(ctx, [row.id for row in series]) if ctx.as_of else {}
    return {"kpi": item["ref"], "series": [_series(ctx, item, row, past) for row in series]}


def _series(ctx: Context, item: Json, row: Any, past: Mapping[int, Json]) -> Json:
    kept = past.get(row.id, row.verdict)
    return {
        "segment": row.segment,
        "basis": row.basis,
        **against_target(item, row.points, ctx.clock),
        "verdict": as_read(kept, ctx.clock) if kept else None,
        "is_pending": row.is_pending and ctx.as_of is None,
        "judged_at": row.judged_at,
    }


async def list_earlier(
    ctx: Context, kpi: str, query: PageQuery, filters: Mapping[str, Sequence[str] | None]
) -> Response:
    """What was said before a change did away with it, each as it read on its last day, newest first."""
    page = await read_page(ctx, EARLIER, query, filters, kpi_id=await kpi_id_of(ctx, kpi))
    body = orjson.loads(page.body)
    for item in body["items"]:
        item["verdict"] = as_read(item["verdict"], date.fromisoformat(item.pop("on")))
    link = page.headers.get("link")
    return ctx.show(to_json(body), headers={"Link": link} if link else None)
