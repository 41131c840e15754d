from __future__ import annotations

import csv
from decimal import Decimal
from typing import Any

import pytest

from api.measurements.files.delimited import read_csv
from api.measurements.files.findings import FileRefused, WrongRow
from api.measurements.files.limits import LIMITS, Limits
from tests.measurements.files.making import stream


def rows(text: str, encoding: str = "utf-8", limits: Limits = LIMITS) -> list[tuple[str | None, Any]]:
    return [(row.place, row.raw) for row in read_csv(stream(text, encoding), limits)]


def codes(text: str, encoding: str = "utf-8") -> set[str]:
    read = read_csv(stream(text, encoding))
    list(read)
    return {finding.code for finding in read.findings}


def refusal(text: str | bytes, encoding: str = "utf-8", limits: Limits = LIMITS) -> FileRefused:
    content = text if isinstance(text, bytes) else text.encode(encoding)
    with pytest.raises(FileRefused) as caught:
        list(read_csv(stream(content.decode("latin-1"), "latin-1"), limits))
    return caught.value


K1 = {"kpi": "K1", "period": "2026-08", "value": Decimal("85.6")}


class TestLong:
    @pytest.mark.parametrize(
        "header",
        [
            "kpi,period,value",
            "KPI,Period,Value",
            "KPI ref,Month,Actual",
            "Ref,Date,Figure",
            "Indicator,Reporting month,Result",
            " Measure ,Month ending,VALUE:",
            "kpi_ref,reporting_period,actual_value",
        ],
    )
    def test_headers_go_by_many_names(self, header: str) -> None:
        assert rows(f"{header}\nK1,2026-08,85.6\n") == [("line 2", K1)]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_the_separator_is_recognised_past_titles(self, delimiter: str) -> None:
        lines = ["Monthly return, all teams; final", "", delimiter.join(["KPI", "Period", "Value"])]
        text = "\r\n".join([*lines, delimiter.join(["K1", "2026-08", "85.6"]), ""])
        assert rows(text) == [("line 4", K1)]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_encodings_are_recognised(self, encoding: str) -> None:
        text = "kpi,period,value,note\nK1,2026-08,85.6,Café – £5\n"
        assert rows(text, encoding) == [("line 2", K1 | {"note": "Café – £5"})]

    def test_every_field_has_a_column(self) -> None:
        text = (
            "Ref,Segment,Period,Basis,State,Value,Judgement,Num,Den,Comments,Data source,External reference\n"
            "K1,north,2026-08,Validated return,,85.6,,107,125,Fine,Mosaic,7\n"
            "K2,,2026-08,,Nil return,,,,,,,\n"
            "K3,,2026-08,,,,Requires improvement,,,,,\n"
        )
        assert [raw for _, raw in rows(text)] == [
            K1
            | {
                "segment": "north",
                "basis": "validated_return",
                "numerator": 107,
                "denominator": 125,
                "note": "Fine",
                "source": "Mosaic",
                "external_reference": "7",
            },
            {"kpi": "K2", "period": "2026-08", "state": "nil_return"},
            {"kpi": "K3", "period": "2026-08", "grade": "requires_improvement"},
        ]

    @pytest.mark.parametrize(
        "written", ['"1,234.5"', "85.6%", "£12", "N/A", "-", "1e3", "lots", "1234567890"]
    )
    def test_what_is_no_plain_figure_is_passed_on_as_written(self, written: str) -> None:
        ((_, raw),) = rows(f"kpi,period,value\nK1,2026-08,{written}\n")
        assert raw["value"] == written.strip('"')

    def test_a_blank_value_is_not_available_and_never_zero(self) -> None:
        text = "kpi,period,value\nK1,2026-08,\nK1,2026-09,0\n"
        assert [raw for _, raw in rows(text)] == [
            {"kpi": "K1", "period": "2026-08", "state": "not_available"},
            {"kpi": "K1", "period": "2026-09", "value": 0},
        ]
        assert "blank_values" in codes(text)

    def test_places_are_lines_of_the_file(self) -> None:
        text = 'kpi,period,value,note\nK1,2026-08,1,"Two\nlines"\n\n , ,\nK1,2026-09,2,\n'
        assert [place for place, _ in rows(text)] == ["line 2", "line 6"]

    def test_known_columns_beside_are_left_out_by_name(self) -> None:
        text = "Ref,Indicator,Period,Value,Target,RAG\nK1,Visits in time,2026-08,85.6,90,Amber\n"
        assert rows(text) == [("line 2", K1)]
        read = read_csv(stream(text))
        (told,) = (f.message for f in read.findings if f.code == "left_out")
        assert "“Indicator”" in told and "“Target”" in told and "“RAG”" in told

    def test_a_figure_with_an_unquoted_comma_spoils_its_row_alone(self) -> None:
        (_, wrong), (_, right) = rows("kpi,period,value\nK1,2026-08,1,234\nK1,2026-09,5\n")
        assert isinstance(wrong, WrongRow) and wrong.faults[0].code == "extra_cells"
        assert wrong.fields == {"kpi": "K1", "period": "2026-08", "value": "1"}
        assert right["value"] == 5

    def test_a_second_reading_gives_the_same(self) -> None:
        read = read_csv(stream("kpi,period,value\nK1,2026-08,\nK1,2026-09,1\n"))
        assert list(read) == list(read)
        assert [f.message for f in read.findings if f.code == "blank_values"] == [
            "1 row has no value: it was read as not available."
        ]


class TestWide:
    TEXT = (
        "Children's services scorecard\n"
        "\n"
        "Ref,Measure,Apr-26,May-26,Jun-26,Year to date,Target 2026/27,Notes\n"
        "K1,Visits in time,85.6,N/A,,85.6,90,Late returns\n"
        "Help and protection,,,,,,,\n"
        "K2,Referrals,0,-,12,12,,\n"
    )

    def test_kpis_down_and_months_across(self) -> None:
        assert rows(self.TEXT) == [
            ("line 4, column 3", {"kpi": "K1", "period": "Apr-26", "value": Decimal("85.6")}),
            ("line 4, column 4", {"kpi": "K1", "period": "May-26", "value": "N/A", "note": "Late returns"}),
            ("line 6, column 3", {"kpi": "K2", "period": "Apr-26", "value": 0}),
            ("line 6, column 4", {"kpi": "K2", "period": "May-26", "value": "-"}),
            ("line 6, column 5", {"kpi": "K2", "period": "Jun-26", "value": 12}),
        ]
        assert codes(self.TEXT) == {"encoding", "delimiter", "layout", "left_out", "notes_with_latest"}

    @pytest.mark.parametrize(
        "header", ["Q1 2026/27,Q2 2026/27", "2024/25,2025/26", "w/c 13/04/2026,20/04/2026", "2026-Q1,2026-Q2"]
    )
    def test_periods_of_any_type(self, header: str) -> None:
        found = rows(f"KPI,{header}\nK1,1,2\n")
        assert [raw["period"] for _, raw in found] == header.split(",")

    def test_segment_and_basis_may_stand_beside(self) -> None:
        ((_, raw),) = rows("KPI,Segment,Basis,Apr-26\nK1,north,Operational final,5\n")
        assert raw == {
            "kpi": "K1",
            "segment": "north",
            "basis": "operational_final",
            "period": "Apr-26",
            "value": 5,
        }


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "code", "why"),
        [
            ("", "no_header", "empty"),
            ("a,b\n1,2\n", "no_header", "first 2 rows"),
            ("kpi,value\nK1,1\n", "no_header", "Row 1 names the KPI column but no period"),
            ("period,value\n2026-08,1\n", "no_header", "names periods but no KPI"),
            ("kpi,period,value,colour\nK1,2026-08,1,red\n", "unknown_column", "4 “colour”"),
            ("kpi,period,value,actual\nK1,2026-08,1,1\n", "column_twice", "3 “value” and 4 “actual”"),
            ("Ref,Apr-26,Apr,May-26\nK1,1,2,3\n", "unknown_column", "3 “Apr”"),
            ("Ref,Apr-26,01/05/2026\nK1,1,2\n", "unknown_column", "day first or month first"),
            ("Ref,Apr-26,Numerator\nK1,1,2\n", "unknown_column", "3 “Numerator”"),
            ("kpi,period,value\n", "no_rows", "no values below"),
            ("Ref,Apr-26\nHeading,\n", "no_rows", "no values below"),
            ('kpi,period,value\nK1,"2026-08" x,1\n', "not_csv", "Line 2"),
            ('kpi,period,note\nK1,2026-08,"never closed\n', "truncated", "begins in line 2"),
        ],
    )
    def test_with_a_code_and_what_to_do(self, text: str, code: str, why: str) -> None:
        refused = refusal(text)
        assert refused.code == code
        assert why in refused.message and refused.message.endswith(".")

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"PK\x03\x04rest of a workbook", "wrong_content"),
            (b"\xd0\xcf\x11\xe0rest", "wrong_content"),
            (b"%PDF-1.7", "wrong_content"),
            (b"kpi,period,value\nK1,2026-08,\x81\n", "wrong_encoding"),
            ("kpi,period,value\nK1,2026-08,1\n".encode("utf-16-le"), "wrong_encoding"),
            (b"\xff\xfek\x00p\x00i", "wrong_encoding"),
        ],
    )
    def test_what_is_no_text_of_a_known_encoding(self, content: bytes, code: str) -> None:
        assert refusal(content).code == code

    @pytest.mark.parametrize(
        ("limits", "code", "named"),
        [
            (Limits(rows=2), "too_many_rows", "2 values"),
            (Limits(columns=2), "too_many_columns", "2 are read"),
            (Limits(line_characters=15), "line_too_long", "15 characters"),
        ],
    )
    def test_what_is_beyond_a_limit_that_is_named(self, limits: Limits, code: str, named: str) -> None:
        refused = refusal("kpi,period,value\nK1,2026-07,1\nK1,2026-08,1\nK1,2026-09,1\n", limits=limits)
        assert refused.code == code and named in refused.message

    def test_an_over_long_cell(self) -> None:
        assert csv.field_size_limit() == LIMITS.cell_characters
        refused = refusal(f"kpi,period,note\nK1,2026-08,{'x' * 131_073}\n")
        assert refused.code == "cell_too_long" and "131,072" in refused.message
