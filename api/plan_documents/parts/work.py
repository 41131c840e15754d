"""What is to be done, checked, told and minded: recommendations, actions, checks, words and risks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api import vocabulary as terms
from api.core.fuzzy import Fuzzy
from api.core.shapes import Day
from api.plan_documents.parts.basics import About, Leads, Line, Part, Ref, Text


class InspectionReference(Part):
    inspection: Ref | None = None
    finding: Ref | None = None
    page: Line | None = None
    paragraphs: Line | None = None
    text: Line | None = None


class RecommendationPart(Part):
    ref: Line
    text: Text


class Response(Part):
    decision: terms.ResponseDecision
    reason: Text | None = None


class Recommendation(Part):
    ref: Ref
    source_ref: Line | None = None
    text: Text
    label: Line | None = None
    parts: list[RecommendationPart] = []
    origin: terms.Origin
    inspection_references: list[InspectionReference] = []
    response: Response | None = None
    leads: Leads = []
    themes: list[Ref] = []
    outcome: Text | None = None
    """What will be better for children when this is met."""
    status: terms.RecommendationStatus
    status_note: Text | None = None
    """For business as usual: where it now lives, and the closing statement."""
    rating: terms.Rating | None = None
    rating_reason: Line | None = None
    confidence: terms.Confidence | None = None
    assured_rating: terms.Rating | None = None
    no_kpis_reason: Line | None = None
    """"No indicator, by decision" is an answer, and this is it."""


class CrossReference(Part):
    text: Line
    to: About | None = None
    """Null where the target is lost or lies outside the plan."""


class DimensionRecord(Part):
    dimension: terms.Dimension
    answer: terms.DimensionAnswer
    text: Text | None = None


class Milestone(Part):
    title: Line
    due: Fuzzy | None = None
    done_on: Day | None = None


class Slip(Part):
    """A due date that moved: dates never vanish."""

    from_due: Fuzzy | None = None
    to_due: Fuzzy
    reason: Text
    agreed_on: Day | None = None
    approved_by: Line | None = None


class Action(Part):
    ref: Ref
    source_ref: Line | None = None
    title: Text
    parent: Ref | None = None
    recommendations: list[Ref] = []
    recommendation_inferred: bool = False
    """The tie to the recommendation is read from layout or shading, not stated."""
    themes: list[Ref] = []
    kpis: list[Ref] = []
    group_heading: Line | None = None
    points: list[Text] = []
    leads: Leads = []
    supports: list[Line] = []
    success_test: Text | None = None
    start: Fuzzy | None = None
    due: Fuzzy | None = None
    """The last agreed due date."""
    original_due: Fuzzy | None = None
    """Left out: the same as ``due``."""
    due_means: terms.DueMeans = terms.DueMeans.FINISH
    recurrence: Line | None = None
    milestones: list[Milestone] = []
    slips: list[Slip] = []
    status: terms.ActionStatus
    status_word: Line | None = None
    """The source's own word, where it differs from the plan's word for the status."""
    completed_on: Day | None = None
    rating: terms.Rating | None = None
    rating_reason: Line | None = None
    confidence: terms.Confidence | None = None
    assured_rating: terms.Rating | None = None
    dimension: terms.Dimension | None = None
    dimensions: list[DimensionRecord] = []
    """What the source says under each dimension of this action, sub-actions aside."""
    cost_note: Line | None = None
    cross_references: list[CrossReference] = []
    assurance_required: bool = False


class CheckResult(Part):
    on: Day
    result: terms.CheckResultKind
    evidence: Text | None = None
    by: Line | None = None


class Check(Part):
    """A check that work did what it was for ("closing the loop")."""

    ref: Ref
    about: About
    title: Text
    kind: terms.CheckKind
    owners: Leads = []
    due: Fuzzy | None = None
    recurrence: Line | None = None
    results: list[CheckResult] = []


class Narrative(Part):
    about: Annotated[list[About], Field(min_length=1)]
    """One paragraph may be about several items."""
    kind: terms.NarrativeKind
    text: Text
    on: Fuzzy | None = None
    period: Line | None = None
    """For commentary on a KPI: the period it explains."""
    source_ref: Line | None = None
    by: Line | None = None
    for_whom: Line | None = None
    rating: terms.Rating | None = None
    confidence: terms.Confidence | None = None
    cause: Text | None = None
    recovery: Text | None = None
    recovery_due: Fuzzy | None = None


class RiskScore(Part):
    level: terms.RiskLevel | None = None
    likelihood: Annotated[int, Field(ge=1, le=5)] | None = None
    impact: Annotated[int, Field(ge=1, le=5)] | None = None
    as_printed: Line | None = None


class Control(Part):
    text: Text
    state: terms.ControlState = terms.ControlState.IN_PLACE
    owner: Ref | None = None


class Risk(Part):
    ref: Ref
    source_ref: Line | None = None
    title: Text
    cause: Text | None = None
    effect: Text | None = None
    current: RiskScore | None = None
    residual: RiskScore | None = None
    target: RiskScore | None = None
    controls: list[Control] = []
    owners: Leads = []
    actions: list[Ref] = []
    themes: list[Ref] = []
    review_on: Day | None = None


class SourceNote(Part):
    """A doubt to settle: kept, searchable, and given back on export."""

    about: About
    kind: terms.SourceNoteKind
    text: Text
    settled: bool = False
    settlement: Text | None = None
