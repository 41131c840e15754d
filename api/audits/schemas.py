"""Audits, their results and windscreen positions as the API takes and gives them.

An audit takes marks alone. A case number, a name, a comment, a date finer than a month have no field to
go into, and a field that is not known is refused, so that nothing of the kind is ever stored. Errors name
fields and what they take; they never repeat what was sent.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field, PlainValidator

from api import vocabulary as terms
from api.core.openapi import PageOf, ProblemDocument
from api.core.shapes import Day, Line, Prose, RefName, Write
from api.measurements.schemas import RowErrorRead
from api.measurements.tables import Mode

MOST_AUDITS = 1_000
"""Audits in one batch."""

MarkShape = terms.Grade | int
_DOMAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
Month = Annotated[
    Line,
    Field(
        description="A day is taken for its month; the day is not kept.",
        examples=["2018-08"],
    ),
]


def _named(given: Any) -> dict[str, Any]:
    """Which domains there are, and what each takes, only their edition knows: see ``rules.read_marks``."""
    if not isinstance(given, dict) or len(given) > 100:
        raise ValueError("marks are an object of domain refs with a mark each")
    if not all(isinstance(name, str) and _DOMAIN.fullmatch(name) for name in given):
        raise ValueError("a domain is named by its ref, such as voice")
    for mark in given.values():
        is_word = isinstance(mark, str) and len(mark) <= 60 and mark.isprintable()
        if not (mark is None or is_word or isinstance(mark, int | Decimal)):
            raise ValueError("a mark is a grade such as good, or a whole number on the template's scale")
    return given


Marks = Annotated[dict[str, Any], PlainValidator(_named, json_schema_input_type=dict[str, MarkShape | None])]
_MARKS_EXAMPLE = {"assessment": 6, "planning": 5, "overall": "requires_improvement"}


class AuditCreate(Write):
    """One audit: what the auditor gave and, if moderated, what the moderator made of it.

    A domain that was not audited is left out; it is counted nowhere.
    """

    template: RefName = Field(examples=["practice"])
    edition: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="The edition it was made on; the latest unless given."
    )
    month: Month
    team: RefName | None = Field(
        default=None, description="A party of the kind team, whose work was audited.", examples=["north"]
    )
    auditor: RefName | None = Field(default=None, description="A party.", examples=["head-of-qa"])
    moderator: RefName | None = Field(default=None, description="A party; only with moderated marks.")
    scores: Marks = Field(
        description="By domain: the auditor's mark, before moderation.", examples=[_MARKS_EXAMPLE]
    )
    moderated: Marks = Field(default={}, description="By domain: the mark after moderation.")


class AuditUpdate(Write):
    """A merge patch, also of the marks by domain; null takes one away. Template and edition stay."""

    month: Month | None = None
    team: RefName | None = None
    auditor: RefName | None = None
    moderator: RefName | None = None
    scores: Marks | None = None
    moderated: Marks | None = None


class AuditWithdraw(Write):
    because: terms.AuditWithdrawal


def _listed(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise ValueError("rows must be a list of audits")
    if not given:
        raise ValueError("rows must hold at least one audit")
    return given


class AuditBatch(Write):
    """Audits to record. `atomic`: all or none. `partial`: every good one."""

    rows: Annotated[
        list[Any],
        PlainValidator(
            _listed,
            json_schema_input_type=Annotated[list[AuditCreate], Field(min_length=1, max_length=MOST_AUDITS)],
        ),
    ]
    mode: Mode = Mode.ATOMIC
    dry_run: bool = Field(default=False, description="Say what is wrong, and record nothing.")


class AuditBatchRead(BaseModel):
    """What became of a batch: `received = created + rejected`, always.

    Of a refused row nothing is kept: it may hold what must not be.
    """

    mode: Mode
    dry_run: bool
    received: int
    created: int = Field(description="Of a dry run: how many would be.")
    rejected: int
    audits: list[str] = Field(description="Refs given, in the order of the rows; empty for a dry run.")
    errors: list[RowErrorRead] = Field(description="The first hundred kinds.")


class RefusedBatch(ProblemDocument):
    """A problem, and with it the batch where an atomic one held a wrong row."""

    batch: AuditBatchRead | None = None


class PartyNamed(BaseModel):
    party: str = Field(examples=["head-of-qa"])
    name: str


class MarkRead(BaseModel):
    domain: str
    title: str
    before: MarkShape
    after: MarkShape | None = Field(description="Null where it was not moderated.")


class WithdrawalRead(BaseModel):
    because: terms.AuditWithdrawal
    at: str


class AuditRead(BaseModel):
    ref: str = Field(description="Given by the service; it says nothing of the case.", examples=["AU-17"])
    version: int
    template: str
    edition: int
    month: str = Field(examples=["2018-08"])
    team: PartyNamed | None
    auditor: PartyNamed | None
    moderator: PartyNamed | None
    marks: list[MarkRead]
    is_moderated: bool
    withdrawn: WithdrawalRead | None = Field(description="A withdrawn audit counts nowhere.")
    recorded_by: str | None
    recorded_at: str
    updated_at: str


class AuditPage(PageOf):
    items: list[AuditRead]


class PartRead(BaseModel):
    """One grade or band of a distribution."""

    label: str = Field(examples=["good"])
    grade: terms.Grade | None
    count: int
    share: float = Field(description="Per cent of the sample, to one decimal.")
    said: str = Field(description="“3 of 4” of fewer than twenty, else a percentage.", examples=["3 of 4"])


class GoodOrBetterRead(BaseModel):
    count: int
    share: float
    said: str


class SummaryRead(BaseModel):
    """What the marks of a domain add up to at one stage."""

    sample: int
    is_small: bool = Field(description="Fewer than twenty marks: read shares as counts.")
    distribution: list[PartRead] = Field(description="Best first; empty where there is no mark.")
    average: float | None = Field(
        description="Of scores, to two decimals. Grades have no average: nothing says how far apart they are."
    )
    good_or_better: GoodOrBetterRead | None = Field(
        description="Null without marks, or where a scale's bands are not tied to grades."
    )


class ModerationRead(BaseModel):
    """Only of marks that were moderated; their own before and after."""

    moderated: int
    moved_up: int
    moved_down: int
    unchanged: int


class DomainResultRead(BaseModel):
    """A domain that changed its scale with an edition stands there once for each scale."""

    domain: str
    title: str
    scale: terms.AuditScale
    lowest: int | None
    highest: int | None
    before: SummaryRead
    after: SummaryRead
    final: SummaryRead = Field(description="After moderation where there was one, else before.")
    moderation: ModerationRead


class AverageRead(BaseModel):
    """Over all scored domains of all audits; null where there are none, or their scales differ."""

    before: float | None
    after: float | None
    final: float | None
    scores: int = Field(description="How many scores there are before moderation.")


class ResultRead(BaseModel):
    audits: int
    is_small: bool
    moderated: int = Field(description="Audits with at least one moderated mark.")
    awaiting_moderation: int = Field(description="Where their edition expects moderation.")
    domains: list[DomainResultRead]
    average: AverageRead


class TeamResultRead(ResultRead):
    team: PartyNamed | None = Field(description="Null: audits that name no team.")


class WindscreenPositionRead(BaseModel):
    """A named person's judgement; no figure makes it."""

    id: int
    version: int
    grade: terms.Grade
    place: terms.DialPlace
    judged_on: dt.date
    judged_by: str | None = Field(description="Whose judgement it is.")
    party: str | None = Field(description="Ref of the party whose judgement it is, where one was named.")
    reason: str
    recorded_by: str | None
    recorded_at: str


class PeriodResultRead(BaseModel):
    period: str = Field(examples=["2018-08"])
    starts_on: dt.date
    ends_on: dt.date
    windscreen: WindscreenPositionRead | None = Field(
        description="The judgement that stood at the period's end, or stands today where it has not ended."
    )
    whole: ResultRead
    teams: list[TeamResultRead] = Field(description="With `by_team`.")


class AuditResultsRead(BaseModel):
    """A template's audits, period by period, oldest first. A period without audits is not there."""

    template: str
    title: str
    by: terms.PeriodType
    periods: list[PeriodResultRead]


class WindscreenPositionCreate(Write):
    """Where the service stands, as somebody judges it."""

    grade: terms.Grade
    place: terms.DialPlace = Field(
        default=terms.DialPlace.MIDDLE, description="Within the grade: towards the worse, amid, the better."
    )
    judged_on: Day | None = Field(default=None, description="Today unless given; never after it.")
    party: RefName | None = Field(
        default=None,
        description="The person or role whose judgement it is, where you record it for another.",
        examples=["dcs"],
    )
    reason: Prose = Field(examples=["Three months of audits mostly at requires improvement, and steady."])


class WindscreenPositionPage(PageOf):
    items: list[WindscreenPositionRead]


AuditRef = Annotated[str, Field(max_length=64, examples=["AU-17"])]
PositionId = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[12])]
