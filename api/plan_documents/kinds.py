"""The one declaration of how a plan document lies in the database, in the order things are written."""

from __future__ import annotations

from api.actions import tables as actions
from api.assurance import tables as assurance
from api.kpis import tables as kpis
from api.narratives import tables as narratives
from api.plan_documents import document as doc
from api.plan_documents.layout import (
    AboutRow,
    Arc,
    Child,
    Dated,
    FindingOf,
    Group,
    Kind,
    Link,
    One,
    Plain,
    Superseded,
    Towards,
    lay_out,
)
from api.plans import tables as plans
from api.recommendations import tables as recommendations
from api.risks import tables as risks
from api.source_notes import tables as source_notes

_LEAD = lay_out(doc.Lead, plans.ItemLead, party=One("party", "party_id"))


def _leads(owner: str, field: str = "leads") -> Child:
    return Child(
        field,
        _LEAD,
        owner,
        identity=("party_id",),
        belongs=lambda row: row["kpi_recommendation_id"] is None,
    )


def _themes(owner: str) -> Child:
    return Child("themes", Link("theme", plans.ThemeLink, "tag_id"), owner, identity=("tag_id",))


def _score(name: str) -> Group:
    columns = {"level": "level", "likelihood": "likelihood", "impact": "impact", "as_printed": "text"}
    return Group(doc.RiskScore, {own: f"{name}_{column}" for own, column in columns.items()})


PLAN = Kind(
    "plan",
    "plan",
    lay_out(
        doc.Plan,
        plans.Plan,
        authority=None,
        version=Plain("edition"),
        figures_as_at=Dated("figures"),
        intervention=Group(
            doc.Intervention,
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
        Child("status_words", lay_out(doc.StatusWord, plans.StatusWord), "plan_id", identity=("word",)),
        Child("colour_key", lay_out(doc.ColourMeaning, plans.ColourMeaning), "plan_id", identity=("colour",)),
        Child("stated_totals", lay_out(doc.StatedTotal, plans.StatedTotal), "plan_id"),
        Child("boards", lay_out(doc.Board, plans.Board), "plan_id"),
        Child("impact_statements", lay_out(doc.Statement, plans.ImpactStatement), "plan_id"),
    ),
)
"""Its authority belongs to no plan, and is found or made apart."""

INSPECTION = Kind(
    "inspection",
    "inspections",
    lay_out(doc.Inspection, plans.Inspection, judgements=None, findings=None),
    (
        Child("judgements", lay_out(doc.Judgement, plans.Judgement), "inspection_id"),
        Child(
            "findings",
            lay_out(doc.Finding, plans.Finding),
            "inspection_id",
            identity=("ref",),
            names="finding",
        ),
    ),
)

PARTY = Kind("party", "parties", lay_out(doc.Party, plans.Party))

THEME = Kind("theme", "themes", lay_out(doc.Theme, plans.Theme))

RECOMMENDATION = Kind(
    "recommendation",
    "recommendations",
    lay_out(
        doc.Recommendation,
        recommendations.Recommendation,
        response=Group(doc.Response, {"decision": "response", "reason": "response_reason"}),
        parts=None,
        inspection_references=None,
        leads=None,
        themes=None,
    ),
    (
        Child(
            "parts",
            lay_out(doc.RecommendationPart, recommendations.RecommendationPart),
            "recommendation_id",
        ),
        Child(
            "inspection_references",
            lay_out(
                doc.InspectionReference,
                recommendations.InspectionReference,
                inspection=One("inspection", "inspection_id"),
                finding=FindingOf(),
            ),
            "recommendation_id",
        ),
        _leads("recommendation_id"),
        _themes("recommendation_id"),
    ),
)

KPI = Kind(
    "kpi",
    "kpis",
    lay_out(
        doc.Kpi,
        kpis.Kpi,
        parent=One("kpi", "parent_id"),
        superseded=Superseded(),
        leads=None,
        themes=None,
        recommendations=None,
        segments=None,
        definitions=None,
        targets=None,
    ),
    (
        _leads("kpi_id"),
        _themes("kpi_id"),
        Child(
            "recommendations",
            lay_out(
                doc.KpiRecommendation,
                kpis.KpiRecommendation,
                recommendation=One("recommendation", "recommendation_id"),
                leads=None,
            ),
            "kpi_id",
            identity=("recommendation_id",),
            children=(
                Child(
                    "leads",
                    _LEAD,
                    "kpi_recommendation_id",
                    identity=("party_id",),
                    copies={"kpi_id": "kpi_id"},
                ),
            ),
        ),
        Child(
            "segments",
            lay_out(doc.Segment, kpis.Segment),
            "kpi_id",
            identity=("ref",),
            belongs=lambda row: row["ref"] != kpis.ALL,
            first=1,
            names="segment",
        ),
        Child("definitions", lay_out(doc.Definition, kpis.KpiDefinition), "kpi_id"),
        Child("targets", lay_out(doc.Target, kpis.Target), "kpi_id"),
    ),
)

ACTION = Kind(
    "action",
    "actions",
    lay_out(
        doc.Action,
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
        _themes("action_id"),
        _leads("action_id"),
        Child("milestones", lay_out(doc.Milestone, actions.Milestone), "action_id"),
        Child("slips", lay_out(doc.Slip, actions.Slip), "action_id", never_edited=True),
        Child("dimensions", lay_out(doc.DimensionRecord, actions.DimensionRecord), "action_id"),
        Child(
            "cross_references",
            lay_out(doc.CrossReference, plans.CrossReference, to=Towards()),
            "action_id",
        ),
    ),
)

RISK = Kind(
    "risk",
    "risks",
    lay_out(
        doc.Risk,
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
        Child("controls", lay_out(doc.Control, risks.RiskControl, owner=One("party", "owner_id")), "risk_id"),
        _leads("risk_id", "owners"),
        Child("actions", Link("action", risks.RiskAction, "action_id"), "risk_id", identity=("action_id",)),
        _themes("risk_id"),
    ),
)

CHECK = Kind(
    "check",
    "checks",
    lay_out(doc.Check, assurance.AssuranceCheck, about=Arc(), owners=None, results=None),
    (
        _leads("check_id", "owners"),
        Child(
            "results",
            lay_out(doc.CheckResult, assurance.CheckResult, on=Plain("found_on"), by=Plain("found_by")),
            "check_id",
        ),
    ),
)

NARRATIVE = Kind(
    "narrative",
    "narratives",
    lay_out(doc.Narrative, narratives.Narrative, about=None),
    (Child("about", AboutRow(narratives.NarrativeAbout), "narrative_id"),),
)

SOURCE_NOTE = Kind(
    "source_note", "source_notes", lay_out(doc.SourceNote, source_notes.SourceNote, about=Arc())
)

KINDS = (
    INSPECTION,
    PARTY,
    THEME,
    RECOMMENDATION,
    KPI,
    ACTION,
    RISK,
    CHECK,
    NARRATIVE,
    SOURCE_NOTE,
)
"""Every kind but the plan itself and its measurements, which go through the one pipeline for values."""
