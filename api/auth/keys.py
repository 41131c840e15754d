"""The signing keys: made on first use, published, rotated."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.auth.system import as_system
from api.auth.tokens import ALGORITHM, LEEWAY_SECONDS, VerifyingKey, public_key
from api.core.database import transaction

CACHE_SECONDS = 60
FORCED_LOADS = 5
"""How often in as many seconds a key id not known, which anyone can send, makes the keys be read anew."""

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_FIRST_KEY_LOCK = text("select pg_advisory_xact_lock(7041, 1)")
_SIGNS = text(
    "select kid, private_pem from signing_key where signs_until is null order by created_at desc, kid limit 1"
)


@dataclass(frozen=True)
class Signer:
    kid: str
    private_pem: str


async def current_signer(session: AsyncSession) -> Signer:
    """The key that signs now; the first one is made here, once, however many processes ask."""
    async with as_system(session):
        row = (await session.execute(_SIGNS)).first()
        if row is None:
            await session.execute(_FIRST_KEY_LOCK)
            row = (await session.execute(_SIGNS)).first()
        if row is None:
            return await _add_key(session)
    return Signer(row.kid, row.private_pem)


async def rotate_signing_key(session: AsyncSession, *, access_token_minutes: int) -> str:
    """A new key signs at once and its id is returned; tokens of the old one stay good until they end."""
    async with as_system(session):
        await session.execute(_FIRST_KEY_LOCK)
        await session.execute(text("delete from signing_key where verifies_until < now()"))
        # What signs no more is not kept: only the public half is still needed.
        await session.execute(
            text(
                "update signing_key set signs_until = now(), private_pem = '',"
                " verifies_until = now() + make_interval(secs => :longer) where signs_until is null"
            ),
            {"longer": access_token_minutes * 60 + 2 * LEEWAY_SECONDS},
        )
        return (await _add_key(session)).kid


async def published_keys(session: AsyncSession) -> list[dict[str, Any]]:
    """The public keys that tokens still in use were signed with, newest first, as JWKs."""
    async with as_system(session):
        rows = await session.scalars(
            text(
                "select public_jwk from signing_key"
                " where verifies_until is null or verifies_until > now() order by created_at desc, kid"
            )
        )
        return [dict(row) for row in rows]


async def _add_key(session: AsyncSession) -> Signer:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    jwk = as_jwk(private.public_key())
    await session.execute(
        text(
            "insert into signing_key (kid, private_pem, public_jwk, created_at)"
            " values (:kid, :pem, cast(:jwk as jsonb), clock_timestamp())"
        ),
        {"kid": jwk["kid"], "pem": pem, "jwk": json.dumps(jwk)},
    )
    return Signer(jwk["kid"], pem)


def as_jwk(public: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """A public key as published. Its id is its RFC 7638 thumbprint."""
    numbers = public.public_numbers()
    bare = {"crv": "P-256", "kty": "EC", "x": _base64url(numbers.x), "y": _base64url(numbers.y)}
    digest = hashlib.sha256(json.dumps(bare, separators=(",", ":"), sort_keys=True).encode()).digest()
    return bare | {"kid": _unpadded(digest), "use": "sig", "alg": ALGORITHM}


def _base64url(coordinate: int) -> str:
    return _unpadded(coordinate.to_bytes(32, "big"))


def _unpadded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class KeyRing:
    """One process's copy of the verifying keys, at most a minute old."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._keys: dict[str, VerifyingKey] = {}
        self._loaded_at = float("-inf")
        self._forced_at: deque[float] = deque([float("-inf")] * FORCED_LOADS, maxlen=FORCED_LOADS)
        self._loading = asyncio.Lock()

    async def find(self, kid: str) -> VerifyingKey | None:
        """The key with this id. One not known is looked for anew, within limits."""
        if not _KEY_ID.fullmatch(kid):
            return None
        asked_at = time.monotonic()
        if asked_at - self._loaded_at > CACHE_SECONDS:
            await self._load(unless_after=asked_at - CACHE_SECONDS)
        if (
            kid not in self._keys
            and self._loaded_at < asked_at
            and asked_at - self._forced_at[0] > FORCED_LOADS
        ):
            self._forced_at.append(asked_at)
            await self._load(unless_after=asked_at)
        return self._keys.get(kid)

    async def _load(self, *, unless_after: float) -> None:
        """Read the keys, unless somebody else's reading began after that moment."""
        async with self._loading:
            if self._loaded_at > unless_after:
                return
            begun = time.monotonic()
            async with transaction(self.engine) as session:
                published = await published_keys(session)
            self._keys = {held["kid"]: public_key(held) for held in published}
            self._loaded_at = begun
