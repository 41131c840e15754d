"""How each kind of item, and each table beneath it, is called in the change record."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChangedKind(StrEnum):
    """The kinds of item a change can be of."""

    PLAN = "plan"
    INSPECTION = "inspection"
    THEME = "theme"
    PARTY = "party"
    RECOMMENDATION = "recommendation"
    ACTION = "action"
    CHECK = "check"
    AUDIT = "audit"
    AUDIT_TEMPLATE = "audit_template"
    AUDIT_MEASURE = "audit_measure"
    WINDSCREEN_POSITION = "windscreen_position"
    KPI = "kpi"
    FEED = "feed"
    SUBMISSION = "submission"
    VALUE_ACT = "value_act"
    PERIOD_LOCK = "period_lock"
    NARRATIVE = "narrative"
    RISK = "risk"
    ESCALATION = "escalation"
    LADDER = "ladder"
    MEMBERSHIP = "membership"
    DEPUTY = "deputy"
    IMPORTED_DOCUMENT = "imported_document"


class TimelineKind(StrEnum):
    """The kinds of item that have a ref, and so an address for their history."""

    PLAN = "plan"
    INSPECTION = "inspection"
    THEME = "theme"
    PARTY = "party"
    RECOMMENDATION = "recommendation"
    ACTION = "action"
    CHECK = "check"
    AUDIT = "audit"
    AUDIT_TEMPLATE = "audit_template"
    KPI = "kpi"
    FEED = "feed"
    RISK = "risk"
    ESCALATION = "escalation"


@dataclass(frozen=True)
class Called:
    """Where a kind's rows are, and SQL of its ref and title over a row ``h`` of its history."""

    table: str
    ref: str = "h.ref"
    title: str = "h.title"


_NAME_OF = "(select p.name from principal p where p.id = {})"
CALLED: dict[ChangedKind, Called] = {
    ChangedKind.PLAN: Called("plan"),
    ChangedKind.INSPECTION: Called("inspection", title="coalesce(h.title, h.framework)"),
    ChangedKind.THEME: Called("theme"),
    ChangedKind.PARTY: Called("party", title="h.name"),
    ChangedKind.RECOMMENDATION: Called("recommendation", title="coalesce(h.label, h.text)"),
    ChangedKind.ACTION: Called("action"),
    ChangedKind.CHECK: Called("assurance_check"),
    ChangedKind.AUDIT: Called("audit", title="h.month"),
    ChangedKind.AUDIT_TEMPLATE: Called("audit_template"),
    ChangedKind.AUDIT_MEASURE: Called(
        "audit_measure",
        ref="(select k.ref from kpi k where k.id = h.kpi_id)",
        title="concat_ws(', ', h.domain, h.statistic)",
    ),
    ChangedKind.WINDSCREEN_POSITION: Called(
        "windscreen_position", ref="null::text", title="replace(h.grade, '_', ' ')"
    ),
    ChangedKind.KPI: Called("kpi"),
    ChangedKind.FEED: Called("feed"),
    ChangedKind.SUBMISSION: Called(
        "submission",
        ref="h.submission_ref::text",
        title="format('%s values: %s new, %s changed, %s unchanged, %s rejected',"
        " h.received, h.created, h.updated, h.unchanged, h.rejected)",
    ),
    ChangedKind.VALUE_ACT: Called(
        "value_act",
        ref="null::text",
        title="concat_ws(': ', format('%s values %s', h.count, replace(h.kind, '_', ' ')), h.words)",
    ),
    ChangedKind.PERIOD_LOCK: Called(
        "period_lock",
        ref="null::text",
        title="format('Periods to %s %s: %s', h.to_on,"
        " case when h.is_locked then 'locked' else 'reopened' end, h.reason)",
    ),
    ChangedKind.NARRATIVE: Called("narrative", ref="null::text", title="h.text"),
    ChangedKind.RISK: Called("risk"),
    ChangedKind.ESCALATION: Called("escalation"),
    ChangedKind.LADDER: Called("ladder"),
    ChangedKind.MEMBERSHIP: Called(
        "membership",
        ref="null::text",
        title=f"concat_ws(', ', {_NAME_OF.format('h.principal_id')}, replace(h.role, '_', ' '))",
    ),
    ChangedKind.DEPUTY: Called(
        "deputy",
        ref="null::text",
        title=f"concat_ws(' for ', {_NAME_OF.format('h.deputy_id')}, {_NAME_OF.format('h.user_id')})",
    ),
    ChangedKind.IMPORTED_DOCUMENT: Called(
        "imported_document", ref="null::text", title="'Plan document imported'"
    ),
}


@dataclass(frozen=True)
class Part:
    """Rows that people see as part of an item.

    ``field`` is the item's field they make up; ``shown`` says a row in words, over its readable
    columns; ``owner`` is the column that names the item, which goes without saying.
    """

    field: str
    shown: str
    owner: str | None = None


PARTS: dict[str, Part] = {
    "status_word": Part("status_words", "{word}"),
    "colour_meaning": Part("colour_key", "{colour}"),
    "stated_total": Part("stated_totals", "{label}"),
    "board": Part("boards", "{name}"),
    "impact_statement": Part("impact_statements", "{topic}"),
    "judgement": Part("judgements", "{area}: {grade}", "inspection_id"),
    "finding": Part("findings", "{ref}", "inspection_id"),
    "theme_link": Part("themes", "{tag}"),
    "item_lead": Part("leads", "{party}"),
    "cross_reference": Part("cross_references", "{text}"),
    "source_note": Part("doubts", "{text}"),
    "recommendation_part": Part("parts", "{ref}: {text}", "recommendation_id"),
    "inspection_reference": Part(
        "inspection_references", "{inspection} {finding} {page} {paragraphs} {text}", "recommendation_id"
    ),
    "action_recommendation": Part("recommendations", "{recommendation}", "action_id"),
    "action_kpi": Part("kpis", "{kpi}", "action_id"),
    "milestone": Part("milestones", "{title}", "action_id"),
    "slip": Part("slips", "{from_due} → {to_due}: {reason}", "action_id"),
    "dimension_record": Part("dimensions", "{dimension}: {answer}", "action_id"),
    "check_result": Part("results", "{found_on}: {result}", "check_id"),
    "audit_edition": Part("editions", "{number}", "template_id"),
    "audit_domain": Part("domains", "{title}", "template_id"),
    "audit_band": Part("bands", "{title}", "template_id"),
    "audit_score": Part(
        "marks", "{domain}: {before_grade} {before_score} {after_grade} {after_score}", "audit_id"
    ),
    "kpi_definition": Part("definitions", "{descriptor} {effective_from}", "kpi_id"),
    "target": Part("targets", "{kind} {stage} {value} {lower} {upper} {grade} {text} {due}", "kpi_id"),
    "kpi_recommendation": Part("recommendations", "{recommendation}", "kpi_id"),
    "segment": Part("segments", "{title}", "kpi_id"),
    "kpi_benchmark": Part("benchmarks", "{dataset} {indicator}", "kpi_id"),
    "rebase": Part("rebases", "{from_period}, {state}: {reason}", "kpi_id"),
    "narrative_about": Part("about", "{about}", "narrative_id"),
    "risk_control": Part("controls", "{text}", "risk_id"),
    "risk_action": Part("actions", "{action}", "risk_id"),
    "ladder_stage": Part("stages", "{title}", "ladder_id"),
    "escalation_event": Part("events", "{kind}: {text}", "escalation_id"),
    "membership_item": Part("items", "{about}", "membership_id"),
}

UNSHOWN = frozenset({"ref_alias", "imported_document"})
"""Tables whose rows say nothing that the item's own fields do not."""
