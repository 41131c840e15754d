"""Guessing is slowed, never answered with a lock-out: each further try waits longer, then may be made.

What counts are failures of the last hour that no success of the same subject from the same address
followed. They are counted in the database, so all replicas count together. Nothing here depends on
whether the subject exists.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.tables import SignInOutcome
from api.core.errors import Problem, ProblemType

SUBJECT_FAILURES = 5
ADDRESS_FAILURES = 50
FIRST_WAIT_SECONDS = 5
LONGEST_WAIT_SECONDS = 15 * 60
REFRESH_DOOR = "refresh_token"
"""Recorded, but not counted: a refresh token cannot be guessed, so it tells nothing of guessing."""

# Whoever has signed in from this address before is judged by this address alone: strangers elsewhere,
# who know only an email, cannot keep its owner out.
_UNREDEEMED = """
    e.at > clock_timestamp() - interval '1 hour' and e.outcome in ('failed', 'disabled')
    and e.door <> :refresh_door and not exists (
        select from sign_in_event s
        where s.subject = e.subject and s.address is not distinct from e.address
          and s.outcome = 'succeeded' and s.at > e.at)
"""
_COUNT = text(
    f"""
    with known as (
        select exists (
            select from sign_in_event s
            where s.subject = :subject and s.address = :address and s.outcome = 'succeeded'
              and s.at > clock_timestamp() - interval '30 days') as here
    ),
    own as (
        select count(*) as failures, extract(epoch from clock_timestamp() - max(e.at)) as ago
        from sign_in_event e, known
        where e.subject = :subject and (not known.here or e.address = :address) and {_UNREDEEMED}
    ),
    near as (
        select count(*) as failures, extract(epoch from clock_timestamp() - max(e.at)) as ago
        from sign_in_event e where e.address = :counted_address and {_UNREDEEMED}
    )
    select own.failures as own_failures, own.ago as own_ago,
           near.failures as near_failures, near.ago as near_ago
    from own, near
    """
)


@dataclass(frozen=True)
class Attempt:
    """One try to get in. ``subject`` is the email or client id given, lower case."""

    subject: str
    door: str
    address: str | None


def waiting_time(failures: int, allowed: int) -> int:
    """Seconds that must pass between the last failure and the next try."""
    if failures < allowed:
        return 0
    return int(min(FIRST_WAIT_SECONDS * 2 ** min(failures - allowed, 20), LONGEST_WAIT_SECONDS))


async def seconds_to_wait(session: AsyncSession, attempt: Attempt) -> int:
    """0 where the try may be made; until the transaction ends no other is judged for this subject."""
    await session.execute(
        text("select pg_advisory_xact_lock(7042, hashtext(:subject))"), {"subject": attempt.subject}
    )
    row = (
        await session.execute(
            _COUNT,
            {
                "subject": attempt.subject,
                "address": attempt.address,
                "counted_address": None if _is_loopback(attempt.address) else attempt.address,
                "refresh_door": REFRESH_DOOR,
            },
        )
    ).one()
    waits = (
        (waiting_time(row.own_failures, SUBJECT_FAILURES), row.own_ago),
        (waiting_time(row.near_failures, ADDRESS_FAILURES), row.near_ago),
    )
    left = max(wait - float(ago or 0) if wait else 0 for wait, ago in waits)
    return 0 if left <= 0 else int(left) + 1


async def record(
    session: AsyncSession, attempt: Attempt, outcome: SignInOutcome, principal_id: int | None = None
) -> None:
    """Keep the attempt. Tries that were slowed are kept once a minute, so that a flood fills nothing."""
    await session.execute(
        text(
            "insert into sign_in_event (at, subject, door, outcome, address, principal_id)"
            " select clock_timestamp(), :subject, :door, :outcome, :address, cast(:principal as bigint)"
            " where :outcome <> 'slowed' or not exists ("
            "  select from sign_in_event where subject = :subject and outcome = 'slowed'"
            "  and address is not distinct from :address and at > clock_timestamp() - interval '1 minute')"
        ),
        {
            "subject": attempt.subject,
            "door": attempt.door,
            "outcome": outcome.value,
            "address": attempt.address,
            "principal": principal_id,
        },
    )


def slow_down(seconds: int) -> Problem:
    return Problem(
        ProblemType.SLOW_DOWN,
        f"There were too many attempts. Try again in {seconds} seconds.",
        headers={"Retry-After": str(seconds)},
        error="temporarily_unavailable",
    )


def address_kept(host: str | None) -> str | None:
    """A client's address as stored. An IPv6 address becomes its /64: one subscriber has all of it."""
    try:
        address = ipaddress.ip_address((host or "").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        if not address.is_loopback:
            return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _is_loopback(address: str | None) -> bool:
    """On loopback stands the operator, or a proxy that hides who asks: not one address to slow."""
    return address in {"127.0.0.1", "::1"} or address is None
