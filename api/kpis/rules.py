"""How a KPI moves, and how it stands against its target.

A standing target is judged each period. One by a date gives distance and pace until a value for
that date is in, then it stands. A year-end target gives an in-year position and is judged at
outturn, the last period of its financial year. Nothing is called missed before its time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from api.kpis.periods import Period, closes_financial_year, financial_year_of, has_ended
from api.vocabulary import Grade, Nature, Polarity, TargetKind, TargetStage, Unit


class Direction(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


class TargetJudgement(StrEnum):
    MET = "met"
    WITHIN_TOLERANCE = "within_tolerance"
    MISSED = "missed"
    ON_PACE = "on_pace"
    BEHIND_PACE = "behind_pace"
    NOT_YET_DUE = "not_yet_due"
    """Its time has not come, and nothing says how fast the figure should move."""
    NOT_JUDGED = "not_judged"
    """There is a target, but it cannot be held against the value: it is in words, or a single
    figure where neither higher nor lower is better."""
    NO_TARGET = "no_target"
    TO_BE_CONFIRMED = "to_be_confirmed"
    NO_VALUE = "no_value"


class StatedTarget(Protocol):
    """What the rules read of a target: a row of the table will do, and so will :class:`Goal`."""

    @property
    def kind(self) -> TargetKind: ...
    @property
    def stage(self) -> TargetStage | None: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def lower(self) -> Decimal | None: ...
    @property
    def upper(self) -> Decimal | None: ...
    @property
    def grade(self) -> Grade | None: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def baseline(self) -> Decimal | None: ...
    @property
    def to_be_confirmed(self) -> bool: ...


@dataclass(frozen=True)
class Goal:
    """A target by itself: a value, a range with one or both ends, or a grade."""

    kind: TargetKind = TargetKind.STANDING
    stage: TargetStage | None = None
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    grade: Grade | None = None
    due_on: date | None = None
    baseline: Decimal | None = None
    to_be_confirmed: bool = False


@dataclass(frozen=True)
class Point:
    """The latest period of a series, with its value or grade; both None when none was reported."""

    period: Period
    value: Decimal | None = None
    grade: Grade | None = None


@dataclass(frozen=True)
class Start:
    """Where pace is reckoned from: usually the first point of the series and the day it ends on."""

    value: Decimal
    on: date


AnyTarget = TypeVar("AnyTarget", bound=StatedTarget)


@dataclass(frozen=True)
class TargetState(Generic[AnyTarget]):
    state: TargetJudgement
    target: AnyTarget | Goal | None = None
    distance: Decimal | None = None
    """How far the value falls short, in the KPI's unit or in grades; zero or less when reached."""
    expected: Decimal | None = None
    """Where a straight line to the target would be by now, where pace was judged by one."""


def change(latest: Decimal | None, previous: Decimal | None) -> Decimal | None:
    """Latest less previous; None while either is missing, for missing is never zero."""
    return None if latest is None or previous is None else latest - previous


def grade_change(latest: Grade | None, previous: Grade | None) -> Decimal | None:
    """How many grades better (positive) or worse (negative): judge its direction as higher is better."""
    return None if latest is None or previous is None else Decimal(previous.rank - latest.rank)


def direction(moved: Decimal | None, polarity: Polarity) -> Direction | None:
    """Whether a change is for the better; None when it is not known or not judged (neutral)."""
    if moved is None or polarity is Polarity.NEUTRAL:
        return None
    if moved == 0:
        return Direction.SAME
    return Direction.BETTER if (moved > 0) is (polarity is Polarity.HIGHER) else Direction.WORSE


def good_as_standing(
    *, good_is_target: bool, unit: Unit, value: Decimal | None, grade: Grade | None, good_unit: Unit | None
) -> Goal | None:
    """The definition's "good" as a standing target: only where the KPI says so and the units agree."""
    if not good_is_target or good_unit not in (None, unit) or (value is None and grade is None):
        return None
    return Goal(value=value, grade=grade)


def current_target(
    targets: Iterable[AnyTarget], on: date, good: Goal | None = None, *, began: date | None = None
) -> AnyTarget | Goal | None:
    """The target in force on a day, or for the period that ``began`` then and ends on that day.

    The one by a date that falls due within the period; else the next dated one; else the last one
    by a date, which stands from then on, though a standing final target follows an interim one
    that has passed; else a standing one; else "good". One to be confirmed without a date gives
    way to all of these. A year-end target holds for its own financial year only; without a date,
    for every year.
    """
    began = on if began is None else min(began, on)
    dated: list[tuple[date, bool, AnyTarget]] = []
    passed: list[tuple[date, bool, AnyTarget]] = []
    standing: list[AnyTarget] = []
    unsettled: list[AnyTarget] = []
    for target in targets:
        due_on = _due_on(target, on)
        if due_on is None or target.kind is TargetKind.STANDING:
            is_open = target.to_be_confirmed or target.kind is TargetKind.BY_DATE
            (unsettled if is_open else standing).append(target)
        elif due_on >= (on if target.kind is TargetKind.YEAR_END else began):
            dated.append((due_on, _is_final(target), target))
        elif target.kind is TargetKind.BY_DATE and not target.to_be_confirmed:
            passed.append((due_on, _is_final(target), target))
        elif target.kind is TargetKind.BY_DATE:
            unsettled.append(target)
    if dated:
        within = [entry for entry in dated if entry[0] <= on]
        return _latest(within) if within else min(dated, key=lambda entry: entry[:2])[2]
    standing.sort(key=_is_final, reverse=True)
    if passed:
        last = _latest(passed)
        follows = last.stage is TargetStage.INTERIM and standing and _is_final(standing[0])
        return standing[0] if follows else last
    if standing:
        return standing[0]
    return good or (unsettled[0] if unsettled else None)


def _latest(dated: list[tuple[date, bool, AnyTarget]]) -> AnyTarget:
    return max(dated, key=lambda entry: entry[:2])[2]


def target_state(
    targets: Iterable[AnyTarget],
    *,
    polarity: Polarity,
    latest: Point | None,
    today: date,
    good: Goal | None = None,
    tolerance: Decimal | None = None,
    start: Start | None = None,
    nature: Nature = Nature.SNAPSHOT,
) -> TargetState[AnyTarget]:
    """How the latest value stands against the target in force for its period, as far as today.

    The value's own period counts, so that March's value is held against March's target even when
    it comes in April. ``tolerance`` is in the KPI's unit (percentage points for a percentage); None
    is off. A target's own baseline takes the place of ``start``'s value, not of its day.
    """
    on = today if latest is None else min(latest.period.ends_on, today)
    target = current_target(targets, on, good, began=None if latest is None else latest.period.starts_on)
    if target is None:
        return TargetState(TargetJudgement.NO_TARGET)
    if target.to_be_confirmed:
        return TargetState(TargetJudgement.TO_BE_CONFIRMED, target)
    if latest is None or (latest.value is None and latest.grade is None):
        return TargetState(TargetJudgement.NO_VALUE, target)
    distance = shortfall(target, polarity, latest)
    if distance is None or (distance > 0 and _has_no_wrong_side(target, polarity, tolerance)):
        return TargetState(TargetJudgement.NOT_JUDGED, target, distance)
    if not _is_judged(target, latest.period, today):
        state, expected = _pace(target, polarity, latest, on, start, nature, distance)
        return TargetState(state, target, distance, expected)
    return TargetState(_verdict(target, distance, tolerance), target, distance)


def shortfall(target: StatedTarget, polarity: Polarity, point: Point) -> Decimal | None:
    """How far a value is on the wrong side of its target, in its unit or in grades.

    Zero or less when the target is reached; never below zero inside a range with two ends. None
    where the two cannot be compared: words only, or a grade against a figure.
    """
    if target.grade is not None:
        return None if point.grade is None else Decimal(point.grade.rank - target.grade.rank)
    floor, ceiling = bounds(target, polarity)
    if point.value is None or (floor is None and ceiling is None):
        return None
    below = None if floor is None else floor - point.value
    above = None if ceiling is None else point.value - ceiling
    if below is not None and above is not None:
        return max(below, above, Decimal(0))
    return below if below is not None else above


def bounds(target: StatedTarget, polarity: Polarity) -> tuple[Decimal | None, Decimal | None]:
    """The lowest and highest value that meet a target: of a range, only the end that polarity leaves open
    to miss counts."""
    lower, upper = target.lower, target.upper
    if target.value is not None:
        lower = upper = target.value
    if polarity is Polarity.HIGHER and lower is not None:
        upper = None
    if polarity is Polarity.LOWER and upper is not None:
        lower = None
    return lower, upper


def _is_final(target: StatedTarget) -> bool:
    return target.stage is not TargetStage.INTERIM


def _due_on(target: StatedTarget, on: date) -> date | None:
    """The day a target is for; a year-end target's is the last of its financial year."""
    if target.kind is TargetKind.YEAR_END:
        return financial_year_of(target.due_on or on).ends_on
    return target.due_on


def _is_judged(target: StatedTarget, period: Period, today: date) -> bool:
    if target.kind is TargetKind.STANDING:
        return True
    if target.kind is TargetKind.YEAR_END:
        return closes_financial_year(period) and has_ended(period, today)
    return target.due_on is not None and target.due_on <= min(period.ends_on, today)


def _has_no_wrong_side(target: StatedTarget, polarity: Polarity, tolerance: Decimal | None) -> bool:
    """A single figure for a neutral KPI says nothing of how far from it is too far."""
    return polarity is Polarity.NEUTRAL and target.value is not None and tolerance is None


def _verdict(target: StatedTarget, distance: Decimal, tolerance: Decimal | None) -> TargetJudgement:
    if distance <= 0:
        return TargetJudgement.MET
    if tolerance is not None and target.grade is None and distance <= tolerance:
        return TargetJudgement.WITHIN_TOLERANCE
    return TargetJudgement.MISSED


def _pace(
    target: StatedTarget,
    polarity: Polarity,
    latest: Point,
    on: date,
    start: Start | None,
    nature: Nature,
    distance: Decimal,
) -> tuple[TargetJudgement, Decimal | None]:
    """Whether the value keeps up with a straight line from the start to the target's day.

    A target already reached is on pace, unless the figure still grows towards a ceiling.
    """
    floor, ceiling = bounds(target, polarity)
    still_growing = nature is Nature.CUMULATIVE and floor is None
    if distance <= 0 and not still_growing:
        return TargetJudgement.ON_PACE, None
    due_on = _due_on(target, on)
    value = latest.value if target.grade is None else None
    if start is None or due_on is None or value is None or not start.on < on <= due_on:
        return TargetJudgement.NOT_YET_DUE, None
    is_below = floor is not None and value < floor
    aim = floor if is_below else ceiling
    assert aim is not None  # a value on the wrong side has an end it is on the wrong side of
    begun = start.value if target.baseline is None else target.baseline
    if not still_growing:
        begun = min(begun, aim) if is_below else max(begun, aim)
    whole, gone = (due_on - start.on).days, (on - start.on).days
    # Multiplied through by the whole span: exact, where a division would round.
    line = begun * whole + (aim - begun) * gone
    keeps_up = value * whole >= line if is_below else value * whole <= line
    expected = (line / whole).quantize(Decimal("0.000001"))
    return TargetJudgement.ON_PACE if keeps_up else TargetJudgement.BEHIND_PACE, expected
