"""The dashboard as the API gives it."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from api import vocabulary as terms
from api.changes.schemas import RecentChanges
from api.core.shapes import FuzzyRead, LeadRead
from api.kpis.rules import TargetJudgement
from api.kpis.schemas import DerivedRead, KpiSummary, YearToDateRead


class PlanHead(BaseModel):
    ref: str
    title: str
    status: terms.PlanStatus
    as_at: date | None
    authority: str
    edition: str | None
    clock: date = Field(description="The day the plan is judged on: today, or a closed plan's as-at date.")
    today: date


class RecommendationLine(BaseModel):
    ref: str
    title: str
    status: terms.RecommendationStatus
    rating: terms.Rating | None
    confidence: terms.Confidence | None
    assured_rating: terms.Rating | None
    actions: int
    done: int
    overdue: int


class RecommendationsSection(BaseModel):
    total: int
    by_status: dict[terms.RecommendationStatus, int]
    by_rating: dict[terms.Rating, int] = Field(description="Of active ones; grey is not rated.")
    items: list[RecommendationLine]


class StatusCount(BaseModel):
    status: terms.ActionStatus
    status_word: str
    count: int


class Tally(BaseModel):
    total: int
    done: int = Field(description="Done in the plan's own sense of its status words.")
    overdue: int
    due_soon: int


class AreaTally(Tally):
    ref: str
    title: str
    kind: terms.ThemeKind


class LeadTally(Tally):
    party: str | None = Field(description="Null for actions led by nobody.")
    name: str


class DueLine(BaseModel):
    ref: str
    title: str
    status_word: str
    rating: terms.Rating | None
    due: FuzzyRead | None
    days_overdue: int | None = None
    days_left: int | None = None
    leads: list[LeadRead]


class ActionsSection(Tally):
    no_date: int
    slipped: int
    by_status: list[StatusCount]
    by_area: list[AreaTally]
    by_lead: list[LeadTally]
    overdue_first: list[DueLine]
    due_soonest: list[DueLine]


class YearValue(BaseModel):
    period: str
    ends_on: date
    state: terms.MeasurementState
    value: float | None
    grade: terms.Grade | None
    numerator: float | None
    denominator: float | None
    workflow: terms.MeasurementWorkflow


class ScorecardLine(KpiSummary):
    """A KPI with its last points and the values of one financial year."""

    last_outturn: YearValue | None = Field(
        description="The value of the period that ended just before the year."
    )
    year: list[YearValue] = Field(description="Oldest first; periods without a value are not listed.")
    quarters: list[DerivedRead] = Field(description="Derived from shorter periods, where the KPI says how.")
    year_to_date: YearToDateRead | None


class ScorecardGroup(BaseModel):
    category: terms.KpiCategory
    kpis: list[ScorecardLine]


class ScorecardRead(BaseModel):
    """Every KPI under its accountability question."""

    financial_year: str = Field(examples=["FY2026-27"])
    months: list[str] = Field(description="April to March, as period keys.")
    groups: list[ScorecardGroup]
    by_target_state: dict[TargetJudgement, int]
    by_verdict: dict[terms.Variation, int] = Field(description="KPIs by what their latest point says.")
    being_judged: int = Field(description="KPIs whose verdict is being made: none of these is counted by it.")
    better: int
    worse: int
    late: int = Field(description="KPIs whose next value is overdue.")


class EscalationLine(BaseModel):
    ref: str
    title: str
    cause: terms.EscalationCause
    state: terms.EscalationState
    stage: int
    stage_title: str | None
    raised_at: str
    answer_due_on: date | None
    is_overdue: bool


class EscalationsSection(BaseModel):
    open: int
    overdue: int
    items: list[EscalationLine]


class DoubtLine(BaseModel):
    id: int
    kind: terms.SourceNoteKind
    text: str
    about: dict[str, str | None]


class DoubtsSection(BaseModel):
    open: int
    by_kind: dict[terms.SourceNoteKind, int]
    leaderless: int = Field(description="Open actions led by nobody, or only by everybody.")
    items: list[DoubtLine]


class DashboardRead(BaseModel):
    """What moved, what is late, what is stuck; the same for every reader of the whole plan."""

    plan: PlanHead
    recommendations: RecommendationsSection
    actions: ActionsSection
    scorecard: ScorecardRead
    escalations: EscalationsSection
    changes: RecentChanges
    doubts: DoubtsSection
