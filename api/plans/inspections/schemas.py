"""Inspections, judgements and findings as the API takes and gives them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from api import vocabulary as terms
from api.core.fuzzy import Fuzzy
from api.core.openapi import PageOf
from api.core.shapes import Day, FuzzyRead, Line, Prose, RefName, Write
from api.plans.shapes import left_out


class JudgementWrite(Write):
    """A grade on one area, or words where the framework gives none."""

    area: Line = Field(examples=["Help and protection"])
    under: Line | None = Field(
        default=None,
        description="The area it is a part of, judged in the same list.",
        examples=["Looked after and permanence"],
    )
    grade: terms.Grade | None = Field(default=None, examples=["requires_improvement"])
    words: Prose | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.grade is None and self.words is None:
            raise ValueError("say a grade, or what was found in words")
        return self


class FindingWrite(Write):
    """One finding; its ref is what recommendations point at."""

    ref: RefName = Field(examples=["F3"])
    text: Prose
    page: Line | None = Field(default=None, examples=["5"])
    paragraphs: Line | None = Field(default=None, examples=["10, 27"])


Judgements = Annotated[list[JudgementWrite], Field(max_length=50)]
Findings = Annotated[list[FindingWrite], Field(max_length=500)]


class InspectionOptional(Write):
    """What an inspection may have, and may lose again."""

    title: Line | None = None
    starts: Fuzzy | None = None
    ends: Fuzzy | None = None
    received_on: Day | None = Field(default=None, description="When the report was received.")
    published_on: Fuzzy | None = None
    scope: Prose | None = None


class InspectionCreate(InspectionOptional):
    """A new inspection or visit."""

    ref: RefName = Field(examples=["ilacs-2026"])
    framework: terms.Framework = Field(examples=["ilacs"])
    judgements: Judgements = []
    findings: Findings = []


class InspectionUpdate(InspectionOptional):
    """A merge patch; a list that is sent replaces the list held, findings told apart by ref."""

    ref: RefName = left_out()
    framework: terms.Framework = left_out()
    judgements: Judgements = left_out()
    findings: Findings = left_out()


class JudgementRead(BaseModel):
    area: str
    under: str | None
    grade: terms.Grade | None
    words: str | None


class FindingRead(BaseModel):
    ref: str
    text: str
    page: str | None
    paragraphs: str | None
    recommendations: list[str] = Field(description="Refs of the recommendations that answer it.")


class InspectionRead(BaseModel):
    """One inspection with its judgements and findings."""

    ref: str = Field(examples=["ilacs-2026"])
    version: int
    framework: terms.Framework
    title: str | None
    starts: FuzzyRead | None
    ends: FuzzyRead | None
    received_on: date | None
    published_on: FuzzyRead | None
    scope: str | None
    judgements: list[JudgementRead]
    findings: list[FindingRead]
    recommendations: list[str] = Field(description="Refs of the recommendations that refer to it.")


class InspectionPage(PageOf):
    items: list[InspectionRead]


class AreaRead(BaseModel):
    title: str = Field(examples=["Care leavers"])
    under: str | None
    valid_from: date | None = Field(examples=["2023-01-01"])
    valid_until: date | None


class FrameworkRead(BaseModel):
    """A framework and its judgement areas, in the order reports give them."""

    framework: terms.Framework
    title: str
    takes_grades: bool
    areas: list[AreaRead]


class FrameworkList(BaseModel):
    items: list[FrameworkRead]


InspectionRef = Annotated[str, Field(max_length=64, examples=["ilacs-2026"])]
