"""How an authority stands in each year of a published series. Pure: it works on figures as read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from api.benchmarks import rules
from api.benchmarks.rules import Year
from api.benchmarks.terms import ENGLAND, AreaLevel, YearKind
from api.kpis.rules import direction
from api.vocabulary import Polarity

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Whom a series is read for: its code in the release, its region's and its neighbours'."""

    own: str | None
    region: str | None
    neighbours: Sequence[str]


@dataclass
class YearOfSeries:
    """What was published of one year."""

    published: dict[str, Json] = field(default_factory=dict)
    """State and value, by area."""
    held: dict[str, Decimal] = field(default_factory=dict)
    """Values of the areas that have one."""
    of_authorities: dict[str, Decimal] = field(default_factory=dict)


def by_year(rows: Iterable[Any]) -> dict[Year, YearOfSeries]:
    """Rows of one series, each with year, year_kind, area, level, state and value."""
    years: dict[Year, YearOfSeries] = {}
    for row in rows:
        found = years.setdefault(Year(row.year, YearKind(row.year_kind)), YearOfSeries())
        found.published[row.area] = {"state": row.state, "value": row.value}
        if row.value is not None:
            found.held[row.area] = row.value
            if row.level == AreaLevel.LOCAL_AUTHORITY:
                found.of_authorities[row.area] = row.value
    return years


def years_of(
    series: Mapping[Year, YearOfSeries], place: Place, polarity: Polarity, *, no_quartile: bool
) -> list[Json]:
    """Each year as the API shows it, the latest first."""
    own = {year: found.held[place.own] for year, found in series.items() if place.own in found.held}
    return [
        _year(year, series[year], place, polarity, no_quartile, rules.change_on_the_year(own, year))
        for year in sorted(series, reverse=True)
    ]


def _year(
    year: Year,
    found: YearOfSeries,
    place: Place,
    polarity: Polarity,
    no_quartile: bool,
    change: Decimal | None,
) -> Json:
    own = found.held.get(place.own) if place.own else None
    figures = list(found.of_authorities.values())
    bounds = rules.quartiles(figures)
    rank = rules.rank(own, figures, polarity)
    band = rules.band(own, bounds, polarity, no_quartile=no_quartile)
    good = rules.good_percentile(own, bounds, polarity, no_quartile=no_quartile)
    moved = direction(change, polarity)
    return {
        "period": year.key,
        "year": year.ends_in,
        "year_kind": year.kind.value,
        **comparators(found.published, place),
        "rank": asdict(rank) if rank else None,
        "authorities": len(figures),
        "quartiles": asdict(bounds) if bounds and not no_quartile else None,
        "band": band.value if band else None,
        "change": change,
        "direction": moved.value if moved else None,
        "good_percentile": asdict(good) if good else None,
    }


def comparators(published: Mapping[str, Json], place: Place) -> Json:
    """The authority's own figure, England's, its region's and the mean of its neighbours."""
    held = {area: figure["value"] for area, figure in published.items() if figure["value"] is not None}
    mean = rules.neighbour_mean(place.neighbours, held)
    return {
        "own": published.get(place.own) if place.own else None,
        "england": published.get(ENGLAND),
        "region": published.get(place.region) if place.region else None,
        "neighbours": asdict(mean) if place.neighbours else None,
    }
