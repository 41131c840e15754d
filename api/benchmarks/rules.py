"""How an authority's published figure stands among those of others.

A figure that is missing, for whatever reason, is none: it is no part of a mean, a rank or a quartile.
The rules are those of the Department for Education's interactive tool for local authorities.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from api.benchmarks.terms import Band, YearKind
from api.vocabulary import Polarity

QUARTER, HALF, THREE_QUARTERS = Decimal("0.25"), Decimal("0.5"), Decimal("0.75")
_SIXTH_PLACE = Decimal("0.000001")


@dataclass(frozen=True)
class NeighbourMean:
    """The plain mean of the neighbours that have a figure; None where none has."""

    value: Decimal | None
    present: int
    of: int


@dataclass(frozen=True)
class Rank:
    """A place among those with a figure; 1 is best, and equals share the smallest place."""

    place: int
    of: int


@dataclass(frozen=True)
class Quartiles:
    lower: Decimal
    median: Decimal
    upper: Decimal


@dataclass(frozen=True)
class GoodPercentile:
    """The figure where the best quarter of all authorities begins."""

    percentile: int
    value: Decimal
    is_reached: bool | None
    """None where the authority has no figure."""


def neighbour_mean(neighbours: Sequence[str], figures: Mapping[str, Decimal]) -> NeighbourMean:
    """Each neighbour weighs the same, whatever its size; ``figures`` are of the areas that have one."""
    present = [figures[code] for code in neighbours if code in figures]
    mean = (sum(present, Decimal(0)) / len(present)).quantize(_SIXTH_PLACE) if present else None
    return NeighbourMean(mean, len(present), len(neighbours))


def rank(own: Decimal | None, all_figures: Iterable[Decimal], polarity: Polarity) -> Rank | None:
    """The place of ``own`` among all authorities, itself among them.

    None without a figure; and for a neutral measure, where no end is the better one.
    """
    if own is None or polarity is Polarity.NEUTRAL:
        return None
    held = list(all_figures)
    better = sum(figure > own if polarity is Polarity.HIGHER else figure < own for figure in held)
    return Rank(better + 1, len(held))


def quantile(figures: Sequence[Decimal], part: Decimal) -> Decimal:
    """The type 7 quantile: between the two nearest figures in order, by straight line. Exact.

    ``part`` is from 0 to 1. Raises ValueError where there are no figures.
    """
    if not figures:
        raise ValueError("no figures have no quantile")
    ordered = sorted(figures)
    place = (len(ordered) - 1) * part
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def quartiles(figures: Sequence[Decimal]) -> Quartiles | None:
    """None where there are no figures."""
    if not figures:
        return None
    return Quartiles(*(quantile(figures, part) for part in (QUARTER, HALF, THREE_QUARTERS)))


def band(
    own: Decimal | None, bounds: Quartiles | None, polarity: Polarity, *, no_quartile: bool = False
) -> Band | None:
    """The quarter that ``own`` falls in. A figure on a bound belongs to the quarter below it.

    None without a figure, for a neutral measure, and where quartiles say nothing (``no_quartile``).
    """
    if own is None or bounds is None or polarity is Polarity.NEUTRAL or no_quartile:
        return None
    from_lowest = sum(own > bound for bound in (bounds.lower, bounds.median, bounds.upper))
    bands = list(Band)
    return bands[from_lowest] if polarity is Polarity.LOWER else bands[-1 - from_lowest]


def good_percentile(
    own: Decimal | None, bounds: Quartiles | None, polarity: Polarity, *, no_quartile: bool = False
) -> GoodPercentile | None:
    """The 75th percentile where more is better, the 25th where less is; None where there is no band."""
    if bounds is None or polarity is Polarity.NEUTRAL or no_quartile:
        return None
    if polarity is Polarity.HIGHER:
        return GoodPercentile(75, bounds.upper, None if own is None else own >= bounds.upper)
    return GoodPercentile(25, bounds.lower, None if own is None else own <= bounds.lower)


@dataclass(frozen=True, order=True)
class Year:
    """A year of one kind, named by the calendar year it ends in."""

    ends_in: int
    kind: YearKind

    @property
    def key(self) -> str:
        """As KPI periods are written where the kinds agree: 2025, FY2024-25, AY2024-25."""
        if not self.kind.is_pair:
            return str(self.ends_in)
        prefix = "FY" if self.kind is YearKind.FINANCIAL else "AY"
        return f"{prefix}{self.ends_in - 1}-{self.ends_in % 100:02}"

    @property
    def before(self) -> Year:
        return Year(self.ends_in - 1, self.kind)


def change_on_the_year(own: Mapping[Year, Decimal], year: Year) -> Decimal | None:
    """The figure less that of the year just before: None where either year has none, or is not there."""
    now, then = own.get(year), own.get(year.before)
    return None if now is None or then is None else now - then
