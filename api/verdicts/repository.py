"""How verdicts and rebases are read, in SQL."""

from __future__ import annotations

from dataclasses import replace

from api.core import fragments as sql
from api.core.reading import Reading, Sort
from api.kpis.repository import told_whole

_SERIES_OF = """from public.series s join segment sg on sg.id = s.segment_id
    left join verdict v on v.series_id = s.id
    where s.kpi_id = :kpi_id and exists (select from measurement m where m.series_id = s.id)"""
"""Those with values. Which series is which never changes; what is known of them may be of the past."""

SERIES = f"""
select s.id, sg.ref as segment, s.basis,
    case when v.variation is not null then v.body || jsonb_build_object('marks', v.marks) end as verdict,
    coalesce(v.is_pending, true) as is_pending, turnstone.utc(v.judged_at) as judged_at,
    coalesce((select f.points from series f where f.id = s.id), '[]'::jsonb) as points
{_SERIES_OF}
order by sg.position, sg.id, s.basis
"""

EARLIER = Reading(
    what="earlier verdict",
    table="earlier_verdict",
    alias="e",
    source="""earlier_verdict e join public.series s on s.id = e.series_id
        join segment sg on sg.id = s.segment_id""",
    body=f"""json_build_object('segment', sg.ref, 'basis', s.basis, 'because', e.because,
        'at', turnstone.utc(e.at), 'reason', {told_whole("e", "e.reason")},
        'by', {told_whole("e", "(select pr.name from principal pr where pr.id = e.by)")},
        'verdict', e.body, 'on', (e.at at time zone 'Europe/London')::date)""",
    where="e.kpi_id = :kpi_id",
    sorts={"at": Sort("e.at", "timestamptz")},
    default_sort="-at",
    filters={
        "segment": "lower(sg.ref) = any(select lower(unnest(cast(:segment as text[]))))",
        "basis": sql.one_of("s.basis", "basis"),
    },
)
"""``on`` is the day in London on which it was last said, and so the day it reads as of."""


def _name(words: str, column: str) -> str:
    name = f"coalesce(r.{words}, (select pr.name from principal pr where pr.id = r.{column}))"
    return told_whole("r", name)


REBASE = Reading(
    what="rebase",
    table="rebase",
    alias="r",
    source="rebase r",
    body=f"""json_build_object('number', r.number, 'version', r.version,
        'kpi', (select k.ref from kpi k where k.id = r.kpi_id), 'from_period', r.from_period,
        'segment', (select sg.ref from segment sg where sg.id = r.segment_id), 'basis', r.basis,
        'reason', {told_whole("r", "r.reason")}, 'state', r.state,
        'proposed_by', {_name("proposer", "proposed_by")}, 'proposed_at', turnstone.utc(r.created_at),
        'decided_by', {_name("decider", "decided_by")},
        'decided_at', turnstone.utc(r.decided_at), 'decision_note', {told_whole("r", "r.decision_note")},
        'may_agree', r.state = 'proposed' and coalesce(r.proposed_by <> (select turnstone.principal()), false)
            and r.plan_id = any((select turnstone.plans_with('kpi:update'))::bigint[]))""",
    where="r.kpi_id = :kpi_id",
    ref="r.number::text",
    sorts={"number": Sort("r.number", "integer"), "from": Sort("r.from_on", "date")},
    default_sort="-number",
    filters={"state": "r.state = any(cast(:state as text[]))"},
)

REBASE_BY_ID = replace(REBASE, where="")
"""The same, where the KPI is not asked for."""
