"""One KPI's quarters and year to date, for any of its segments and bases."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import text

from api.core.context import Context
from api.core.errors import invalid, not_found
from api.core.reading import read_one
from api.kpis import periods
from api.kpis.breaks import break_days
from api.kpis.repository import KPI
from api.kpis.rollups import derived_in_year
from api.vocabulary import Basis, PeriodType

_VALUES = """
select coalesce(json_agg(json_build_object('period', m.period, 'value', trim_scale(m.value),
        'numerator', trim_scale(m.numerator), 'denominator', trim_scale(m.denominator),
        'workflow', m.workflow)
        order by m.ends_on), '[]'::json)::text
from measurement m join public.series s on s.id = m.series_id
where s.segment_id = :segment_id and s.basis = :basis and m.starts_on >= :first and m.ends_on <= :last
"""


async def read_roll_ups(
    ctx: Context, ref: str, segment: str, basis: Basis, financial_year: str | None
) -> dict[str, Any]:
    """Raises NOT_FOUND for a KPI or segment, INVALID for a financial year that is none."""
    item = await read_one(ctx, KPI, ref)
    kpi = orjson.loads(item.body)
    segment_id = await ctx.session.scalar(
        text("select id from segment where kpi_id = :kpi and lower(ref) = lower(:ref)"),
        {"kpi": item.id, "ref": segment},
    )
    if segment_id is None:
        raise not_found("segment")
    year = _year(ctx, financial_year)
    held = await ctx.session.scalar(
        text(_VALUES),
        {
            "segment_id": segment_id,
            "basis": basis.value,
            "first": year.starts_on,
            "last": year.ends_on,
        },
    )
    derived = derived_in_year(kpi, orjson.loads(held), break_days(kpi), year, ctx.clock)
    return {
        "kpi": kpi["ref"],
        "segment": segment,
        "basis": basis.value,
        "rollup": kpi["rollup"],
        "financial_year": year.key,
        **derived,
    }


def _year(ctx: Context, financial_year: str | None) -> periods.Period:
    if financial_year is None:
        return periods.financial_year_of(ctx.clock)
    try:
        return periods.parse(financial_year, PeriodType.FINANCIAL_YEAR)
    except periods.UnreadablePeriod as error:
        raise invalid("/query/financial_year", str(error), error.code) from None
