"""Plan imports as the API takes and gives them."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.core.openapi import FieldError
from api.core.shapes import Write
from api.plan_documents.document import PlanDocument


def example_document() -> dict[str, Any]:
    """A small plan document, whole enough to show each part."""
    written = resources.files("api.plan_documents") / "example.json"
    found: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return found


class PlanImport(Write):
    """A plan document to preview or to import."""

    document: PlanDocument = Field(examples=[example_document()])
    dry_run: bool = Field(default=True, description="Only say what would happen; change nothing.")
    decisions: dict[str, Literal["mine", "theirs"]] = Field(
        default={},
        description="For each conflict, by its pointer: `mine` takes what the document says, `theirs`"
        " keeps what the plan holds.",
        examples=[{"/actions/3/due": "mine"}],
    )
    held_digest: str | None = Field(
        default=None,
        max_length=64,
        description="From the preview. If the plan has changed since, nothing is imported (409).",
    )


class KindCounts(BaseModel):
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    kept_not_in_document: int = Field(
        default=0, description="Held, but missing from the document: kept as they are."
    )


class DoubtRead(BaseModel):
    """Nothing wrong, but something to settle or to know; with a pointer for each place."""

    code: str = Field(examples=["status_unreadable"])
    message: str
    count: int
    pointers: list[str]


class ConflictRead(BaseModel):
    """Changed here and in the document since the last import, in different ways."""

    pointer: str = Field(examples=["/actions/3/due"])
    kind: str
    ref: str | None
    field: str | None = Field(description="Null: the whole item, deleted here and changed in the document.")
    base: Any = Field(description="As it was imported last.")
    current: Any = Field(description="As it is held now.")
    new: Any = Field(description="As the document has it.")


class ChangeRead(BaseModel):
    """An item that is held and changes; an item kept has no pointer."""

    kind: str
    ref: str | None
    pointer: str
    fields: list[str]


class KeptRead(BaseModel):
    kind: str
    ref: str | None


class TotalRead(BaseModel):
    """A total the document states, beside what the plan will hold. Neither is adjusted."""

    label: str
    of: str
    stated_count: int | None
    stated_percent: float | None
    held_count: int
    held_percent: float | None
    count_difference: int | None
    percent_difference: float | None


class PlanImportRead(BaseModel):
    """What an import would do, or did. Pointers are into the document."""

    plan: str
    is_new: bool
    dry_run: bool
    held_digest: str | None = Field(description="Of the plan as held before; null for a new plan.")
    counts: dict[str, KindCounts]
    changes: list[ChangeRead] = Field(description="The first thousand.")
    kept: list[KeptRead] = Field(description="The first thousand; values are only counted.")
    doubts: list[DoubtRead]
    stated_totals: list[TotalRead]
    conflicts: list[ConflictRead]
    errors: list[FieldError]
