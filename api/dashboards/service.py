"""The plan's dashboard: what moved, what is late, what is stuck. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from api.changes.service import recent_changes
from api.core.context import Context, to_json
from api.core.errors import invalid
from api.dashboards.repository import SECTIONS, keep_page, kept_page, section
from api.kpis.periods import UnreadablePeriod
from api.kpis.scorecard import Said, scorecard

CHANGED_DAYS = 30


async def read_dashboard(ctx: Context, *, points: int, financial_year: str | None) -> bytes:
    """The whole page as JSON. ``points``: how many of the last points each KPI shows, 12 to 36.

    Raises INVALID for a financial year that is none.
    """

    async def make() -> dict[str, Any]:
        page = {name: await section(ctx, name) for name in SECTIONS}
        page["plan"] |= {"clock": ctx.clock, "today": ctx.today}
        page["scorecard"] = await _scorecard(ctx, points, financial_year)
        page["changes"] = await recent_changes(ctx, CHANGED_DAYS)
        return page

    return await _kept(ctx, f"dashboard/{points}/{financial_year or ''}", make)


async def read_scorecard(
    ctx: Context, *, points: int, financial_year: str | None, verdict: Sequence[Said] = ()
) -> bytes:
    """The scorecard alone, all or some verdicts of it. Raises INVALID for a financial year that is none."""
    wanted = sorted(set(verdict))

    async def make() -> dict[str, Any]:
        return await _scorecard(ctx, points, financial_year, wanted)

    return await _kept(ctx, f"scorecard/{points}/{financial_year or ''}/{','.join(wanted)}", make)


async def _scorecard(
    ctx: Context, points: int, financial_year: str | None, verdict: Sequence[Said] = ()
) -> dict[str, Any]:
    try:
        return await scorecard(ctx, points=points, financial_year=financial_year, verdict=verdict)
    except UnreadablePeriod as error:
        raise invalid("/query/financial_year", str(error)) from error


async def _kept(ctx: Context, variant: str, make: Callable[[], Awaitable[dict[str, Any]]]) -> bytes:
    """A page that is the same for every reader of the whole plan.

    Made once, then kept until the plan's pulse beats or the day turns; until then it costs one
    query. The past does not change, so a page of the past is kept without a pulse.
    """
    pulse = "past" if ctx.as_of else str(ctx.plan.pulse)
    named, key = f"{variant}/{ctx.as_of or ''}", f"{pulse}/{ctx.today}/{ctx.clock}"
    kept = await kept_page(ctx, named, key)
    if kept is None:
        kept = to_json(await make())
        await keep_page(ctx, named, key, ctx.today, kept)
    return kept
