"""What signing in takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from api.auth.accounts import EMAIL_PATTERN
from api.auth.passwords import MAX_LENGTH, MIN_LENGTH
from api.auth.tables import SignInOutcome


def _encodable(secret: SecretStr) -> SecretStr:
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("must be text") from None
    return secret


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=EMAIL_PATTERN, max_length=254),
    Field(examples=["lead@example.org"]),
]
Subject = Annotated[str, StringConstraints(max_length=254, pattern=r"^[ -~]*$")]
GivenPassword = Annotated[
    SecretStr,
    Field(min_length=1, max_length=MAX_LENGTH * 2, examples=["three words and a river"]),
    AfterValidator(_encodable),
]


class SessionCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Email
    password: GivenPassword


class SessionRead(BaseModel):
    """The person signed in, and how long for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Head of Quality",
                    "email": "lead@example.org",
                    "is_admin": False,
                    "ends_at": "2026-11-21T20:00:00Z",
                    "idle_minutes": 60,
                }
            ]
        }
    )

    name: str
    email: str
    is_admin: bool
    ends_at: datetime = Field(description="The session ends then, however busy.")
    idle_minutes: int = Field(description="It ends sooner after this many minutes without a request.")


class TokenRequest(BaseModel):
    """An OAuth 2.0 token request (RFC 6749), as a form. Which fields are needed depends on the grant."""

    grant_type: str = Field(
        default="",
        max_length=100,
        description="`password`, `refresh_token` or `client_credentials`.",
        examples=["client_credentials"],
    )
    username: str = Field(default="", max_length=254, description="`password`: the person's email.")
    password: GivenPassword | None = Field(default=None, description="`password`: the person's password.")
    refresh_token: str = Field(default="", max_length=200, description="`refresh_token`: the one held.")
    client_id: str = Field(
        default="", max_length=100, description="`client_credentials`, unless given by HTTP Basic."
    )
    client_secret: GivenPassword | None = Field(
        default=None, description="`client_credentials`, unless given by HTTP Basic."
    )
    scope: str = Field(
        default="",
        max_length=500,
        description="`client_credentials`: the scopes wanted, space-separated; all of the client's if empty.",
        examples=["plan:read measurement:write"],
    )


class TokenRead(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "access_token": "eyJhbGciOiJFUzI1NiIsImtpZCI6IuKApiJ9.eyJpc3MiOiLigKYifQ.c2lnbmF0dXJl",
                    "token_type": "Bearer",
                    "expires_in": 600,
                    "scope": "measurement:write plan:read plan:visit",
                }
            ]
        }
    )

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int = Field(description="Seconds.")
    refresh_token: str | None = Field(
        default=None, description="People only. Good for one use: each refresh answers with the next."
    )
    scope: str | None = Field(default=None, description="Integrations only: the scopes granted.")


class RevokeRequest(BaseModel):
    """A revocation request (RFC 7009), as a form."""

    token: str = Field(default="", max_length=200, description="The refresh token.")
    token_type_hint: str = Field(default="", max_length=100, description="Taken and not needed.")


class PasswordChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    old_password: GivenPassword
    new_password: GivenPassword = Field(description=f"At least {MIN_LENGTH} characters.")


class SigningKeyRead(BaseModel):
    kid: str = Field(
        description="The new key's id, as in the JWKS.",
        examples=["n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"],
    )


class Jwk(BaseModel):
    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str
    kid: str
    use: Literal["sig"]
    alg: Literal["ES256"]


class Jwks(BaseModel):
    """The public keys that access tokens are signed with (RFC 7517)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "keys": [
                        {
                            "kty": "EC",
                            "crv": "P-256",
                            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                            "kid": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
                            "use": "sig",
                            "alg": "ES256",
                        }
                    ]
                }
            ]
        }
    )

    keys: list[Jwk]


class SignInEventRead(BaseModel):
    """One attempt to sign in."""

    at: datetime
    subject: str = Field(description="The email or client id given; it may be nobody's.")
    door: str = Field(
        description="`browser`, `password`, `client_credentials`, `refresh_token` or `password_change`."
    )
    outcome: SignInOutcome
    address: str | None = Field(description="The client's address; of an IPv6 address its /64.")
    name: str | None = Field(description="Whose email or client id it is, where it is anybody's.")


class SignInEventPage(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "at": "2026-11-21T09:00:00Z",
                            "subject": "lead@example.org",
                            "door": "browser",
                            "outcome": "succeeded",
                            "address": "203.0.113.7",
                            "name": "Head of Quality",
                        }
                    ],
                    "next": None,
                }
            ]
        }
    )

    items: list[SignInEventRead]
    next: str | None = Field(default=None, description="Cursor of the next page; null on the last.")
    total: int | None = Field(default=None, description="Rows in all, where `total=true` was asked.")
