"""Values and submissions as the API takes and gives them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field, PlainValidator

from api import vocabulary as terms
from api.core.openapi import PageOf, ProblemDocument
from api.core.shapes import Day, Line, Prose, RefName, Write
from api.measurements.tables import ActKind, LateState, Mode, Outcome, SubmissionStatus

MOST_ROWS = 5_000
"""Rows in one JSON batch."""

PeriodKey = Annotated[str, Field(max_length=64, examples=["2026-09"])]
SubmissionRef = Annotated[str, Field(max_length=36, examples=["0f8fad5b-d9cb-469f-a165-70867728950e"])]


class MeasurementRow(Write):
    """One value. A row is read by itself: what is wrong in one is reported for that row alone."""

    kpi: str = Field(examples=["OBA1-14"])
    segment: str = Field(default="_all", examples=["_all"])
    period: str = Field(
        description="Canonical key of the KPI's period type, or a common spelling.", examples=["2026-09"]
    )
    basis: terms.Basis = terms.Basis.OPERATIONAL_PROVISIONAL
    state: terms.MeasurementState | None = Field(
        default=None, description="Only where there is no value: nil_return, not_available and so on."
    )
    value: float | str | None = Field(default=None, examples=[85.6])
    grade: terms.Grade | None = Field(default=None, description="For KPIs whose values are grades.")
    numerator: float | str | None = Field(default=None, examples=[107])
    denominator: float | str | None = Field(default=None, examples=[125])
    note: str | None = None
    source: str | None = None
    external_reference: str | None = None


def _listed(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise ValueError("rows must be a list of rows")
    if not given:
        raise ValueError("rows must hold at least one row")
    return given


class MeasurementBatch(Write):
    """Values to store. `atomic`: all or none. `partial`: every good row."""

    rows: Annotated[
        list[Any],
        PlainValidator(
            _listed,
            json_schema_input_type=Annotated[list[MeasurementRow], Field(min_length=1, max_length=MOST_ROWS)],
        ),
    ]
    mode: Mode = Mode.ATOMIC
    dry_run: bool = Field(default=False, description="Say what would change, and store no value.")
    source: Line | None = Field(default=None, examples=["Case management, nightly"])
    external_reference: Line | None = Field(default=None, examples=["job-4711"])


class MeasurementPut(Write):
    """The whole value of one period: what is left out is then not there."""

    basis: terms.Basis = terms.Basis.OPERATIONAL_PROVISIONAL
    state: terms.MeasurementState | None = None
    value: Annotated[Any, PlainValidator(lambda v: v, json_schema_input_type=float | str | None)] = Field(
        default=None, examples=[85.6]
    )
    grade: terms.Grade | None = None
    numerator: Annotated[Any, PlainValidator(lambda v: v, json_schema_input_type=float | str | None)] = None
    denominator: Annotated[Any, PlainValidator(lambda v: v, json_schema_input_type=float | str | None)] = None
    note: Prose | None = None
    source: Line | None = None
    external_reference: Line | None = None
    workflow: terms.MeasurementWorkflow | None = Field(
        default=None, description="People who load values may also sign them off or query them."
    )
    reason: Line | None = Field(default=None, description="Why it changes.", examples=["Two late returns"])


class ValueRead(BaseModel):
    """A value as somebody knew it."""

    kpi: str
    segment: str
    period: str
    starts_on: dt.date
    ends_on: dt.date
    basis: terms.Basis
    state: terms.MeasurementState
    value: float | None
    grade: terms.Grade | None
    numerator: float | None
    denominator: float | None
    note: str | None
    source: str | None
    external_reference: str | None
    workflow: terms.MeasurementWorkflow = Field(
        description="Rules (escalations, alerts) act on signed-off values only."
    )
    question: str | None = Field(description="Why it is under query.")
    answer: str | None = Field(description="What was answered; it stays under query until cleared.")
    revision: int
    reason: str | None
    known_from: str
    by: str | None
    submission: str | None = Field(description="What brought these figures.")
    act: ActKind | None = Field(description="What made this revision, if no delivery did.")


class MeasurementRead(ValueRead):
    is_locked: bool = Field(description="Whether another value would wait in the queue of late revisions.")


class RevisionRead(ValueRead):
    """A value as it was known between two moments."""

    state: terms.RevisionState  # type: ignore[assignment]
    known_to: str | None = Field(description="Null while it is the value known.")


class MeasurementListed(MeasurementRead):
    """A value; or, where it was asked for, that nothing is known any more because its delivery was
    withdrawn: then the state is `withdrawn`, and the reason is that of the withdrawal.
    """

    state: terms.RevisionState  # type: ignore[assignment]


class MeasurementPage(PageOf):
    items: list[MeasurementListed]


class MeasureRead(BaseModel):
    """How the values of a KPI are written."""

    title: str
    unit: terms.Unit
    polarity: terms.Polarity
    decimals: int


class RevisionPage(PageOf):
    items: list[RevisionRead]


class FiguresRead(BaseModel):
    state: terms.MeasurementState
    value: float | None
    grade: terms.Grade | None
    numerator: float | None
    denominator: float | None


class PreviousRead(BaseModel):
    period: str
    figures: FiguresRead


class PlanValueRead(MeasurementRead):
    """A value with what is needed to judge it at a glance."""

    measure: MeasureRead
    before: FiguresRead | None = Field(
        description="What was known of the same period until its figures changed; null where they never did."
    )
    previous: PreviousRead | None = Field(description="The period before it in the same series.")


class PlanValuePage(PageOf):
    items: list[PlanValueRead]
    known_at: str = Field(
        description="What is told here was known then; a sign-off that names it leaves what changed since."
    )


class WaitingRead(BaseModel):
    """What waits for somebody to look at it. More than 10,000 of a kind count as 10,000."""

    to_check: int = Field(description="Values loaded and not signed off.")
    under_query: int
    late_revisions: int
    feeds_late: int
    feeds_missing: int


class ChangeRead(BaseModel):
    index: int | None = Field(description="Of the row; null when read back later.")
    outcome: Outcome
    kpi: str
    segment: str
    period: str
    basis: terms.Basis
    old: FiguresRead | None
    new: FiguresRead


class ChangePage(PageOf):
    items: list[ChangeRead]


class RowErrorRead(BaseModel):
    """Like errors of several rows, together."""

    indexes: list[int] = Field(description="Of the first hundred rows, counted from 0.")
    count: int
    places: list[str] = Field(
        description="Of the same rows in the file they came by.", examples=[["line 7", "Sheet1!C7"]]
    )
    code: str = Field(examples=["unknown_kpi"])
    pointer: str = Field(description="JSON pointer into the row.", examples=["/kpi"])
    message: str


class FindingRead(BaseModel):
    """Something recognised in a file, or left out."""

    code: str = Field(examples=["layout"])
    message: str = Field(examples=["Row 3 was read as the header: KPIs down, 12 periods across."])
    about: str | None = Field(
        default=None, description="The sheet to choose, or the KPI to say more of, where that is asked."
    )


class ProgressRead(BaseModel):
    rows_read: int
    share_read: float | None = Field(
        description="Of the file, from 0 to 1; null for a workbook. Values are stored once all is read."
    )


class RowWarningRead(BaseModel):
    """What is odd about a row. It is taken all the same, and held under query."""

    index: int
    kpi: str
    segment: str
    period: str
    basis: terms.Basis
    code: str = Field(examples=["outside_plausible_range"])
    message: str


class WithdrawalForeseen(BaseModel):
    """What becomes of the values that a submission brought."""

    restored: int = Field(description="Values that went back to what was known before.")
    confirmed: int = Field(description="Values that another delivery says too, and which stay as that one's.")
    removed: int = Field(description="Values of which nothing was known before, and nothing is now.")
    kept: int = Field(description="Values changed since by others, which stay.")


class WithdrawalRead(WithdrawalForeseen):
    """That a submission was undone. Issued reports never change."""

    at: str
    by: str | None
    reason: str


class SubmissionSummary(BaseModel):
    """One delivery. `received = created + updated + unchanged + queued + rejected`, always."""

    submission: str
    door: str = Field(examples=["json"])
    status: SubmissionStatus
    mode: Mode
    dry_run: bool
    source: str | None
    external_reference: str | None
    received: int
    created: int
    updated: int
    unchanged: int
    queued: int = Field(description="Late revisions of a locked period, waiting to be accepted.")
    rejected: int
    warned: int = Field(description="Rows that are odd; they count as created, updated or queued too.")
    by: str | None
    received_at: str
    file_name: str | None = Field(examples=["october.xlsx"])
    digest: str | None = Field(description="SHA-256 of the body as it came, in hexadecimal.")
    repeats: str | None = Field(
        description="The last submission of the very same file or body. Its rows are judged anew."
    )
    problem: FindingRead | None = Field(description="Why nothing of a file could be looked at.")
    withdrawal: WithdrawalRead | None


class SubmissionRead(SubmissionSummary):
    progress: ProgressRead | None = Field(description="While it is pending.")
    findings: list[FindingRead] = Field(description="What was recognised in the file.")
    changes: list[ChangeRead] = Field(description="The first hundred.")
    errors: list[RowErrorRead] = Field(description="The first hundred kinds.")
    warnings: list[RowWarningRead] = Field(description="The first hundred.")


class RefusedSubmission(ProblemDocument):
    """A problem, and with it the submission where an atomic batch held a wrong row."""

    submission: SubmissionRead | None = None


class SubmissionPage(PageOf):
    items: list[SubmissionSummary]


class RejectedRowRead(BaseModel):
    index: int
    place: str | None = Field(examples=["line 7"])
    code: str
    pointer: str
    message: str
    row: Any = Field(description="As it was sent; long texts are cut.")


class RejectedRowPage(PageOf):
    items: list[RejectedRowRead]


class ValueAddress(Write):
    """One value."""

    kpi: str = Field(max_length=80, examples=["OBA1-14"])
    segment: str = Field(default="_all", max_length=64, examples=["_all"])
    period: str = Field(max_length=64, examples=["2026-09"])
    basis: terms.Basis = terms.Basis.OPERATIONAL_PROVISIONAL
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        default=None, description="Only as it was when it was looked at; changed since, it is left out."
    )


class Chosen(Write):
    """Which values. What is given narrows the choice; `kpis` and `feeds` add up."""

    kpis: Annotated[list[RefName], Field(max_length=MOST_ROWS)] = []
    feeds: Annotated[list[RefName], Field(max_length=200)] = []
    submission: SubmissionRef | None = Field(
        default=None, description="Values whose figures it brought and nobody changed since."
    )
    periods: Annotated[
        list[Annotated[str, Field(max_length=64)]],
        Field(max_length=400, description="Canonical keys.", examples=[["2026-09", "FY2026-27-Q2"]]),
    ] = []
    from_day: Day | None = Field(default=None, alias="from", description="Periods that end then or later.")
    to_day: Day | None = Field(default=None, alias="to", description="Periods that end then or earlier.")
    segments: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=400)] = []
    basis: list[terms.Basis] = []
    values: Annotated[list[ValueAddress], Field(max_length=MOST_ROWS)] = []

    @property
    def says_which(self) -> bool:
        """Whether it names anything: the whole plan is never meant by leaving everything out."""
        named = (self.kpis, self.feeds, self.submission, self.periods, self.values)
        return any(named) or self.from_day is not None or self.to_day is not None


class SignOffWrite(Chosen):
    known_at: AwareDatetime | None = Field(
        default=None,
        description="When what the signer looked at was read; what changed since is left as it is.",
        examples=["2026-10-12T09:30:00Z"],
    )
    reason: Line | None = Field(default=None, examples=["Checked against the return"])


class QueryWrite(Chosen):
    question: Line = Field(examples=["Half of September is missing, is it not?"])


class AnswerWrite(Chosen):
    answer: Line = Field(examples=["Two teams closed late; it is complete now."])


class ClearanceWrite(Chosen):
    reason: Line = Field(examples=["Agreed with the head of service."])


class ActRead(BaseModel):
    """What was done to how many values."""

    act: ActKind
    changed: int
    left: int = Field(description="Chosen too, and left as they were: it could not be done to them.")
    left_by_workflow: dict[terms.MeasurementWorkflow, int]
    changed_since: int = Field(
        description="Chosen too, and left because they came or changed after what the signer looked at."
    )


class LateRead(BaseModel):
    """A value that came for a locked period and differs from what is held."""

    id: int
    kpi: str
    kpi_title: str
    measure: MeasureRead
    segment: str
    period: str
    ends_on: dt.date
    basis: terms.Basis
    status: LateState
    held: FiguresRead | None = Field(description="What is known now; null where nothing is.")
    offered: FiguresRead
    note: str | None
    source: str | None
    question: str | None = Field(description="Why it will be under query once accepted.")
    queued_at: str
    by: str | None
    submission: str | None
    reason: str | None
    decided_by: str | None
    decided_at: str | None


class LatePage(PageOf):
    items: list[LateRead]


class LateChosen(Write):
    """Which late revisions, singly or many at once, and the one reason for all of them."""

    late_revisions: Annotated[list[int], Field(max_length=MOST_ROWS, examples=[[17, 18]])] = []
    kpis: Annotated[list[RefName], Field(max_length=MOST_ROWS)] = []
    feeds: Annotated[list[RefName], Field(max_length=200)] = []
    submission: SubmissionRef | None = None
    reason: Line = Field(examples=["Late returns from two teams, agreed at the data meeting"])


class DecisionRead(BaseModel):
    status: LateState
    decided: int
    superseded: int = Field(description="Other senders' words about the same values, no longer waiting.")
    left: int = Field(description="Of those named one by one: decided before, and left so.")


class LockWrite(Write):
    """Periods that end within a span; of these KPIs and feeds, or of every KPI of the plan."""

    kpis: Annotated[list[RefName], Field(max_length=MOST_ROWS)] = []
    feeds: Annotated[list[RefName], Field(max_length=200)] = []
    from_day: Day | None = Field(default=None, alias="from", description="Null: from the beginning.")
    to_day: Day = Field(alias="to", examples=["2026-09-30"])
    reason: Line = Field(examples=["Reported to the board on 12 October"])


class LockSetRead(BaseModel):
    is_locked: bool
    kpis: int | None = Field(description="Null: every KPI of the plan.")
    from_day: dt.date | None = Field(alias="from")
    to_day: dt.date = Field(alias="to")
    reason: str


class PeriodLockRead(BaseModel):
    """That periods were locked or reopened. The last word on a KPI and period counts."""

    id: int
    kpi: str | None = Field(description="Null: every KPI of the plan.")
    from_day: dt.date | None = Field(alias="from")
    to_day: dt.date = Field(alias="to")
    is_locked: bool
    reason: str
    by: str | None
    at: str


class PeriodLockPage(PageOf):
    items: list[PeriodLockRead]


class WithdrawalWrite(Write):
    reason: Line = Field(examples=["Extract of the wrong month"])
