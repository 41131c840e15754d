"""Shapes that the folders of a plan's setup share."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.core.fuzzy import FuzzyDate


def left_out() -> Any:
    """The default of a field that a merge patch may leave out but never null."""
    return Field(default_factory=_nothing)


def _nothing() -> Any:
    return None


class AuthorityOf(BaseModel):
    """The council that owns a plan, beside the plan."""

    ref: str = Field(examples=["northmoor"])
    name: str = Field(examples=["Northmoor Council"])


Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=9, decimal_places=6, examples=[29])]


def repeated(words: list[str]) -> int | None:
    """The place of the first word that stood there before, whatever its case."""
    seen: set[str] = set()
    for place, word in enumerate(words):
        if word.casefold() in seen:
            return place
        seen.add(word.casefold())
    return None


def ends_before_start(starts: FuzzyDate | None, ends: FuzzyDate | None) -> bool:
    """Whether the end lies before the start; false where either is unknown."""
    return bool(starts and ends and starts.on and ends.on and ends.on < starts.on)
