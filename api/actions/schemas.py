"""Actions as the API takes and gives them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from api import vocabulary as terms
from api.actions.rules import LatenessState
from api.core.fuzzy import Fuzzy
from api.core.openapi import PageOf
from api.core.shapes import Day, FuzzyRead, LeadRead, Leads, Line, Prose, RefName, Write


class MilestoneWrite(Write):
    title: Line
    due: Fuzzy | None = None
    done_on: Day | None = None


class ActionBase(Write):
    """What a lead may say of an action it leads."""

    status: terms.ActionStatus = Field(
        description="Canonical status; the plan's own word is derived from it."
    )
    completed_on: Day | None = None
    rating: terms.Rating | None = None
    rating_reason: Line | None = Field(
        default=None,
        description="Needed where the rating is better than the evidence suggests; goes with that rating.",
    )
    confidence: terms.Confidence | None = None
    milestones: list[MilestoneWrite] = []


class ActionCreate(ActionBase):
    """A new action. ``original_due`` starts equal to ``due``; later moves of ``due`` are slips."""

    ref: RefName
    title: Prose
    status: terms.ActionStatus = terms.ActionStatus.NOT_STARTED
    parent: RefName | None = Field(default=None, description="Ref of the action it is part of.")
    recommendations: list[RefName] = []
    themes: list[RefName] = []
    kpis: list[RefName] = Field(default=[], description="KPIs it is meant to move.")
    leads: Leads = []
    group_heading: Line | None = None
    points: list[Prose] = []
    supports: list[Line] = []
    success_test: Prose | None = None
    start: Fuzzy | None = None
    due: Fuzzy | None = None
    due_means: terms.DueMeans = terms.DueMeans.FINISH
    recurrence: Line | None = None
    dimension: terms.Dimension | None = None
    cost_note: Line | None = None
    assurance_required: bool = False


class ActionUpdate(Write):
    """A merge patch: only the fields sent change; null clears. A due date moves by a slip instead."""

    ref: RefName | None = None
    title: Prose | None = None
    parent: RefName | None = None
    recommendations: list[RefName] | None = None
    themes: list[RefName] | None = None
    kpis: list[RefName] | None = None
    leads: Leads | None = None
    group_heading: Line | None = None
    points: list[Prose] | None = None
    supports: list[Line] | None = None
    success_test: Prose | None = None
    start: Fuzzy | None = None
    due_means: terms.DueMeans | None = None
    recurrence: Line | None = None
    status: terms.ActionStatus | None = None
    completed_on: Day | None = None
    rating: terms.Rating | None = None
    rating_reason: Line | None = None
    confidence: terms.Confidence | None = None
    assured_rating: terms.Rating | None = None
    milestones: list[MilestoneWrite] | None = None
    dimension: terms.Dimension | None = None
    cost_note: Line | None = None
    assurance_required: bool | None = None


LEAD_MAY_CHANGE = frozenset(
    {"status", "completed_on", "rating", "rating_reason", "confidence", "milestones", "start", "recurrence"}
)
"""What somebody who leads the action, but does not run the plan, may change."""


class SlipCreate(Write):
    """A new due date, with the reason and who agreed to it."""

    to_due: Fuzzy
    reason: Prose
    approved_by: Line | None = None
    agreed_on: Day | None = None


class SlipRead(BaseModel):
    from_due: FuzzyRead | None
    to_due: FuzzyRead | None
    reason: str
    agreed_on: date | None
    approved_by: str | None
    recorded_by: str | None


class MilestoneRead(BaseModel):
    title: str
    due: FuzzyRead | None
    done_on: date | None


class CrossReferenceRead(BaseModel):
    text: str
    to: dict[str, str | None] | None


class DimensionRecordRead(BaseModel):
    dimension: terms.Dimension
    answer: terms.DimensionAnswer
    text: str | None


class ActionSummary(BaseModel):
    """An action in a list."""

    ref: str
    title: str
    version: int
    status: terms.ActionStatus
    status_word: str = Field(description="The status in the plan's own words.")
    rating: terms.Rating | None
    suggested_rating: terms.Rating
    confidence: terms.Confidence | None
    parent: str | None
    group_heading: str | None
    due: FuzzyRead | None
    original_due: FuzzyRead | None
    due_means: terms.DueMeans
    completed_on: date | None
    is_overdue: bool
    days_overdue: int | None
    is_due_soon: bool
    lateness: LatenessState = Field(description="How it stands to its last agreed date.")
    days_late: int | None = Field(
        description="Days past the last agreed date when done, or today; null where it cannot be said."
    )
    days_late_originally: int | None = Field(description="The same, against the date first promised.")
    slips: int
    leads: list[LeadRead]
    themes: list[str]
    recommendations: list[str]
    dimension: terms.Dimension | None
    doubts: int = Field(description="Source notes about it that nobody has settled.")


class ActionRead(ActionSummary):
    """One action, whole."""

    source_ref: str | None
    recommendation_inferred: bool
    kpis: list[str]
    points: list[str]
    supports: list[str]
    success_test: str | None
    start: FuzzyRead | None
    recurrence: str | None
    rating_reason: str | None
    assured_rating: terms.Rating | None
    milestones: list[MilestoneRead]
    slip_history: list[SlipRead]
    dimensions: list[DimensionRecordRead]
    cost_note: str | None
    cross_references: list[CrossReferenceRead]
    assurance_required: bool
    children: list[str]
    updated_at: str
    may_edit: bool = Field(description="Whether you may change all of it.")
    may_update: bool = Field(description="Whether you may report progress on it.")


class ActionPage(PageOf):
    items: list[ActionSummary]


ActionRef = Annotated[str, Field(max_length=64, examples=["A01.KA03"])]
