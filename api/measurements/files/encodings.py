"""Bytes into text: the encodings that spreadsheets and systems write, told apart or refused.

UTF-8 with or without its mark, UTF-16 with its mark, else Windows-1252. The whole file is decoded
once to decide, in pieces, so that nobody is surprised in the middle.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from api.measurements.files.findings import FileRefused
from api.measurements.files.limits import Limits

_PIECE = 1 << 20
_CALLED = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
}
_SIGNATURES = (
    (b"PK\x03\x04", "an Excel workbook or another zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old or password-protected Excel workbook"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "packed with gzip"),
)


def called(encoding: str) -> str:
    return _CALLED[encoding]


def encoding_of(stream: BinaryIO) -> str:
    """The name of the file's encoding, for Python. Raises FileRefused: ``wrong_encoding``."""
    stream.seek(0)
    start = stream.read(8)
    if start.startswith(codecs.BOM_UTF8):
        return _confirmed(stream, "utf-8-sig")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _confirmed(stream, "utf-16")
    return "utf-8" if _fails_at(stream, "utf-8") is None else _confirmed(stream, "cp1252")


def _confirmed(stream: BinaryIO, encoding: str) -> str:
    failed = _fails_at(stream, encoding)
    if failed is not None:
        message = f"The file is not {_CALLED[encoding]} (byte {failed:,}); save it as UTF-8."
        raise FileRefused("wrong_encoding", message)
    return encoding


def _fails_at(stream: BinaryIO, encoding: str) -> int | None:
    """The byte that cannot be decoded, about; None where all can. Raises FileRefused for a null."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    while piece := stream.read(_PIECE):
        try:
            text = decoder.decode(piece)
        except UnicodeDecodeError as error:
            return done + error.start
        if "\0" in text:
            message = "The file holds null characters: it is no text in a known encoding; save it as UTF-8."
            raise FileRefused("wrong_encoding", message)
        done += len(piece)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return done
    return None


def refuse_other_content(stream: BinaryIO, expected: str) -> None:
    """Raises FileRefused, ``wrong_content``, for what is plainly no text."""
    stream.seek(0)
    start = stream.read(8)
    for signature, what in _SIGNATURES:
        if start.startswith(signature):
            message = f"The file is {what}, and was sent as {expected}; name what it is in Content-Type."
            raise FileRefused("wrong_content", message)


def lines_of(stream: BinaryIO, encoding: str, limits: Limits) -> Iterator[str]:
    """The file's lines with their ends, none of them longer than memory should hold."""
    stream.seek(0)
    text = io.TextIOWrapper(_Shared(stream), encoding=encoding, newline="")
    most = limits.line_characters
    for number, line in enumerate(iter(partial(text.readline, most), ""), 1):
        if len(line) == most:
            message = f"Line {number:,} is longer than {most:,} characters; that is no table of values."
            raise FileRefused("line_too_long", message)
        yield line


class _Shared(io.BufferedReader):
    """A stream that stays open when the text over it goes: each reading makes a text of its own."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(_Raw(stream), _PIECE)


class _Raw(io.RawIOBase):
    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
