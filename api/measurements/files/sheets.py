"""The parts of a workbook that may be long, read as they stream by: cells, shared texts and styles.

openpyxl keeps an emptied element for every row and an object for every shared text, so that memory grows
with the file. Here nothing is kept of a row once it was given on, and texts lie end to end in one piece.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import IO, NamedTuple
from xml.parsers.expat import ParserCreate

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import column_index_from_string
from openpyxl.xml.constants import SHEET_MAIN_NS

from api.measurements.files.findings import FileRefused
from api.measurements.files.limits import Limits

_PIECE = 1 << 16
_MOST_CELLS = 20_000
"""Of one row. A sheet has 16,384 columns; whoever writes more cells than that writes some twice."""
_MOST_OF_FORMAT = 255
"""Characters of a code for showing figures, as Excel has it."""
_DIGITS = "0123456789"


def _named(*names: str) -> tuple[str, ...]:
    return tuple(f"{SHEET_MAIN_NS} {name}" for name in names)


_ROW, _CELL, _VALUE, _FORMULA, _TEXT, _PHONETIC, _SHARED, _FORMAT, _STYLES, _STYLE = _named(
    "row", "c", "v", "f", "t", "rPh", "si", "numFmt", "cellXfs", "xf"
)
_SAYING = frozenset({_VALUE, _TEXT})


class RawCell(NamedTuple):
    """A cell that holds something, as it is stored."""

    column: int
    """From 1."""
    kind: str
    """``n`` a number, ``s`` the number of a shared text, ``b`` 0 or 1, ``d`` ISO 8601; else text."""
    style: int
    stored: str | None
    """None where it holds a formula without its result."""
    has_formula: bool


Row = tuple[int, list[RawCell]]
"""Its number, from 1, and its cells."""


@lru_cache(maxsize=20_000)
def _column_of(letters: str) -> int:
    return int(column_index_from_string(letters))


class _Streamed:
    """A part that goes through the parser a piece at a time, refused where a piece of it would not end."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parser = ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._text: list[str] = []
        self._fed = 0
        self._is_phonetic = False

    def pieces(self, source: IO[bytes]) -> Iterator[None]:
        """Once after each piece."""
        while piece := source.read(_PIECE):
            self._parser.Parse(piece, False)
            self._fed += len(piece)
            self._check()
            yield
        self._parser.Parse(b"", True)
        yield

    def _check(self) -> None:
        """What the parser and this reader hold of something that has not ended yet."""
        unended = max(sum(map(len, self._text)), self._fed - self._parser.CurrentByteIndex - _PIECE)
        if unended > self._limits.cell_characters:
            message = f"A text of the workbook is longer than {self._limits.cell_characters:,} characters."
            raise FileRefused("cell_too_long", message)

    def _listen(self) -> None:
        self._parser.CharacterDataHandler = self._text.append

    def _hush(self) -> None:
        self._parser.CharacterDataHandler = None

    def _start(self, name: str, attributes: dict[str, str], /) -> None:
        raise NotImplementedError

    def _end(self, name: str, /) -> None:
        raise NotImplementedError


def _refuse_doctype(*_: object) -> None:
    """No spreadsheet declares a document type; what does so means to unpack entities."""
    raise FileRefused("zip_bomb", "The workbook declares entities of its own; save it anew, or send CSV.")


class _Cells(_Streamed):
    """Rows with the cells that hold something."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.ended: list[Row] = []
        self._row = 0
        self._column = 0
        self._cells: list[RawCell] = []
        self._is_open = False
        self._kind = "n"
        self._style = 0
        self._has_formula = False

    def _check(self) -> None:
        super()._check()
        if len(self._cells) > _MOST_CELLS:
            message = f"Row {self._row:,} has more than {_MOST_CELLS:,} cells."
            raise FileRefused("too_many_columns", message)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == _CELL:
            place = attributes.get("r")
            self._column = _column_of(place.rstrip(_DIGITS)) if place else self._column + 1
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s", 0))
            self._is_open, self._has_formula = True, False
        elif name == _ROW:
            number = attributes.get("r")
            self._row = int(float(number)) if number else self._row + 1
            self._column = 0
        elif self._is_open:
            self._start_inside(name)

    def _start_inside(self, name: str) -> None:
        if name == _VALUE:
            if self._kind != "inlineStr":
                self._listen()
        elif name == _FORMULA:
            self._has_formula = True
        elif name == _PHONETIC:
            self._is_phonetic = True
        elif name == _TEXT and self._kind == "inlineStr" and not self._is_phonetic:
            self._listen()

    def _end(self, name: str) -> None:
        if name in _SAYING:
            self._hush()
        elif name == _CELL:
            self._is_open = False
            stored = "".join(self._text)
            self._text.clear()
            if stored or self._has_formula:
                self._cells.append(
                    RawCell(self._column, self._kind, self._style, stored or None, self._has_formula)
                )
        elif name == _ROW:
            if self._cells:
                self.ended.append((self._row, self._cells))
                self._cells = []
        elif name == _PHONETIC:
            self._is_phonetic = False


def rows_in(source: IO[bytes], limits: Limits) -> Iterator[Row]:
    """Rows of a sheet that hold something. Raises FileRefused, and what expat raises for damage."""
    cells = _Cells(limits)
    for _ in cells.pieces(source):
        yield from cells.ended
        cells.ended.clear()


class SharedTexts:
    """Texts by their number, in as many bytes as they have and four for each."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._ends = array("I")

    def add(self, text: str) -> None:
        self._held += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._held))

    def __getitem__(self, number: int) -> str:
        """Raises IndexError."""
        if number < 0:
            raise IndexError(number)
        end = self._ends[number]
        return self._held[self._ends[number - 1] if number else 0 : end].decode("utf-8", "surrogatepass")

    def __len__(self) -> int:
        return len(self._ends)


class _Texts(_Streamed):
    """Shared texts; what tells how to pronounce them is left out."""

    def __init__(self, limits: Limits, keep: Callable[[str], None]) -> None:
        super().__init__(limits)
        self._keep = keep

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name == _TEXT and not self._is_phonetic:
            self._listen()
        elif name == _PHONETIC:
            self._is_phonetic = True

    def _end(self, name: str) -> None:
        if name == _TEXT:
            self._hush()
        elif name == _PHONETIC:
            self._is_phonetic = False
        elif name == _SHARED:
            self._keep("".join(self._text))
            self._text.clear()


def shared_texts(source: IO[bytes], limits: Limits) -> SharedTexts:
    """Raises FileRefused, and what expat raises for damage."""
    texts = SharedTexts()
    for _ in _Texts(limits, texts.add).pieces(source):
        pass
    return texts


class _Formats(_Streamed):
    """The codes by which figures are shown, by style: custom ones are named first, then used."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.codes: list[str] = []
        self._custom: dict[int, str] = {}
        self._is_among_styles = False

    def _check(self) -> None:
        super()._check()
        if max(len(self.codes), len(self._custom)) > self._limits.styles:
            message = (
                f"The workbook has more than {self._limits.styles:,} styles; copy its values to a new one."
            )
            raise FileRefused("zip_bomb", message)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == _FORMAT:
            self._custom[int(attributes["numFmtId"])] = attributes["formatCode"][:_MOST_OF_FORMAT]
        elif name == _STYLES:
            self._is_among_styles = True
        elif name == _STYLE and self._is_among_styles:
            number = int(attributes.get("numFmtId", 0))
            self.codes.append(self._custom.get(number) or BUILTIN_FORMATS.get(number, "General"))

    def _end(self, name: str) -> None:
        if name == _STYLES:
            self._is_among_styles = False


def formats_in(source: IO[bytes], limits: Limits) -> list[str]:
    """The code of each style of a cell, by its number. Raises FileRefused, and what expat raises."""
    formats = _Formats(limits)
    for _ in formats.pieces(source):
        pass
    return formats.codes
