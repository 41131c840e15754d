"""Everything that a delivery changed, or that a preview said it would: old beside new, in pages or as a file.

A stored delivery is read from the revisions it brought and from what it left waiting. A preview leaves
nothing else to read it from, so its changes are kept by themselves, for a week and up to a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.core.context import Context
from api.core.errors import Problem, ProblemType
from api.core.reading import PageQuery, Reading, Sort, read_one, read_page
from api.measurements.downloads import Part, stream
from api.measurements.repository import SUBMISSION, figures_of
from api.measurements.staging import Stage

MOST_KEPT = 100_000
"""Changes of one preview."""

_KEEP = """
insert into previewed_change (plan_id, submission_id, row_index, outcome, kpi_id, segment_id, period, basis,
    state, value, grade, numerator, denominator, held_id)
select %(plan)s, %(submission)s, g.row_index, g.outcome, g.kpi_id, g.segment_id, g.period, g.basis,
    g.state, g.value, g.grade, g.numerator, g.denominator, g.current_id
from measurement_classified g where g.outcome <> 'unchanged' order by g.row_index limit %(most)s
"""

_FIGURES = "{0}.state, {0}.value, {0}.grade, {0}.numerator, {0}.denominator"

_PREVIEWED = f"""select p.id, 0 as kind, p.row_index as place, p.row_index, p.outcome, p.kpi_id, p.segment_id,
        p.basis, p.period, {_FIGURES.format("p")}, p.held_id as old_id
    from previewed_change p where p.submission_id = :submission_id"""

_BROUGHT = f"""select r.id, 0 as kind, r.id as place, null::int as row_index,
        case when o.id is null then 'created' else 'updated' end as outcome, r.kpi_id, s.segment_id, s.basis,
        r.period, {_FIGURES.format("r")}, o.id as old_id
    from measurement_revision r
    join public.series s on s.id = r.series_id
    left join measurement_revision o on o.series_id = r.series_id and o.ends_on = r.ends_on
        and o.revision = r.revision - 1 and o.state <> 'withdrawn'
    where r.submission_id = :submission_id and r.act_id is null"""

_QUEUED = f"""select l.id, 1 as kind, l.id as place, null::int as row_index, 'queued' as outcome, l.kpi_id,
        s.segment_id, s.basis, l.period, {_FIGURES.format("l")}, o.id as old_id
    from late_revision l
    join public.series s on s.id = l.series_id
    left join measurement_revision o on o.series_id = l.series_id and o.ends_on = l.ends_on
        and o.known_from <= l.queued_at and o.known_to > l.queued_at and o.state <> 'withdrawn'
    where l.submission_id = :submission_id"""

_BESIDE = """join kpi k on k.id = c.kpi_id join segment sg on sg.id = c.segment_id
    left join measurement_revision o on o.id = c.old_id and o.state <> 'withdrawn'"""


def _reading(source: str) -> Reading:
    return Reading(
        what="change",
        table="measurement_revision",
        alias="c",
        source=f"({source}) c {_BESIDE}",
        body=f"""json_build_object('index', c.row_index, 'outcome', c.outcome, 'kpi', k.ref,
            'segment', sg.ref, 'period', c.period, 'basis', c.basis,
            'old', case when o.id is not null then {figures_of("o")} end, 'new', {figures_of("c")})""",
        where="true",
        sorts={"kind": Sort("c.kind", "integer"), "place": Sort("c.place", "bigint")},
        default_sort="kind,place",
        filters={"outcome": "c.outcome = any(cast(:outcome as text[]))"},
    )


_OF_PREVIEW = _reading(_PREVIEWED)
_OF_DELIVERY = _reading(f"{_BROUGHT} union all {_QUEUED}")

HEADER = (
    "row", "outcome", "kpi", "segment", "period", "basis", "old_state", "old_value", "old_grade",
    "old_numerator", "old_denominator", "state", "value", "grade", "numerator", "denominator",
)  # fmt: skip


_PLACES = {_PREVIEWED: "p.row_index", _BROUGHT: "r.id", _QUEUED: "l.id"}
"""By what each is told apart, and paged."""


def _cells(row: Any) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell) for cell in row[1:])


def _part(source: str, first: str) -> Part:
    """A piece of the file, in the order of ``place``, beginning after what the query ``first`` finds."""
    figures = ", ".join(
        f"trim_scale({alias}.{name})" if name in ("value", "numerator", "denominator") else f"{alias}.{name}"
        for alias in ("o", "c")
        for name in ("state", "value", "grade", "numerator", "denominator")
    )
    rows = f"""select c.place, c.row_index, c.outcome, k.ref, sg.ref, c.period, c.basis, {figures}
        from ({source} and {{place}} > :after order by {{place}} limit :page) c {_BESIDE} order by c.place"""
    return Part(text(first), text(rows.format(place=_PLACES[source])), _cells)


# Revisions of one delivery lie beside each other, but the way there by their ids alone is long.
_BEFORE_FIRST = """select coalesce(min(id) - 1, 0) from (
    select id from measurement_revision where submission_id = :submission_id offset 0) brought"""

_PARTS_OF_PREVIEW = (_part(_PREVIEWED, "select -1"),)
_PARTS_OF_DELIVERY = (_part(_BROUGHT, _BEFORE_FIRST), _part(_QUEUED, "select 0"))


@dataclass(frozen=True)
class _Found:
    id: int
    ref: str
    is_preview: bool


async def keep_changes(ctx: Context, stage: Stage, submission_id: int) -> None:
    """Store what the preview found."""
    await stage.execute(_KEEP, {"plan": ctx.plan.id, "submission": submission_id, "most": MOST_KEPT})


async def list_changes(
    ctx: Context, submission: str, query: PageQuery, filters: Mapping[str, Sequence[str] | None]
) -> Response:
    """Raises NOT_FOUND for a submission that cannot be seen, or a preview too old to tell."""
    found = await _find(ctx, submission)
    reading = _OF_PREVIEW if found.is_preview else _OF_DELIVERY
    return await read_page(ctx, reading, query, filters, submission_id=found.id)


async def download_changes(ctx: Context, engine: AsyncEngine, submission: str) -> Response:
    """All of them as a CSV file. Raises as :func:`list_changes`."""
    found = await _find(ctx, submission)
    parts = _PARTS_OF_PREVIEW if found.is_preview else _PARTS_OF_DELIVERY
    return stream(ctx, engine, f"changes-{found.ref}.csv", HEADER, parts, {"submission_id": found.id})


async def _find(ctx: Context, submission: str) -> _Found:
    item = await read_one(ctx, SUBMISSION, submission)
    said = orjson.loads(item.body)
    found = _Found(item.id, said["submission"], said["dry_run"])
    if found.is_preview and said["changes"]:
        kept = "select exists (select from previewed_change where submission_id = :id)"
        if not await ctx.session.scalar(text(kept), {"id": item.id}):
            raise Problem(
                ProblemType.NOT_FOUND, "What a preview found is kept for a week; preview the file again."
            )
    return found
