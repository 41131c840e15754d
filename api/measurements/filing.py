"""Files of values: small ones taken at once, larger ones and workbooks put off to the worker.

Whatever the API took only to pass on lies in Postgres until it is read, so that any replica may
receive a file and any worker read it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import Response
from sqlalchemy import text

from api.core.context import Context, to_json
from api.core.errors import Problem, ProblemType
from api.core.jobs import defer
from api.core.uploads import Received, pieces_of
from api.measurements.files.findings import FileRefused
from api.measurements.files.limits import Limits
from api.measurements.files.reading import CONTENT_TYPES, FileKind, open_rows
from api.measurements.loading import Progress
from api.measurements.percentages import Percentages, PercentagesAre
from api.measurements.service import (
    Refused,
    answer,
    location_of,
    problem_answer,
    record_refusal,
    refusal,
    take,
)
from api.measurements.submissions import Delivery, Outcome, record, whole
from api.measurements.tables import Mode, SubmissionStatus

MOST_AT_ONCE = 5_000_000
"""Bytes of the largest file that is read while its sender waits."""
TASK = "read_upload"


@dataclass(frozen=True)
class Asked:
    """What a sender says of a file."""

    kind: FileKind
    mode: Mode = Mode.ATOMIC
    dry_run: bool = False
    source: str | None = None
    external_reference: str | None = None
    name: str | None = None
    sheet: str | None = None
    percentages_are: PercentagesAre | None = None
    may_wait: bool = False
    """The sender would rather poll than wait."""


def kind_of(content_type: str | None) -> FileKind:
    """Raises WRONG_CONTENT_TYPE."""
    given = (content_type or "").partition(";")[0].strip().lower()
    kind = CONTENT_TYPES.get(given)
    if kind is None:
        known = ", ".join(CONTENT_TYPES)
        raise Problem(
            ProblemType.WRONG_CONTENT_TYPE,
            f"Say in Content-Type what the file is: {known}. JSON goes to …/measurements.",
            headers={"Accept": known},
        )
    return kind


async def push_file(ctx: Context, asked: Asked, limits: Limits) -> Response:
    """201 stored, 200 for a dry run, 202 put off, 422 with the submission inside where it is refused."""
    received = ctx.received
    if received is None:
        raise RuntimeError("this route takes no file")
    delivery = Delivery(
        asked.kind.value,
        asked.mode,
        dry_run=asked.dry_run,
        source=asked.source,
        external_reference=asked.external_reference,
        file_name=asked.name,
        digest=received.digest,
    )
    if asked.may_wait or asked.kind is FileKind.XLSX or received.size > MOST_AT_ONCE:
        return await _put_off(ctx, delivery, asked, received)
    try:
        body = await take_file(ctx, delivery, received.file, asked, limits)
    except Refused as refused:
        return refusal(ctx, await record_refusal(ctx, refused), refused)
    except FileRefused as refused:
        return await _refuse(ctx, delivery, refused)
    return answer(ctx, body)


async def take_file(
    ctx: Context,
    delivery: Delivery,
    file: BinaryIO,
    asked: Asked,
    limits: Limits,
    progress: Progress | None = None,
) -> dict[str, object]:
    """Read a file through the pipeline; returns its submission. Raises Refused and FileRefused."""
    rows = await asyncio.to_thread(open_rows, file, asked.kind, sheet=asked.sheet, limits=limits)
    return await take(ctx, delivery, rows, percentages=_percentages(asked), progress=progress)


def _percentages(asked: Asked) -> Percentages | None:
    """Tables are kept by people, who are asked; a program that writes JSON writes what it means."""
    if asked.percentages_are is None and asked.kind is FileKind.NDJSON:
        return None
    return Percentages(asked.percentages_are)


def nothing_of(refused: FileRefused) -> Outcome:
    """What became of a file of which nothing could be looked at."""
    return Outcome(SubmissionStatus.REJECTED, findings=refused.findings, problem=refused)


async def _refuse(ctx: Context, delivery: Delivery, refused: FileRefused) -> Response:
    """Record that nothing of the file could be looked at, and say why."""
    recorded = await record(ctx, delivery, nothing_of(refused))
    problem = Problem(
        ProblemType.INVALID,
        refused.message,
        errors=[{"pointer": "", "code": refused.code, "message": refused.message}],
        submission=whole(recorded),
    )
    return problem_answer(ctx, problem, location_of(ctx, recorded.ref))


async def _put_off(ctx: Context, delivery: Delivery, asked: Asked, received: Received) -> Response:
    recorded = await record(ctx, delivery, Outcome(SubmissionStatus.PENDING))
    upload_id = await ctx.session.scalar(
        text(
            "insert into upload (plan_id, submission_id, kind, sheet, percentages_are, size, sent_by, reason)"
            " values (:plan, :submission, :kind, :sheet, :are, :size, :by,"
            " nullif(current_setting('turnstone.reason', true), '')) returning id"
        ),
        {
            "plan": ctx.plan.id,
            "submission": recorded.id,
            "kind": asked.kind.value,
            "sheet": asked.sheet,
            "are": asked.percentages_are.value if asked.percentages_are else None,
            "size": received.size,
            "by": ctx.actor.id,
        },
    )
    for position, piece in enumerate(pieces_of(received.file)):
        await ctx.session.execute(
            text(
                "insert into upload_part (plan_id, upload_id, position, content)"
                " values (:plan, :upload, :position, :content)"
            ),
            {"plan": ctx.plan.id, "upload": upload_id, "position": position, "content": piece},
        )
    await defer(ctx.session, TASK, upload=upload_id)
    return ctx.accepted(to_json(whole(recorded)), location_of(ctx, recorded.ref))
