"""Routes of values and of the submissions that brought them."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from api import vocabulary as terms
from api.auth.dependencies import (
    Context,
    IfMatch,
    may_use,
    reading,
    reading_known,
    writing,
    writing_file,
)
from api.auth.permissions import Permission as P
from api.core.errors import ProblemType
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, Paging, problems
from api.core.reading import read_page
from api.core.shapes import Day, Line
from api.kpis.schemas import KpiRef, SegmentRef
from api.measurements import changed, downloads, service, single
from api.measurements.files import limits
from api.measurements.files.reading import CONTENT_TYPES
from api.measurements.filing import Asked, kind_of, push_file
from api.measurements.percentages import PercentagesAre
from api.measurements.repository import SUBMISSIONS
from api.measurements.schemas import (
    ChangePage,
    MeasurementBatch,
    MeasurementPage,
    MeasurementPut,
    MeasurementRead,
    PeriodKey,
    RefusedSubmission,
    RejectedRowPage,
    RevisionPage,
    SubmissionPage,
    SubmissionRead,
    SubmissionRef,
)
from api.measurements.tables import Mode, Outcome, SubmissionStatus
from api.settings import Settings

router = APIRouter(tags=["measurements"], route_class=Route)
submission_router = APIRouter(tags=["submissions"], route_class=Route)

Read = Annotated[Context, may_use(reading_known(P.PLAN_VISIT))]
Push = Annotated[Context, may_use(writing(P.MEASUREMENT_WRITE, P.MEASUREMENT_WRITE_SET))]
PushFile = Annotated[Context, may_use(writing_file(P.MEASUREMENT_WRITE, P.MEASUREMENT_WRITE_SET))]
FILE_BODY = {
    "required": True,
    "description": f"{limits.in_words()} The service's settings may say fewer values; a file of 200 MB is the"
    " largest that they take unless they say otherwise. A note may have 20,000 characters, a source and an"
    " external reference 500.",
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in CONTENT_TYPES},
}
ReadSubmissions = Annotated[
    Context, may_use(reading(P.PLAN_READ, P.MEASUREMENT_WRITE, P.MEASUREMENT_WRITE_SET))
]
OneBasis = Annotated[terms.Basis, Query(description="Each basis has a value of its own.")]


@router.get(
    "/plans/{plan}/kpis/{kpi}/measurements",
    summary="List a KPI's values",
    response_model=MeasurementPage,
    responses=READS,
)
async def list_measurements(
    kpi: KpiRef,
    ctx: Read,
    page: Paging,
    segment: Annotated[list[str] | None, Query(description="Segment refs; `_all` is the whole.")] = None,
    basis: Annotated[list[terms.Basis] | None, Query()] = None,
    workflow: Annotated[list[terms.MeasurementWorkflow] | None, Query()] = None,
    from_: Annotated[Day | None, Query(alias="from", description="Periods that end then or later.")] = None,
    to: Annotated[Day | None, Query(description="Periods that end then or earlier.")] = None,
    withdrawn: Annotated[
        bool,
        Query(
            description="Also the periods of which nothing is known any more, because the submission that"
            " first brought their value was withdrawn. Their revisions tell what it was."
        ),
    ] = False,
) -> Response:
    """Every value known now, or at `known_at`, oldest first. Sort keys: period, segment, basis, known."""
    return await single.list_measurements(
        ctx,
        kpi,
        page,
        {
            "withdrawn": ["true"] if withdrawn else None,
            "segment": segment,
            "basis": basis,
            "workflow": workflow,
            "from": [from_.isoformat()] if from_ else None,
            "to": [to.isoformat()] if to else None,
        },
    )


@router.get(
    "/plans/{plan}/kpis/{kpi}/measurements/{segment}/{period}",
    summary="Read a value",
    response_model=MeasurementRead,
    responses=READS,
)
async def read_measurement(
    kpi: KpiRef,
    segment: SegmentRef,
    period: PeriodKey,
    ctx: Read,
    basis: OneBasis = terms.Basis.OPERATIONAL_PROVISIONAL,
) -> Response:
    """The value known now. Its ETag serves to correct it.

    `known_at`: as it was known at that moment, whatever the plan said then. `as_of`: the same value
    with the plan as it stood, so that a KPI that had another ref then is found under that.
    """
    item = await single.read_measurement(ctx, kpi, segment, period, basis)
    return ctx.show(item.body, version=item.version)


@router.put(
    "/plans/{plan}/kpis/{kpi}/measurements/{segment}/{period}",
    summary="Enter or correct a value",
    response_model=SubmissionRead,
    responses=CHANGES
    | {
        201: {"model": SubmissionRead, "description": "The value is new."},
        202: {"model": SubmissionRead, "description": "The period is locked: the value waits."},
    },
)
async def put_measurement(
    kpi: KpiRef,
    segment: SegmentRef,
    period: PeriodKey,
    put: MeasurementPut,
    ctx: Push,
    if_match: IfMatch = None,
    if_none_match: Annotated[
        str | None, Header(description="`*` to insist that the value is new.", max_length=200)
    ] = None,
) -> Response:
    """201 for a new value, 200 for a correction. A correction needs If-Match and is a new revision.

    202 where the period is locked and the figures differ: the value waits in the queue of late revisions.
    """
    return await single.put_one(ctx, kpi, segment, period, put, if_match, if_none_match)


@router.get(
    "/plans/{plan}/kpis/{kpi}/measurements/{segment}/{period}/revisions",
    summary="List the revisions of a value",
    response_model=RevisionPage,
    responses=READS,
)
async def list_revisions(
    kpi: KpiRef,
    segment: SegmentRef,
    period: PeriodKey,
    ctx: Read,
    page: Paging,
    basis: Annotated[list[terms.Basis] | None, Query()] = None,
) -> Response:
    """What was known when, by whom and why, newest first. Sort keys: basis, revision.

    A revision whose state is `withdrawn` says that nothing is known from then on, because the submission
    that first brought the value was withdrawn. `known_at` shows the revisions there were at that moment.
    """
    return await single.list_revisions(ctx, kpi, segment, period, page, basis)


@router.post(
    "/plans/{plan}/measurements",
    summary="Push values",
    status_code=201,
    response_model=SubmissionRead,
    responses=CREATES
    | {
        200: {"model": SubmissionRead, "description": "A dry run."},
        422: CREATES[422] | {"model": RefusedSubmission},
    },
)
async def push_measurements(batch: MeasurementBatch, ctx: Push, request: Request) -> Response:
    """1 to 5,000 values of any KPIs. Safe to repeat: what is held already is `unchanged`.

    `atomic` (the default) stores all rows or, if one is wrong, none: 422 with the submission inside.
    `partial` stores every good row and reports the others. `dry_run` answers 200 and stores no value.
    Rows about the same KPI, segment, period and basis are all refused: only you know which is right.

    A row replaces value, numerator and denominator; a note, source or external reference it leaves
    out stays. A changed value is `loaded` again, whoever had signed it off; one that is hard to believe
    is stored with a warning and held under query. A new figure for a locked period, be it the first,
    waits in the queue of late revisions and counts as `queued`.

    The very same body again is recognised: `repeats` names the submission it repeats.
    """
    digest = sha256(await request.body()).hexdigest()
    return await service.push_batch(ctx, batch, digest)


@router.post(
    "/plans/{plan}/measurement-files",
    summary="Push a file of values",
    status_code=201,
    response_model=SubmissionRead,
    responses=CREATES
    | {
        200: {"model": SubmissionRead, "description": "A dry run."},
        202: {"model": SubmissionRead, "description": "Put off; poll the submission at `Location`."},
        422: CREATES[422] | {"model": RefusedSubmission},
    },
    openapi_extra={"requestBody": FILE_BODY},
)
async def push_measurement_file(
    request: Request,
    ctx: PushFile,
    mode: Mode = Mode.ATOMIC,
    dry_run: Annotated[bool, Query(description="Say what would change, and store no value.")] = False,
    source: Annotated[Line | None, Query(examples=["Case management, nightly"])] = None,
    external_reference: Annotated[Line | None, Query(examples=["job-4711"])] = None,
    name: Annotated[Line | None, Query(description="The file's name.", examples=["october.xlsx"])] = None,
    sheet: Annotated[Line | None, Query(description="Of a workbook with several.")] = None,
    percentages_are: Annotated[
        PercentagesAre | None,
        Query(
            description="Of the KPIs whose every percentage lies between 0 and 1: 0.814 is 81.4 %, or not."
            " The others are left as they are; findings name the KPIs that it was applied to."
        ),
    ] = None,
    prefer: Annotated[
        str | None, Header(description="`respond-async` to poll instead of waiting.", max_length=200)
    ] = None,
) -> Response:
    """A CSV, NDJSON or XLSX file of up to a million values, long or wide (KPIs down, periods across).

    All of the file is stored or, if one row is wrong, none (`atomic`); or every good row (`partial`).
    Small CSV and NDJSON is answered at once: 201, or 200 for a dry run. A workbook, or a file over
    5 MB, is put off (202): poll the submission. Separators, encodings, header names and spellings
    of periods are recognised, and told as findings; what could mean two things is refused. The limits
    stand with the body.
    """
    settings: Settings = request.app.state.settings
    asked = Asked(
        kind=kind_of(request.headers.get("content-type")),
        mode=mode,
        dry_run=dry_run,
        source=source,
        external_reference=external_reference,
        name=name,
        sheet=sheet,
        percentages_are=percentages_are,
        may_wait="respond-async" in (prefer or "").lower(),
    )
    return await push_file(ctx, asked, limits.Limits(rows=settings.max_file_rows))


@submission_router.get(
    "/plans/{plan}/submissions", summary="List submissions", response_model=SubmissionPage, responses=READS
)
async def list_submissions(
    ctx: ReadSubmissions,
    page: Paging,
    status: Annotated[list[SubmissionStatus] | None, Query()] = None,
    mine: Annotated[bool | None, Query(description="Those you sent.")] = None,
    dry_run: Annotated[bool | None, Query()] = None,
    digest: Annotated[list[str] | None, Query(description="SHA-256 of the file's bytes.")] = None,
) -> Response:
    """Every delivery of values, newest first; integrations see their own. Sort key: received."""
    filters = {
        "digest": digest,
        "status": status,
        "mine": None if mine is None else [str(mine).lower()],
        "dry_run": None if dry_run is None else [str(dry_run).lower()],
    }
    return await read_page(ctx, SUBMISSIONS, page, filters)


@submission_router.get(
    "/plans/{plan}/submissions/{submission}",
    summary="Read a submission",
    response_model=SubmissionRead,
    responses=READS,
)
async def read_submission(submission: SubmissionRef, ctx: ReadSubmissions) -> Response:
    """Its counts, its first hundred changes and warnings, and its first hundred kinds of
    errors.

    While it is `pending`, its progress; then it was `stored`, `rejected` or `previewed`, or it `failed`.
    """
    return await service.read_submission(ctx, submission)


@submission_router.get(
    "/plans/{plan}/submissions/{submission}/changes",
    summary="List what a submission changed",
    response_model=ChangePage,
    responses=READS | problems(ProblemType.BAD_CURSOR),
)
async def list_submission_changes(
    submission: SubmissionRef,
    ctx: ReadSubmissions,
    page: Paging,
    outcome: Annotated[list[Outcome] | None, Query()] = None,
) -> Response:
    """Every value it created, updated or left waiting, old beside new; for a dry run, those it would.

    What a dry run found is kept for a week, up to 100,000 changes. Sort keys: kind, place.
    """
    return await changed.list_changes(ctx, submission, page, {"outcome": outcome})


@submission_router.get(
    "/plans/{plan}/submissions/{submission}/changes.csv",
    summary="Download what a submission changed",
    response_class=Response,
    responses=READS | {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def download_submission_changes(
    submission: SubmissionRef, request: Request, ctx: ReadSubmissions
) -> Response:
    """All of them as CSV, old beside new; for a dry run, of the week past, up to 100,000."""
    return await changed.download_changes(ctx, request.app.state.engine, submission)


@submission_router.get(
    "/plans/{plan}/submissions/{submission}/rejected-rows",
    summary="List the rejected rows of a submission",
    response_model=RejectedRowPage,
    responses=READS | problems(ProblemType.BAD_CURSOR),
)
async def list_rejected_rows(
    submission: SubmissionRef,
    ctx: ReadSubmissions,
    page: Paging,
    code: Annotated[list[str] | None, Query(examples=[["unknown_kpi"]])] = None,
) -> Response:
    """Each reason beside the row as it was sent. Sort keys: index, code."""
    return await service.list_rejected_rows(ctx, submission, page, code)


@submission_router.get(
    "/plans/{plan}/submissions/{submission}/rejected-rows.csv",
    summary="Download the rejected rows of a submission",
    response_class=Response,
    responses=READS | {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def download_rejected_rows(
    submission: SubmissionRef, request: Request, ctx: ReadSubmissions
) -> Response:
    """All of them as CSV: each row as it was sent, with its place and every reason beside it.

    Put right, the rows of a partial delivery can be pushed as this file: the columns added are left out.
    Of an atomic one the good rows were not stored either: put it right where it came from and send it whole.
    Cells that a spreadsheet would take for a formula stand behind an apostrophe, which is taken off free
    text when the file is read.
    """
    return await downloads.download(ctx, request.app.state.engine, submission)
