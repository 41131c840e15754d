"""Audit templates, and the KPIs derived from audits, as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, model_validator

from api import vocabulary as terms
from api.core.openapi import PageOf
from api.core.shapes import Line, RefName, Write

MOST_DOMAINS = 30

Score = Annotated[int, Field(ge=0, le=100)]


class BandWrite(Write):
    """A stretch of the scale, from its lowest score up to the next band's."""

    title: Line = Field(examples=["Good evidence"])
    lowest: Score = Field(examples=[7])
    grade: terms.Grade | None = Field(
        default=None, description="The grade that scores of this band amount to, if the template says so."
    )


class ScaleWrite(Write):
    """Whole numbers, higher is better; its bands cover it from the lowest up."""

    lowest: Score = Field(examples=[1])
    highest: Score = Field(examples=[10])
    bands: Annotated[list[BandWrite], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _covers_itself(self) -> ScaleWrite:
        if self.lowest >= self.highest:
            raise ValueError("the highest score must lie above the lowest")
        starts = [band.lowest for band in self.bands]
        if starts[0] != self.lowest:
            raise ValueError("the first band must begin at the lowest score")
        if sorted(set(starts)) != starts or starts[-1] > self.highest:
            raise ValueError("each band must begin above the one before, and none above the highest score")
        if len({band.title.casefold() for band in self.bands}) < len(self.bands):
            raise ValueError("two bands bear the same title")
        return self


class DomainWrite(Write):
    ref: RefName = Field(examples=["voice"])
    title: Line = Field(examples=["Voice of the child"])
    scale: terms.AuditScale = terms.AuditScale.GRADE


def _differ(domains: list[DomainWrite]) -> list[DomainWrite]:
    if len({domain.ref.lower() for domain in domains}) < len(domains):
        raise ValueError("two domains bear the same ref")
    return domains


class AuditTemplateReplace(Write):
    """The next edition, whole. Audits made before keep theirs."""

    title: Line = Field(examples=["Practice audit"])
    domains: Annotated[
        list[DomainWrite], Field(min_length=1, max_length=MOST_DOMAINS), AfterValidator(_differ)
    ]
    scale: ScaleWrite | None = Field(default=None, description="Of its scored domains; null where none is.")
    moderation_expected: bool = Field(
        default=False, description="Whether audits without a moderator's marks are shown as waiting for them."
    )

    @model_validator(mode="after")
    def _has_a_scale_for_scores(self) -> AuditTemplateReplace:
        is_scored = any(domain.scale is terms.AuditScale.SCORE for domain in self.domains)
        if is_scored and self.scale is None:
            raise ValueError("a template with scored domains needs a scale")
        if self.scale is not None and not is_scored:
            raise ValueError("a scale needs a domain that is scored on it")
        return self


class AuditTemplateCreate(AuditTemplateReplace):
    ref: RefName = Field(examples=["practice"])
    is_enabled: bool = True


class AuditTemplateUpdate(Write):
    """Enabling and disabling make no new edition."""

    is_enabled: bool


class BandRead(BaseModel):
    title: str
    lowest: int
    grade: terms.Grade | None


class ScaleRead(BaseModel):
    lowest: int
    highest: int
    bands: list[BandRead]


class DomainRead(BaseModel):
    ref: str = Field(examples=["voice"])
    title: str
    scale: terms.AuditScale


class AuditTemplateRead(BaseModel):
    """One edition of a template."""

    ref: str = Field(examples=["practice"])
    version: int
    title: str
    is_enabled: bool = Field(description="Whether new audits may use it.")
    edition: int
    is_latest: bool
    moderation_expected: bool
    scale: ScaleRead | None
    domains: list[DomainRead]
    audits: int = Field(description="Made on this edition and not withdrawn.")
    kpis: list[str] = Field(description="Refs of the KPIs derived from the template.")
    updated_at: str


class AuditTemplatePage(PageOf):
    items: list[AuditTemplateRead]


class AuditMeasureCreate(Write):
    """What a KPI's values are derived from.

    An average needs a KPI whose unit is `score`; a share `percent`; a count `count`. Its periods are
    months or longer.
    """

    kpi: RefName = Field(examples=["OBA3-02"])
    template: RefName = Field(examples=["practice"])
    domain: RefName | None = Field(
        default=None,
        description="Left out: of an average, all scored domains together; of a count, whole audits.",
    )
    stage: terms.AuditStage = terms.AuditStage.FINAL
    statistic: terms.AuditStatistic = Field(examples=["average"])
    grades: list[terms.Grade] | None = Field(
        default=None,
        max_length=4,
        description="Of a share: the grades that count; good and outstanding unless given.",
    )
    basis: terms.Basis = terms.Basis.OPERATIONAL_PROVISIONAL


class LeftAlone(BaseModel):
    """A value that somebody else brought."""

    segment: str
    period: str


class AuditMeasureRead(BaseModel):
    kpi: str
    version: int
    template: str
    domain: str | None
    stage: terms.AuditStage
    statistic: terms.AuditStatistic
    grades: list[terms.Grade]
    basis: terms.Basis
    source: str = Field(description="What each derived value says of its source.")
    left_alone: list[LeftAlone] = Field(
        description="Values of this KPI and basis that a person or system brought: audits never replace"
        " them. The latest hundred."
    )
    updated_at: str


class AuditMeasurePage(PageOf):
    items: list[AuditMeasureRead]


AuditTemplateRef = Annotated[str, Field(max_length=64, examples=["practice"])]
