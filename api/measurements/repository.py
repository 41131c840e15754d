"""How values, their revisions and submissions are read, in SQL."""

from __future__ import annotations

from api.core import fragments as sql
from api.core.reading import Reading, Sort

_BY = "(select pr.name from principal pr where pr.id = {alias}.submitted_by)"
_SUBMISSION = "(select su.submission_ref from submission su where su.id = {alias}.submission_id)"


def _value(alias: str) -> str:
    return f"""'kpi', (select k.ref from kpi k where k.id = {alias}.kpi_id), 'segment', sg.ref,
    'period', {alias}.period, 'starts_on', {alias}.starts_on, 'ends_on', {alias}.ends_on, 'basis', s.basis,
    'state', {alias}.state, 'value', trim_scale({alias}.value), 'grade', {alias}.grade,
    'numerator', trim_scale({alias}.numerator), 'denominator', trim_scale({alias}.denominator),
    'note', {alias}.note, 'source', {alias}.source, 'external_reference', {alias}.external_reference,
    'workflow', {alias}.workflow, 'revision', {alias}.revision, 'reason', {alias}.reason,
    'known_from', turnstone.utc({alias}.known_from),
    'by', {_BY.format(alias=alias)}, 'submission', {_SUBMISSION.format(alias=alias)}"""


# Which series is which never changes, so the past reads it from the present, where no facts need
# be computed for it.
_OF_SERIES = "join public.series s on s.id = {alias}.series_id join segment sg on sg.id = s.segment_id"

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
    body=f"json_build_object({_value('m')})",
    where="s.kpi_id = :kpi_id",
    sorts=_VALUE_SORTS,
    default_sort="period,segment,basis",
    filters={
        "segment": "lower(sg.ref) = any(select lower(unnest(cast(:segment as text[]))))",
        "basis": sql.one_of("s.basis", "basis"),
        "from": "m.ends_on >= cast((cast(:from as text[]))[1] as date)",
        "to": "m.ends_on <= cast((cast(:to as text[]))[1] as date)",
        "workflow": sql.one_of("m.workflow", "workflow"),
    },
)

MEASUREMENT = Reading(
    what="value",
    table="measurement_revision",
    alias="m",
    source=MEASUREMENTS.source,
    body=MEASUREMENTS.body,
    where="s.kpi_id = :kpi_id and lower(sg.ref) = lower(:segment) and s.basis = :basis",
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
    where="""s.kpi_id = :kpi_id and lower(sg.ref) = lower(:segment) and m.period = :period
        and m.known_from <= coalesce(turnstone.as_of(), 'infinity'::timestamptz)""",
    sorts={"revision": Sort("m.revision", "integer"), "basis": Sort("s.basis", "text")},
    default_sort="basis,-revision",
    filters={"basis": sql.one_of("s.basis", "basis")},
)

_SUBMISSION_BODY = """'submission', su.submission_ref, 'door', su.door, 'status', su.status,
    'mode', su.mode, 'dry_run', su.dry_run, 'source', su.source,
    'external_reference', su.external_reference, 'received', su.received, 'created', su.created,
    'updated', su.updated, 'unchanged', su.unchanged, 'queued', su.queued, 'rejected', su.rejected,
    'by', (select pr.name from principal pr where pr.id = su.submitted_by),
    'received_at', turnstone.utc(su.received_at), 'file_name', sr.file_name, 'digest', su.digest,
    'repeats', (select e.submission_ref from submission e
                where e.plan_id = su.plan_id and e.digest = su.digest and e.id < su.id and e.status = 'stored'
                order by e.id desc limit 1),
    'problem', case when su.problem is not null then
        json_build_object('code', coalesce(sr.problem_code, 'failed'), 'message', su.problem) end"""

_SUBMISSION_SOURCE = "submission su left join public.submission_report sr on sr.submission_id = su.id"

_PROGRESS = """(select json_build_object('rows_read', u.rows_read,
        'share_read', case when u.kind <> 'xlsx' then
            round(least(u.bytes_read, u.size) / greatest(u.size, 1)::numeric, 3) end)
    from public.upload u where u.submission_id = su.id and su.status = 'pending')"""


def _figures(alias: str) -> str:
    return f"""json_build_object('state', {alias}.state, 'value', trim_scale({alias}.value),
        'grade', {alias}.grade, 'numerator', trim_scale({alias}.numerator),
        'denominator', trim_scale({alias}.denominator))"""


MOST_SHOWN = 100
"""Changes, kinds of errors, and indexes of one kind, that a submission shows."""

_CHANGES = f"""coalesce((
    select json_agg(json_build_object('index', null, 'kpi', k.ref, 'segment', sg.ref, 'period', r.period,
        'basis', s.basis, 'old', case when o.id is not null then {_figures("o")} end,
        'new', {_figures("r")}) order by r.id)
    from (select * from measurement_revision r where r.submission_id = su.id
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
        'changes', coalesce(sr.changes::json, {_CHANGES}), 'errors', {_ERRORS})""",
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
       (select json_object_agg(lower(sg.ref), sg.id order by sg.position) from segment sg
        where sg.kpi_id = k.id) as segments,
       k.plan_id = any((select turnstone.plans_with('measurement:write'))::bigint[])
           or (k.plan_id = any((select turnstone.plans_with('measurement:write_set'))::bigint[])
               and k.id = any((select turnstone.given('kpi'))::bigint[])) as may_write
from found f join kpi k on k.id = f.id
"""
"""What must be known of the KPIs that rows name, by any ref they have or had."""
