"""The table of statistical neighbours: one line an authority, its ten neighbours from nearest to least."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from api.benchmarks.cells import Unreadable, is_absent, read_la_code, shown
from api.benchmarks.files import Row
from api.benchmarks.findings import Findings
from api.benchmarks.terms import AreaLevel

FIXED = ("old_la_code", "la_name", "region_name")
ALSO_KNOWN = frozenset({"region_ind"})
"""A number of the region in that table alone, which its name says better."""
MOST = 10

_NEIGHBOUR = re.compile(r"sn_?(?P<place>[0-9]{1,2})(?P<closeness>p?)", re.A)


class Neighbour(NamedTuple):
    code: str
    closeness: str | None
    """In the table's words: extremely close, very close, close, somewhat close, not close."""


class Neighbours(NamedTuple):
    line: int
    area: str
    name: str
    region_name: str | None
    nearest_first: list[Neighbour]


class Layout(NamedTuple):
    width: int
    fixed: dict[str, int]
    codes: dict[int, int]
    """By place, from 1: where the neighbour's number stands."""
    closeness: dict[int, int]


def lay_out(header: Row, findings: Findings) -> Layout | None:
    """Find every column. None, with errors in ``findings``, where one is missing, new or there twice."""
    layout = Layout(len(header.cells), {}, {}, {})
    seen: set[str] = set()
    for place, given in enumerate(header.cells):
        written = shown(given.strip())
        name = given.strip().casefold()
        match = _NEIGHBOUR.fullmatch(name)
        if name in seen:
            findings.refuse(
                header.line, written, "duplicate_column", f"Column {place + 1} stands there twice."
            )
        elif match and 1 <= int(match["place"]) <= MOST:
            (layout.closeness if match["closeness"] else layout.codes)[int(match["place"])] = place
        elif name in FIXED:
            layout.fixed[name] = place
        elif name not in ALSO_KNOWN:
            message = f"“{written}” is no column of a table of neighbours."
            findings.refuse(header.line, written, "unknown_column", message)
        seen.add(name)
    wanted = [name for name in FIXED[:2] if name not in layout.fixed]
    wanted += [f"SN_{place}" for place in range(1, MOST + 1) if place not in layout.codes]
    for name in wanted:
        findings.refuse(header.line, name, "missing_column", f"The column {name} is not there.")
    return None if findings.error_count else layout


def neighbours_of(rows: Iterable[Row], layout: Layout, findings: Findings) -> Iterator[Neighbours]:
    """The lines that can be kept; of the others, every wrong cell is an error in ``findings``."""
    first_lines: dict[str, int] = {}
    for row in rows:
        findings.lines += 1
        before = findings.error_count
        found = _read(row, layout, findings)
        if found is not None and first_lines.setdefault(found.area, found.line) != found.line:
            message = f"The line is about {found.area} as line {first_lines[found.area]} is."
            findings.refuse(row.line, "old_la_code", "duplicate_line", message)
        if findings.error_count > before or found is None:
            findings.wrong_lines += 1
            continue
        findings.by_level[AreaLevel.LOCAL_AUTHORITY] += 1
        yield found


def _read(row: Row, layout: Layout, findings: Findings) -> Neighbours | None:
    if not findings.is_as_wide(row, layout.width):
        return None
    area = _code(row, layout.fixed["old_la_code"], "old_la_code", findings)
    nearest_first = list(_nearest_first(row, layout, area, findings))
    if area is None:
        return None
    region = layout.fixed.get("region_name")
    return Neighbours(
        row.line,
        area,
        row.cells[layout.fixed["la_name"]].strip() or area,
        (row.cells[region].strip() or None) if region is not None else None,
        nearest_first,
    )


def _nearest_first(row: Row, layout: Layout, area: str | None, findings: Findings) -> Iterator[Neighbour]:
    """Blank places are left out: a new authority may have fewer neighbours, or none."""
    seen: set[str] = set()
    for place, column in sorted(layout.codes.items()):
        if is_absent(row.cells[column]):
            continue
        name = f"SN_{place}"
        code = _code(row, column, name, findings)
        if code is None:
            continue
        if code in seen or code == area:
            what = "its own neighbour" if code == area else "named twice"
            findings.refuse(row.line, name, "not_a_neighbour", f"{code} is {what}.")
        seen.add(code)
        told = layout.closeness.get(place)
        yield Neighbour(code, (row.cells[told].strip() or None) if told is not None else None)


def _code(row: Row, place: int, column: str, findings: Findings) -> str | None:
    try:
        return read_la_code(row.cells[place])
    except Unreadable as error:
        findings.refuse(row.line, column, error.code, str(error))
        return None
