"""The figures of a row: its state, its value or grade, and the parts it was made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from api.kpis.values import LIMIT, Cell, UnreadableValue, check_unit, parse_grade, parse_number, read_cell
from api.measurements.taking import TakingKpi, Wrong, shown, word_in
from api.vocabulary import MeasurementState, Unit

_STATES = frozenset(word.value for word in MeasurementState)
_REPORTED = MeasurementState.REPORTED.value
_PER = {Unit.PERCENT: Decimal(100), Unit.RATE_PER_10000: Decimal(10_000), Unit.RATIO: Decimal(1)}
_MILLIONTH = Decimal("0.000001")
_LIMIT = int(LIMIT)
_SHORT = Decimal(10) ** 9
"""Below this, six decimals cannot make more than fifteen digits."""
_WRONG_UNIT = frozenset({"percent_sign", "currency_sign"})


class Figures(NamedTuple):
    state: str
    value: Decimal | int | None = None
    grade: str | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


def figures_in(raw: dict[str, Any], kpi: TakingKpi) -> Figures:
    """The state with its value or grade, and the numerator and denominator behind it."""
    word = word_in(raw, "state", _STATES)
    given, where = _given(raw, kpi)
    numerator = _part(raw, "numerator")
    denominator = _part(raw, "denominator")
    if word is not None and word != _REPORTED:
        if given is not None or numerator is not None or denominator is not None:
            message = f"A value came with the state {word}; send one of the two."
            raise Wrong("value_not_expected", where, message)
        return Figures(word)
    if given is None and numerator is not None and denominator:
        given = _derived(numerator, denominator, kpi.unit)
    if given is None and numerator is not None and denominator == 0 and kpi.unit in _PER:
        message = f"{numerator} of 0 makes no value; send the state not_applicable instead."
        raise Wrong("ratio_disagrees", "/denominator", message)
    if given is None:
        example = "a grade such as good" if kpi.takes_grades else "a value such as 85.6"
        message = f"{kpi.ref} needs {example}, or a state such as not_available."
        raise Wrong("value_missing", "/grade" if kpi.takes_grades else "/value", message)
    if is_plain(given, kpi):
        if numerator is not None and denominator is not None:
            _check_ratio(Decimal(given), numerator, denominator, kpi, given)
        return Figures(_REPORTED, given, None, numerator, denominator)
    cell = _cell(given, kpi, where)
    if cell.state is not MeasurementState.REPORTED and word is not None:
        message = f"“{shown(given)}” is no value, yet the state says one is reported."
        raise Wrong("value_missing", where, message)
    if not isinstance(cell.value, Decimal):
        if numerator is not None or denominator is not None:
            message = "A numerator or denominator stands only beside a figure."
            raise Wrong("value_not_expected", "/numerator", message)
        return Figures(cell.state.value, None, cell.value.value if cell.value else None)
    if numerator is not None and denominator is not None:
        _check_ratio(cell.value, numerator, denominator, kpi, given)
    return Figures(_REPORTED, cell.value, None, numerator, denominator)


def is_plain(given: Any, kpi: TakingKpi) -> bool:
    """Whether it is a JSON number that needs no closer look: most are, and this is quick."""
    if type(given) is int:
        return kpi.least_whole is not None and kpi.least_whole <= given < _LIMIT
    return (
        kpi.takes_decimals
        and type(given) is Decimal
        and -_SHORT < given < _SHORT
        and given == given.quantize(_MILLIONTH)
    )


def _given(raw: dict[str, Any], kpi: TakingKpi) -> tuple[Any, str]:
    """What was given as value or grade, and the pointer to it."""
    value, grade = raw.get("value"), raw.get("grade")
    value = None if value == "" else value
    grade = None if grade == "" else grade
    if grade is None:
        return value, "/value"
    if not kpi.takes_grades:
        message = f"The values of {kpi.ref} are figures, such as 85.6; leave the grade out."
        raise Wrong("value_not_expected", "/grade", message)
    if value is not None:
        raise Wrong("value_not_expected", "/value", "Send a grade or a value, not both.")
    return grade, "/grade"


def _cell(given: Any, kpi: TakingKpi, where: str) -> Cell:
    try:
        if kpi.takes_grades and where == "/grade":
            if not isinstance(given, str):
                raise UnreadableValue("not_a_grade", f"“{shown(given)}” is no grade; write one such as good.")
            return Cell(MeasurementState.REPORTED, parse_grade(given))
        if type(given) is Decimal or type(given) is int:
            value = parse_number(given)
            check_unit(value, kpi.unit)
            if kpi.takes_grades:
                raise UnreadableValue("not_a_grade", f"{value} is a figure; write a grade such as good.")
            return Cell(MeasurementState.REPORTED, value)
        if not isinstance(given, str):
            raise UnreadableValue("not_a_number", f"“{shown(given)}” is not a number, such as 85.6.")
        return read_cell(given, Unit.GRADE if kpi.takes_grades else kpi.unit)
    except UnreadableValue as error:
        code = "wrong_unit" if error.code in _WRONG_UNIT else error.code
        raise Wrong(code, where, str(error)) from None


def _part(raw: dict[str, Any], name: str) -> Decimal | None:
    given = raw.get(name)
    if given is None or given == "":
        return None
    try:
        value = parse_number(given)
    except UnreadableValue as error:
        code = "wrong_unit" if error.code in _WRONG_UNIT else error.code
        raise Wrong(code, f"/{name}", str(error)) from None
    if name == "denominator" and value < 0:
        raise Wrong("ratio_disagrees", "/denominator", f"The denominator {value} is below zero.")
    return value


def _derived(numerator: Decimal, denominator: Decimal, unit: Unit) -> Decimal | None:
    """The value that numerator and denominator make, for a unit that is one over the other."""
    per = _PER.get(unit)
    if per is None:
        return None
    made = numerator / denominator * per
    return made if abs(made) >= LIMIT else made.quantize(_MILLIONTH)


def _check_ratio(
    value: Decimal, numerator: Decimal, denominator: Decimal, kpi: TakingKpi, given: Any
) -> None:
    """The value must agree with its parts to the last digit that was given, rounded or cut off.

    Per cent is numerator ÷ denominator × 100, a rate per 10,000 the same × 10,000, a ratio the quotient
    itself. 107 of 125 is 85.6: 85.6, 86 and 85 agree, 85.7, 87 and 85.50 do not. Units that are no
    quotient (days, scores) are not checked.
    """
    per = _PER.get(kpi.unit)
    if per is None:
        return
    if denominator == 0:
        message = f"{numerator} of 0 makes no value; send the state not_applicable instead of {value}."
        raise Wrong("ratio_disagrees", "/value", message)
    exact = numerator / denominator * per
    if abs(exact - value) >= _last_digit(value, given):
        made = f"{exact:.2f}".rstrip("0").rstrip(".")
        message = f"{numerator} of {denominator} makes {made}, but the value says {value}."
        raise Wrong("ratio_disagrees", "/value", message)


def _last_digit(value: Decimal, given: Any) -> Decimal:
    """One in the last decimal place: of the text where that kept its zeros, else of the value."""
    exponent = given.as_tuple().exponent if isinstance(given, Decimal) else value.as_tuple().exponent
    return Decimal(1).scaleb(min(int(exponent), 0))
