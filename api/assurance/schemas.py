"""Assurance checks as the API takes and gives them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, Field

from api import vocabulary as terms
from api.assurance.rules import OutcomeEvidence
from api.core.fuzzy import Fuzzy
from api.core.openapi import PageOf
from api.core.shapes import Day, FuzzyRead, LeadRead, Leads, Line, Prose, RefName, Write
from api.narratives.about import AboutRead, AboutWrite


class CheckCreate(Write):
    """A planned check that work did what it was for; it may recur."""

    ref: RefName = Field(examples=["CL-07"])
    about: AboutWrite
    title: Prose = Field(examples=["Dip sample of ten supervision records"])
    kind: terms.CheckKind
    owners: Leads = []
    due: Fuzzy | None = None
    recurrence: Line | None = Field(default=None, examples=["quarterly"])


class CheckUpdate(Write):
    """A merge patch: only the fields sent change; null clears."""

    ref: RefName | None = None
    about: AboutWrite | None = None
    title: Prose | None = None
    kind: terms.CheckKind | None = None
    owners: Leads | None = None
    due: Fuzzy | None = None
    recurrence: Line | None = None


class CheckResultCreate(Write):
    """What a check found on one day. Never edited: a later result takes its place."""

    on: Day
    result: terms.CheckResultKind = Field(examples=["some_impact"])
    evidence: Prose | None = Field(
        default=None, examples=["Eight of ten records showed reflective practice."]
    )
    by: Line | None = Field(default=None, description="Who found it; you, unless given.")


class CheckResultRead(BaseModel):
    on: dt.date
    result: terms.CheckResultKind
    evidence: str | None
    by: str | None


class CheckSummary(BaseModel):
    """A check in a list."""

    ref: str
    version: int
    about: AboutRead | None
    title: str
    kind: terms.CheckKind
    owners: list[LeadRead]
    due: FuzzyRead | None
    recurrence: str | None
    is_overdue: bool = Field(description="Its date has passed and it was never made.")
    result_count: int = Field(description="How many results are recorded.")
    latest_result: CheckResultRead | None
    outcome_evidenced: OutcomeEvidence = Field(description="What the latest result says of the work.")
    doubts: int = Field(description="Source notes about it that nobody has settled.")


class CheckRead(CheckSummary):
    """One check with every result, newest first."""

    results: list[CheckResultRead]
    updated_at: str
    may_edit: bool = Field(description="Whether you may change the check itself.")
    may_record: bool = Field(description="Whether you may record a result.")


class CheckPage(PageOf):
    items: list[CheckSummary]


CheckRef = Annotated[str, Field(max_length=64, examples=["CL-07"])]
