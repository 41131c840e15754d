"""The facts of series that values changed: the one place where they are rewritten.

Whoever writes revisions calls this last, in the same transaction and with the series locked, so that
what is stored always equals what would be computed from the values.
"""

from __future__ import annotations

from collections.abc import Sequence

from api.core.context import Context
from api.measurements.staging import Stage
from api.verdicts.service import judge_series

_REFRESH = """
update series s set points_held = f.points_held, points = f.points,
    latest_period = f.latest_period, latest_ends_on = f.latest_ends_on,
    latest_value = f.latest_value, latest_grade = f.latest_grade,
    previous_period = f.previous_period, previous_value = f.previous_value,
    previous_grade = f.previous_grade, revision = s.revision + 1
from series_facts f
where f.series_id = any(%(series)s) and s.id = f.series_id
"""

_EMPTY = """
update series s set points_held = 0, points = '[]'::jsonb, latest_period = null, latest_ends_on = null,
    latest_value = null, latest_grade = null, previous_period = null, previous_value = null,
    previous_grade = null, revision = s.revision + 1
where s.id = any(%(series)s) and s.points_held > 0
  and not exists (select from measurement m where m.series_id = s.id)
"""


async def refresh_series(
    ctx: Context, stage: Stage, series_ids: Sequence[int], *, may_be_empty: bool = False
) -> None:
    """Rewrite the facts of series this transaction holds, and judge them anew. ``may_be_empty``: values
    may have gone.
    """
    await stage.execute(_REFRESH, {"series": list(series_ids)})
    if may_be_empty:
        await stage.execute(_EMPTY, {"series": list(series_ids)})
    await judge_series(ctx, list(series_ids))
