"""How a route says who may use it: ``reading(...)`` or ``writing(...)`` with its permissions.

Each opens the request's one transaction, and both are used with ``scope="function"``, so that the
commit happens before the response is sent: nobody is told 201 of something that was not kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Header, Path, Query, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.auth.identity import Caller, identify
from api.auth.permissions import Permission
from api.core import idempotency
from api.core.context import Actor, Context, NotModified, PlanInView, held_tag
from api.core.database import transaction
from api.core.errors import Problem, ProblemType, conflict, not_allowed, not_found
from api.core.uploads import Received, receiving
from api.settings import Settings

LONDON = ZoneInfo("Europe/London")
FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
"""No plan is older; and the calendars of Python and Postgres end at the year 1."""

AsOf = Annotated[
    str | None,
    Query(
        description="Read the plan as it stood at this moment (RFC 3339) or at this day's end in London.",
        examples=["2026-09-30", "2026-09-30T12:00:00Z"],
        max_length=40,
    ),
]
KnownAt = Annotated[
    str | None,
    Query(
        description="Read the values as they were known at this moment (RFC 3339) or at this day's end in"
        " London, under the KPI's refs and definitions of now. `as_of` takes the whole plan back instead;"
        " send one of the two.",
        examples=["2026-09-30", "2026-09-30T12:00:00Z"],
        max_length=40,
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        description="The item's ETag as last read; needed, so that nobody's edit is lost.", max_length=200
    ),
]
Reason = Annotated[
    str | None,
    Header(
        alias="Turnstone-Reason",
        description="Why; kept in the change record.",
        max_length=500,
        examples=["Agreed at board"],
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        description="Any unique text; a retry with the same key and body gets the first answer.",
        max_length=200,
    ),
]


PlanRef = Annotated[str, Path(description="The plan's ref.", max_length=64, examples=["northmoor-2026"])]

Provider = Callable[..., AsyncIterator[Context]]


def reading(*permissions: Permission) -> Provider:
    """A read under ``/plans/{plan}`` that any one of these permissions allows.

    Answers 304 by itself where the reader holds the present state already.
    """

    async def read(request: Request, plan: PlanRef, as_of: AsOf = None) -> AsyncIterator[Context]:
        del plan  # declared for the documentation; ``enter`` takes it from the path
        async with _reading(request, permissions, _moment(as_of)) as ctx:
            yield ctx

    return _declare(read, "read", permissions)


def reading_known(*permissions: Permission) -> Provider:
    """As :func:`reading`, of values: ``known_at`` reads them as they were known at a moment."""

    async def read(
        request: Request, plan: PlanRef, as_of: AsOf = None, known_at: KnownAt = None
    ) -> AsyncIterator[Context]:
        del plan
        known = _moment(known_at, "known_at")
        if as_of is not None and known is not None:
            raise Problem(ProblemType.INVALID, "Send as_of or known_at, not both.")
        async with _reading(request, permissions, _moment(as_of), known) as ctx:
            yield ctx

    return _declare(read, "read", permissions)


def reading_service(*permissions: Permission) -> Provider:
    """A read of something that belongs to no plan. Without permissions: anyone signed in."""

    async def read(request: Request) -> AsyncIterator[Context]:
        async with _reading(request, permissions, None) as ctx:
            yield ctx

    return _declare(read, "read", permissions)


def writing(*permissions: Permission) -> Provider:
    """A change under ``/plans/{plan}``; an Idempotency-Key on POST is honoured."""

    async def write(
        request: Request, plan: PlanRef, reason: Reason = None, idempotency_key: IdempotencyKey = None
    ) -> AsyncIterator[Context]:
        del plan
        async with _writing(request, permissions, reason, idempotency_key) as ctx:
            yield ctx

    return _declare(write, "write", permissions)


def writing_file(*permissions: Permission) -> Provider:
    """A change under ``/plans/{plan}`` whose body is a file: ``ctx.received``.

    Who sends it is asked first, and again when it has come in: nobody else's bytes are taken, and no
    transaction waits for a slow line.
    """

    async def write(
        request: Request, plan: PlanRef, reason: Reason = None, idempotency_key: IdempotencyKey = None
    ) -> AsyncIterator[Context]:
        del plan
        async with _writing_file(request, permissions, reason, idempotency_key) as ctx:
            yield ctx

    return _declare(write, "write", permissions)


def writing_service_file(*permissions: Permission) -> Provider:
    """As :func:`writing_file`, of something that belongs to no plan."""

    async def write(
        request: Request, reason: Reason = None, idempotency_key: IdempotencyKey = None
    ) -> AsyncIterator[Context]:
        async with _writing_file(request, permissions, reason, idempotency_key) as ctx:
            yield ctx

    return _declare(write, "write", permissions)


def writing_service(*permissions: Permission, replayable: bool = True) -> Provider:
    """A change of something that belongs to no plan. Without permissions: anyone signed in.

    Not ``replayable``: an Idempotency-Key is not honoured, because neither the request (a password)
    nor the answer (a secret shown once) may be stored for a retry.
    """

    async def write_once(request: Request, reason: Reason = None) -> AsyncIterator[Context]:
        async with _writing(request, permissions, reason, None) as ctx:
            yield ctx

    if not replayable:
        return _declare(write_once, "write", permissions)

    async def write(
        request: Request, reason: Reason = None, idempotency_key: IdempotencyKey = None
    ) -> AsyncIterator[Context]:
        async with _writing(request, permissions, reason, idempotency_key) as ctx:
            yield ctx

    return _declare(write, "write", permissions)


def _declare(provider: Provider, kind: str, permissions: tuple[Permission, ...]) -> Provider:
    provider.access = (kind, permissions)  # type: ignore[attr-defined]
    return provider


@asynccontextmanager
async def _reading(
    request: Request,
    permissions: tuple[Permission, ...],
    moment: datetime | None,
    known: datetime | None = None,
) -> AsyncIterator[Context]:
    caller = await identify(request)
    async with transaction(request.app.state.engine) as session:
        past = moment or known
        if past is not None:
            await _wait_until_settled(session, past)
        ctx = await enter(request, session, caller, moment=moment)
        _require(ctx, permissions)
        ctx.known_at = known
        ctx.if_none_match = ",".join(request.headers.getlist("if-none-match"))
        held = held_tag(ctx.if_none_match, ctx.digest) if ctx.in_plan else None
        if held is None:
            yield ctx
    if held is not None:
        # Only now: the transaction also noted that the session is in use.
        raise NotModified(held)


@asynccontextmanager
async def _writing(
    request: Request,
    permissions: tuple[Permission, ...],
    reason: str | None,
    key: str | None,
    received: Received | None = None,
) -> AsyncIterator[Context]:
    caller = await identify(request)
    engine: AsyncEngine = request.app.state.engine
    lease = None
    if key is not None:
        # Its own transaction, done before the work begins: a claim must be seen by a rival at
        # once, and must not need a second connection while the first is held.
        async with transaction(engine) as session:
            ctx = await enter(request, session, caller)
            _require(ctx, permissions)
            body = received.digest.encode() if received else None
            lease = await idempotency.claim(request, session, ctx.actor.id, body)
    stored = False
    try:
        async with transaction(engine) as session:
            ctx = await enter(request, session, caller, reason=reason)
            _require(ctx, permissions)
            _require_open(ctx, permissions)
            ctx.received = received
            yield ctx
            if lease is not None:
                if ctx.answer is None:
                    raise RuntimeError("an endpoint answered past its context: there is nothing to replay")
                await idempotency.settle(session, lease, ctx.answer)
        stored = True
    finally:
        if lease is not None and not stored:
            await idempotency.release(engine, lease)


@asynccontextmanager
async def _writing_file(
    request: Request, permissions: tuple[Permission, ...], reason: str | None, key: str | None
) -> AsyncIterator[Context]:
    caller = await identify(request)
    async with transaction(request.app.state.engine) as session:
        ctx = await enter(request, session, caller)
        _require(ctx, permissions)
        _require_open(ctx, permissions)
    settings: Settings = request.app.state.settings
    async with (
        receiving(request, settings.max_file_bytes) as received,
        _writing(request, permissions, reason, key, received) as ctx,
    ):
        yield ctx


async def enter(
    request: Request,
    session: AsyncSession,
    caller: Caller,
    *,
    reason: str | None = None,
    moment: datetime | None = None,
) -> Context:
    """Begin acting as the caller: one round trip finds the session, the plan, the rights and the pulse.

    Raises NOT_SIGNED_IN for an ended session or a disabled account, NOT_FOUND for a plan not visible.
    """
    settings: Settings = request.app.state.settings
    plan_ref = request.path_params.get("plan")
    row = (
        await session.execute(
            text(
                "select * from turnstone.enter(:acting, :session, make_interval(mins => :idle), :plan,"
                " :request, :reason, :today, :moment)"
            ),
            {
                "acting": caller.principal_id,
                "session": caller.session_hash,
                "idle": settings.session_idle_minutes,
                "plan": plan_ref,
                "request": request.state.request_id,
                "reason": reason,
                "today": settings.today,
                "moment": moment,
            },
        )
    ).first()
    if row is None:
        raise Problem(ProblemType.NOT_SIGNED_IN, "Sign in again.", headers={"WWW-Authenticate": "Bearer"})
    if plan_ref is not None and row.plan_id is None:
        raise not_found("plan")
    held = frozenset(row.permissions)
    if caller.scopes is not None and row.kind == "integration":
        held &= caller.scopes | {Permission.PLAN_VISIT, Permission.MEASUREMENT_WRITE_SET}
    ctx = Context(
        session=session,
        actor=Actor(row.principal_id, row.kind, row.name, row.is_admin, held, row.session_id),
        today=row.today,
        request_id=request.state.request_id,
        etag_seed=f"{request.url.path}?{request.url.query}",
        as_of=moment,
        in_plan=PlanInView(row.plan_id, row.ref, row.status, row.as_at, row.pulse)
        if row.plan_id is not None
        else None,
    )
    if moment is not None:
        await _look_back(ctx, moment)
    return ctx


async def _look_back(ctx: Context, moment: datetime) -> None:
    """From here on the tables show their past, and the plan is judged as it stood and on that day.

    Who may read is decided before, by today's memberships.
    """
    ctx.today = moment.astimezone(LONDON).date()
    # A function that pins its own search_path, as ``turnstone.enter`` does, cannot leave another behind.
    await ctx.session.execute(text("select set_config('search_path', 'as_of, public, turnstone', true)"))
    if ctx.in_plan is not None:
        was = (
            await ctx.session.execute(
                text("select status, as_at from plan where id = :id"), {"id": ctx.in_plan.id}
            )
        ).first()
        if was is None:
            raise Problem(
                ProblemType.NOT_FOUND,
                "The plan was not here at that moment, or its past is not yours to see.",
            )
        ctx.in_plan = replace(ctx.in_plan, status=was.status, as_at=was.as_at)


def _require(ctx: Context, permissions: tuple[Permission, ...]) -> None:
    if permissions and not ctx.actor.may(*permissions):
        where = "in this plan " if ctx.in_plan else ""
        raise not_allowed(f"Your role {where}does not include this.")


CLOSED_PLAN_TAKES = frozenset(
    {Permission.PLAN_UPDATE, Permission.PLAN_DELETE, Permission.NOTE_WRITE, Permission.MEMBER_MANAGE}
)
"""What may still be done in a closed plan: its own page, doubts settled, people let in and out."""


def _require_open(ctx: Context, permissions: tuple[Permission, ...]) -> None:
    """Raises CONFLICT for a change of a closed plan's content. The system loads samples, and may."""
    plan = ctx.in_plan
    if plan is None or plan.status != "closed" or ctx.actor.kind == "system":
        return
    if CLOSED_PLAN_TAKES.isdisjoint(permissions):
        raise conflict("The plan is closed; only its own page and its doubts still change.")


def _moment(as_of: str | None, name: str = "as_of") -> datetime | None:
    if as_of is None:
        return None
    try:
        if len(as_of) == 10:
            ends = datetime.combine(date.fromisoformat(as_of), time.max, tzinfo=LONDON)
            moment = min(ends, datetime.now(UTC)) if ends.date() <= datetime.now(LONDON).date() else ends
        else:
            moment = datetime.fromisoformat(as_of.replace(" ", "+"))
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem(
            ProblemType.INVALID, f"{name} must be a day (2026-09-30) or a moment (2026-09-30T12:00:00Z)."
        ) from None
    if moment.tzinfo is None:
        raise Problem(ProblemType.INVALID, f"{name} must say its time zone: 2026-09-30T12:00:00Z.")
    if moment > datetime.now(UTC):
        raise Problem(ProblemType.INVALID, f"{name} lies in the future.")
    if moment < FIRST_MOMENT:
        raise Problem(ProblemType.INVALID, f"{name} lies before {FIRST_MOMENT:%Y}.")
    return moment


async def _wait_until_settled(session: AsyncSession, moment: datetime) -> None:
    """An answer for a moment must never change: wait out transactions that may still date rows before it."""
    for _ in range(40):
        if not await session.scalar(text("select turnstone.is_unsettled(:moment)"), {"moment": moment}):
            return
        await asyncio.sleep(0.05)
    raise Problem(
        ProblemType.UNSETTLED,
        "A change of about that moment is still being written.",
        headers={"Retry-After": "2"},
    )


def access_of(dependency: Callable[..., Any]) -> tuple[str, tuple[Permission, ...]] | None:
    """What a dependency declares; for the test that every route declares its access."""
    return getattr(dependency, "access", None)


def may_use(provider: Provider) -> Any:
    """The dependency itself, ended before the response is sent."""
    return Depends(provider, scope="function")


__all__ = [
    "Context",
    "IfMatch",
    "access_of",
    "enter",
    "may_use",
    "reading",
    "reading_known",
    "reading_service",
    "writing",
    "writing_file",
    "writing_service",
    "writing_service_file",
]
