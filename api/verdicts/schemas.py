"""Verdicts and rebases as the API takes and gives them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api import vocabulary as terms
from api.core.openapi import PageOf
from api.core.shapes import Prose, RefName, Write
from api.kpis.target_schemas import AgainstTarget

Side = Literal["high", "low"]


class SignalRead(BaseModel):
    """What the latest point says, the rule that fired, and the points that made it fire."""

    variation: terms.Variation = Field(description="By the latest point; a signal that ended is history.")
    rule: terms.SpecialCause | None
    side: Side | None = Field(description="Of the signal: high or rising values, low or falling ones.")
    fired: list[str] = Field(
        description="Periods of the points that made the rule fire, oldest first.",
        examples=[["2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08"]],
    )
    through: str | None = Field(description="The latest period judged.", examples=["2026-08"])
    held: int = Field(description="Points since the last break that count, towards those needed.")


class PointMarkRead(BaseModel):
    """A point that a rule marks."""

    period: str = Field(examples=["2026-08"])
    rule: terms.SpecialCause
    side: Side


class StretchRead(BaseModel):
    """The points between two breaks of the line, with limits of their own."""

    from_period: str = Field(alias="from", examples=["2025-02"])
    to: str = Field(examples=["2026-08"])
    points: int
    because: terms.LineBreak | None = Field(description="Why it began; null for the first.")
    mean: float | None = Field(description="With its limits null below thirteen points.")
    lower_limit: float | None
    upper_limit: float | None


class TrajectoryRead(BaseModel):
    """Where the trend leads by the day of the next dated target, with its 95 % interval."""

    outlook: terms.Outlook
    due_on: dt.date
    floor: float | None = Field(description="With `ceiling`: the values that meet the target.")
    ceiling: float | None
    expected: float
    lowest: float
    highest: float
    per_year: float = Field(description="The slope, in the KPI's unit a year.")


class VerdictRead(SignalRead):
    """What a series is doing, and what may be expected of it from the day it is read on."""

    profile: terms.SpcProfile
    why_not: terms.WhyNotJudged | None = Field(description="Why variation does not apply.")
    icon: terms.VariationIcon | None = Field(description="As in Making Data Count.")
    needed: int = Field(description="Points below which it is too early to say.", examples=[13])
    mean: float | None
    lower_limit: float | None = Field(description="Natural process limits; never clipped.")
    upper_limit: float | None
    stretches: list[StretchRead] = Field(description="Oldest first; the last holds the latest point.")
    target_floor: float | None = Field(
        description="With `target_ceiling`: the values that meet the target in force for the latest point."
    )
    target_ceiling: float | None
    assurance: terms.TargetAssurance | None
    trajectory: TrajectoryRead | None = Field(description="Towards the next dated target.")
    median: float | None = Field(description="Of the latest stretch, by the values that count.")
    change: float | None = Field(
        description="Latest less the value before it that counts, never across a break."
    )
    last_year: float | None = Field(description="The same period a year before, never across a break.")
    signed_off: SignalRead = Field(description="Of signed-off values alone: what rules may act on.")
    sentence: str = Field(
        examples=[
            "Getting better: seven months running above the average since February."
            " At this pace it will not reliably reach 95%."
        ]
    )


class MarkedVerdictRead(VerdictRead):
    """A verdict with the points that rules mark."""

    marks: list[PointMarkRead] = Field(description="Every point that is special cause, oldest first.")


class SeriesVerdictRead(AgainstTarget):
    """One series against its target, what it is doing, and what may be expected of it."""

    segment: str = Field(examples=["_all"])
    basis: terms.Basis
    verdict: MarkedVerdictRead | None = Field(description="Null until the first is made.")
    is_pending: bool = Field(
        description="Values, or what they are judged by, changed; it is being made anew."
    )
    judged_at: str | None


class EarlierVerdictRead(BaseModel):
    """A verdict that a change of what it rests on did away with."""

    segment: str = Field(examples=["_all"])
    basis: terms.Basis
    because: list[terms.VerdictInput] = Field(description="What changed.", examples=[["rebase"]])
    at: str
    by: str | None
    reason: str | None
    verdict: VerdictRead = Field(description="As it stood before.")


class KpiVerdictsRead(BaseModel):
    """The verdict on every series of a KPI."""

    kpi: str
    series: list[SeriesVerdictRead]


class EarlierVerdictPage(PageOf):
    items: list[EarlierVerdictRead]


class RebaseCreate(Write):
    """A proposal to judge a KPI anew from a period on. Another person agrees to it or rejects it."""

    from_period: Annotated[str, Field(min_length=1, max_length=40, examples=["2026-04"])]
    reason: Prose = Field(examples=["The front door was redesigned in April: a new process."])
    segment: RefName | None = Field(default=None, description="Only this segment; null is every one.")
    basis: terms.Basis | None = Field(default=None, description="Only this basis; null is every one.")


class RebaseAgreement(Write):
    note: Prose | None = None


class RebaseRejection(Write):
    note: Prose = Field(examples=["Two values are too few to draw the line anew."])


class RebaseRead(BaseModel):
    number: int
    version: int
    kpi: str
    from_period: str
    segment: str | None
    basis: terms.Basis | None
    reason: str | None = Field(description="Not told to readers who see single KPIs only.")
    state: terms.RebaseState
    proposed_by: str | None
    proposed_at: str
    decided_by: str | None
    decided_at: str | None
    decision_note: str | None
    may_agree: bool = Field(
        description="It waits, you have the right, and its proposer is known and another."
    )


class RebasePage(PageOf):
    items: list[RebaseRead]
