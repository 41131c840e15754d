"""Rows of values as any door brings them, read into rows that can be staged.

A row is loosely typed on purpose: whatever is wrong in it is reported for that row, by its index,
and never spoils the others. Reading is plain Python over dictionaries, because it runs for every
row of every push.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from api.kpis import periods
from api.kpis.tables import ALL
from api.measurements.figures import figures_in
from api.measurements.files.findings import WrongRow
from api.measurements.percentages import Percentages
from api.measurements.taking import TakingKpi, Wrong, readable, shown, text_in, word_in
from api.vocabulary import Basis, KpiKind, MeasurementWorkflow, PeriodType, Unit

ROW_FIELDS = frozenset(
    {
        "kpi",
        "segment",
        "period",
        "basis",
        "state",
        "value",
        "grade",
        "numerator",
        "denominator",
        "note",
        "source",
        "external_reference",
    }
)
SINGLE_FIELDS = ROW_FIELDS | {"workflow", "reason"}
"""What the door for one value takes besides."""

_BASES = frozenset(word.value for word in Basis)
_WORKFLOWS = frozenset(word.value for word in MeasurementWorkflow)
_PROVISIONAL = Basis.OPERATIONAL_PROVISIONAL.value
_NO_TEXTS = (None, None, None)
_NOTHING_SINGLE = (None, None)


class RowError(NamedTuple):
    """Why a row cannot be taken. ``pointer`` is a JSON pointer into the row itself."""

    row: int
    code: str
    pointer: str
    message: str


def merged(errors: Sequence[RowError], most: int) -> list[dict[str, Any]]:
    """Like errors of rows that came by no file together, by the row they came first in; at most so many
    kinds, and indexes of each.
    """
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for error in sorted(errors):
        kinds.setdefault((error.code, error.pointer, error.message), []).append(error.row)
    return [
        {
            "indexes": rows[:most],
            "count": len(rows),
            "places": [],
            "code": code,
            "pointer": pointer,
            "message": message,
        }
        for (code, pointer, message), rows in list(kinds.items())[:most]
    ]


class StagedRow(NamedTuple):
    """A row found good, in the order of the staging table's columns; days as ISO text."""

    row_index: int
    kpi_id: int
    segment_id: int
    basis: str
    period: str
    starts_on: str
    ends_on: str
    state: str
    value: Decimal | int | None
    grade: str | None
    numerator: Decimal | None
    denominator: Decimal | None
    note: str | None
    source: str | None
    external_reference: str | None
    workflow: str | None
    reason: str | None


class PeriodRead(NamedTuple):
    key: str
    starts_on: str
    ends_on: str
    columns: str
    """The three as they stand in a line of the staging table."""


@dataclass
class RowReader:
    """Reads rows of one delivery, keeping every refusal in ``errors``."""

    kpis: dict[str, TakingKpi]
    """By lower-case ref; more may be learnt between two readings."""
    today: date
    fields: frozenset[str] = ROW_FIELDS
    percentages: Percentages | None = None
    """Where a door asks whether they are fractions of one; None where they are what they say."""
    looked_up: set[str] = field(default_factory=set)
    """Refs asked for already, found or not."""
    errors: list[RowError] = field(default_factory=list)
    _periods: dict[str, dict[str, PeriodRead]] = field(default_factory=dict)
    """Good periods by type and spelling: a delivery repeats few of them very often."""

    def read(self, rows: Iterable[Any], first: int = 0) -> Iterator[StagedRow]:
        """The good rows; ``first`` is the index of the first one."""
        for index, raw in enumerate(rows, first):
            try:
                row = self._row(index, raw)
            except Wrong:
                self._explain(index, raw)
            else:
                yield row

    def _row(self, index: int, raw: Any) -> StagedRow:
        """Raises Wrong for whatever is found wrong first."""
        if not isinstance(raw, dict):
            raise Wrong("not_an_object", "", "A row is an object of named fields.")
        if not raw.keys() <= self.fields:
            raise Wrong("unknown_field", "", "")
        kpi = self._kpi(raw)
        raw = self._understood(raw, kpi)
        return StagedRow(
            index,
            kpi.id,
            _segment(raw, kpi),
            word_in(raw, "basis", _BASES) or _PROVISIONAL,
            *self._period(raw, kpi)[:3],
            *figures_in(raw, kpi),  # type: ignore[arg-type]
            *(_NO_TEXTS if len(raw) < 4 else _texts(raw)),
            *(_NOTHING_SINGLE if self.fields is ROW_FIELDS else _of_single(raw)),
        )

    def _explain(self, index: int, raw: Any) -> None:
        """Everything that is wrong with a row, each part by itself."""
        if isinstance(raw, WrongRow):
            for fault in raw.faults:
                self._refuse(index, Wrong(fault.code, fault.pointer, fault.message))
            return
        if not isinstance(raw, dict):
            self._refuse(index, Wrong("not_an_object", "", "A row is an object of named fields."))
            return
        self._unknown_fields(index, raw)
        try:
            kpi = self._kpi(raw)
        except Wrong as wrong:
            self._refuse(index, wrong)
            return
        parts: tuple[Callable[[], object], ...] = (
            lambda: _segment(raw, kpi),
            lambda: word_in(raw, "basis", _BASES),
            lambda: self._period(raw, kpi),
            lambda: figures_in(self._understood(raw, kpi), kpi),
            lambda: _texts(raw),
            lambda: _of_single(raw),
        )
        for part in parts:
            try:
                part()
            except Wrong as wrong:
                self._refuse(index, wrong)

    def _understood(self, raw: dict[str, Any], kpi: TakingKpi) -> dict[str, Any]:
        """The row with its value as the sender says that percentages are written."""
        if self.percentages is None or kpi.unit is not Unit.PERCENT:
            return raw
        return self.percentages.read(kpi, raw)

    def _refuse(self, index: int, wrong: Wrong) -> None:
        self.errors.append(RowError(index, wrong.code, readable(wrong.pointer), readable(str(wrong))))

    def _unknown_fields(self, index: int, raw: dict[Any, Any]) -> None:
        for name in sorted(map(str, raw.keys() - self.fields)):
            pointer = "/" + name[:64].replace("~", "~0").replace("/", "~1")
            known = ", ".join(sorted(self.fields))
            message = f"“{shown(name)}” is no field of a row; the fields are {known}."
            self._refuse(index, Wrong("unknown_field", pointer, message))

    def _kpi(self, raw: dict[str, Any]) -> TakingKpi:
        ref = raw.get("kpi")
        if not isinstance(ref, str) or not ref:
            raise Wrong("unknown_kpi", "/kpi", "Name the KPI by its ref, as on the scorecard.")
        kpi = self.kpis.get(ref.strip().lower())
        if kpi is None:
            message = f"There is no KPI “{shown(ref)}” in this plan; use a ref from its scorecard."
            raise Wrong("unknown_kpi", "/kpi", message)
        if not kpi.may_write:
            message = f"{kpi.ref} is outside the KPIs you may send; ask for it to be added to your set."
            raise Wrong("not_permitted", "/kpi", message)
        if kpi.kind is KpiKind.HEADING:
            message = f"{kpi.ref} is a heading; send values of the KPIs beneath it."
            raise Wrong("kpi_takes_no_values", "/kpi", message)
        return kpi

    def _period(self, raw: dict[str, Any], kpi: TakingKpi) -> PeriodRead:
        given = raw.get("period")
        text = str(given) if type(given) is int else given
        if not isinstance(text, str) or not text.strip():
            example = periods.EXAMPLES[kpi.period_type]
            raise Wrong("unreadable_period", "/period", f"Name the period as text, such as {example}.")
        spelt = self.periods_of(kpi)
        known = spelt.get(text)
        if known is None:
            known = spelt[text] = self._parsed(text, kpi.period_type)
        if kpi.ends_before is not None and known.starts_on >= kpi.ends_before:
            to = f"; send them to {kpi.successor}" if kpi.successor else ""
            message = f"{kpi.ref} was superseded and takes no values from {kpi.ends_before} on{to}."
            raise Wrong("superseded", "/period", message)
        return known

    def periods_of(self, kpi: TakingKpi) -> dict[str, PeriodRead]:
        """The good periods of a KPI's type so far, by spelling."""
        return self._periods.setdefault(kpi.period_word, {})

    def _parsed(self, text: str, type: PeriodType) -> PeriodRead:
        try:
            period = periods.parse(text, type)
        except periods.UnreadablePeriod as error:
            raise Wrong(error.code, "/period", str(error)) from None
        if periods.is_future(period, self.today):
            latest = periods.containing(self.today, type).key
            message = f"{period.key} has not begun; the latest period to report today is {latest}."
            raise Wrong("future_period", "/period", message)
        parts = (period.key, period.starts_on.isoformat(), period.ends_on.isoformat())
        return PeriodRead(*parts, "\t".join(parts))


def _segment(raw: dict[str, Any], kpi: TakingKpi) -> int:
    ref = raw.get("segment") or ALL
    found = kpi.segments.get(ref) if isinstance(ref, str) else None
    if found is None and isinstance(ref, str):
        found = kpi.segments.get(ref.strip().lower())
    if found is None:
        known = ", ".join(list(kpi.segments)[:10]) or ALL
        message = f"{kpi.ref} has no segment “{shown(ref)}”; it has {known}."
        raise Wrong("unknown_segment", "/segment", message)
    return found


def _texts(raw: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    return text_in(raw, "note"), text_in(raw, "source"), text_in(raw, "external_reference")


def _of_single(raw: dict[str, Any]) -> tuple[str | None, str | None]:
    """What only the door for one value takes."""
    return word_in(raw, "workflow", _WORKFLOWS), text_in(raw, "reason")


__all__ = ["ROW_FIELDS", "SINGLE_FIELDS", "RowError", "RowReader", "StagedRow", "TakingKpi", "merged"]
