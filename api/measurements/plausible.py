"""Values that are hard to believe: stored all the same, with a warning, and held under query.

A percentage is doubted outside 0 to 100 unless its definition sets a range: some rightly exceed 100.

The range and the jump are the ones of the definition in force on the period's last day. The jump is
from the latest value before it under the same definition, whether held or in the same delivery; across
a change of definition nothing is compared. Only figures that are new are judged: a value that a person
has cleared is not doubted again each time it is sent.
"""

from __future__ import annotations

from collections.abc import Collection

from api.core.context import Context
from api.measurements.staging import Stage
from api.measurements.taking import TakingKpi
from api.vocabulary import Unit

_VERSIONS = """
select d.id, d.kpi_id, d.plausible_low, d.plausible_high, d.plausible_jump,
       coalesce(d.effective_from, '-infinity'::date) as since,
       coalesce(lead(d.effective_from) over (partition by d.kpi_id
                    order by d.effective_from nulls first, d.position), 'infinity'::date) as until
from kpi_definition d where d.kpi_id = any(%(kpis)s)
"""

_WARN = f"""
insert into measurement_warned (row_index, code, message)
with versions as ({_VERSIONS}),
values_there as (
    select g.row_index, g.kpi_id, g.segment_id, g.basis, g.ends_on, g.value
    from measurement_staging g where g.kpi_id = any(%(kpis)s) and g.value is not null
    union all
    select null, s.kpi_id, s.segment_id, s.basis, m.ends_on, m.value
    from series s join measurement m on m.series_id = s.id
    where (s.segment_id, s.basis) in (select g.segment_id, g.basis from measurement_staging g
                                      where g.kpi_id = any(%(kpis)s))
      and m.value is not null
      and not exists (select from measurement_staging g where g.segment_id = s.segment_id
                      and g.basis = s.basis and g.ends_on = m.ends_on)
),
placed as (
    select t.*, v.plausible_low as low, v.plausible_high as high, v.plausible_jump as jump,
           lag(t.value) over (partition by t.segment_id, t.basis, v.id order by t.ends_on) as before
    from values_there t
    join versions v on v.kpi_id = t.kpi_id and t.ends_on >= v.since and t.ends_on < v.until
),
judged as (
    select p.*, k.ref from placed p
    join measurement_classified c on c.row_index = p.row_index and c.says_anew
    join kpi k on k.id = p.kpi_id
)
select row_index, 'outside_plausible_range',
       format('%%s lies %%s, which is hard to believe of %%s.', trim_scale(value), case
            when low is not null and high is not null
                then format('outside %%s to %%s', trim_scale(low), trim_scale(high))
            when low is not null then format('below %%s', trim_scale(low))
            else format('above %%s', trim_scale(high)) end, ref)
from judged where value < low or value > high
union all
select row_index, 'implausible_jump',
       format('%%s is %%s away from %%s before it; more than %%s at once is hard to believe of %%s.',
              trim_scale(value), trim_scale(abs(value - before)), trim_scale(before), trim_scale(jump), ref)
from judged where abs(value - before) > jump
"""

_WARN_OF_PERCENTAGES = f"""
insert into measurement_warned (row_index, code, message)
select c.row_index, 'outside_percentage',
       format('%%s lies outside 0 to 100, and %%s is a percentage.', trim_scale(c.value), k.ref)
from measurement_classified c join kpi k on k.id = c.kpi_id
where c.kpi_id = any(%(kpis)s) and (c.value < 0 or c.value > 100) and c.says_anew
  and not exists (select from ({_VERSIONS}) v
                  where v.kpi_id = c.kpi_id and c.ends_on >= v.since and c.ends_on < v.until
                    and num_nonnulls(v.plausible_low, v.plausible_high) > 0)
"""

QUESTIONS = """select row_index, string_agg(message, ' ' order by code desc) as question
    from measurement_warned group by row_index"""
"""SQL of the question under which each doubtful row is held."""

_COUNT = "select count(distinct row_index) from measurement_warned"

_SHOWN = """
select coalesce(json_agg(json_build_object('index', w.row_index, 'kpi', k.ref, 'segment', sg.ref,
        'period', w.period, 'basis', w.basis, 'code', w.code, 'message', w.message)
        order by w.row_index, w.code desc), '[]'::json)::text
from (select w.*, g.kpi_id, g.segment_id, g.period, g.basis
      from measurement_warned w join measurement_staging g using (row_index)
      order by w.row_index, w.code desc limit %(most)s) w
join kpi k on k.id = w.kpi_id join segment sg on sg.id = w.segment_id
"""

_KEEP = """
insert into row_warning (plan_id, submission_id, row_index, kpi_id, segment_id, period, basis, code, message)
select %(plan)s, %(submission)s, w.row_index, g.kpi_id, g.segment_id, g.period, g.basis, w.code, w.message
from measurement_warned w join measurement_staging g using (row_index)
"""


async def find_doubts(stage: Stage, kpis: Collection[TakingKpi]) -> int:
    """Judge the classified rows, which are of these KPIs; returns how many rows are doubtful."""
    found = 0
    ranged = sorted({kpi.id for kpi in kpis if kpi.has_plausible_range})
    if ranged:
        found += (await stage.execute(_WARN, {"kpis": ranged})).rowcount
    percentages = sorted({kpi.id for kpi in kpis if kpi.unit is Unit.PERCENT})
    if percentages:
        found += (await stage.execute(_WARN_OF_PERCENTAGES, {"kpis": percentages})).rowcount
    if not found:
        return 0
    row = await (await stage.execute(_COUNT)).fetchone()
    assert row is not None  # an aggregate without groups has one row
    return int(row[0])


async def doubts_shown(stage: Stage, most: int) -> str:
    """The first warnings, as a JSON array."""
    row = await (await stage.execute(_SHOWN, {"most": most})).fetchone()
    assert row is not None  # an aggregate without groups has one row
    return str(row[0])


async def keep_doubts(ctx: Context, stage: Stage, submission_id: int) -> None:
    """Store the warnings with the submission they came in."""
    await stage.execute(_KEEP, {"plan": ctx.plan.id, "submission": submission_id})
