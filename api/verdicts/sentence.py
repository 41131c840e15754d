"""A verdict as one or two plain sentences that anyone can read."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from api.kpis import periods
from api.verdicts.rules import NEEDED, Judged, Point, Verdict
from api.vocabulary import (
    Outlook,
    PeriodType,
    Polarity,
    SpecialCause,
    TargetAssurance,
    Unit,
    Variation,
    WhyNotJudged,
)

_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_NOUNS = {
    PeriodType.DAY: "days",
    PeriodType.WEEK: "weeks",
    PeriodType.MONTH: "months",
    PeriodType.QUARTER: "quarters",
    PeriodType.FINANCIAL_QUARTER: "quarters",
    PeriodType.FINANCIAL_YEAR: "years",
    PeriodType.ACADEMIC_YEAR: "years",
    PeriodType.YEAR: "years",
}
_OPENINGS = {
    Variation.IMPROVEMENT: "Getting better",
    Variation.CONCERN: "Getting worse",
    Variation.CHANGE: "Changing",
}
_WHY_NOT = {
    WhyNotJudged.NO_VALUES: "No values yet.",
    WhyNotJudged.NO_FIGURES: "Variation is not judged: the values are not figures.",
    WhyNotJudged.CUMULATIVE: "Variation is not judged: each value adds to the one before.",
    WhyNotJudged.ROLLING: "Variation is not judged: each value shares most of its time with the one before.",
    WhyNotJudged.LAGGED_COHORT: "Variation is not judged: each value follows another group of children.",
}


def sentence(series: Judged, verdict: Verdict) -> str:
    """What the series is doing and, where there is a target, what may be expected of it."""
    latest = verdict.latest
    if verdict.why_not is WhyNotJudged.SMALL_DENOMINATOR and latest is not None:
        return _small(series, latest)
    if verdict.why_not is not None:
        return _WHY_NOT[verdict.why_not]
    if verdict.signal.variation is Variation.TOO_EARLY:
        said = _too_early(series, verdict)
    elif verdict.signal.variation is Variation.COMMON_CAUSE:
        said = "No significant change: the values vary as they usually do."
    else:
        said = f"{_OPENINGS[verdict.signal.variation]}: {_what_fired(series, verdict)}."
    expected = _expectation(series, verdict)
    return f"{said} {expected}" if expected else said


def _small(series: Judged, latest: Point) -> str:
    of = figure(latest.denominator or Decimal(0), Unit.NONE, 0)
    when = period_name(latest.period, series.period_type)
    if latest.numerator is None or series.unit is not Unit.PERCENT:
        return f"The figure for {when} rests on {of}: too few to judge variation."
    return f"{figure(latest.numerator, Unit.NONE, 0)} of {of} in {when}: too few to judge variation."


def _too_early(series: Judged, verdict: Verdict) -> str:
    chart = verdict.run_chart
    said = f"Too early to say ({verdict.signal.held} of {NEEDED})."
    latest = verdict.latest
    if chart is None or latest is None or chart.change is None:
        return said
    when = period_name(latest.period, series.period_type)
    return f"{said} {when[0].upper()}{when[1:]} {_moved(chart.change, series)}."


def _moved(change: Decimal, series: Judged) -> str:
    if change == 0:
        return "was the same as the value before"
    points = f" point{'' if abs(change) == 1 else 's'}" if series.unit is Unit.PERCENT else ""
    unit = Unit.NONE if series.unit is Unit.PERCENT else series.unit
    by = figure(abs(change), unit, series.decimals)
    return f"was {by}{points} {'higher' if change > 0 else 'lower'} than the value before"


def _what_fired(series: Judged, verdict: Verdict) -> str:
    signal = verdict.signal
    since = period_name(signal.fired[0], series.period_type, seen_from=signal.through)
    is_high = signal.side > 0
    if signal.rule is SpecialCause.OUTSIDE_LIMIT:
        return f"{since} was {'higher' if is_high else 'lower'} than usual variation explains"
    if signal.rule is SpecialCause.TWO_OF_THREE:
        values = _running(series, verdict, 3)
        return f"two of the last {values} were unusually {'high' if is_high else 'low'}"
    running = f"{_running(series, verdict, len(signal.fired))} running"
    if signal.rule is SpecialCause.SHIFT:
        return f"{running} {'above' if is_high else 'below'} the average since {since}"
    return f"{'rising' if is_high else 'falling'} {running} since {since}"


def _running(series: Judged, verdict: Verdict, count: int) -> str:
    """So many months; or values, where a month between them is missing."""
    noun = _NOUNS[series.period_type] if verdict.signal.in_a_row else "values"
    return f"{_NUMBERS[count] if count < len(_NUMBERS) else count} {noun}"


def _expectation(series: Judged, verdict: Verdict) -> str:
    """The pace towards a dated target where there is one, else whether the target can be relied on."""
    heading = verdict.trajectory
    if heading is not None:
        wanted = _wanted(series, heading.floor, heading.ceiling)
        by = f"by {_day_name(heading.due_on)}"
        return {
            Outlook.WILL_REACH: f"At this pace it will {wanted} {by}.",
            Outlook.MAY_REACH: f"At this pace it will not reliably {wanted} {by}.",
            Outlook.WILL_NOT_REACH: f"At this pace it will not {wanted} {by}.",
        }[heading.outlook]
    if verdict.assurance is None:
        return ""
    if verdict.assurance is TargetAssurance.CONSISTENTLY_PASSES:
        return f"At this pace it will reliably {_kept(series, verdict.floor, verdict.ceiling)}."
    reliably = "reliably " if verdict.assurance is TargetAssurance.HIT_OR_MISS else ""
    return f"At this pace it will not {reliably}{_wanted(series, verdict.floor, verdict.ceiling)}."


def _wanted(series: Judged, floor: Decimal | None, ceiling: Decimal | None) -> str:
    """What meeting a target means for a process that may not yet do so."""
    if floor is not None and ceiling is None and series.polarity is Polarity.HIGHER:
        return f"reach {_target(floor, series)}"
    if ceiling is not None and floor is None and series.polarity is Polarity.LOWER:
        return f"come down to {_target(ceiling, series)}"
    return _kept(series, floor, ceiling)


def _kept(series: Judged, floor: Decimal | None, ceiling: Decimal | None) -> str:
    if floor is not None and ceiling is not None:
        return f"stay between {_target(floor, series)} and {_target(ceiling, series)}"
    if floor is not None:
        return f"stay at {_target(floor, series)} or more"
    return f"stay at {_target(ceiling or Decimal(0), series)} or less"


def _target(value: Decimal, series: Judged) -> str:
    decimals = max(-int(value.normalize().as_tuple().exponent), 0)
    return figure(value, series.unit, decimals)


def figure(value: Decimal, unit: Unit, decimals: int) -> str:
    """A value as people read it: "85.6%", "£1,200", "12 days"."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    written = f"{rounded:,f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    if unit is Unit.CURRENCY:
        return f"-£{written[1:]}" if written.startswith("-") else f"£{written}"
    return written + {
        Unit.PERCENT: "%",
        Unit.RATE_PER_10000: " per 10,000",
        Unit.DAYS: " day" if written == "1" else " days",
        Unit.MONTHS: " month" if written == "1" else " months",
    }.get(unit, "")


def period_name(key: str, kind: PeriodType, *, seen_from: str | None = None) -> str:
    """A period as people say it; the year is left out when it is the year it is seen from."""
    period = periods.from_key(key, kind)
    if period is None:
        return key
    day = period.ends_on
    if kind is PeriodType.DAY:
        return _day_name(day)
    if kind is PeriodType.WEEK:
        return f"the week to {_day_name(day)}"
    if kind is PeriodType.MONTH:
        from_here = periods.from_key(seen_from, kind) if seen_from else None
        is_close = from_here is not None and (from_here.ends_on - day).days < 365
        return f"{day:%B}" if is_close else f"{day:%B %Y}"
    if kind is PeriodType.QUARTER:
        return f"quarter {key[-1]} of {day.year}"
    if kind is PeriodType.FINANCIAL_QUARTER:
        return f"quarter {key[-1]} of {key[2:9].replace('-', '/')}"
    return key.removeprefix("FY").removeprefix("AY").replace("-", "/")


def _day_name(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
