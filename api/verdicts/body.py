"""A verdict as the API gives it and the database keeps it."""

from __future__ import annotations

from decimal import Context as Precision
from decimal import Decimal
from typing import Any

from api.verdicts.rules import NEEDED, Judged, Signal, Stretch, Verdict
from api.verdicts.sentence import sentence
from api.verdicts.trajectory import Trajectory

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
    """Codes, the sentence, limits, and the points that made the rule fire."""
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
        "trajectory": _trajectory(verdict.trajectory),
        "median": number(chart.median) if chart else None,
        "change": number(chart.change) if chart else None,
        "last_year": number(chart.last_year) if chart else None,
        "signed_off": _signal(verdict.signed_off),
        "sentence": sentence(series, verdict),
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


def _trajectory(heading: Trajectory | None) -> Json | None:
    if heading is None:
        return None
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
