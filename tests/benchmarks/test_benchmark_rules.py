"""Rank, quartile and mean against figures worked out elsewhere: by R's quantile and rank, and by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from api.benchmarks.rules import (
    GoodPercentile,
    NeighbourMean,
    Quartiles,
    Rank,
    Year,
    band,
    change_on_the_year,
    good_percentile,
    neighbour_mean,
    quantile,
    quartiles,
    rank,
)
from api.benchmarks.terms import Band, YearKind
from api.vocabulary import Polarity

D = Decimal
HIGHER, LOWER, NEUTRAL = Polarity.HIGHER, Polarity.LOWER, Polarity.NEUTRAL

REREFERRALS_2025 = """
    12.9 13.0 13.9 14.7 15.4 15.4 15.8 15.8 16.3 16.5 17.0 17.1 17.2 17.7 17.8 18.5 18.5 18.7 18.7 19.6
    19.7 19.7 19.7 19.8 19.8 20.1 20.2 20.5 21.0 21.6 22.1 22.4 22.5 23.1 24.4 27.7 28.8 28.9 29.4 41.0
"""
"""Percentages that forty authorities published for 2025."""


def figures(text: str) -> list[Decimal]:
    return [D(figure) for figure in text.split()]


class TestQuartiles:
    @pytest.mark.parametrize(
        ("held", "lower", "median", "upper"),
        [
            (REREFERRALS_2025, "16.875", "19.65", "21.725"),
            ("1 2 3 4 5 6 7 8", "2.75", "4.5", "6.25"),
            ("10 20 20 30 40", "20", "20", "30"),
            ("3 1 2", "1.5", "2", "2.5"),
            ("-4 8", "-1", "2", "5"),
            ("7.3", "7.3", "7.3", "7.3"),
        ],
    )
    def test_are_of_type_7(self, held: str, lower: str, median: str, upper: str) -> None:
        assert quartiles(figures(held)) == Quartiles(D(lower), D(median), D(upper))

    def test_of_nothing_are_none(self) -> None:
        assert quartiles([]) is None
        with pytest.raises(ValueError):
            quantile([], D("0.5"))

    def test_the_ends_are_the_least_and_the_most(self) -> None:
        held = figures(REREFERRALS_2025)
        assert (quantile(held, D(0)), quantile(held, D(1))) == (D("12.9"), D("41.0"))


BOUNDS = Quartiles(D(25), D(50), D(75))


class TestBand:
    @pytest.mark.parametrize(
        ("own", "if_lower", "if_higher"),
        [
            ("0", "A", "D"),
            ("25", "A", "D"),
            ("25.1", "B", "C"),
            ("50", "B", "C"),
            ("60", "C", "B"),
            ("75", "C", "B"),
            ("75.000001", "D", "A"),
            ("100", "D", "A"),
        ],
    )
    def test_a_is_best_by_polarity_and_bounds_belong_below(
        self, own: str, if_lower: str, if_higher: str
    ) -> None:
        assert band(D(own), BOUNDS, LOWER) is Band(if_lower)
        assert band(D(own), BOUNDS, HIGHER) is Band(if_higher)

    def test_a_neutral_measure_has_none(self) -> None:
        assert band(D(10), BOUNDS, NEUTRAL) is None

    def test_nor_has_one_without_quartiles(self) -> None:
        assert band(D(10), BOUNDS, LOWER, no_quartile=True) is None

    @pytest.mark.parametrize(("own", "bounds"), [(None, BOUNDS), (D(10), None)])
    def test_a_missing_figure_has_none(self, own: Decimal | None, bounds: Quartiles | None) -> None:
        assert band(own, bounds, LOWER) is None


class TestRank:
    @pytest.mark.parametrize(
        ("held", "own", "polarity", "place"),
        [
            ("10 20 20 30 40", "10", LOWER, 1),
            ("10 20 20 30 40", "20", LOWER, 2),
            ("10 20 20 30 40", "30", LOWER, 4),
            ("10 20 20 30 40", "40", HIGHER, 1),
            ("10 20 20 30 40", "20", HIGHER, 3),
            ("10 20 20 30 40", "10", HIGHER, 5),
            (REREFERRALS_2025, "14.7", LOWER, 4),
            (REREFERRALS_2025, "19.7", LOWER, 21),
            (REREFERRALS_2025, "19.7", HIGHER, 18),
            ("5 5 5", "5", HIGHER, 1),
        ],
    )
    def test_equals_share_the_smallest_place(
        self, held: str, own: str, polarity: Polarity, place: int
    ) -> None:
        of = figures(held)
        assert rank(D(own), of, polarity) == Rank(place, len(of))

    def test_neither_a_missing_figure_nor_a_neutral_measure_has_one(self) -> None:
        assert rank(None, [D(1)], LOWER) is None
        assert rank(D(1), [D(1)], NEUTRAL) is None


class TestGoodPercentile:
    @pytest.mark.parametrize(
        ("own", "polarity", "expected"),
        [
            ("75", HIGHER, GoodPercentile(75, D(75), True)),
            ("74", HIGHER, GoodPercentile(75, D(75), False)),
            ("25", LOWER, GoodPercentile(25, D(25), True)),
            ("26", LOWER, GoodPercentile(25, D(25), False)),
            (None, LOWER, GoodPercentile(25, D(25), None)),
            ("26", NEUTRAL, None),
        ],
    )
    def test_is_where_the_best_quarter_begins(
        self, own: str | None, polarity: Polarity, expected: GoodPercentile | None
    ) -> None:
        assert good_percentile(D(own) if own else None, BOUNDS, polarity) == expected

    def test_is_none_where_there_is_no_band(self) -> None:
        assert good_percentile(D(1), BOUNDS, HIGHER, no_quartile=True) is None
        assert good_percentile(D(1), None, HIGHER) is None


class TestNeighbourMean:
    def test_is_of_those_present(self) -> None:
        held = {"933": D("22.1"), "878": D("19.7"), "893": D("12.9"), "999": D(90)}
        assert neighbour_mean(["933", "878", "893", "935"], held) == NeighbourMean(D("18.233333"), 3, 4)

    def test_of_a_published_year(self) -> None:
        held = dict(enumerate(figures("22.1 19.7 12.9 20.1 17.8 15.4 28.9 21.6 24.4 19.8")))
        by_code = {str(code): figure for code, figure in held.items()}
        assert neighbour_mean(list(by_code), by_code) == NeighbourMean(D("20.27"), 10, 10)

    def test_is_none_where_none_is_present_and_never_zero(self) -> None:
        assert neighbour_mean(["933", "878"], {}) == NeighbourMean(None, 0, 2)
        assert neighbour_mean([], {"933": D(1)}) == NeighbourMean(None, 0, 0)


def year(ends_in: int, kind: YearKind = YearKind.REPORTING) -> Year:
    return Year(ends_in, kind)


class TestChangeOnTheYear:
    HELD = {year(2025): D("14.7"), year(2024): D("14.1"), year(2022): D("16.8")}

    def test_is_latest_less_the_year_before(self) -> None:
        assert change_on_the_year(self.HELD, year(2025)) == D("0.6")

    @pytest.mark.parametrize("ends_in", [2024, 2022, 2023])
    def test_is_none_where_the_year_before_or_itself_is_missing(self, ends_in: int) -> None:
        assert change_on_the_year(self.HELD, year(ends_in)) is None

    def test_a_year_of_another_kind_is_not_the_year_before(self) -> None:
        held = {year(2025): D(2), year(2024, YearKind.ACADEMIC): D(1)}
        assert change_on_the_year(held, year(2025)) is None


class TestYear:
    @pytest.mark.parametrize(
        ("kind", "ends_in", "key"),
        [
            (YearKind.REPORTING, 2025, "2025"),
            (YearKind.CALENDAR, 2025, "2025"),
            (YearKind.FINANCIAL, 2025, "FY2024-25"),
            (YearKind.ACADEMIC, 2000, "AY1999-00"),
        ],
    )
    def test_is_written_as_periods_are(self, kind: YearKind, ends_in: int, key: str) -> None:
        assert year(ends_in, kind).key == key
