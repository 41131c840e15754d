"""Routes of escalations."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, Paging
from api.core.reading import Item, read_one, read_page
from api.escalations import service
from api.escalations.repository import ESCALATION, ESCALATIONS
from api.escalations.schemas import (
    AnswerCreate,
    ClimbCreate,
    EscalationCreate,
    EscalationPage,
    EscalationRead,
    EscalationUpdate,
    ReferralCreate,
    ReopeningCreate,
    ResolutionCreate,
    WithdrawalCreate,
)

router = APIRouter(tags=["escalations"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_VISIT))]
Raise = Annotated[Context, may_use(writing(P.ESCALATION_RAISE))]
TakePart = Annotated[Context, may_use(writing(P.ESCALATION_RAISE, P.ESCALATION_ANSWER, P.ESCALATION_MANAGE))]
Manage = Annotated[Context, may_use(writing(P.ESCALATION_MANAGE))]
EscalationRef = Annotated[str, Path(max_length=64, examples=["E-7"])]


@router.get(
    "/plans/{plan}/escalations", summary="List escalations", response_model=EscalationPage, responses=READS
)
async def list_escalations(
    ctx: Read,
    page: Paging,
    state: Annotated[list[terms.EscalationState] | None, Query()] = None,
    cause: Annotated[list[terms.EscalationCause] | None, Query()] = None,
    about: Annotated[
        list[str] | None, Query(description="`plan`, or kind and ref.", examples=[["action:A01.KA03"]])
    ] = None,
    assigned: Annotated[
        list[str] | None, Query(description="`me`, `none`, or a person's id.", examples=[["me"]])
    ] = None,
    to_answer: Annotated[
        bool | None, Query(description="Waits for your answer: as the one assigned, by role, or as a deputy.")
    ] = None,
    when: Annotated[
        list[Literal["overdue", "overall_overdue"]] | None,
        Query(description="Past the stage's limit, or past that of the whole ladder."),
    ] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in ref, title, text, theme.")] = None,
) -> Response:
    """Escalations of the plan, newest first. Partners see those they raised or shall answer.

    Sort keys: raised, due, ref, state, updated. Overdue is judged on the plan's clock.
    """
    return await read_page(
        ctx,
        ESCALATIONS,
        page,
        {
            "state": state,
            "cause": cause,
            "about": about,
            "assigned": assigned,
            "to_answer": None if to_answer is None else [str(to_answer).lower()],
            "when": when,
            "q": [q] if q else None,
        },
    )


@router.post(
    "/plans/{plan}/escalations",
    summary="Raise an escalation",
    status_code=201,
    response_model=EscalationRead,
    responses=CREATES,
)
async def raise_escalation(new: EscalationCreate, ctx: Raise) -> Response:
    """One may be open for each cause and item; a second is a conflict that names the first."""
    item = await service.raise_escalation(ctx, new)
    return ctx.created(item.body, _address(ctx, item), version=item.version)


@router.get(
    "/plans/{plan}/escalations/{escalation}",
    summary="Read an escalation",
    response_model=EscalationRead,
    responses=READS,
)
async def read_escalation(escalation: EscalationRef, ctx: Read) -> Response:
    """One escalation with its ladder, its whole timeline, and what you may do with it."""
    item = await read_one(ctx, ESCALATION, escalation)
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/escalations/{escalation}",
    summary="Change an escalation",
    response_model=EscalationRead,
    responses=CHANGES,
)
async def update_escalation(
    escalation: EscalationRef, patch: EscalationUpdate, ctx: Manage, if_match: IfMatch = None
) -> Response:
    """A merge patch of its words, its theme and who is to answer; steps are taken by their own routes."""
    item = await service.update_escalation(ctx, escalation, patch, if_match)
    return ctx.written(item.body, version=item.version)


@router.post(
    "/plans/{plan}/escalations/{escalation}/answers",
    summary="Answer an escalation",
    status_code=201,
    response_model=EscalationRead,
    responses=CHANGES,
)
async def answer_escalation(
    escalation: EscalationRef, given: AnswerCreate, ctx: TakePart, if_match: IfMatch = None
) -> Response:
    """By the person assigned, whoever holds the stage's role, a deputy of theirs, or a manager."""
    item = await service.answer(ctx, escalation, given, if_match)
    return ctx.created(item.body, _address(ctx, item), version=item.version)


@router.post(
    "/plans/{plan}/escalations/{escalation}/climbs",
    summary="Climb to the next stage",
    status_code=201,
    response_model=EscalationRead,
    responses=CHANGES,
)
async def climb_escalation(
    escalation: EscalationRef, wanted: ClimbCreate, ctx: TakePart, if_match: IfMatch = None
) -> Response:
    """It stands open at the stage reached, with a new limit. Whoever raised it may climb it once it is
    answered or overdue; a programme manager at any time.
    """
    item = await service.climb(ctx, escalation, wanted, if_match)
    return ctx.created(item.body, _address(ctx, item), version=item.version)


@router.post(
    "/plans/{plan}/escalations/{escalation}/resolution",
    summary="Resolve an escalation",
    status_code=201,
    response_model=EscalationRead,
    responses=CHANGES,
)
async def resolve_escalation(
    escalation: EscalationRef, wanted: ResolutionCreate, ctx: Manage, if_match: IfMatch = None
) -> Response:
    """Ends it, with what resolved it and what was learnt."""
    item = await service.resolve(ctx, escalation, wanted, if_match)
    return ctx.created(item.body, _address(ctx, item), version=item.version)


@router.post(
    "/plans/{plan}/escalations/{escalation}/withdrawal",
    summary="Withdraw an escalation",
    status_code=201,
    response_model=EscalationRead,
    responses=CHANGES,
)
async def withdraw_escalation(
    escalation: EscalationRef, wanted: WithdrawalCreate, ctx: TakePart, if_match: IfMatch = None
) -> Response:
    """By whoever raised it, or a programme manager."""
    item = await service.withdraw(ctx, escalation, wanted, if_match)
    return ctx.created(item.body, _address(ctx, item), version=item.version)


@router.post(
    "/plans/{plan}/escalations/{escalation}/referral",
    summary="Refer an escalation elsewhere",
    status_code=201,
    response_model=EscalationRead,
    responses=CHANGES,
)
async def refer_escalation(
    escalation: EscalationRef, wanted: ReferralCreate, ctx: Manage, if_match: IfMatch = None
) -> Response:
    """Ends it here: somebody outside the ladder takes it on."""
    item = await service.refer(ctx, escalation, wanted, if_match)
    return ctx.created(item.body, _address(ctx, item), version=item.version)


@router.post(
    "/plans/{plan}/escalations/{escalation}/reopening",
    summary="Reopen an escalation",
    status_code=201,
    response_model=EscalationRead,
    responses=CHANGES,
)
async def reopen_escalation(
    escalation: EscalationRef, wanted: ReopeningCreate, ctx: Manage, if_match: IfMatch = None
) -> Response:
    """Open again at the stage where it stood, with a new limit."""
    item = await service.reopen(ctx, escalation, wanted, if_match)
    return ctx.created(item.body, _address(ctx, item), version=item.version)


def _address(ctx: Context, item: Item) -> str:
    return f"/v1/plans/{ctx.plan.ref}/escalations/{service.ref_of(item)}"
