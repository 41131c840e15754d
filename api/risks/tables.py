"""Risks to the plan, their three ratings and their controls."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint

from api import vocabulary as terms
from api.core import tables as t


class Risk(t.InPlan, table=True):
    """Cause, event and effect, rated now, after controls, and as aimed for."""

    __tablename__ = "risk"
    __table_args__ = (t.unique_ref("risk"),)

    ref: str = t.line(null=False)
    source_ref: str | None = t.line()
    position: int = t.whole(default=0)
    title: str = t.line(null=False)
    cause: str | None = t.line()
    effect: str | None = t.line()
    current_level: terms.RiskLevel | None = t.word(terms.RiskLevel, null=True)
    current_likelihood: int | None = t.whole()
    current_impact: int | None = t.whole()
    current_text: str | None = t.line()
    residual_level: terms.RiskLevel | None = t.word(terms.RiskLevel, null=True)
    residual_likelihood: int | None = t.whole()
    residual_impact: int | None = t.whole()
    residual_text: str | None = t.line()
    target_level: terms.RiskLevel | None = t.word(terms.RiskLevel, null=True)
    target_likelihood: int | None = t.whole()
    target_impact: int | None = t.whole()
    target_text: str | None = t.line()
    review_on: date | None = t.day()


class RiskControl(t.InPlan, table=True):
    __tablename__ = "risk_control"
    __table_args__ = (UniqueConstraint("risk_id", "position"),)

    risk_id: int = t.points_to("risk.id")
    position: int = t.whole(null=False)
    text: str = t.line(null=False)
    state: terms.ControlState = t.word(terms.ControlState)
    owner_id: int | None = t.points_to("party.id", null=True, on_delete="SET NULL")


class RiskAction(t.InPlan, table=True):
    __tablename__ = "risk_action"
    __table_args__ = (UniqueConstraint("risk_id", "action_id"),)

    risk_id: int = t.points_to("risk.id")
    action_id: int = t.points_to("action.id")
    position: int = t.whole(default=0)
