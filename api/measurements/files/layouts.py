"""Tables of cells into rows of values, long or wide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any, Protocol

from api.measurements.files.findings import (
    FileRefused,
    Finding,
    PlacedRow,
    RowFault,
    SpoiltCell,
    Tally,
    WrongRow,
)
from api.measurements.files.formulas import as_meant
from api.measurements.files.headers import Cell, Header, find_header
from api.measurements.files.limits import Limits

_PLAIN = re.compile(r"-?(?:\d{1,9}|\d{1,9}\.\d{1,6})", re.A)
_MOST_KEPT = 50_000
_FIGURES = frozenset({"value", "numerator", "denominator"})
_SAYS_A_VALUE = ("value", "grade", "numerator", "denominator", "state")


class Table(Protocol):
    """Cells of a CSV file or of one sheet."""

    limits: Limits
    tally: Tally
    may_be_spoilt: bool
    """Whether its cells can be anything but text."""

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Rows that are not wholly blank, with their numbers from 1."""
        ...

    def column(self, index: int) -> str: ...

    def place(self, number: int, index: int | None) -> str: ...

    def is_band(self, number: int, first: int, last: int) -> bool:
        """Whether one merged cell covers these columns of the row: a heading across the table."""
        ...


@dataclass
class TableRows:
    """The rows of a table whose header was found."""

    table: Table
    header: Header
    told: list[Finding]
    """What was recognised of the file itself."""
    findings: list[Finding] = field(default_factory=list)
    _figures: dict[str, Any] = field(default_factory=dict)

    def __iter__(self) -> Iterator[PlacedRow]:
        self.table.tally.counted.clear()
        rows = self._below_header()
        most = self.table.limits.rows
        found = self._wide(rows) if self.header.is_wide else self._long(rows)
        held = 0
        for row in found:
            if held == most:
                raise FileRefused("too_many_rows", f"A file may hold {most:,} values at most; send several.")
            held += 1
            yield row
        if not held:
            raise FileRefused("no_rows", f"There are no values below the header in row {self.header.row}.")
        self.findings = [*self.told, *self.header.findings, *self.table.tally.findings()]

    def _below_header(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        for number, cells in self.table.rows():
            if number > self.header.row:
                yield number, cells

    def _long(self, rows: Iterator[tuple[int, Sequence[Cell]]]) -> Iterator[PlacedRow]:
        columns = sorted((index, name) for name, index in self.header.fields.items())
        last = max(index for index, _ in columns)
        width = self.header.width
        numbers = [(index, name) for index, name in columns if name in _FIGURES]
        texts = [(index, name, _READ_AS.get(name)) for index, name in columns if name not in _FIGURES]
        edges = sorted((self.header.fields["kpi"], self.header.fields["period"]))
        figure, place = self._figure, self.table.place
        for number, cells in rows:
            if len(cells) <= last:
                cells = [*cells, *[""] * (last + 1 - len(cells))]
            elif len(cells) > width and any(cells[width:]):
                yield self._extra_cells(number, cells)
                continue
            raw: dict[str, Any] = {}
            for index, name, read_as in texts:
                if cell := cells[index]:
                    raw[name] = cell if read_as is None else read_as(cell)
            for index, name in numbers:
                if cell := cells[index]:
                    raw[name] = figure(cell)
            if self.table.may_be_spoilt:
                if self.table.is_band(number, *edges):
                    continue
                if spoilt := _spoilt_in(raw):
                    yield PlacedRow(place(number, None), _wrong(spoilt, raw))
                    continue
            if "value" not in raw and not any(name in raw for name in _SAYS_A_VALUE):
                self.table.tally.note("blank_values")
                raw["state"] = "not_available"
            yield PlacedRow(place(number, None), raw)

    def _extra_cells(self, number: int, cells: Sequence[Cell]) -> PlacedRow:
        many = len(cells)
        message = (
            f"The row has {many} cells under {self.header.width} columns;"
            " a text or figure that holds the separator stands in quotes."
        )
        named = {
            name: cells[index]
            for name, index in self.header.fields.items()
            if index < many and isinstance(cells[index], str)
        }
        fault = RowFault("extra_cells", "", message)
        return PlacedRow(self.table.place(number, None), WrongRow((fault,), named))

    def _wide(self, rows: Iterator[tuple[int, Sequence[Cell]]]) -> Iterator[PlacedRow]:
        fields = [
            (index, name, _READ_AS.get(name)) for name, index in self.header.fields.items() if name != "note"
        ]
        note_at = self.header.fields.get("note")
        across = self.header.periods
        last = max([index for index, _, _ in fields] + [index for index, _ in across] + [note_at or 0])
        edges = sorted((self.header.fields["kpi"], across[0][0]))
        for number, cells in rows:
            if len(cells) <= last:
                cells = [*cells, *[""] * (last + 1 - len(cells))]
            if self.table.may_be_spoilt and self.table.is_band(number, *edges):
                continue
            shared: dict[str, Any] = {}
            for index, name, read_as in fields:
                if cell := cells[index]:
                    shared[name] = cell if read_as is None else read_as(cell)
            filled = [(index, period) for index, period in across if not _is_blank(cells[index])]
            note = cells[note_at] if note_at is not None else ""
            for index, period in filled:
                raw = shared | {"period": period, "value": self._figure(cells[index])}
                if note and index == filled[-1][0]:
                    self.table.tally.note("notes_with_latest")
                    raw["note"] = note
                spoilt = _spoilt_in(raw) if self.table.may_be_spoilt else []
                place = self.table.place(number, index)
                yield PlacedRow(place, _wrong(spoilt, raw) if spoilt else raw)

    def _figure(self, cell: Cell) -> Any:
        """Plain digits as a number; anything else stays as it is written, to be read by its unit."""
        if not isinstance(cell, str):
            return cell
        known = self._figures.get(cell)
        if known is not None:
            return known
        if not _PLAIN.fullmatch(cell.strip()):
            return cell
        number = Decimal(cell.strip()) if "." in cell else int(cell)
        if len(self._figures) < _MOST_KEPT:
            self._figures[cell] = number
        return number


def _word(cell: Cell) -> Cell:
    return "_".join(cell.casefold().replace("_", " ").split()) if isinstance(cell, str) else cell


def _free_text(cell: Cell) -> Cell:
    return as_meant(cell) if isinstance(cell, str) else cell


_READ_AS: dict[str, Callable[[Cell], Cell]] = {
    **dict.fromkeys(("basis", "state", "grade"), _word),
    **dict.fromkeys(("note", "source", "external_reference"), _free_text),
}
"""Cells that are not taken as they stand."""


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _spoilt_in(raw: dict[str, Any]) -> list[tuple[str, SpoiltCell]]:
    return [(name, cell) for name, cell in raw.items() if isinstance(cell, SpoiltCell)]


def _wrong(spoilt: list[tuple[str, SpoiltCell]], raw: dict[str, Any]) -> WrongRow:
    faults = tuple(RowFault(cell.code, f"/{name}", cell.message) for name, cell in spoilt)
    return WrongRow(faults, {name: cell for name, cell in raw.items() if not isinstance(cell, SpoiltCell)})


def read_table(table: Table, told: list[Finding]) -> TableRows:
    """Find the header and say how the table was understood. Raises FileRefused."""
    first = list(islice(table.rows(), table.limits.header_rows))
    header = find_header(first, table.column)
    return TableRows(table, header, told, [*told, *header.findings])
