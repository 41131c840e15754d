"""A small set of published figures to stand beside the live plan's KPIs. All of it is made up.

No authority in it exists, and neither do its regions: their numbers are none that the Department for
Education gives. The files have the shape of the real ones and come in by the same door, so that real ones
can take their place.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from api.benchmarks.importing import import_release
from api.benchmarks.neighbours_file import MOST
from api.benchmarks.pairings import create_pairing
from api.benchmarks.schemas import DatasetCreate, IndicatorWrite, PairingCreate
from api.benchmarks.service import create_dataset
from api.benchmarks.terms import ENGLAND, DatasetKind
from api.core.context import Context
from api.samples.live import figures

AUTHORITY = "Northmoor"
LA_CODE = "971"
FIGURES, NEIGHBOURS = "sample-figures", "sample-neighbours"
YEARS = 4
SOURCE = "Made-up sample: invented authorities and figures"

REGIONS = (
    (
        "E12009901",
        "Norland (made up)",
        (
            AUTHORITY,
            "Eastmere",
            "Calderwick",
            "Stonehithe",
            "Ravenbeck",
            "Millhaven",
            "Saltwold",
            "Oakenholt",
        ),
    ),
    (
        "E12009902",
        "Midshire (made up)",
        (
            "Wexcombe",
            "Brackenfold",
            "Aldermarsh",
            "Harrowdale",
            "Thornmere",
            "Fenwold",
            "Quarrydon",
            "Larkhill",
        ),
    ),
    (
        "E12009903",
        "Southfold (made up)",
        (
            "Pinehurst",
            "Selworthy Vale",
            "Greywater",
            "Holmbridge",
            "Chalkdown",
            "Weirside",
            "Foxley",
            "Tidewell",
        ),
    ),
)
NEAREST_FIRST = (
    "Calderwick",
    "Thornmere",
    "Ravenbeck",
    "Greywater",
    "Aldermarsh",
    "Stonehithe",
    "Weirside",
    "Fenwold",
    "Saltwold",
    "Holmbridge",
)
WITHHELD = ("Fenwold", "Tidewell")
"""Published with a symbol in place of every figure: one of Northmoor's neighbours is missing."""


@dataclass(frozen=True)
class Indicator:
    """A column of the file. ``england`` is its level in the first year and in the last."""

    name: str
    title: str
    kpi: str
    england: tuple[float, float]
    spread: float
    """The standard deviation over authorities."""


INDICATORS = (
    Indicator(
        "rereferral_percent",
        "Re-referrals within twelve months, over a year",
        "K10",
        (22.4, 21.6),
        3.4,
    ),
    Indicator("vacancy_percent", "Vacant social work posts, 30 September", "K17", (18.9, 16.8), 4.1),
    Indicator("agency_percent", "Posts filled by agency workers, 30 September", "K18", (17.1, 15.2), 4.6),
    Indicator(
        "three_placements_percent",
        "Children in care with three or more placements in the year",
        "K26",
        (10.6, 10.2),
        1.7,
    ),
)

PAIRINGS = (
    (
        "K10",
        "rereferral_percent",
        False,
        "The KPI counts the referrals of a month, these figures those of a year.",
    ),
    (
        "K18",
        "agency_percent",
        True,
        "Both count on one day: the KPI at a month's end, these on 30 September.",
    ),
    ("K26", "three_placements_percent", True, None),
)
"""KPI, indicator, whether a value covers what a year of the figures covers, and why not or what to know."""

_COLUMNS = (
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "old_la_code",
    "new_la_code",
    "la_name",
)


async def import_benchmarks(ctx: Context, today: date) -> None:
    """Datasets of the whole service; those that are there already are left alone."""
    released_on = date(today.year - 1, 12, 12)
    for dataset, file in (
        (
            DatasetCreate(
                ref=FIGURES,
                title="Made-up sample: figures of invented authorities",
                source=SOURCE,
                indicators=[IndicatorWrite(name=i.name, title=i.title, decimals=1) for i in INDICATORS],
            ),
            figures_file(today),
        ),
        (
            DatasetCreate(
                ref=NEIGHBOURS,
                title="Made-up sample: neighbours of invented authorities",
                kind=DatasetKind.NEIGHBOURS,
                source=SOURCE,
            ),
            neighbours_file(),
        ),
    ):
        if await _is_there(ctx, dataset.ref):
            continue
        await create_dataset(ctx, dataset)
        await import_release(
            ctx,
            dataset.ref,
            io.BytesIO(file),
            released_on=released_on,
            title=f"Year {today.year - 1}",
            dry_run=False,
        )


async def _is_there(ctx: Context, dataset: str) -> bool:
    found = text("select exists (select from benchmark_dataset where ref = :ref)")
    return bool(await ctx.session.scalar(found, {"ref": dataset}))


async def pair_kpis(ctx: Context) -> None:
    """Two like with like, and one that is context because its period differs."""
    for kpi, indicator, period_alike, reason in PAIRINGS:
        pairing = PairingCreate(
            dataset=FIGURES,
            indicator=indicator,
            period_alike=period_alike,
            definition_alike=True,
            reason=reason,
        )
        await create_pairing(ctx, kpi, pairing)


def _areas() -> Iterator[tuple[str, str, str, str]]:
    """Number, name, region's code and name of each invented authority."""
    code = int(LA_CODE) - 1
    for region_code, region_name, names in REGIONS:
        for name in names:
            code += 1
            yield str(code), name, region_code, region_name


def figures_file(today: date) -> bytes:
    """In the shape of explore education statistics, the latest year first."""
    names = [indicator.name for indicator in INDICATORS]
    areas = list(_areas())
    rows: list[list[str]] = []
    for back in range(YEARS):
        year = today.year - 1 - back
        by_area = {code: _figures(code, name, back, today) for code, name, *_ in areas}
        rows.append(_row(year, "National", ["", "", "", "", ""], [_at(i.england, back) for i in INDICATORS]))
        for region_code, region_name, _ in REGIONS:
            held = [by_area[code] for code, _, region, _ in areas if region == region_code]
            means = [sum(column) / len(held) for column in zip(*held, strict=True)]
            rows.append(_row(year, "Regional", [region_code, region_name, "", "", ""], means))
        for code, name, region_code, region_name in areas:
            place = [region_code, region_name, code, f"E06009{code}", name]
            figures_ = None if name in WITHHELD else by_area[code]
            rows.append(_row(year, "Local authority", place, figures_))
    return _written([*_COLUMNS, *names], rows)


def _row(year: int, level: str, place: list[str], held: Iterable[float] | None) -> list[str]:
    cells = ["c"] * len(INDICATORS) if held is None else [f"{figure:.1f}" for figure in held]
    return [str(year), "Reporting year", level, ENGLAND, "England", *place, *cells]


def _at(ends: tuple[float, float], back: int) -> float:
    """On the line from the first year to the last, ``back`` years before the last."""
    first, last = ends
    return last - (last - first) * back / (YEARS - 1)


def _figures(code: str, name: str, back: int, today: date) -> list[float]:
    return [
        _own(i.kpi, today.year - 1 - back, today) if name == AUTHORITY else _others(i, code, back)
        for i in INDICATORS
    ]


def _others(indicator: Indicator, code: str, back: int) -> float:
    """An authority keeps its distance from England, and wanders a little from year to year."""
    apart = random.Random(f"{indicator.name} {code}").gauss(0, indicator.spread)  # noqa: S311 - sample figures
    wandering = random.Random(f"{indicator.name} {code} {back}").gauss(0, indicator.spread / 5)  # noqa: S311
    return max(_at(indicator.england, back) + apart + wandering, 1.0)


def _own(kpi: str, year: int, today: date) -> float:
    """Where the plan's own line stood in September of that year, so that both tell one story."""
    figure = next(each for each in figures.FIGURES if each.ref == kpi)
    latest = figures.latest_month(today).starts_on
    place = figures.MONTHS - 1 - ((latest.year - year) * 12 + latest.month - 9)
    share = min(max(place / (figures.MONTHS - 1), 0.0), 1.0)
    return figure.first + (figure.last - figure.first) * share


def neighbours_file() -> bytes:
    """Northmoor's neighbours as told; those of the others, whoever stands near them in the list."""
    areas = list(_areas())
    code_of = {name: code for code, name, *_ in areas}
    header = ["old_la_code", "la_name", "region_name"]
    header += [part for place in range(1, MOST + 1) for part in (f"SN_{place}", f"SN_{place}P")]
    rows = []
    for at, (code, name, _, region_name) in enumerate(areas):
        around = [areas[(at + step) % len(areas)][0] for step in range(1, MOST + 1)]
        nearest = [code_of[near] for near in NEAREST_FIRST] if name == AUTHORITY else around
        closeness = ("Very close" if place < 3 else "Close" for place in range(MOST))
        cells = [cell for pair in zip(nearest, closeness, strict=True) for cell in pair]
        rows.append([code, name, region_name, *cells])
    return _written(header, rows)


def _written(header: list[str], rows: Iterable[list[str]]) -> bytes:
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(header)
    writer.writerows(rows)
    return sheet.getvalue().encode()
