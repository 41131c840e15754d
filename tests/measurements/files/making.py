"""Files for tests, made as spreadsheets and systems make them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet


def stream(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def workbook(
    *sheets: tuple[str, Iterable[Sequence[Any]]], change: Callable[[Worksheet], None] | None = None
) -> bytes:
    """A workbook of these sheets; ``change`` formats the first one."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    if change is not None:
        change(book.worksheets[0])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def with_results(content: bytes, results: dict[str, str], part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The workbook as Excel would have saved it: the formulas in these cells with their results."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                for cell, result in results.items():
                    start = text.index(f'r="{cell}"'.encode())
                    end = text.index(b"</c>", start)
                    formula = (
                        text[start:end].replace(b"<v></v>", b"").replace(b"<v/>", b"").replace(b"<v />", b"")
                    )
                    text = text[:start] + formula + f"<v>{result}</v>".encode() + text[end:]
            new.writestr(name, text)
    return made.getvalue()


_SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"


def with_shared_texts(content: bytes) -> bytes:
    """The workbook as Excel would have saved it: texts of the first sheet in a part of their own."""
    texts: list[bytes] = []

    def share(match: re.Match[bytes]) -> bytes:
        texts.append(match[2])
        return match[1] + b' t="s"><v>%d</v></c>' % (len(texts) - 1)

    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                text = re.sub(rb'(<c r="\w+") t="inlineStr"><is><t>(.*?)</t></is></c>', share, text)
            elif name == "[Content_Types].xml":
                part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SHARED}"/>'
                text = text.replace(b"</Types>", f"{part}</Types>".encode())
            elif name == "xl/_rels/workbook.xml.rels":
                part = f'<Relationship Id="shared" Type="{_RELATED}" Target="sharedStrings.xml"/>'
                text = text.replace(b"</Relationships>", f"{part}</Relationships>".encode())
            new.writestr(name, text)
        listed = b"".join(b"<si><t>%s</t></si>" % text for text in texts)
        namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        new.writestr("xl/sharedStrings.xml", b'<sst xmlns="%s">%s</sst>' % (namespace, listed))
    return made.getvalue()


def zip_bomb(megabytes: int = 40) -> bytes:
    """A small workbook whose sheet unpacks to very much nothing."""
    content = workbook(("Sheet1", [["KPI", "Period", "Value"], ["K1", "2026-08", 1]]))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                text = text.replace(b"</sheetData>", b" " * megabytes * 1_000_000 + b"</sheetData>")
            new.writestr(name, text)
    return made.getvalue()


def with_parts(content: bytes, parts: dict[str, bytes]) -> bytes:
    """The workbook with these of its parts replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name) or old.read(name))
    return made.getvalue()
