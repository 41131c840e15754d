"""Narratives as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from api import vocabulary as terms
from api.core.fuzzy import Fuzzy
from api.core.openapi import PageOf
from api.core.shapes import FuzzyRead, Line, Prose, Write
from api.narratives.about import AboutRead, AboutWrite


class NarrativeCreate(Write):
    """Words about one or several items. An exception also needs its cause, recovery and date."""

    about: Annotated[list[AboutWrite], Field(min_length=1, max_length=50)]
    kind: terms.NarrativeKind = Field(examples=["progress"])
    text: Prose = Field(
        examples=["All teams were trained by the end of May; the first dip sample is booked."]
    )
    on: Fuzzy | None = Field(default=None, description="What day it speaks of; today unless given.")
    period: Line | None = Field(
        default=None, description="For words about a KPI: the period they explain.", examples=["2018-08"]
    )
    for_whom: Line | None = Field(default=None, description="Whose report it is, where you post for another.")
    rating: terms.Rating | None = None
    confidence: terms.Confidence | None = None
    cause: Prose | None = None
    recovery: Prose | None = Field(default=None, description="What is done to recover.")
    recovery_due: Fuzzy | None = None
    apply_rating: bool = Field(
        default=False,
        description="Also set the rating, and the confidence if given, of the one action or"
        " recommendation that this progress is about.",
    )
    rating_reason: Line | None = Field(
        default=None, description="With `apply_rating`: why the rating is better than the evidence suggests."
    )


class NarrativeUpdate(Write):
    """A merge patch. What it is about, and its kind, stay."""

    text: Prose | None = None
    on: Fuzzy | None = None
    period: Line | None = None
    for_whom: Line | None = None
    rating: terms.Rating | None = None
    confidence: terms.Confidence | None = None
    cause: Prose | None = None
    recovery: Prose | None = None
    recovery_due: Fuzzy | None = None


class NarrativeRead(BaseModel):
    id: int
    version: int
    about: list[AboutRead]
    kind: terms.NarrativeKind
    text: str
    on: FuzzyRead | None
    period: str | None = Field(examples=["2018-08"])
    source_ref: str | None
    by: str | None = Field(description="Who says so: as the source has it, else who posted it.")
    for_whom: str | None
    posted_by: str | None = Field(description="Whose account posted it; null for an imported one.")
    rating: terms.Rating | None
    confidence: terms.Confidence | None
    cause: str | None
    recovery: str | None
    recovery_due: FuzzyRead | None
    created_at: str
    may_edit: bool = Field(description="Whether you may change it.")


class NarrativePage(PageOf):
    items: list[NarrativeRead]


NarrativeId = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[1204])]
