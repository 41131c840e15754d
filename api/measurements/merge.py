"""Staged rows against the values held: one classification that a preview shows and a merge follows.

The order is the guarantee. Series are created, then locked in id order, before the transaction
takes its stamp and before any current value is read. So whoever waited for a lock dates its
revisions after those it waited for, and classifies against what they left.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from api.core.context import Context
from api.measurements.facts import refresh_series
from api.measurements.late import queue_late
from api.measurements.locks import share_period_locks
from api.measurements.plausible import QUESTIONS
from api.measurements.staging import Stage
from api.verdicts.service import judging_with_others

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
SAME_FIGURES = """(m.state = g.state and m.value is not distinct from g.value
    and m.grade is not distinct from g.grade
    and ((m.numerator is not distinct from g.numerator and m.denominator is not distinct from g.denominator)
         or (not %(whole)s and g.numerator is null and g.denominator is null)))"""


def _same(column: str) -> str:
    return f"(m.{column} is not distinct from g.{column} or (not %(whole)s and g.{column} is null))"


# Asked after the series are locked, and kept for the whole transaction (see ``lock_series``).
_FIND_LOCKED = """
insert into measurement_locked (kpi_id, ends_on)
select l.kpi_id, l.ends_on
from (select array_agg(p.kpi_id) as kpis, array_agg(p.ends_on) as ends
      from (select distinct kpi_id, ends_on from measurement_staging
            where (select turnstone.has_locks(%(plan)s))) p) asked
cross join lateral turnstone.locked(%(plan)s, %(clock)s::date, asked.kpis, asked.ends) l
where asked.kpis is not null
"""

# Figures decide what waits: words about a locked value, or its sign-off, change nothing that was told.
# A first value for a locked period waits too: that none was there is what was told of it.
_CLASSIFY = f"""
insert into measurement_classified
select g.*,
       case when not {{same}} and (g.kpi_id, g.ends_on) in (select kpi_id, ends_on from measurement_locked)
                then 'queued'
            when m.id is null or m.state = 'withdrawn' then 'created'
            when {{same}} and {_same("note")} and {_same("source")} and {_same("external_reference")}
                 and (g.workflow is null or g.workflow = m.workflow) then 'unchanged'
            else 'updated' end,
       s.id, m.id, coalesce(m.revision, 0), not {{same}}
from measurement_staging g
left join series s on s.segment_id = g.segment_id and s.basis = g.basis
left join measurement_revision m
    on m.series_id = s.id and m.ends_on = g.ends_on and m.known_to = 'infinity'
""".format(same=f"coalesce({SAME_FIGURES}, false)")

_COUNT = """
select outcome, series_id, count(*), count(current_id) from measurement_classified group by outcome, series_id
"""


def figures(alias: str) -> str:
    """SQL of a row's figures as JSON."""
    return f"""json_build_object('state', {alias}.state, 'value', trim_scale({alias}.value),
        'grade', {alias}.grade, 'numerator', trim_scale({alias}.numerator),
        'denominator', trim_scale({alias}.denominator))"""


_CHANGES = f"""
select coalesce(json_agg(json_build_object('index', g.row_index, 'outcome', g.outcome, 'kpi', k.ref,
        'segment', sg.ref, 'period', g.period, 'basis', g.basis,
        'old', case when m.state <> 'withdrawn' then {figures("m")} end, 'new', {figures("g")})
        order by g.row_index), '[]'::json)::text
from (select * from measurement_classified where outcome <> 'unchanged' order by row_index limit %(most)s) g
join kpi k on k.id = g.kpi_id
join segment sg on sg.id = g.segment_id
left join measurement_revision m on m.id = g.current_id
"""

# A clock set back, or a plan import that stamped before it came to lock, must not make a revision end
# before it began.
_CLOSE = """
update measurement_revision m
set known_to = greatest(%(stamp)s::timestamptz, m.known_from + interval '1 microsecond')
from measurement_classified g where g.outcome in ('created', 'updated') and m.id = g.current_id
"""

# A doubtful value is held under query unless a person signs it off in the same breath. A query outlives
# words added to the same figures, and ends with new ones.
_INSERT = f"""
insert into measurement_revision (plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade,
    numerator, denominator, note, source, external_reference, workflow, revision, reason, known_from,
    submission_id, submitted_by, question, answer)
select %(plan)s, g.kpi_id, g.series_id, g.period, g.starts_on, g.ends_on, g.state, g.value, g.grade,
    case when not g.says_anew then coalesce(g.numerator, m.numerator) else g.numerator end,
    case when not g.says_anew then coalesce(g.denominator, m.denominator) else g.denominator end,
    coalesce(g.note, case when not %(whole)s then m.note end),
    coalesce(g.source, case when not %(whole)s then m.source end),
    coalesce(g.external_reference, case when not %(whole)s then m.external_reference end),
    held.workflow, g.revision + 1, g.reason, coalesce(m.known_to, %(stamp)s::timestamptz), %(submission)s,
    %(actor)s,
    case when held.workflow = 'under_query' then coalesce(
        case when g.workflow = 'under_query' then g.reason end, w.question,
        case when not g.says_anew then m.question end) end,
    case when held.workflow = 'under_query' and not g.says_anew then m.answer end
from measurement_classified g
left join measurement_revision m on m.id = g.current_id
left join ({QUESTIONS}) w on w.row_index = g.row_index
cross join lateral (
    select case when w.row_index is not null and coalesce(g.workflow, 'loaded') = 'loaded' then 'under_query'
                else coalesce(g.workflow, case when not g.says_anew then m.workflow end, 'loaded')
           end as workflow
) held
where g.outcome in ('created', 'updated')
order by g.series_id, g.ends_on
"""

# What it says again of what another delivery brought: its own number is new, so no current revision is its
# own. A withdrawal of the other then leaves these values standing.
_CONFIRM = """
insert into confirmation (plan_id, submission_id, series_id, revisions, confirmed_at)
select %(plan)s, %(submission)s, g.series_id, array_agg(g.current_id), %(stamp)s
from measurement_classified g where g.outcome = 'unchanged' group by g.series_id
"""


@dataclass(frozen=True)
class Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    queued: int = 0
    standing: int = 0
    """Rows about which something is known already, be it that their value was withdrawn."""
    changed_series: frozenset[int] = frozenset()
    """Of the rows that create or update."""

    @property
    def taken(self) -> int:
        return self.created + self.updated + self.unchanged + self.queued


@dataclass(frozen=True)
class Current:
    """The value that a single staged row would change."""

    outcome: str
    current_id: int | None
    """Null where there is none, be it because its delivery was withdrawn."""
    revision: int
    """Of the last revision; 0 where there never was one."""
    period: str


async def lock_series(ctx: Context, stage: Stage) -> None:
    """Create the series that are missing and lock all that are staged. Nothing may be stamped before.

    Whoever locks or reopens periods waits until this transaction ends, or is waited for here.
    """
    await judging_with_others(ctx)
    await share_period_locks(ctx, stage)
    await stage.execute(_CREATE_SERIES, {"plan": ctx.plan.id})
    await stage.execute(_LOCK_SERIES)


async def classify(ctx: Context, stage: Stage, *, whole: bool, past_locks: bool = False) -> Counts:
    """Say of each staged row whether it creates, updates or leaves what is held, or has to wait."""
    if not past_locks:
        await stage.execute(_FIND_LOCKED, {"plan": ctx.plan.id, "clock": ctx.clock})
    await stage.execute(_CLASSIFY, {"whole": whole})
    counts: Counter[str] = Counter()
    standing, changed = 0, set()
    async for outcome, series_id, rows, about_known in await stage.execute(_COUNT):
        counts[outcome] += rows
        standing += about_known
        if outcome in ("created", "updated") and series_id is not None:
            changed.add(series_id)
    return Counts(**counts, standing=standing, changed_series=frozenset(changed))


async def changes(stage: Stage, most: int) -> str:
    """The first rows that change something, old beside new, as a JSON array."""
    row = await (await stage.execute(_CHANGES, {"most": most})).fetchone()
    assert row is not None  # an aggregate without groups has one row
    return str(row[0])


async def only_row(stage: Stage) -> Current:
    """What became of the one row that is staged."""
    query = (
        "select g.outcome, case when m.state <> 'withdrawn' then g.current_id end, g.revision, g.period"
        " from measurement_classified g left join measurement_revision m on m.id = g.current_id"
    )
    row = await (await stage.execute(query)).fetchone()
    assert row is not None  # the one row was classified
    return Current(*row)


async def merge(
    ctx: Context, stage: Stage, counts: Counts, submission_id: int, stamp: Any, *, whole: bool
) -> None:
    """Close what is replaced, insert the new revisions, put late ones in their queue, note what is
    confirmed, and rewrite the facts of the series touched.
    """
    bound = {
        "plan": ctx.plan.id,
        "stamp": stamp,
        "submission": submission_id,
        "actor": ctx.actor.id,
        "whole": whole,
    }
    await queue_late(stage, bound, any_queued=counts.queued > 0)
    if counts.unchanged:
        await stage.execute(_CONFIRM, bound)
    if counts.created + counts.updated:
        if counts.standing:
            await stage.execute(_CLOSE, bound)
        await stage.execute(_INSERT, bound)
        await refresh_series(ctx, stage, sorted(counts.changed_series))
