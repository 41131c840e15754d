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
    KPI = "kpi"
    FEED = "feed"
    SUBMISSION = "submission"
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
    ChangedKind.KPI: Called("kpi"),
    ChangedKind.FEED: Called("feed"),
    ChangedKind.SUBMISSION: Called(
        "submission",
        ref="h.submission_ref::text",
        title="format('%s values: %s new, %s changed, %s unchanged, %s rejected',"
        " h.received, h.created, h.updated, h.unchanged, h.rejected)",
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
    "kpi_definition": Part("definitions", "{descriptor} {effective_from}", "kpi_id"),
    "target": Part("targets", "{kind} {stage} {value} {lower} {upper} {grade} {text} {due}", "kpi_id"),
    "kpi_recommendation": Part("recommendations", "{recommendation}", "kpi_id"),
    "segment": Part("segments", "{title}", "kpi_id"),
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
