"""The scorecard: every KPI under its accountability question, with its last points and a financial year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal

import orjson
from sqlalchemy import text

from api.benchmarks.comparators import comparators_of
from api.core.context import Context
from api.kpis import periods
from api.kpis.repository import BASES_SHOWN, SUMMARY
from api.kpis.rollups import derived_in_year
from api.kpis.standing import Freshness, with_standing
from api.verdicts.service import tell_past_verdicts
from api.vocabulary import KpiCategory, PeriodType, Variation

Json = dict[str, Any]

BEING_JUDGED: Literal["being_judged"] = "being_judged"
"""Stands where a variation would, while the verdict is being made."""
Said = Variation | Literal["being_judged"]

_KPIS = f"""select coalesce(json_agg({SUMMARY} order by k.position, k.id), '[]')::text
    from kpi k where k.plan_id = :plan_id"""

_YEAR = f"""
with shown as (
    select distinct on (s.kpi_id) s.id, s.kpi_id from series s join segment sg on sg.id = s.segment_id
    where s.plan_id = :plan_id and sg.ref = '_all' and s.points_held > 0
    order by s.kpi_id, array_position({BASES_SHOWN}, s.basis)
)
select k.ref, json_agg(json_build_object('period', m.period, 'ends_on', m.ends_on, 'state', m.state,
    'value', trim_scale(m.value), 'grade', m.grade, 'numerator', trim_scale(m.numerator),
    'denominator', trim_scale(m.denominator), 'workflow', m.workflow) order by m.ends_on)
from shown
join kpi k on k.id = shown.kpi_id
join measurement m on m.series_id = shown.id
where m.ends_on between cast(:before as date) and cast(:last as date)
group by k.ref
"""


async def scorecard(
    ctx: Context, *, points: int, financial_year: str | None, verdict: Sequence[Said] = ()
) -> Json:
    """Three queries, whatever the number of KPIs; of the past, two more. ``points``: how many of the last
    points each shows. ``verdict``: only KPIs of which one of these is said; all if empty.

    ``financial_year`` is a key such as FY2026-27; None is the year the plan's clock stands in. Raises
    ValueError for anything else.
    """
    year = (
        periods.parse(financial_year, PeriodType.FINANCIAL_YEAR)
        if financial_year
        else periods.financial_year_of(ctx.clock)
    )
    held = orjson.loads(await ctx.session.scalar(text(_KPIS), {"plan_id": ctx.plan.id, "clock": ctx.clock}))
    await tell_past_verdicts(ctx, held)
    in_year = await _values_of(ctx, year)
    beside = await comparators_of(ctx)
    changed = await _definitions_changed(ctx)
    kpis = [
        _line(with_standing(item, ctx.clock), in_year, year, points)
        | derived_in_year(
            item, _of_year(in_year, item["ref"], year), changed.get(item["ref"], []), year, ctx.clock
        )
        | {"comparators": beside.get(item["ref"])}
        for item in held
    ]
    if verdict:
        kpis = [kpi for kpi in kpis if _said(kpi) in verdict]
    return {
        "financial_year": year.key,
        "months": [month.key for month in periods.months_of_financial_year(year)],
        "groups": [
            {"category": category.value, "kpis": [kpi for kpi in kpis if kpi["category"] == category.value]}
            for category in KpiCategory
        ],
        "by_target_state": dict(Counter(kpi["target_state"] for kpi in kpis)),
        "by_verdict": dict(Counter(said for kpi in kpis if (said := _said(kpi)) not in (None, BEING_JUDGED))),
        "being_judged": sum(_said(kpi) == BEING_JUDGED for kpi in kpis),
        "better": sum(kpi["direction"] == "better" for kpi in kpis),
        "worse": sum(kpi["direction"] == "worse" for kpi in kpis),
        "late": sum(bool(kpi["freshness"]) and kpi["freshness"]["state"] == Freshness.LATE for kpi in kpis),
    }


def _said(kpi: Json) -> str | None:
    """What its verdict says; of one that is being made anew, nothing of before counts."""
    if kpi["verdict_is_pending"]:
        return BEING_JUDGED
    return kpi["verdict"]["variation"] if kpi["verdict"] else None


async def _values_of(ctx: Context, year: periods.Period) -> dict[str, list[Json]]:
    """Values by KPI ref of the year's periods, and of those that ended just before it began."""
    rows = await ctx.session.execute(
        text(_YEAR),
        {"plan_id": ctx.plan.id, "before": year.starts_on - timedelta(days=1), "last": year.ends_on},
    )
    return {row[0]: row[1] for row in rows}


_CHANGED = """
select k.ref, array_agg(d.effective_from order by d.effective_from)
from kpi_definition d join kpi k on k.id = d.kpi_id
where k.plan_id = :plan_id and d.effective_from is not null
  and exists (select from kpi_definition e where e.kpi_id = d.kpi_id and e.position < d.position)
group by k.ref
"""


async def _definitions_changed(ctx: Context) -> dict[str, list[date]]:
    """The days on which definitions changed, by KPI ref."""
    rows = await ctx.session.execute(text(_CHANGED), {"plan_id": ctx.plan.id})
    return {row[0]: row[1] for row in rows}


def _of_year(in_year: dict[str, list[Json]], ref: str, year: periods.Period) -> list[Json]:
    began = year.starts_on.isoformat()
    return [value for value in in_year.get(ref, []) if value["ends_on"] >= began]


def _line(kpi: Json, in_year: dict[str, list[Json]], year: periods.Period, points: int) -> Json:
    values = in_year.get(kpi["ref"], [])
    began = year.starts_on.isoformat()
    return kpi | {
        "points": kpi["points"][-points:],
        "last_outturn": next((value for value in values if value["ends_on"] < began), None),
        "year": _of_year(in_year, kpi["ref"], year),
    }
