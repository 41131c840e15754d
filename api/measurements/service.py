"""The one pipeline that every door of measurements goes through.

Rows are read, copied to staging, checked for duplicates; series are locked; staged rows are
classified; then a dry run stops, and a merge goes on. A delivery that is refused writes nothing
but its own record, so that record can be committed with the answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import text

from api.core.context import Answer, Context, to_json
from api.core.errors import PROBLEM_JSON, Problem, ProblemType
from api.core.reading import PageQuery, read_one, read_page
from api.measurements import merge, rejections
from api.measurements.changed import keep_changes
from api.measurements.files.findings import FileRows
from api.measurements.loading import ListedRows, Progress, load
from api.measurements.percentages import Percentages
from api.measurements.plausible import doubts_shown, find_doubts, keep_doubts
from api.measurements.repository import MOST_SHOWN, REJECTED_ROWS, SUBMISSION
from api.measurements.rows import ROW_FIELDS, RowError, RowReader
from api.measurements.schemas import MOST_ROWS, MeasurementBatch
from api.measurements.staging import Stage, open_stage
from api.measurements.submissions import Delivery, Outcome, record, whole
from api.measurements.tables import Mode, SubmissionStatus

Check = Callable[[Stage], Awaitable[None]]
"""Runs once the rows are locked and classified, and before anything is written."""


class Refused(Exception):
    """Rows of an atomic delivery are wrong. Nothing was written."""

    def __init__(self, delivery: Delivery, rows: Sequence[Any] | FileRows, stage: Stage) -> None:
        super().__init__(f"{stage.rejected} errors")
        self.delivery = delivery
        self.rows = rows
        self.stage = stage
        self.errors: list[RowError] = []
        """The first hundred, by row."""


async def push_batch(ctx: Context, batch: MeasurementBatch, digest: str | None = None) -> Response:
    """Store a batch, or say what it would change. ``digest``: of the body as it came.

    201 stored, 200 for a dry run, and 422 with the submission inside where an atomic batch holds a
    wrong row. Raises TOO_LARGE beyond 5,000 rows.
    """
    if len(batch.rows) > MOST_ROWS:
        raise Problem(
            ProblemType.TOO_LARGE,
            f"A batch may hold {MOST_ROWS} rows at most, and this one has {len(batch.rows)}; send several.",
        )
    delivery = Delivery(
        "json",
        batch.mode,
        len(batch.rows),
        batch.dry_run,
        batch.source,
        batch.external_reference,
        digest=digest,
    )
    try:
        body = await take(ctx, delivery, batch.rows)
    except Refused as refused:
        return refusal(ctx, await record_refusal(ctx, refused), refused)
    return answer(ctx, body)


def answer(ctx: Context, body: dict[str, Any]) -> Response:
    """201 for what was stored, 200 for a dry run."""
    if body["dry_run"]:
        return ctx.written(to_json(body), version=0)
    return ctx.created(to_json(body), location_of(ctx, body["submission"]), version=0)


def location_of(ctx: Context, submission: str) -> str:
    return f"/v1/plans/{ctx.plan.ref}/submissions/{submission}"


async def take(
    ctx: Context,
    delivery: Delivery,
    rows: Sequence[Any] | FileRows,
    *,
    fields: frozenset[str] = ROW_FIELDS,
    is_whole: bool = False,
    check: Check | None = None,
    percentages: Percentages | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The pipeline itself; returns the submission. Raises Refused, FileRefused, and whatever ``check``
    raises.

    ``is_whole``: a field left out is null, instead of saying nothing.
    """
    reader = RowReader({}, ctx.today, fields, percentages)
    stage = await open_stage(ctx)
    source = ListedRows(rows) if isinstance(rows, Sequence) else rows
    delivery = replace(delivery, received=await load(ctx, stage, source, reader, progress))
    is_preview = delivery.dry_run
    if stage.rejected and delivery.mode is Mode.ATOMIC and not is_preview:
        refused = Refused(delivery, rows, stage)
        refused.errors = await rejections.first_errors(stage)
        raise refused
    if not is_preview:
        await merge.lock_series(ctx, stage)
    counts = await merge.classify(ctx, stage, whole=is_whole)
    if check is not None:
        await check(stage)
    warned = await find_doubts(stage, reader.kpis.values())
    changes = await merge.changes(stage, MOST_SHOWN)
    status = SubmissionStatus.STORED if counts.taken else SubmissionStatus.REJECTED
    if is_preview:
        status = SubmissionStatus.PREVIEWED
    # The first stamp of this transaction is taken here, with every series locked.
    outcome = Outcome(status, counts, changes if is_preview else None, source.findings, warned=warned)
    recorded = await record(ctx, delivery, outcome, stage)
    warnings = "[]"
    if warned:
        warnings = await doubts_shown(stage, MOST_SHOWN)
        await keep_doubts(ctx, stage, recorded.id)
    if is_preview and counts.taken > counts.unchanged:
        await keep_changes(ctx, stage, recorded.id)
    if not is_preview and counts.taken:
        stamp = await ctx.session.scalar(text("select turnstone.stamp()"))
        await merge.merge(ctx, stage, counts, recorded.id, stamp, whole=is_whole)
    return whole(recorded, changes, await rejections.merged(stage), warnings)


async def record_refusal(ctx: Context, refused: Refused) -> dict[str, Any]:
    """Keep the refused delivery; returns its submission. The transaction holds nothing else."""
    findings = () if isinstance(refused.rows, Sequence) else refused.rows.findings
    outcome = Outcome(SubmissionStatus.REJECTED, findings=findings)
    recorded = await record(ctx, refused.delivery, outcome, refused.stage)
    errors = await rejections.merged(refused.stage)
    wrong = await rejections.count_rows(refused.stage)
    return whole(recorded, "[]", errors) | {"wrong": wrong}


def refusal(ctx: Context, submission: dict[str, Any], refused: Refused) -> Response:
    """422 for an atomic delivery with a wrong row; it commits, for it holds only the record of itself."""
    wrong = submission.pop("wrong")
    verb = "is" if wrong == 1 else "are"
    problem = Problem(
        ProblemType.INVALID,
        f"{wrong} of {refused.delivery.received} rows {verb} wrong, and the mode is atomic:"
        " nothing was stored. Put them right and send all of it again.",
        errors=[
            {"pointer": f"/rows/{error.row}{error.pointer}", "code": error.code, "message": error.message}
            for error in refused.errors
        ],
        submission=submission,
    )
    return problem_answer(ctx, problem, location_of(ctx, submission["submission"]))


def problem_answer(ctx: Context, problem: Problem, location: str) -> Response:
    """A problem as an ordinary answer, so that what was recorded of it is kept."""
    headers = {"Content-Type": PROBLEM_JSON, "Location": location}
    ctx.answer = Answer(problem.status, headers, to_json(problem.document(ctx.request_id)))
    return Response(ctx.answer.body, status_code=problem.status, headers=headers)


async def list_rejected_rows(
    ctx: Context, submission: str, query: PageQuery, code: list[str] | None
) -> Response:
    """Raises NOT_FOUND for a submission that cannot be seen."""
    found = await read_one(ctx, SUBMISSION, submission)
    return await read_page(ctx, REJECTED_ROWS, query, {"code": code}, submission_id=found.id)


async def read_submission(ctx: Context, submission: str) -> Response:
    """A pending one is never kept by who reads it: its progress changes although the plan does not."""
    item = await read_one(ctx, SUBMISSION, submission)
    if orjson.loads(item.body)["status"] == SubmissionStatus.PENDING:
        return ctx.passing(item.body)
    return ctx.show(item.body, version=item.version)
