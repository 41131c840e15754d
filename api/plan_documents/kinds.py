"""The one declaration of how a plan document lies in the database, in the order things are written."""

from __future__ import annotations

from api.actions import tables as actions
from api.assurance import tables as assurance
from api.narratives import tables as narratives
from api.plan_documents.audit_kinds import AUDIT, AUDIT_MEASURE, AUDIT_TEMPLATE, WINDSCREEN_POSITION
from api.plan_documents.kpi_kinds import FEED, KPI, PERIOD_LOCK
from api.plan_documents.layout import AboutRow, Child, Kind, Link, lay_out
from api.plan_documents.led_kinds import leads, themes
from api.plan_documents.parts import plan as head
from api.plan_documents.parts import work
from api.plan_documents.slots import Arc, Dated, Group, One, Plain, Towards, Within
from api.plans import tables as plans
from api.recommendations import tables as recommendations
from api.risks import tables as risks
from api.source_notes import tables as source_notes


def _score(name: str) -> Group:
    columns = {"level": "level", "likelihood": "likelihood", "impact": "impact", "as_printed": "text"}
    return Group(work.RiskScore, {own: f"{name}_{column}" for own, column in columns.items()})


PLAN = Kind(
    "plan",
    "plan",
    lay_out(
        head.Plan,
        plans.Plan,
        authority=None,
        version=Plain("edition"),
        figures_as_at=Dated("figures"),
        intervention=Group(
            head.Intervention,
            {
                "type": "intervention_type",
                "issued_on": "intervention_issued_on",
                "lifted_on": "intervention_lifted_on",
                "adviser": "intervention_adviser",
                "independent_chair": "intervention_chair",
            },
        ),
        status_words=None,
        colour_key=None,
        stated_totals=None,
        boards=None,
        impact_statements=None,
    ),
    (
        Child("status_words", lay_out(head.StatusWord, plans.StatusWord), "plan_id", identity=("word",)),
        Child(
            "colour_key", lay_out(head.ColourMeaning, plans.ColourMeaning), "plan_id", identity=("colour",)
        ),
        Child("stated_totals", lay_out(head.StatedTotal, plans.StatedTotal), "plan_id"),
        Child("boards", lay_out(head.Board, plans.Board), "plan_id"),
        Child("impact_statements", lay_out(head.Statement, plans.ImpactStatement), "plan_id"),
    ),
)
"""Its authority belongs to no plan, and is found or made apart."""

INSPECTION = Kind(
    "inspection",
    "inspections",
    lay_out(head.Inspection, plans.Inspection, judgements=None, findings=None),
    (
        Child("judgements", lay_out(head.Judgement, plans.Judgement), "inspection_id"),
        Child(
            "findings",
            lay_out(head.Finding, plans.Finding),
            "inspection_id",
            identity=("ref",),
            names="finding",
        ),
    ),
)

PARTY = Kind("party", "parties", lay_out(head.Party, plans.Party))

THEME = Kind("theme", "themes", lay_out(head.Theme, plans.Theme))

RECOMMENDATION = Kind(
    "recommendation",
    "recommendations",
    lay_out(
        work.Recommendation,
        recommendations.Recommendation,
        response=Group(work.Response, {"decision": "response", "reason": "response_reason"}),
        parts=None,
        inspection_references=None,
        leads=None,
        themes=None,
    ),
    (
        Child(
            "parts",
            lay_out(work.RecommendationPart, recommendations.RecommendationPart),
            "recommendation_id",
        ),
        Child(
            "inspection_references",
            lay_out(
                work.InspectionReference,
                recommendations.InspectionReference,
                inspection=One("inspection", "inspection_id"),
                finding=Within("finding", "finding_id", lambda part, _: (part.inspection or "",)),
            ),
            "recommendation_id",
        ),
        leads("recommendation_id"),
        themes("recommendation_id"),
    ),
)

ACTION = Kind(
    "action",
    "actions",
    lay_out(
        work.Action,
        actions.Action,
        parent=One("action", "parent_id"),
        recommendations=None,
        themes=None,
        kpis=None,
        leads=None,
        milestones=None,
        slips=None,
        dimensions=None,
        cross_references=None,
    ),
    (
        Child(
            "recommendations",
            Link("recommendation", actions.ActionRecommendation, "recommendation_id"),
            "action_id",
            identity=("recommendation_id",),
        ),
        Child("kpis", Link("kpi", actions.ActionKpi, "kpi_id"), "action_id", identity=("kpi_id",)),
        themes("action_id"),
        leads("action_id"),
        Child("milestones", lay_out(work.Milestone, actions.Milestone), "action_id"),
        Child("slips", lay_out(work.Slip, actions.Slip), "action_id", never_edited=True),
        Child("dimensions", lay_out(work.DimensionRecord, actions.DimensionRecord), "action_id"),
        Child(
            "cross_references",
            lay_out(work.CrossReference, plans.CrossReference, to=Towards()),
            "action_id",
        ),
    ),
)

RISK = Kind(
    "risk",
    "risks",
    lay_out(
        work.Risk,
        risks.Risk,
        current=_score("current"),
        residual=_score("residual"),
        target=_score("target"),
        controls=None,
        owners=None,
        actions=None,
        themes=None,
    ),
    (
        Child(
            "controls", lay_out(work.Control, risks.RiskControl, owner=One("party", "owner_id")), "risk_id"
        ),
        leads("risk_id", "owners"),
        Child("actions", Link("action", risks.RiskAction, "action_id"), "risk_id", identity=("action_id",)),
        themes("risk_id"),
    ),
)

CHECK = Kind(
    "check",
    "checks",
    lay_out(work.Check, assurance.AssuranceCheck, about=Arc(), owners=None, results=None),
    (
        leads("check_id", "owners"),
        Child(
            "results",
            lay_out(work.CheckResult, assurance.CheckResult, on=Plain("found_on"), by=Plain("found_by")),
            "check_id",
        ),
    ),
)

NARRATIVE = Kind(
    "narrative",
    "narratives",
    lay_out(work.Narrative, narratives.Narrative, about=None),
    (Child("about", AboutRow(narratives.NarrativeAbout), "narrative_id"),),
)

SOURCE_NOTE = Kind(
    "source_note", "source_notes", lay_out(work.SourceNote, source_notes.SourceNote, about=Arc())
)

KINDS = (
    INSPECTION,
    PARTY,
    THEME,
    RECOMMENDATION,
    FEED,
    KPI,
    ACTION,
    RISK,
    CHECK,
    NARRATIVE,
    SOURCE_NOTE,
    AUDIT_TEMPLATE,
    AUDIT_MEASURE,
    WINDSCREEN_POSITION,
    AUDIT,
    PERIOD_LOCK,
)
"""Every kind but the plan itself; its measurements, which go through the one pipeline for values; and the
datasets its KPIs are set against, which belong to no plan."""
