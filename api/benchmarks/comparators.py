"""The latest published figures beside many KPIs: what lists, the scorecard and a KPI's page show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import text

from api.benchmarks.repository import COMPARATORS
from api.benchmarks.rules import Year
from api.benchmarks.standing import Json, Place, comparators
from api.benchmarks.terms import FigureState, YearKind
from api.core.context import Context


class FigureRead(BaseModel):
    """What was published. A value stands only where one was reported; no other state is a zero."""

    state: FigureState
    value: float | None


class NeighbourFigureRead(BaseModel):
    """The plain mean of the neighbours that have a figure."""

    value: float | None
    present: int = Field(examples=[9])
    of: int = Field(examples=[10])


class ComparatorsRead(BaseModel):
    """The latest published figures to set the KPI against, like with like."""

    pairing: int
    period: str
    release: int
    released_on: date
    own: FigureRead | None
    england: FigureRead | None
    region: FigureRead | None
    neighbours: NeighbourFigureRead | None


async def comparators_of(ctx: Context, kpis: Sequence[str] | None = None) -> dict[str, Json]:
    """The latest like-with-like figures of the plan's KPIs, or of those with these refs. One query.

    By ref; a KPI that is paired with nothing like it is not there.
    """
    rows = await ctx.session.execute(
        text(COMPARATORS),
        {
            "plan_id": ctx.plan.id,
            "release": None,
            "clock": ctx.clock,
            "kpi_refs": None if kpis is None else [ref.lower() for ref in kpis],
        },
    )
    return {row.ref: _latest(row) for row in rows}


def _latest(row: Any) -> Json:
    published = {
        area: {
            "state": figure["state"],
            "value": None if figure["value"] is None else Decimal(repr(figure["value"])),
        }
        for area, figure in (row.figures or {}).items()
    }
    return {
        "pairing": row.pairing,
        "period": Year(row.year, YearKind(row.year_kind)).key,
        "release": row.release,
        "released_on": row.released_on,
        **comparators(published, Place(row.own, row.region, row.codes)),
    }
