"""The lines of a file into a temporary table, and from there into a release, set by set.

COPY may not go into a table under row-level security; and a file of any length must take no more
memory than a few thousand of its lines.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.benchmarks.figures_file import Line
from api.core.driver import as_sqlalchemy_tells_it, copied, driver_connection

_TABLE = """
create temporary table if not exists benchmark_staging (
    line integer not null, level text not null, area text not null, name text not null, new_code text,
    region_code text, region_name text, year integer not null, year_kind text not null,
    filters jsonb not null, states text[] not null, figures numeric(18, 6)[] not null
) on commit delete rows;
truncate benchmark_staging;
"""
_COPY = "copy benchmark_staging from stdin"
_CHUNK = 2_000


Progress = Callable[[int], Awaitable[None]]
"""Told now and then how many lines have been read."""


async def stage(
    session: AsyncSession, lines: Iterable[Line], filters: Sequence[str], progress: Progress | None = None
) -> None:
    """Copy lines into an empty staging table of this transaction."""
    connection = await driver_connection(session)
    written: list[str] = []
    with as_sqlalchemy_tells_it(_COPY):
        await connection.execute(_TABLE, prepare=False)
        async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for line in lines:
                written.append(_written(line, filters))
                if len(written) == _CHUNK:
                    await copy.write("".join(written))
                    written.clear()
                    if progress is not None:
                        await progress(line.number - 1)
            await copy.write("".join(written))


def _written(line: Line, filters: Sequence[str]) -> str:
    """One line of COPY's text form. States and figures hold nothing that needs escaping."""
    told = orjson.dumps(dict(zip(filters, line.filters, strict=True))).decode()
    free = (line.area, line.name, line.new_code, line.region_code, line.region_name)
    texts = copied(free)
    states = ",".join(cell.state.value for cell in line.cells)
    figures = ",".join(cell.value or "NULL" for cell in line.cells)
    return (
        f"{line.number}\t{line.level.value}\t{texts}\t{line.year.ends_in}\t{line.year.kind.value}"
        f"\t{copied((told,))}\t{{{states}}}\t{{{figures}}}\n"
    )


class Repeated(NamedTuple):
    line: int
    first: int
    level: str
    is_same: bool
    """It says the same as the first."""


_REPEATED = """
select line, first, level, is_same, count(*) over () as in_all from (
    select line, level, row_number() over which as place, first_value(line) over which as first,
           (states, figures) is not distinct from
           (first_value(states) over which, first_value(figures) over which) as is_same
    from benchmark_staging
    window which as (partition by area, year, year_kind, filters order by line)
) numbered
where place > 1 order by line limit :most
"""


async def repeated_lines(session: AsyncSession, most: int) -> tuple[int, list[Repeated]]:
    """How many lines are about what an earlier one is about, and the first ``most`` of them."""
    rows = (await session.execute(text(_REPEATED), {"most": most})).all()
    return (rows[0].in_all if rows else 0), [Repeated(*row[:4]) for row in rows]


async def years_staged(session: AsyncSession) -> list[tuple[int, str]]:
    """Every year with its kind, in order."""
    rows = await session.execute(
        text("select distinct year, year_kind from benchmark_staging order by year, year_kind")
    )
    return [(row.year, row.year_kind) for row in rows]


_AREAS = """
insert into benchmark_area (release_id, code, level, name, new_codes, region_code, region_name)
select distinct on (s.area) :release, s.area, s.level, s.name,
       coalesce(codes.held, '{}'), s.region_code, s.region_name
from benchmark_staging s
left join (select area, array_agg(distinct new_code) as held from benchmark_staging
           where new_code is not null group by area) codes on codes.area = s.area
order by s.area, s.year desc, s.line
"""
_SERIES = """
insert into benchmark_series (release_id, indicator, filters)
select :release, i.name, f.filters
from (select distinct filters from benchmark_staging) f
cross join unnest(cast(:indicators as text[])) with ordinality i (name, place)
order by f.filters, i.place
"""
_FIGURES = """
insert into benchmark_figure (series_id, year, year_kind, area, level, state, value)
select b.id, s.year, s.year_kind, s.area, s.level, c.state, c.figure
from benchmark_staging s
cross join lateral unnest(cast(:indicators as text[]), s.states, s.figures) c (indicator, state, figure)
join benchmark_series b on b.release_id = :release and b.indicator = c.indicator
    and b.filters = s.filters
"""


async def store_staged(session: AsyncSession, release: int, indicators: Sequence[str]) -> None:
    """Everything staged, as the figures of a release."""
    bound = {"release": release, "indicators": list(indicators)}
    await session.execute(text(_AREAS), {"release": release})
    await session.execute(text(_SERIES), bound)
    await session.execute(text(_FIGURES), bound)


class Compared(NamedTuple):
    added: int
    changed: int
    unchanged: int
    removed: int


_COMPARED = """
with pair as (
    select row_number() over () as place, n.id as new_id, o.id as old_id
    from (select * from benchmark_series where release_id = :new) n
    full join (select * from benchmark_series where release_id = :old) o
        on o.indicator = n.indicator and o.filters = n.filters
)
select count(*) filter (where o.state is null) as added,
       count(*) filter (where n.state <> o.state
                        or (n.state = o.state and n.value is distinct from o.value)) as changed,
       count(*) filter (where n.state = o.state and n.value is not distinct from o.value) as unchanged,
       count(*) filter (where n.state is null) as removed
from (select pair.place, f.* from pair join benchmark_figure f on f.series_id = pair.new_id) n
full join (select pair.place, f.* from pair join benchmark_figure f on f.series_id = pair.old_id) o
    using (place, year, year_kind, area)
"""


async def compare_releases(session: AsyncSession, new: int, old: int) -> Compared:
    """Figure by figure, of the same indicator, filters, year and area."""
    return Compared(*(await session.execute(text(_COMPARED), {"new": new, "old": old})).one())
