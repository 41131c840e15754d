"""Signing in, tokens, accounts and client secrets: plain functions for endpoints, commands and samples.

Each takes a session already in a transaction. Those that judge a credential return the Problem
instead of raising it, because the record of a failed attempt must be committed with the answer.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import sessions, throttle
from api.auth.accounts import (
    add_secret,
    create_integration,
    create_user,
    disable_user,
    enable_user,
    fingerprint_of,
    revoke_secret,
    set_password,
)
from api.auth.keys import current_signer
from api.auth.passwords import verify_password
from api.auth.system import as_system
from api.auth.tables import SignInOutcome
from api.auth.throttle import REFRESH_DOOR, Attempt
from api.auth.tokens import issue_access_token
from api.core.errors import Problem, ProblemType
from api.settings import Settings


@dataclass(frozen=True)
class Person:
    """A user whose password was right."""

    id: int
    email: str
    name: str
    is_admin: bool


@dataclass(frozen=True)
class Tokens:
    access_token: str
    expires_in: int
    """Seconds."""
    refresh_token: str | None = None
    scopes: frozenset[str] | None = None
    """None is whatever the principal may do."""


def subject_of(given: str) -> str:
    """An email or client id as attempts are counted by: exactly what accounts are looked up by."""
    return given.strip().lower()


async def sign_in_with_password(session: AsyncSession, attempt: Attempt, password: str) -> Person | Problem:
    """Whose password this is. The attempt is recorded; too many of them are slowed.

    To be called in a ``sign_in_place``. The user's row stays locked until the transaction ends, so
    that what is begun for them now cannot slip past their being disabled.
    """
    async with as_system(session):
        wait = await throttle.seconds_to_wait(session, attempt)
        if wait:
            await throttle.record(session, attempt, SignInOutcome.SLOWED)
            return throttle.slow_down(wait)
        row = (
            await session.execute(
                text(
                    "select u.id, u.email, u.name, u.is_admin, u.disabled_at is not null as disabled, c.hash"
                    " from user_account u left join password_credential c on c.user_id = u.id"
                    " where lower(u.email) = :subject for no key update of u"
                ),
                {"subject": attempt.subject},
            )
        ).first()
        is_right, renewed = await verify_password(password, row.hash if row else None)
        if row is None or not is_right:
            await throttle.record(session, attempt, SignInOutcome.FAILED, row.id if row else None)
            return wrong_password()
        if row.disabled:
            await throttle.record(session, attempt, SignInOutcome.DISABLED, row.id)
            return wrong_password()
        await throttle.record(session, attempt, SignInOutcome.SUCCEEDED, row.id)
        if renewed is not None:
            await session.execute(
                text("update password_credential set hash = :hash where user_id = :user"),
                {"hash": renewed, "user": row.id},
            )
    return Person(row.id, row.email, row.name, row.is_admin)


async def issue_tokens(session: AsyncSession, person: Person, settings: Settings) -> Tokens:
    """An access token and the first refresh token of a new family."""
    first = await sessions.start_family(session, person.id, days=settings.refresh_token_days)
    return await _tokens(session, person.id, settings, refresh_token=first)


async def refresh(
    session: AsyncSession, token: str, settings: Settings, *, address: str | None
) -> Tokens | Problem:
    """The next pair of tokens. A refresh token used before ends its family, and that is recorded."""
    turned = await sessions.turn_refresh_token(session, token, days=settings.refresh_token_days)
    if turned is None:
        return _bad_refresh_token()
    if turned.was_reused:
        async with as_system(session):
            email = await session.scalar(
                text("select lower(email) from user_account where id = :user"), {"user": turned.user_id}
            )
            attempt = Attempt(str(email), REFRESH_DOOR, address)
            await throttle.record(session, attempt, SignInOutcome.FAILED, turned.user_id)
    if turned.token is None:
        return _bad_refresh_token()
    return await _tokens(session, turned.user_id, settings, refresh_token=turned.token)


async def client_credentials(
    session: AsyncSession, attempt: Attempt, secret: str, settings: Settings, *, scope: str | None = None
) -> Tokens | Problem:
    """An access token for an integration, limited to ``scope`` (space-separated) or to all its scopes."""
    async with as_system(session):
        wait = await throttle.seconds_to_wait(session, attempt)
        if wait:
            await throttle.record(session, attempt, SignInOutcome.SLOWED)
            return throttle.slow_down(wait)
        rows = (
            await session.execute(
                text(
                    "select i.id, i.scopes, i.disabled_at is not null as disabled, s.id as secret_id, s.hash"
                    " from integration i join integration_secret s on s.integration_id = i.id"
                    " where i.client_id = :subject and s.revoked_at is null"
                    " and (s.expires_at is null or s.expires_at > now())"
                ),
                {"subject": attempt.subject},
            )
        ).all()
        given = fingerprint_of(secret)
        match = next((row for row in rows if hmac.compare_digest(row.hash, given)), None)
        if match is None:
            await throttle.record(session, attempt, SignInOutcome.FAILED, rows[0].id if rows else None)
            return wrong_secret()
        if match.disabled:
            await throttle.record(session, attempt, SignInOutcome.DISABLED, match.id)
            return wrong_secret()
        await throttle.record(session, attempt, SignInOutcome.SUCCEEDED, match.id)
        # Once a day is enough to tell a secret in use from one forgotten, and each update is noted
        # in the change record.
        await session.execute(
            text(
                "update integration_secret set last_used_at = now() where id = :id"
                " and (last_used_at is null or last_used_at < now() - interval '1 day')"
            ),
            {"id": match.secret_id},
        )
    granted = frozenset(match.scopes)
    asked = frozenset(scope.split()) if scope else granted
    if not asked <= granted:
        return bad_token_request("invalid_scope", f"This client may ask for: {' '.join(sorted(granted))}.")
    return await _tokens(session, match.id, settings, scopes=asked)


async def _tokens(
    session: AsyncSession,
    principal_id: int,
    settings: Settings,
    *,
    refresh_token: str | None = None,
    scopes: frozenset[str] | None = None,
) -> Tokens:
    signer = await current_signer(session)
    issued = issue_access_token(
        kid=signer.kid,
        private_pem=signer.private_pem,
        issuer=settings.issuer,
        principal_id=principal_id,
        minutes=settings.access_token_minutes,
        scopes=scopes,
    )
    return Tokens(issued.token, issued.expires_in, refresh_token, scopes)


def bad_token_request(error: str, detail: str) -> Problem:
    """400 with OAuth 2.0's own word for it in the member ``error``."""
    return Problem(ProblemType.BAD_REQUEST, detail, error=error)


def wrong_password() -> Problem:
    return Problem(
        ProblemType.WRONG_CREDENTIALS, "The email and password do not match.", error="invalid_grant"
    )


def wrong_secret(challenge: dict[str, str] | None = None) -> Problem:
    """``challenge`` holds the headers that the way of signing in asks for."""
    return Problem(
        ProblemType.WRONG_CREDENTIALS,
        "The client id and secret do not match.",
        headers=challenge,
        error="invalid_client",
    )


def _bad_refresh_token() -> Problem:
    return Problem(
        ProblemType.WRONG_CREDENTIALS, "This refresh token is not good, or no longer.", error="invalid_grant"
    )


__all__ = [
    "Person",
    "Tokens",
    "add_secret",
    "bad_token_request",
    "client_credentials",
    "create_integration",
    "create_user",
    "disable_user",
    "enable_user",
    "issue_tokens",
    "refresh",
    "revoke_secret",
    "set_password",
    "sign_in_with_password",
    "subject_of",
    "wrong_password",
    "wrong_secret",
]
