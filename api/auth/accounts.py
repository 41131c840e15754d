"""Accounts and client secrets: made, changed, disabled. Who may do so is for the caller to settle.

Account rows are written under the rights of whoever acts, so that the change record names them;
credentials, which nobody may see, as the system.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import sessions
from api.auth.passwords import hash_password, weakness_of
from api.auth.permissions import INTEGRATION_SCOPES, Permission
from api.auth.system import as_someone, as_system
from api.core.errors import Problem, ProblemType, conflict, invalid, not_found

OLD_SECRET_KEPT_FOR = timedelta(days=7)
MIN_SECRET_LENGTH = 32

EMAIL_PATTERN = r"^[!-?A-~]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"
"""ASCII only, so that lower case means the same here and in the database."""

CLIENT_ID_PATTERN = r"[a-z0-9][a-z0-9._-]{0,63}"


class NewIntegration(NamedTuple):
    principal_id: int
    client_id: str
    secret: str
    """To be shown once."""


async def create_user(
    session: AsyncSession, *, email: str, name: str, password: str | None, is_admin: bool = False
) -> int:
    """A new account's principal id. Without a password nobody can sign in to it yet.

    Raises INVALID for a weak password or a bad email, CONFLICT for an email that is taken.
    """
    address, shown = email.strip(), name.strip()
    if not re.match(EMAIL_PATTERN, address) or len(address) > 254:
        raise invalid("/email", "Give an email address.")
    if not shown:
        raise invalid("/name", "Give a name.")
    if password is not None:
        _refuse_weak(password, "/password", email=address, name=shown)
    async with as_someone(session):
        try:
            async with session.begin_nested():
                user_id = await _add_principal(session, "user", shown)
                await session.execute(
                    text(
                        "insert into user_account (id, email, name, is_admin)"
                        " values (:id, :email, :name, :admin)"
                    ),
                    {"id": user_id, "email": address, "name": shown, "admin": is_admin},
                )
        except IntegrityError:
            raise conflict("Another account has this email.") from None
    if password is not None:
        await _store_password(session, user_id, password)
    return user_id


async def set_password(
    session: AsyncSession,
    user_id: int,
    password: str,
    *,
    keep_session: bytes | None = None,
    pointer: str = "/password",
) -> None:
    """A new password, which signs the person out everywhere but in the session kept (by its hash).

    Access tokens already issued stay good for their few minutes. Raises INVALID for a weak password,
    its ``errors`` pointing to ``pointer``, and NOT_FOUND.
    """
    async with as_system(session):
        row = (
            await session.execute(
                text("select email, name from user_account where id = :user for no key update"),
                {"user": user_id},
            )
        ).first()
    if row is None:
        raise not_found("user")
    _refuse_weak(password, pointer, email=row.email, name=row.name)
    await _store_password(session, user_id, password)
    await sessions.end_everything(session, user_id, except_session=keep_session)


async def disable_user(session: AsyncSession, user_id: int) -> None:
    """Nobody signs in as them from now on, and whoever is signed in no longer is.

    Raises NOT_FOUND, and CONFLICT where nobody would be left to administer.
    """
    async with as_someone(session):
        admins = (
            await session.scalars(
                text(
                    "select id from user_account where is_admin and disabled_at is null order by id"
                    " for no key update"
                )
            )
        ).all()
        if list(admins) == [user_id]:
            raise conflict("This is the last administrator.")
        await _touch_user(session, user_id, "disabled_at = coalesce(disabled_at, now())")
    await sessions.end_everything(session, user_id)


async def enable_user(session: AsyncSession, user_id: int) -> None:
    """They may sign in again, anew. Raises NOT_FOUND."""
    async with as_someone(session):
        await _touch_user(session, user_id, "disabled_at = null")


async def create_integration(
    session: AsyncSession,
    *,
    client_id: str | None = None,
    name: str,
    scopes: Collection[str],
    secret: str | None = None,
) -> NewIntegration:
    """A new integration with its first secret. ``client_id`` and ``secret`` are made up unless given.

    Raises INVALID for a scope no integration can have or a bad client id, CONFLICT for one taken.
    """
    chosen = client_id if client_id is not None else f"client-{secrets.token_hex(6)}"
    if not re.fullmatch(CLIENT_ID_PATTERN, chosen):
        raise invalid(
            "/client_id", "Use lower-case letters, digits, dots, dashes and underscores, 64 at most."
        )
    if not name.strip():
        raise invalid("/name", "Give a name.")
    known = {scope.value for scope in INTEGRATION_SCOPES}
    unknown = sorted(set(scopes) - known)
    if unknown:
        raise invalid(
            "/scopes",
            f"No integration can have {', '.join(unknown)}; choose from {', '.join(sorted(known))}.",
        )
    granted = sorted({*scopes, Permission.PLAN_VISIT.value})
    async with as_someone(session):
        try:
            async with session.begin_nested():
                principal_id = await _add_principal(session, "integration", name.strip())
                await session.execute(
                    text(
                        "insert into integration (id, client_id, name, scopes)"
                        " values (:id, :client, :name, cast(:scopes as text[]))"
                    ),
                    {"id": principal_id, "client": chosen, "name": name.strip(), "scopes": granted},
                )
        except IntegrityError:
            raise conflict("Another integration has this client id.") from None
    _, made = await add_secret(session, principal_id, secret=secret)
    return NewIntegration(principal_id, chosen, made)


async def add_secret(
    session: AsyncSession,
    integration_id: int,
    *,
    secret: str | None = None,
    expires_at: datetime | None = None,
    keep_old_for: timedelta = OLD_SECRET_KEPT_FOR,
) -> tuple[int, str]:
    """A further secret: its id, and the secret itself, to be shown once.

    The newest secret so far keeps working for ``keep_old_for`` or until its own expiry; any older
    one ends now, so that two overlap at most. Raises NOT_FOUND.
    """
    made = secret if secret is not None else secrets.token_urlsafe(sessions.TOKEN_BYTES)
    if len(made) < MIN_SECRET_LENGTH:
        raise invalid("/secret", f"A secret must have at least {MIN_SECRET_LENGTH} characters.")
    async with as_someone(session):
        # Two people rotating at once must not leave three secrets.
        found = await session.scalar(
            text("select id from integration where id = :id for no key update"), {"id": integration_id}
        )
        if found is None:
            raise not_found("integration")
        live = (
            await session.scalars(
                text(
                    "select id from integration_secret where integration_id = :id and revoked_at is null"
                    " and (expires_at is null or expires_at > now()) order by created_at desc, id desc"
                ),
                {"id": integration_id},
            )
        ).all()
        if live:
            await session.execute(
                text(
                    "update integration_secret set expires_at = least(expires_at, now() + :kept)"
                    " where id = :id"
                ),
                {"kept": keep_old_for, "id": live[0]},
            )
        for older in live[1:]:
            await _revoke(session, older)
        secret_id = await session.scalar(
            text(
                "insert into integration_secret (integration_id, hash, hint, expires_at)"
                " values (:integration, :hash, :hint, :expires) returning id"
            ),
            {
                "integration": integration_id,
                "hash": fingerprint_of(made),
                "hint": made[-4:],
                "expires": expires_at,
            },
        )
    assert isinstance(secret_id, int)
    return secret_id, made


async def revoke_secret(session: AsyncSession, integration_id: int, secret_id: int) -> None:
    """The secret gets no further token. Tokens got before stay good for their few minutes.

    Raises NOT_FOUND; revoking again changes nothing.
    """
    async with as_someone(session):
        found = await session.scalar(
            text("select id from integration_secret where id = :id and integration_id = :integration"),
            {"id": secret_id, "integration": integration_id},
        )
        if found is None:
            raise not_found("secret")
        await _revoke(session, secret_id)


def fingerprint_of(secret: str) -> str:
    """What is stored of a client secret. It is random, 256 bits: slow hashing would add nothing."""
    return "sha256:" + hashlib.sha256(secret.encode()).hexdigest()


async def _revoke(session: AsyncSession, secret_id: int) -> None:
    await session.execute(
        text("update integration_secret set revoked_at = now() where id = :id and revoked_at is null"),
        {"id": secret_id},
    )


async def _add_principal(session: AsyncSession, kind: str, name: str) -> int:
    made = await session.scalar(
        text("insert into principal (kind, name) values (:kind, :name) returning id"),
        {"kind": kind, "name": name},
    )
    assert isinstance(made, int)
    return made


async def _touch_user(session: AsyncSession, user_id: int, change: str) -> None:
    found = await session.scalar(
        text(f"update user_account set {change} where id = :user returning id"), {"user": user_id}
    )
    if found is None:
        raise not_found("user")


async def _store_password(session: AsyncSession, user_id: int, password: str) -> None:
    hashed = await hash_password(password)
    async with as_system(session):
        await session.execute(
            text(
                "insert into password_credential (user_id, hash) values (:user, :hash)"
                " on conflict (user_id) do update set hash = excluded.hash, changed_at = now()"
            ),
            {"user": user_id, "hash": hashed},
        )


def _refuse_weak(password: str, pointer: str, *, email: str, name: str) -> None:
    weakness = weakness_of(password, email=email, name=name)
    if weakness is not None:
        raise Problem(
            ProblemType.INVALID,
            weakness,
            errors=[{"pointer": pointer, "code": "weak_password", "message": weakness}],
        )
