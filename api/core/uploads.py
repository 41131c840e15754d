"""Bodies too large to hold: received piece by piece into a file that goes when the request ends."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from fastapi import Request
from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import ClientDisconnect

from api.core.errors import Problem, ProblemType

_IN_MEMORY = 5_000_000
"""Bytes held before a file on disk takes over."""
_PIECE = 1_000_000
"""Bytes of each piece that a file is kept in while it waits for the worker."""
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]{44}):")


@dataclass(frozen=True)
class Received:
    """A body that has come in whole."""

    file: BinaryIO
    size: int
    digest: str
    """SHA-256 in hexadecimal."""


@asynccontextmanager
async def receiving(request: Request, most_bytes: int) -> AsyncIterator[Received]:
    """The body of this request, which no transaction waits for.

    Raises TOO_LARGE, WRONG_CONTENT_TYPE for a packed body, and BAD_REQUEST for one that is shorter
    than its Content-Length or other than its Content-Digest says: part of it was lost on its way.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        detail = "Send the file as it is, without a Content-Encoding."
        raise Problem(ProblemType.WRONG_CONTENT_TYPE, detail)
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spooled:
        file = cast(BinaryIO, spooled)
        digest, size = sha256(), 0
        try:
            async for piece in request.stream():
                size += len(piece)
                if size > most_bytes:
                    detail = f"The file may have {most_bytes:,} bytes at most."
                    raise Problem(ProblemType.TOO_LARGE, detail)
                digest.update(piece)
                file.write(piece)
        except ClientDisconnect:
            raise _cut_off(request.headers.get("content-length"), size) from None
        declared = request.headers.get("content-length")
        if declared is not None and int(declared) != size:
            raise _cut_off(declared, size)
        _check_digest(request, digest.digest())
        file.seek(0)
        yield Received(file, size, digest.hexdigest())


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """The rest of a file in pieces of a megabyte, each for a row of its own."""
    while piece := file.read(_PIECE):
        yield piece


async def fetch_pieces(session: AsyncSession, query: TextClause, owner: int, file: BinaryIO) -> None:
    """Write a waiting file's pieces to ``file``, one in memory at a time, and go back to its start.

    ``query`` selects the piece ``:position``, from 0, of whatever has the id ``:id``.
    """
    for position in count():
        content = await session.scalar(query, {"id": owner, "position": position})
        if content is None:
            break
        file.write(content)
    file.seek(0)


def _cut_off(declared: str | None, size: int) -> Problem:
    of = f" of {int(declared):,}" if declared else ""
    return Problem(ProblemType.BAD_REQUEST, f"The body was cut off: {size:,}{of} bytes came. Send it again.")


def _check_digest(request: Request, digest: bytes) -> None:
    """Content-Digest (RFC 9530), where the sender gave one by SHA-256."""
    match = _DIGEST.search(request.headers.get("content-digest", ""))
    if match is None:
        return
    try:
        told = base64.b64decode(match[1], validate=True)
    except binascii.Error:
        told = b""
    if told != digest:
        raise Problem(
            ProblemType.BAD_REQUEST, "The body is not what its Content-Digest says: it changed on its way."
        )
