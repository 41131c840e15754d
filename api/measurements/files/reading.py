"""One way into every kind of file: from its content type to its rows."""

from __future__ import annotations

from enum import StrEnum
from typing import BinaryIO

from api.measurements.files.delimited import read_csv
from api.measurements.files.findings import FileRows
from api.measurements.files.limits import LIMITS, Limits
from api.measurements.files.ndjson import read_ndjson


class FileKind(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"
    XLSX = "xlsx"


CONTENT_TYPES: dict[str, FileKind] = {
    "text/csv": FileKind.CSV,
    "application/x-ndjson": FileKind.NDJSON,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": FileKind.XLSX,
}
"""The first of a kind is the one that is documented."""


def open_rows(
    stream: BinaryIO, kind: FileKind, *, sheet: str | None = None, limits: Limits = LIMITS
) -> FileRows:
    """The rows of a file, read as they are asked for. Raises FileRefused, also while they are read."""
    match kind:
        case FileKind.CSV:
            return read_csv(stream, limits)
        case FileKind.NDJSON:
            return read_ndjson(stream, limits)
        case FileKind.XLSX:
            # openpyxl is large, and only the worker reads workbooks.
            from api.measurements.files.workbooks import read_xlsx

            return read_xlsx(stream, sheet, limits)
