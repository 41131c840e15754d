"""The file that the sample integration pushes: its KPIs' values for the next month."""

from __future__ import annotations

import csv
import io
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.acting import act_as
from api.core.context import Context
from api.core.database import transaction
from api.core.errors import conflict
from api.kpis import periods
from api.kpis.periods import Period
from api.plan_documents.parts.kpis import Measurement
from api.samples.live.feeds import CASE_SYSTEM_KPIS
from api.samples.live.figures import FIGURES, series
from api.samples.live.plan import PLAN_REF
from api.vocabulary import PeriodType

COLUMNS = ("kpi", "period", "state", "value", "numerator", "denominator", "note")


async def next_month_csv(engine: AsyncEngine, *, today: date | None = None) -> str:
    """The file as text. Raises NOT_FOUND without the live sample, CONFLICT until that month has ended."""
    async with transaction(engine) as session:
        ctx = await act_as(session, plan=PLAN_REF, today=today.isoformat() if today else None)
        months = await _months(ctx)
    if not periods.has_ended(months[-1], ctx.today):
        raise conflict(f"{months[-2].key} is held already, and {months[-1].key} has not ended yet.")
    key = months[-1].key
    values = [
        value
        for figure in FIGURES
        if figure.ref in CASE_SYSTEM_KPIS
        for value in series(figure, months)
        if value.period == key
    ]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cells(value) for value in values])
    return written.getvalue()


async def _months(ctx: Context) -> list[Period]:
    """Every month held, oldest first, and the one after the latest that most KPIs have.

    A value or two pushed by hand, as the README does, leave the month to come.
    """
    held = await ctx.session.execute(
        text(
            "select m.period, 2 * count(distinct m.kpi_id) > :kpis as by_most"
            " from measurement m join kpi k on k.id = m.kpi_id"
            " where m.plan_id = :plan and k.ref = any(:refs) group by m.period order by m.period"
        ),
        {"plan": ctx.plan.id, "kpis": len(CASE_SYSTEM_KPIS), "refs": list(CASE_SYSTEM_KPIS)},
    )
    rows = held.all()
    latest = max(row.period for row in rows if row.by_most)
    months = [periods.parse(rows[0].period, PeriodType.MONTH)]
    while months[-1].key != latest:
        months.append(periods.next(months[-1]))
    return [*months, periods.next(months[-1])]


def _cells(value: Measurement) -> list[str]:
    return [_plain(getattr(value, name)) for name in COLUMNS]


def _plain(held: object) -> str:
    return "" if held is None else f"{held}"
