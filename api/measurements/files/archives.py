"""The zip archive that a workbook is: refused before anything large is unpacked.

``zipfile`` never yields more of a part than the archive declares, and checks its CRC; so limits on
what is declared hold for what is unpacked.
"""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from api.measurements.files.findings import FileRefused
from api.measurements.files.limits import MEGABYTE, Limits

_OLD = b"\xd0\xcf\x11\xe0"


def check_archive(stream: BinaryIO, limits: Limits) -> None:
    """Raises FileRefused: ``wrong_content``, ``truncated``, ``zip_bomb``."""
    stream.seek(0)
    start = stream.read(8)
    if start.startswith(_OLD):
        message = "The file is an old or password-protected workbook; save it as .xlsx without a password."
        raise FileRefused("wrong_content", message)
    if not start.startswith(b"PK"):
        message = "The file is no Excel workbook (.xlsx), though it was sent as one."
        raise FileRefused("wrong_content", message)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        message = (
            "The workbook is damaged or cut off: its list of contents, which stands at its end, is missing."
        )
        raise FileRefused("truncated", message) from None
    _check_parts(parts, limits)


def _check_parts(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(parts) > limits.entries:
        message = f"The workbook has {len(parts):,} parts; {limits.entries:,} are read at most."
        raise FileRefused("zip_bomb", message)
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > limits.unpacked_bytes:
        message = (
            f"The workbook unpacks to {unpacked // MEGABYTE:,} MB;"
            f" {limits.unpacked_bytes // MEGABYTE:,} MB are read at most. Send it as CSV."
        )
        raise FileRefused("zip_bomb", message)
    if unpacked > limits.small_bytes and unpacked > limits.unpacked_ratio * packed:
        message = (
            f"The workbook unpacks to {unpacked // max(packed, 1):,} times its size;"
            f" {limits.unpacked_ratio} times is read at most."
        )
        raise FileRefused("zip_bomb", message)
