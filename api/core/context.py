"""One request's surroundings: its transaction, who acts, in which plan, on which day."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2s
from typing import Any

import orjson
from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.core.errors import Problem, ProblemType
from api.core.uploads import Received


@dataclass(frozen=True)
class Actor:
    """Who acts, as ``turnstone.enter`` found it. ``permissions`` are those held in the plan in view."""

    id: int
    kind: str
    name: str
    is_admin: bool
    permissions: frozenset[str]
    session_id: int | None = None

    def may(self, *permissions: str) -> bool:
        """Whether any one of these is held."""
        return not self.permissions.isdisjoint(permissions)


@dataclass(frozen=True)
class PlanInView:
    id: int
    ref: str
    status: str
    as_at: date | None
    pulse: int


@dataclass
class Answer:
    """What an endpoint answered, kept so that an Idempotency-Key can give it again."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Context:
    """Given to every endpoint and passed down to services as their first argument."""

    session: AsyncSession
    actor: Actor
    today: date
    """Today in London, or the moment's date of an as-of read."""
    request_id: str
    etag_seed: str
    """Of a request: its path and query, which with the reader and the plan's pulse decide the answer."""
    as_of: datetime | None = None
    known_at: datetime | None = None
    """Read values as they were known then, and all else as it is now."""
    in_plan: PlanInView | None = None
    if_none_match: str | None = None
    """Of a read: the ETags the reader holds answers for."""
    answer: Answer | None = field(default=None, compare=False)
    received: Received | None = field(default=None, compare=False)
    """The file that came as the body, where the route takes one."""

    @property
    def plan(self) -> PlanInView:
        if self.in_plan is None:
            raise RuntimeError("this route is not under a plan")
        return self.in_plan

    @property
    def clock(self) -> date:
        """The day the plan is judged on: a closed plan's clock stands at its as-at date."""
        plan = self.in_plan
        return plan.as_at if plan and plan.status == "closed" and plan.as_at else self.today

    @property
    def digest(self) -> str:
        """Changes whenever anything this reader could see in the plan may have changed."""
        pulse = self.in_plan.pulse if self.in_plan else 0
        seed = f"{self.etag_seed}|{pulse}|{self.today}|{self.actor.id}|{self.as_of}"
        return blake2s(seed.encode(), digest_size=8).hexdigest()

    def etag(self, version: int | None = None) -> str:
        """``"{version}.{digest}"``: If-Match reads the version, If-None-Match the whole."""
        shown = version if version is not None else (self.in_plan.pulse if self.in_plan else 0)
        return f'"{shown}.{self.digest}"'

    def show(
        self, body: bytes, *, version: int | None = None, headers: dict[str, str] | None = None
    ) -> Response:
        """200 with a body already written as JSON."""
        tag = self.etag(version) if self.in_plan else content_etag(body, version)
        if self.in_plan is None and held_tag(self.if_none_match, tag_digest(tag)):
            return self._answer(304, b"", {"ETag": tag})
        return self._answer(200, body, {"ETag": tag} | (headers or {}))

    def passing(self, body: bytes) -> Response:
        """200 with what may have changed by the next look, although the plan has not: never kept."""
        return self._answer(200, body, {"Cache-Control": "no-store"})

    def created(self, body: bytes, location: str, *, version: int) -> Response:
        return self._answer(201, body, {"Location": location, "ETag": written_etag(body, version)})

    def written(self, body: bytes, *, version: int, status: int = 200) -> Response:
        """The answer to a change: its ETag serves the next If-Match, and no conditional read yet."""
        return self._answer(status, body, {"ETag": written_etag(body, version)})

    def accepted(self, body: bytes, location: str) -> Response:
        return self._answer(202, body, {"Location": location})

    def no_content(self) -> Response:
        return self._answer(204, b"", {})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> Response:
        if body:
            headers = {"Content-Type": "application/json"} | headers
        self.answer = Answer(status, headers, body)
        return Response(content=body, status_code=status, headers=headers)


def content_etag(body: bytes, version: int | None) -> str:
    return f'"{version or 0}.{blake2s(body, digest_size=8).hexdigest()}"'


def written_etag(body: bytes, version: int) -> str:
    return f'"{version}.w{blake2s(body, digest_size=8).hexdigest()}"'


class NotModified(Exception):
    """The reader already holds what it asks for."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


_TAG = re.compile(r'(?:W/)?"?([0-9]{1,9})(?:\.([0-9a-z]+))?"?')


def tag_digest(tag: str) -> str:
    """What an ETag of ours bears after its version."""
    match = _TAG.fullmatch(tag)
    return (match[2] or "") if match else ""


def held_tag(if_none_match: str | None, digest: str) -> str | None:
    """The tag of If-None-Match that bears this digest, compared weakly.

    ``*`` is none: it would say that whoever reads wants no answer.
    """
    for tag in (if_none_match or "").split(","):
        if digest and tag_digest(tag.strip()) == digest:
            return tag.strip().removeprefix("W/")
    return None


def version_of(if_match: str | None) -> int:
    """The version a writer started from. A tag made weak on its way, as by a packing proxy, will do.

    Raises IF_MATCH_REQUIRED without the header, and INVALID when it is no ETag of ours: nor do a list
    of them or ``*`` say which version somebody saw.
    """
    if if_match is None:
        raise Problem(ProblemType.IF_MATCH_REQUIRED, "Send the item's ETag in If-Match, as you last read it.")
    match = _TAG.fullmatch(if_match.strip())
    if match is None:
        raise Problem(ProblemType.INVALID, "If-Match must hold the ETag of this item, as the API gave it.")
    return int(match[1])


def to_json(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    from decimal import Decimal

    if isinstance(value, Decimal):
        whole = value.to_integral_value()
        return int(whole) if value == whole else float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
