"""Published files that wait in Postgres, read by the worker: as whoever sent them, with the rights held now.

An import's end is written in the transaction of its release; its beginning, its progress and its attempts
lie outside. So a worker killed half-way leaves a pending import and nothing of its figures, and the file
is read again from the start.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import date
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.auth.acting import act_as
from api.auth.permissions import Permission
from api.auth.system import as_system
from api.benchmarks.filing import TASK
from api.benchmarks.importing import import_release
from api.benchmarks.terms import ImportStatus
from api.core.context import to_json
from api.core.database import transaction
from api.core.errors import Problem, not_allowed
from api.core.jobs import PATIENCE, defer
from api.core.uploads import fetch_pieces

log = structlog.get_logger()

MOST_ATTEMPTS = 5
"""A file that ends the worker as often is given up: it must not do so for ever."""
PROGRESS_SECONDS = 1.0

_BEGIN = text(
    "update benchmark_import u set attempts = u.attempts + 1, lines_read = 0, bytes_read = 0"
    " from benchmark_dataset d where u.id = :id and u.status = 'pending' and d.id = u.dataset_id"
    " returning u.id, d.ref as dataset, u.released_on, u.title, u.dry_run, u.sent_by, u.reason, u.attempts"
)
_PIECE = text("select content from benchmark_import_part where import_id = :id and position = :position")
_IS_MINE = text(
    "select pg_try_advisory_xact_lock(hashtextextended('benchmark_import', :id))"
    " and exists (select from benchmark_import where id = :id and status = 'pending')"
)
_READ_SO_FAR = text("update benchmark_import set lines_read = :lines, bytes_read = :bytes where id = :id")
_END = text(
    "update benchmark_import set status = :status, problem = :problem, told = cast(:told as jsonb),"
    " finished_at = clock_timestamp() where id = :id and status = 'pending'"
)
_CLEAR = text("delete from benchmark_import_part where import_id = :id")
_LEFT = text(
    "select u.id from benchmark_import u where u.status = 'pending' and not exists ("
    " select from procrastinate_jobs j where j.task_name = :task"
    " and j.status in ('todo', 'doing') and (j.args ->> 'upload')::bigint = u.id)"
    " order by u.id for update skip locked"
)


@dataclass(frozen=True)
class Waiting:
    """A file that is to be read."""

    id: int
    dataset: str
    released_on: date
    title: str | None
    dry_run: bool
    sent_by: int
    reason: str | None
    attempts: int


async def read_waiting(engine: AsyncEngine, import_id: int, *, today: str | None = None) -> None:
    """Read one file to its end. Does nothing where that was done; may be run twice at once.

    Raises whatever went wrong in the service itself, for the queue to try again.
    """
    async with transaction(engine) as session, as_system(session):
        row = (await session.execute(_BEGIN, {"id": import_id})).first()
    if row is None:
        return
    waiting = Waiting(*row)
    if waiting.attempts > MOST_ATTEMPTS:
        log.error("benchmark_import_given_up", benchmark_import=waiting.id)
        message = f"The service failed to read the file {MOST_ATTEMPTS} times; nothing was stored."
        await _finish(engine, waiting, ImportStatus.FAILED, message)
        return
    with TemporaryFile() as file:
        async with transaction(engine) as session, as_system(session):
            await fetch_pieces(session, _PIECE, waiting.id, file)
        try:
            await _take(engine, waiting, file, today)
        except Problem as problem:
            told = problem.members.get("import")
            await _finish(engine, waiting, ImportStatus.REFUSED, problem.detail, told)


async def _take(engine: AsyncEngine, waiting: Waiting, file: BinaryIO, today: str | None) -> None:
    """All of the file, or nothing, in one transaction as its sender."""
    async with transaction(engine) as session:
        await session.execute(PATIENCE)
        ctx = await act_as(
            session,
            waiting.sent_by,
            today=today,
            reason=waiting.reason,
            request_id=f"benchmark-import-{waiting.id}",
        )
        if not ctx.actor.may(Permission.BENCHMARK_IMPORT):
            raise not_allowed("When the file was read, your role no longer included importing figures.")
        # Another worker, thought dead, may be at it still: then this is its work.
        if not await session.scalar(_IS_MINE, {"id": waiting.id}):
            return
        told = await import_release(
            ctx,
            waiting.dataset,
            file,
            released_on=waiting.released_on,
            title=waiting.title,
            dry_run=waiting.dry_run,
            progress=_Watch(engine, waiting.id, file),
        )
        status = ImportStatus.PREVIEWED if waiting.dry_run else ImportStatus.IMPORTED
        await _end(session, waiting, status, None, told.model_dump(mode="json"))


class _Watch:
    """Tells how far the reading is, now and then, where anyone can see it."""

    def __init__(self, engine: AsyncEngine, import_id: int, file: BinaryIO) -> None:
        self._engine = engine
        self._import_id = import_id
        self._file = file
        self._told = -math.inf

    async def __call__(self, lines_read: int) -> None:
        if time.monotonic() - self._told < PROGRESS_SECONDS:
            return
        self._told = time.monotonic()
        async with transaction(self._engine) as session, as_system(session):
            bound = {"lines": lines_read, "bytes": self._file.tell(), "id": self._import_id}
            await session.execute(_READ_SO_FAR, bound)


async def _finish(
    engine: AsyncEngine, waiting: Waiting, status: ImportStatus, problem: str, told: Any = None
) -> None:
    """End an import on the service's own account, whatever became of its sender."""
    async with transaction(engine) as session, as_system(session):
        await _end(session, waiting, status, problem, told)


async def _end(
    session: AsyncSession, waiting: Waiting, status: ImportStatus, problem: str | None, told: Any
) -> None:
    bound = {
        "id": waiting.id,
        "status": status.value,
        "problem": problem,
        "told": None if told is None else to_json(told).decode(),
    }
    await session.execute(_END, bound)
    await session.execute(_CLEAR, {"id": waiting.id})


async def take_up_again(engine: AsyncEngine) -> int:
    """Put files back in the queue that no job is left for; returns how many."""
    async with transaction(engine) as session, as_system(session):
        left = list((await session.execute(_LEFT, {"task": TASK})).scalars())
        for import_id in left:
            await defer(session, TASK, upload=import_id)
    return len(left)
