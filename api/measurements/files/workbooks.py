"""XLSX: one sheet of a workbook as a table of cells, read from beginning to end in flat memory.

openpyxl reads the parts; its parser of sheets is extended here to tell a formula whose result was
not stored from an empty cell, which to a reader of values alone look the same.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from api.measurements.files.archives import check_archive
from api.measurements.files.cells import text_of
from api.measurements.files.findings import FileRefused, Finding, SpoiltCell, Tally
from api.measurements.files.headers import Cell, looks_like_header
from api.measurements.files.layouts import TableRows, read_table
from api.measurements.files.limits import LIMITS, Limits

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_PIECE = 1 << 20
_OVERLAP = 256
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, IndexError, TypeError, AttributeError,
    EOFError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What openpyxl and zipfile raise for a workbook that is damaged in one way or another."""


class _Parser(WorkSheetParser):
    """Marks cells that hold a formula, with or without its stored result."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if element.find(FORMULA_TAG) is not None:
            cell["data_type"] = "f"
        return cell

    def parse_extensions(self, element: Any) -> None:
        """Not read, so not warned of."""

    def parse_formatting(self, element: Any) -> None:
        """Not read, so not warned of."""


@contextmanager
def _as_refusals() -> Iterator[None]:
    """Whatever a damaged workbook makes the libraries raise, as one refusal."""
    try:
        yield
    except FileRefused:
        raise
    except _BROKEN as error:
        message = "The workbook is damaged or cut off: a part of it cannot be read. Open and save it anew."
        raise FileRefused("truncated", message) from error


class SheetTable:
    """The cells of one sheet as text."""

    may_be_spoilt = True

    def __init__(self, sheet: Any, limits: Limits) -> None:
        self.sheet = sheet
        self.limits = limits
        self.tally = Tally()
        self._formats: dict[int, str] = {}
        self._merged = _merged_cells(sheet, limits)

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Raises FileRefused: ``too_many_columns``, ``cell_too_long``, ``truncated``."""
        for number, found in self._parsed():
            cells = self._cells(number, found)
            if any(cells):
                yield number, cells

    def _parsed(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        with _as_refusals(), self.sheet._get_source() as source:
            yield from _Parser(source, self.sheet._shared_strings, data_only=True).parse()

    def _cells(self, number: int, found: list[dict[str, Any]]) -> list[Cell]:
        filled = [cell for cell in found if cell["value"] is not None or cell["data_type"] == "f"]
        merged = self._merged.get(number, ())
        width = max([cell["column"] for cell in filled] + [last for _, last in merged], default=0)
        most = self.limits.columns
        if width > most:
            message = (
                f"Row {number:,} reaches to column {get_column_letter(width)}; {most:,} are read at most."
            )
            raise FileRefused("too_many_columns", message)
        cells: list[Cell] = [""] * width
        for cell in filled:
            cells[cell["column"] - 1] = self._cell(number, cell)
        for first, last in merged:
            where = self._merged_place(number, first, last)
            message = f"{where} is merged; unmerge it, so that each cell holds its own."
            cells[first - 1 : last] = [SpoiltCell("merged_cells", message)] * (last - first + 1)
        return cells

    def _cell(self, number: int, cell: dict[str, Any]) -> Cell:
        style = cell["style_id"]
        shown_as = self._formats.get(style)
        if shown_as is None:
            shown_as = self._formats[style] = str(ReadOnlyCell(self.sheet, **cell).number_format)
        if cell["data_type"] == "f":
            if cell["value"] is None:
                message = (
                    f"{self.place(number, cell['column'] - 1)} holds a formula whose result is not stored;"
                    " open the workbook in Excel and save it, or paste values."
                )
                return SpoiltCell("formula_without_result", message)
            self.tally.note("stored_results")
        value = cell["value"]
        if style in self.sheet.parent._date_formats and isinstance(value, int | float):
            # Outside the calendar it stays a number, to be refused as the period or value that it is.
            with suppress(OverflowError, ValueError):
                value = from_excel(value, self.sheet.parent.epoch)
        text = text_of(value, shown_as, self.tally)
        most = self.limits.cell_characters
        if len(text) > most:
            where = self.place(number, cell["column"] - 1)
            raise FileRefused("cell_too_long", f"{where} is longer than {most:,} characters.")
        return text

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


def _merged_cells(sheet: Any, limits: Limits) -> dict[int, tuple[tuple[int, int], ...]]:
    """First and last column, from 1, of the merged cells in each row.

    They are listed behind the rows, where a reader in one pass comes too late: so they are looked
    for first. A less-than sign of a text is escaped, and cannot be taken for one.
    """
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    tail = b""
    with _as_refusals(), sheet._get_source() as source:
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

    Raises FileRefused: as :func:`check_archive`, and ``several_sheets``, ``no_such_sheet``.
    """
    check_archive(stream, limits)
    with _as_refusals(), warnings.catch_warnings():
        # About styles and charts, which are not read here.
        warnings.simplefilter("ignore")
        stream.seek(0)
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheets = list(book.worksheets)
    if sheet is not None:
        chosen = _named(sheets, sheet, limits)
        return read_table(chosen, [Finding("sheet", f"The sheet read is {chosen.sheet.title}.")])
    visible = [one for one in sheets if one.sheet_state == "visible"]
    tables = [SheetTable(one, limits) for one in visible]
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
    others = [one.title for one in sheets if one is not chosen.sheet]
    if others:
        told.append(Finding("other_sheets", f"Not read: {', '.join(others)}."))
    return read_table(chosen, told)


def _named(sheets: list[Any], name: str, limits: Limits) -> SheetTable:
    for one in sheets:
        if one.title.strip().casefold() == name.strip().casefold():
            return SheetTable(one, limits)
    listed = ", ".join(f"“{one.title}”" for one in sheets)
    message = f"There is no sheet “{name}”; the workbook has {listed}."
    raise FileRefused("no_such_sheet", message, _to_choose_from([one.title for one in sheets]))


def _to_choose_from(titles: list[str]) -> list[Finding]:
    return [Finding("sheet_to_choose", f"“{title}” can be read.", title) for title in titles]


def _has_header(table: SheetTable) -> bool:
    return any(looks_like_header(cells) for _, cells in islice(table.rows(), table.limits.header_rows))
