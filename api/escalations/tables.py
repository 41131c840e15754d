"""Escalations and the ladders they climb."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text

from api import vocabulary as terms
from api.core import tables as t


class Ladder(t.InPlan, table=True):
    """A versioned ladder of stages. A change makes a new row; running escalations keep theirs."""

    __tablename__ = "ladder"
    __table_args__ = (
        Index("uq_ladder_edition", text("plan_id"), text("lower(ref)"), text("edition"), unique=True),
    )

    ref: str = t.line(null=False)
    edition: int = t.whole(default=1)
    title: str = t.line(null=False)
    is_enabled: bool = t.flag(default=True)
    overall_working_days: int | None = t.whole()


class LadderStage(t.InPlan, table=True):
    __tablename__ = "ladder_stage"
    __table_args__ = (UniqueConstraint("ladder_id", "position"),)

    ladder_id: int = t.points_to("ladder.id")
    position: int = t.whole(null=False)
    title: str = t.line(null=False)
    role: terms.Role | None = t.word(terms.Role, null=True)
    working_days: int | None = t.whole()
    """None: no limit is set for this stage."""
    response_required: bool = t.flag(default=True)


class Escalation(t.InPlan, t.AboutItem, table=True):
    """Something stuck, put before the next person up.

    open ⇄ answered; from either to resolved, withdrawn or referred. Climbing moves it to the next
    stage, open again.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        t.unique_ref("escalation"),
        t.one_item(or_plan=True),
        Index(
            "uq_escalation_live_cause",
            "plan_id",
            "cause",
            "theme_id",
            "recommendation_id",
            "action_id",
            "kpi_id",
            "risk_id",
            "check_id",
            unique=True,
            postgresql_where=text("state in ('open', 'answered')"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    ref: str = t.line(null=False)
    title: str = t.line(null=False)
    text: str = t.line(null=False)
    cause: terms.EscalationCause = t.word(terms.EscalationCause)
    theme: str | None = t.line()
    state: terms.EscalationState = t.word(terms.EscalationState, default=terms.EscalationState.OPEN)
    ladder_id: int = t.points_to("ladder.id", on_delete="RESTRICT")
    stage: int = t.whole(default=1)
    """Position of the ladder stage it stands at, from 1."""
    assigned_to: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    raised_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    raised_at: datetime | None = t.moment()
    answer_due_on: date | None = t.day()
    overall_due_on: date | None = t.day()
    """When the whole ladder should be done with, counted from the day it was raised."""
    closed_at: datetime | None = t.moment(null=True, now=False)
    learning: str | None = t.line()


class EscalationEvent(t.InPlan, table=True):
    """One step in an escalation's life; never edited."""

    __tablename__ = "escalation_event"

    escalation_id: int = t.points_to("escalation.id")
    kind: terms.EscalationEventKind = t.word(terms.EscalationEventKind)
    stage: int = t.whole(null=False)
    text: str | None = t.line()
    by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    at: datetime | None = t.moment()
