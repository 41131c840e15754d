"""Published files as rows of cells, read as a stream: a file of any length takes the same memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO, NamedTuple

from api.measurements.files import encodings
from api.measurements.files.findings import FileRefused

WINDOWS = "cp1252"
"""The encoding that a file is taken for which is in no other."""
LONGEST_LINE = 200_000
"""Of characters: far past any published table, and cheap to hold."""


class UnreadableFile(ValueError):
    """No more can be read of the file. ``line`` is where; ``code`` names the reason for programs."""

    def __init__(self, code: str, line: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.line = line


class Row(NamedTuple):
    line: int
    """Where it begins in the file, the header being line 1."""
    cells: list[str]


def digest_of(file: BinaryIO) -> str:
    """The SHA-256 of the whole file, which is left at its start."""
    file.seek(0)
    seen = sha256()
    while piece := file.read(1 << 20):
        seen.update(piece)
    file.seek(0)
    return seen.hexdigest()


def ends_with_line_end(file: BinaryIO) -> bool:
    """Whether the last line is whole as far as can be told; the file is left at its start."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - 1, 0))
    last = file.read(1)
    file.seek(0)
    return last in (b"\n", b"\r")


def encoding_of(file: BinaryIO) -> str:
    """The name of the file's encoding, for Python: UTF-8 or UTF-16 with its mark, UTF-8, Windows-1252.

    Raises UnreadableFile for what is no text, or none in these.
    """
    try:
        encodings.refuse_other_content(file, "CSV")
        return encodings.encoding_of(file)
    except FileRefused as refused:
        raise UnreadableFile(refused.code, 1, refused.message) from None


def rows_of(file: BinaryIO, encoding: str) -> Iterator[Row]:
    """Every row with a cell in it, from the start, by commas. Raises UnreadableFile while rows are taken."""
    file.seek(0)
    # Detached at the end, for closing the wrapper would close the file beneath it.
    wrapper = io.TextIOWrapper(file, encoding=encoding, newline="")
    reader = csv.reader(_lines(wrapper), strict=True)
    try:
        begins = 1
        for cells in reader:
            if cells and any(cells):
                yield Row(begins, cells)
            begins = reader.line_num + 1
    except csv.Error as error:
        cut = "end of data" in str(error)
        message = "The file ends inside a quoted cell: it was cut short." if cut else f"No CSV: {error}."
        raise UnreadableFile("truncated" if cut else "not_csv", reader.line_num, message) from None
    finally:
        wrapper.detach()


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise UnreadableFile("line_too_long", number, f"Line {number} is too long for a table.")
        yield line
