"""How assurance checks are read, in SQL."""

from __future__ import annotations

from api.assurance.rules import EVIDENCE_OF, OutcomeEvidence
from api.core import fragments as sql
from api.core.reading import Reading, Sort
from api.narratives.about import about_item, is_about

_RESULT = "json_build_object('on', x.found_on, 'result', x.result, 'evidence', x.evidence, 'by', x.found_by)"
_LATEST = "order by x.found_on desc, x.position desc limit 1"

OUTCOME = f"""coalesce((select case x.result {
    " ".join(f"when '{result.value}' then '{says.value}'" for result, says in EVIDENCE_OF.items())
} end from check_result x where x.check_id = c.id {_LATEST}), '{OutcomeEvidence.NOT_CHECKED.value}')"""
"""The SQL twin of ``api.assurance.rules.outcome_evidenced``; a test holds the two equal."""

OVERDUE = """(not c.due_ongoing and c.due_on < cast(:clock as date)
    and not exists (select from check_result x where x.check_id = c.id))"""

SUMMARY = f"""json_build_object(
    'ref', c.ref, 'version', c.version, 'about', {about_item("c")}, 'title', c.title, 'kind', c.kind,
    'owners', {sql.leads("check_id", "c.id")}, 'due', {sql.fuzzy("c", "due")}, 'recurrence', c.recurrence,
    'is_overdue', coalesce({OVERDUE}, false),
    'result_count', (select count(*) from check_result x where x.check_id = c.id),
    'latest_result', (select {_RESULT} from check_result x where x.check_id = c.id {_LATEST}),
    'outcome_evidenced', {OUTCOME}, 'doubts', {sql.source_notes("check_id", "c.id")})"""

_MAY_EDIT = "c.plan_id = any((select turnstone.plans_with('check:write'))::bigint[])"

WHOLE = f"""({SUMMARY})::jsonb || jsonb_build_object(
    'results', coalesce((select json_agg({_RESULT} order by x.found_on desc, x.position desc)
        from check_result x where x.check_id = c.id), '[]'::json),
    'updated_at', turnstone.utc(c.updated_at),
    'may_edit', {_MAY_EDIT},
    'may_record', {_MAY_EDIT}
        or (c.plan_id = any((select turnstone.plans_with('check:write_led'))::bigint[])
            and c.id = any((select turnstone.led('check'))::bigint[])))"""

_SORTS = {
    "position": Sort("c.position", "integer"),
    "ref": Sort("lower(c.ref)", "text"),
    "due": Sort("c.due_on", "date"),
    "updated": Sort("c.updated_at", "timestamptz"),
}

CHECKS = Reading(
    what="check",
    table="assurance_check",
    alias="c",
    source="assurance_check c",
    body=SUMMARY,
    sorts=_SORTS,
    default_sort="position",
    alias_kind="check",
    filters={
        "about": is_about("c"),
        "kind": sql.one_of("c.kind", "kind"),
        "owner": sql.led_by("check_id", "c.id").replace(":lead", ":owner"),
        "outcome": sql.one_of(OUTCOME, "outcome"),
        "overdue": f"coalesce({OVERDUE}, false)::text = any(cast(:overdue as text[]))",
        "mine": "(c.id = any((select turnstone.led('check'))::bigint[]))::text = any(cast(:mine as text[]))",
        "q": sql.searched("c.ref", "c.title"),
    },
)

CHECK = Reading(
    what="check",
    table="assurance_check",
    alias="c",
    source="assurance_check c",
    body=WHOLE,
    sorts=_SORTS,
    default_sort="position",
    alias_kind="check",
)
