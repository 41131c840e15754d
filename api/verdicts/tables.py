"""Stored verdicts, those they took the place of, and where somebody drew the line anew."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from api import vocabulary as terms
from api.core import tables as t


class Verdict(SQLModel, table=True):
    """What is said of a series now. Always equals recomputation, or says that it is pending.

    It has no history of its own: it is computed, so an as-of read computes it from what was known then.
    Only the series is a foreign key: whoever judges holds its lock, and must wait for no other.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        Index("ix_verdict_kpi_id", "kpi_id"),
        Index("ix_verdict_pending", "plan_id", "series_id", postgresql_where=text("is_pending")),
    )

    series_id: int = t.key_of("series.id", on_delete="CASCADE")
    plan_id: int = t.pointer()
    kpi_id: int = t.pointer()
    variation: terms.Variation | None = t.word(terms.Variation, null=True)
    """Null until the first verdict is made."""
    rule: terms.SpecialCause | None = t.word(terms.SpecialCause, null=True)
    signed_off_variation: terms.Variation | None = t.word(terms.Variation, null=True)
    """Of signed-off values alone: what rules may act on."""
    signed_off_rule: terms.SpecialCause | None = t.word(terms.SpecialCause, null=True)
    assurance: terms.TargetAssurance | None = t.word(terms.TargetAssurance, null=True)
    body: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    """The verdict with all that may be said of it; ``api.verdicts.body`` says how it reads on a day."""
    marks: list[dict[str, Any]] = Field(
        sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": text("'[]'")}
    )
    """Apart, as there may be one for every point: lists of KPIs read verdicts without them."""
    inputs: dict[str, Any] | None = Field(default=None, sa_type=JSONB, nullable=True)
    """What it was judged by, beside the values, by :class:`~api.vocabulary.VerdictInput`."""
    series_revision: int | None = t.whole()
    """The series's revision it was judged at."""
    judged_at: datetime | None = t.moment(null=True, now=False)
    is_pending: bool = t.flag()
    pending_by: int | None = t.pointer(null=True)
    """Who made the change that it waits to be judged for."""


class EarlierVerdict(SQLModel, table=True):
    """A verdict that a change of what it rests on did away with. Written once."""

    __tablename__ = "earlier_verdict"
    __table_args__ = (Index("ix_earlier_verdict_kpi_id", "kpi_id", "at"),)

    id: int | None = t.key()
    plan_id: int = t.pointer()
    kpi_id: int = t.pointer()
    series_id: int = t.points_to("series.id")
    because: list[str] = t.texts()
    """What changed, of :class:`~api.vocabulary.VerdictInput`."""
    body: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    inputs: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    reason: str | None = t.line()
    by: int | None = t.pointer(null=True)
    at: datetime | None = t.moment()


class Rebase(t.InPlan, table=True):
    """A proposal to judge a KPI anew from a period on: proposed → agreed by another person, or rejected.

    The database holds to it: whoever writes one proposes it, whoever decides it says so, and a proposal
    whose proposer is not known cannot be agreed to (``turnstone.guard_rebase``).
    """

    __tablename__ = "rebase"
    __table_args__ = (
        UniqueConstraint("kpi_id", "number"),
        CheckConstraint("state <> 'agreed' or decided_by <> proposed_by", name="agreed_by_another"),
        CheckConstraint("(state = 'proposed') = (decided_at is null)", name="decided"),
    )

    kpi_id: int = t.points_to("kpi.id", index=False)
    number: int = t.whole(null=False)
    """Counted from 1 within the KPI: its address."""
    segment_id: int | None = t.points_to("segment.id", null=True)
    """Null for every segment."""
    basis: terms.Basis | None = t.word(terms.Basis, null=True)
    """Null for every basis."""
    from_period: str = t.line(null=False)
    from_on: date = t.day(null=False)
    """The day that period begins."""
    reason: str = t.line(null=False)
    state: terms.RebaseState = t.word(terms.RebaseState)
    proposed_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    proposer: str | None = t.line()
    """Who proposed it in the words of a plan document; ``proposed_by`` then brought it in."""
    decided_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    decider: str | None = t.line()
    """Who decided it in the words of a plan document."""
    decided_at: datetime | None = t.moment(null=True, now=False)
    decision_note: str | None = t.line()
