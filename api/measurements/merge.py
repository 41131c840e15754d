"""Staged rows against the values held: one classification that a preview shows and a merge follows.

The order is the guarantee. Series are created, then locked in id order, before the transaction
takes its stamp and before any current value is read. So whoever waited for a lock dates its
revisions after those it waited for, and classifies against what they left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.core.context import Context
from api.measurements.staging import Stage

# Sorted, so that two deliveries that create the same series wait for each other and never in a ring.
_CREATE_SERIES = """
insert into series (plan_id, kpi_id, segment_id, basis, points)
select distinct %(plan)s::bigint, g.kpi_id, g.segment_id, g.basis, '[]'::jsonb
from measurement_staging g
where not exists (select from series s where s.segment_id = g.segment_id and s.basis = g.basis)
order by g.segment_id, g.basis
on conflict (segment_id, basis) do nothing
"""

_LOCK_SERIES = """
select count(*) from (
    select s.id from series s
    where (s.segment_id, s.basis) in (select g.segment_id, g.basis from measurement_staging g)
    order by s.id for update
) locked
"""

# A row is unchanged when all it says is so already. In a batch, a field left out says nothing:
# a note typed on screen outlives the nightly push of the same figure. In a PUT (whole) it says null.
_SAME_FIGURES = """(m.state = g.state and m.value is not distinct from g.value
    and m.grade is not distinct from g.grade
    and ((m.numerator is not distinct from g.numerator and m.denominator is not distinct from g.denominator)
         or (not %(whole)s and g.numerator is null and g.denominator is null)))"""


def _same(column: str) -> str:
    return f"(m.{column} is not distinct from g.{column} or (not %(whole)s and g.{column} is null))"


_CLASSIFY = f"""
insert into measurement_classified (row_index, outcome, series_id, current_id, revision)
select g.row_index,
       case when m.id is null then 'created'
            when {_SAME_FIGURES} and {_same("note")} and {_same("source")} and {_same("external_reference")}
                 and (g.workflow is null or g.workflow = m.workflow) then 'unchanged'
            else 'updated' end,
       s.id, m.id, coalesce(m.revision, 0)
from measurement_staging g
left join series s on s.segment_id = g.segment_id and s.basis = g.basis
left join measurement m on m.series_id = s.id and m.ends_on = g.ends_on
"""

_COUNT = "select outcome, count(*) from measurement_classified group by outcome"


def _figures(alias: str) -> str:
    return f"""json_build_object('state', {alias}.state, 'value', trim_scale({alias}.value),
        'grade', {alias}.grade, 'numerator', trim_scale({alias}.numerator),
        'denominator', trim_scale({alias}.denominator))"""


_CHANGES = f"""
select coalesce(json_agg(json_build_object('index', c.row_index, 'kpi', k.ref, 'segment', sg.ref,
        'period', g.period, 'basis', g.basis,
        'old', case when m.id is not null then {_figures("m")} end, 'new', {_figures("g")})
        order by c.row_index), '[]'::json)::text
from (select * from measurement_classified where outcome <> 'unchanged' order by row_index limit %(most)s) c
join measurement_staging g on g.row_index = c.row_index
join kpi k on k.id = g.kpi_id
join segment sg on sg.id = g.segment_id
left join measurement_revision m on m.id = c.current_id
"""

# A clock set back, or a plan import that stamped before it came to lock, must not make a revision end
# before it began.
_CLOSE = """
update measurement_revision m
set known_to = greatest(%(stamp)s::timestamptz, m.known_from + interval '1 microsecond')
from measurement_classified c where c.outcome = 'updated' and m.id = c.current_id
"""

_INSERT = f"""
insert into measurement_revision (plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade,
    numerator, denominator, note, source, external_reference, workflow, revision, reason, known_from,
    submission_id, submitted_by)
select %(plan)s, g.kpi_id, c.series_id, g.period, g.starts_on, g.ends_on, g.state, g.value, g.grade,
    case when {_SAME_FIGURES} then coalesce(g.numerator, m.numerator) else g.numerator end,
    case when {_SAME_FIGURES} then coalesce(g.denominator, m.denominator) else g.denominator end,
    coalesce(g.note, case when not %(whole)s then m.note end),
    coalesce(g.source, case when not %(whole)s then m.source end),
    coalesce(g.external_reference, case when not %(whole)s then m.external_reference end),
    coalesce(g.workflow, case when {_SAME_FIGURES} then m.workflow end, 'loaded'),
    c.revision + 1, g.reason, coalesce(m.known_to, %(stamp)s::timestamptz), %(submission)s, %(actor)s
from measurement_classified c
join measurement_staging g on g.row_index = c.row_index
left join measurement_revision m on m.id = c.current_id
where c.outcome in ('created', 'updated')
order by c.series_id, g.ends_on
"""

_REFRESH = """
update series s set points_held = f.points_held, points = f.points,
    latest_period = f.latest_period, latest_ends_on = f.latest_ends_on,
    latest_value = f.latest_value, latest_grade = f.latest_grade,
    previous_period = f.previous_period, previous_value = f.previous_value,
    previous_grade = f.previous_grade, revision = s.revision + 1
from series_facts f
where f.series_id = any(array(select distinct c.series_id from measurement_classified c
                              where c.outcome in ('created', 'updated')))
  and s.id = f.series_id
"""


@dataclass(frozen=True)
class Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def taken(self) -> int:
        return self.created + self.updated + self.unchanged


@dataclass(frozen=True)
class Current:
    """The value that a single staged row would change."""

    outcome: str
    current_id: int | None
    revision: int
    period: str


async def lock_series(ctx: Context, stage: Stage) -> None:
    """Create the series that are missing and lock all that are staged. Nothing may be stamped before."""
    await stage.execute(_CREATE_SERIES, {"plan": ctx.plan.id})
    await stage.execute(_LOCK_SERIES)


async def classify(stage: Stage, *, whole: bool) -> Counts:
    """Say of each staged row whether it creates, updates or leaves what is held."""
    await stage.execute(_CLASSIFY, {"whole": whole})
    counted: dict[str, int] = dict(await (await stage.execute(_COUNT)).fetchall())
    return Counts(**counted)


async def changes(stage: Stage, most: int) -> str:
    """The first rows that change something, old beside new, as a JSON array."""
    row = await (await stage.execute(_CHANGES, {"most": most})).fetchone()
    assert row is not None  # an aggregate without groups has one row
    return str(row[0])


async def only_row(stage: Stage) -> Current:
    """What became of the one row that is staged."""
    query = (
        "select c.outcome, c.current_id, c.revision, g.period"
        " from measurement_classified c join measurement_staging g using (row_index)"
    )
    row = await (await stage.execute(query)).fetchone()
    assert row is not None  # the one row was classified
    return Current(*row)


async def merge(ctx: Context, stage: Stage, submission_id: int, stamp: Any, *, whole: bool) -> None:
    """Close what is updated, insert the new revisions, and rewrite the facts of the series touched."""
    bound = {
        "plan": ctx.plan.id,
        "stamp": stamp,
        "submission": submission_id,
        "actor": ctx.actor.id,
        "whole": whole,
    }
    await stage.execute(_CLOSE, bound)
    await stage.execute(_INSERT, bound)
    await stage.execute(_REFRESH)
