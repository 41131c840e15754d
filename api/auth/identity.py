"""Who sent a request: the browser session or the access token it bears, and that it may bear it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI, Request

from api.auth.keys import KeyRing
from api.auth.tokens import TokenRefusedError, key_id_of, read_access_token
from api.core.errors import Problem, ProblemType
from api.settings import LOOPBACK_HOSTS, Settings

SECURE_COOKIE = "__Host-turnstone"
LOOPBACK_COOKIE = "turnstone"
CLIENT_HEADER = "X-Turnstone-Client"
SAFE_VERBS = frozenset({"GET", "HEAD", "OPTIONS"})

_SESSION_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Caller:
    """By session or by id; ``turnstone.enter`` says whether either is still good."""

    principal_id: int | None
    session_hash: bytes | None
    scopes: frozenset[str] | None = None
    """What an access token is limited to; None is whatever its principal may do."""


async def identify(request: Request) -> Caller:
    """Who sent the request, as far as can be told without the account itself.

    Raises FORGED_REQUEST for a browser request that another site may have made, NOT_SIGNED_IN for
    one that bears nothing, or nothing of ours.
    """
    cookie = session_cookie(request)
    authorization = request.headers.get("authorization")
    if cookie is not None:
        if authorization is not None:
            raise _forged("Send either the session cookie or a token, not both.")
        if request.method not in SAFE_VERBS:
            require_own_browser(request)
        if not _SESSION_TOKEN.fullmatch(cookie):
            raise not_signed_in()
        return Caller(None, hash_of(cookie))
    if authorization is None:
        raise not_signed_in()
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise not_signed_in()
    return await _bearer(request.app, token.strip())


async def _bearer(app: FastAPI, token: str) -> Caller:
    settings: Settings = app.state.settings
    try:
        key = await key_ring(app).find(key_id_of(token))
        if key is None:
            raise TokenRefusedError("not signed with a key of ours")
        claims = read_access_token(token, key, issuer=settings.issuer)
    except TokenRefusedError:
        raise not_signed_in(error="invalid_token") from None
    return Caller(claims.principal_id, None, claims.scopes)


def key_ring(app: FastAPI) -> KeyRing:
    """The process's verifying keys, kept with the app's engine."""
    held: KeyRing | None = getattr(app.state, "key_ring", None)
    if held is None or held.engine is not app.state.engine:
        held = app.state.key_ring = KeyRing(app.state.engine)
    return held


def require_own_browser(request: Request) -> None:
    """Raises FORGED_REQUEST unless our own pages made the request: only they can set this header,
    and the browser itself says from which origin.
    """
    if request.headers.get(CLIENT_HEADER, "").lower() != "browser":
        raise _forged(f"Send the header {CLIENT_HEADER}: browser.")
    if request.headers.get("origin") not in own_origins(request):
        raise _forged("The request must come from the service's own pages.")


def own_origins(request: Request) -> set[str]:
    """The origins, as a browser writes them, that this service answers under."""
    settings: Settings = request.app.state.settings
    return {_origin_of(url) for url in (str(request.url), settings.public_url) if url}


def _origin_of(url: str) -> str:
    parts = urlsplit(url.lower())
    default_port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(default_port)}"


def session_cookie(request: Request) -> str | None:
    return request.cookies.get(cookie_name(request))


def cookie_name(request: Request) -> str:
    return LOOPBACK_COOKIE if is_plain_loopback(request) else SECURE_COOKIE


def is_plain_loopback(request: Request) -> bool:
    """Plain HTTP on this very machine: the one place where a cookie need not be Secure."""
    settings: Settings = request.app.state.settings
    if settings.public_url and settings.public_url.lower().startswith("https://"):
        return False
    return request.url.scheme == "http" and request.url.hostname in LOOPBACK_HOSTS


def hash_of(token: str) -> bytes:
    """What is stored of a random token. It has 256 bits, so a fast hash hides it."""
    return hashlib.sha256(token.encode()).digest()


def not_signed_in(*, error: str | None = None) -> Problem:
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    return Problem(ProblemType.NOT_SIGNED_IN, "Sign in again.", headers={"WWW-Authenticate": challenge})


def _forged(detail: str) -> Problem:
    return Problem(ProblemType.FORGED_REQUEST, detail)
