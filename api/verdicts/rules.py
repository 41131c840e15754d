"""The verdict on a series: what it is doing, by which rule, and what may be expected of it.

After NHS England's Making Data Count (XmR charts). Missing periods are simply not there: the method
takes values in the order of their periods, so a moving range spans a gap and a gap breaks no run.
A value under query is not judged; one that is loaded but not signed off is. Rules that act on
verdicts read ``signed_off``, the verdict on signed-off values alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from api.kpis import periods
from api.kpis import rules as kpi_rules
from api.verdicts.assurance import assurance
from api.verdicts.heading import ends, headings
from api.verdicts.limits import Limits, as_decimal, in_last_place, limits_of
from api.verdicts.special_cause import Mark, fired_by, marks
from api.verdicts.trajectory import Trajectory
from api.vocabulary import (
    LineBreak,
    MeasurementState,
    MeasurementWorkflow,
    Nature,
    PeriodType,
    Polarity,
    SpcProfile,
    SpecialCause,
    TargetAssurance,
    Unit,
    Variation,
    VariationIcon,
    WhyNotJudged,
)


@dataclass(frozen=True)
class Profile:
    """One reading of the method, as data."""

    name: SpcProfile
    screens: bool
    """Leaves moving ranges of 3.267 times their mean and more out of the limits."""
    beyond_counts: bool
    """A point beyond a limit counts as near it towards two of three."""
    equal_decides: bool
    """A target that equals a limit is decided, instead of hit or miss."""
    precedence: tuple[SpecialCause, ...]
    """Which rule speaks for a point that several mark."""


PROFILES = {
    SpcProfile.MDC: Profile(
        SpcProfile.MDC,
        screens=False,
        beyond_counts=True,
        equal_decides=True,
        precedence=(
            SpecialCause.OUTSIDE_LIMIT,
            SpecialCause.TREND,
            SpecialCause.SHIFT,
            SpecialCause.TWO_OF_THREE,
        ),
    ),
    SpcProfile.NHSR: Profile(
        SpcProfile.NHSR,
        screens=True,
        beyond_counts=False,
        equal_decides=False,
        precedence=(
            SpecialCause.OUTSIDE_LIMIT,
            SpecialCause.TREND,
            SpecialCause.TWO_OF_THREE,
            SpecialCause.SHIFT,
        ),
    ),
}
"""Making Data Count states no precedence. A shift and two of three always lie on one side, so their
order changes no verdict, only which of them is told: a run of months says more than two of three."""

NEEDED = 13
"""Points below which it is too early to tell signal from noise."""
SMALL = 20
"""A value whose denominator is below this is told as "3 of 4" and takes no part in variation."""

JUDGED_NATURES = (Nature.SNAPSHOT, Nature.IN_PERIOD)
_OTHER_NATURES = {
    Nature.CUMULATIVE: WhyNotJudged.CUMULATIVE,
    Nature.ROLLING: WhyNotJudged.ROLLING,
    Nature.LAGGED_COHORT: WhyNotJudged.LAGGED_COHORT,
}


class Point(NamedTuple):
    """One reported figure of a series."""

    period: str
    starts_on: date
    ends_on: date
    value: Decimal
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    workflow: MeasurementWorkflow = MeasurementWorkflow.LOADED


@dataclass(frozen=True)
class Break:
    """A day on and after which a period's end belongs to a new stretch, never judged with the old."""

    on: date
    because: LineBreak


@dataclass(frozen=True)
class Judged:
    """What a series is held against: its KPI, its targets and where its line breaks."""

    unit: Unit
    polarity: Polarity
    nature: Nature
    period_type: PeriodType
    profile: SpcProfile = SpcProfile.MDC
    decimals: int = 1
    """To tell figures with: those of the definition in force for the latest point."""
    breaks: tuple[Break, ...] = ()
    targets: tuple[kpi_rules.Goal, ...] = ()
    goods: tuple[tuple[date | None, kpi_rules.Goal | None], ...] = ()
    """What "good" serves as a standing target, from which day on; None where it does not."""


@dataclass(frozen=True)
class Stretch:
    """The points between two breaks. Fewer than thirteen have no limits."""

    points: tuple[Point, ...]
    because: LineBreak | None
    mean: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    marked: tuple[tuple[str, Mark], ...] = ()


@dataclass(frozen=True)
class RunChart:
    """What can be said of the latest stretch without limits, by the points that count."""

    median: Decimal
    change: Decimal | None
    """Latest less the one before it; None where the latest does not count, or none came before."""
    before: str | None
    """The period of the one before."""
    last_year: Decimal | None
    """The value of the same period a year before."""


@dataclass(frozen=True)
class Signal:
    """Variation at the latest point, with the rule that fired and the points that made it."""

    variation: Variation
    rule: SpecialCause | None = None
    side: int = 0
    """+1 for high or rising values, -1 for low or falling ones, 0 without a rule."""
    fired: tuple[str, ...] = ()
    through: str | None = None
    """The latest period judged."""
    held: int = 0
    """Points since the last break that count towards the thirteen."""
    in_a_row: bool = True
    """Whether the periods the rule looked at follow one another, with none missing between."""


Uncounted = MeasurementState | MeasurementWorkflow
"""Why a value does not count: it says that there is no figure, or it is under query."""


@dataclass(frozen=True)
class Verdict:
    """All that is said of a series that does not depend on today."""

    profile: SpcProfile
    signal: Signal
    signed_off: Signal
    why_not: WhyNotJudged | None = None
    icon: VariationIcon | None = None
    stretches: tuple[Stretch, ...] = ()
    latest: Point | None = None
    run_chart: RunChart | None = None
    floor: Decimal | None = None
    """With ``ceiling``: the values that meet the target in force for the latest point."""
    ceiling: Decimal | None = None
    assurance: TargetAssurance | None = None
    headings: tuple[Trajectory, ...] = ()
    """Where the trend leads by each dated target past the latest point, the next first."""
    uncounted: Mapping[Uncounted, int] = field(default_factory=dict)
    """Where no value counts: how many are held, by why they do not."""

    @property
    def now(self) -> Stretch | None:
        """The stretch that holds the latest point."""
        return self.stretches[-1] if self.stretches else None


def judge(
    series: Judged, points: Iterable[Point], without_figure: Sequence[MeasurementState] = ()
) -> Verdict:
    """The verdict on reported figures in any order, each period once.

    ``without_figure``: what the other periods hold instead, told only where no figure counts.
    """
    points = list(points)
    known = sorted(
        (point for point in points if point.workflow is not MeasurementWorkflow.UNDER_QUERY),
        key=lambda point: point.ends_on,
    )
    why_not = _why_not(series, known)
    if why_not is not None:
        uncounted: Counter[Uncounted] = Counter(without_figure)
        if len(points) > len(known):
            uncounted[MeasurementWorkflow.UNDER_QUERY] = len(points) - len(known)
        return _unjudged(series, known, why_not, {} if known else uncounted)
    profile = PROFILES[series.profile]
    stretches, limits = _stretches(series, profile, known)
    now = stretches[-1]
    signal = _signal(series, profile, now, limits)
    floor, ceiling = _target_at(series, now.points[-1])
    return Verdict(
        profile=series.profile,
        signal=signal,
        signed_off=_signed_off(series, profile, known, signal),
        icon=_icon(signal),
        stretches=stretches,
        latest=known[-1],
        run_chart=_run_chart(series, now.points),
        floor=floor,
        ceiling=ceiling,
        assurance=_assured(limits, floor, ceiling, profile),
        headings=_headings(series, now.points),
    )


def _why_not(series: Judged, known: Sequence[Point]) -> WhyNotJudged | None:
    if series.unit is Unit.GRADE:
        return WhyNotJudged.NO_FIGURES
    if series.nature not in JUDGED_NATURES:
        return _OTHER_NATURES[series.nature]
    if not known:
        return WhyNotJudged.NO_VALUES
    return WhyNotJudged.SMALL_DENOMINATOR if has_small_denominator(known[-1]) else None


def has_small_denominator(point: Point) -> bool:
    return point.denominator is not None and point.denominator < SMALL


def that_count(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points that take part in variation, and in what is said of change."""
    return tuple(point for point in points if not has_small_denominator(point))


def _unjudged(
    series: Judged, known: Sequence[Point], why_not: WhyNotJudged, uncounted: Mapping[Uncounted, int]
) -> Verdict:
    """No variation, but the line still shows where it breaks and how its latest stretch moved."""
    through = known[-1].period if known else None
    signal = Signal(Variation.NOT_APPLICABLE, through=through)
    stretches = tuple(Stretch(held, because) for held, because in _between_breaks(series, known))
    return Verdict(
        profile=series.profile,
        signal=signal,
        signed_off=signal,
        why_not=why_not,
        stretches=stretches,
        latest=known[-1] if known else None,
        run_chart=_run_chart(series, stretches[-1].points) if stretches else None,
        uncounted=uncounted,
    )


def _between_breaks(
    series: Judged, points: Sequence[Point]
) -> list[tuple[tuple[Point, ...], LineBreak | None]]:
    """Points by stretch, each with why it began. A period belongs to the stretch its last day is in."""
    if not series.breaks:
        return [(tuple(points), None)] if points else []
    breaks = sorted(series.breaks, key=lambda found: found.on)
    found: list[tuple[list[Point], LineBreak | None]] = []
    passed = 0
    for point in points:
        because = None
        while passed < len(breaks) and breaks[passed].on <= point.ends_on:
            because = breaks[passed].because
            passed += 1
        if not found or because is not None:
            # Nothing came before the first point, so nothing breaks there.
            found.append(([], because if found else None))
        found[-1][0].append(point)
    return [(tuple(held), because) for held, because in found]


def _stretches(
    series: Judged, profile: Profile, points: Sequence[Point]
) -> tuple[tuple[Stretch, ...], _Measured | None]:
    """Every stretch with its limits and marks, and the latest one's limits as they were measured."""
    stretches: list[Stretch] = []
    measured: _Measured | None = None
    for held, because in _between_breaks(series, points):
        measured = _measure(held, profile)
        stretches.append(_described(held, because, measured, profile))
    return tuple(stretches), measured


@dataclass(frozen=True)
class _Measured:
    """The points of a stretch that count, as whole numbers of their last place, and their limits."""

    points: tuple[Point, ...]
    values: list[int]
    decimals: int
    limits: Limits

    def figure(self, number: Fraction) -> Decimal:
        return as_decimal(number, self.decimals)


def _measure(points: Sequence[Point], profile: Profile) -> _Measured | None:
    """None below thirteen points that count."""
    counted = that_count(points)
    if len(counted) < NEEDED:
        return None
    values, decimals = in_last_place([point.value for point in counted])
    return _Measured(counted, values, decimals, limits_of(values, screens=profile.screens))


def _described(
    held: tuple[Point, ...], because: LineBreak | None, measured: _Measured | None, profile: Profile
) -> Stretch:
    if measured is None:
        return Stretch(held, because)
    found = _marks(measured, profile)
    return Stretch(
        held,
        because,
        mean=measured.figure(measured.limits.mean),
        lower=measured.figure(measured.limits.lower),
        upper=measured.figure(measured.limits.upper),
        marked=tuple(
            (point.period, mark) for point, mark in zip(measured.points, found, strict=True) if mark
        ),
    )


def _marks(measured: _Measured, profile: Profile) -> list[Mark | None]:
    return marks(
        measured.values,
        measured.limits,
        beyond_counts=profile.beyond_counts,
        precedence=profile.precedence,
    )


def _signal(series: Judged, profile: Profile, now: Stretch, measured: _Measured | None) -> Signal:
    """What the latest point says. Only it decides: a signal that ended is history."""
    held = len(measured.points if measured else that_count(now.points))
    through = now.points[-1].period
    if measured is None:
        return Signal(Variation.TOO_EARLY, through=through, held=held)
    mark = now.marked[-1][1] if now.marked and now.marked[-1][0] == through else None
    if mark is None:
        return Signal(Variation.COMMON_CAUSE, through=through, held=held)
    fired = fired_by(measured.values, measured.limits, mark, beyond_counts=profile.beyond_counts)
    looked_at = (
        measured.points[-3:] if mark.rule is SpecialCause.TWO_OF_THREE else measured.points[fired[0] :]
    )
    return Signal(
        _meaning(mark.side, series.polarity),
        mark.rule,
        mark.side,
        tuple(measured.points[at].period for at in fired),
        through,
        held,
        _in_a_row(looked_at, series.period_type),
    )


def _meaning(side: int, polarity: Polarity) -> Variation:
    if polarity is Polarity.NEUTRAL:
        return Variation.CHANGE
    return Variation.IMPROVEMENT if (side > 0) is (polarity is Polarity.HIGHER) else Variation.CONCERN


def _signed_off(series: Judged, profile: Profile, known: Sequence[Point], signal: Signal) -> Signal:
    """The signal among signed-off values alone, which is what rules may act on."""
    signed = [point for point in known if point.workflow is MeasurementWorkflow.SIGNED_OFF]
    if len(signed) == len(known):
        return signal
    why_not = _why_not(series, signed)
    if why_not is not None:
        return Signal(Variation.NOT_APPLICABLE, through=signed[-1].period if signed else None)
    stretches, measured = _stretches(series, profile, signed)
    return _signal(series, profile, stretches[-1], measured)


def _icon(signal: Signal) -> VariationIcon | None:
    if signal.variation is Variation.COMMON_CAUSE:
        return VariationIcon.COMMON_CAUSE
    if signal.rule is None:
        return None
    return VariationIcon(f"{signal.variation.value}_{'high' if signal.side > 0 else 'low'}")


def _run_chart(series: Judged, points: Sequence[Point]) -> RunChart | None:
    """Of one stretch only, so that nothing is compared across a break; None where no point counts."""
    counted = that_count(points)
    if not counted:
        return None
    latest = points[-1]
    before = counted[-2] if len(counted) > 1 and counted[-1] is latest else None
    period = periods.from_key(latest.period, series.period_type)
    year_before = periods.same_period_last_year(period) if period else None
    return RunChart(
        median=median(point.value for point in counted),
        change=None if before is None else latest.value - before.value,
        before=None if before is None else before.period,
        last_year=next(
            (point.value for point in counted if year_before and point.period == year_before.key), None
        ),
    )


def _target_at(series: Judged, point: Point) -> tuple[Decimal | None, Decimal | None]:
    """The values that meet the target in force for a point's period, as its rules choose it.

    Of the point's own period and not of today, so that a stored verdict does not age.
    """
    good = None
    for begins, goal in sorted(series.goods, key=lambda version: version[0] or date.min):
        if begins is None or begins <= point.ends_on:
            good = goal
    target = kpi_rules.current_target(series.targets, point.ends_on, good, began=point.starts_on)
    return ends(target, series.polarity)


def _assured(
    measured: _Measured | None, floor: Decimal | None, ceiling: Decimal | None, profile: Profile
) -> TargetAssurance | None:
    if measured is None:
        return None
    scale = Fraction(10) ** measured.decimals
    return assurance(
        measured.limits.lower / scale,
        measured.limits.upper / scale,
        None if floor is None else Fraction(floor),
        None if ceiling is None else Fraction(ceiling),
        equal_decides=profile.equal_decides,
    )


def _headings(series: Judged, points: Sequence[Point]) -> tuple[Trajectory, ...]:
    """Where the points that count of the latest stretch lead."""
    counted = that_count(points)
    days, values = [point.ends_on for point in counted], [point.value for point in counted]
    return headings(series.targets, series.polarity, points[-1].ends_on, days, values)


def _in_a_row(points: Sequence[Point], kind: PeriodType) -> bool:
    found = [periods.from_key(point.period, kind) for point in points]
    return all(a is not None and b is not None and periods.next(a) == b for a, b in pairwise(found))
