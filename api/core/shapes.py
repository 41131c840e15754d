"""Small shapes that many domains read and write: refs, lines, fuzzy dates, leads."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from api.core.fuzzy import Precision

RESERVED_REFS = frozenset({"new", "import", "imports", "export", "search", "edit", "history", "none", "null"})
"""Words that a screen or a route needs for itself."""


def _not_reserved(ref: str) -> str:
    if ref.lower() in RESERVED_REFS:
        raise ValueError(f"{ref!r} is a reserved word; choose another ref")
    return ref


RefName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
    AfterValidator(_not_reserved),
    Field(examples=["A01.KA03"]),
]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Day = Annotated[dt.date, Field(ge=dt.date(1900, 1, 1), le=dt.date(2200, 12, 31))]
"""A day that somebody sends: within the years of fuzzy dates, so that reckoning on from it never fails."""
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]


class Write(BaseModel):
    """Base of every request body: an unknown field is an error, so that none is silently dropped."""

    model_config = ConfigDict(extra="forbid")


class FuzzyRead(BaseModel):
    """A date as the plan gives it, and the day it is judged on."""

    date: str | None = Field(default=None, examples=["2018-03"])
    on: dt.date | None = Field(default=None, description="The last day of it; what is compared with today.")
    precision: Precision | None = None
    ongoing: bool = False
    text: str | None = Field(default=None, description="The source's own words.")


class LeadRead(BaseModel):
    party: str = Field(examples=["head-of-qa"])
    name: str = Field(examples=["Head of quality assurance"])
    kind: str
    as_printed: str | None = None
    doubtful: bool = False


class LeadWrite(Write):
    party: RefName
    as_printed: Line | None = None
    doubtful: bool = False


def _lead_from_ref(value: Any) -> Any:
    return {"party": value} if isinstance(value, str) else value


Leads = list[Annotated[LeadWrite, BeforeValidator(_lead_from_ref, json_schema_input_type=LeadWrite | str)]]
"""Who leads, first named first; a plain string stands for a party's ref."""
