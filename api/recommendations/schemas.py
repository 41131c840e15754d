"""Recommendations as the API takes and gives them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from api import vocabulary as terms
from api.core.openapi import PageOf
from api.core.shapes import FuzzyRead, LeadRead, Leads, Line, Prose, RefName, Write
from api.narratives.schemas import NarrativeRead


class PartWrite(Write):
    ref: Line = Field(examples=["a"])
    text: Prose


class InspectionReferenceWrite(Write):
    """Where an inspection report says so; a finding is named with its inspection."""

    inspection: RefName | None = None
    finding: RefName | None = None
    page: Line | None = None
    paragraphs: Line | None = Field(default=None, examples=["14 and 22"])
    text: Line | None = Field(default=None, description="The reference as printed.")

    @model_validator(mode="after")
    def _refers_to_something(self) -> InspectionReferenceWrite:
        if self.finding is not None and self.inspection is None:
            raise ValueError("name the inspection whose finding this is")
        if not any((self.inspection, self.page, self.paragraphs, self.text)):
            raise ValueError("an inspection reference needs an inspection, a page, paragraphs or words")
        return self


class ResponseWrite(Write):
    """What the authority answered to it; a rejection says why."""

    decision: terms.ResponseDecision
    reason: Prose | None = None

    @model_validator(mode="after")
    def _rejection_has_a_reason(self) -> ResponseWrite:
        if self.decision is terms.ResponseDecision.REJECTED and self.reason is None:
            raise ValueError("a rejection needs its reason")
        return self


class RecommendationCreate(Write):
    """A new recommendation. Business as usual needs a ``status_note``: where it now lives."""

    ref: RefName = Field(examples=["R4"])
    source_ref: Line | None = Field(default=None, description="The source's own spelling of the ref.")
    text: Prose = Field(examples=["Ensure that every child in care has an up-to-date plan."])
    label: Line | None = Field(default=None, description="A short name.")
    origin: terms.Origin
    parts: list[PartWrite] = []
    inspection_references: list[InspectionReferenceWrite] = []
    response: ResponseWrite | None = None
    leads: Leads = []
    themes: list[RefName] = []
    outcome: Prose | None = Field(default=None, description="What will be better for children.")
    status: terms.RecommendationStatus = terms.RecommendationStatus.ACTIVE
    status_note: Prose | None = Field(
        default=None, description="For business as usual: where it now lives. For closed: on what grounds."
    )
    rating: terms.Rating | None = None
    rating_reason: Line | None = Field(
        default=None,
        description="Needed where the rating is better than its actions suggest; goes with that rating.",
    )
    confidence: terms.Confidence | None = None
    no_kpis_reason: Line | None = Field(default=None, description="Why it has no indicator, by decision.")


class RecommendationUpdate(Write):
    """A merge patch: only the fields sent change; null clears."""

    ref: RefName | None = None
    source_ref: Line | None = None
    text: Prose | None = None
    label: Line | None = None
    origin: terms.Origin | None = None
    parts: list[PartWrite] | None = None
    inspection_references: list[InspectionReferenceWrite] | None = None
    response: ResponseWrite | None = None
    leads: Leads | None = None
    themes: list[RefName] | None = None
    outcome: Prose | None = None
    status: terms.RecommendationStatus | None = None
    status_note: Prose | None = None
    rating: terms.Rating | None = None
    rating_reason: Line | None = None
    confidence: terms.Confidence | None = None
    assured_rating: terms.Rating | None = Field(
        default=None, description="The independent rating, kept apart from the lead's."
    )
    no_kpis_reason: Line | None = None


LEAD_MAY_CHANGE = frozenset({"rating", "rating_reason", "confidence", "status_note"})
"""What somebody who leads the recommendation, but does not run the plan, may change."""


class ActionCounts(BaseModel):
    """Its actions and their parts, at any depth, by status."""

    total: int
    not_started: int
    in_progress: int
    completed: int
    closed: int
    cancelled: int
    superseded: int
    unreadable: int


class RecommendationSummary(BaseModel):
    """A recommendation in a list."""

    ref: str
    text: str
    label: str | None
    version: int
    origin: terms.Origin
    status: terms.RecommendationStatus
    status_note: str | None
    rating: terms.Rating | None = Field(description="As its lead says.")
    suggested_rating: terms.Rating = Field(
        description="The worst that lateness suggests of its open actions; grey where there is none."
    )
    confidence: terms.Confidence | None
    assured_rating: terms.Rating | None = Field(description="As an independent eye says.")
    leads: list[LeadRead]
    themes: list[str]
    action_counts: ActionCounts
    overdue: int = Field(description="How many of its actions are overdue.")
    kpi_count: int = Field(description="How many KPIs stand under it.")
    last_progress_on: date | None = Field(description="Date of the newest progress reported on it.")
    doubts: int = Field(description="Source notes about it that nobody has settled.")


class PartRead(BaseModel):
    ref: str
    text: str


class InspectionReferenceRead(BaseModel):
    inspection: str | None
    finding: str | None
    finding_text: str | None
    page: str | None
    paragraphs: str | None
    text: str | None


class ResponseRead(BaseModel):
    decision: terms.ResponseDecision
    reason: str | None


class ActionUnder(BaseModel):
    """An action under the recommendation, directly or as part of one."""

    ref: str
    title: str
    parent: str | None
    status: terms.ActionStatus
    status_word: str
    rating: terms.Rating | None
    suggested_rating: terms.Rating
    due: FuzzyRead | None
    is_overdue: bool
    leads: list[LeadRead]


class KpiUnder(BaseModel):
    """A KPI under the recommendation, with the wording and leads it has there."""

    ref: str
    title: str
    wording: str | None
    leads: list[LeadRead]


class CrossReferenceUnder(BaseModel):
    text: str
    to: dict[str, str | None] | None


class RecommendationRead(RecommendationSummary):
    """One recommendation with all its screen shows: its actions, KPIs and newest narratives."""

    source_ref: str | None
    rating_reason: str | None
    parts: list[PartRead]
    inspection_references: list[InspectionReferenceRead]
    response: ResponseRead | None
    outcome: str | None
    no_kpis_reason: str | None
    actions: list[ActionUnder]
    kpis: list[KpiUnder]
    narratives: list[NarrativeRead] = Field(description="The five newest about it.")
    cross_references: list[CrossReferenceUnder]
    updated_at: str
    may_edit: bool = Field(description="Whether you may change all of it.")
    may_update: bool = Field(description="Whether you may report on it.")


class RecommendationPage(PageOf):
    items: list[RecommendationSummary]


RecommendationRef = Annotated[str, Field(max_length=64, examples=["R4"])]
