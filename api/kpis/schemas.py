"""KPIs, their definitions, targets and segments, and feeds, as the API takes and gives them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from api import vocabulary as terms
from api.benchmarks.comparators import ComparatorsRead
from api.core.fuzzy import Fuzzy
from api.core.openapi import PageOf
from api.core.shapes import Day, LeadRead, Leads, Line, Prose, RefName, Write
from api.kpis.breaks import BreakKind
from api.kpis.rules import Direction
from api.kpis.standing import Freshness
from api.kpis.target_schemas import AgainstTarget, TargetRead
from api.kpis.values import UnreadableValue, parse_number
from api.verdicts.schemas import VerdictRead


def _figure(given: Any) -> Decimal:
    try:
        return parse_number(Decimal(repr(given)) if isinstance(given, float) else given)
    except UnreadableValue as error:
        raise ValueError(str(error)) from None


Figure = Annotated[Decimal, BeforeValidator(_figure, json_schema_input_type=float | str)]
"""A number, exactly: at most 15 significant digits, 6 of them decimals. A JSON number or its text."""

KpiRef = Annotated[str, Field(max_length=64, examples=["OBA1-14"])]
SegmentRef = Annotated[str, Field(max_length=64, examples=["_all"])]
DueAfterDays = Annotated[int, Field(ge=0, le=3650, description="Values are late this long after a period.")]
LocksAfterDays = Annotated[
    int,
    Field(
        ge=0,
        le=3650,
        description="A period locks this long after its end: a new figure then waits to be accepted.",
    ),
]
ResetMonth = Annotated[
    int, Field(ge=1, le=12, description="Cumulative: the month in which counting begins anew.", examples=[4])
]
RollingPeriods = Annotated[
    int, Field(ge=2, le=1000, description="Rolling: how many periods, its own included, a value spans.")
]
LagMonths = Annotated[
    int, Field(ge=1, le=600, description="Lagged cohort: months between the cohort and the period.")
]


class DefinitionWrite(Write):
    """What the KPI counts. Sent to a KPI that has one, fields left out stay as they are."""

    effective_from: Day | None = Field(default=None, examples=["2026-04-01"])
    descriptor: Prose | None = None
    numerator: Prose | None = None
    denominator: Prose | None = None
    good_value: Figure | None = Field(default=None, examples=[85])
    good_grade: terms.Grade | None = None
    good_unit: terms.Unit | None = Field(
        default=None, description='Set where "good" is stated in another unit than the measure.'
    )
    good_text: Line | None = None
    good_rationale: Prose | None = None
    source: Line | None = None
    caveats: list[Prose] = []
    decimals: Annotated[int, Field(ge=0, le=6)] = 1
    scale_min: Figure | None = None
    scale_max: Figure | None = None
    plausible_low: Figure | None = Field(
        default=None, description="A value below it is stored with a warning and held under query."
    )
    plausible_high: Figure | None = Field(default=None, description="Likewise a value above it.")
    plausible_jump: Figure | None = Field(
        default=None, description="Likewise one that lies further than this from the value before it."
    )

    @model_validator(mode="after")
    def _is_plausible_at_all(self) -> Self:
        low, high = self.plausible_low, self.plausible_high
        if low is not None and high is not None and low > high:
            raise ValueError("plausible_low must not exceed plausible_high")
        if self.plausible_jump is not None and self.plausible_jump <= 0:
            raise ValueError("plausible_jump must be above zero")
        return self


class TargetWrite(Write):
    """Standing, by a date, or at year end. A value, a range, a grade, or the words as printed."""

    kind: terms.TargetKind
    stage: terms.TargetStage | None = None
    value: Figure | None = Field(default=None, examples=[95])
    lower: Figure | None = None
    upper: Figure | None = None
    grade: terms.Grade | None = None
    due: Fuzzy | None = None
    baseline: Figure | None = None
    to_be_confirmed: bool = False
    text: Line | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        a_range = self.lower is not None or self.upper is not None
        said = (self.value is not None) + a_range + (self.grade is not None)
        if said > 1:
            raise ValueError("a target is one of a value, a range or a grade")
        if not said and not self.to_be_confirmed and not self.text:
            raise ValueError("a target needs a value, a range, a grade or its text, or is to be confirmed")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError("lower must not exceed upper")
        if self.kind is terms.TargetKind.BY_DATE and self.due is None and not self.to_be_confirmed:
            raise ValueError("a target by a date needs its due date")
        return self


class KpiRecommendationWrite(Write):
    """The KPI under one recommendation, with the lead and wording it has there."""

    recommendation: RefName
    leads: Leads = []
    wording: Line | None = None


def _recommendation_from_ref(value: Any) -> Any:
    return {"recommendation": value} if isinstance(value, str) else value


Recommendations = list[
    Annotated[
        KpiRecommendationWrite,
        BeforeValidator(_recommendation_from_ref, json_schema_input_type=KpiRecommendationWrite | str),
    ]
]


class SupersessionWrite(Write):
    """That the KPI gave way: to which, and from which period no more values are taken."""

    by: RefName | None = None
    from_period: Line | None = Field(default=None, examples=["2018-09"])
    text: Line | None = None


class SegmentCreate(Write):
    """A part of the service the KPI is also measured for."""

    ref: RefName = Field(examples=["north"])
    title: Line = Field(examples=["North locality"])


class SegmentUpdate(Write):
    ref: RefName | None = None
    title: Line | None = None


class KpiCreate(Write):
    """A new KPI. Its segment `_all`, the whole service, comes with it."""

    ref: RefName = Field(examples=["OBA1-14"])
    source_ref: Line | None = None
    title: Line = Field(examples=["Children on a plan seen within ten days"])
    other_titles: list[Line] = []
    parent: RefName | None = None
    kind: terms.KpiKind = terms.KpiKind.QUANTITATIVE
    category: terms.KpiCategory = terms.KpiCategory.NONE
    unit: terms.Unit = Field(examples=["percent"])
    polarity: terms.Polarity = Field(examples=["higher"])
    nature: terms.Nature = terms.Nature.SNAPSHOT
    reset_month: ResetMonth | None = None
    rolling_periods: RollingPeriods | None = None
    lag_months: LagMonths | None = None
    rollup: terms.Rollup = Field(
        default=terms.Rollup.NONE, description="How quarters and the year to date follow from its periods."
    )
    period_type: terms.PeriodType = Field(examples=["month"])
    frequency: Line | None = None
    counts_children: bool = False
    leads: Leads = []
    themes: list[RefName] = []
    theme_text: Line | None = None
    recommendations: Recommendations = []
    definition: DefinitionWrite | None = None
    good_is_target: bool = False
    tolerance: Figure | None = Field(default=None, description="Off until set; in the KPI's own unit.")
    targets: list[TargetWrite] = []
    no_target_text: Line | None = None
    segments: list[SegmentCreate] = []
    feed: RefName | None = None
    due_after_days: DueAfterDays | None = None
    locks_after_days: LocksAfterDays | None = None
    superseded: SupersessionWrite | None = None


class KpiUpdate(Write):
    """A merge patch. `targets` and `recommendations` replace the whole list.

    `definition` with `effective_from` adds a version that takes what it leaves out from the one
    before; with `definition_is_correction` it puts the present version right instead.
    """

    ref: RefName | None = None
    source_ref: Line | None = None
    title: Line | None = None
    other_titles: list[Line] | None = None
    parent: RefName | None = None
    kind: terms.KpiKind | None = None
    category: terms.KpiCategory | None = None
    unit: terms.Unit | None = None
    polarity: terms.Polarity | None = None
    nature: terms.Nature | None = Field(
        default=None, description="What belonged to another nature (reset, span, lag) goes with it."
    )
    reset_month: ResetMonth | None = None
    rolling_periods: RollingPeriods | None = None
    lag_months: LagMonths | None = None
    rollup: terms.Rollup | None = None
    period_type: terms.PeriodType | None = Field(
        default=None, description="Cannot change once the KPI has values."
    )
    frequency: Line | None = None
    counts_children: bool | None = None
    leads: Leads | None = None
    themes: list[RefName] | None = None
    theme_text: Line | None = None
    recommendations: Recommendations | None = None
    definition: DefinitionWrite | None = None
    definition_is_correction: bool = False
    good_is_target: bool | None = None
    tolerance: Figure | None = None
    targets: list[TargetWrite] | None = None
    no_target_text: Line | None = None
    feed: RefName | None = None
    due_after_days: DueAfterDays | None = None
    locks_after_days: LocksAfterDays | None = None
    superseded: SupersessionWrite | None = None


class PointRead(BaseModel):
    """One period of a series. A figure or grade stands only where one was reported."""

    period: str = Field(examples=["2026-09"])
    ends_on: dt.date
    state: terms.MeasurementState
    value: float | None = None
    grade: terms.Grade | None = None
    numerator: float | None = None
    denominator: float | None = None
    workflow: terms.MeasurementWorkflow


class DefinitionRead(BaseModel):
    effective_from: dt.date | None
    descriptor: str | None
    numerator: str | None
    denominator: str | None
    good_value: float | None
    good_grade: terms.Grade | None
    good_unit: terms.Unit | None
    good_text: str | None
    good_rationale: str | None
    source: str | None
    caveats: list[str]
    decimals: int
    scale_min: float | None
    scale_max: float | None
    plausible_low: float | None
    plausible_high: float | None
    plausible_jump: float | None


class GoodRead(BaseModel):
    value: float | None
    grade: terms.Grade | None
    unit: terms.Unit | None
    text: str | None


class FreshnessRead(BaseModel):
    """Where the next value is, judged on the plan's clock."""

    state: Freshness
    due_after_days: int
    next_period: str | None
    due_on: dt.date | None
    days_late: int | None
    periods_missing: int


class BreakRead(BaseModel):
    """Where the line of a KPI breaks: values on either side of it do not compare."""

    on: dt.date
    kind: BreakKind
    period: str = Field(
        description="The first period on the far side: the first to end on that day or later."
    )
    text: str | None


class KpiSummary(AgainstTarget):
    """A KPI in a list, with the series of the whole service in the first basis that has values."""

    ref: str
    title: str
    version: int
    position: int
    kind: terms.KpiKind
    category: terms.KpiCategory
    unit: terms.Unit
    polarity: terms.Polarity
    nature: terms.Nature
    reset_month: int | None
    rolling_periods: int | None
    lag_months: int | None
    rollup: terms.Rollup
    period_type: terms.PeriodType
    frequency: str | None
    counts_children: bool
    parent: str | None
    leads: list[LeadRead]
    themes: list[str]
    theme_text: str | None
    recommendations: list[str]
    decimals: int = Field(description="Decimal places to show values with.")
    good: GoodRead | None
    good_is_target: bool
    tolerance: float | None
    targets: list[TargetRead]
    no_target_text: str | None
    is_superseded: bool
    superseded_by: str | None
    feed: str | None
    due_after_days: int | None = Field(description="Its own, or else its feed's.")
    locks_after_days: int | None = Field(description="Its own, or else its feed's.")
    doubts: int
    basis: terms.Basis | None = Field(
        description="Which series is shown: the first of operational final, operational provisional and"
        " validated return that has values."
    )
    points_held: int
    points: list[PointRead] = Field(description="The last 36, oldest first.")
    latest: PointRead | None
    previous: PointRead | None
    change: float | None = Field(description="Latest less previous; in grades, for grades.")
    direction: Direction | None = Field(description="Null where not known, or not judged (neutral).")
    freshness: FreshnessRead | None
    verdict: VerdictRead | None = Field(description="Of the series shown; null until the first is made.")
    verdict_is_pending: bool = Field(description="It is being made anew, and may be of earlier values.")
    comparators: ComparatorsRead | None = Field(
        description="The latest published figures, where the KPI is paired like with like."
    )


class SeriesRead(BaseModel):
    basis: terms.Basis
    points_held: int
    latest_period: str | None
    latest_value: float | None
    latest_grade: terms.Grade | None


class SegmentRead(BaseModel):
    ref: str
    title: str
    version: int
    kpi: str


class SegmentOfKpi(BaseModel):
    ref: str
    title: str
    version: int
    series: list[SeriesRead]


class KpiRecommendationRead(BaseModel):
    recommendation: str
    leads: list[LeadRead]
    wording: str | None


class AuditMeasureOfKpi(BaseModel):
    """What the values of a KPI are derived from."""

    template: str
    template_title: str
    domain: str | None = Field(
        description="Null: of an average, all scored domains together; of a count, whole audits."
    )
    domain_title: str | None
    stage: terms.AuditStage
    statistic: terms.AuditStatistic
    grades: list[terms.Grade]
    basis: terms.Basis


class KpiRead(KpiSummary):
    """One KPI, whole."""

    source_ref: str | None
    other_titles: list[str]
    own_due_after_days: int | None
    own_locks_after_days: int | None
    superseded_from: str | None
    superseded_text: str | None
    definition: DefinitionRead | None = Field(description="The version in force.")
    definitions: list[DefinitionRead] = Field(description="Every version, oldest first.")
    breaks: list[BreakRead] = Field(description="Where its line breaks, oldest first.")
    recommendation_links: list[KpiRecommendationRead]
    actions: list[str]
    children: list[str]
    replaces: list[str] = Field(description="KPIs it superseded.")
    segments: list[SegmentOfKpi]
    updated_at: str
    audit_measure: AuditMeasureOfKpi | None = Field(
        description="Null where the KPI is not derived from case-file audits."
    )
    may_edit: bool
    may_enter_values: bool


class KpiPage(PageOf):
    items: list[KpiSummary]


class SegmentPage(PageOf):
    items: list[SegmentRead]


class DerivedRead(BaseModel):
    """A figure derived from a KPI's shorter periods as it says how."""

    period: str = Field(examples=["FY2026-27-Q2"])
    value: float | None = Field(description="Null while an input is missing: missing is never zero.")
    numerator: float | None = Field(description="Null too where the KPI counts children.")
    denominator: float | None
    rollup: terms.Rollup
    inputs: int = Field(description="How many periods it is made of.")
    missing: list[str] = Field(description="Input periods without the figures needed.")
    under_query: list[str] = Field(description="Input periods whose figures somebody doubts.")
    broken_on: dt.date | None = Field(description="The definition changed then, so nothing is derived.")


class YearToDateRead(DerivedRead):
    through: str = Field(description="The latest period held, to which it runs.")


class RollUpsRead(BaseModel):
    """One KPI's quarters and year to date."""

    kpi: str
    segment: str
    basis: terms.Basis
    rollup: terms.Rollup
    financial_year: str = Field(examples=["FY2026-27"])
    quarters: list[DerivedRead]
    year_to_date: YearToDateRead | None
