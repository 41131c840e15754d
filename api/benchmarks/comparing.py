"""A KPI beside published figures, year by year."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import text

from api.benchmarks.repository import BENCHMARKS, FIGURES
from api.benchmarks.standing import Json, Place, by_year, years_of
from api.core.context import Context, to_json
from api.core.errors import not_found
from api.core.reading import redirect_if_moved
from api.kpis.repository import KPI
from api.vocabulary import Polarity


async def read_benchmarks(ctx: Context, kpi: str, *, release: int | None = None) -> bytes:
    """A KPI's pairings with every year of their series, as JSON. Three queries.

    ``release`` reads an older one for the pairings of its dataset. Raises NOT_FOUND, or Moved.
    """
    held = (
        await ctx.session.execute(
            text("select id, ref, polarity from kpi where plan_id = :plan and lower(ref) = lower(:ref)"),
            {"plan": ctx.plan.id, "ref": kpi},
        )
    ).first()
    if held is None:
        await redirect_if_moved(ctx, KPI, kpi)
        raise not_found("KPI")
    bound = {"plan_id": ctx.plan.id, "kpi_id": held.id, "release": release, "clock": ctx.clock}
    pairings = (await ctx.session.execute(text(BENCHMARKS), bound)).all()
    rows = await ctx.session.execute(
        text(FIGURES), {"series": [pairing.series for pairing in pairings if pairing.series is not None]}
    )
    series = {key: by_year(group) for key, group in groupby(rows, attrgetter("series_id"))}
    polarity = Polarity(held.polarity)
    shown = [
        pairing.body
        | {
            "problem": _problem(pairing),
            "years": years_of(
                series.get(pairing.series, {}),
                Place(pairing.own, pairing.region, pairing.codes),
                polarity,
                no_quartile=pairing.no_quartile,
            ),
        }
        for pairing in pairings
    ]
    return to_json({"kpi": held.ref, "polarity": polarity.value, "benchmarks": shown})


def _problem(pairing: Any) -> Json | None:
    """The first thing that keeps figures from being shown."""
    if pairing.release is None:
        return _told("no_release", "No file of the dataset has been imported by then.")
    if pairing.series is None:
        return _told("series_gone", f"The release has no {pairing.indicator} under these filters.")
    if not pairing.has_code:
        return _told(
            "authority_without_code",
            f"{pairing.authority} has neither a three-digit number nor an ONS code; an administrator"
            " adds one.",
        )
    if pairing.own is None:
        return _told("authority_not_in_release", f"The release says nothing of {pairing.authority}.")
    if not pairing.codes:
        return _told("no_neighbours", f"No statistical neighbours of {pairing.authority} are known.")
    return None


def _told(code: str, message: str) -> Json:
    return {"code": code, "message": message}
