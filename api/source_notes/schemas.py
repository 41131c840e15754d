"""Source notes as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from api import vocabulary as terms
from api.core.openapi import PageOf
from api.core.shapes import Prose, Write
from api.narratives.about import AboutRead, AboutWrite
from api.plans.shapes import left_out


class SourceNoteCreate(Write):
    """A doubt to settle about an item, or about the plan."""

    about: AboutWrite
    kind: terms.SourceNoteKind = Field(examples=["unreadable"])
    text: Prose = Field(examples=["The deadline is cut off at the edge of the page."])


class SourceNoteUpdate(Write):
    """Settle a doubt with words on how, or open it again. What the source said never changes."""

    settled: bool = left_out()
    settlement: Prose | None = Field(
        default=None,
        description="How it was settled; needed to settle it, gone when it opens again.",
        examples=["The programme manager found the original: 31 March 2018."],
    )


class SourceNoteRead(BaseModel):
    id: int = Field(examples=[17])
    version: int
    about: AboutRead
    kind: terms.SourceNoteKind
    text: str
    settled: bool
    settlement: str | None
    settled_by: str | None = Field(description="Name of who settled it.")
    settled_at: str | None = Field(examples=["2026-09-30T12:00:00.000000Z"])


class SourceNotePage(PageOf):
    items: list[SourceNoteRead]


NoteId = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[17])]
