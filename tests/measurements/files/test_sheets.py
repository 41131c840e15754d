"""Parts of a workbook as they may come from any program, or from nobody's friend."""

from __future__ import annotations

import io
import tracemalloc
from typing import Any

import pytest

from api.measurements.files.findings import FileRefused
from api.measurements.files.limits import LIMITS, Limits
from api.measurements.files.sheets import SharedTexts, formats_in, rows_in, shared_texts
from api.measurements.files.workbooks import read_xlsx
from tests.bench.workbooks import as_xlsx
from tests.measurements.files.making import with_parts, workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
LONG: list[list[Any]] = [["KPI", "Period", "Value"], ["K1", "2026-08", 85.6]]


def part(root: str, inside: str) -> io.BytesIO:
    return io.BytesIO(f'<{root} xmlns="{MAIN}">{inside}</{root}>'.encode())


def cells_of(inside: str, limits: Limits = LIMITS) -> list[tuple[int, list[tuple[int, str, str | None]]]]:
    """Rows with the column, kind and stored text of their cells."""
    found = rows_in(part("worksheet", f"<sheetData>{inside}</sheetData>"), limits)
    return [(number, [(cell.column, cell.kind, cell.stored) for cell in cells]) for number, cells in found]


def refused(content: bytes, limits: Limits = LIMITS) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        list(read_xlsx(io.BytesIO(content), None, limits))
    return caught.value


class TestRows:
    def test_are_numbered_where_the_file_does_not_say(self) -> None:
        found = cells_of(
            "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row r='7'><c r='C7'><v>3</v></c></row>"
        )
        assert found == [(1, [(1, "n", "1"), (2, "n", "2")]), (7, [(3, "n", "3")])]

    def test_a_text_in_several_runs_is_one_and_its_pronunciation_none(self) -> None:
        inline = "<is><r><t>In</t></r><r><t> time</t></r><rPh><t>aloud</t></rPh></is>"
        assert cells_of(f"<row><c t='inlineStr'>{inline}</c></row>") == [(1, [(1, "inlineStr", "In time")])]

    def test_empty_cells_are_none(self) -> None:
        assert cells_of("<row><c s='3'/><c><v></v></c></row>") == []

    def test_the_prefix_of_the_names_does_not_matter(self) -> None:
        raw = f'<x:worksheet xmlns:x="{MAIN}"><x:row><x:c><x:v>5</x:v></x:c></x:row></x:worksheet>'
        ((_, cells),) = rows_in(io.BytesIO(raw.encode()), LIMITS)
        assert cells[0].stored == "5"

    @pytest.mark.parametrize(
        "inside",
        [
            f"<row><c t='inlineStr'><is><t>{'x' * 400_000}</t></is></c></row>",
            f"<row note='{'x' * 400_000}'/>",
            f"<!--{'x' * 400_000}--><row/>",
        ],
        ids=["text", "attribute", "comment"],
    )
    def test_what_does_not_end_is_refused_before_it_is_held(self, inside: str) -> None:
        with pytest.raises(FileRefused) as caught:
            cells_of(inside)
        assert caught.value.code == "cell_too_long" and "131,072" in caught.value.message

    def test_a_row_of_cells_without_end(self) -> None:
        with pytest.raises(FileRefused) as caught:
            cells_of("<row>" + "<c r='A1'><v>1</v></c>" * 30_000 + "</row>")
        assert caught.value.code == "too_many_columns"

    def test_memory_is_as_flat_as_the_file_is_long(self) -> None:
        def peak(rows: int) -> int:
            content = as_xlsx(
                [("kpi", "period", "value"), *(("K1", f"P{n % 500}", n % 90) for n in range(rows))]
            )
            table = read_xlsx(io.BytesIO(content))
            tracemalloc.start()
            assert sum(1 for _ in table) == rows
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most

        few, many = peak(5_000), peak(50_000)
        assert many - few < 500_000


class TestSharedTexts:
    def test_are_found_by_their_number(self) -> None:
        given = ["K1", "", "Café – 3 × 4", "K1"]
        texts = SharedTexts()
        for text in given:
            texts.add(text)
        assert [texts[number] for number in range(len(texts))] == given
        for number in (-1, 4):
            with pytest.raises(IndexError):
                texts[number]

    def test_runs_are_one_text_and_pronunciation_is_left_out(self) -> None:
        found = shared_texts(
            part("sst", "<si><r><t>In</t></r><r><t> time</t></r><rPh><t>aloud</t></rPh></si><si/>"), LIMITS
        )
        assert [found[0], found[1]] == ["In time", ""]

    def test_take_little_more_than_their_bytes(self) -> None:
        tracemalloc.start()
        found = shared_texts(part("sst", "".join(f"<si><t>text {n}</t></si>" for n in range(50_000))), LIMITS)
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert len(found) == 50_000 and held < 2_000_000


class TestFormats:
    def test_by_style_custom_ones_and_built_in(self) -> None:
        given = (
            '<numFmts><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
            '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
            '<cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="17"/></cellXfs>'
        )
        assert formats_in(part("styleSheet", given), LIMITS) == ["General", "0.0%", "0%", "mmm-yy"]

    def test_no_more_than_the_limit(self) -> None:
        with pytest.raises(FileRefused) as caught:
            formats_in(part("styleSheet", f"<cellXfs>{'<xf/>' * 20}</cellXfs>"), Limits(styles=10))
        assert caught.value.code == "zip_bomb"


class TestDamage:
    def test_a_style_or_text_that_is_not_there(self) -> None:
        for cell in ('<c s="99"><v>45000</v></c>', '<c t="s"><v>99</v></c>', '<c s="x"/>'):
            sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row>{cell}</row></sheetData></worksheet>'
            assert refused(with_parts(workbook(("S", LONG)), {SHEET: sheet.encode()})).code == "truncated"

    def test_a_document_type_with_entities(self) -> None:
        sheet = f'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet xmlns="{MAIN}"/>'
        found = refused(with_parts(workbook(("S", LONG)), {SHEET: sheet.encode()}))
        assert found.code == "zip_bomb" and "entities" in found.message

    def test_a_short_part_that_is_long(self) -> None:
        found = refused(workbook(("S", LONG)), Limits(whole_part_bytes=100))
        assert found.code == "zip_bomb" and "[Content_Types].xml" in found.message
