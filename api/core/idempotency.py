"""Idempotency-Key on POST: the answer is stored with its effect, so a retry gets it again.

A key in flight is a lease that expires: a process killed half-way does not block the retry for long.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from fastapi import Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.core.context import Answer
from api.core.database import transaction
from api.core.errors import Problem, ProblemType

LEASE_SECONDS = 90
MAX_KEY = 200


class Replayed(Exception):
    """The same request was answered before; this is that answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("replayed")
        self.answer = answer

    def response(self) -> Response:
        headers = self.answer.headers | {"Idempotency-Replayed": "true"}
        return Response(content=self.answer.body, status_code=self.answer.status, headers=headers)


@dataclass(frozen=True)
class Lease:
    principal_id: int
    key: str
    until: datetime
    """Also says whose lease it is: whoever takes over an expired one sets another end."""


async def claim(
    request: Request, session: AsyncSession, principal_id: int, body: bytes | None = None
) -> Lease | None:
    """Take the key of this request for the acting principal; None where it is no POST.

    ``body`` stands in for the request's own, such as the digest of one too large to hold.

    Raises Replayed with the stored answer, KEY_REUSED for another payload, IN_PROGRESS while the
    first is still being handled.
    """
    key = request.headers["idempotency-key"]
    if request.method != "POST":
        return None
    if not 1 <= len(key) <= MAX_KEY:
        raise Problem(ProblemType.INVALID, f"Idempotency-Key must have 1 to {MAX_KEY} characters.")
    fingerprint = sha256(
        b"\0".join([request.url.path.encode(), request.url.query.encode(), body or await request.body()])
    ).hexdigest()
    taken = (
        await session.execute(
            text(
                "insert into idempotency_record as r (principal_id, key, fingerprint, lease_until)"
                " values (:principal, :key, :fingerprint, now() + make_interval(secs => :lease))"
                " on conflict (principal_id, key) do update set lease_until = excluded.lease_until"
                " where r.status is null and r.lease_until < now() and r.fingerprint = :fingerprint"
                " returning lease_until"
            ),
            {"principal": principal_id, "key": key, "fingerprint": fingerprint, "lease": LEASE_SECONDS},
        )
    ).first()
    if taken is not None:
        return Lease(principal_id, key, taken.lease_until)
    held = (
        await session.execute(
            text(
                "select fingerprint, status, headers, body from idempotency_record"
                " where principal_id = :principal and key = :key"
            ),
            {"principal": principal_id, "key": key},
        )
    ).first()
    if held is None:
        # Given up between the two statements: the next try will get it.
        raise _in_progress()
    if held.fingerprint != fingerprint:
        raise Problem(ProblemType.KEY_REUSED, "This Idempotency-Key came before with another payload.")
    if held.status is None:
        raise _in_progress()
    raise Replayed(Answer(held.status, held.headers, bytes(held.body)))


def _in_progress() -> Problem:
    return Problem(
        ProblemType.IN_PROGRESS, "The same request is being handled.", headers={"Retry-After": "2"}
    )


async def settle(session: AsyncSession, lease: Lease, answer: Answer) -> None:
    """Store the answer in the transaction of the effect itself.

    Raises IN_PROGRESS, which undoes the effect, when the lease ran out and a retry has taken it over.
    """
    stored = await session.execute(
        text(
            "update idempotency_record set status = :status, headers = cast(:headers as jsonb), body = :body"
            " where principal_id = :principal and key = :key and status is null and lease_until = :until"
            " returning 1"
        ),
        {
            "status": answer.status,
            "headers": json.dumps(answer.headers),
            "body": answer.body,
            "principal": lease.principal_id,
            "key": lease.key,
            "until": lease.until,
        },
    )
    if stored.first() is None:
        raise _in_progress()


async def release(engine: AsyncEngine, lease: Lease) -> None:
    """Nothing was stored: let the key be used again at once."""
    async with transaction(engine) as session:
        await act_as(session, lease.principal_id)
        await session.execute(
            text(
                "delete from idempotency_record"
                " where principal_id = :p and key = :k and status is null and lease_until = :until"
            ),
            {"p": lease.principal_id, "k": lease.key, "until": lease.until},
        )


async def act_as(session: AsyncSession, principal_id: int) -> None:
    """Say whom row-level security shall ask about, for this transaction."""
    await session.execute(
        text("select set_config('turnstone.principal', :principal, true)"), {"principal": str(principal_id)}
    )
