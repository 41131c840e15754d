"""Periods: the stretch of time one value of a KPI is about. Every KPI has one period type.

Canonical keys are distinct by type: ``2018-08-31``, ``2018-W35`` (ISO week), ``2018-08``,
``2018-Q3`` (calendar quarter), ``FY2018-19-Q1`` (April to June), ``FY2018-19``, ``AY2018-19``
(from 1 September) and ``2018``. :func:`parse` also reads the common spellings of them; what could
mean two things is refused, never guessed.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering

from api.vocabulary import PeriodType

EXAMPLES: dict[PeriodType, str] = {
    PeriodType.DAY: "2018-08-31",
    PeriodType.WEEK: "2018-W35",
    PeriodType.MONTH: "2018-08",
    PeriodType.QUARTER: "2018-Q3",
    PeriodType.FINANCIAL_QUARTER: "FY2018-19-Q1",
    PeriodType.FINANCIAL_YEAR: "FY2018-19",
    PeriodType.ACADEMIC_YEAR: "AY2018-19",
    PeriodType.YEAR: "2018",
}
"""A right key for each type, for error messages and documentation."""

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""The years a written period may start in."""

_MONTHS_LONG = {
    PeriodType.MONTH: 1,
    PeriodType.QUARTER: 3,
    PeriodType.FINANCIAL_QUARTER: 3,
    PeriodType.FINANCIAL_YEAR: 12,
    PeriodType.ACADEMIC_YEAR: 12,
    PeriodType.YEAR: 12,
}
_YEAR_STARTS_IN = {PeriodType.FINANCIAL_YEAR: 4, PeriodType.ACADEMIC_YEAR: 9, PeriodType.YEAR: 1}


@total_ordering
@dataclass(frozen=True)
class Period:
    """One period, both days included. Periods order by the day they end on."""

    type: PeriodType
    key: str
    starts_on: date
    ends_on: date

    def __lt__(self, other: Period) -> bool:
        return (self.ends_on, self.starts_on, self.key) < (other.ends_on, other.starts_on, other.key)


def containing(day: date, type: PeriodType) -> Period:
    """The period of that type that a day falls in."""
    if type is PeriodType.DAY:
        return Period(type, day.isoformat(), day, day)
    if type is PeriodType.WEEK:
        year, week, weekday = day.isocalendar()
        monday = day - timedelta(days=weekday - 1)
        return Period(type, f"{year:04}-W{week:02}", monday, monday + timedelta(days=6))
    months = _MONTHS_LONG[type]
    first = _YEAR_STARTS_IN.get(type, 1)
    month = (day.month - first) // months * months + first
    return _months_from(date(day.year if month > 0 else day.year - 1, (month - 1) % 12 + 1, 1), type)


def _months_from(starts_on: date, type: PeriodType) -> Period:
    ends = starts_on.year * 12 + starts_on.month - 1 + _MONTHS_LONG[type] - 1
    year, month = ends // 12, ends % 12 + 1
    return Period(type, _KEYS[type](starts_on), starts_on, date(year, month, monthrange(year, month)[1]))


def _pair(year: int) -> str:
    return f"{year:04}-{(year + 1) % 100:02}"


def _financial_quarter_key(starts_on: date) -> str:
    year = starts_on.year if starts_on.month >= 4 else starts_on.year - 1
    return f"FY{_pair(year)}-Q{(starts_on.month - 4) % 12 // 3 + 1}"


_KEYS: dict[PeriodType, Callable[[date], str]] = {
    PeriodType.MONTH: lambda first: f"{first.year:04}-{first.month:02}",
    PeriodType.QUARTER: lambda first: f"{first.year:04}-Q{(first.month + 2) // 3}",
    PeriodType.FINANCIAL_QUARTER: _financial_quarter_key,
    PeriodType.FINANCIAL_YEAR: lambda first: f"FY{_pair(first.year)}",
    PeriodType.ACADEMIC_YEAR: lambda first: f"AY{_pair(first.year)}",
    PeriodType.YEAR: lambda first: f"{first.year:04}",
}


def next(period: Period) -> Period:
    return containing(period.ends_on + timedelta(days=1), period.type)


def previous(period: Period) -> Period:
    return containing(period.starts_on - timedelta(days=1), period.type)


def same_period_last_year(period: Period) -> Period | None:
    """The like period a year before; None for 29 February and for week 53 where that year had none."""
    if period.type is PeriodType.WEEK:
        year, week, _ = period.starts_on.isocalendar()
        try:
            return containing(date.fromisocalendar(year - 1, week, 1), period.type)
        except ValueError:
            return None
    try:
        return containing(period.starts_on.replace(year=period.starts_on.year - 1), period.type)
    except ValueError:
        return None


def has_started(period: Period, today: date) -> bool:
    return period.starts_on <= today


def has_ended(period: Period, today: date) -> bool:
    """Whether its last day lies behind today: on that day itself it has not ended."""
    return period.ends_on < today


def is_future(period: Period, today: date) -> bool:
    """Whether it starts after today. One that has started but not ended is not in the future."""
    return period.starts_on > today


def financial_year_of(day: date) -> Period:
    """The year from 1 April to 31 March that a day falls in."""
    return containing(day, PeriodType.FINANCIAL_YEAR)


def closes_financial_year(period: Period) -> bool:
    """Whether it is the last of its type to end in its financial year: its value is the outturn."""
    return financial_year_of(next(period).ends_on) != financial_year_of(period.ends_on)


def months_of_financial_year(financial_year: Period) -> tuple[Period, ...]:
    """April to March, twelve months. Raises ValueError for a period of another type."""
    if financial_year.type is not PeriodType.FINANCIAL_YEAR:
        raise ValueError(f"{financial_year.key} is not a financial year")
    month = containing(financial_year.starts_on, PeriodType.MONTH)
    months = [month]
    while len(months) < 12:
        months.append(next(months[-1]))
    return tuple(months)


_CANONICAL: dict[PeriodType, re.Pattern[str]] = {
    PeriodType.DAY: re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.A),
    PeriodType.WEEK: re.compile(r"(\d{4})-W(\d\d)", re.A | re.I),
    PeriodType.MONTH: re.compile(r"(\d{4})-(\d\d)", re.A),
    PeriodType.QUARTER: re.compile(r"(\d{4})-Q([1-4])", re.A | re.I),
    PeriodType.FINANCIAL_QUARTER: re.compile(r"FY(\d{4})-(\d\d)-Q([1-4])", re.A | re.I),
    PeriodType.FINANCIAL_YEAR: re.compile(r"FY(\d{4})-(\d\d)", re.A | re.I),
    PeriodType.ACADEMIC_YEAR: re.compile(r"AY(\d{4})-(\d\d)", re.A | re.I),
    PeriodType.YEAR: re.compile(r"(\d{4})", re.A),
}


def from_key(key: str, type: PeriodType) -> Period | None:
    """The period a canonical key of that type names (case aside), or None where it is none."""
    match = _CANONICAL[type].fullmatch(key)
    if match is None:
        return None
    numbers = [int(part) for part in match.groups()]
    year = numbers[0]
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if type in (PeriodType.FINANCIAL_QUARTER, PeriodType.FINANCIAL_YEAR, PeriodType.ACADEMIC_YEAR) and (
        numbers[1] != (year + 1) % 100
    ):
        return None
    try:
        return containing(_first_day(type, year, numbers[1:]), type)
    except ValueError:
        return None


def _first_day(type: PeriodType, year: int, rest: list[int]) -> date:
    match type:
        case PeriodType.DAY:
            return date(year, rest[0], rest[1])
        case PeriodType.WEEK:
            return date.fromisocalendar(year, rest[0], 1)
        case PeriodType.MONTH:
            return date(year, rest[0], 1)
        case PeriodType.QUARTER:
            return date(year, rest[0] * 3 - 2, 1)
        case PeriodType.FINANCIAL_QUARTER:
            return financial_quarter(year, rest[1]).starts_on
        case _:
            return date(year, _YEAR_STARTS_IN[type], 1)


def financial_quarter(year: int, quarter: int) -> Period:
    """Quarter 1 to 4 of the financial year that starts in April of ``year``."""
    first = date(year, quarter * 3 + 1, 1) if quarter < 4 else date(year + 1, 1, 1)
    return containing(first, PeriodType.FINANCIAL_QUARTER)


class UnreadablePeriod(ValueError):
    """The text names no period of the type asked for; the message gives a right example."""

    code = "unreadable_period"


class WrongPeriodType(UnreadablePeriod):
    """The text is a right key, of another type of period."""

    code = "wrong_period_type"


_CALLED = {
    PeriodType.DAY: "a day",
    PeriodType.WEEK: "a week",
    PeriodType.MONTH: "a month",
    PeriodType.QUARTER: "a calendar quarter",
    PeriodType.FINANCIAL_QUARTER: "a financial quarter",
    PeriodType.FINANCIAL_YEAR: "a financial year",
    PeriodType.ACADEMIC_YEAR: "an academic year",
    PeriodType.YEAR: "a calendar year",
}
_MONTH_NAMES = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}
_NAME = r"(?:" + "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?:\d{4}|\d\d)"
_PAIR = r"(?:\d{4}(?:[/-]| ?to ?)\d{4}|\d{4}[/-]\d\d|\d\d[/-]\d\d|\d{6})"
_QUARTER = r"(?:q|qtr|quarter)[ -]?(?P<q>[1-4])"
_MIDNIGHT = r"(?:[t ]00:00(?::00(?:\.0+)?)?(?:z|[+-]\d\d:\d\d)?)?"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.A)


_ISO_DATE = _pattern(rf"(?P<y>\d{{4}})[-/](?P<m>\d\d?)[-/](?P<d>\d\d?){_MIDNIGHT}")
_DAY_FIRST = _pattern(rf"(?P<d>\d\d?)([/.-])(?P<m>\d\d?)\2(?P<y>\d{{4}}|(?<=/)\d\d){_MIDNIGHT}")
_NAMED_DATE = _pattern(rf"(?P<d>\d\d?)(?:st|nd|rd|th)?[ /-]?(?P<name>{_NAME}),?[ /-]?(?P<y>{_YEAR})")
_MONTHS = (
    _pattern(rf"(?P<name>{_NAME})[ ,'/-]{{0,2}}(?P<y>{_YEAR})"),
    _pattern(rf"(?P<y>\d{{4}})[ /-]?(?P<name>{_NAME})"),
    _pattern(r"(?P<m>\d\d?)[/.-](?P<y>\d{4})"),
    _pattern(r"(?P<y>\d{4})[/.-](?P<m>\d\d?)"),
    _pattern(r"(?P<y>\d{4})(?P<m>\d\d)"),
)
_WEEKS = (
    _pattern(r"(?:w|wk|week)[ -]?(?P<w>\d\d?)[ ,/-]{0,2}(?P<y>\d{4})"),
    _pattern(r"(?P<y>\d{4})[ ,/-]{0,2}(?:w|wk|week)[ -]?(?P<w>\d\d?)"),
)
_QUARTERS = (
    _pattern(rf"{_QUARTER}[ ,/-]{{0,2}}(?P<y>{_YEAR})"),
    _pattern(rf"(?P<y>{_YEAR})[ ,/-]{{0,2}}{_QUARTER}"),
)
_FINANCIAL_QUARTERS = (
    _pattern(rf"{_QUARTER}[ ,-]{{0,2}}(?:fy ?)?(?P<pair>{_PAIR})"),
    _pattern(rf"(?:fy ?)?(?P<pair>{_PAIR})[ ,-]{{0,2}}{_QUARTER}"),
)
_THREE_MONTHS = _pattern(
    rf"(?P<name>{_NAME})(?: ?(?P<y1>{_YEAR}))? ?(?:-|/|to) ?(?P<last>{_NAME}) ?(?P<y>{_YEAR}|{_PAIR})"
)
_YEAR_PAIRS = {
    PeriodType.FINANCIAL_YEAR: _pattern(rf"(?:fy ?|financial year )?(?P<pair>{_PAIR})"),
    PeriodType.ACADEMIC_YEAR: _pattern(rf"(?:ay ?|academic year )?(?P<pair>{_PAIR})"),
}


def parse(text: str, type: PeriodType) -> Period:
    """Read a canonical key of that type, or a common spelling of it.

    A whole date counts as the period that it begins or ends. Two-digit years 00 to 68 are 20xx.
    Raises WrongPeriodType for a right key of another type, else UnreadablePeriod, saying what was
    given and a right example.
    """
    if len(text) > 64:
        raise _refusal(text, type)
    written, why = _tidied(text), ""
    try:
        found = from_key(written, type) or _from_spelling(written, type)
    except ValueError as error:
        found, why = None, str(error)
    if found is not None and from_key(found.key, type) == found:
        return found
    for other in PeriodType:
        if other is not type and from_key(written, other) is not None:
            raise WrongPeriodType(
                f"“{text}” is {_CALLED[other]}, and {_CALLED[type]} is needed, such as {EXAMPLES[type]}."
            )
    raise _refusal(text, type, why)


def _refusal(text: str, type: PeriodType, why: str = "") -> UnreadablePeriod:
    shown = text if len(text) <= 64 else f"{text[:60]}…"
    because = f" ({why})" if why else ""
    return UnreadablePeriod(
        f"“{shown}” cannot be read as {_CALLED[type]}{because}; write it like {EXAMPLES[type]}."
    )


def _tidied(text: str) -> str:
    plain = re.sub("[\u2010-\u2015\u2212]", "-", text).casefold()
    return re.sub(" ?([/-]) ?", r"\1", " ".join(plain.split()))


def _from_spelling(written: str, type: PeriodType) -> Period | None:
    """Raises ValueError saying why, where the text comes near but names no period."""
    readers: dict[PeriodType, Callable[[str], Period | None]] = {
        PeriodType.WEEK: _week,
        PeriodType.MONTH: _month,
        PeriodType.QUARTER: _calendar_quarter,
        PeriodType.FINANCIAL_QUARTER: _financial_quarter,
    }
    if type in _YEAR_PAIRS and (pair := _YEAR_PAIRS[type].fullmatch(written)):
        return containing(date(_first_of_pair(pair["pair"]), _YEAR_STARTS_IN[type], 1), type)
    found = readers[type](written) if type in readers else None
    return found or _begun_or_ended_by(written, type)


def _begun_or_ended_by(written: str, type: PeriodType) -> Period | None:
    day = _date(written)
    if day is None:
        return None
    period = containing(day, type)
    if day not in (period.starts_on, period.ends_on):
        if from_key(written, PeriodType.DAY):
            return None
        raise ValueError(f"it is a day inside {period.key}, neither its first nor its last")
    return period


def _date(written: str) -> date | None:
    if match := _NAMED_DATE.fullmatch(written):
        return _day(_year(match["y"]), _month_number(match["name"]), int(match["d"]))
    if match := _ISO_DATE.fullmatch(written):
        return _day(_year(match["y"]), int(match["m"]), int(match["d"]))
    match = _DAY_FIRST.fullmatch(written)
    if match is None:
        return None
    day, month = int(match["d"]), int(match["m"])
    if day != month and day <= 12 and month <= 12:
        raise ValueError("it could be day first or month first")
    return _day(_year(match["y"]), month, day)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("there is no such day") from None


def _week(written: str) -> Period | None:
    """ "w/c" takes the Monday and "w/e" the Sunday of an ISO week."""
    for pattern in _WEEKS:
        if match := pattern.fullmatch(written):
            return from_key(f"{match['y']}-W{int(match['w']):02}", PeriodType.WEEK)
    if match := re.fullmatch(r"w/([ce]) ?(.+)", written):
        day = _date(match[2])
        if day is None or day.isoweekday() != {"c": 1, "e": 7}[match[1]]:
            raise ValueError("a week runs from Monday to Sunday")
        return containing(day, PeriodType.WEEK)
    return None


def _month(written: str) -> Period | None:
    for pattern in _MONTHS:
        if match := pattern.fullmatch(written):
            found = match.groupdict()
            month = _month_number(found["name"]) if found.get("name") else int(found["m"])
            return from_key(f"{_year(found['y'])}-{month:02}", PeriodType.MONTH)
    return None


def _calendar_quarter(written: str) -> Period | None:
    for pattern in _QUARTERS:
        if match := pattern.fullmatch(written):
            return from_key(f"{_year(match['y'])}-Q{match['q']}", PeriodType.QUARTER)
    if any(pattern.fullmatch(written) for pattern in _FINANCIAL_QUARTERS):
        raise ValueError("it names a quarter of a financial year, which starts in April")
    return _three_months(written, PeriodType.QUARTER)


def _financial_quarter(written: str) -> Period | None:
    for pattern in _FINANCIAL_QUARTERS:
        if match := pattern.fullmatch(written):
            return financial_quarter(_first_of_pair(match["pair"]), int(match["q"]))
    if from_key(written, PeriodType.QUARTER) is None and any(p.fullmatch(written) for p in _QUARTERS):
        raise ValueError("it could be a calendar quarter; a financial quarter names both years")
    return _three_months(written, PeriodType.FINANCIAL_QUARTER)


def _three_months(written: str, type: PeriodType) -> Period | None:
    """ "Apr-Jun 2018", "April to June 2018/19", "Apr 2018 - Jun 2018"."""
    match = _THREE_MONTHS.fullmatch(written)
    if match is None:
        return None
    first, last = _month_number(match["name"]), _month_number(match["last"])
    if first % 3 != 1 or last != first + 2:
        raise ValueError("those months are no quarter")
    if re.fullmatch(_YEAR, match["y"]):
        year = _year(match["y"])
    elif type is PeriodType.FINANCIAL_QUARTER:
        year = _first_of_pair(match["y"]) + (first < 4)
    else:
        raise ValueError("it names a financial year")
    if match["y1"] and _year(match["y1"]) != year:
        raise ValueError("those months are no quarter")
    return containing(date(year, first, 1), type)


def _month_number(name: str) -> int:
    return _MONTH_NUMBERS[name.rstrip(".")]


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if year <= 68 else 1900
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return year


def _first_of_pair(pair: str) -> int:
    """The first year of ``2018/19``, ``2018-2019``, ``201819`` or ``18/19``."""
    if len(pair) == 6:
        first, second = pair[:4], pair[4:]
    else:
        first, second = re.split(r"[/-]| ?to ?", pair)
    year = _year(first)
    if int(second) != (year + 1 if len(second) == 4 else (year + 1) % 100):
        raise ValueError("the two years do not follow each other")
    return year
