"""What was found while a file was read: counts that add up, errors with their places, doubts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from api.benchmarks.files import Row
from api.benchmarks.terms import AreaLevel, FigureState

MOST_ERRORS = 1000
"""Errors told one by one; beyond, they are counted."""

MOST_LEVELS = 100
"""Levels that are counted apart: far more than there are."""


@dataclass(frozen=True)
class CellError:
    """Something in the file that cannot be kept. ``column`` is None where the whole line is meant."""

    line: int
    column: str | None
    code: str
    message: str


@dataclass(frozen=True)
class Doubt:
    """No error, and yet worth a look."""

    code: str
    message: str


@dataclass
class Findings:
    """Grows while the file is read. Every line is counted under one level, or not kept, or wrong."""

    lines: int = 0
    by_level: Counter[AreaLevel] = field(default_factory=Counter)
    not_kept: Counter[str] = field(default_factory=Counter)
    """Lines of other geographic levels, by the level as written."""
    wrong_lines: int = 0
    by_state: Counter[FigureState] = field(default_factory=Counter)
    """Cells of indicators in the lines that are kept."""
    rounded: int = 0
    error_count: int = 0
    errors: list[CellError] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def refuse(self, line: int, column: str | None, code: str, message: str) -> None:
        self.error_count += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(CellError(line, column, code, message))

    def pass_over(self, level: str) -> None:
        """Count a line of a level that is not kept."""
        is_one_more = level not in self.not_kept and len(self.not_kept) >= MOST_LEVELS
        self.not_kept["others" if is_one_more else level] += 1

    def doubt(self, code: str, message: str) -> None:
        self.doubts.append(Doubt(code, message))

    def is_as_wide(self, row: Row, width: int) -> bool:
        """Whether a row has a cell for each column of the header; else it is refused."""
        if len(row.cells) == width:
            return True
        code = "truncated_line" if len(row.cells) < width else "overlong_line"
        message = f"The line has {len(row.cells)} cells, the header {width}."
        self.refuse(row.line, None, code, message)
        return False
