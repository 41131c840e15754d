"""The queue of late revisions: values that came for locked periods and differ from what is held.

Each sender has at most one word waiting for a value: sending the same again leaves it waiting, and
sending another, or what is held already, takes its place. What another sender said waits beside it, for
a person to decide between them.
"""

from __future__ import annotations

from typing import Any

from api.measurements.plausible import QUESTIONS
from api.measurements.staging import Stage

_SAME = """(w.state = g.state and w.value is not distinct from g.value
    and w.grade is not distinct from g.grade and w.numerator is not distinct from g.numerator
    and w.denominator is not distinct from g.denominator)"""

_SUPERSEDE = f"""
update late_revision w set status = 'superseded', decided_at = %(stamp)s, decided_by = %(actor)s
from measurement_classified g
where w.plan_id = %(plan)s and w.status = 'waiting' and w.series_id = g.series_id
  and w.ends_on = g.ends_on and w.submitted_by is not distinct from %(actor)s::bigint
  and not (g.outcome = 'queued' and {_SAME})
"""

_QUEUE = f"""
insert into late_revision (plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade,
    numerator, denominator, note, source, external_reference, question, submission_id, submitted_by,
    queued_at, status)
select %(plan)s, g.kpi_id, g.series_id, g.period, g.starts_on, g.ends_on, g.state, g.value, g.grade,
    g.numerator, g.denominator, g.note, g.source, g.external_reference, q.question, %(submission)s,
    %(actor)s, %(stamp)s, 'waiting'
from measurement_classified g
left join ({QUESTIONS}) q on q.row_index = g.row_index
where g.outcome = 'queued'
  and not exists (
      select from late_revision w where w.series_id = g.series_id and w.ends_on = g.ends_on
        and w.status = 'waiting' and w.submitted_by is not distinct from %(actor)s::bigint)
"""


async def queue_late(stage: Stage, bound: dict[str, Any], *, any_queued: bool) -> None:
    """Bring the queue to what the classified rows say, with their series locked."""
    await stage.execute(_SUPERSEDE, bound)
    if any_queued:
        await stage.execute(_QUEUE, bound)
