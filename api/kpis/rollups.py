"""Quarters and the year to date, derived from a KPI's shorter periods: only where the KPI says how.

``sum`` adds what happened in each period. ``last`` takes the position at the end. ``numerator ÷
denominator`` adds both parts and divides once. A figure is derived only when every input is there, for
missing is never zero; what is missing is named, and so is what is held under query. Nothing is derived
across a change of definition, and nothing is added up where a KPI counts children, who may be in several
periods: of its quotients only the quotient is shown, and not the sums it was made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from api.kpis import periods
from api.kpis.periods import Period
from api.vocabulary import MeasurementWorkflow, Nature, PeriodType, Rollup, Unit

Json = dict[str, Any]
Refusal = tuple[str, str, str]
"""A field, why it does not fit, and a code."""

PARAMETER_OF = {
    "reset_month": Nature.CUMULATIVE,
    "rolling_periods": Nature.ROLLING,
    "lag_months": Nature.LAGGED_COHORT,
}
PER = {Unit.PERCENT: Decimal(100), Unit.RATE_PER_10000: Decimal(10_000), Unit.RATIO: Decimal(1)}
"""By what a quotient is multiplied to be in that unit."""
_ADDABLE = frozenset({Unit.COUNT, Unit.CURRENCY, Unit.DAYS, Unit.MONTHS, Unit.NONE})
_MILLIONTH = Decimal("0.000001")
_APRIL = 4
_NESTS = {
    PeriodType.DAY: ("quarter", "year"),
    PeriodType.MONTH: ("quarter", "year"),
    PeriodType.QUARTER: ("year",),
    PeriodType.FINANCIAL_QUARTER: ("year",),
}
"""What whole periods of a type add up to within a financial year: weeks and longer periods to nothing."""


def forgotten(nature: Nature, now: Mapping[str, Any], changed: Mapping[str, Any]) -> Json:
    """The parameters of another nature that a change of nature leaves behind, as nulls."""
    return {
        name: None
        for name, of in PARAMETER_OF.items()
        if of is not nature and now[name] is not None and name not in changed
    }


def refusals(kpi: Mapping[str, Any]) -> Iterator[Refusal]:
    """What in a KPI's nature and roll-up does not fit the rest of it. ``kpi``: its columns."""
    nature, unit, rollup = Nature(kpi["nature"]), Unit(kpi["unit"]), Rollup(kpi["rollup"])
    for name, of in PARAMETER_OF.items():
        if kpi[name] is not None and nature is not of:
            yield name, f"{name} belongs to the nature {of}; this KPI's is {nature}.", "wrong_nature"
    if rollup in (Rollup.SUM, Rollup.NUMERATOR_OVER_DENOMINATOR) and nature is not Nature.IN_PERIOD:
        yield "rollup", f"Only what happens in each period adds up; this is {nature}.", "wrong_nature"
    elif rollup is Rollup.SUM and kpi["counts_children"]:
        message = "It counts children, and one child may be counted in several periods."
        yield "rollup", message, "counts_children"
    elif rollup is Rollup.SUM and unit not in _ADDABLE:
        yield "rollup", f"Values in {unit} do not add up.", "wrong_unit"
    elif rollup is Rollup.NUMERATOR_OVER_DENOMINATOR and unit not in PER:
        message = f"Only a percentage, rate or ratio is made of two parts; this is in {unit}."
        yield "rollup", message, "wrong_unit"


def derived_in_year(
    kpi: Json, points: Sequence[Json], breaks: Sequence[date], year: Period, on: date
) -> Json:
    """A KPI's quarters and year to date in a financial year; empty where it does not say how.

    ``points`` are its values in the year, oldest first; ``on`` is the day to judge by. Quarters that have
    not begun are left out. The year to date runs to the latest period there is a value of; a KPI that
    counts from another month than April has none.
    """
    kind, rollup = PeriodType(kpi["period_type"]), Rollup(kpi["rollup"])
    nests = () if rollup is Rollup.NONE else _NESTS.get(kind, ())
    held = {point["period"]: point for point in points}
    quarters = []
    for quarter in _within(year, PeriodType.FINANCIAL_QUARTER) if "quarter" in nests else ():
        if quarter.starts_on <= on:
            inputs = _within(quarter, kind)
            quarters.append({"period": quarter.key, **derive(kpi, inputs, held, breaks)})
    to_date = None
    is_of_year = "year" in nests and _counts_from_april(kpi)
    reached = [period for period in _within(year, kind) if period.key in held] if is_of_year else []
    if reached:
        inputs = [period for period in _within(year, kind) if period <= reached[-1]]
        to_date = {"period": year.key, "through": reached[-1].key, **derive(kpi, inputs, held, breaks)}
    return {"quarters": quarters, "year_to_date": to_date}


def _counts_from_april(kpi: Json) -> bool:
    """Whether what a KPI shows at a period's end can be of the financial year: a count that begins anew
    in September is of another year.
    """
    return Nature(kpi["nature"]) is not Nature.CUMULATIVE or kpi["reset_month"] in (None, _APRIL)


def derive(kpi: Json, inputs: Sequence[Period], held: Mapping[str, Json], breaks: Sequence[date]) -> Json:
    """One figure from its input periods, with what it was made of and what is missing."""
    rollup = Rollup(kpi["rollup"])
    needed = inputs[-1:] if rollup is Rollup.LAST else inputs
    with_parts = rollup is Rollup.NUMERATOR_OVER_DENOMINATOR
    missing = [period.key for period in needed if not _has_figures(held.get(period.key), with_parts)]
    broken = next((day for day in breaks if needed[0].ends_on < day <= needed[-1].ends_on), None)
    made: Json = {"value": None, "numerator": None, "denominator": None}
    if not missing and broken is None:
        made |= _figures(kpi, rollup, [held[period.key] for period in needed])
    return made | {
        "rollup": rollup.value,
        "inputs": len(needed),
        "missing": missing,
        "under_query": [period.key for period in needed if _is_doubtful(held.get(period.key))],
        "broken_on": broken.isoformat() if broken else None,
    }


def _has_figures(point: Json | None, with_parts: bool) -> bool:
    names = ("numerator", "denominator") if with_parts else ("value",)
    return point is not None and all(point.get(name) is not None for name in names)


def _is_doubtful(point: Json | None) -> bool:
    return point is not None and point["workflow"] == MeasurementWorkflow.UNDER_QUERY


def _figures(kpi: Json, rollup: Rollup, points: Sequence[Json]) -> Json:
    if rollup is not Rollup.NUMERATOR_OVER_DENOMINATOR:
        return {"value": sum((_exact(point["value"]) for point in points), Decimal(0))}
    numerator = sum((_exact(point["numerator"]) for point in points), Decimal(0))
    denominator = sum((_exact(point["denominator"]) for point in points), Decimal(0))
    value = (numerator / denominator * PER[Unit(kpi["unit"])]).quantize(_MILLIONTH) if denominator else None
    if kpi["counts_children"]:
        return {"value": value}
    return {"value": value, "numerator": numerator, "denominator": denominator}


def _exact(number: float | int) -> Decimal:
    return Decimal(repr(number))


def _within(whole: Period, kind: PeriodType) -> list[Period]:
    """The periods of a type that make up a longer one, in order."""
    found = [periods.containing(whole.starts_on, kind)]
    while found[-1].ends_on < whole.ends_on:
        found.append(periods.next(found[-1]))
    return found
