"""Ladders as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from api.core.openapi import PageOf
from api.core.shapes import Line, RefName, Write
from api.vocabulary import Role


class StageRead(BaseModel):
    position: int = Field(examples=[2])
    title: str = Field(examples=["Head of service"])
    role: Role | None
    working_days: int | None = Field(description="None: no limit is set.", examples=[5])
    response_required: bool


class LadderRead(BaseModel):
    """One edition of a ladder."""

    ref: str = Field(examples=["overdue-action"])
    version: int
    title: str
    edition: int = Field(description="A change makes a new one; running escalations keep theirs.")
    is_latest: bool
    is_enabled: bool = Field(description="Whether new escalations may use it.")
    overall_working_days: int | None
    stages: list[StageRead]
    updated_at: str


class LadderPage(PageOf):
    items: list[LadderRead]


class StageWrite(Write):
    title: Line = Field(examples=["Head of service"])
    role: Role | None = Field(
        default=None,
        description="Its holders may answer there.",
        examples=["senior_leader"],
    )
    working_days: int | None = Field(
        default=None, ge=0, le=260, description="England's working days to answer in.", examples=[5]
    )
    response_required: bool = True


def _held_in_a_plan(stages: list[StageWrite]) -> list[StageWrite]:
    if any(stage.role is Role.ADMIN for stage in stages):
        raise ValueError("admin is no role in a plan; choose another")
    return stages


Stages = Annotated[list[StageWrite], Field(min_length=1, max_length=20), AfterValidator(_held_in_a_plan)]


class LadderReplace(Write):
    """The next edition, whole. It stays enabled or disabled as it was."""

    title: Line = Field(examples=["Overdue action"])
    overall_working_days: int | None = Field(default=None, ge=1, le=520, examples=[20])
    stages: Stages


class LadderCreate(LadderReplace):
    ref: RefName = Field(examples=["overdue-action"])
    is_enabled: bool = True


class LadderUpdate(Write):
    """Enabling and disabling make no new edition."""

    is_enabled: bool
