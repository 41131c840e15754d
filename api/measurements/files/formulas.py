"""Cells that a spreadsheet would take for a formula: written so that it does not, and read back."""

from __future__ import annotations

import re

_BEGINS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?%?", re.A)


def harmless(cell: str) -> str:
    """The cell behind an apostrophe where it could be a formula, as spreadsheets themselves mark text."""
    could_be = cell.startswith(_BEGINS) and len(cell) > 1 and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if could_be else cell


def as_meant(cell: str) -> str:
    """The cell without the apostrophe that :func:`harmless` set before it."""
    return cell[1:] if cell[:1] == "'" and harmless(cell[1:]) == cell else cell
