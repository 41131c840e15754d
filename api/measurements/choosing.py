"""Which values are meant: by KPI, feed, submission, period, segment or basis, or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from api.core.context import Context
from api.core.editing import ids_of
from api.core.errors import Problem, ProblemType, field_error, invalid
from api.core.reading import read_one
from api.kpis import periods
from api.kpis.tables import Feed, Kpi
from api.measurements.loading import could_be_ref, kpis_named
from api.measurements.repository import SUBMISSION
from api.measurements.schemas import Chosen, ValueAddress
from api.vocabulary import PeriodType

VALUES = "measurement m join series s on s.id = m.series_id join segment sg on sg.id = s.segment_id"
"""What the conditions below are about: plan and KPI are asked of the series, which are few and indexed."""


@dataclass(frozen=True)
class Condition:
    sql: str
    bound: dict[str, Any]


async def condition_of(ctx: Context, chosen: Chosen) -> Condition:
    """SQL over :data:`VALUES`. Raises INVALID for what is not in the plan, or names no period."""
    conditions = ["s.plan_id = %(plan)s"]
    bound: dict[str, Any] = {"plan": ctx.plan.id}
    if chosen.kpis or chosen.feeds:
        conditions.append("s.kpi_id = any(%(kpis)s)")
        bound["kpis"] = await kpi_ids(ctx, chosen.kpis, chosen.feeds)
    if chosen.submission is not None:
        conditions.append("m.submission_id = %(of_submission)s")
        bound["of_submission"] = await submission_id(ctx, chosen.submission)
    if chosen.periods:
        conditions.append("m.period = any(%(periods)s)")
        bound["periods"] = [_key(place, period) for place, period in enumerate(chosen.periods)]
    for name, comparison in (("from_day", ">="), ("to_day", "<=")):
        if getattr(chosen, name) is not None:
            conditions.append(f"m.ends_on {comparison} %({name})s::date")
            bound[name] = getattr(chosen, name)
    if chosen.segments:
        conditions.append("lower(sg.ref) = any(%(segments)s)")
        bound["segments"] = [ref.lower() for ref in chosen.segments]
    if chosen.basis:
        conditions.append("s.basis = any(%(basis)s)")
        bound["basis"] = [basis.value for basis in chosen.basis]
    if chosen.values:
        conditions.append(
            "exists (select from unnest(%(value_kpis)s::bigint[], %(value_segments)s::text[],"
            " %(value_bases)s::text[], %(value_periods)s::text[], %(value_revisions)s::int[])"
            " as named (kpi_id, segment, basis, period, revision)"
            " where (named.kpi_id, named.segment, named.basis, named.period)"
            " = (s.kpi_id, lower(sg.ref), s.basis, m.period)"
            " and coalesce(named.revision, m.revision) = m.revision)"
        )
        bound |= await _one_by_one(ctx, chosen.values)
    return Condition(" and ".join(conditions), bound)


async def kpi_ids(ctx: Context, kpis: Sequence[str], feeds: Sequence[str]) -> list[int]:
    """The KPIs named, and those of the feeds named. Raises INVALID for a ref that is not there."""
    found = await ids_of(ctx, Kpi, kpis, "/kpis", "KPI")
    of_feeds = await ctx.session.scalars(
        text("select id from kpi where plan_id = :plan and feed_id = any(:feeds) order by id"),
        {"plan": ctx.plan.id, "feeds": await ids_of(ctx, Feed, feeds, "/feeds", "feed")},
    )
    return list(dict.fromkeys([*found, *of_feeds]))


async def submission_id(ctx: Context, ref: str) -> int:
    """Raises INVALID for a submission that is not there."""
    try:
        return (await read_one(ctx, SUBMISSION, ref)).id
    except Problem as problem:
        if problem.kind is not ProblemType.NOT_FOUND:
            raise
        raise invalid("/submission", f"There is no submission {ref!r} here.", "unknown_ref") from None


def _key(place: int, given: str) -> str:
    """The canonical key of a period of whatever type: KPIs of several types may be meant at once."""
    for kind in PeriodType:
        found = periods.from_key(given.strip(), kind)
        if found is not None:
            return found.key
    message = f"“{given}” is no key of a period, such as 2026-09 or FY2026-27-Q1."
    raise invalid(f"/periods/{place}", message, "unreadable_period")


async def _one_by_one(ctx: Context, values: Sequence[ValueAddress]) -> dict[str, list[Any]]:
    refs = {value.kpi.strip().lower() for value in values}
    kpis = await kpis_named(ctx, {ref for ref in refs if could_be_ref(ref)})
    wrong, ids, keys = [], [], []
    for place, value in enumerate(values):
        kpi = kpis.get(value.kpi.strip().lower())
        if kpi is None:
            message = f"There is no KPI {value.kpi!r} here."
            wrong.append(field_error(f"/values/{place}/kpi", message, "unknown_ref"))
            continue
        try:
            keys.append(periods.parse(value.period, kpi.period_type).key)
        except periods.UnreadablePeriod as error:
            wrong.append(field_error(f"/values/{place}/period", str(error), error.code))
            continue
        ids.append(kpi.id)
    if wrong:
        raise Problem(ProblemType.INVALID, wrong[0]["message"], errors=wrong)
    return {
        "value_kpis": ids,
        "value_segments": [value.segment.lower() for value in values],
        "value_bases": [value.basis.value for value in values],
        "value_periods": keys,
        "value_revisions": [value.revision for value in values],
    }
