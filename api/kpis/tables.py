"""KPIs, their versioned definitions, targets, segments, and the series that hold their values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from api import vocabulary as terms
from api.core import tables as t
from api.core.fuzzy import Precision

ALL = "_all"
"""The segment that is the whole service."""


class Feed(t.InPlan, table=True):
    """A system that owes values of some KPIs, and by when."""

    __tablename__ = "feed"
    __table_args__ = (t.unique_ref("feed"),)

    ref: str = t.line(null=False)
    title: str = t.line(null=False)
    system: str | None = t.line()
    owner_id: int | None = t.points_to("party.id", null=True, on_delete="SET NULL")
    integration_id: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    frequency: str | None = t.line()
    due_after_days: int | None = t.whole()
    """Values are late this many days after a period ends."""
    locks_after_days: int | None = t.whole()
    """This many days after it ends, a period is locked: a changed value waits to be accepted."""


class Kpi(t.InPlan, table=True):
    """An indicator. Its period type never changes once it has values."""

    __tablename__ = "kpi"
    __table_args__ = (
        t.unique_ref("kpi"),
        CheckConstraint("parent_id <> id", name="not_own_parent"),
        CheckConstraint("superseded_by_id <> id", name="not_own_successor"),
        CheckConstraint("reset_month between 1 and 12", name="reset_month"),
    )

    ref: str = t.line(null=False)
    source_ref: str | None = t.line()
    position: int = t.whole(default=0)
    title: str = t.line(null=False)
    other_titles: list[str] = t.texts()
    parent_id: int | None = t.points_to("kpi.id", null=True, on_delete="RESTRICT")
    kind: terms.KpiKind = t.word(terms.KpiKind, default=terms.KpiKind.QUANTITATIVE)
    category: terms.KpiCategory = t.word(terms.KpiCategory, default=terms.KpiCategory.NONE)
    unit: terms.Unit = t.word(terms.Unit)
    polarity: terms.Polarity = t.word(terms.Polarity)
    nature: terms.Nature = t.word(terms.Nature, default=terms.Nature.SNAPSHOT)
    reset_month: int | None = t.whole()
    """Cumulative: the month in which counting begins anew."""
    rolling_periods: int | None = t.whole()
    """Rolling: how many periods, with its own, a value spans."""
    lag_months: int | None = t.whole()
    """Lagged cohort: how many months before its period the cohort was formed."""
    rollup: terms.Rollup = t.word(terms.Rollup, default=terms.Rollup.NONE)
    period_type: terms.PeriodType = t.word(terms.PeriodType)
    frequency: str | None = t.line()
    counts_children: bool = t.flag()
    theme_text: str | None = t.line()
    good_is_target: bool = t.flag()
    tolerance: Decimal | None = t.number()
    no_target_text: str | None = t.line()
    is_superseded: bool = t.flag()
    superseded_by_id: int | None = t.points_to("kpi.id", null=True, on_delete="SET NULL")
    superseded_from: str | None = t.line()
    superseded_text: str | None = t.line()
    feed_id: int | None = t.points_to("feed.id", null=True, on_delete="SET NULL")
    due_after_days: int | None = t.whole()
    locks_after_days: int | None = t.whole()


class KpiDefinition(t.InPlan, table=True):
    """What a KPI counts, from a date on. The latest effective one is in force."""

    __tablename__ = "kpi_definition"
    __table_args__ = (UniqueConstraint("kpi_id", "position"),)

    kpi_id: int = t.points_to("kpi.id")
    position: int = t.whole(null=False)
    effective_from: date | None = t.day()
    descriptor: str | None = t.line()
    numerator: str | None = t.line()
    denominator: str | None = t.line()
    good_value: Decimal | None = t.number()
    good_grade: terms.Grade | None = t.word(terms.Grade, null=True)
    good_unit: terms.Unit | None = t.word(terms.Unit, null=True)
    good_text: str | None = t.line()
    good_rationale: str | None = t.line()
    source: str | None = t.line()
    caveats: list[str] = t.texts()
    decimals: int = t.whole(default=1)
    scale_min: Decimal | None = t.number()
    scale_max: Decimal | None = t.number()
    plausible_low: Decimal | None = t.number()
    plausible_high: Decimal | None = t.number()
    plausible_jump: Decimal | None = t.number()
    """How far a value may lie from the one before it. Beyond these it is kept, and held under query."""


class Target(t.InPlan, table=True):
    """What a KPI should reach: standing, by a date, or at year end; perhaps still to be confirmed."""

    __tablename__ = "target"
    __table_args__ = (
        UniqueConstraint("kpi_id", "position"),
        CheckConstraint(
            "to_be_confirmed or num_nonnulls(value, lower, upper, grade, text) > 0", name="says_something"
        ),
    )

    kpi_id: int = t.points_to("kpi.id")
    position: int = t.whole(null=False)
    kind: terms.TargetKind = t.word(terms.TargetKind)
    stage: terms.TargetStage | None = t.word(terms.TargetStage, null=True)
    value: Decimal | None = t.number()
    lower: Decimal | None = t.number()
    upper: Decimal | None = t.number()
    grade: terms.Grade | None = t.word(terms.Grade, null=True)
    due_on: date | None = t.day()
    due_precision: Precision | None = t.word(Precision, null=True)
    due_ongoing: bool = t.flag()
    due_text: str | None = t.line()
    baseline: Decimal | None = t.number()
    to_be_confirmed: bool = t.flag()
    text: str | None = t.line()


class KpiRecommendation(t.InPlan, table=True):
    """A KPI under a recommendation, with the lead and wording it has there."""

    __tablename__ = "kpi_recommendation"
    __table_args__ = (UniqueConstraint("kpi_id", "recommendation_id"),)

    kpi_id: int = t.points_to("kpi.id")
    recommendation_id: int = t.points_to("recommendation.id")
    position: int = t.whole(default=0)
    wording: str | None = t.line()


class Segment(t.InPlan, table=True):
    """A part of the service a KPI is also measured for; ``_all`` is the whole and always exists."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("kpi_id", "ref"),)

    kpi_id: int = t.points_to("kpi.id")
    ref: str = t.line(null=False)
    title: str = t.line(null=False)
    position: int = t.whole(default=0)


class Series(SQLModel, table=True):
    """The values of one KPI, segment and basis, with the facts that do not depend on today.

    The row is the lock: whoever changes values locks its series in id order first, and rewrites
    these facts in the same transaction, so they always equal recomputation from the values.
    """

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("segment_id", "basis"),)

    id: int | None = t.key()
    plan_id: int = t.points_to("plan.id")
    kpi_id: int = t.points_to("kpi.id")
    segment_id: int = t.points_to("segment.id")
    basis: terms.Basis = t.word(terms.Basis)
    points: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB, nullable=False)
    """The last 36 points, oldest first: period, ends_on, state, value or grade, workflow."""
    points_held: int = t.whole(default=0)
    latest_period: str | None = t.line()
    latest_ends_on: date | None = t.day()
    latest_value: Decimal | None = t.number()
    latest_grade: terms.Grade | None = t.word(terms.Grade, null=True)
    previous_period: str | None = t.line()
    previous_value: Decimal | None = t.number()
    previous_grade: terms.Grade | None = t.word(terms.Grade, null=True)
    revision: int = t.whole(default=0)
    """Counts the submissions that changed this series."""
