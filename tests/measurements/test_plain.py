"""The short way of plain rows against the whole one: the same lines, the same reasons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.measurements.percentages import Percentages, PercentagesAre, seen_in
from api.measurements.plain import PlainReader
from api.measurements.rows import RowError, RowReader
from api.measurements.staging import Stage
from api.measurements.taking import TakingKpi
from api.vocabulary import KpiKind, PeriodType, Unit


def kpi(number: int, ref: str, **fields: Any) -> TakingKpi:
    given: dict[str, Any] = {
        "period_type": PeriodType.MONTH,
        "unit": Unit.PERCENT,
        "kind": KpiKind.QUANTITATIVE,
        "segments": {"_all": number, "north": number + 100},
        "may_write": True,
    } | fields
    return TakingKpi(number, ref, **given)


KPIS = {
    one.ref.lower(): one
    for one in (
        kpi(1, "K1"),
        kpi(2, "K2", unit=Unit.COUNT),
        kpi(3, "K3", unit=Unit.GRADE),
        kpi(4, "K4", may_write=False),
        kpi(5, "K5", kind=KpiKind.HEADING),
        kpi(6, "K6", ends_before="2026-09-01", successor="K1"),
        kpi(7, "K7", period_type=PeriodType.FINANCIAL_YEAR, unit=Unit.CURRENCY),
        kpi(8, "K8", segments={"north": 108}),
    )
}
FIGURES = st.one_of(
    st.integers(-3, 200),
    st.sampled_from([10**12, -(10**12), 10**12 - 1, True, None, "85.6", "N/A", "", "1%", 1.5, [1]]),
    st.decimals(-2, 2, places=2),
    st.sampled_from([Decimal("1.2345678"), Decimal("1E+2"), Decimal("1234567890.5"), Decimal("0E-9")]),
)
REFS = ["K1", "k1", " K1 ", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", 7, None]
PERIODS = ["2026-08", "Aug-26", "2026-09", "2199-01", "2025/26", "x", 2026, None]
PLAIN = {"kpi": st.sampled_from(REFS), "period": st.sampled_from(PERIODS), "value": FIGURES}
MORE = {"segment": st.sampled_from(["north", "_all", ""]), "note": st.just("a\tb"), "colour": st.just(1)}
OTHERS = [None, "K1,2026-08,1", {"kpi": "K1", "period": "2026-08", "numerator": 1}]
ROWS = st.lists(st.fixed_dictionaries(PLAIN, optional=MORE) | st.sampled_from(OTHERS), max_size=30)


def reader(are: PercentagesAre | None, asks: bool, rows: list[Any] | None = None) -> RowReader:
    """With the figures of fractions seen beforehand, as they are of a file."""
    percentages = Percentages(are)
    if percentages.must_look_first:
        k1 = [row for row in rows or [] if isinstance(row, dict) and row.get("kpi") in ("K1", "k1", " K1 ")]
        percentages.seen[1] = reduce(or_, map(seen_in, k1), 0)
    return RowReader(dict(KPIS), date(2026, 11, 28), percentages=percentages if asks else None)


class TestPlainRows:
    @given(ROWS, st.sampled_from([None, *PercentagesAre]), st.booleans())
    def test_make_the_lines_and_errors_of_the_whole_way(
        self, rows: list[Any], are: PercentagesAre | None, asks: bool
    ) -> None:
        short, whole = reader(are, asks, rows), reader(are, asks, rows)
        lines = PlainReader(short).lines(rows, 5)
        assert lines.splitlines() == Stage.lines(whole.read(rows, 5)).splitlines()
        assert short.errors == whole.errors
        if short.percentages is not None and whole.percentages is not None:
            assert short.percentages.seen == whole.percentages.seen

    def test_are_told_apart_from_what_comes_later(self) -> None:
        """A KPI that was no plain one at first stays wrong, and a good one stays good."""
        rows: list[Any] = [{"kpi": "K9", "period": "2026-08", "value": 1}] * 2
        rows += [{"kpi": "K1", "period": "2026-08", "value": 70}] * 2
        one = reader(None, asks=False)
        assert len(PlainReader(one).lines(rows, 0).splitlines()) == 2
        assert [type(error) for error in one.errors] == [RowError, RowError]
