"""XLSX: one sheet of a workbook as a table of cells, read from beginning to end in flat memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, BinaryIO

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel, from_ISO8601

from api.measurements.files.books import Book, Sheet, as_refusals, open_book
from api.measurements.files.cells import is_percent, text_of
from api.measurements.files.findings import FileRefused, Finding, SpoiltCell, Tally
from api.measurements.files.headers import Cell, looks_like_header
from api.measurements.files.layouts import TableRows, read_table
from api.measurements.files.limits import LIMITS, Limits
from api.measurements.files.sheets import RawCell, rows_in

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_PIECE = 1 << 20
_OVERLAP = 256
_MOST_KEPT, _MOST_IN_KEPT = 50_000, 100
_SHORT = re.compile(r"0|-?[1-9]\d{0,11}|-?(?:0|[1-9]\d{0,8})\.\d{0,5}[1-9]", re.A)
"""A figure that is stored as it would be written."""


class SheetTable:
    """The cells of one sheet as text."""

    may_be_spoilt = True

    def __init__(self, book: Book, sheet: Sheet, limits: Limits) -> None:
        self.book = book
        self.sheet = sheet
        self.limits = limits
        self.tally = Tally()
        self._dates = {style for style, shown in enumerate(book.formats) if is_date_format(shown)}
        self._plain = {
            style
            for style, shown in enumerate(book.formats or ["General"])
            if style not in self._dates and not is_percent(shown)
        }
        self._texts: dict[str, str] = {}
        """Shared texts met so far, by their number as it is stored: most stand in very many cells."""
        self._merged = _merged_cells(book, sheet, limits)

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Raises FileRefused: ``too_many_columns``, ``cell_too_long``, ``truncated``."""
        with as_refusals(), self.book.part_of(self.sheet) as part:
            for number, found in rows_in(part, self.limits):
                cells = self._cells(number, found)
                if any(cells):
                    yield number, cells

    def _cells(self, number: int, found: list[RawCell]) -> list[Cell]:
        merged = self._merged.get(number, ())
        width = max([cell.column for cell in found] + [last for _, last in merged], default=0)
        most = self.limits.columns
        if width > most:
            message = (
                f"Row {number:,} reaches to column {get_column_letter(width)}; {most:,} are read at most."
            )
            raise FileRefused("too_many_columns", message)
        cells: list[Cell] = [""] * width
        for cell in found:
            cells[cell.column - 1] = self._cell(number, cell)
        for first, last in merged:
            where = self._merged_place(number, first, last)
            message = f"{where} is merged; unmerge it, so that each cell holds its own."
            cells[first - 1 : last] = [SpoiltCell("merged_cells", message)] * (last - first + 1)
        return cells

    def _cell(self, number: int, cell: RawCell) -> Cell:
        stored = cell.stored
        if stored is None:
            message = (
                f"{self.place(number, cell.column - 1)} holds a formula whose result is not stored;"
                " open the workbook in Excel and save it, or paste values."
            )
            return SpoiltCell("formula_without_result", message)
        if cell.has_formula:
            self.tally.note("stored_results")
        if cell.kind == "n" and cell.style in self._plain and _SHORT.fullmatch(stored):
            return stored
        if cell.kind == "s" and (known := self._texts.get(stored)) is not None:
            return known
        text = text_of(self._value(cell, stored), self._shown_as(cell.style), self.tally)
        most = self.limits.cell_characters
        if len(text) > most:
            where = self.place(number, cell.column - 1)
            raise FileRefused("cell_too_long", f"{where} is longer than {most:,} characters.")
        if cell.kind == "s" and len(self._texts) < _MOST_KEPT and len(text) <= _MOST_IN_KEPT:
            self._texts[stored] = text
        return text

    def _value(self, cell: RawCell, stored: str) -> Any:
        """What is stored, as what it is; a date that lies outside the calendar stays a number."""
        match cell.kind:
            case "n":
                number = float(stored) if not stored.lstrip("-").isdecimal() else int(stored)
                if cell.style in self._dates:
                    with suppress(OverflowError, ValueError):
                        return from_excel(number, self.book.epoch)
                return number
            case "s":
                return self.book.texts[int(stored)]
            case "b":
                return bool(int(stored))
            case "d":
                return from_ISO8601(stored)  # type: ignore[no-untyped-call]
            case _:
                return stored

    def _shown_as(self, style: int) -> str:
        return self.book.formats[style] if self.book.formats else "General"

    def column(self, index: int) -> str:
        return get_column_letter(index + 1)

    def place(self, number: int, index: int | None) -> str:
        where = f"row {number}" if index is None else f"{get_column_letter(index + 1)}{number}"
        return f"{self.sheet.title}!{where}"

    def is_band(self, number: int, first: int, last: int) -> bool:
        return any(a <= first + 1 and last + 1 <= b for a, b in self._merged.get(number, ()))

    def _merged_place(self, number: int, first: int, last: int) -> str:
        until = f":{get_column_letter(last)}{number}" if last > first else ""
        return f"{self.place(number, first - 1)}{until}"


def _merged_cells(book: Book, sheet: Sheet, limits: Limits) -> dict[int, tuple[tuple[int, int], ...]]:
    """First and last column, from 1, of the merged cells in each row.

    They are listed behind the rows, where a reader in one pass comes too late: so they are looked
    for first. A less-than sign of a text is escaped, and cannot be taken for one.
    """
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    tail = b""
    with as_refusals(), book.part_of(sheet) as source:
        while piece := source.read(_PIECE):
            text = tail + piece
            end = 0
            for match in _MERGED.finditer(text):
                end = match.end()
                first, last = (
                    column_index_from_string(match[1].decode()),
                    column_index_from_string(match[3].decode()),
                )
                top, bottom = int(match[2]), int(match[4])
                if len(found) + bottom - top > limits.merged_rows:
                    most = f"{limits.merged_rows:,}"
                    message = f"Merged cells touch more than {most} rows of {sheet.title}; unmerge them."
                    raise FileRefused("merged_cells", message)
                for number in range(top, bottom + 1):
                    found[number] = (*found.get(number, ()), (first, last))
            tail = text[max(end, len(text) - _OVERLAP) :]
    return found


def read_xlsx(stream: BinaryIO, sheet: str | None = None, limits: Limits = LIMITS) -> TableRows:
    """The rows of one sheet: the named one, else the only visible one with a header.

    Raises FileRefused: as :func:`open_book`, and ``several_sheets``, ``no_such_sheet``.
    """
    book = open_book(stream, limits)
    if sheet is not None:
        chosen = SheetTable(book, _named(book, sheet), limits)
        return read_table(chosen, [Finding("sheet", f"The sheet read is {chosen.sheet.title}.")])
    tables = [SheetTable(book, one, limits) for one in book.sheets if one.is_visible]
    with_header = [table for table in tables if _has_header(table)]
    if len(with_header) > 1:
        named = ", ".join(f"“{table.sheet.title}”" for table in with_header)
        message = f"Several sheets hold values: {named}. Name the one to read (sheet=…)."
        titles = [table.sheet.title for table in with_header]
        raise FileRefused("several_sheets", message, _to_choose_from(titles))
    if not with_header and len(tables) != 1:
        named = ", ".join(f"“{table.sheet.title}”" for table in tables) or "none that is visible"
        message = f"No sheet ({named}) has a header row with a KPI column and periods."
        raise FileRefused("no_header", message)
    chosen = with_header[0] if with_header else tables[0]
    told = [Finding("sheet", f"The sheet read is {chosen.sheet.title}.")]
    others = [one.title for one in book.sheets if one is not chosen.sheet]
    if others:
        told.append(Finding("other_sheets", f"Not read: {', '.join(others)}."))
    return read_table(chosen, told)


def _named(book: Book, name: str) -> Sheet:
    for one in book.sheets:
        if one.title.strip().casefold() == name.strip().casefold():
            return one
    listed = ", ".join(f"“{one.title}”" for one in book.sheets)
    message = f"There is no sheet “{name}”; the workbook has {listed}."
    raise FileRefused("no_such_sheet", message, _to_choose_from([one.title for one in book.sheets]))


def _to_choose_from(titles: list[str]) -> list[Finding]:
    return [Finding("sheet_to_choose", f"“{title}” can be read.", title) for title in titles]


def _has_header(table: SheetTable) -> bool:
    return any(looks_like_header(cells) for _, cells in islice(table.rows(), table.limits.header_rows))
