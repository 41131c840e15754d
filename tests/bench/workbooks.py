"""A workbook as Excel saves one, written part by part: no library writes a million rows in the time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PIECE = 5_000

_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>'
    '<sheet name="Values" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATED}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}


def as_xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    """One sheet of these rows: figures in their cells, texts in the part that all cells share."""
    texts: dict[str, int] = {}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, _HEAD + text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for piece in _pieces(rows, texts):
                sheet.write(piece.encode())
            sheet.write(b"</sheetData></worksheet>")
        listed = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
        shared = f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">{listed}</sst>'
        archive.writestr("xl/sharedStrings.xml", shared)
    return made.getvalue()


def _pieces(rows: Sequence[Sequence[Any]], texts: dict[str, int]) -> Iterator[str]:
    for start in range(0, len(rows), _PIECE):
        yield "".join(
            _row(number, cells, texts) for number, cells in enumerate(rows[start : start + _PIECE], start + 1)
        )


def _row(number: int, cells: Sequence[Any], texts: dict[str, int]) -> str:
    made = "".join(
        f'<c r="{get_column_letter(column)}{number}" t="s"><v>{texts.setdefault(cell, len(texts))}</v></c>'
        if isinstance(cell, str)
        else f'<c r="{get_column_letter(column)}{number}"><v>{cell}</v></c>'
        for column, cell in enumerate(cells, 1)
    )
    return f'<row r="{number}" spans="1:{len(cells)}" ht="15" customHeight="1">{made}</row>'
