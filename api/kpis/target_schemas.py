"""Targets as the API gives them, and how a series stands against the one in force."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api import vocabulary as terms
from api.core.shapes import FuzzyRead
from api.kpis.rules import TargetJudgement


class TargetRead(BaseModel):
    position: int
    kind: terms.TargetKind
    stage: terms.TargetStage | None
    value: float | None
    lower: float | None
    upper: float | None
    grade: terms.Grade | None
    due: FuzzyRead | None
    baseline: float | None
    to_be_confirmed: bool
    text: str | None


class CurrentTargetRead(TargetRead):
    """The target in force; `position` is null where the definition's "good" serves as one."""

    position: int | None  # type: ignore[assignment]
    from_good: bool


class AgainstTarget(BaseModel):
    """How a series stands against the target in force, judged on the plan's clock."""

    current_target: CurrentTargetRead | None
    target_state: TargetJudgement
    target_distance: float | None = Field(description="How far short; zero or less when reached.")
    target_expected: float | None = Field(description="Where a straight line to the target would be.")
