"""One cell of a workbook as text that means the same to anyone: figures by their shortest digits.

Excel keeps a percentage as a fraction and shows it by its format; a date as a count of days. What
people see is what is read.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from api.measurements.files.findings import Tally

DECIMALS = 6
"""As many as the intake keeps; a computed cell has up to seventeen."""
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_MIDNIGHT = time(0)


def text_of(value: Any, number_format: str, tally: Tally) -> str:
    """The cell's value as text; a percent-formatted 0.814 is ``81.4%``, a date is ISO 8601."""
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _figure(value, number_format, tally)
        case datetime():
            return _day(value.date(), number_format) if value.time() == _MIDNIGHT else value.isoformat(" ")
        case date():
            return _day(value, number_format)
        case time() | timedelta():
            return str(value)
        case _:
            return str(value)


def is_percent(number_format: str) -> bool:
    return "%" in _QUOTED.sub("", number_format)


def _figure(value: int | float, number_format: str, tally: Tally) -> str:
    number = Decimal(repr(value))
    if not number.is_finite():
        return str(value)
    shown_as_percent = is_percent(number_format)
    if shown_as_percent:
        number *= 100
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -DECIMALS:
        rounded = number.quantize(Decimal(1).scaleb(-DECIMALS), rounding=ROUND_HALF_UP)
        if rounded != number:
            tally.note("rounded")
        number = rounded
    # Without the zeros that a hundredfold or a rounding leaves behind: they would claim precision.
    number = number.normalize()
    return f"{number:f}%" if shown_as_percent else f"{number:f}"


def _day(day: date, number_format: str) -> str:
    """The day; but of a date inside a month that shows only month and year, the month.

    Whoever types 15/04/2026 and sees "Apr-26" means April.
    """
    shows = _QUOTED.sub("", number_format).lower()
    begins_or_ends = day.day == 1 or (day + timedelta(days=1)).day == 1
    if not begins_or_ends and "d" not in shows and "m" in shows and "y" in shows:
        return f"{day:%Y-%m}"
    return day.isoformat()
