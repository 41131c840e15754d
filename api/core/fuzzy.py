"""Dates as plans give them: to the day, month, quarter or year; ongoing; or only in words.

A month is due on its last day, and so are a quarter and a year; that last day is what is compared
with today. The source's own wording always travels beside it.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

_WRITTEN = re.compile(r"^(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?$")


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def last_day_of(written: str) -> tuple[dt.date, Precision]:
    """The last day and precision of ``2017-12-31``, ``2017-12``, ``2017-Q4`` or ``2017``.

    Raises ValueError with a right example for anything else.
    """
    match = _WRITTEN.match(written)
    if match is None:
        raise ValueError(f"{written!r} is not a date; write 2017-12-31, 2017-12, 2017-Q4 or 2017")
    year = int(match[1])
    if not 1900 <= year <= 2200:
        raise ValueError(f"{written!r}: the year must lie between 1900 and 2200")
    if match[2]:
        month = int(match[2]) * 3
        return dt.date(year, month, monthrange(year, month)[1]), Precision.QUARTER
    if match[3] is None:
        return dt.date(year, 12, 31), Precision.YEAR
    month = int(match[3])
    if not 1 <= month <= 12:
        raise ValueError(f"{written!r}: there is no month {month}")
    if match[4] is None:
        return dt.date(year, month, monthrange(year, month)[1]), Precision.MONTH
    try:
        return dt.date(year, month, int(match[4])), Precision.DAY
    except ValueError as error:
        raise ValueError(f"{written!r} is not a day of the calendar") from error


def written_form(on: dt.date, precision: Precision) -> str:
    """The inverse of :func:`last_day_of`."""
    match precision:
        case Precision.DAY:
            return on.isoformat()
        case Precision.MONTH:
            return f"{on:%Y-%m}"
        case Precision.QUARTER:
            return f"{on.year}-Q{(on.month + 2) // 3}"
        case Precision.YEAR:
            return f"{on.year}"


class FuzzyDate(BaseModel):
    """A date with its precision, whether it goes on after it, and the source's own words.

    ``date`` is written ``2017-12-31``, ``2017-12``, ``2017-Q4`` or ``2017``; null when the source
    gives words only ("in the meantime") or something that is no date ("00/01/1900").
    A plain string in JSON stands for ``{"date": that string}``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: Annotated[str, Field(examples=["2018-03"])] | None = None
    ongoing: bool = False
    text: Annotated[str, Field(max_length=500)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> FuzzyDate:
        if self.date is not None:
            last_day_of(self.date)
        elif not self.text and not self.ongoing:
            raise ValueError("a date needs a date, an ongoing flag or the source's words")
        return self

    @property
    def on(self) -> dt.date | None:
        """The day to compare with today, or None when no date can be read."""
        return last_day_of(self.date)[0] if self.date else None

    @property
    def precision(self) -> Precision | None:
        return last_day_of(self.date)[1] if self.date else None


def _from_plain_string(value: Any) -> Any:
    return {"date": value} if isinstance(value, str) else value


Fuzzy = Annotated[FuzzyDate, BeforeValidator(_from_plain_string, json_schema_input_type=FuzzyDate | str)]
