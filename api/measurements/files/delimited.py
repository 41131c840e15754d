"""CSV: commas, semicolons, tabs or bars, in whatever encoding a spreadsheet writes."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from api.measurements.files.encodings import called, encoding_of, lines_of, refuse_other_content
from api.measurements.files.findings import FileRefused, Finding, Tally
from api.measurements.files.headers import Cell, looks_like_header
from api.measurements.files.layouts import TableRows, read_table
from api.measurements.files.limits import LIMITS, Limits

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


class DelimitedTable:
    """The lines of a CSV file as rows of cells."""

    may_be_spoilt = False

    def __init__(self, stream: BinaryIO, encoding: str, delimiter: str, limits: Limits) -> None:
        self.stream = stream
        self.encoding = encoding
        self.delimiter = delimiter
        self.limits = limits
        self.tally = Tally()

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Raises FileRefused: ``not_csv`` for quotes that do not match, ``too_many_columns``."""
        reader = csv.reader(
            lines_of(self.stream, self.encoding, self.limits), delimiter=self.delimiter, strict=True
        )
        most = self.limits.columns
        number = 1
        try:
            for cells in reader:
                if len(cells) > most:
                    message = f"Line {number:,} has {len(cells):,} columns; {most:,} are read at most."
                    raise FileRefused("too_many_columns", message)
                # Most rows have something in the first cell: only the others are looked at whole.
                if cells and (cells[0].strip() or any(map(str.strip, cells))):
                    yield number, cells
                number = reader.line_num + 1
        except csv.Error as error:
            raise self._refused(number, str(error)) from None

    def _refused(self, number: int, why: str) -> FileRefused:
        if "field larger" in why:
            most = self.limits.cell_characters
            message = (
                f"A cell that begins in line {number:,} is longer than {most:,} characters; is a quote open?"
            )
            return FileRefused("cell_too_long", message)
        if "unexpected end" in why:
            message = (
                f"The file ends inside a quoted cell that begins in line {number:,}: part of it is missing."
            )
            return FileRefused("truncated", message)
        return FileRefused("not_csv", f"Line {number:,} cannot be read as CSV: {why}.")

    def column(self, index: int) -> str:
        return str(index + 1)

    def place(self, number: int, index: int | None) -> str:
        return f"line {number}" if index is None else f"line {number}, column {index + 1}"

    def is_band(self, number: int, first: int, last: int) -> bool:
        del number, first, last
        return False


def read_csv(stream: BinaryIO, limits: Limits = LIMITS) -> TableRows:
    """The rows of a CSV file. Raises FileRefused, also while they are read."""
    refuse_other_content(stream, "CSV")
    encoding = encoding_of(stream)
    delimiter = _delimiter_of(stream, encoding, limits)
    told = [
        Finding("encoding", f"The text was read as {called(encoding)}."),
        Finding("delimiter", f"Cells are separated by {_DELIMITERS[delimiter]}."),
    ]
    return read_table(DelimitedTable(stream, encoding, delimiter, limits), told)


def _delimiter_of(stream: BinaryIO, encoding: str, limits: Limits) -> str:
    """The one under which a header is found; else the most frequent, for the message that none was."""
    first = list(islice(lines_of(stream, encoding, limits), limits.header_rows))
    for delimiter in _DELIMITERS:
        try:
            if any(map(looks_like_header, csv.reader(first, delimiter=delimiter))):
                return delimiter
        except csv.Error:
            continue
    text = "".join(first)
    return max(_DELIMITERS, key=text.count)
