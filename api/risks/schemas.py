"""Risks as the API takes and gives them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from api import vocabulary as terms
from api.core.openapi import PageOf
from api.core.shapes import Day, LeadRead, Leads, Line, Prose, RefName, Write
from api.risks.rules import MATRIX_SIDE

Step = Annotated[int, Field(ge=1, le=MATRIX_SIDE, examples=[3])]


class RiskRatingWrite(Write):
    """A level (high, medium, low), or likelihood and impact, or both; words alone where neither is known."""

    level: terms.RiskLevel | None = None
    likelihood: Step | None = None
    impact: Step | None = None
    as_printed: Line | None = Field(default=None, description="The source's own words.", examples=["H/M"])

    @model_validator(mode="after")
    def _is_whole(self) -> RiskRatingWrite:
        if (self.likelihood is None) is not (self.impact is None):
            raise ValueError("likelihood and impact come together")
        if self.level is None and self.likelihood is None and self.as_printed is None:
            raise ValueError("a rating needs a level, a likelihood and impact, or the source's words")
        return self


class ControlWrite(Write):
    text: Prose = Field(examples=["Weekly panel reviews every placement out of county."])
    state: terms.ControlState = terms.ControlState.IN_PLACE
    owner: RefName | None = Field(default=None, description="A party's ref; null for none yet.")


class RiskCreate(Write):
    """A risk: what could happen, why, and to what effect; rated now, after controls, and as aimed for."""

    ref: RefName = Field(examples=["K3"])
    source_ref: Line | None = None
    title: Prose = Field(examples=["Agency social workers leave faster than posts are filled"])
    cause: Prose | None = None
    effect: Prose | None = None
    current: RiskRatingWrite | None = None
    residual: RiskRatingWrite | None = None
    target: RiskRatingWrite | None = None
    controls: list[ControlWrite] = []
    owners: Leads = []
    actions: list[RefName] = []
    themes: list[RefName] = []
    review_on: Day | None = None


class RiskUpdate(Write):
    """A merge patch: only the fields sent change; null clears."""

    ref: RefName | None = None
    source_ref: Line | None = None
    title: Prose | None = None
    cause: Prose | None = None
    effect: Prose | None = None
    current: RiskRatingWrite | None = None
    residual: RiskRatingWrite | None = None
    target: RiskRatingWrite | None = None
    controls: list[ControlWrite] | None = None
    owners: Leads | None = None
    actions: list[RefName] | None = None
    themes: list[RefName] | None = None
    review_on: Day | None = None


OWNER_MAY_CHANGE = frozenset({"cause", "effect", "current", "residual", "controls", "review_on"})
"""What somebody who owns the risk, but does not run the plan, may change."""


class RiskRatingRead(BaseModel):
    level: terms.RiskLevel | None
    likelihood: int | None
    impact: int | None
    score: int | None = Field(description="Likelihood times impact, where both are known.")
    as_printed: str | None


class PartyNamed(BaseModel):
    party: str = Field(examples=["head-of-qa"])
    name: str


class ControlRead(BaseModel):
    text: str
    state: terms.ControlState
    owner: PartyNamed | None


class RiskSummary(BaseModel):
    """A risk in a list."""

    ref: str
    version: int
    title: str
    current: RiskRatingRead | None
    residual: RiskRatingRead | None
    target: RiskRatingRead | None
    owners: list[LeadRead]
    themes: list[str]
    actions: list[str]
    control_count: int = Field(description="How many controls it has.")
    review_on: date | None
    is_past_review: bool = Field(description="Judged on the plan's clock.")
    doubts: int = Field(description="Source notes about it that nobody has settled.")


class RiskRead(RiskSummary):
    """One risk, whole."""

    source_ref: str | None
    cause: str | None
    effect: str | None
    controls: list[ControlRead]
    updated_at: str
    may_edit: bool = Field(description="Whether you may change all of it.")
    may_update: bool = Field(description="Whether you may rate it and keep its controls.")


class RiskPage(PageOf):
    items: list[RiskSummary]


RiskRef = Annotated[str, Field(max_length=64, examples=["K3"])]
