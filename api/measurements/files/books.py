"""A workbook opened: its sheets, the texts they share, and how each style shows a figure.

openpyxl reads the parts that say what there is, which are short or refused; the long ones stream by.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, BinaryIO
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import ARC_STYLE, SHARED_STRINGS

from api.measurements.files.archives import check_archive
from api.measurements.files.findings import FileRefused
from api.measurements.files.limits import MEGABYTE, Limits
from api.measurements.files.sheets import SharedTexts, formats_in, shared_texts

_BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, ExpatError, KeyError, ValueError, IndexError, TypeError,
    AttributeError, EOFError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What openpyxl, expat and zipfile raise for a workbook that is damaged in one way or another."""


@contextmanager
def as_refusals() -> Iterator[None]:
    """Whatever a damaged workbook makes the libraries raise, as one refusal."""
    try:
        yield
    except FileRefused:
        raise
    except _BROKEN as error:
        message = "The workbook is damaged or cut off: a part of it cannot be read. Open and save it anew."
        raise FileRefused("truncated", message) from error


@dataclass(frozen=True)
class Sheet:
    title: str
    is_visible: bool
    path: str
    """Of its part in the archive."""


@dataclass(frozen=True)
class Book:
    archive: zipfile.ZipFile
    sheets: list[Sheet]
    texts: SharedTexts
    formats: list[str]
    """How figures are shown, by style."""
    epoch: datetime
    """The day that dates are counted from."""

    def part_of(self, sheet: Sheet) -> IO[bytes]:
        return self.archive.open(sheet.path)


class _Archive(zipfile.ZipFile):
    """Parts that are read whole are short ones."""

    most_bytes = 0

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        """Raises FileRefused, ``zip_bomb``."""
        part = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        _require_short(part, self.most_bytes)
        return super().read(part, pwd)


def _require_short(part: zipfile.ZipInfo, most_bytes: int) -> None:
    if part.file_size > most_bytes:
        message = (
            f"The part {part.filename} of the workbook unpacks to {part.file_size // MEGABYTE:,} MB;"
            f" {most_bytes // MEGABYTE:,} MB are read at most. Send it as CSV."
        )
        raise FileRefused("zip_bomb", message)


def open_book(stream: BinaryIO, limits: Limits) -> Book:
    """Raises FileRefused: as :func:`check_archive`, and what :mod:`sheets` refuses."""
    check_archive(stream, limits)
    with as_refusals(), warnings.catch_warnings():
        # About styles and charts, which are not read here.
        warnings.simplefilter("ignore")
        stream.seek(0)
        reader = ExcelReader(stream, read_only=True, data_only=True, keep_links=False)
        archive = reader.archive = _Archive(stream)
        archive.most_bytes = limits.whole_part_bytes
        reader.read_manifest()
        reader.read_workbook()
        parts = set(archive.namelist())
        sheets = [
            Sheet(sheet.name, sheet.state == "visible", part.target)
            for sheet, part in reader.parser.find_sheets()
            if part.target in parts and "chartsheet" not in part.Type
        ]
        texts = reader.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        return Book(
            archive,
            sheets,
            _shared(archive, texts.PartName[1:], limits) if texts is not None else SharedTexts(),
            _formats(archive, limits) if ARC_STYLE in parts else [],
            reader.wb.epoch,
        )


def _shared(archive: zipfile.ZipFile, path: str, limits: Limits) -> SharedTexts:
    _require_short(archive.getinfo(path), limits.shared_text_bytes)
    with archive.open(path) as part:
        return shared_texts(part, limits)


def _formats(archive: zipfile.ZipFile, limits: Limits) -> list[str]:
    with archive.open(ARC_STYLE) as part:
        return formats_in(part, limits)
