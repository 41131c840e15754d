"""A file of published figures: which column is what, and what each line says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from api.benchmarks.cells import (
    Cell,
    Unreadable,
    is_absent,
    is_figure,
    read_figure,
    read_la_code,
    read_level,
    read_ons_code,
    read_year,
    shown,
)
from api.benchmarks.files import Row
from api.benchmarks.findings import Findings
from api.benchmarks.rules import Year
from api.benchmarks.terms import AreaLevel

WHEN_AND_WHERE = (
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "old_la_code",
    "new_la_code",
    "la_name",
)
"""The columns that every such file has, in whatever order."""

LONGEST_FILTER = 500
"""Of characters."""
LOOKED_AT = 2000
"""Lines from which it is told whether a column is a filter or an indicator, where nobody has said."""


@dataclass(frozen=True)
class Columns:
    """The other columns of a dataset: what its lines are told apart by, and what they measure."""

    filters: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def are_known(self) -> bool:
        return bool(self.indicators)


@dataclass(frozen=True)
class Layout:
    """Where in a line each column stands."""

    width: int
    places: Mapping[str, int]
    columns: Columns


class Line(NamedTuple):
    """A line that can be kept."""

    number: int
    year: Year
    level: AreaLevel
    area: str
    """The authority's three-digit number, or else the ONS code of the area."""
    name: str
    new_code: str | None
    """The authority's ONS code, which changes with its boundaries."""
    region_code: str | None
    region_name: str | None
    filters: tuple[str, ...]
    cells: list[Cell]


def lay_out(header: Row, columns: Columns, findings: Findings) -> Layout | None:
    """Find every column. None, with errors in ``findings``, where one is missing, new or there twice."""
    names = [name.strip() for name in header.cells]
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        known = name.casefold() if name.casefold() in WHEN_AND_WHERE else name
        if known in places or not known:
            code, what = ("duplicate_column", "stands there twice") if known else ("no_name", "has no name")
            findings.refuse(header.line, known or None, code, f"Column {place + 1} {what}.")
        places.setdefault(known, place)
    wanted = (*WHEN_AND_WHERE, *columns.filters, *columns.indicators)
    for name in wanted:
        if name not in places:
            findings.refuse(header.line, name, "missing_column", f"The column {name} is not there.")
    for name in places.keys() - {*wanted, *columns.ignored, ""}:
        findings.refuse(
            header.line,
            shown(name),
            "unknown_column",
            f"“{shown(name)}” is a new column: say in the dataset whether it is a filter, an indicator,"
            " or to be ignored.",
        )
    if not columns.indicators:
        findings.refuse(header.line, None, "no_indicators", "No column holds figures.")
    return None if findings.error_count else Layout(len(names), places, columns)


def tell_columns(rows: Iterable[Row]) -> Columns:
    """Tell filters from indicators by what stands in their first lines.

    A column is an indicator if most of its cells that are not blank are figures or symbols. One
    without anything in it is ignored.
    """
    taken = iter(rows)
    header = next(taken, None)
    if header is None:
        return Columns()
    others = {
        place: name.strip()
        for place, name in enumerate(header.cells)
        if name.strip() and name.strip().casefold() not in WHEN_AND_WHERE
    }
    figures, said = Counter[int](), Counter[int]()
    for row, _ in zip(taken, range(LOOKED_AT), strict=False):
        for place in others:
            cell = row.cells[place] if place < len(row.cells) else ""
            if cell.strip():
                said[place] += 1
                figures[place] += is_figure(cell)
    kinds: dict[str, list[str]] = {"filters": [], "indicators": [], "ignored": []}
    for place, name in others.items():
        found = "indicators" if figures[place] * 2 > said[place] else "filters"
        kinds[found if said[place] else "ignored"].append(name)
    return Columns(**{kind: tuple(names) for kind, names in kinds.items()})


def lines_of(rows: Iterable[Row], layout: Layout, findings: Findings) -> Iterator[Line]:
    """The lines below the header that can be kept; all others are counted, or errors, in ``findings``."""
    for row in rows:
        findings.lines += 1
        before = findings.error_count
        line = _read(row, layout, findings)
        if findings.error_count > before:
            findings.wrong_lines += 1
        elif line is not None:
            findings.by_level[line.level] += 1
            for cell in line.cells:
                findings.by_state[cell.state] += 1
                findings.rounded += cell.was_rounded
            yield line


def _read(row: Row, layout: Layout, findings: Findings) -> Line | None:
    if not findings.is_as_wide(row, layout.width):
        return None
    at = {name: row.cells[place].strip() for name, place in layout.places.items() if name in _PLACED}
    level = read_level(at["geographic_level"])
    if level is None and at["geographic_level"]:
        findings.pass_over(shown(at["geographic_level"]))
        return None
    if level is None:
        findings.refuse(row.line, "geographic_level", "no_level", "The line does not say its level.")
        return None
    year = _year(row.line, at, findings)
    where = _Where(row.line, at, findings)
    area = where.area(level)
    cells = list(_cells(row, layout, findings))
    filters = tuple(row.cells[layout.places[name]].strip() for name in layout.columns.filters)
    for name, value in zip(layout.columns.filters, filters, strict=True):
        if len(value) > LONGEST_FILTER:
            findings.refuse(row.line, name, "too_long", f"“{shown(value)}” is too long to tell lines apart.")
    if year is None or area is None or len(cells) < len(layout.columns.indicators):
        return None
    region_code = None if level is AreaLevel.NATIONAL else where.region()
    return Line(
        row.line,
        year,
        level,
        area,
        where.name(level) or area,
        where.new_code() if level is AreaLevel.LOCAL_AUTHORITY else None,
        region_code,
        at["region_name"] or None if region_code else None,
        filters,
        cells,
    )


_PLACED = frozenset(WHEN_AND_WHERE)


def _year(line: int, at: Mapping[str, str], findings: Findings) -> Year | None:
    try:
        return read_year(at["time_period"], at["time_identifier"])
    except Unreadable as error:
        column = "time_identifier" if error.code == "not_a_year_kind" else "time_period"
        findings.refuse(line, column, error.code, str(error))
        return None


def _cells(row: Row, layout: Layout, findings: Findings) -> Iterator[Cell]:
    for name in layout.columns.indicators:
        try:
            yield read_figure(row.cells[layout.places[name]])
        except Unreadable as error:
            findings.refuse(row.line, name, error.code, str(error))


@dataclass(frozen=True)
class _Where:
    """The place of one line."""

    line: int
    at: Mapping[str, str]
    findings: Findings

    def area(self, level: AreaLevel) -> str | None:
        if level is AreaLevel.NATIONAL:
            return self._ons("country_code", "country")
        if level is AreaLevel.REGIONAL:
            return self._ons("region_code", "region")
        if is_absent(self.at["old_la_code"]):
            return self._ons("new_la_code", "local authority")
        try:
            return read_la_code(self.at["old_la_code"])
        except Unreadable as error:
            self.findings.refuse(self.line, "old_la_code", error.code, str(error))
            return None

    def name(self, level: AreaLevel) -> str:
        names = {AreaLevel.NATIONAL: "country_name", AreaLevel.REGIONAL: "region_name"}
        return self.at[names.get(level, "la_name")]

    def region(self) -> str | None:
        return None if is_absent(self.at["region_code"]) else self._ons("region_code", "region")

    def new_code(self) -> str | None:
        return None if is_absent(self.at["new_la_code"]) else self._ons("new_la_code", "local authority")

    def _ons(self, column: str, what: str) -> str | None:
        try:
            return read_ons_code(self.at[column], what)
        except Unreadable as error:
            self.findings.refuse(self.line, column, error.code, str(error))
            return None
