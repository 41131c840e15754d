"""Files that wait in Postgres, read by the worker: as whoever sent them, with the rights held now.

A submission's end is written in the transaction of its values; its beginning, its progress and its
attempts lie outside. So a worker killed half-way leaves a pending submission and nothing of its
rows, and the file is read again from the start.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.auth.acting import act_as
from api.auth.permissions import Permission
from api.auth.system import as_system
from api.core.context import Context
from api.core.database import transaction
from api.core.errors import Problem, conflict, not_allowed
from api.core.jobs import PATIENCE, defer
from api.core.uploads import fetch_pieces
from api.measurements.files.findings import FileRefused
from api.measurements.files.limits import Limits
from api.measurements.files.reading import FileKind
from api.measurements.filing import TASK, Asked, nothing_of, take_file
from api.measurements.percentages import PercentagesAre
from api.measurements.service import Refused, record_refusal
from api.measurements.submissions import Delivery, Recorded, record
from api.measurements.tables import Mode, SubmissionStatus

log = structlog.get_logger()

MOST_ATTEMPTS = 5
"""A file that ends the worker as often is given up: it must not do so for ever."""
PROGRESS_SECONDS = 1.0

_PIECE = text("select content from upload_part where upload_id = :id and position = :position")
_BEGIN = text(
    "update upload u set attempts = u.attempts + 1, rows_read = 0, bytes_read = 0"
    " from submission su join plan pl on pl.id = su.plan_id"
    " left join submission_report sr on sr.submission_id = su.id"
    " where u.id = :id and su.id = u.submission_id and su.status = 'pending'"
    " returning u.id, u.submission_id, u.kind, u.sheet, u.percentages_are, u.sent_by, u.reason, u.attempts,"
    " pl.ref as plan, su.submission_ref, su.door, su.mode, su.dry_run, su.source, su.external_reference,"
    " su.digest, sr.file_name, turnstone.utc(su.received_at) as received_at"
)

_IS_MINE = text(
    "select pg_try_advisory_xact_lock(hashtextextended('upload', :id))"
    " and exists (select from upload where id = :id)"
)


@dataclass(frozen=True)
class Waiting:
    """An upload that is to be read."""

    id: int
    plan: str
    sent_by: int
    reason: str | None
    attempts: int
    asked: Asked
    delivery: Delivery
    submission_id: int


async def read_upload(
    engine: AsyncEngine, upload_id: int, *, limits: Limits, today: str | None = None
) -> None:
    """Read one upload to its end. Does nothing where that was done; may be run twice at once.

    Raises whatever went wrong in the service itself, for the queue to try again.
    """
    waiting = await _begin(engine, upload_id)
    if waiting is None:
        return
    if waiting.attempts > MOST_ATTEMPTS:
        await _give_up(engine, waiting)
        return
    with TemporaryFile() as file:
        async with transaction(engine) as session, as_system(session):
            await fetch_pieces(session, _PIECE, waiting.id, file)
        try:
            await _take(engine, waiting, file, limits, today)
        except FileRefused as refused:
            await _refuse(engine, waiting, refused, today)
        except Problem as problem:
            why = FileRefused("not_permitted", f"When the file was read: {problem.detail}")
            await _finish(engine, waiting, SubmissionStatus.REJECTED, why)


async def _begin(engine: AsyncEngine, upload_id: int) -> Waiting | None:
    async with transaction(engine) as session, as_system(session):
        row = (await session.execute(_BEGIN, {"id": upload_id})).first()
    return None if row is None else _waiting(row)


def _waiting(row: Any) -> Waiting:
    are = PercentagesAre(row.percentages_are) if row.percentages_are else None
    kind, mode = FileKind(row.kind), Mode(row.mode)
    return Waiting(
        id=row.id,
        plan=row.plan,
        sent_by=row.sent_by,
        reason=row.reason,
        attempts=row.attempts,
        asked=Asked(kind, mode, row.dry_run, sheet=row.sheet, percentages_are=are),
        delivery=Delivery(
            row.door,
            mode,
            dry_run=row.dry_run,
            source=row.source,
            external_reference=row.external_reference,
            file_name=row.file_name,
            digest=row.digest,
            pending=Recorded(row.submission_id, str(row.submission_ref), {"received_at": row.received_at}),
        ),
        submission_id=row.submission_id,
    )


async def _take(
    engine: AsyncEngine, waiting: Waiting, file: BinaryIO, limits: Limits, today: str | None
) -> None:
    """All of the file, or nothing, in one transaction as its sender."""
    async with transaction(engine) as session:
        await session.execute(PATIENCE)
        ctx = await _as_sender(session, waiting, today)
        _require(ctx)
        # Another worker, thought dead, may be at it still: then this is its work.
        if not await session.scalar(_IS_MINE, {"id": waiting.id}):
            return
        watch = _Watch(engine, waiting.id, file)
        try:
            await take_file(ctx, waiting.delivery, file, waiting.asked, limits, watch)
        except Refused as refused:
            await record_refusal(ctx, refused)
        await _clear(session, waiting)


async def _as_sender(session: AsyncSession, waiting: Waiting, today: str | None) -> Context:
    return await act_as(
        session,
        waiting.sent_by,
        plan=waiting.plan,
        today=today,
        reason=waiting.reason,
        request_id=f"upload-{waiting.id}",
    )


def _require(ctx: Context) -> None:
    """Raises NOT_ALLOWED and CONFLICT: what was allowed when the file came may be no more."""
    if not ctx.actor.may(Permission.MEASUREMENT_WRITE, Permission.MEASUREMENT_WRITE_SET):
        raise not_allowed("Your role in this plan no longer includes sending values.")
    if ctx.plan.status == "closed":
        raise conflict("The plan was closed meanwhile.")


class _Watch:
    """Tells how far the reading is, now and then, where anyone can see it."""

    def __init__(self, engine: AsyncEngine, upload_id: int, file: BinaryIO) -> None:
        self._engine = engine
        self._upload_id = upload_id
        self._file = file
        self._told = -math.inf
        """Never yet: the first rows are told at once, that a short file too is seen to move."""

    async def __call__(self, rows_read: int) -> None:
        if time.monotonic() - self._told < PROGRESS_SECONDS:
            return
        self._told = time.monotonic()
        async with transaction(self._engine) as session, as_system(session):
            await session.execute(
                text("update upload set rows_read = :rows, bytes_read = :bytes where id = :id"),
                {"rows": rows_read, "bytes": self._file.tell(), "id": self._upload_id},
            )


async def _refuse(engine: AsyncEngine, waiting: Waiting, refused: FileRefused, today: str | None) -> None:
    """Nothing of the file could be looked at."""
    async with transaction(engine) as session:
        ctx = await _as_sender(session, waiting, today)
        await record(ctx, waiting.delivery, nothing_of(refused))
        await _clear(session, waiting)


async def _give_up(engine: AsyncEngine, waiting: Waiting) -> None:
    message = f"The service failed to read the file {MOST_ATTEMPTS} times; nothing was stored."
    log.error("upload_given_up", upload=waiting.id, submission=waiting.submission_id)
    await _finish(engine, waiting, SubmissionStatus.FAILED, FileRefused("failed", message))


async def _finish(
    engine: AsyncEngine, waiting: Waiting, status: SubmissionStatus, problem: FileRefused
) -> None:
    """End a submission on the service's own account, whatever became of its sender."""
    async with transaction(engine) as session, as_system(session):
        await session.execute(
            text(
                "update submission set status = :status, problem = :message, finished_at = clock_timestamp()"
                " where id = :id and status = 'pending'"
            ),
            {"status": status.value, "message": problem.message[:500], "id": waiting.submission_id},
        )
        await session.execute(
            text(
                "insert into submission_report (plan_id, submission_id, problem_code, findings)"
                " select plan_id, id, :code, '[]' from submission where id = :id"
                " on conflict (submission_id) do update set problem_code = excluded.problem_code"
            ),
            {"code": problem.code, "id": waiting.submission_id},
        )
        await _clear(session, waiting)


async def _clear(session: AsyncSession, waiting: Waiting) -> None:
    """Its submission has ended: the file need not be kept."""
    await session.execute(text("delete from upload where id = :id"), {"id": waiting.id})


async def take_up_again(engine: AsyncEngine) -> int:
    """Put uploads back in the queue that no job is left for; returns how many."""
    async with transaction(engine) as session, as_system(session):
        left = (
            await session.execute(
                text(
                    "select u.id from upload u where not exists ("
                    " select from procrastinate_jobs j where j.task_name = :task"
                    " and j.status in ('todo', 'doing') and (j.args ->> 'upload')::bigint = u.id)"
                    " order by u.id for update skip locked"
                ),
                {"task": TASK},
            )
        ).scalars()
        ids = list(left)
        for upload_id in ids:
            await defer(session, TASK, upload=upload_id)
    return len(ids)
