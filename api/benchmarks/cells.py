"""What the cells of published files say: figures and symbols, years, levels and codes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from api.benchmarks.rules import Year
from api.benchmarks.terms import AreaLevel, FigureState, YearKind
from api.kpis.values import UnreadableValue, parse_number

SYMBOLS = {
    "z": FigureState.NOT_APPLICABLE,
    "x": FigureState.UNAVAILABLE,
    "c": FigureState.CONFIDENTIAL,
    "low": FigureState.ROUNDS_TO_ZERO,
    "k": FigureState.ROUNDS_TO_ZERO,
    "u": FigureState.LOW_RELIABILITY,
    "": FigureState.BLANK,
}
"""The symbols of government statistics; also in square brackets, and in capitals."""

KEPT_DECIMALS = 6
LEVELS = {"national": AreaLevel.NATIONAL, "regional": AreaLevel.REGIONAL}
LEVELS |= {"local authority": AreaLevel.LOCAL_AUTHORITY}
YEAR_KINDS = {kind.value.replace("_", " "): kind for kind in YearKind}

_PLAIN_FIGURE = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?", re.A)
_LONG_FIGURE = re.compile(r"(?P<kept>[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)\.[0-9]{6})[0-9]{1,30}", re.A)
_YEAR = re.compile(r"(?P<first>(?:19|20|21)[0-9]{2})(?:[-/]?(?P<second>[0-9]{2}|[0-9]{4}))?", re.A)
_ONS_CODE = re.compile(r"[A-Z][0-9]{8}", re.A)
_LA_CODE = re.compile(r"[0-9]{3}", re.A)


class Cell(NamedTuple):
    state: FigureState
    value: str | None
    """Of a reported one: the figure in plain digits."""
    was_rounded: bool = False
    """It has more decimals than are kept."""


class Unreadable(ValueError):
    """The text is none of what may stand there. ``code`` names the reason for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


_READ = {symbol: Cell(state, None) for symbol, state in SYMBOLS.items()}


def read_figure(text: str) -> Cell:
    """Read a figure or a symbol. Raises Unreadable."""
    if _PLAIN_FIGURE.fullmatch(text):
        return Cell(FigureState.REPORTED, text)
    plain = text.strip().casefold()
    if plain.startswith("[") and plain.endswith("]") and plain != "[]":
        plain = plain[1:-1]
    symbol = _READ.get(plain)
    return symbol or _read_number(text)


def _read_number(text: str) -> Cell:
    # Parsed published ratios can have a dozen decimals, which no program reading JSON would keep.
    long = _LONG_FIGURE.fullmatch(text.strip())
    try:
        if long is None:
            return Cell(FigureState.REPORTED, f"{parse_number(text):f}")
        exact = Decimal(text.strip().replace(",", ""))
        return Cell(FigureState.REPORTED, f"{parse_number(round(exact, KEPT_DECIMALS)):f}", was_rounded=True)
    except UnreadableValue as error:
        if error.code != "not_a_number":
            raise Unreadable(error.code, str(error)) from None
        raise Unreadable(
            "not_a_figure",
            f"“{shown(text)}” is neither a figure nor one of the symbols z, x, c, low, k and u.",
        ) from None


def is_figure(text: str) -> bool:
    """Whether a cell, which is not blank, reads as a figure or a symbol."""
    try:
        read_figure(text)
    except Unreadable:
        return False
    return True


def read_year(time_period: str, time_identifier: str) -> Year:
    """Read 2025, or 202425, 2024/25 and 2024-25 for a year in two. Raises Unreadable.

    A reporting year may be either; the year it ends in counts.
    """
    kind = YEAR_KINDS.get(" ".join(time_identifier.casefold().split()))
    if kind is None:
        known = ", ".join(sorted(YEAR_KINDS))
        raise Unreadable(
            "not_a_year_kind",
            f"“{shown(time_identifier)}” is none of {known}: only figures by the year are compared.",
        )
    match = _YEAR.fullmatch(time_period.strip())
    wanted = "202425" if kind.is_pair else "2025"
    wrong = Unreadable(
        "not_a_year", f"“{shown(time_period)}” is no {kind.value.replace('_', ' ')}; write {wanted}."
    )
    if match is None:
        raise wrong
    first, second = int(match["first"]), match["second"]
    if second is None:
        if kind.is_pair:
            raise wrong
        return Year(first, kind)
    following = str(first + 1)
    if kind is YearKind.CALENDAR or second not in (following, following[2:]):
        raise wrong
    return Year(first + 1, kind)


def read_level(text: str) -> AreaLevel | None:
    """The level of a line; None for one of the many that are not kept, such as a ward."""
    return LEVELS.get(" ".join(text.casefold().split()))


def read_ons_code(text: str, what: str) -> str:
    """Read a nine-character code, such as E10000009. Raises Unreadable."""
    code = text.strip().upper()
    if not _ONS_CODE.fullmatch(code):
        raise Unreadable("not_a_code", f"“{shown(text)}” is no code of a {what}, such as E12000009.")
    return code


def read_la_code(text: str) -> str:
    """Read the Department's three-digit number of an authority. Raises Unreadable."""
    code = text.strip()
    if not _LA_CODE.fullmatch(code):
        raise Unreadable("not_a_code", f"“{shown(text)}” is no three-digit number of an authority.")
    return code


def is_absent(text: str) -> bool:
    """Whether a code cell says that there is none."""
    return text.strip().casefold() in {"", "z", "x"}


def shown(text: str) -> str:
    """A cell as quoted in a message."""
    return text if len(text) <= 40 else f"{text[:36]}…"
