"""A verdict as the database keeps it, and as it reads on a day.

What is kept does not age. What depends on today, which dated target is next and whether a month can
be told without its year, is chosen from it when it is read.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Context as Precision
from decimal import Decimal
from typing import Any

from api.kpis import periods
from api.verdicts.expectation import by_limits, by_trend
from api.verdicts.rules import NEEDED, Judged, Signal, Stretch, Verdict
from api.verdicts.sentence import sentence
from api.verdicts.trajectory import Trajectory
from api.verdicts.words import A_YEAR

Json = dict[str, Any]

_FIFTEEN = Precision(prec=15)
"""Significant digits: as many as a JSON number keeps."""


def number(value: Decimal | None) -> float | int | None:
    """A figure as a JSON number, of at most fifteen significant digits."""
    if value is None:
        return None
    kept = _FIFTEEN.plus(value)
    whole = kept.to_integral_value()
    return int(whole) if whole == kept else float(kept)


def body(series: Judged, verdict: Verdict) -> Json:
    """Codes, limits, the points that made the rule fire, and under ``told`` all that may be said."""
    now = verdict.now
    chart = verdict.run_chart
    return _signal(verdict.signal) | {
        "profile": verdict.profile.value,
        "why_not": verdict.why_not.value if verdict.why_not else None,
        "icon": verdict.icon.value if verdict.icon else None,
        "needed": NEEDED,
        "mean": number(now.mean) if now else None,
        "lower_limit": number(now.lower) if now else None,
        "upper_limit": number(now.upper) if now else None,
        "stretches": [_stretch(stretch) for stretch in verdict.stretches],
        "marks": [
            {"period": period, "rule": mark.rule.value, "side": _side(mark.side)}
            for stretch in verdict.stretches
            for period, mark in stretch.marked
        ],
        "target_floor": number(verdict.floor),
        "target_ceiling": number(verdict.ceiling),
        "assurance": verdict.assurance.value if verdict.assurance else None,
        "median": number(chart.median) if chart else None,
        "change": number(chart.change) if chart else None,
        "last_year": number(chart.last_year) if chart else None,
        "signed_off": _signal(verdict.signed_off),
        "told": _told(series, verdict),
    }


def as_read(kept: Json, on: date) -> Json:
    """A verdict as it is kept, as it reads on a day: its sentence, and the dated target that is next."""
    shown = dict(kept)
    told = shown.pop("told")
    is_near = told["near_until"] is None or on <= date.fromisoformat(told["near_until"])
    said = told["said_near"] if is_near else told["said"]
    ahead = next((each for each in told["ahead"] if date.fromisoformat(each["due_on"]) >= on), None)
    expected = ahead["sentence"] if ahead else told["reliably"]
    return shown | {
        "trajectory": {name: held for name, held in ahead.items() if name != "sentence"} if ahead else None,
        "sentence": f"{said} {expected}" if expected else said,
    }


def _told(series: Judged, verdict: Verdict) -> Json:
    """What the series does, by now and by a later reader's words, and what may be expected of it."""
    fired = verdict.signal.fired
    began = periods.from_key(fired[0], series.period_type) if fired else None
    near_until = began.ends_on + timedelta(days=A_YEAR - 1) if began else None
    latest = verdict.latest
    return {
        "said_near": sentence(series, verdict),
        "said": sentence(series, verdict, with_year=True),
        "near_until": near_until.isoformat() if near_until else None,
        "ahead": [
            _trajectory(heading) | {"sentence": by_trend(series, latest.value, heading)}
            for heading in verdict.headings
            if latest is not None
        ],
        "reliably": by_limits(series, verdict),
    }


def _signal(signal: Signal) -> Json:
    return {
        "variation": signal.variation.value,
        "rule": signal.rule.value if signal.rule else None,
        "side": _side(signal.side),
        "fired": list(signal.fired),
        "through": signal.through,
        "held": signal.held,
    }


def _side(side: int) -> str | None:
    return {1: "high", -1: "low"}.get(side)


def _stretch(stretch: Stretch) -> Json:
    return {
        "from": stretch.points[0].period,
        "to": stretch.points[-1].period,
        "points": len(stretch.points),
        "because": stretch.because.value if stretch.because else None,
        "mean": number(stretch.mean),
        "lower_limit": number(stretch.lower),
        "upper_limit": number(stretch.upper),
    }


def _trajectory(heading: Trajectory) -> Json:
    return {
        "outlook": heading.outlook.value,
        "due_on": heading.due_on.isoformat(),
        "floor": number(heading.floor),
        "ceiling": number(heading.ceiling),
        "expected": number(heading.expected),
        "lowest": number(heading.lowest),
        "highest": number(heading.highest),
        "per_year": number(heading.per_year),
    }
