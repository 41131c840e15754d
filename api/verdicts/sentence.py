"""A verdict as a plain sentence that anyone can read: what the series is doing.

What may be expected of it is told after (``api.verdicts.expectation``).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from api.verdicts.rules import NEEDED, Judged, Point, Uncounted, Verdict
from api.verdicts.words import NOUNS, counted, exactly, figure, in_period, opening, period_name, rounded
from api.vocabulary import (
    MeasurementState,
    MeasurementWorkflow,
    SpecialCause,
    Unit,
    Variation,
    WhyNotJudged,
)

_OPENINGS = {
    Variation.IMPROVEMENT: "Getting better",
    Variation.CONCERN: "Getting worse",
    Variation.CHANGE: "Changing",
}
_WHY_NOT = {
    WhyNotJudged.NO_FIGURES: "Variation is not judged: the values are not figures.",
    WhyNotJudged.CUMULATIVE: "Variation is not judged: each value adds to the one before.",
    WhyNotJudged.ROLLING: "Variation is not judged: each value shares most of its time with the one before.",
    WhyNotJudged.LAGGED_COHORT: "Variation is not judged: each value follows another group of children.",
}
_UNCOUNTED: Mapping[Uncounted, tuple[str, str]] = {
    MeasurementWorkflow.UNDER_QUERY: ("is under query", "are under query"),
    MeasurementState.NOT_AVAILABLE: ("is not available", "are not available"),
    MeasurementState.SUPPRESSED: ("is suppressed", "are suppressed"),
    MeasurementState.NOT_APPLICABLE: ("is not applicable", "are not applicable"),
    MeasurementState.NIL_RETURN: ("is a nil return", "are nil returns"),
}
"""Why a value does not count, of one and of several."""
_FRACTIONS = frozenset({Unit.PERCENT, Unit.RATE_PER_10000, Unit.RATIO})
"""Units of figures that are a numerator over its denominator, and so can be told as "3 of 4"."""


def sentence(series: Judged, verdict: Verdict, *, with_year: bool = False) -> str:
    """What the series is doing. ``with_year``: a month's year is always told, for a later reader."""
    latest = verdict.latest
    if verdict.why_not is WhyNotJudged.NO_VALUES:
        return _none_counts(verdict.uncounted)
    if verdict.why_not is WhyNotJudged.SMALL_DENOMINATOR and latest is not None:
        return _small(series, latest)
    if verdict.why_not is not None:
        return _WHY_NOT[verdict.why_not]
    if verdict.signal.variation is Variation.TOO_EARLY:
        return _too_early(series, verdict)
    if verdict.signal.variation is Variation.COMMON_CAUSE:
        return "No significant change: the values vary as they usually do."
    return f"{_OPENINGS[verdict.signal.variation]}: {_what_fired(series, verdict, with_year=with_year)}."


def _none_counts(uncounted: Mapping[Uncounted, int]) -> str:
    if not uncounted:
        return "No values yet."
    if sum(uncounted.values()) == 1:
        (why,) = uncounted
        return f"No value counts yet: the only one {_UNCOUNTED[why][0]}."
    told = [
        f"{uncounted[why]} {words[uncounted[why] > 1]}"
        for why, words in _UNCOUNTED.items()
        if why in uncounted
    ]
    listed = f"{', '.join(told[:-1])} and {told[-1]}" if told[1:] else told[0]
    return f"No value counts yet: {listed}."


def _small(series: Judged, latest: Point) -> str:
    when = in_period(latest.period, series.period_type)
    whole = latest.denominator or Decimal(0)
    if whole == 0:
        return f"Nothing was there to count {when}: the denominator is 0, and variation is not judged."
    parts = _parts(series, latest.numerator, whole)
    if parts is not None:
        return f"{parts} {when}: too few to judge variation."
    name = period_name(latest.period, series.period_type)
    return f"The figure for {name} rests on {exactly(whole, Unit.NONE)}: too few to judge variation."


def _parts(series: Judged, numerator: Decimal | None, whole: Decimal) -> str | None:
    """The figure as what it was made from: "3 of 4"; of a ratio above one, "6 to 4"."""
    if numerator is None or series.unit not in _FRACTIONS:
        return None
    if numerator > whole and series.unit is not Unit.RATIO:
        return None
    between = "of" if numerator <= whole else "to"
    return f"{exactly(numerator, Unit.NONE)} {between} {exactly(whole, Unit.NONE)}"


def _too_early(series: Judged, verdict: Verdict) -> str:
    said = f"Too early to say ({verdict.signal.held} of {NEEDED})."
    chart, latest = verdict.run_chart, verdict.latest
    if chart is None or latest is None or chart.change is None or chart.before is None:
        return said
    moved = _moved(chart.change, series)
    name = opening(period_name(latest.period, series.period_type))
    # What lies between does not count, so "the value before" would be another one.
    is_next = verdict.now is not None and verdict.now.points[-2].period == chart.before
    before = "the value before" if is_next else period_name(chart.before, series.period_type)
    return f"{said} {name} was {moved} {before}."


def _moved(change: Decimal, series: Judged) -> str:
    """How the latest value compares, in the words that fit the change as it is shown."""
    if rounded(change, series.decimals) == 0:
        return "the same as" if change == 0 else "about the same as"
    unit = Unit.NONE if series.unit is Unit.PERCENT else series.unit
    by = figure(abs(change), unit, series.decimals)
    points = f" point{'' if by == '1' else 's'}" if series.unit is Unit.PERCENT else ""
    return f"{by}{points} {'higher' if change > 0 else 'lower'} than"


def _what_fired(series: Judged, verdict: Verdict, *, with_year: bool) -> str:
    signal = verdict.signal
    seen_from = None if with_year else signal.through
    since = period_name(signal.fired[0], series.period_type, seen_from=seen_from)
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
    return counted(count, NOUNS[series.period_type] if verdict.signal.in_a_row else "values")
