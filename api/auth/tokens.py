"""Access tokens: ES256 and nothing else. The one module that knows python-jose.

A token is refused unless everything about it is as this module writes it: the library is only asked
to check a signature made with a key of ours, never to believe what a token says about itself.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jose import jwk, jwt
from jose.backends.base import Key
from jose.exceptions import JOSEError

from api.auth.system import SYSTEM_PRINCIPAL

VerifyingKey = Key

ALGORITHM = "ES256"
AUDIENCE = "turnstone-api"
KIND = "access"
LEEWAY_SECONDS = 5
MAX_TOKEN_LENGTH = 4096

_HEADER_TYPE = "at+jwt"
_HEADER_MEMBERS = frozenset({"alg", "kid", "typ"})
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]")
_PRINCIPAL = re.compile(r"[1-9][0-9]{0,17}")
_REQUIRED = ("exp", "iat", "sub", "iss", "aud", "jti")


class TokenRefusedError(Exception):
    """The token is not one of ours, or no longer. The text is for logs, not for whoever sent it."""


@dataclass(frozen=True)
class AccessClaims:
    principal_id: int
    scopes: frozenset[str] | None
    """The permissions the token is limited to; None is whatever its principal may do."""
    issued_at: int
    expires_at: int
    """Both in seconds since 1970."""
    jti: str


@dataclass(frozen=True)
class IssuedToken:
    token: str
    expires_in: int
    """Seconds."""


def public_key(held: Mapping[str, Any]) -> VerifyingKey:
    """A verifying key from its JWK. Raises ValueError unless it is a public P-256 key."""
    if held.get("kty") != "EC" or held.get("crv") != "P-256" or "d" in held:
        raise ValueError("a verifying key must be a public P-256 key")
    return jwk.construct({name: held[name] for name in ("kty", "crv", "x", "y")}, ALGORITHM)


def issue_access_token(
    *,
    kid: str,
    private_pem: str,
    issuer: str,
    principal_id: int,
    minutes: int,
    scopes: frozenset[str] | None = None,
    now: float | None = None,
) -> IssuedToken:
    issued = int(time.time() if now is None else now)
    lifetime = minutes * 60
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": str(principal_id),
        "iat": issued,
        "exp": issued + lifetime,
        "jti": secrets.token_urlsafe(16),
        "typ": KIND,
    }
    if scopes is not None:
        claims["scope"] = " ".join(sorted(scopes))
    token = jwt.encode(claims, private_pem, algorithm=ALGORITHM, headers={"kid": kid, "typ": _HEADER_TYPE})
    return IssuedToken(token, lifetime)


def key_id_of(token: str) -> str:
    """The ``kid`` a token names, once its form and its header are what we write.

    Raises TokenRefusedError. Nothing in it is to be believed until ``read_access_token`` has verified it.
    """
    if len(token) > MAX_TOKEN_LENGTH:
        raise TokenRefusedError("too long")
    if not _COMPACT.fullmatch(token):
        raise TokenRefusedError("not a compact ES256 token")
    try:
        header = jwt.get_unverified_header(token)
    except JOSEError:
        raise TokenRefusedError("unreadable header") from None
    if header.keys() != _HEADER_MEMBERS:
        raise TokenRefusedError("header members other than alg, kid and typ")
    if header["alg"] != ALGORITHM:
        raise TokenRefusedError("another algorithm")
    if header["typ"] != _HEADER_TYPE:
        raise TokenRefusedError("another type of token")
    kid = header["kid"]
    if not isinstance(kid, str) or not kid:
        raise TokenRefusedError("no key id")
    return kid


def read_access_token(token: str, key: VerifyingKey, *, issuer: str) -> AccessClaims:
    """What a token says, after its signature and every claim were checked. Raises TokenRefusedError."""
    key_id_of(token)
    options = {f"require_{claim}": True for claim in _REQUIRED}
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=issuer,
            options=options | {"leeway": LEEWAY_SECONDS},
        )
    except (JOSEError, TypeError, ValueError, OverflowError):
        raise TokenRefusedError("signature or claims do not hold") from None
    return _checked(claims, issuer, time.time())


def _checked(claims: Mapping[str, Any], issuer: str, now: float) -> AccessClaims:
    """The library takes a list of audiences, an issue date in the future and odd types; we do not."""
    if claims.get("typ") != KIND:
        raise TokenRefusedError("not an access token")
    if claims["aud"] != AUDIENCE or claims["iss"] != issuer:
        raise TokenRefusedError("for another service")
    issued, expires, subject, jti = claims["iat"], claims["exp"], claims["sub"], claims["jti"]
    if type(issued) is not int or type(expires) is not int:
        raise TokenRefusedError("times must be whole seconds")
    if expires + LEEWAY_SECONDS <= now:
        raise TokenRefusedError("expired")
    if issued - LEEWAY_SECONDS > now:
        raise TokenRefusedError("issued in the future")
    if "nbf" in claims:
        raise TokenRefusedError("a claim we never write")
    if not isinstance(subject, str) or not _PRINCIPAL.fullmatch(subject):
        raise TokenRefusedError("no principal")
    if int(subject) == SYSTEM_PRINCIPAL:
        raise TokenRefusedError("nobody signs in as the system")
    if not isinstance(jti, str) or not jti:
        raise TokenRefusedError("no token id")
    scope = claims.get("scope")
    if scope is not None and not isinstance(scope, str):
        raise TokenRefusedError("scope must be text")
    scopes = None if scope is None else frozenset(scope.split())
    return AccessClaims(int(subject), scopes, issued, expires, jti)
