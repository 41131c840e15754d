"""NDJSON: one JSON object a line, in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from api.core.bodies import read_json
from api.measurements.files.encodings import called, encoding_of, lines_of, refuse_other_content
from api.measurements.files.findings import FileRefused, Finding, PlacedRow, RowFault, WrongRow
from api.measurements.files.limits import LIMITS, Limits

_MOST_KEPT = 500


@dataclass
class LineRows:
    """The rows of an NDJSON file. A line that is no JSON is wrong by itself, and spoils no other."""

    stream: BinaryIO
    encoding: str
    limits: Limits
    findings: list[Finding] = field(default_factory=list)

    def __iter__(self) -> Iterator[PlacedRow]:
        most = self.limits.rows
        held = 0
        for number, line in enumerate(lines_of(self.stream, self.encoding, self.limits), 1):
            if not line.strip():
                continue
            held += 1
            if held > most:
                raise FileRefused("too_many_rows", f"A file may hold {most:,} values at most; send several.")
            place = f"line {number}"
            try:
                yield PlacedRow(place, read_json(line.encode()))
            except json.JSONDecodeError as error:
                end = "" if line.endswith(("\n", "\r")) else " The file may have been cut off here."
                fault = RowFault("not_json", "", f"The line is not JSON: {error.msg}.{end}")
                yield PlacedRow(place, WrongRow((fault,), {"line": line.strip()[:_MOST_KEPT]}))


def read_ndjson(stream: BinaryIO, limits: Limits = LIMITS) -> LineRows:
    """Raises FileRefused: ``wrong_encoding``, ``wrong_content``; while rows are read also for limits."""
    refuse_other_content(stream, "NDJSON")
    encoding = encoding_of(stream)
    if not encoding.startswith("utf-8"):
        raise FileRefused("wrong_encoding", f"NDJSON is UTF-8, and the file is {called(encoding)}.")
    start = next((line.strip() for line in lines_of(stream, encoding, limits) if line.strip()), "")
    if not start.startswith("{"):
        what = "a JSON list" if start.startswith("[") else "something else"
        message = f'NDJSON has one object a line, such as {{"kpi": …}}; the file begins with {what}.'
        raise FileRefused("wrong_content" if start else "no_rows", message)
    return LineRows(
        stream, encoding, limits, [Finding("encoding", f"The text was read as {called(encoding)}.")]
    )
