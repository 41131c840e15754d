"""How values, their revisions and submissions are read, in SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from api.core import fragments as sql
from api.core.reading import Reading, Sort
from api.kpis.repository import IN_FORCE, reads_values_whole, told_whole

_BY = "(select pr.name from principal pr where pr.id = {alias}.submitted_by)"
_SUBMISSION = "(select su.submission_ref from submission su where su.id = {alias}.submission_id)"


def _value(alias: str) -> str:
    return f"""'kpi', (select k.ref from kpi k where k.id = {alias}.kpi_id), 'segment', sg.ref,
    'period', {alias}.period, 'starts_on', {alias}.starts_on, 'ends_on', {alias}.ends_on, 'basis', s.basis,
    'state', {alias}.state, 'value', trim_scale({alias}.value), 'grade', {alias}.grade,
    'numerator', trim_scale({alias}.numerator), 'denominator', trim_scale({alias}.denominator),
    'note', {told_whole(alias, f"{alias}.note")}, 'source', {alias}.source,
    'external_reference', {alias}.external_reference, 'workflow', {alias}.workflow,
    'question', {told_whole(alias, f"{alias}.question")}, 'answer', {told_whole(alias, f"{alias}.answer")},
    'revision', {alias}.revision, 'reason', {told_whole(alias, f"{alias}.reason")},
    'known_from', turnstone.utc({alias}.known_from),
    'by', {told_whole(alias, _BY.format(alias=alias))},
    'submission', {told_whole(alias, _SUBMISSION.format(alias=alias))},
    'act', {told_whole(alias, f"(select a.kind from value_act a where a.id = {alias}.act_id)")}"""


_IS_LOCKED = """exists (select from turnstone.locked(
    m.plan_id, cast(:clock as date), array[m.kpi_id], array[m.ends_on]))"""
"""Whether another value would wait to be accepted."""


# Which series is which never changes, so the past reads it from the present, where no facts need
# be computed for it.
_OF_SERIES = "join public.series s on s.id = {alias}.series_id join segment sg on sg.id = s.segment_id"


def _not_doubted(alias: str) -> str:
    """SQL that leaves out, for those who are not told all, whatever was known of a value that is under query
    now: row-level security hides from them that there is one.
    """
    return f"""({reads_values_whole(alias)} or exists (
        select from public.measurement_revision nw where nw.series_id = {alias}.series_id
          and nw.ends_on = {alias}.ends_on and nw.known_to = 'infinity'))"""


_VALUE_SORTS = {
    "period": Sort("m.ends_on", "date"),
    "segment": Sort("sg.position", "integer"),
    "basis": Sort("s.basis", "text"),
    "known": Sort("m.known_from", "timestamptz"),
}

MEASUREMENTS = Reading(
    what="value",
    table="measurement_revision",
    alias="m",
    source=f"(select v.*, v.revision as version from measurement v) m {_OF_SERIES.format(alias='m')}",
    body=f"json_build_object({_value('m')}, 'is_locked', {_IS_LOCKED})",
    where=f"s.kpi_id = :kpi_id and {_not_doubted('m')}",
    sorts=_VALUE_SORTS,
    default_sort="period,segment,basis",
    filters={
        "segment": "lower(sg.ref) = any(select lower(unnest(cast(:segment as text[]))))",
        "basis": sql.one_of("s.basis", "basis"),
        "from": "m.ends_on >= cast((cast(:from as text[]))[1] as date)",
        "to": "m.ends_on <= cast((cast(:to as text[]))[1] as date)",
        "workflow": sql.one_of("m.workflow", "workflow"),
        # It chooses what is listed (``with_withdrawn``), and is named here for the cursor to hold.
        "withdrawn": "cast(:withdrawn as text[]) is not null",
    },
)


def figures_of(alias: str) -> str:
    """SQL of a value's figures as JSON."""
    return f"""json_build_object('state', {alias}.state, 'value', trim_scale({alias}.value),
        'grade', {alias}.grade, 'numerator', trim_scale({alias}.numerator),
        'denominator', trim_scale({alias}.denominator))"""


def _measure(kpi_id: str) -> str:
    return f"""(select json_build_object('title', k.title, 'unit', k.unit, 'polarity', k.polarity,
        'decimals', coalesce((select d.decimals {IN_FORCE}), 1)) from kpi k where k.id = {kpi_id})"""


_BEFORE = f"""(select {figures_of("o")} from measurement_revision o
    where o.series_id = m.series_id and o.ends_on = m.ends_on and o.revision < m.revision
      and o.state <> 'withdrawn'
      and (o.state, o.value, o.grade, o.numerator, o.denominator)
          is distinct from (m.state, m.value, m.grade, m.numerator, m.denominator)
    order by o.revision desc limit 1)"""

_CURRENT = "from measurement p where"
_PREVIOUS = f"""(select json_build_object('period', p.period, 'figures', {figures_of("p")})
    {_CURRENT} p.series_id = m.series_id and p.ends_on < m.ends_on
      and {_not_doubted("p")} order by p.ends_on desc limit 1)"""

VALUES = replace(
    MEASUREMENTS,
    body=f"""json_build_object({_value("m")}, 'is_locked', {_IS_LOCKED}, 'measure', {_measure("m.kpi_id")},
        'before', {_BEFORE}, 'previous', {_PREVIOUS})""",
    where=f"s.plan_id = :plan_id and {_not_doubted('m')}",
    sorts=_VALUE_SORTS | {"kpi": Sort("(select k.position from kpi k where k.id = m.kpi_id)", "integer")},
    default_sort="known",
    filters={
        **MEASUREMENTS.filters,
        "kpi": """s.kpi_id in (select k.id from kpi k where k.plan_id = :plan_id
            and lower(k.ref) = any(select lower(unnest(cast(:kpi as text[])))))""",
        "feed": """s.kpi_id in (select k.id from kpi k join feed f on f.id = k.feed_id
            where k.plan_id = :plan_id
              and lower(f.ref) = any(select lower(unnest(cast(:feed as text[])))))""",
        "submission": """m.submission_id in (select su.id from submission su
            where su.submission_ref::text = any(cast(:submission as text[])))""",
        "period": "m.period = any(cast(:period as text[]))",
        "older_than_days": """(m.known_from at time zone 'Europe/London')::date
            < cast(:clock as date) - (cast(:older_than_days as text[]))[1]::int""",
    },
)
"""Values of every KPI of the plan."""

_THEN_OR_NOW = {
    True: "v.known_from <= :known_at and v.known_to > :known_at",
    False: "v.known_to = 'infinity'",
}
"""Which revision of each value was known: at a moment, or now."""


def _known(condition: str) -> str:
    return f"""(select v.*, v.revision as version from measurement_revision v where {condition}) m
        {_OF_SERIES.format(alias="m")}"""


_KNOWN_AT = _known(f"{_THEN_OR_NOW[True]} and v.state <> 'withdrawn'")

_THEN = """from measurement_revision p where p.known_from <= :known_at and p.known_to > :known_at
    and p.state <> 'withdrawn' and"""


def as_known(reading: Reading, moment: datetime | None) -> Reading:
    """The reading of values, or of revisions, as they were known at a moment (``:known_at``)."""
    if moment is None:
        return reading
    if reading is REVISIONS:
        return replace(
            reading,
            body=reading.body.replace("coalesce(turnstone.as_of(), 'infinity'::timestamptz)", ":known_at"),
            where=reading.where.replace("coalesce(turnstone.as_of(), 'infinity'::timestamptz)", ":known_at"),
        )
    return replace(reading, source=_KNOWN_AT, body=reading.body.replace(_CURRENT, _THEN))


def with_withdrawn(reading: Reading, moment: datetime | None) -> Reading:
    """The reading of values with those that were withdrawn, as known at a moment (``:known_at``) or now."""
    return replace(reading, source=_known(_THEN_OR_NOW[moment is not None]))


MEASUREMENT = Reading(
    what="value",
    table="measurement_revision",
    alias="m",
    source=MEASUREMENTS.source,
    body=MEASUREMENTS.body,
    where=f"""s.kpi_id = :kpi_id and lower(sg.ref) = lower(:segment) and s.basis = :basis
        and {_not_doubted("m")}""",
    sorts=_VALUE_SORTS,
    default_sort="period",
    ref="m.period",
)

REVISIONS = Reading(
    what="revision",
    table="measurement_revision",
    alias="m",
    source=f"measurement_revision m {_OF_SERIES.format(alias='m')}",
    body=f"""json_build_object({_value("m")}, 'known_to',
        case when m.known_to <= coalesce(turnstone.as_of(), 'infinity'::timestamptz)
                  and m.known_to <> 'infinity' then turnstone.utc(m.known_to) end)""",
    where=f"""s.kpi_id = :kpi_id and lower(sg.ref) = lower(:segment) and m.period = :period
        and m.known_from <= coalesce(turnstone.as_of(), 'infinity'::timestamptz) and {_not_doubted("m")}""",
    sorts={"revision": Sort("m.revision", "integer"), "basis": Sort("s.basis", "text")},
    default_sort="basis,-revision",
    filters={"basis": sql.one_of("s.basis", "basis")},
)

_SUBMISSION_BODY = """'submission', su.submission_ref, 'door', su.door, 'status', su.status,
    'mode', su.mode, 'dry_run', su.dry_run, 'source', su.source,
    'external_reference', su.external_reference, 'received', su.received, 'created', su.created,
    'updated', su.updated, 'unchanged', su.unchanged, 'queued', su.queued, 'rejected', su.rejected,
    'warned', su.warned,
    'repeats', (select e.submission_ref from submission e where e.id = su.repeats_id),
    'withdrawal', case when su.withdrawn_at is not null then json_build_object(
        'at', turnstone.utc(su.withdrawn_at), 'reason', su.withdrawal_reason,
        'by', (select pr.name from principal pr where pr.id = su.withdrawn_by),
        'restored', su.restored, 'confirmed', coalesce(su.confirmed, 0), 'removed', su.removed,
        'kept', su.kept) end,
    'by', (select pr.name from principal pr where pr.id = su.submitted_by),
    'received_at', turnstone.utc(su.received_at), 'file_name', sr.file_name, 'digest', su.digest,
    'problem', case when su.problem is not null then
        json_build_object('code', coalesce(sr.problem_code, 'failed'), 'message', su.problem) end"""

_SUBMISSION_SOURCE = "submission su left join public.submission_report sr on sr.submission_id = su.id"

_PROGRESS = """(select json_build_object('rows_read', u.rows_read,
        'share_read', case when u.kind <> 'xlsx' then
            round(least(u.bytes_read, u.size) / greatest(u.size, 1)::numeric, 3) end)
    from public.upload u where u.submission_id = su.id and su.status = 'pending')"""


MOST_SHOWN = 100
"""Changes, kinds of errors, and indexes of one kind, that a submission shows."""

_CHANGES = f"""coalesce((
    select json_agg(json_build_object('index', null, 'kpi', k.ref, 'segment', sg.ref, 'period', r.period,
        'basis', s.basis, 'outcome', case when o.state <> 'withdrawn' then 'updated' else 'created' end,
        'old', case when o.state <> 'withdrawn' then {figures_of("o")} end,
        'new', {figures_of("r")}) order by r.id)
    from (select * from measurement_revision r where r.submission_id = su.id and r.act_id is null
          order by r.id limit {MOST_SHOWN}) r
    join public.series s on s.id = r.series_id join segment sg on sg.id = s.segment_id
    join kpi k on k.id = r.kpi_id
    left join measurement_revision o
        on o.series_id = r.series_id and o.ends_on = r.ends_on and o.revision = r.revision - 1
    ), '[]'::json)"""


def merged_errors(source: str, condition: str = "true") -> str:
    """Like errors together, by the row they came first in, of rows ``j``: a JSON array in SQL."""
    return f"""coalesce((
    select json_agg(json_build_object('indexes', e.indexes,
        'places', array_remove(e.places, null), 'count', e.count, 'code', e.code,
        'pointer', e.pointer, 'message', e.message) order by e.first)
    from (select (array_agg(j.row_index order by j.row_index))[1:{MOST_SHOWN}] as indexes,
                 (array_agg(j.place order by j.row_index))[1:{MOST_SHOWN}] as places,
                 count(*) as count, min(j.row_index) as first, j.code, j.pointer, j.message
          from {source} where {condition}
          group by j.code, j.pointer, j.message order by first limit {MOST_SHOWN}) e), '[]'::json)"""


_ERRORS = merged_errors("rejected_row j", "j.submission_id = su.id")
_WARNINGS = f"""coalesce((
    select json_agg(json_build_object('index', w.row_index, 'kpi', k.ref, 'segment', sg.ref,
        'period', w.period, 'basis', w.basis, 'code', w.code, 'message', w.message)
        order by w.row_index, w.code desc)
    from (select * from row_warning w where w.submission_id = su.id
          order by w.row_index, w.code desc limit {MOST_SHOWN}) w
    join kpi k on k.id = w.kpi_id join segment sg on sg.id = w.segment_id), '[]'::json)"""

_SUBMISSION_SORTS = {"received": Sort("su.received_at", "timestamptz")}

SUBMISSIONS = Reading(
    what="submission",
    table="submission",
    alias="su",
    source=_SUBMISSION_SOURCE,
    body=f"json_build_object({_SUBMISSION_BODY})",
    sorts=_SUBMISSION_SORTS,
    default_sort="-received",
    filters={
        "status": sql.one_of("su.status", "status"),
        "mine": "(su.submitted_by = turnstone.principal())::text = any(cast(:mine as text[]))",
        "dry_run": "su.dry_run::text = any(cast(:dry_run as text[]))",
        "digest": "su.digest = any(cast(:digest as text[]))",
    },
)

SUBMISSION = Reading(
    what="submission",
    table="submission",
    alias="su",
    source=_SUBMISSION_SOURCE,
    body=f"""json_build_object({_SUBMISSION_BODY}, 'progress', {_PROGRESS},
        'findings', coalesce(sr.findings, '[]'::jsonb),
        'changes', coalesce(sr.changes::json, {_CHANGES}), 'errors', {_ERRORS}, 'warnings', {_WARNINGS})""",
    sorts=_SUBMISSION_SORTS,
    default_sort="-received",
    ref="su.submission_ref::text",
)

REJECTED_ROWS = Reading(
    what="rejected row",
    table="rejected_row",
    alias="j",
    source="rejected_row j",
    body="""json_build_object('index', j.row_index, 'place', j.place, 'code', j.code, 'pointer', j.pointer,
        'message', j.message, 'row', j.row)""",
    where="j.submission_id = :submission_id",
    sorts={"index": Sort("j.row_index", "integer"), "code": Sort("j.code", "text")},
    default_sort="index",
    filters={"code": sql.one_of("j.code", "code")},
)

TAKING = """
with asked as (select distinct unnest(cast(:refs as text[])) as ref),
found as (
    select a.ref as asked, k.id from asked a
    join kpi k on k.plan_id = :plan and lower(k.ref) = a.ref
    union all
    select a.ref, r.kpi_id from asked a
    join ref_alias r on r.plan_id = :plan and r.kind = 'kpi' and lower(r.ref) = a.ref
    where not exists (select from kpi k where k.plan_id = :plan and lower(k.ref) = a.ref)
)
select f.asked, k.id, k.ref, k.period_type, k.unit, k.kind, k.is_superseded, k.superseded_from,
       (select n.ref from kpi n where n.id = k.superseded_by_id) as successor,
       exists (select from kpi_definition d where d.kpi_id = k.id and num_nonnulls(
           d.plausible_low, d.plausible_high, d.plausible_jump) > 0) as has_plausible_range,
       (select json_object_agg(lower(sg.ref), sg.id order by sg.position) from segment sg
        where sg.kpi_id = k.id) as segments,
       k.plan_id = any((select turnstone.plans_with('measurement:write'))::bigint[])
           or (k.plan_id = any((select turnstone.plans_with('measurement:write_set'))::bigint[])
               and k.id = any((select turnstone.given('kpi'))::bigint[])) as may_write
from found f join kpi k on k.id = f.id
"""
"""What must be known of the KPIs that rows name, by any ref they have or had."""

EVERY_REF = """
select lower(ref) from kpi where plan_id = :plan
union select lower(ref) from ref_alias where plan_id = :plan and kind = 'kpi'
"""
"""Every name by which rows may name a KPI."""

LATE_REVISIONS = Reading(
    what="late revision",
    table="late_revision",
    alias="l",
    source="""(select w.*, 1 as version from late_revision w) l
        join public.series s on s.id = l.series_id join segment sg on sg.id = s.segment_id
        join kpi k on k.id = l.kpi_id
        left join measurement m on m.series_id = l.series_id and m.ends_on = l.ends_on""",
    body=f"""json_build_object('id', l.id, 'kpi', k.ref, 'kpi_title', k.title,
        'measure', {_measure("l.kpi_id")}, 'segment', sg.ref, 'period', l.period,
        'ends_on', l.ends_on, 'basis', s.basis, 'status', l.status,
        'held', case when m.id is not null then {figures_of("m")} end, 'offered', {figures_of("l")},
        'note', l.note, 'source', l.source, 'question', l.question,
        'queued_at', turnstone.utc(l.queued_at),
        'by', (select pr.name from principal pr where pr.id = l.submitted_by),
        'submission', (select su.submission_ref from submission su where su.id = l.submission_id),
        'reason', l.reason, 'decided_by', (select pr.name from principal pr where pr.id = l.decided_by),
        'decided_at', turnstone.utc(l.decided_at))""",
    sorts={
        "queued": Sort("l.queued_at", "timestamptz"),
        "period": Sort("l.ends_on", "date"),
        "kpi": Sort("k.position", "integer"),
    },
    default_sort="queued",
    filters={
        "status": sql.one_of("l.status", "status"),
        "kpi": "lower(k.ref) = any(select lower(unnest(cast(:kpi as text[]))))",
        "feed": """exists (select from feed f where f.id = k.feed_id
            and lower(f.ref) = any(select lower(unnest(cast(:feed as text[])))))""",
        "submission": """l.submission_id in (select su.id from submission su
            where su.submission_ref::text = any(cast(:submission as text[])))""",
    },
)

PERIOD_LOCKS = Reading(
    what="period lock",
    table="period_lock",
    alias="pl",
    source="period_lock pl left join kpi k on k.id = pl.kpi_id",
    body="""json_build_object('id', pl.id, 'kpi', k.ref, 'from', nullif(pl.from_on, date '1900-01-01'),
        'to', pl.to_on, 'is_locked', pl.is_locked, 'reason', pl.reason,
        'by', coalesce(pl.said_by, (select pr.name from principal pr where pr.id = pl.by)),
        'at', turnstone.utc(pl.created_at))""",
    sorts={"set": Sort("pl.id", "bigint"), "to": Sort("pl.to_on", "date")},
    default_sort="-set",
    filters={
        "kpi": """pl.kpi_id is null
            or lower(k.ref) = any(select lower(unnest(cast(:kpi as text[]))))""",
        "is_locked": "pl.is_locked::text = any(cast(:is_locked as text[]))",
    },
)
