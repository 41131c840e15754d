"""What a file may hold at most. Each limit is named in the sentence that refuses a file for it."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Sizes are characters or bytes of the file as it was sent, unless the name says otherwise."""

    rows: int = 1_000_000
    """Values, whichever way they lie."""
    columns: int = 1_000
    cell_characters: int = 131_072
    """The csv module's own limit: a quote that is never closed swallows the file up to here."""
    line_characters: int = 2_000_000
    header_rows: int = 50
    """How far down the header is looked for, below titles and remarks."""
    entries: int = 2_000
    """Parts of a workbook, which is a zip archive."""
    unpacked_bytes: int = 600 * MEGABYTE
    shared_text_bytes: int = 60 * MEGABYTE
    """Of the part of a workbook that must be held in memory, unpacked: texts that its cells share."""
    whole_part_bytes: int = 5 * MEGABYTE
    """Of each of the short parts that say what there is in the workbook; they are read as trees."""
    styles: int = 100_000
    """Ways to show a cell. Excel itself takes 65,490."""
    unpacked_ratio: int = 150
    """Unpacked to packed bytes; plain sheets stay below 50."""
    small_bytes: int = 10 * MEGABYTE
    """Below this, unpacked, no ratio is suspicious."""
    merged_rows: int = 20_000
    """Rows that merged cells may touch."""


LIMITS = Limits()


def in_words(limits: Limits = LIMITS) -> str:
    """For whoever prepares a file."""
    unpacked, small, texts, whole = (
        f"{size // MEGABYTE} MB"
        for size in (
            limits.unpacked_bytes,
            limits.small_bytes,
            limits.shared_text_bytes,
            limits.whole_part_bytes,
        )
    )
    return (
        f"A file may hold {limits.rows:,} values and {limits.columns:,} columns; a cell"
        f" {limits.cell_characters:,} characters, a line {limits.line_characters:,}. The header is looked for"
        f" in the first {limits.header_rows} rows that are not blank. A workbook may have"
        f" {limits.entries:,} parts and unpack to {unpacked}, and beyond {small} to {limits.unpacked_ratio}"
        f" times its size; the texts that its cells share to {texts}, each part that says what it holds to"
        f" {whole}; it may have {limits.styles:,} styles, and merged cells in {limits.merged_rows:,} rows."
    )
