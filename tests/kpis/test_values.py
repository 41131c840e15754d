from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.kpis.values import (
    Cell,
    UnreadableValue,
    check_unit,
    parse_grade,
    parse_number,
    read_cell,
)
from api.vocabulary import Grade, MeasurementState, Unit

storable = st.decimals(min_value=-(10**9) + 1, max_value=10**9 - 1, places=6)


class TestParseNumber:
    @pytest.mark.parametrize(
        ("given", "unit", "value"),
        [
            (0, None, "0"),
            (-7, None, "-7"),
            (D("85.60"), None, "85.6"),
            (D("1E+3"), None, "1000"),
            ("1234", None, "1234"),
            ("1,234.5", None, "1234.5"),
            ("1,234,567", None, "1234567"),
            (" 85.6 ", Unit.PERCENT, "85.6"),
            ("85.6%", Unit.PERCENT, "85.6"),
            ("85.6 %", Unit.PERCENT, "85.6"),
            ("£1,200", Unit.CURRENCY, "1200"),
            ("£1,200", None, "1200"),
            ("-£5.50", Unit.CURRENCY, "-5.5"),
            ("£ 5", Unit.CURRENCY, "5"),
            ("-5", None, "-5"),
            ("\u22125", None, "-5"),
            ("+5", None, "5"),
            (".5", None, "0.5"),
            ("007", None, "7"),
            ("1e3", None, "1000"),
            ("1.5E-2", None, "0.015"),
            ("0.0000010", None, "0.000001"),
            ("999999999999", None, "999999999999"),
            ("-0.00", None, "0"),
            (D("-0E+99999"), None, "0"),
        ],
    )
    def test_reads_exactly(self, given: str | int | D, unit: Unit | None, value: str) -> None:
        assert str(parse_number(given, unit)) == value

    @pytest.mark.parametrize(
        ("given", "unit", "code"),
        [
            (True, None, "not_a_number"),
            (1.5, None, "not_a_number"),
            (None, None, "not_a_number"),
            ("NaN", None, "not_a_number"),
            ("inf", None, "not_a_number"),
            (D("NaN"), None, "not_a_number"),
            (D("sNaN"), None, "not_a_number"),
            (D("-Infinity"), None, "not_a_number"),
            ("", None, "not_a_number"),
            ("-", None, "not_a_number"),
            ("about 5", None, "not_a_number"),
            ("1,5", None, "not_a_number"),
            ("1,23,456", None, "not_a_number"),
            ("1.234,5", None, "not_a_number"),
            ("5.", None, "not_a_number"),
            ("--5", None, "not_a_number"),
            ("-£-5", None, "not_a_number"),
            ("0x10", None, "not_a_number"),
            ("1_000", None, "not_a_number"),
            ("١٢", None, "not_a_number"),
            ("9" * 5000, None, "not_a_number"),
            ("85.6%", None, "percent_sign"),
            ("85.6%", Unit.COUNT, "percent_sign"),
            ("£5", Unit.COUNT, "currency_sign"),
            ("1e12", None, "too_large"),
            ("1e999", None, "too_large"),
            (D("1E+999999"), None, "too_large"),
            (10**12, None, "too_large"),
            pytest.param(-(10**5000), None, "too_large", id="beyond what Python prints"),
            ("0.1234567", None, "too_precise"),
            ("1e-7", None, "too_precise"),
            (D("1E-999999"), None, "too_precise"),
            ("1234567890.123456", None, "too_precise"),
        ],
    )
    def test_refuses(self, given: str | int | D, unit: Unit | None, code: str) -> None:
        with pytest.raises(UnreadableValue) as refused:
            parse_number(given, unit)
        assert refused.value.code == code
        assert len(str(refused.value)) < 200

    @given(storable)
    def test_any_storable_figure_reads_back_from_any_spelling(self, value: D) -> None:
        for spelling in (value, f"{value}", f"{value:f}", f"{value:,f}", f" {value}% "):
            assert parse_number(spelling, Unit.PERCENT) == value

    @given(storable)
    def test_one_value_has_one_form(self, value: D) -> None:
        form = str(parse_number(value))
        assert form == str(parse_number(form)) == str(parse_number(f"{value}000"))
        assert "E" not in form

    @given(st.one_of(st.text(max_size=50), st.decimals(), st.integers()), st.sampled_from(Unit))
    def test_anything_is_a_storable_number_or_is_refused(self, given: str | int | D, unit: Unit) -> None:
        try:
            value = parse_number(given, unit)
        except UnreadableValue:
            return
        _, digits, exponent = value.as_tuple()
        assert isinstance(exponent, int) and -6 <= exponent <= 0
        assert abs(value) < 10**12
        assert len("".join(map(str, digits)).strip("0")) <= 15


class TestReadCell:
    @pytest.mark.parametrize(
        ("text", "state"),
        [
            ("N/A", MeasurementState.NOT_AVAILABLE),
            ("n/a", MeasurementState.NOT_AVAILABLE),
            ("-", MeasurementState.NOT_AVAILABLE),
            ("–", MeasurementState.NOT_AVAILABLE),
            ("", MeasurementState.NOT_AVAILABLE),
            ("  ", MeasurementState.NOT_AVAILABLE),
            ("Not available", MeasurementState.NOT_AVAILABLE),
            ("x", MeasurementState.NOT_AVAILABLE),
            ("[x]", MeasurementState.NOT_AVAILABLE),
            ("z", MeasurementState.NOT_APPLICABLE),
            ("Not applicable", MeasurementState.NOT_APPLICABLE),
            ("*", MeasurementState.SUPPRESSED),
            ("c", MeasurementState.SUPPRESSED),
            ("nil", MeasurementState.NIL_RETURN),
            ("Nil return", MeasurementState.NIL_RETURN),
        ],
    )
    @pytest.mark.parametrize("unit", [Unit.COUNT, Unit.PERCENT, Unit.GRADE])
    def test_words_that_stand_for_no_figure(self, text: str, state: MeasurementState, unit: Unit) -> None:
        assert read_cell(text, unit) == Cell(state, None)

    def test_zero_is_a_figure(self) -> None:
        assert read_cell("0", Unit.COUNT) == (MeasurementState.REPORTED, D(0))
        assert read_cell(0, Unit.COUNT) == (MeasurementState.REPORTED, D(0))

    def test_a_figure(self) -> None:
        assert read_cell("85.6%", Unit.PERCENT) == (MeasurementState.REPORTED, D("85.6"))

    def test_a_grade(self) -> None:
        assert read_cell("Requires improvement", Unit.GRADE) == (
            MeasurementState.REPORTED,
            Grade.REQUIRES_IMPROVEMENT,
        )

    @pytest.mark.parametrize(
        ("text", "unit", "code"),
        [
            ("Good", Unit.PERCENT, "not_a_number"),
            ("[", Unit.COUNT, "not_a_number"),
            ("3", Unit.GRADE, "not_a_grade"),
            (3, Unit.GRADE, "not_a_grade"),
            ("5.5", Unit.COUNT, "not_whole"),
            ("-1", Unit.COUNT, "negative_count"),
        ],
    )
    def test_refuses_what_the_unit_cannot_be(self, text: str | int, unit: Unit, code: str) -> None:
        with pytest.raises(UnreadableValue) as refused:
            read_cell(text, unit)
        assert refused.value.code == code


class TestParseGrade:
    @pytest.mark.parametrize(
        ("text", "grade"),
        [
            ("Outstanding", Grade.OUTSTANDING),
            ("GOOD", Grade.GOOD),
            ("Requires  Improvement", Grade.REQUIRES_IMPROVEMENT),
            ("requires_improvement", Grade.REQUIRES_IMPROVEMENT),
            ("Requires improvement to be good", Grade.REQUIRES_IMPROVEMENT),
            ("RI", Grade.REQUIRES_IMPROVEMENT),
            (" Inadequate ", Grade.INADEQUATE),
        ],
    )
    def test_reads(self, text: str, grade: Grade) -> None:
        assert parse_grade(text) is grade

    @pytest.mark.parametrize("text", ["", "satisfactory", "goodish", "1"])
    def test_refuses(self, text: str) -> None:
        with pytest.raises(UnreadableValue, match="write outstanding, good"):
            parse_grade(text)


class TestCheckUnit:
    @pytest.mark.parametrize(
        ("value", "unit"),
        [("5", Unit.COUNT), ("0", Unit.COUNT), ("-5.5", Unit.DAYS), ("101", Unit.PERCENT)],
    )
    def test_passes(self, value: str, unit: Unit) -> None:
        check_unit(D(value), unit)

    def test_a_count_written_with_decimals_is_whole(self) -> None:
        check_unit(D("5.00"), Unit.COUNT)
