"""KPIs with all they are judged by, and their values."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from api import vocabulary as terms
from api.core.fuzzy import Fuzzy
from api.core.shapes import Day
from api.plan_documents.parts.basics import Leads, Line, Moment, Number, Part, Ref, Text

DaysAfter = Annotated[int, Field(ge=0, le=3650)]
Segmented = Annotated[str, StringConstraints(pattern=r"^(_all|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$")]
"""A segment of a KPI; ``_all`` is the whole service."""


class Feed(Part):
    """A system that owes values of some KPIs, and by when. Its sign-in is the service's own."""

    ref: Ref
    title: Line
    system: Line | None = None
    owner: Ref | None = None
    """The party that answers for it."""
    frequency: Line | None = None
    due_after_days: DaysAfter | None = None
    """Values are late this many days after a period ends."""
    locks_after_days: DaysAfter | None = None
    """A period locks this many days after it ends."""


class BenchmarkDataset(Part):
    """A publication that KPIs are set against. Its figures belong to no plan and come by themselves."""

    ref: Ref
    title: Line
    source: Line


class Segment(Part):
    ref: Ref
    title: Line


class Definition(Part):
    """What a KPI counts. A change from a later date is a new version."""

    effective_from: Day | None = None
    descriptor: Text | None = None
    numerator: Text | None = None
    denominator: Text | None = None
    good_value: Number | None = None
    good_grade: terms.Grade | None = None
    good_unit: terms.Unit | None = None
    """Set where "good" is stated in another unit than the measure."""
    good_text: Line | None = None
    good_rationale: Text | None = None
    source: Line | None = None
    caveats: list[Text] = []
    decimals: Annotated[int, Field(ge=0, le=6)] = 1
    scale_min: Number | None = None
    scale_max: Number | None = None
    plausible_low: Number | None = None
    plausible_high: Number | None = None
    """A value outside is kept with a warning and held under query."""
    plausible_jump: Number | None = None
    """Likewise one that lies further than this from the value before it."""


class Target(Part):
    kind: terms.TargetKind
    stage: terms.TargetStage | None = None
    value: Number | None = None
    """Null with ``to_be_confirmed``, or where a range or a grade stands instead."""
    lower: Number | None = None
    upper: Number | None = None
    grade: terms.Grade | None = None
    due: Fuzzy | None = None
    baseline: Number | None = None
    to_be_confirmed: bool = False
    text: Line | None = None
    """The target as printed, where figures alone do not say it."""


class KpiRecommendation(Part):
    """A KPI may stand under several recommendations with another lead and wording in each."""

    recommendation: Ref
    leads: Leads = []
    wording: Line | None = None


class Supersession(Part):
    by: Ref | None = None
    from_period: Line | None = None
    text: Line | None = None


class Rebase(Part):
    """A KPI's line judged anew from a period on: proposed by one person, agreed by another."""

    number: Annotated[int, Field(ge=1, le=1_000_000)]
    """Counted from 1 within the KPI."""
    from_period: Line
    segment: Segmented | None = None
    """Null for every segment."""
    basis: terms.Basis | None = None
    """Null for every basis."""
    reason: Text
    state: terms.RebaseState = terms.RebaseState.PROPOSED
    proposed_by: Line
    """Their name or role, in words."""
    proposed_at: Moment
    decided_by: Line | None = None
    decided_at: Moment | None = None
    decision_note: Text | None = None


class KpiBenchmark(Part):
    """A published series that the KPI is set against, and whether like with like."""

    dataset: Ref
    indicator: Line
    filters: dict[Line, str] = {}
    """The value of each filter column, by its name."""
    period_alike: bool = False
    definition_alike: bool = False
    definition_from: Day | None = None
    """The day from which the KPI's definition holds that was looked at; none for its first."""
    reason: Text | None = None
    """Why it is only context; needed where period or definition differ."""


class Kpi(Part):
    ref: Ref
    source_ref: Line | None = None
    title: Line
    other_titles: list[Line] = []
    parent: Ref | None = None
    kind: terms.KpiKind = terms.KpiKind.QUANTITATIVE
    category: terms.KpiCategory = terms.KpiCategory.NONE
    unit: terms.Unit
    polarity: terms.Polarity
    nature: terms.Nature = terms.Nature.SNAPSHOT
    reset_month: Annotated[int, Field(ge=1, le=12)] | None = None
    """Cumulative: the month in which counting begins anew."""
    rolling_periods: Annotated[int, Field(ge=2, le=1000)] | None = None
    """Rolling: how many periods, its own included, a value spans."""
    lag_months: Annotated[int, Field(ge=1, le=600)] | None = None
    """Lagged cohort: months between the cohort and the period."""
    rollup: terms.Rollup = terms.Rollup.NONE
    """How quarters and the year to date follow from its periods."""
    period_type: terms.PeriodType
    frequency: Line | None = None
    counts_children: bool = False
    leads: Leads = []
    themes: list[Ref] = []
    theme_text: Line | None = None
    """The area as printed where it is no theme ("TBC")."""
    recommendations: list[KpiRecommendation] = []
    segments: list[Segment] = []
    definitions: list[Definition] = []
    good_is_target: bool = False
    """Whether the definition's "good" serves as the standing target."""
    tolerance: Number | None = None
    """Percentage points within which a miss counts as within tolerance; off until set."""
    targets: list[Target] = []
    superseded: Supersession | None = None
    no_target_text: Line | None = None
    """How the source shows that there is no target ("-")."""
    due_after_days: DaysAfter | None = None
    """Values are late this many days after a period ends."""
    locks_after_days: DaysAfter | None = None
    """A period locks this many days after it ends."""
    feed: Ref | None = None
    """The feed that owes its values."""
    rebases: list[Rebase] = []
    benchmarks: list[KpiBenchmark] = []


class Measurement(Part):
    kpi: Ref
    segment: Segmented = "_all"
    period: Line
    """Canonical key of the KPI's period type, or a common spelling of it."""
    basis: terms.Basis = terms.Basis.OPERATIONAL_PROVISIONAL
    state: terms.MeasurementState = terms.MeasurementState.REPORTED
    value: Number | None = None
    grade: terms.Grade | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    note: Text | None = None
    source: Line | None = None
    external_reference: Line | None = None
    workflow: terms.MeasurementWorkflow | None = None
    question: Text | None = None
    """Why it is under query."""
    answer: Text | None = None


class PeriodLock(Part):
    """That periods were locked or reopened, on top of those that lock by themselves; the last word counts."""

    kpi: Ref | None = None
    """Null: every KPI of the plan, those of later days included."""
    from_day: Day | None = None
    """Periods that end then or later; null: from the beginning."""
    to_day: Day
    is_locked: bool = True
    """False: reopened."""
    reason: Text
    by: Line
    """Their name or role, in words."""
    at: Moment
