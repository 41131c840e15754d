"""Themes as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from api import vocabulary as terms
from api.core.openapi import PageOf
from api.core.shapes import Line, Prose, RefName, Write
from api.plans.shapes import left_out

OtherTitles = Annotated[list[Line], Field(max_length=20)]


class ThemeCreate(Write):
    """A new tag, after those the plan has."""

    ref: RefName = Field(examples=["T2"])
    kind: terms.ThemeKind = Field(examples=["theme"])
    title: Line = Field(examples=["Learning from practice"])
    other_titles: OtherTitles = Field(
        default=[], description="What other tables of the document call it.", examples=[[]]
    )
    description: Prose | None = None


class ThemeUpdate(Write):
    """A merge patch."""

    ref: RefName = left_out()
    kind: terms.ThemeKind = left_out()
    title: Line = left_out()
    other_titles: OtherTitles = left_out()
    description: Prose | None = None
    position: Annotated[int, Field(ge=0, le=100_000)] = left_out()


class ThemeCarried(BaseModel):
    """How many items carry the theme, of those you may see."""

    recommendations: int
    actions: int
    kpis: int
    risks: int


class ThemeRead(BaseModel):
    ref: str = Field(examples=["T2"])
    version: int
    kind: terms.ThemeKind
    title: str
    other_titles: list[str]
    description: str | None
    position: int
    carried_by: ThemeCarried
    doubts: int = Field(description="Source notes about it that nobody has settled.")


class ThemePage(PageOf):
    items: list[ThemeRead]


ThemeRef = Annotated[str, Field(max_length=64, examples=["T2"])]
