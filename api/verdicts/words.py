"""Figures, periods and days as people read them."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from api.kpis import periods
from api.vocabulary import PeriodType, Unit

NOUNS = {
    PeriodType.DAY: "days",
    PeriodType.WEEK: "weeks",
    PeriodType.MONTH: "months",
    PeriodType.QUARTER: "quarters",
    PeriodType.FINANCIAL_QUARTER: "quarters",
    PeriodType.FINANCIAL_YEAR: "years",
    PeriodType.ACADEMIC_YEAR: "years",
    PeriodType.YEAR: "years",
}
_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
A_YEAR = 365
"""Days within which a month's name alone can mean one month only."""


def counted(count: int, noun: str) -> str:
    """So many of something: "seven months", "13 months"."""
    return f"{_NUMBERS[count] if count < len(_NUMBERS) else count} {noun}"


def figure(value: Decimal, unit: Unit, decimals: int) -> str:
    """A value as people read it: "85.6%", "£1,200.50", "12 days". Never "-0"."""
    written = _money(value, decimals) if unit is Unit.CURRENCY else _number(value, decimals)
    return written + {
        Unit.PERCENT: "%",
        Unit.RATE_PER_10000: " per 10,000",
        Unit.DAYS: " day" if written == "1" else " days",
        Unit.MONTHS: " month" if written == "1" else " months",
    }.get(unit, "")


def exactly(value: Decimal, unit: Unit) -> str:
    """A figure somebody set, with the decimals it has."""
    return figure(value, unit, max(-int(value.normalize().as_tuple().exponent), 0))


def rounded(value: Decimal, decimals: int) -> Decimal:
    """As it is shown; zero has no sign."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


def _number(value: Decimal, decimals: int) -> str:
    written = f"{rounded(value, decimals):,f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _money(value: Decimal, decimals: int) -> str:
    """Whole pounds alone; two places where there are pence."""
    shown = rounded(value, decimals)
    places = 0 if shown == shown.to_integral_value() else max(decimals, 2)
    return f"{'-' if shown < 0 else ''}£{abs(shown):,.{places}f}"


def period_name(key: str, kind: PeriodType, *, seen_from: str | None = None) -> str:
    """A period as people say it; a month's year is left out where it is told beside a period so close
    that no other month can be meant."""
    period = periods.from_key(key, kind)
    if period is None:
        return key
    day = period.ends_on
    if kind is PeriodType.DAY:
        return day_name(day)
    if kind is PeriodType.WEEK:
        return f"the week to {day_name(day)}"
    if kind is PeriodType.MONTH:
        from_here = periods.from_key(seen_from, kind) if seen_from else None
        is_close = from_here is not None and (from_here.ends_on - day).days < A_YEAR
        return f"{day:%B}" if is_close else f"{day:%B %Y}"
    if kind is PeriodType.QUARTER:
        return f"quarter {key[-1]} of {day.year}"
    if kind is PeriodType.FINANCIAL_QUARTER:
        return f"quarter {key[-1]} of {key[2:9].replace('-', '/')}"
    return key.removeprefix("FY").removeprefix("AY").replace("-", "/")


def in_period(key: str, kind: PeriodType) -> str:
    """When: "in January 2024", "on 31 January 2024"."""
    return f"{'on' if kind is PeriodType.DAY else 'in'} {period_name(key, kind)}"


def day_name(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def opening(words: str) -> str:
    """Words that begin a sentence."""
    return words[0].upper() + words[1:]
