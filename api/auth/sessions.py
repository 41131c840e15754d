"""Browser sessions and refresh families: what keeps a person signed in, and how it ends."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.identity import hash_of
from api.auth.system import as_system

TOKEN_BYTES = 32


@dataclass(frozen=True)
class NewSession:
    token: str
    ends_at: datetime


async def lock_user(session: AsyncSession, user_id: int) -> bool:
    """Hold the account's row, so that nothing is begun for it while it is being ended.

    Answers whether the account is there and enabled. To be called as the system.
    """
    held = await session.scalar(
        text("select disabled_at is null from user_account where id = :user for no key update"),
        {"user": user_id},
    )
    return bool(held)


async def start_session(
    session: AsyncSession, user_id: int, *, absolute_hours: int, user_agent: str | None
) -> NewSession:
    """A new browser session; the token is known to nobody afterwards but the browser."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    async with as_system(session):
        await session.execute(
            text("delete from browser_session where user_id = :user and ends_at < now()"), {"user": user_id}
        )
        ends_at = await session.scalar(
            text(
                "insert into browser_session (token_hash, user_id, ends_at, user_agent)"
                " values (:hash, :user, now() + make_interval(hours => :hours), :agent) returning ends_at"
            ),
            {
                "hash": hash_of(token),
                "user": user_id,
                "hours": absolute_hours,
                "agent": _printable(user_agent),
            },
        )
    assert isinstance(ends_at, datetime)
    return NewSession(token, ends_at)


async def end_session(session: AsyncSession, token_hash: bytes) -> None:
    async with as_system(session):
        await session.execute(
            text("delete from browser_session where token_hash = :hash"), {"hash": token_hash}
        )


async def end_everything(session: AsyncSession, user_id: int, *, except_session: bytes | None = None) -> None:
    """Sign a person out everywhere: every browser session and every refresh family.

    ``except_session`` is the hash of the one session to keep.
    """
    async with as_system(session):
        await lock_user(session, user_id)
        await session.execute(
            text(
                "delete from browser_session where user_id = :user"
                " and (cast(:kept as bytea) is null or token_hash <> :kept)"
            ),
            {"user": user_id, "kept": except_session},
        )
        await session.execute(
            text("update refresh_token set revoked_at = now() where user_id = :user and revoked_at is null"),
            {"user": user_id},
        )


async def start_family(session: AsyncSession, user_id: int, *, days: int) -> str:
    """The first refresh token of a new family."""
    async with as_system(session):
        await session.execute(
            text("delete from refresh_token where user_id = :user and expires_at < now()"), {"user": user_id}
        )
        return await _add_link(session, user_id, secrets.token_urlsafe(16), days=days)


@dataclass(frozen=True)
class Turned:
    """What became of a refresh token that was handed in."""

    user_id: int
    token: str | None
    """The next of the family; None where the one handed in is good for nothing."""
    was_reused: bool = False
    """It had been used before, and the family was live until now."""


async def turn_refresh_token(session: AsyncSession, token: str, *, days: int) -> Turned | None:
    """Exchange a refresh token for the next. None where it was never ours.

    A used one means that two parties hold it, and nobody can say which is the thief: the family ends.
    A client that lost an answer and retries pays with a new sign-in.
    """
    async with as_system(session):
        user_id = await session.scalar(
            text("select user_id from refresh_token where token_hash = :hash"), {"hash": hash_of(token)}
        )
        if user_id is None:
            return None
        is_enabled = await lock_user(session, user_id)
        row = (
            await session.execute(
                text(
                    "select id, family, used_at is not null as used,"
                    " revoked_at is null and expires_at > now() as live"
                    " from refresh_token where token_hash = :hash"
                ),
                {"hash": hash_of(token)},
            )
        ).first()
        if row is None or not row.live or not is_enabled:
            return Turned(user_id, None)
        if row.used:
            await _end_family(session, row.family)
            return Turned(user_id, None, was_reused=True)
        await session.execute(text("update refresh_token set used_at = now() where id = :id"), {"id": row.id})
        return Turned(user_id, await _add_link(session, user_id, row.family, days=days))


async def end_family_of(session: AsyncSession, token: str) -> None:
    """Revoke a refresh token and all that came of the same sign-in; nothing happens if it is not ours."""
    async with as_system(session):
        row = (
            await session.execute(
                text("select family, user_id from refresh_token where token_hash = :hash"),
                {"hash": hash_of(token)},
            )
        ).first()
        if row is not None:
            await lock_user(session, row.user_id)
            await _end_family(session, row.family)


async def _end_family(session: AsyncSession, family: str) -> None:
    await session.execute(
        text("update refresh_token set revoked_at = now() where family = :family and revoked_at is null"),
        {"family": family},
    )


async def _add_link(session: AsyncSession, user_id: int, family: str, *, days: int) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await session.execute(
        text(
            "insert into refresh_token (family, token_hash, user_id, expires_at)"
            " values (:family, :hash, :user, now() + make_interval(days => :days))"
        ),
        {"family": family, "hash": hash_of(token), "user": user_id, "days": days},
    )
    return token


def _printable(user_agent: str | None) -> str | None:
    if user_agent is None:
        return None
    return "".join(c for c in user_agent if c.isprintable())[:300] or None
