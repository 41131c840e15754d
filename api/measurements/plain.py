"""The row that most files are made of: a KPI, a period and a plain figure, for the whole service.

Such a row says nothing that was not looked at before, once its KPI and its period's spelling are
known: it is staged without being taken apart. Whatever differs in anything goes the whole way of
:class:`RowReader`; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.kpis.tables import ALL
from api.measurements.figures import is_plain
from api.measurements.percentages import Percentages
from api.measurements.rows import PeriodRead, RowReader
from api.measurements.staging import Stage
from api.measurements.taking import TakingKpi, Wrong
from api.vocabulary import Basis, KpiKind, MeasurementState, Unit

_FIGURE_ALONE = f"\t{MeasurementState.REPORTED.value}\t"
_NOTHING_ELSE = "\t\\N" * 8 + "\n"
_MOST_KNOWN = 100_000

Known = tuple[str, TakingKpi, dict[str, PeriodRead]]


class PlainReader:
    """Lines for the staging table, by the shortest way each row allows."""

    def __init__(self, reader: RowReader) -> None:
        self._reader = reader
        self._known: dict[str, Known] = {}

    def lines(self, rows: Iterable[Any], first: int) -> str:
        """COPY's text of the good rows; the reader keeps what is wrong with the others."""
        made: list[str] = []
        known, percentages = self._known, self._reader.percentages
        for index, raw in enumerate(rows, first):
            line = None
            try:
                head, kpi, periods = known[raw["kpi"]]
                columns, value = periods[raw["period"]].columns, raw["value"]
            except (KeyError, TypeError):
                # The first of its kind, or anything but a row of these.
                self._learn(raw)
            else:
                if len(raw) == 3 and is_plain(value, kpi):
                    if percentages is not None and kpi.unit is Unit.PERCENT:
                        value = _percentage(percentages, kpi, raw)
                    if value is not None:
                        line = f"{index}\t{head}{columns}{_FIGURE_ALONE}{value}{_NOTHING_ELSE}"
            made.append(Stage.lines(self._reader.read((raw,), index)) if line is None else line)
        return "".join(made)

    def _learn(self, raw: Any) -> None:
        """Keep what stands in the line of every plain row of this KPI, if it has such rows."""
        ref = raw.get("kpi") if isinstance(raw, dict) else None
        if not isinstance(ref, str) or ref in self._known or len(self._known) == _MOST_KNOWN:
            return
        kpi = self._reader.kpis.get(ref.strip().lower())
        segment = None if kpi is None else kpi.segments.get(ALL)
        if kpi is None or segment is None or not kpi.may_write:
            return
        if kpi.kind is KpiKind.HEADING or kpi.ends_before is not None:
            return
        head = f"{kpi.id}\t{segment}\t{Basis.OPERATIONAL_PROVISIONAL.value}\t"
        self._known[ref] = head, kpi, self._reader.periods_of(kpi)


def _percentage(percentages: Percentages, kpi: TakingKpi, raw: dict[str, Any]) -> Any:
    """The figure as it is to be understood; None where something is to be said of it."""
    try:
        return percentages.read(kpi, raw)["value"]
    except Wrong:
        return None
