"""Values as people write them: figures, grades, and the words and signs that stand for no figure.

Nothing passes through a binary float. Missing is never zero: a dash, a blank or "N/A" is a state.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from api.vocabulary import Grade, MeasurementState, Unit

MOST_DIGITS = 15
"""Significant digits: as many as any program reading JSON keeps."""
MOST_DECIMALS = 6
LIMIT = Decimal(10) ** 12
"""Values lie between minus and plus this, exclusive."""

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<pound>£?) ?(?P<sign_after>[+-]?)"
    r"(?P<figure>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?P<exponent>e[+-]?\d{1,3})?"
    r"(?P<percent> ?%?)",
    re.A | re.I,
)

_STATES = {
    MeasurementState.NOT_AVAILABLE: (
        "",
        "-",
        "--",
        "n/a",
        "na",
        "x",
        "not available",
        "unavailable",
        "no data",
    ),
    MeasurementState.NOT_APPLICABLE: ("z", "not applicable"),
    MeasurementState.SUPPRESSED: ("*", "c", "suppressed", "confidential", "withheld"),
    MeasurementState.NIL_RETURN: ("nil", "nil return"),
}
_STATE_WORDS = {word: state for state, words in _STATES.items() for word in words}
"""``x``, ``z`` and ``c`` as in the Department for Education's statistics. "N/A" is read as not
available: that is what performance tables mean by it; "not applicable" must be spelled out."""

_GRADE_WORDS = {
    "outstanding": Grade.OUTSTANDING,
    "good": Grade.GOOD,
    "requires improvement": Grade.REQUIRES_IMPROVEMENT,
    "requires improvement to be good": Grade.REQUIRES_IMPROVEMENT,
    "ri": Grade.REQUIRES_IMPROVEMENT,
    "inadequate": Grade.INADEQUATE,
}


class UnreadableValue(ValueError):
    """The text is no value of that unit. ``code`` names the reason for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Cell(NamedTuple):
    """What one cell says: a state, and the figure or grade when it is reported."""

    state: MeasurementState
    value: Decimal | Grade | None


def read_cell(text: str | int | Decimal, unit: Unit) -> Cell:
    """Read a figure, a grade or a word for a state. Raises UnreadableValue."""
    if isinstance(text, str):
        state = _STATE_WORDS.get(re.sub(r"^\[([cxz])\]$", r"\1", _plain(text)))
        if state is not None:
            return Cell(state, None)
        if unit is Unit.GRADE:
            return Cell(MeasurementState.REPORTED, parse_grade(text))
    if unit is Unit.GRADE:
        raise UnreadableValue("not_a_grade", f"{text} is a figure; {_GRADES_WANTED}")
    value = parse_number(text, unit)
    check_unit(value, unit)
    return Cell(MeasurementState.REPORTED, value)


_GRADES_WANTED = "write outstanding, good, requires improvement or inadequate."


def parse_grade(text: str) -> Grade:
    """Read a grade in words, as an identifier or as "RI". Raises UnreadableValue."""
    grade = _GRADE_WORDS.get(" ".join(_plain(text).replace("_", " ").split()))
    if grade is None:
        raise UnreadableValue("not_a_grade", f"“{_shown(text)}” is no grade; {_GRADES_WANTED}")
    return grade


def parse_number(given: str | int | Decimal, unit: Unit | None = None) -> Decimal:
    """Read a figure exactly: 1234, "1,234.5", "£1,200", "85.6%", "1.2e3".

    A percent sign is read for percentages only; a pound sign for money, or where no unit is given.
    Raises UnreadableValue: also for booleans, floats, infinities, over 15 significant digits, over
    6 decimals, or 10¹² and beyond.
    """
    # bool is an int to Python, and callers may hold JSON that no type checker saw.
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        raise UnreadableValue("not_a_number", f"A number or text is needed, not {type(given).__name__}.")
    if isinstance(given, str):
        value = _from_text(given, unit)
    elif isinstance(given, int):
        if abs(given) >= LIMIT:
            raise _too_large()
        value = Decimal(given)
    else:
        value = given
    return _within_limits(value)


def _from_text(given: str, unit: Unit | None) -> Decimal:
    match = _NUMBER.fullmatch(_plain(given)) if len(given) <= 40 else None
    if match is None or (match["sign"] and match["sign_after"]):
        hint = "write digits with a full stop before the decimals, such as 1234.5."
        raise UnreadableValue("not_a_number", f"“{_shown(given)}” is not a number; {hint}")
    if match["percent"].strip() and unit is not Unit.PERCENT:
        raise UnreadableValue("percent_sign", f"“{given}” is a percentage, but the unit is not per cent.")
    if match["pound"] and unit not in (None, Unit.CURRENCY):
        raise UnreadableValue("currency_sign", f"“{given}” is money, but the unit is not currency.")
    sign = match["sign"] or match["sign_after"]
    return Decimal(f"{sign}{match['figure'].replace(',', '')}{match['exponent'] or ''}")


def _within_limits(value: Decimal) -> Decimal:
    """The value without trailing zeros or exponent; minus zero is zero."""
    if not value.is_finite():
        raise UnreadableValue("not_a_number", f"{value} is not a number that can be stored.")
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # finite
    figures = "".join(map(str, digits)).lstrip("0")
    if not figures:
        return Decimal(0)
    # The exponent is looked at before anything is written out: "1e999999999" is short to send only.
    if len(figures) + exponent > 12:
        raise _too_large()
    significant = figures.rstrip("0")
    exponent += len(figures) - len(significant)
    if -exponent > MOST_DECIMALS:
        raise UnreadableValue("too_precise", f"At most {MOST_DECIMALS} decimals are kept; round the value.")
    if len(significant) > MOST_DIGITS:
        raise UnreadableValue(
            "too_precise", f"At most {MOST_DIGITS} significant digits are kept; round the value."
        )
    whole = significant + "0" * max(exponent, 0)
    return Decimal(f"{'-' if sign else ''}{whole}e{min(exponent, 0)}")


def check_unit(value: Decimal, unit: Unit) -> None:
    """Raises UnreadableValue for a count that is not a whole number, or is below zero."""
    if unit is Unit.COUNT and value % 1:
        raise UnreadableValue("not_whole", f"{value} is not a whole number, and this is a count.")
    if unit is Unit.COUNT and value < 0:
        raise UnreadableValue("negative_count", f"{value} is below zero, and this is a count.")


def _too_large() -> UnreadableValue:
    return UnreadableValue("too_large", "The value has more than 12 digits before the decimals.")


def _plain(text: str) -> str:
    return " ".join(re.sub("[\u2010-\u2015\u2212]", "-", text).casefold().split())


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:36]}…"
