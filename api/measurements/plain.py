"""The row that most files are made of: a KPI, a period and a plain figure, for the whole service.

Such a row says nothing that was not looked at before, once its KPI and its period's spelling are
known: it is staged without being taken apart. Whatever differs in anything goes the whole way of
:class:`RowReader`; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from api.kpis.tables import ALL
from api.measurements.figures import is_plain
from api.measurements.rows import PeriodRead, RowReader
from api.measurements.staging import Stage
from api.measurements.taking import TakingKpi, Wrong
from api.vocabulary import Basis, KpiKind, MeasurementState, Unit

_FIGURE_ALONE = f"\t{MeasurementState.REPORTED.value}\t"
_NOTHING_ELSE = "\t\\N" * 8 + "\n"
_FIGURES = (int, Decimal)
_MOST_KNOWN = 100_000

Known = tuple[str, TakingKpi, dict[str, PeriodRead]]


class PlainReader:
    """Lines for the staging table, by the shortest way each row allows."""

    def __init__(self, reader: RowReader) -> None:
        self._reader = reader
        self._known: dict[str, Known | None] = {}

    def lines(self, rows: Iterable[Any], first: int) -> str:
        """COPY's text of the good rows; the reader keeps what is wrong with the others."""
        made: list[str] = []
        for index, raw in enumerate(rows, first):
            line = self._plain(index, raw)
            made.append(Stage.lines(self._reader.read((raw,), index)) if line is None else line)
        return "".join(made)

    def _plain(self, index: int, raw: Any) -> str | None:
        """None where the row is anything but plain, or the first of its kind."""
        if type(raw) is not dict or len(raw) != 3:
            return None
        ref, spelling, value = raw.get("kpi"), raw.get("period"), raw.get("value")
        if type(ref) is not str or type(spelling) is not str or type(value) not in _FIGURES:
            return None
        known = self._known[ref] if ref in self._known else self._learn(ref)
        if known is None:
            return None
        head, kpi, periods = known
        period = periods.get(spelling)
        if period is None or not is_plain(value, kpi):
            return None
        if self._reader.percentages is not None and kpi.unit is Unit.PERCENT:
            try:
                value = self._reader.percentages.read(kpi, raw)["value"]
            except Wrong:
                return None
        return f"{index}\t{head}{period.columns}{_FIGURE_ALONE}{value}{_NOTHING_ELSE}"

    def _learn(self, ref: str) -> Known | None:
        """What stands in the line of every plain row of this KPI; None where there are none."""
        kpi = self._reader.kpis.get(ref.strip().lower())
        segment = None if kpi is None else kpi.segments.get(ALL)
        is_heading = kpi is not None and kpi.kind is KpiKind.HEADING
        if kpi is None or segment is None or not kpi.may_write or is_heading or kpi.ends_before is not None:
            found = None
        else:
            head = f"{kpi.id}\t{segment}\t{Basis.OPERATIONAL_PROVISIONAL.value}\t"
            found = (head, kpi, self._reader.periods_of(kpi))
        if len(self._known) < _MOST_KNOWN:
            self._known[ref] = found
        return found
