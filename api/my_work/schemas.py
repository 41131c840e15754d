"""One person's work in a plan as the API gives it."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from api import vocabulary as terms
from api.actions.schemas import ActionSummary
from api.core.shapes import FuzzyRead
from api.escalations.schemas import EscalationSummary


class Led(BaseModel):
    stands_in_for: list[str] = Field(
        alias="for", description="Whom you do it for as a deputy; none where you or your team lead it."
    )


class Reported(BaseModel):
    last_update: date | None = Field(description="The day of the latest progress report.")
    last_text: str | None = Field(description="What it said, to stand beside the next.")
    update_due: bool = Field(description="Open, and no progress report in the last 28 days.")


class MyAction(ActionSummary, Reported, Led):
    """An open action you lead."""


class MyMilestone(Led):
    action: str
    action_title: str
    title: str
    due: FuzzyRead | None
    is_overdue: bool


class MyRecommendation(Reported, Led):
    ref: str
    text: str
    label: str | None
    status: terms.RecommendationStatus
    rating: terms.Rating | None
    confidence: terms.Confidence | None
    actions_open: int
    actions_overdue: int


class PointRead(BaseModel):
    period: str = Field(examples=["2018-08"])
    ends_on: date | None
    value: float | None
    grade: terms.Grade | None


class MyKpi(BaseModel):
    ref: str
    title: str
    unit: terms.Unit
    polarity: terms.Polarity
    period_type: terms.PeriodType
    basis: terms.Basis | None
    latest: PointRead | None
    previous: PointRead | None


class MyCheck(Led):
    ref: str
    title: str
    kind: terms.CheckKind
    due: FuzzyRead | None
    recurrence: str | None
    is_overdue: bool
    last_result: date | None


class MyRisk(Led):
    ref: str
    title: str
    current_level: terms.RiskLevel | None
    review_on: date
    is_overdue: bool


class MyWork(BaseModel):
    """What you lead or owe in this plan, the most pressing first in each list."""

    judged_on: date = Field(description="The plan's clock, against which late and due soon are judged.")
    stands_in_for: list[str] = Field(description="People whose deputy you are today.")
    actions: list[MyAction]
    milestones: list[MyMilestone] = Field(description="Not done, and past or due soon.")
    recommendations: list[MyRecommendation]
    kpis: list[MyKpi]
    checks: list[MyCheck] = Field(description="Past or due soon, and without the result they wait for.")
    risks: list[MyRisk] = Field(description="Past their review or due for it soon.")
    escalations: list[EscalationSummary] = Field(description="Open, and waiting for your answer.")
