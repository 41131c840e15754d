"""Values with all their revisions, the submissions that brought them, and what people did to them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from api import vocabulary as terms
from api.core import tables as t


class SubmissionStatus(StrEnum):
    PENDING = "pending"
    STORED = "stored"
    REJECTED = "rejected"
    PREVIEWED = "previewed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What becomes of a row that says something new."""

    CREATED = "created"
    UPDATED = "updated"
    QUEUED = "queued"


class Mode(StrEnum):
    ATOMIC = "atomic"
    PARTIAL = "partial"


class ActKind(StrEnum):
    """What a person did to values without delivering any."""

    SIGNED_OFF = "signed_off"
    QUERIED = "queried"
    ANSWERED = "answered"
    CLEARED = "cleared"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class LateState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SUPERSEDED = "superseded"
    """Its sender said something else since, or another sender's was accepted."""
    WITHDRAWN = "withdrawn"


class Submission(t.InPlan, table=True):
    """One delivery of values through any door. received = created + updated + unchanged + queued + rejected.

    pending → stored (all or, in partial mode, some rows), rejected (atomic, some row was wrong),
    previewed (dry run) or failed (the service broke; nothing was stored). Stored → withdrawn, with a
    reason: what it brought is undone by new revisions, and its counts stay as they were.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("submission_ref"),
        Index("ix_submission_digest", "plan_id", "digest", postgresql_where=text("digest is not null")),
    )

    submission_ref: UUID = Field(sa_type=SqlUuid, nullable=False)
    door: str = t.line(null=False)
    mode: Mode = t.word(Mode)
    dry_run: bool = t.flag()
    status: SubmissionStatus = t.word(SubmissionStatus)
    source: str | None = t.line()
    external_reference: str | None = t.line()
    digest: str | None = t.line()
    received: int = t.whole(default=0)
    created: int = t.whole(default=0)
    updated: int = t.whole(default=0)
    unchanged: int = t.whole(default=0)
    queued: int = t.whole(default=0)
    rejected: int = t.whole(default=0)
    warned: int = t.whole(default=0)
    """Rows that were taken, or would be, with a warning."""
    repeats_id: int | None = t.points_to("submission.id", null=True, on_delete="SET NULL")
    """The last one stored before it with the same digest."""
    problem: str | None = t.line()
    submitted_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    received_at: datetime | None = t.moment()
    finished_at: datetime | None = t.moment(null=True, now=False)
    withdrawn_at: datetime | None = t.moment(null=True, now=False)
    withdrawn_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    withdrawal_reason: str | None = t.line()
    restored: int | None = t.whole()
    """Values that went back to what was known before."""
    removed: int | None = t.whole()
    """Values of which nothing was known before."""
    kept: int | None = t.whole()
    """Values that somebody changed after it, and which stay."""
    confirmed: int | None = t.whole()
    """Values that another delivery says too, and which stay as that one's."""


class RejectedRow(SQLModel, table=True):
    """One row of a submission that was not taken, with every reason."""

    __tablename__ = "rejected_row"
    __table_args__ = (Index("ix_rejected_row_place", "submission_id", "row_index"),)

    id: int | None = t.key()
    plan_id: int = t.points_to("plan.id")
    submission_id: int = t.points_to("submission.id", index=False)
    row_index: int = t.whole(null=False)
    code: str = t.line(null=False)
    pointer: str = t.line(null=False)
    message: str = t.line(null=False)
    place: str | None = t.line()
    row: dict[str, Any] | None = Field(default=None, sa_type=JSONB, nullable=True)


class SubmissionReport(SQLModel, table=True):
    """What reading a file told besides its rows. Written with the submission, and again when it ends."""

    __tablename__ = "submission_report"
    __table_args__ = (UniqueConstraint("submission_id"),)

    id: int | None = t.key()
    plan_id: int = t.points_to("plan.id")
    submission_id: int = t.points_to("submission.id", index=False)
    file_name: str | None = t.line()
    problem_code: str | None = t.line()
    findings: list[dict[str, str]] = Field(sa_type=JSONB, nullable=False)
    changes: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB, nullable=True)
    """Of a preview, which leaves nothing else to read them from."""


class Confirmation(SQLModel, table=True):
    """That a delivery said again what was known already: the revisions of one series that it left unchanged.

    Written once, with the delivery; it matters when what brought those revisions is withdrawn. It goes
    after some weeks, where a later delivery says as much or nothing of it is known any more.
    """

    __tablename__ = "confirmation"
    __table_args__ = (Index("ix_confirmation_series", "series_id"),)

    id: int | None = t.key()
    plan_id: int = t.points_to("plan.id")
    submission_id: int = t.points_to("submission.id")
    series_id: int = t.points_to("series.id", index=False)
    revisions: list[int] = Field(sa_type=ARRAY(BigInteger), nullable=False)
    confirmed_at: datetime | None = t.moment()


class PreviewedChange(SQLModel, table=True):
    """What a preview said of one row: what would be stored beside what was held. It goes after a week.

    Written once. Its KPI, segment and revision are no foreign keys, for each would be looked up for every
    row.
    """

    __tablename__ = "previewed_change"
    __table_args__ = (Index("ix_previewed_change_place", "submission_id", "row_index"),)

    id: int | None = t.key()
    plan_id: int = t.pointer()
    submission_id: int = t.points_to("submission.id", index=False)
    row_index: int = t.whole(null=False)
    outcome: Outcome = t.word(Outcome)
    kpi_id: int = t.pointer()
    segment_id: int = t.pointer()
    period: str = t.line(null=False)
    basis: terms.Basis = t.word(terms.Basis)
    state: terms.MeasurementState = t.word(terms.MeasurementState)
    value: Decimal | None = t.number()
    grade: terms.Grade | None = t.word(terms.Grade, null=True)
    numerator: Decimal | None = t.number()
    denominator: Decimal | None = t.number()
    held_id: int | None = t.pointer(null=True)
    """The revision that was current."""


class Upload(SQLModel, table=True):
    """A file that waits to be read by the worker. It goes when its submission ends."""

    __tablename__ = "upload"
    __table_args__ = (UniqueConstraint("submission_id"),)

    id: int | None = t.key()
    plan_id: int = t.points_to("plan.id")
    submission_id: int = t.points_to("submission.id", index=False)
    kind: str = t.line(null=False)
    sheet: str | None = t.line()
    percentages_are: str | None = t.line()
    size: int = Field(sa_type=BigInteger, nullable=False)
    """Bytes."""
    sent_by: int = t.points_to("principal.id")
    reason: str | None = t.line()
    attempts: int = t.whole(default=0)
    rows_read: int = t.whole(default=0)
    bytes_read: int = Field(
        default=0, sa_type=BigInteger, nullable=False, sa_column_kwargs={"server_default": text("0")}
    )


class UploadPart(SQLModel, table=True):
    """A piece of a file that waits, in order."""

    __tablename__ = "upload_part"
    __table_args__ = (UniqueConstraint("upload_id", "position"),)

    id: int | None = t.key()
    plan_id: int = t.points_to("plan.id")
    upload_id: int = t.points_to("upload.id", index=False)
    position: int = t.whole(null=False)
    content: bytes = Field(sa_type=LargeBinary, nullable=False)


class RowWarning(SQLModel, table=True):
    """What is odd about a row that was taken all the same."""

    __tablename__ = "row_warning"
    __table_args__ = (Index("ix_row_warning_place", "submission_id", "row_index"),)

    id: int | None = t.key()
    plan_id: int = t.points_to("plan.id")
    submission_id: int = t.points_to("submission.id", index=False)
    row_index: int = t.whole(null=False)
    kpi_id: int = t.points_to("kpi.id")
    segment_id: int = t.points_to("segment.id")
    period: str = t.line(null=False)
    basis: terms.Basis = t.word(terms.Basis)
    code: str = t.line(null=False)
    message: str = t.line(null=False)


class ValueAct(t.InPlan, table=True):
    """What a person did to many values at once; written once. Each revision it made points to it."""

    __tablename__ = "value_act"

    kind: ActKind = t.word(ActKind)
    words: str | None = t.line()
    """The question, the answer or the reason."""
    count: int = t.whole(null=False)
    submission_id: int | None = t.points_to("submission.id", null=True, on_delete="SET NULL")
    by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")


class PeriodLock(t.InPlan, table=True):
    """That somebody locked or reopened the periods that end within a span; written once.

    The last word on a KPI and period counts. Where nobody said anything, a period locks by itself
    ``locks_after_days`` after its end.
    """

    __tablename__ = "period_lock"
    __table_args__ = (CheckConstraint("from_on <= to_on", name="span"),)

    kpi_id: int | None = t.points_to("kpi.id", null=True)
    """Null: every KPI of the plan, those of later days included."""
    from_on: date = t.day(null=False)
    to_on: date = t.day(null=False)
    is_locked: bool = t.flag(default=True)
    reason: str = t.line(null=False)
    by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    said_by: str | None = t.line()
    """Who said it in the words of a plan document; ``by`` then brought it in."""


class LateRevision(SQLModel, table=True):
    """A value that came for a locked period and differs from what is held.

    waiting → accepted or declined (by a person, with a reason), superseded (by its sender's next word,
    or because another sender's was accepted) or withdrawn (with its submission).
    """

    __tablename__ = "late_revision"
    __table_args__ = (
        Index(
            "uq_late_revision_waiting",
            "series_id",
            "ends_on",
            "submitted_by",
            unique=True,
            postgresql_where=text("status = 'waiting'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_late_revision_queue", "plan_id", "status", "queued_at"),
        Index("ix_late_revision_submission", "submission_id"),
    )

    id: int | None = t.key()
    plan_id: int = t.points_to("plan.id", index=False)
    kpi_id: int = t.points_to("kpi.id")
    series_id: int = t.points_to("series.id")
    period: str = t.line(null=False)
    starts_on: date = t.day(null=False)
    ends_on: date = t.day(null=False)
    state: terms.MeasurementState = t.word(terms.MeasurementState)
    value: Decimal | None = t.number()
    grade: terms.Grade | None = t.word(terms.Grade, null=True)
    numerator: Decimal | None = t.number()
    denominator: Decimal | None = t.number()
    note: str | None = t.line()
    source: str | None = t.line()
    external_reference: str | None = t.line()
    question: str | None = t.line()
    """Why it will be held under query when accepted."""
    submission_id: int = t.points_to("submission.id", index=False)
    submitted_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    queued_at: datetime | None = t.moment()
    status: LateState = t.word(LateState, default=LateState.WAITING)
    reason: str | None = t.line()
    decided_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    decided_at: datetime | None = t.moment(null=True, now=False)


class MeasurementRevision(SQLModel, table=True):
    """A value as known between two moments. The view ``measurement`` shows those known now.

    Written once; only ``known_to`` changes, when the next revision comes. No id is a foreign key, for
    each would be looked up for every row of a million-row push: values are written while their
    series is locked, the other ids follow from it, and a trigger takes them along when it goes.
    """

    __tablename__ = "measurement_revision"
    __table_args__ = (
        # One that is known now at most, since no two end at once; it also finds those known at a moment.
        Index("uq_measurement_revision_known", "series_id", "ends_on", "known_to", unique=True),
        # Values of one submission lie beside each other: this finds them, and costs a push nothing.
        Index("ix_measurement_revision_submission", "submission_id", postgresql_using="brin"),
        Index(
            "ix_measurement_revision_queried",
            "plan_id",
            "known_from",
            postgresql_where=text("known_to = 'infinity' and workflow = 'under_query'"),
        ),
    )

    id: int | None = t.key()
    plan_id: int = t.pointer()
    kpi_id: int = t.pointer()
    series_id: int = t.pointer()
    period: str = t.line(null=False)
    starts_on: date = t.day(null=False)
    ends_on: date = t.day(null=False)
    state: terms.RevisionState = t.word(terms.RevisionState)
    value: Decimal | None = t.number()
    grade: terms.Grade | None = t.word(terms.Grade, null=True)
    numerator: Decimal | None = t.number()
    denominator: Decimal | None = t.number()
    note: str | None = t.line()
    source: str | None = t.line()
    external_reference: str | None = t.line()
    workflow: terms.MeasurementWorkflow = t.word(terms.MeasurementWorkflow)
    revision: int = t.whole(default=1)
    reason: str | None = t.line()
    known_from: datetime | None = t.moment()
    known_to: datetime | None = Field(
        default=None,
        sa_type=t.datetime_tz(),
        nullable=False,
        sa_column_kwargs={"server_default": text("'infinity'")},
    )
    submission_id: int | None = t.pointer(null=True)
    """What brought these figures; a sign-off or a query keeps it."""
    submitted_by: int | None = t.pointer(null=True)
    question: str | None = t.line()
    """Why it is under query; null otherwise."""
    answer: str | None = t.line()
    act_id: int | None = t.pointer(null=True)
    """The act that made this revision; null for one that was delivered."""
