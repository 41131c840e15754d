"""What the cells of published files say."""

from __future__ import annotations

import pytest

from api.benchmarks.cells import (
    Cell,
    Unreadable,
    read_figure,
    read_la_code,
    read_level,
    read_ons_code,
    read_year,
)
from api.benchmarks.rules import Year
from api.benchmarks.terms import AreaLevel, FigureState, YearKind

F = FigureState


class TestFigures:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("632830", "632830"),
            ("22.6", "22.6"),
            ("21", "21"),
            ("0", "0"),
            ("-0.5", "-0.5"),
            ("632,830", "632830"),
            ("1,234.5", "1234.5"),
            (" 7 ", "7"),
            (".5", "0.5"),
            ("1200000000000000", None),
            ("123456789012.25", "123456789012.25"),
        ],
    )
    def test_plain_and_with_thousands_separators(self, text: str, value: str | None) -> None:
        if value is None:
            with pytest.raises(Unreadable):
                read_figure(text)
            return
        assert read_figure(text) == Cell(F.REPORTED, value)

    @pytest.mark.parametrize(
        ("text", "value"),
        [("12.3456789012", "12.345679"), ("0.1234561", "0.123456"), ("1,000.0000009", "1000.000001")],
    )
    def test_more_than_six_decimals_are_rounded_and_told(self, text: str, value: str) -> None:
        assert read_figure(text) == Cell(F.REPORTED, value, was_rounded=True)

    @pytest.mark.parametrize(
        ("text", "state"),
        [
            ("z", F.NOT_APPLICABLE),
            ("x", F.UNAVAILABLE),
            ("c", F.CONFIDENTIAL),
            ("low", F.ROUNDS_TO_ZERO),
            ("k", F.ROUNDS_TO_ZERO),
            ("u", F.LOW_RELIABILITY),
            ("U", F.LOW_RELIABILITY),
            ("c ", F.CONFIDENTIAL),
            ("[c]", F.CONFIDENTIAL),
            ("[low]", F.ROUNDS_TO_ZERO),
            ("", F.BLANK),
            ("  ", F.BLANK),
        ],
    )
    def test_symbols_have_no_value(self, text: str, state: FigureState) -> None:
        assert read_figure(text) == Cell(state, None)

    @pytest.mark.parametrize(
        "text", ["n/a", "..", "[]", "1.234,5", "12,34", "5%", "nan", "inf", "1 234", "*"]
    )
    def test_whatever_else_is_refused(self, text: str) -> None:
        with pytest.raises(Unreadable):
            read_figure(text)


class TestYears:
    @pytest.mark.parametrize(
        ("period", "identifier", "expected"),
        [
            ("2025", "Reporting year", Year(2025, YearKind.REPORTING)),
            ("202425", "Reporting year", Year(2025, YearKind.REPORTING)),
            ("2025", "calendar  YEAR", Year(2025, YearKind.CALENDAR)),
            ("202425", "Financial year", Year(2025, YearKind.FINANCIAL)),
            ("2024/25", "Academic year", Year(2025, YearKind.ACADEMIC)),
            ("2024-2025", "Academic year", Year(2025, YearKind.ACADEMIC)),
            ("199900", "Academic year", Year(2000, YearKind.ACADEMIC)),
        ],
    )
    def test_are_named_by_the_year_they_end_in(self, period: str, identifier: str, expected: Year) -> None:
        assert read_year(period, identifier) == expected

    @pytest.mark.parametrize(
        ("period", "identifier", "code"),
        [
            ("2025", "Financial year", "not_a_year"),
            ("202424", "Academic year", "not_a_year"),
            ("202426", "Academic year", "not_a_year"),
            ("202425", "Calendar year", "not_a_year"),
            ("20242026", "Academic year", "not_a_year"),
            ("2025.0", "Reporting year", "not_a_year"),
            ("", "Reporting year", "not_a_year"),
            ("2025", "Week 3", "not_a_year_kind"),
            ("2025", "", "not_a_year_kind"),
        ],
    )
    def test_what_is_no_year_is_refused(self, period: str, identifier: str, code: str) -> None:
        with pytest.raises(Unreadable) as refused:
            read_year(period, identifier)
        assert refused.value.code == code


class TestPlaces:
    def test_levels(self) -> None:
        assert read_level("local  Authority") is AreaLevel.LOCAL_AUTHORITY
        assert read_level("Ward") is None

    def test_codes(self) -> None:
        assert (read_ons_code(" e10000009 ", "x"), read_la_code(" 838 ")) == ("E10000009", "838")

    @pytest.mark.parametrize("text", ["83", "8380", "838.0", "E10", "٨٣٨", ""])
    def test_anything_else_is_no_number_of_an_authority(self, text: str) -> None:
        with pytest.raises(Unreadable):
            read_la_code(text)

    @pytest.mark.parametrize("text", ["E1000000", "E100000090", "10000009E", "838"])
    def test_nor_a_code(self, text: str) -> None:
        with pytest.raises(Unreadable):
            read_ons_code(text, "region")
