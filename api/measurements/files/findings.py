"""What reading a file tells besides its rows: what was recognised, what was refused, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


class Finding(NamedTuple):
    """Something recognised or left out, in a sentence for the sender."""

    code: str
    message: str
    about: str | None = None
    """The sheet or the KPI it is about, where the sender may be asked about it."""


class FileRefused(Exception):
    """Nothing can be taken from the file. ``code`` is stable; the message says what to do.

    ``findings`` are what was recognised all the same, such as the sheets to choose from.
    """

    def __init__(self, code: str, message: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.findings = tuple(findings)

    def __reduce__(self) -> tuple[type[FileRefused], tuple[str, str, tuple[Finding, ...]]]:
        return FileRefused, (self.code, self.message, self.findings)


class SpoiltCell(NamedTuple):
    """A cell whose value cannot be known, and why."""

    code: str
    message: str


class RowFault(NamedTuple):
    code: str
    pointer: str
    message: str


@dataclass(frozen=True)
class WrongRow:
    """A row that the file itself spoils, before anyone asks what its values mean."""

    faults: tuple[RowFault, ...]
    fields: dict[str, Any]
    """What could be read of it."""


class PlacedRow(NamedTuple):
    """A row as the intake takes it: a dictionary of fields, or a :class:`WrongRow`."""

    place: str | None
    """Where it stands: ``line 7``, ``Sheet1!C7``; None where rows are told by their index alone."""
    raw: Any


class FileRows(Protocol):
    """The rows of a file. Each iteration reads the file anew from its beginning."""

    findings: list[Finding]
    """Complete once an iteration has ended."""

    def __iter__(self) -> Iterator[PlacedRow]: ...


@dataclass
class Tally:
    """Counts what was noticed row by row, and tells it in a sentence each."""

    counted: dict[str, int] = field(default_factory=dict)

    def note(self, code: str) -> None:
        self.counted[code] = self.counted.get(code, 0) + 1

    def findings(self) -> list[Finding]:
        return [
            Finding(code, _NOTICED[code][count != 1].format(n=f"{count:,}"))
            for code, count in self.counted.items()
        ]


_NOTICED = {
    "blank_values": (
        "{n} row has no value: it was read as not available.",
        "{n} rows have no value: each was read as not available.",
    ),
    "stored_results": (
        "{n} cell holds a formula: the result stored in the workbook was used.",
        "{n} cells hold a formula: the result stored in the workbook was used.",
    ),
    "rounded": (
        "{n} cell has more than six decimals: it was rounded to six.",
        "{n} cells have more than six decimals: they were rounded to six.",
    ),
    "notes_with_latest": (
        "{n} note went with the latest figure of its row.",
        "{n} notes went with the latest figure of their row.",
    ),
}
"""Of one, and of more."""
