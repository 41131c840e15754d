"""Values and submissions as the API takes and gives them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, Field, PlainValidator

from api import vocabulary as terms
from api.core.openapi import PageOf, ProblemDocument
from api.core.shapes import Line, Prose, Write
from api.measurements.tables import Mode, SubmissionStatus

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


class MeasurementRead(BaseModel):
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
    workflow: terms.MeasurementWorkflow
    revision: int
    reason: str | None
    known_from: str
    by: str | None
    submission: str | None


class RevisionRead(MeasurementRead):
    """A value as it was known between two moments."""

    known_to: str | None = Field(description="Null while it is the value known.")


class MeasurementPage(PageOf):
    items: list[MeasurementRead]


class RevisionPage(PageOf):
    items: list[RevisionRead]


class FiguresRead(BaseModel):
    state: terms.MeasurementState
    value: float | None
    grade: terms.Grade | None
    numerator: float | None
    denominator: float | None


class ChangeRead(BaseModel):
    index: int | None = Field(description="Of the row; null when read back later.")
    kpi: str
    segment: str
    period: str
    basis: terms.Basis
    old: FiguresRead | None
    new: FiguresRead


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
    by: str | None
    received_at: str
    file_name: str | None = Field(examples=["october.xlsx"])
    digest: str | None = Field(description="SHA-256 of the file's bytes, in hexadecimal.")
    repeats: str | None = Field(description="The submission that stored the identical file before.")
    problem: FindingRead | None = Field(description="Why nothing of a file could be looked at.")


class SubmissionRead(SubmissionSummary):
    progress: ProgressRead | None = Field(description="While it is pending.")
    findings: list[FindingRead] = Field(description="What was recognised in the file.")
    changes: list[ChangeRead] = Field(description="The first hundred.")
    errors: list[RowErrorRead] = Field(description="The first hundred kinds.")


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
