"""What every part of a plan document is made of."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from api import vocabulary as terms

Ref = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Days = Annotated[int, Field(ge=0, le=366)]
Number = Annotated[Decimal, Field(max_digits=18, decimal_places=6, allow_inf_nan=False)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("in universal time this lies outside the years 1 to 9999") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A time with its offset, such as 2026-10-01T09:30:00Z."""


class Part(BaseModel):
    """Base of every part of the document: unknown fields are refused, so that none is dropped."""

    model_config = ConfigDict(extra="forbid")


class About(Part):
    """Which item something is about. ``ref`` is null only for the plan itself."""

    kind: terms.ItemKind
    ref: Ref | None = None


class Lead(Part):
    """Who leads an item. A plain string in JSON stands for ``{"party": that ref}``."""

    party: Ref
    as_printed: Line | None = None
    """The source's own spelling, where it differs from the party's name."""
    doubtful: bool = False
    """The source does not tie this lead to this very item."""


def _lead_from_ref(value: Any) -> Any:
    return {"party": value} if isinstance(value, str) else value


Leads = list[Annotated[Lead, BeforeValidator(_lead_from_ref, json_schema_input_type=Lead | str)]]
