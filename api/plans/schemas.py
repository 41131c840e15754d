"""Plans as the API takes and gives them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from api import vocabulary as terms
from api.core.fuzzy import Fuzzy
from api.core.openapi import PageOf
from api.core.shapes import Day, FuzzyRead, Line, Prose, RefName, Write
from api.plans.shapes import AuthorityOf, Percent, left_out


class Countable(StrEnum):
    """What a stated total can be of."""

    RECOMMENDATIONS = "recommendations"
    ACTIONS = "actions"
    OBJECTIVES = "objectives"
    """Actions that are part of no other."""
    SUB_ACTIONS = "sub_actions"
    KPIS = "kpis"
    CHECKS = "checks"
    RISKS = "risks"
    THEMES = "themes"


_STATUSES: dict[Countable, frozenset[str]] = {
    Countable.RECOMMENDATIONS: frozenset(terms.RecommendationStatus),
    Countable.ACTIONS: frozenset(terms.ActionStatus),
    Countable.OBJECTIVES: frozenset(terms.ActionStatus),
    Countable.SUB_ACTIONS: frozenset(terms.ActionStatus),
}


class StatusWordWrite(Write):
    """One of the plan's own words for an action status."""

    word: Line = Field(examples=["Complete"])
    status: terms.ActionStatus = Field(examples=["completed"])
    counts_as_done: bool = Field(default=False, examples=[True])


class ColourMeaningWrite(Write):
    """What a colour says of progress and of confidence in this plan."""

    colour: terms.Rating = Field(examples=["amber"])
    word: Line | None = Field(default=None, examples=["Amber"])
    progress: Line | None = Field(default=None, examples=["Off track, with action in hand"])
    confidence: Line | None = Field(default=None, examples=["Reasonable confidence of delivery on time"])
    counts_as: terms.Confidence | None = None


class StatedTotalWrite(Write):
    """What the plan's document says it contains; never adjusted to what is held."""

    label: Line = Field(examples=["Key actions completed or closed"])
    of: Countable = Field(examples=["actions"])
    statuses: Annotated[list[str], Field(max_length=20, examples=[["completed", "closed"]])] = []
    ratings: Annotated[list[terms.Rating], Field(max_length=5)] = []
    count: Annotated[int, Field(ge=0, le=1_000_000, examples=[105])] | None = None
    percent: Percent | None = None
    as_at: Fuzzy | None = None

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        if self.count is None and self.percent is None:
            raise ValueError("say a count or a percent")
        strange = [status for status in self.statuses if status not in _STATUSES.get(self.of, frozenset())]
        if strange:
            raise ValueError(f"{self.of.value} have no status {strange[0]!r}")
        return self


class BoardWrite(Write):
    """A board or group the plan reports to."""

    name: Line = Field(examples=["Improvement board"])
    purpose: Line | None = None
    chair: Line | None = Field(default=None, examples=["Independent chair"])
    frequency: Line | None = Field(default=None, examples=["monthly"])
    reports_to: Line | None = Field(default=None, examples=["Cabinet"])
    is_independent: bool | None = None
    is_multi_agency: bool | None = None


class ImpactStatementWrite(Write):
    """A covering report's own statement, such as on equalities or budget."""

    topic: Line = Field(examples=["Equalities"])
    text: Prose


class InterventionWrite(Write):
    """The Department for Education's intervention. In a patch, fields left out stay as they are."""

    type: Line | None = Field(default=None, examples=["Statutory direction"])
    issued_on: Day | None = None
    lifted_on: Day | None = None
    adviser: Line | None = Field(default=None, examples=["Improvement adviser"])
    independent_chair: Line | None = None


Words = Annotated[list[StatusWordWrite], Field(max_length=50)]
Colours = Annotated[list[ColourMeaningWrite], Field(max_length=5)]
Totals = Annotated[list[StatedTotalWrite], Field(max_length=100)]
Boards = Annotated[list[BoardWrite], Field(max_length=50)]
Statements = Annotated[list[ImpactStatementWrite], Field(max_length=50)]
Signatories = Annotated[list[Line], Field(max_length=50, examples=[["Director of children's services"]])]
DueSoonDays = Annotated[int, Field(ge=0, le=366, description="Days ahead that count as due soon.")]
AmberDays = Annotated[
    int, Field(ge=0, le=366, description="Suggested amber up to this many days late, red beyond.")
]


class PlanOptional(Write):
    """What a plan may have, and may lose again."""

    edition: Line | None = Field(
        default=None, description="The document's own version wording.", examples=["Version 3, second update"]
    )
    starts: Fuzzy | None = None
    ends: Fuzzy | None = None
    as_at: Day | None = Field(
        default=None, description="The day a closed plan is judged on; needed to close it."
    )
    figures_as_at: Fuzzy | None = Field(default=None, description="Where the figures bear another date.")
    horizon: Line | None = Field(
        default=None, description="The plan's span in its own words.", examples=["Year one"]
    )
    statement_received_on: Day | None = Field(
        default=None, description="Receipt of the inspection report; its statement is due 70 working days on."
    )
    risk_scale: Line | None = None
    intervention: InterventionWrite | None = None


class PlanCreate(PlanOptional):
    """A new plan. It starts with the ladders that ship with Turnstone."""

    ref: RefName = Field(examples=["northmoor-2026"])
    title: Line = Field(examples=["Northmoor children's services improvement plan"])
    authority: RefName = Field(examples=["northmoor"])
    status: terms.PlanStatus = terms.PlanStatus.DRAFT
    signatories: Signatories = []
    due_soon_days: DueSoonDays = 28
    amber_days: AmberDays = 31
    spc_profile: terms.SpcProfile = terms.SpcProfile.MDC
    status_words: Words = []
    colour_key: Colours = []
    stated_totals: Totals = []
    boards: Boards = []
    impact_statements: Statements = []


class PlanUpdate(PlanOptional):
    """A merge patch; a list that is sent replaces the list held. A plan's ref never changes."""

    title: Line = left_out()
    authority: RefName = left_out()
    status: terms.PlanStatus = left_out()
    signatories: Signatories = left_out()
    due_soon_days: DueSoonDays = left_out()
    amber_days: AmberDays = left_out()
    spc_profile: terms.SpcProfile = left_out()
    status_words: Words = left_out()
    colour_key: Colours = left_out()
    stated_totals: Totals = left_out()
    boards: Boards = left_out()
    impact_statements: Statements = left_out()


class StatedTotalRead(BaseModel):
    """A stated total beside what is held. The difference, held less stated, stays unexplained."""

    label: str
    of: str
    statuses: list[str]
    ratings: list[terms.Rating]
    count: int | None
    percent: float | None
    as_at: FuzzyRead | None
    held_count: int = Field(examples=[108])
    held_percent: float | None
    count_difference: int | None = Field(examples=[3])
    percent_difference: float | None


class StatusWordRead(BaseModel):
    word: str
    status: terms.ActionStatus
    counts_as_done: bool


class ColourMeaningRead(BaseModel):
    colour: terms.Rating
    word: str | None
    progress: str | None
    confidence: str | None
    counts_as: terms.Confidence | None


class BoardRead(BaseModel):
    name: str
    purpose: str | None
    chair: str | None
    frequency: str | None
    reports_to: str | None
    is_independent: bool | None
    is_multi_agency: bool | None


class ImpactStatementRead(BaseModel):
    topic: str
    text: str


class InterventionRead(BaseModel):
    type: str
    issued_on: date | None
    lifted_on: date | None
    adviser: str | None
    independent_chair: str | None


class PlanSummary(BaseModel):
    """A plan in a list."""

    ref: str = Field(examples=["northmoor-2026"])
    title: str
    version: int
    authority: AuthorityOf
    edition: str | None
    status: terms.PlanStatus
    starts: FuzzyRead | None
    ends: FuzzyRead | None
    horizon: str | None
    as_at: date | None
    roles: list[terms.Role] = Field(description="The roles you hold in it; an administrator's comes last.")


class PlanRead(PlanSummary):
    """One plan, whole. What its document states stands beside what is held."""

    judged_on: date = Field(description="The day by which overdue and due soon are judged.")
    figures_as_at: FuzzyRead | None
    statement_received_on: date | None
    statement_due_on: date | None = Field(
        description="70 working days from receipt of the inspection report.", examples=["2026-05-12"]
    )
    signatories: list[str]
    risk_scale: str | None
    intervention: InterventionRead | None
    due_soon_days: int
    amber_days: int
    spc_profile: terms.SpcProfile = Field(description="Which reading of the control chart judges its KPIs.")
    status_words: list[StatusWordRead]
    colour_key: list[ColourMeaningRead]
    stated_totals: list[StatedTotalRead]
    boards: list[BoardRead]
    impact_statements: list[ImpactStatementRead]
    doubts: int = Field(description="Source notes of the whole plan that nobody has settled.")
    updated_at: str
    may_edit: bool


class PlanPage(PageOf):
    items: list[PlanSummary]
