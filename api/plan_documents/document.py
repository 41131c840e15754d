"""The plan document: one JSON document that holds a whole improvement plan.

It is what ``turnstone plan import`` reads and ``plan export`` writes back. Items refer to each
other by ref. What a source gives but cannot be placed is a source note on the nearest item.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from api import vocabulary as terms
from api.core.fuzzy import Fuzzy
from api.core.shapes import Day

FORMAT = "turnstone-plan/1"

Ref = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Days = Annotated[int, Field(ge=0, le=366)]
Number = Annotated[Decimal, Field(max_digits=18, decimal_places=6, allow_inf_nan=False)]


class Part(BaseModel):
    """Base of every part of the document: unknown fields are refused, so that none is dropped."""

    model_config = ConfigDict(extra="forbid")


class About(Part):
    """Which item something is about. ``ref`` is null only for the plan itself."""

    kind: terms.ItemKind
    ref: Ref | None = None


class Lead(Part):
    """Who leads an item. A plain string in JSON stands for ``{"party": that ref}``."""

    party: Ref
    as_printed: Line | None = None
    """The source's own spelling, where it differs from the party's name."""
    doubtful: bool = False
    """The source does not tie this lead to this very item."""


def _lead_from_ref(value: Any) -> Any:
    return {"party": value} if isinstance(value, str) else value


Leads = list[Annotated[Lead, BeforeValidator(_lead_from_ref, json_schema_input_type=Lead | str)]]


class Authority(Part):
    ref: Ref
    name: Line
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{8}$")] | None = None
    """The nine-character ONS code, where known."""
    la_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")] | None = None
    """The Department for Education's three-digit number, where known."""


class StatusWord(Part):
    """One of the plan's own words for a status, and which canonical status it means."""

    word: Line
    status: terms.ActionStatus
    counts_as_done: bool


class ColourMeaning(Part):
    """What a colour says in this plan: of progress, and of confidence."""

    colour: terms.Rating
    word: Line | None = None
    progress: Line | None = None
    confidence: Line | None = None
    counts_as: terms.Confidence | None = None


class StatedTotal(Part):
    """What the document says it contains, never adjusted to what it holds."""

    label: Line
    of: Literal[
        "recommendations", "actions", "objectives", "sub_actions", "kpis", "checks", "risks", "themes"
    ]
    statuses: list[str] = []
    ratings: list[terms.Rating] = []
    count: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    percent: Number | None = None
    as_at: Fuzzy | None = None


class Board(Part):
    name: Line
    purpose: Line | None = None
    chair: Line | None = None
    frequency: Line | None = None
    reports_to: Line | None = None
    is_independent: bool | None = None
    is_multi_agency: bool | None = None


class Intervention(Part):
    """The Department for Education's intervention, where there is one."""

    type: Line
    issued_on: Day | None = None
    lifted_on: Day | None = None
    adviser: Line | None = None
    independent_chair: Line | None = None


class Statement(Part):
    topic: Line
    text: Text


class Plan(Part):
    ref: Ref
    title: Line
    authority: Authority
    version: Line | None = None
    status: terms.PlanStatus
    starts: Fuzzy | None = None
    ends: Fuzzy | None = None
    as_at: Day | None = None
    """The day the plan's actions are judged at. A closed plan's clock stands here."""
    figures_as_at: Fuzzy | None = None
    horizon: Line | None = None
    """The plan's span in the source's words ("the first year")."""
    statement_received_on: Day | None = None
    """Receipt of the inspection report; the written statement is due 70 working days later."""
    signatories: list[Line] = []
    status_words: list[StatusWord] = []
    colour_key: list[ColourMeaning] = []
    stated_totals: list[StatedTotal] = []
    boards: list[Board] = []
    intervention: Intervention | None = None
    impact_statements: list[Statement] = []
    """A covering report's own statements: equalities, evidence, budget, its recommendation and reason."""
    risk_scale: Line | None = None
    due_soon_days: Days = 28
    amber_days: Days = 31
    spc_profile: terms.SpcProfile = terms.SpcProfile.MDC
    """A suggested rating is amber up to this many days late, red beyond."""


class Judgement(Part):
    area: Line
    under: Line | None = None
    """The area this is a sub-judgement of."""
    grade: terms.Grade | None = None
    words: Text | None = None


class Finding(Part):
    ref: Ref
    text: Text
    page: Line | None = None
    paragraphs: Line | None = None


class Inspection(Part):
    ref: Ref
    framework: terms.Framework
    title: Line | None = None
    starts: Fuzzy | None = None
    ends: Fuzzy | None = None
    received_on: Day | None = None
    published_on: Fuzzy | None = None
    scope: Text | None = None
    judgements: list[Judgement] = []
    findings: list[Finding] = []


class Party(Part):
    ref: Ref
    kind: terms.PartyKind
    name: Line
    aliases: list[Line] = []
    organisation: Line | None = None


class Theme(Part):
    ref: Ref
    kind: terms.ThemeKind
    title: Line
    other_titles: list[Line] = []
    description: Text | None = None


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


class Segment(Part):
    ref: Ref
    title: Line


class Definition(Part):
    """What a KPI counts. A change from a later date is a new version."""

    effective_from: Day | None = None
    descriptor: Text | None = None
    numerator: Text | None = None
    denominator: Text | None = None
    good_value: Number | None = None
    good_grade: terms.Grade | None = None
    good_unit: terms.Unit | None = None
    """Set where "good" is stated in another unit than the measure."""
    good_text: Line | None = None
    good_rationale: Text | None = None
    source: Line | None = None
    caveats: list[Text] = []
    decimals: Annotated[int, Field(ge=0, le=6)] = 1
    scale_min: Number | None = None
    scale_max: Number | None = None
    plausible_low: Number | None = None
    plausible_high: Number | None = None
    """A value outside is kept with a warning and held under query."""
    plausible_jump: Number | None = None
    """Likewise one that lies further than this from the value before it."""


class Target(Part):
    kind: terms.TargetKind
    stage: terms.TargetStage | None = None
    value: Number | None = None
    """Null with ``to_be_confirmed``, or where a range or a grade stands instead."""
    lower: Number | None = None
    upper: Number | None = None
    grade: terms.Grade | None = None
    due: Fuzzy | None = None
    baseline: Number | None = None
    to_be_confirmed: bool = False
    text: Line | None = None
    """The target as printed, where figures alone do not say it."""


class KpiRecommendation(Part):
    """A KPI may stand under several recommendations with another lead and wording in each."""

    recommendation: Ref
    leads: Leads = []
    wording: Line | None = None


class Supersession(Part):
    by: Ref | None = None
    from_period: Line | None = None
    text: Line | None = None


class Kpi(Part):
    ref: Ref
    source_ref: Line | None = None
    title: Line
    other_titles: list[Line] = []
    parent: Ref | None = None
    kind: terms.KpiKind = terms.KpiKind.QUANTITATIVE
    category: terms.KpiCategory = terms.KpiCategory.NONE
    unit: terms.Unit
    polarity: terms.Polarity
    nature: terms.Nature = terms.Nature.SNAPSHOT
    reset_month: Annotated[int, Field(ge=1, le=12)] | None = None
    """Cumulative: the month in which counting begins anew."""
    rolling_periods: Annotated[int, Field(ge=2, le=1000)] | None = None
    """Rolling: how many periods, its own included, a value spans."""
    lag_months: Annotated[int, Field(ge=1, le=600)] | None = None
    """Lagged cohort: months between the cohort and the period."""
    rollup: terms.Rollup = terms.Rollup.NONE
    """How quarters and the year to date follow from its periods."""
    period_type: terms.PeriodType
    frequency: Line | None = None
    counts_children: bool = False
    leads: Leads = []
    themes: list[Ref] = []
    theme_text: Line | None = None
    """The area as printed where it is no theme ("TBC")."""
    recommendations: list[KpiRecommendation] = []
    segments: list[Segment] = []
    definitions: list[Definition] = []
    good_is_target: bool = False
    """Whether the definition's "good" serves as the standing target."""
    tolerance: Number | None = None
    """Percentage points within which a miss counts as within tolerance; off until set."""
    targets: list[Target] = []
    superseded: Supersession | None = None
    no_target_text: Line | None = None
    """How the source shows that there is no target ("-")."""
    due_after_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    """Values are late this many days after a period ends."""
    locks_after_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    """A period locks this many days after it ends."""


class Measurement(Part):
    kpi: Ref
    segment: Annotated[str, StringConstraints(pattern=r"^(_all|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$")] = "_all"
    period: Line
    """Canonical key of the KPI's period type, or a common spelling of it."""
    basis: terms.Basis = terms.Basis.OPERATIONAL_PROVISIONAL
    state: terms.MeasurementState = terms.MeasurementState.REPORTED
    value: Number | None = None
    grade: terms.Grade | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    note: Text | None = None
    source: Line | None = None
    external_reference: Line | None = None
    workflow: terms.MeasurementWorkflow | None = None


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


class PlanDocument(Part):
    """A whole improvement plan. Lists may be left out where the plan has none."""

    format: Literal["turnstone-plan/1"]
    plan: Plan
    inspections: list[Inspection] = []
    parties: list[Party] = []
    themes: list[Theme] = []
    recommendations: list[Recommendation] = []
    actions: list[Action] = []
    checks: list[Check] = []
    kpis: list[Kpi] = []
    measurements: list[Measurement] = []
    narratives: list[Narrative] = []
    risks: list[Risk] = []
    source_notes: list[SourceNote] = []
