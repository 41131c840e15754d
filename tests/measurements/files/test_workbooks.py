from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from api.measurements.files.findings import FileRefused, WrongRow
from api.measurements.files.limits import LIMITS, Limits
from api.measurements.files.workbooks import read_xlsx
from tests.measurements.files.making import with_results, with_shared_texts, workbook, zip_bomb

LONG: list[list[Any]] = [["KPI", "Period", "Value"], ["K1", "2026-08", 85.6]]


def read(content: bytes, sheet: str | None = None, limits: Limits = LIMITS) -> tuple[list[Any], list[str]]:
    """Rows as (place, raw), and the codes of the findings."""
    found = read_xlsx(io.BytesIO(content), sheet, limits)
    rows = [(row.place, row.raw) for row in found]
    return rows, [finding.code for finding in found.findings]


def refusal(content: bytes, sheet: str | None = None, limits: Limits = LIMITS) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(content, sheet, limits)
    assert caught.value.message.endswith((".", ")."))
    return caught.value


def formats(**cells: str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for cell, number_format in cells.items():
            sheet[cell].number_format = number_format

    return change


class TestCells:
    @pytest.mark.parametrize(
        ("value", "number_format", "as_text"),
        [
            (85.6, "General", "85.6"),
            (0.814, "0.0%", "81.4%"),
            (0.814, "0%", "81.4%"),
            (1, "0%", "100%"),
            (0.814, '0.0"% of all"', "0.814"),
            (0.1 + 0.2, "General", "0.3"),
            (1 / 3, "0.0%", "33.333333%"),
            (1e15, "General", "1000000000000000"),
            (-0.5, "General", "-0.5"),
            ("N/A", "General", "N/A"),
            (" 81.4% ", "General", "81.4%"),
            ("1,234", "General", "1,234"),
            (True, "General", "TRUE"),
        ],
    )
    def test_are_read_as_they_are_shown(self, value: Any, number_format: str, as_text: str) -> None:
        content = workbook(
            ("S", [["KPI", "Period", "Value"], ["K1", "2026-08", value]]), change=formats(C2=number_format)
        )
        ((_, raw),) = read(content)[0]
        given = raw["value"]
        assert (given if isinstance(given, str) else f"{given}") == as_text

    @pytest.mark.parametrize(
        ("value", "number_format", "period"),
        [
            (dt.date(2026, 4, 1), "mmm-yy", "2026-04-01"),
            (dt.datetime(2026, 4, 30), "dd/mm/yyyy", "2026-04-30"),
            (dt.date(2026, 4, 15), "mmm-yy", "2026-04"),
            (dt.date(2026, 4, 15), "dd/mm/yyyy", "2026-04-15"),
            (dt.datetime(2026, 4, 1, 9, 30), "dd/mm/yyyy", "2026-04-01 09:30:00"),
            (2018, "General", "2018"),
            ("Apr-26", "General", "Apr-26"),
        ],
    )
    def test_dates_come_as_text_that_means_one_thing(
        self, value: Any, number_format: str, period: str
    ) -> None:
        content = workbook(
            ("S", [["KPI", "Period", "Value"], ["K1", value, 1]]), change=formats(B2=number_format)
        )
        ((_, raw),) = read(content)[0]
        assert raw["period"] == period

    def test_texts_may_stand_in_a_part_of_their_own(self) -> None:
        content = workbook(("S", LONG))
        assert read(with_shared_texts(content)) == read(content)

    def test_rounding_is_told(self) -> None:
        assert "rounded" in read(workbook(("S", [*LONG, ["K1", "2026-09", 1 / 3]])))[1]
        assert "rounded" not in read(workbook(("S", LONG)))[1]

    def test_a_formula_with_its_result(self) -> None:
        content = workbook(("S", [["KPI", "Period", "Value"], ["K1", "2026-08", "=1+1"]]))
        rows, codes = read(with_results(content, {"C2": "2"}))
        assert rows == [("S!row 2", {"kpi": "K1", "period": "2026-08", "value": 2})]
        assert "stored_results" in codes

    def test_a_formula_without_one_is_not_blank(self) -> None:
        content = workbook(("S", [["KPI", "Apr-26", "May-26"], ["K1", "=1+1", 3]]))
        (place, wrong), (_, right) = read(content)[0]
        assert place == "S!B2" and isinstance(wrong, WrongRow)
        assert (wrong.faults[0].code, wrong.faults[0].pointer) == ("formula_without_result", "/value")
        assert "S!B2" in wrong.faults[0].message
        assert right["value"] == 3


class TestWide:
    def test_the_spreadsheet_an_analyst_keeps(self) -> None:
        def change(sheet: Worksheet) -> None:
            sheet.merge_cells("A1:G1")
            sheet.merge_cells("A5:G5")
            formats(C3="mmm-yy", D3="mmm-yy", C4="0.0%", D4="0.0%", F4="0%")(sheet)

        months = [dt.date(2026, 4, 1), dt.date(2026, 5, 1)]
        content = workbook(
            (
                "Scorecard",
                [
                    ["Children's services scorecard 2026/27"],
                    [],
                    ["Ref", "Indicator", *months, "Jun-26", "Target", "Notes"],
                    ["K1", "Visits in time", 0.856, 0.9, None, 0.95, "May is provisional"],
                    ["Help and protection"],
                    ["K2", "Referrals", 0, "N/A", "-", None, None],
                ],
            ),
            change=change,
        )
        rows, codes = read(content)
        assert [(place, raw["period"], str(raw["value"])) for place, raw in rows] == [
            ("Scorecard!C4", "2026-04-01", "85.6%"),
            ("Scorecard!D4", "2026-05-01", "90%"),
            ("Scorecard!C6", "2026-04-01", "0"),
            ("Scorecard!D6", "2026-05-01", "N/A"),
            ("Scorecard!E6", "Jun-26", "-"),
        ]
        assert [raw.get("note") for _, raw in rows] == [None, "May is provisional", None, None, None]
        assert codes == ["sheet", "layout", "left_out", "notes_with_latest"]


class TestMerged:
    TABLE: ClassVar[list[list[Any]]] = [["Ref", "Apr-26", "May-26"], ["K1", 1, 2], ["K2", 3, 4]]

    def test_cells_that_hold_values_spoil_their_rows_alone(self) -> None:
        content = workbook(("S", self.TABLE), change=lambda sheet: sheet.merge_cells("B2:C2"))
        rows = read(content)[0]
        assert [type(raw) is WrongRow for _, raw in rows] == [True, True, False, False]
        assert rows[0][1].faults[0].code == "merged_cells" and "S!B2:C2" in rows[0][1].faults[0].message

    def test_a_ref_over_two_rows(self) -> None:
        content = workbook(("S", self.TABLE), change=lambda sheet: sheet.merge_cells("A2:A3"))
        assert all(raw.faults[0].pointer == "/kpi" for _, raw in read(content)[0])

    def test_in_the_header(self) -> None:
        content = workbook(("S", self.TABLE), change=lambda sheet: sheet.merge_cells("B1:C1"))
        assert refusal(content).code in {"merged_cells", "no_header"}

    def test_in_no_more_rows_than_the_limit(self) -> None:
        content = workbook(("S", self.TABLE), change=lambda sheet: sheet.merge_cells("A5:A60"))
        assert refusal(content, limits=Limits(merged_rows=50)).code == "merged_cells"


class TestSheets:
    def test_the_only_one_with_a_header_is_read(self) -> None:
        rows, codes = read(workbook(("About", [["Made by the team"]]), ("Data", LONG)))
        assert rows[0][0] == "Data!row 2" and "other_sheets" in codes

    def test_of_several_one_is_named(self) -> None:
        content = workbook(("April", LONG), ("May", LONG))
        refused = refusal(content)
        assert refused.code == "several_sheets" and "“April”, “May”" in refused.message
        assert [found.about for found in refused.findings] == ["April", "May"]
        assert read(content, "may")[0][0][0] == "May!row 2"
        refused = refusal(content, "June")
        assert refused.code == "no_such_sheet"
        assert [(found.code, found.about) for found in refused.findings] == [
            ("sheet_to_choose", "April"),
            ("sheet_to_choose", "May"),
        ]

    def test_a_hidden_one_only_by_its_name(self) -> None:
        def hide(sheet: Worksheet) -> None:
            sheet.sheet_state = "hidden"

        content = workbook(("Old", LONG), ("New", LONG), change=hide)
        assert read(content)[0][0][0] == "New!row 2"
        assert read(content, "Old")[0][0][0] == "Old!row 2"


class TestRefused:
    def test_what_is_no_workbook(self) -> None:
        for content in (b"kpi,period,value\n", b"", b"\xd0\xcf\x11\xe0old"):
            assert refusal(content).code == "wrong_content"

    def test_a_workbook_cut_off(self) -> None:
        content = workbook(("S", LONG))
        assert refusal(content[: len(content) // 2]).code == "truncated"

    def test_a_part_that_was_changed(self) -> None:
        content = bytearray(workbook(("S", [*LONG, *[["K1", f"{y}-08", y] for y in range(1950, 2020)]])))
        at = content.index(b"xl/worksheets/sheet1.xml") + 200
        content[at : at + 40] = bytes(40)
        assert refusal(bytes(content)).code == "truncated"

    def test_a_zip_of_something_else(self) -> None:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("values.csv", "kpi,period,value")
        assert refusal(made.getvalue()).code == "truncated"

    def test_a_zip_bomb_by_its_ratio(self) -> None:
        refused = refusal(zip_bomb())
        assert refused.code == "zip_bomb" and "150 times" in refused.message

    @pytest.mark.parametrize(
        ("limits", "code", "named"),
        [
            (Limits(entries=3), "zip_bomb", "3 are read"),
            (Limits(unpacked_bytes=2000), "zip_bomb", "MB are read"),
            (Limits(shared_text_bytes=10), "zip_bomb", "MB are read"),
            (Limits(rows=1), "too_many_rows", "1 values"),
            (Limits(columns=2), "too_many_columns", "2 are read"),
            (Limits(cell_characters=6), "cell_too_long", "6 characters"),
        ],
    )
    def test_what_is_beyond_a_limit_that_is_named(self, limits: Limits, code: str, named: str) -> None:
        refused = refusal(with_shared_texts(workbook(("S", [*LONG, ["K1", "2026-09", 1]]))), limits=limits)
        assert refused.code == code and named in refused.message

    def test_a_sheet_without_a_header(self) -> None:
        assert refusal(workbook(("S", [["A note"]]))).code == "no_header"
        assert refusal(workbook(("S", [["A note"]]), ("T", [["Another"]]))).code == "no_header"
