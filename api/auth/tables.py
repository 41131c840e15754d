"""Credentials, sessions, tokens and sign-in attempts. Secrets are stored only as hashes.

None of these tables keeps history: nothing secret may reach a place that is never deleted.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from api.core import tables as t


class PasswordCredential(SQLModel, table=True):
    """A user's Argon2id password hash."""

    __tablename__ = "password_credential"

    user_id: int = t.key_of("user_account.id")
    hash: str = t.line(null=False)
    changed_at: datetime | None = t.moment()


class IntegrationSecret(SQLModel, table=True):
    """A client secret: shown once, then only its hash. Two may overlap while one is rotated out."""

    __tablename__ = "integration_secret"

    id: int | None = t.key()
    integration_id: int = t.points_to("integration.id")
    hash: str = t.line(null=False)
    hint: str = t.line(null=False)
    """The last four characters, so that people can tell two secrets apart."""
    created_at: datetime | None = t.moment()
    expires_at: datetime | None = t.moment(null=True, now=False)
    revoked_at: datetime | None = t.moment(null=True, now=False)
    last_used_at: datetime | None = t.moment(null=True, now=False)


class BrowserSession(SQLModel, table=True):
    """A signed-in browser: live until idle too long, past its absolute end, or ended."""

    __tablename__ = "browser_session"
    __table_args__ = (Index("uq_browser_session_token", "token_hash", unique=True),)

    id: int | None = t.key()
    token_hash: bytes = Field(sa_type=LargeBinary, nullable=False)
    user_id: int = t.points_to("user_account.id")
    created_at: datetime | None = t.moment()
    seen_at: datetime | None = t.moment()
    ends_at: datetime = t.moment(now=False)
    user_agent: str | None = t.line()


class RefreshToken(SQLModel, table=True):
    """One link of a rotating chain; a used one seen again ends the whole family."""

    __tablename__ = "refresh_token"
    __table_args__ = (
        Index("uq_refresh_token_token", "token_hash", unique=True),
        Index("ix_refresh_token_family", "family"),
    )

    id: int | None = t.key()
    family: str = t.line(null=False)
    token_hash: bytes = Field(sa_type=LargeBinary, nullable=False)
    user_id: int = t.points_to("user_account.id")
    created_at: datetime | None = t.moment()
    expires_at: datetime = t.moment(now=False)
    used_at: datetime | None = t.moment(null=True, now=False)
    revoked_at: datetime | None = t.moment(null=True, now=False)


class SigningKey(SQLModel, table=True):
    """An ES256 key: signs while newest and active; verifies until retired."""

    __tablename__ = "signing_key"

    kid: str = Field(sa_type=Text, primary_key=True)
    private_pem: str = t.line(null=False)
    public_jwk: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    created_at: datetime | None = t.moment()
    signs_until: datetime | None = t.moment(null=True, now=False)
    verifies_until: datetime | None = t.moment(null=True, now=False)


class SignInOutcome(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SLOWED = "slowed"
    DISABLED = "disabled"


class SignInEvent(SQLModel, table=True):
    """One attempt to sign in, kept for the auditor and to slow guessing."""

    __tablename__ = "sign_in_event"
    __table_args__ = (
        Index("ix_sign_in_event_subject", "subject", text("at desc")),
        Index("ix_sign_in_event_address", "address", text("at desc")),
    )

    id: int | None = t.key()
    at: datetime | None = t.moment()
    subject: str = t.line(null=False)
    """The email or client id given, lower case; it may be nobody's."""
    door: str = t.line(null=False)
    outcome: SignInOutcome = t.word(SignInOutcome)
    address: str | None = t.line()
    principal_id: int | None = Field(default=None, sa_type=BigInteger, nullable=True)


class RolePermission(SQLModel, table=True):
    """The role table as the row-level policies read it; kept equal to ``api.auth.permissions``."""

    __tablename__ = "role_permission"

    role: str = Field(sa_type=Text, primary_key=True)
    permission: str = Field(sa_type=Text, primary_key=True)


class IdempotencyRecord(SQLModel, table=True):
    """The answer to a POST that bore an Idempotency-Key; commits with its effect."""

    __tablename__ = "idempotency_record"

    principal_id: int = Field(sa_type=BigInteger, primary_key=True)
    key: str = Field(sa_type=Text, primary_key=True)
    fingerprint: str = t.line(null=False)
    status: int | None = t.whole()
    headers: dict[str, str] | None = Field(default=None, sa_type=JSONB, nullable=True)
    body: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    lease_until: datetime = t.moment(now=False)
    created_at: datetime | None = t.moment()
