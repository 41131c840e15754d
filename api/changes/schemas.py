"""The change record as the API gives it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from api.changes.items import ChangedKind
from api.core.openapi import PageOf

Value = str | int | float | bool | list[str] | None


class What(StrEnum):
    """What became of an item in one request."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"


class FieldChangeRead(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    field: str = Field(examples=["due"])
    of: str | None = Field(
        description="The part of the item this is a field of, such as a milestone; null for its own fields."
    )
    before: Value = Field(alias="from", examples=["2018-03"])
    after: Value = Field(alias="to", examples=["2018-06-30"])


class ChangeEntry(BaseModel):
    """What one request did to one item: its own fields and everything beneath it."""

    id: int
    at: str = Field(examples=["2026-09-30T12:00:00.000000Z"])
    by: str | None = Field(description="Who did it.")
    reason: str | None = Field(description="Why, where the request said so.")
    request_id: str | None
    what: What
    kind: ChangedKind
    ref: str | None = Field(description="Its ref as last known; null for kinds without one.")
    title: str | None
    fields: list[FieldChangeRead] = Field(
        description="Field by field, in names and refs. Empty for a deleted item: read it `as_of` before."
    )


class ChangePage(PageOf):
    items: list[ChangeEntry]


class RecentChanges(BaseModel):
    """What changed in a plan lately."""

    days: int
    counts: dict[ChangedKind, int] = Field(description="Changed items by kind, once for each request.")
    counts_complete: bool = Field(description="False where there was more than was counted.")
    latest: list[ChangeEntry]
