"""Routes of what people do to values: check, query, sign off, decide, lock, withdraw."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import Context, may_use, reading, reading_known, writing
from api.auth.permissions import Permission as P
from api.core.context import to_json
from api.core.errors import ProblemType
from api.core.http import Route
from api.core.openapi import CREATES, READS, Paging, problems
from api.core.reading import read_page
from api.core.shapes import Day
from api.measurements import deciding, single
from api.measurements.acts import act_on_values
from api.measurements.choosing import kpi_ids
from api.measurements.locks import set_locks
from api.measurements.repository import LATE_REVISIONS, PERIOD_LOCKS
from api.measurements.schemas import (
    ActRead,
    AnswerWrite,
    ClearanceWrite,
    DecisionRead,
    LateChosen,
    LatePage,
    LockSetRead,
    LockWrite,
    PeriodLockPage,
    PlanValuePage,
    QueryWrite,
    SignOffWrite,
    SubmissionRead,
    SubmissionRef,
    WaitingRead,
    WithdrawalForeseen,
    WithdrawalWrite,
)
from api.measurements.tables import ActKind, LateState
from api.measurements.waiting import count_waiting
from api.measurements.withdrawal import foresee, withdraw

router = APIRouter(route_class=Route)

Read = Annotated[Context, may_use(reading_known(P.PLAN_VISIT))]
ReadQueue = Annotated[Context, may_use(reading(P.PLAN_READ))]
SignOff = Annotated[Context, may_use(writing(P.MEASUREMENT_SIGN_OFF))]
Manage = Annotated[Context, may_use(writing(P.MEASUREMENT_MANAGE))]
Foresee = Annotated[Context, may_use(reading(P.MEASUREMENT_MANAGE))]
Kpis = Annotated[list[str] | None, Query(description="KPI refs.")]
Feeds = Annotated[list[str] | None, Query(description="Feed refs.")]
Submissions = Annotated[list[SubmissionRef] | None, Query(description="Submissions that brought them.")]


@router.get(
    "/plans/{plan}/measurements",
    tags=["measurements"],
    summary="List values of all KPIs",
    response_model=PlanValuePage,
    responses=READS,
)
async def list_values(
    ctx: Read,
    page: Paging,
    workflow: Annotated[list[terms.MeasurementWorkflow] | None, Query()] = None,
    kpi: Kpis = None,
    feed: Feeds = None,
    submission: Submissions = None,
    segment: Annotated[list[str] | None, Query()] = None,
    basis: Annotated[list[terms.Basis] | None, Query()] = None,
    period: Annotated[list[str] | None, Query(description="Canonical keys.")] = None,
    from_: Annotated[Day | None, Query(alias="from", description="Periods that end then or later.")] = None,
    to: Annotated[Day | None, Query(description="Periods that end then or earlier.")] = None,
    older_than_days: Annotated[
        int | None, Query(ge=0, le=36_500, description="As they are for more than this many days.")
    ] = None,
) -> Response:
    """What is to be checked (`workflow=loaded`), is under query, or is signed off.

    The longest as it is comes first. Sort keys: known, kpi, period, segment, basis.
    """
    return await single.list_values(
        ctx,
        page,
        {
            "workflow": workflow,
            "kpi": kpi,
            "feed": feed,
            "submission": submission,
            "segment": segment,
            "basis": basis,
            "period": period,
            "from": [from_.isoformat()] if from_ else None,
            "to": [to.isoformat()] if to else None,
            "older_than_days": None if older_than_days is None else [str(older_than_days)],
        },
    )


@router.get(
    "/plans/{plan}/measurements/waiting",
    tags=["measurements"],
    summary="Count what waits to be looked at",
    response_model=WaitingRead,
    responses=READS,
)
async def read_waiting(ctx: ReadQueue) -> Response:
    """How many values are to be checked, are under query or came late, and which feeds owe some."""
    return ctx.show(to_json(await count_waiting(ctx)))


@router.post(
    "/plans/{plan}/measurements/sign-offs",
    tags=["measurements"],
    summary="Sign values off",
    response_model=ActRead,
    responses=CREATES,
)
async def sign_off(chosen: SignOffWrite, ctx: SignOff) -> Response:
    """Every loaded value chosen; those under query are left, and have to be cleared first.

    Rules act on signed-off values only. Each is a new revision with the same figures. `known_at`: when
    what was looked at was read, as the list of values says; what changed since is left and counted apart.
    """
    done = await act_on_values(ctx, ActKind.SIGNED_OFF, chosen, chosen.reason, seen_at=chosen.known_at)
    return ctx.written(to_json(done), version=0)


@router.post(
    "/plans/{plan}/measurements/queries",
    tags=["measurements"],
    summary="Put values under query",
    response_model=ActRead,
    responses=CREATES,
)
async def query_values(chosen: QueryWrite, ctx: Manage) -> Response:
    """With a question. What is under query already keeps the question it has."""
    done = await act_on_values(ctx, ActKind.QUERIED, chosen, chosen.question)
    return ctx.written(to_json(done), version=0)


@router.post(
    "/plans/{plan}/measurements/query-answers",
    tags=["measurements"],
    summary="Answer a query",
    response_model=ActRead,
    responses=CREATES,
)
async def answer_queries(chosen: AnswerWrite, ctx: Manage) -> Response:
    """Values under query get the answer beside their question, and stay so until cleared."""
    done = await act_on_values(ctx, ActKind.ANSWERED, chosen, chosen.answer)
    return ctx.written(to_json(done), version=0)


@router.post(
    "/plans/{plan}/measurements/query-clearances",
    tags=["measurements"],
    summary="Clear a query",
    response_model=ActRead,
    responses=CREATES,
)
async def clear_queries(chosen: ClearanceWrite, ctx: Manage) -> Response:
    """Values under query are `loaded` again, with the reason, and can be signed off."""
    done = await act_on_values(ctx, ActKind.CLEARED, chosen, chosen.reason)
    return ctx.written(to_json(done), version=0)


@router.get(
    "/plans/{plan}/late-revisions",
    tags=["late revisions"],
    summary="List late revisions",
    response_model=LatePage,
    responses=READS,
)
async def list_late_revisions(
    ctx: ReadQueue,
    page: Paging,
    status: Annotated[list[LateState] | None, Query()] = None,
    kpi: Kpis = None,
    feed: Feeds = None,
    submission: Submissions = None,
) -> Response:
    """Values that came for locked periods, beside what is held. Sort keys: queued, period, kpi."""
    filters = {"status": status, "kpi": kpi, "feed": feed, "submission": submission}
    return await read_page(ctx, LATE_REVISIONS, page, filters)


@router.post(
    "/plans/{plan}/late-revisions/acceptances",
    tags=["late revisions"],
    summary="Accept late revisions",
    response_model=DecisionRead,
    responses=CREATES,
)
async def accept_late_revisions(chosen: LateChosen, ctx: Manage) -> Response:
    """They become the values known, as new revisions with the one reason; the period stays locked."""
    return ctx.written(to_json(await deciding.accept(ctx, chosen)), version=0)


@router.post(
    "/plans/{plan}/late-revisions/declines",
    tags=["late revisions"],
    summary="Decline late revisions",
    response_model=DecisionRead,
    responses=CREATES,
)
async def decline_late_revisions(chosen: LateChosen, ctx: Manage) -> Response:
    """What is held stays. The same value sent again waits again."""
    return ctx.written(to_json(await deciding.decline(ctx, chosen)), version=0)


@router.get(
    "/plans/{plan}/period-locks",
    tags=["late revisions"],
    summary="List locks and reopenings",
    response_model=PeriodLockPage,
    responses=READS,
)
async def list_period_locks(
    ctx: ReadQueue,
    page: Paging,
    kpi: Annotated[list[str] | None, Query(description="KPI refs, and what holds for all KPIs.")] = None,
    is_locked: Annotated[bool | None, Query()] = None,
) -> Response:
    """What people said, newest first; the last word on a KPI and period counts. Sort keys: set, to.

    Where nobody said anything, a period locks by itself `locks_after_days` after its end.
    """
    filters = {"kpi": kpi, "is_locked": None if is_locked is None else [str(is_locked).lower()]}
    return await read_page(ctx, PERIOD_LOCKS, page, filters)


@router.post(
    "/plans/{plan}/period-locks",
    tags=["late revisions"],
    summary="Lock periods",
    response_model=LockSetRead,
    responses=CREATES,
)
async def lock_periods(write: LockWrite, ctx: Manage) -> Response:
    """From now on a new figure for these periods waits in the queue of late revisions."""
    found = await kpi_ids(ctx, write.kpis, write.feeds)
    return ctx.written(to_json(await set_locks(ctx, write, found, is_locked=True)), version=0)


@router.post(
    "/plans/{plan}/period-locks/reopenings",
    tags=["late revisions"],
    summary="Reopen periods",
    response_model=LockSetRead,
    responses=CREATES,
)
async def reopen_periods(write: LockWrite, ctx: Manage) -> Response:
    """Values are taken again, until the periods are locked once more. What waits goes on waiting."""
    found = await kpi_ids(ctx, write.kpis, write.feeds)
    return ctx.written(to_json(await set_locks(ctx, write, found, is_locked=False)), version=0)


@router.get(
    "/plans/{plan}/submissions/{submission}/withdrawal",
    tags=["submissions"],
    summary="See what a withdrawal would do",
    response_model=WithdrawalForeseen,
    responses=READS | problems(ProblemType.CONFLICT),
)
async def foresee_withdrawal(submission: SubmissionRef, ctx: Foresee) -> Response:
    """How many values would go which way, were a stored submission withdrawn now. Nothing is changed."""
    return ctx.show(to_json(await foresee(ctx, submission)))


@router.post(
    "/plans/{plan}/submissions/{submission}/withdrawal",
    tags=["submissions"],
    summary="Withdraw a submission",
    response_model=SubmissionRead,
    responses=CREATES,
)
async def withdraw_submission(
    submission: SubmissionRef, withdrawal: WithdrawalWrite, ctx: Manage
) -> Response:
    """Undo what it stored, by new revisions that carry the reason. Twice is the same as once.

    Earlier values come back. A value that a later delivery sent too stays, as that one's; of any other
    that it was the first to bring, nothing is known any more. What others changed since stays; what it
    left waiting for locked periods goes. Reports never change.
    """
    item = await withdraw(ctx, submission, withdrawal.reason)
    return ctx.written(item.body, version=item.version)
