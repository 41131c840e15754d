"""Which row of a table is its header, and what each column is.

A **long** table has a column for the KPI and one for the period; a **wide** one has KPIs down and
periods across. A column that is neither a field of a row nor a period is left out only where its
name says that it is a total, a target or the like; any other is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from api.kpis import periods
from api.measurements.files.findings import FileRefused, Finding, SpoiltCell
from api.vocabulary import PeriodType

Cell = str | SpoiltCell

_ALIASES: dict[str, tuple[str, ...]] = {
    "kpi": (
        "kpi", "kpi ref", "kpi reference", "kpi id", "kpi code", "kpi no", "kpi number", "ref", "reference",
        "id", "code", "indicator ref", "indicator reference", "indicator id", "indicator code", "measure ref",
        "measure reference", "measure id", "measure code", "pi ref", "pi", "ref no",
    ),
    "segment": ("segment", "breakdown", "segment ref"),
    "period": (
        "period", "month", "date", "week", "quarter", "year", "period key", "reporting period", "time period",
        "reporting month", "period end", "period ending", "month ending", "week ending", "month end",
    ),
    "basis": ("basis", "data basis"),
    "state": ("state", "value state"),
    "value": ("value", "actual", "figure", "result", "outturn", "actual value", "performance", "score"),
    "grade": ("grade", "judgement"),
    "numerator": ("numerator", "num"),
    "denominator": ("denominator", "den", "denom", "cohort"),
    "note": ("note", "notes", "comment", "comments", "commentary", "remarks", "caveat", "caveats"),
    "source": ("source", "data source", "source system", "system"),
    "external_reference": ("external reference", "external ref", "ext ref", "external id", "row id", "job"),
}  # fmt: skip
_FIELDS = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}

_KPI_NAMES = frozenset(
    {
        "indicator", "measure", "kpi name", "kpi title", "indicator name", "measure name", "title", "name",
        "performance indicator", "performance measure", "metric",
    }
)  # fmt: skip
"""Read as the KPI only where no other column is: beside a ref they are what people read."""

_LEFT_OUT = re.compile(
    r"(?:(?:grand |sub)?totals?|sum|ytd|y t d|year to date|average|avg|mean|median|minimum|maximum|min|max"
    r"|targets?|tolerance|threshold|variance|change|difference|trend|sparkline|chart|dot|direction"
    r"|direction of travel|d?rag|brag|rag rating|rag status|status|rating|polarity|good is|good performance"
    r"|good to be|higher or lower|units?|unit of measure|type|frequency|owner|lead|lead officer"
    r"|(?:responsible|accountable) officer|definition|description|rationale|england|national|region(?:al)?"
    r"|statistical neighbours?|sn|benchmarks?|comparators?|no|number|row|#|place|error|reason|rest)"
    r"(?: (?:\d{2,4}(?:[/-]\d{2,4})?|average|avg|figure|value|to date"
    r"|on (?:last|previous) (?:month|year|quarter)))?"
)
_YEARS = re.compile(r"(?:fy|ay)? ?(?:\d{4}[/-]\d{2,4}|\d{4}) (?:target|total|average|outturn|ytd)")

_TABLE = frozenset({"segment", "basis", "source", "external_reference", "note"})
"""Fields that may stand beside the periods of a wide table."""


@dataclass(frozen=True)
class Header:
    """The header row and what its columns hold, by index from 0."""

    row: int
    """Its number, from 1."""
    width: int
    fields: dict[str, int]
    periods: tuple[tuple[int, str], ...] = ()
    """Of a wide table: column and period, as it is written."""
    left_out: tuple[tuple[int, str], ...] = ()
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_wide(self) -> bool:
        return bool(self.periods)


def _normal(cell: Cell) -> str:
    if not isinstance(cell, str):
        return ""
    return " ".join(re.sub(r"[_\s]+", " ", cell.casefold()).strip(" :*.()?").split())


@lru_cache(maxsize=4096)
def is_a_period(text: str) -> bool:
    """Whether the text names a period of whatever type."""
    for kind in PeriodType:
        try:
            periods.parse(text, kind)
        except periods.UnreadablePeriod:
            continue
        return True
    return False


@dataclass(frozen=True)
class _Reading:
    """What one row would mean as a header."""

    fields: dict[str, list[int]]
    names: list[int]
    """Columns that name a KPI in words."""
    periods: list[int]
    others: list[int]

    @property
    def kpi(self) -> int | None:
        found = self.fields.get("kpi") or self.names
        return found[0] if found else None

    @property
    def is_header(self) -> bool:
        return self.kpi is not None and bool("period" in self.fields or self.periods)


def _read(cells: Sequence[Cell]) -> _Reading:
    fields: dict[str, list[int]] = {}
    names, found, others = [], [], []
    for index, cell in enumerate(cells):
        name = _normal(cell)
        if not name:
            if isinstance(cell, SpoiltCell):
                others.append(index)
        elif name in _FIELDS:
            fields.setdefault(_FIELDS[name], []).append(index)
        elif name in _KPI_NAMES:
            names.append(index)
        elif isinstance(cell, str) and is_a_period(cell.strip()):
            found.append(index)
        else:
            others.append(index)
    return _Reading(fields, names, found, others)


def looks_like_header(cells: Sequence[Cell]) -> bool:
    return _read(cells).is_header


def find_header(rows: Sequence[tuple[int, Sequence[Cell]]], column: Callable[[int], str]) -> Header:
    """The header among a table's first rows. ``column`` names a column for messages.

    Raises FileRefused: ``no_header``, ``column_twice``, ``unknown_column``, ``spoilt_header``.
    """
    for number, cells in rows:
        reading = _read(cells)
        if reading.is_header:
            return _header(number, cells, reading, column)
    raise FileRefused("no_header", _why_none(rows))


def _why_none(rows: Sequence[tuple[int, Sequence[Cell]]]) -> str:
    wanted = (
        "a column for the KPI (KPI, Ref or Indicator) and either a column for the period (Period, Month or"
        " Date) or periods across, such as Apr-26"
    )
    for number, cells in rows:
        reading = _read(cells)
        if reading.kpi is not None:
            return f"Row {number} names the KPI column but no period; a header row has {wanted}."
        if "period" in reading.fields or len(reading.periods) > 1:
            return f"Row {number} names periods but no KPI column; a header row has {wanted}."
    looked = f"the first {len(rows)} rows" if rows else "the file, which is empty"
    return f"No header row was found in {looked}; it must have {wanted}."


def _header(number: int, cells: Sequence[Cell], reading: _Reading, column: Callable[[int], str]) -> Header:
    def shown(index: int) -> str:
        cell = cells[index]
        return f"{column(index)} “{cell if isinstance(cell, str) else 'merged'}”"

    is_wide = "period" not in reading.fields
    findings = [
        Finding(
            "layout",
            f"Row {number} was read as the header: KPIs down, {len(reading.periods)} periods across."
            if is_wide
            else f"Row {number} was read as the header: one row a value.",
        )
    ]
    for name, indexes in reading.fields.items():
        if len(indexes) > 1:
            both = " and ".join(shown(index) for index in indexes[:2])
            message = (
                f"Row {number}: columns {both} would both be the {name.replace('_', ' ')}; leave one out."
            )
            raise FileRefused("column_twice", message)
    fields = {name: indexes[0] for name, indexes in reading.fields.items()}
    left_out = list(reading.names)
    if "kpi" not in fields:
        fields["kpi"] = reading.names[0]
        left_out = reading.names[1:]
    if not is_wide:
        left_out += reading.periods
    unknown = list(reading.others)
    if is_wide:
        unknown += [index for name, index in fields.items() if name != "kpi" and name not in _TABLE]
        fields = {name: index for name, index in fields.items() if name == "kpi" or name in _TABLE}
    for index in sorted([*unknown, *(reading.periods if not is_wide else [])]):
        cell = cells[index]
        if isinstance(cell, SpoiltCell):
            raise FileRefused("merged_cells", f"Row {number}, the header: {cell.message}")
        name = _normal(cell)
        if not (_LEFT_OUT.fullmatch(name) or _YEARS.fullmatch(name)):
            why = _unknown(number, shown(index), cell, is_wide=is_wide)
            raise FileRefused("unknown_column", why)
        if index not in left_out:
            left_out.append(index)
    if left_out:
        listed = ", ".join(shown(index) for index in sorted(left_out))
        findings.append(Finding("left_out", f"Left out, by their names: columns {listed}."))
    across = tuple((index, str(cells[index]).strip()) for index in reading.periods) if is_wide else ()
    return Header(
        row=number,
        width=len(cells),
        fields=fields,
        periods=across,
        left_out=tuple((index, str(cells[index])) for index in left_out),
        findings=findings,
    )


def _unknown(number: int, shown: str, cell: str, *, is_wide: bool) -> str:
    if is_wide and re.search(r"\d", cell):
        try:
            periods.parse(cell, PeriodType.MONTH)
        except periods.UnreadablePeriod as error:
            return f"Row {number}: column {shown} is no period. {error}"
    if is_wide:
        return (
            f"Row {number}: column {shown} is no period such as Apr-26, and no column known to stand beside"
            " them; name it as what it is (Notes, Target, Total, Year to date …) or leave it out."
        )
    known = ", ".join(_ALIASES)
    return f"Row {number}: column {shown} is not known; the columns are {known}. Rename it or leave it out."
