"""Actions, nested, with fuzzy dates that never vanish."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint

from api import vocabulary as terms
from api.core import tables as t
from api.core.fuzzy import Precision


class Action(t.InPlan, table=True):
    """Work that someone promised: not started → in progress → completed → (checked) closed.

    ``original_due_*`` is written once; ``due_*`` is the last agreed date, and every move between
    them is a :class:`Slip`.
    """

    __tablename__ = "action"
    __table_args__ = (t.unique_ref("action"), CheckConstraint("parent_id <> id", name="not_own_parent"))

    ref: str = t.line(null=False)
    source_ref: str | None = t.line()
    position: int = t.whole(default=0)
    title: str = t.line(null=False)
    parent_id: int | None = t.points_to("action.id", null=True, on_delete="RESTRICT")
    recommendation_inferred: bool = t.flag()
    group_heading: str | None = t.line()
    points: list[str] = t.texts()
    supports: list[str] = t.texts()
    success_test: str | None = t.line()
    start_on: date | None = t.day()
    start_precision: Precision | None = t.word(Precision, null=True)
    start_ongoing: bool = t.flag()
    start_text: str | None = t.line()
    due_on: date | None = t.day()
    due_precision: Precision | None = t.word(Precision, null=True)
    due_ongoing: bool = t.flag()
    due_text: str | None = t.line()
    original_due_on: date | None = t.day()
    original_due_precision: Precision | None = t.word(Precision, null=True)
    original_due_ongoing: bool = t.flag()
    original_due_text: str | None = t.line()
    due_means: terms.DueMeans = t.word(terms.DueMeans, default=terms.DueMeans.FINISH)
    recurrence: str | None = t.line()
    status: terms.ActionStatus = t.word(terms.ActionStatus)
    status_word: str | None = t.line()
    completed_on: date | None = t.day()
    rating: terms.Rating | None = t.word(terms.Rating, null=True)
    rating_reason: str | None = t.line()
    confidence: terms.Confidence | None = t.word(terms.Confidence, null=True)
    assured_rating: terms.Rating | None = t.word(terms.Rating, null=True)
    dimension: terms.Dimension | None = t.word(terms.Dimension, null=True)
    cost_note: str | None = t.line()
    assurance_required: bool = t.flag()


class ActionRecommendation(t.InPlan, table=True):
    __tablename__ = "action_recommendation"
    __table_args__ = (UniqueConstraint("action_id", "recommendation_id"),)

    action_id: int = t.points_to("action.id")
    recommendation_id: int = t.points_to("recommendation.id")
    position: int = t.whole(default=0)


class ActionKpi(t.InPlan, table=True):
    """A KPI that an action is meant to move."""

    __tablename__ = "action_kpi"
    __table_args__ = (UniqueConstraint("action_id", "kpi_id"),)

    action_id: int = t.points_to("action.id")
    kpi_id: int = t.points_to("kpi.id")
    position: int = t.whole(default=0)


class Milestone(t.InPlan, table=True):
    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("action_id", "position"),)

    action_id: int = t.points_to("action.id")
    position: int = t.whole(null=False)
    title: str = t.line(null=False)
    due_on: date | None = t.day()
    due_precision: Precision | None = t.word(Precision, null=True)
    due_ongoing: bool = t.flag()
    due_text: str | None = t.line()
    done_on: date | None = t.day()


class Slip(t.InPlan, table=True):
    """One move of an action's due date: from, to, why, and who agreed. Never edited."""

    __tablename__ = "slip"
    __table_args__ = (UniqueConstraint("action_id", "position"),)

    action_id: int = t.points_to("action.id")
    position: int = t.whole(null=False)
    from_due_on: date | None = t.day()
    from_due_precision: Precision | None = t.word(Precision, null=True)
    from_due_ongoing: bool = t.flag()
    from_due_text: str | None = t.line()
    to_due_on: date | None = t.day()
    to_due_precision: Precision | None = t.word(Precision, null=True)
    to_due_ongoing: bool = t.flag()
    to_due_text: str | None = t.line()
    reason: str = t.line(null=False)
    agreed_on: date | None = t.day()
    approved_by: str | None = t.line()
    recorded_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")


class DimensionRecord(t.InPlan, table=True):
    """What a source says under one dimension of an action, sub-actions aside."""

    __tablename__ = "dimension_record"
    __table_args__ = (UniqueConstraint("action_id", "dimension", "position"),)

    action_id: int = t.points_to("action.id")
    position: int = t.whole(null=False)
    dimension: terms.Dimension = t.word(terms.Dimension)
    answer: terms.DimensionAnswer = t.word(terms.DimensionAnswer)
    text: str | None = t.line()
