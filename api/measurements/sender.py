"""Requests to a running service that are tried again while it is away: what ``turnstone push`` stands on."""

from __future__ import annotations

import base64
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

PIECE = 1 << 16
ATTEMPTS = 7
LONGEST_HANDLING = 120.0
"""Seconds that a request of the same key may be in progress: a service that was killed while it handled
one lets go of its key after ninety.
"""
_RETRIED = frozenset({429, 502, 503, 504})


class CannotSend(Exception):
    """Why nothing, or nothing more, can be sent."""


@dataclass
class Body:
    """What is sent of a file, a piece at a time."""

    content: Path | bytes
    content_type: str
    told: Callable[[int], None] = lambda _: None
    """Hears how many bytes went."""
    digest: str = field(init=False)
    size: int = field(init=False)
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        hashed, self.size = sha256(), 0
        for piece in self._read():
            hashed.update(piece)
            self.size += len(piece)
        self.digest = hashed.hexdigest()
        self.headers = {
            "Content-Type": self.content_type,
            "Content-Length": str(self.size),
            "Content-Digest": f"sha-256=:{base64.b64encode(hashed.digest()).decode()}:",
        }

    def pieces(self) -> Iterator[bytes]:
        sent = 0
        for piece in self._read():
            yield piece
            sent += len(piece)
            self.told(sent)

    def _read(self) -> Iterator[bytes]:
        if isinstance(self.content, bytes):
            for start in range(0, len(self.content), PIECE):
                yield self.content[start : start + PIECE]
            return
        with self.content.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


@dataclass
class Sender:
    """One sign-in to the service, renewed when it ends, and requests that are tried again."""

    client: httpx.Client
    client_id: str
    client_secret: str
    sleep: Callable[[float], None] = time.sleep
    _token: str | None = field(default=None, repr=False)

    def post(self, path: str, body: Body, key: str, **given: Any) -> httpx.Response:
        """Send a body, each time from its beginning. Raises CannotSend when the service stays away."""
        headers = body.headers | {"Idempotency-Key": key}
        return self._signed_in("POST", path, headers, lambda: {"content": body.pieces(), **given})

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self._signed_in("GET", path, {}, lambda: given)

    def _signed_in(
        self, verb: str, path: str, headers: dict[str, str], given: Callable[[], dict[str, Any]]
    ) -> httpx.Response:
        """Raises CannotSend when the service stays away or refuses the client."""
        for renewed in (False, True):
            signed = headers | {"Authorization": f"Bearer {self._token or self._sign_in()}"}
            answer = self._insist(
                lambda signed=signed: self.client.request(verb, path, headers=signed, **given())  # type: ignore[misc]
            )
            if answer.status_code != 401 or renewed:
                return answer
            self._token = None
        raise AssertionError("unreachable")

    def _sign_in(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        answer = self._insist(lambda: self.client.post("/v1/auth/token", data=form))
        if answer.status_code != 200:
            raise CannotSend(f"The service refused the sign-in: {detail_of(answer)}")
        self._token = str(answer.json()["access_token"])
        return self._token

    def _insist(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Try again, ever later, while the service is away or busy; and as long as it takes while it
        is at this very request still, or has not noticed yet that it is not.
        """
        problem, attempt, handled = "", 0, 0.0
        while attempt < ATTEMPTS:
            wait = min(30.0, 0.5 * 2**attempt) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads clients out
            try:
                answer = send()
            except httpx.TransportError as error:
                problem = f"{type(error).__name__}: {error}".rstrip(": ")
            else:
                in_progress = answer.status_code == 409 and "in-progress" in answer.text
                if answer.status_code not in _RETRIED and not in_progress:
                    return answer
                problem = f"{answer.status_code}: {detail_of(answer)}"
                given = answer.headers.get("retry-after", "")
                wait = min(60.0, float(given)) if given.isdecimal() else wait
                if in_progress and handled < LONGEST_HANDLING:
                    handled += wait
                    self.sleep(wait)
                    continue
            attempt += 1
            if attempt < ATTEMPTS:
                self.sleep(wait)
        raise CannotSend(f"{self.client.base_url} does not take requests ({problem}).")


def detail_of(answer: httpx.Response) -> str:
    try:
        body = answer.json()
        return str(body.get("detail") or body.get("error") or answer.reason_phrase)
    except (ValueError, AttributeError):
        return str(answer.reason_phrase)
