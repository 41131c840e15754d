"""The plan itself, the inspections it answers, who leads in it, and its themes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api import vocabulary as terms
from api.core.fuzzy import Fuzzy
from api.core.shapes import Day
from api.plan_documents.parts.basics import Days, Line, Number, Part, Ref, Text


class Authority(Part):
    ref: Ref
    name: Line
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{8}$")] | None = None
    """The nine-character ONS code, where known."""
    la_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")] | None = None
    """The Department for Education's three-digit number, where known."""


class StatusWord(Part):
    """One of the plan's own words for a status, and which canonical status it means."""

    word: Line
    status: terms.ActionStatus
    counts_as_done: bool


class ColourMeaning(Part):
    """What a colour says in this plan: of progress, and of confidence."""

    colour: terms.Rating
    word: Line | None = None
    progress: Line | None = None
    confidence: Line | None = None
    counts_as: terms.Confidence | None = None


class StatedTotal(Part):
    """What the document says it contains, never adjusted to what it holds."""

    label: Line
    of: Literal[
        "recommendations", "actions", "objectives", "sub_actions", "kpis", "checks", "risks", "themes"
    ]
    statuses: list[str] = []
    ratings: list[terms.Rating] = []
    count: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    percent: Number | None = None
    as_at: Fuzzy | None = None


class Board(Part):
    name: Line
    purpose: Line | None = None
    chair: Line | None = None
    frequency: Line | None = None
    reports_to: Line | None = None
    is_independent: bool | None = None
    is_multi_agency: bool | None = None


class Intervention(Part):
    """The Department for Education's intervention, where there is one."""

    type: Line
    issued_on: Day | None = None
    lifted_on: Day | None = None
    adviser: Line | None = None
    independent_chair: Line | None = None


class Statement(Part):
    topic: Line
    text: Text


class Plan(Part):
    ref: Ref
    title: Line
    authority: Authority
    version: Line | None = None
    status: terms.PlanStatus
    starts: Fuzzy | None = None
    ends: Fuzzy | None = None
    as_at: Day | None = None
    """The day the plan's actions are judged at. A closed plan's clock stands here."""
    figures_as_at: Fuzzy | None = None
    horizon: Line | None = None
    """The plan's span in the source's words ("the first year")."""
    statement_received_on: Day | None = None
    """Receipt of the inspection report; the written statement is due 70 working days later."""
    signatories: list[Line] = []
    status_words: list[StatusWord] = []
    colour_key: list[ColourMeaning] = []
    stated_totals: list[StatedTotal] = []
    boards: list[Board] = []
    intervention: Intervention | None = None
    impact_statements: list[Statement] = []
    """A covering report's own statements: equalities, evidence, budget, its recommendation and reason."""
    risk_scale: Line | None = None
    due_soon_days: Days = 28
    amber_days: Days = 31
    """A suggested rating is amber up to this many days late, red beyond."""
    spc_profile: terms.SpcProfile = terms.SpcProfile.MDC
    """Which reading of the control chart its KPIs are judged by."""


class Judgement(Part):
    area: Line
    under: Line | None = None
    """The area this is a sub-judgement of."""
    grade: terms.Grade | None = None
    words: Text | None = None


class Finding(Part):
    ref: Ref
    text: Text
    page: Line | None = None
    paragraphs: Line | None = None


class Inspection(Part):
    ref: Ref
    framework: terms.Framework
    title: Line | None = None
    starts: Fuzzy | None = None
    ends: Fuzzy | None = None
    received_on: Day | None = None
    published_on: Fuzzy | None = None
    scope: Text | None = None
    judgements: list[Judgement] = []
    findings: list[Finding] = []


class Party(Part):
    ref: Ref
    kind: terms.PartyKind
    name: Line
    aliases: list[Line] = []
    organisation: Line | None = None


class Theme(Part):
    ref: Ref
    kind: terms.ThemeKind
    title: Line
    other_titles: list[Line] = []
    description: Text | None = None
