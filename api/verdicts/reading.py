"""The verdicts on a KPI, series by series."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import text

from api.core.context import Context
from api.kpis.segments import kpi_id_of
from api.verdicts.repository import EARLIER, SERIES
from api.verdicts.service import judged_anew


async def read_verdicts(ctx: Context, kpi: str) -> dict[str, Any]:
    """Every series with values, and what earlier ways of judging said. Raises NOT_FOUND."""
    kpi_id = await kpi_id_of(ctx, kpi)
    series = (await ctx.session.execute(text(SERIES), {"kpi_id": kpi_id})).mappings().all()
    past = await judged_anew(ctx, [row["id"] for row in series]) if ctx.as_of else {}
    earlier = await ctx.session.scalar(text(EARLIER), {"kpi_id": kpi_id})
    ref = await ctx.session.scalar(text("select ref from kpi where id = :id"), {"id": kpi_id})
    return {
        "kpi": ref,
        "series": [
            {
                "segment": row["segment"],
                "basis": row["basis"],
                "verdict": past.get(row["id"], row["verdict"]),
                "is_pending": row["is_pending"] and ctx.as_of is None,
                "judged_at": row["judged_at"],
            }
            for row in series
        ],
        "earlier": orjson.loads(earlier or "[]"),
    }
