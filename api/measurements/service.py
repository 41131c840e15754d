"""The one pipeline that every door of measurements goes through.

Rows are read, copied to staging, checked for duplicates; series are locked; staged rows are
classified; then a dry run stops, and a merge goes on. A delivery that is refused writes nothing
but its own record, so that record can be committed with the answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import text

from api.core.context import Answer, Context, to_json
from api.core.errors import PROBLEM_JSON, Problem, ProblemType
from api.core.reading import PageQuery, read_one, read_page
from api.kpis import periods
from api.measurements import merge
from api.measurements.plausible import doubts_shown, find_doubts, keep_doubts
from api.measurements.repository import (
    MOST_SHOWN,
    REJECTED_ROWS,
    SUBMISSION,
    TAKING,
)
from api.measurements.rows import ROW_FIELDS, RowError, RowReader, TakingKpi
from api.measurements.schemas import MOST_ROWS, MeasurementBatch
from api.measurements.staging import Stage, open_stage
from api.measurements.submissions import Delivery, record, whole
from api.measurements.tables import Mode, SubmissionStatus
from api.vocabulary import KpiKind, PeriodType, Unit

Check = Callable[[Stage], Awaitable[None]]
"""Runs once the rows are locked and classified, and before anything is written."""


class Refused(Exception):
    """Rows of an atomic delivery are wrong. Nothing was written."""

    def __init__(self, errors: list[RowError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


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
        "json", batch.mode, len(batch.rows), batch.dry_run, batch.source, batch.external_reference, digest
    )
    try:
        body = await take(ctx, delivery, batch.rows)
    except Refused as refused:
        return await _refuse(ctx, delivery, batch.rows, refused.errors)
    location = f"/v1/plans/{ctx.plan.ref}/submissions/{body['submission']}"
    if batch.dry_run:
        return ctx.written(to_json(body), version=0)
    return ctx.created(to_json(body), location, version=0)


async def take(
    ctx: Context,
    delivery: Delivery,
    rows: Sequence[Any],
    *,
    fields: frozenset[str] = ROW_FIELDS,
    is_whole: bool = False,
    check: Check | None = None,
) -> dict[str, Any]:
    """The pipeline itself; returns the submission. Raises Refused, and whatever ``check`` raises.

    ``is_whole``: a field left out is null, instead of saying nothing.
    """
    kpis = await kpis_named(ctx, rows)
    reader = RowReader(kpis, ctx.today, fields)
    stage = await open_stage(ctx)
    await stage.copy(reader.read(rows))
    errors = reader.errors + await _refuse_duplicates(stage, rows)
    is_preview = delivery.dry_run
    if errors and delivery.mode is Mode.ATOMIC and not is_preview:
        raise Refused(errors)
    if not is_preview:
        await merge.lock_series(ctx, stage)
    counts = await merge.classify(ctx, stage, whole=is_whole)
    if check is not None:
        await check(stage)
    warned = await find_doubts(stage, sorted({kpi.id for kpi in kpis.values() if kpi.has_plausible_range}))
    changes = await merge.changes(stage, MOST_SHOWN)
    status = SubmissionStatus.STORED if counts.taken else SubmissionStatus.REJECTED
    if is_preview:
        status = SubmissionStatus.PREVIEWED
    # The first stamp of this transaction is taken here, with every series locked.
    recorded = await record(ctx, delivery, status, counts, errors, rows, warned=warned)
    warnings = orjson.Fragment("[]")
    if warned:
        warnings = await doubts_shown(stage, MOST_SHOWN)
        await keep_doubts(ctx, stage, recorded.id)
    if not is_preview and counts.taken:
        stamp = await ctx.session.scalar(text("select turnstone.stamp()"))
        await merge.merge(ctx, stage, counts, recorded.id, stamp, whole=is_whole)
    return whole(recorded, changes, errors, warnings)


async def kpis_named(ctx: Context, rows: Sequence[Any]) -> dict[str, TakingKpi]:
    """The KPIs that rows name, by lower-case ref; a corrected ref still finds its KPI."""
    refs = {row["kpi"].strip().lower() for row in rows if isinstance(row, dict) and _has_ref(row)}
    found = await ctx.session.execute(text(TAKING), {"refs": sorted(refs), "plan": ctx.plan.id})
    return {row.asked: _taking(row) for row in found}


def _has_ref(row: dict[str, Any]) -> bool:
    """Whether it names something that could be a ref: nothing else is sent to the database."""
    ref = row.get("kpi")
    return isinstance(ref, str) and ref.isascii() and ref.isprintable() and len(ref) <= 80


def _taking(row: Any) -> TakingKpi:
    period_type = PeriodType(row.period_type)
    ended = None
    if row.is_superseded and row.superseded_from:
        # A plan document may say it in words; then nothing can be refused by it.
        ended = periods.from_key(row.superseded_from, period_type)
    return TakingKpi(
        id=row.id,
        ref=row.ref,
        period_type=period_type,
        unit=Unit(row.unit),
        kind=KpiKind(row.kind),
        segments=row.segments or {},
        may_write=row.may_write,
        has_plausible_range=row.has_plausible_range,
        ends_before=ended.starts_on.isoformat() if ended else None,
        successor=row.successor,
    )


async def _refuse_duplicates(stage: Stage, rows: Sequence[Any]) -> list[RowError]:
    """Every row about a value that another row is about too: only the sender knows which is right."""
    errors = []
    for group in await merge.duplicates(stage):
        listed = ", ".join(map(str, group[:5])) + (" and more" if len(group) > 5 else "")
        row = rows[group[0]]
        message = (
            f"Rows {listed} are all about {row['kpi']}, {row['period']} (same segment and basis);"
            " send one of them."
        )
        errors += [RowError(index, "duplicate_in_batch", "", message) for index in group]
    if errors:
        await merge.unstage(stage, [error.row for error in errors])
    return errors


async def _refuse(ctx: Context, delivery: Delivery, rows: Sequence[Any], errors: list[RowError]) -> Response:
    """Record the refused delivery and answer 422. The transaction holds nothing else, so it commits."""
    recorded = await record(ctx, delivery, SubmissionStatus.REJECTED, merge.Counts(), errors, rows)
    wrong = len({error.row for error in errors})
    verb = "is" if wrong == 1 else "are"
    problem = Problem(
        ProblemType.INVALID,
        f"{wrong} of {delivery.received} rows {verb} wrong, and the mode is atomic: nothing was stored.",
        errors=[
            {"pointer": f"/rows/{error.row}{error.pointer}", "code": error.code, "message": error.message}
            for error in sorted(errors)[:MOST_SHOWN]
        ],
        submission=whole(recorded, "[]", errors),
    )
    headers = {
        "Content-Type": PROBLEM_JSON,
        "Location": f"/v1/plans/{ctx.plan.ref}/submissions/{recorded.ref}",
    }
    ctx.answer = Answer(problem.status, headers, to_json(problem.document(ctx.request_id)))
    return Response(ctx.answer.body, status_code=problem.status, headers=headers)


async def list_rejected_rows(
    ctx: Context, submission: str, query: PageQuery, code: list[str] | None
) -> Response:
    """Raises NOT_FOUND for a submission that cannot be seen."""
    found = await read_one(ctx, SUBMISSION, submission)
    return await read_page(ctx, REJECTED_ROWS, query, {"code": code}, submission_id=found.id)
