"""Rows of a delivery that are not taken: kept beside the good ones until the delivery is recorded."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from api.measurements.files.findings import PlacedRow, WrongRow
from api.measurements.repository import MOST_SHOWN, merged_errors
from api.measurements.rows import RowError
from api.measurements.staging import Stage
from api.measurements.taking import MOST_IN, readable


class Rejection(NamedTuple):
    """One reason against one row, in the order of the temporary table's columns."""

    row: int
    code: str
    pointer: str
    message: str
    place: str | None
    raw: Any


_DUPLICATES = """
insert into measurement_rejected (row_index, code, pointer, message)
select g.row_index, 'duplicate_in_batch', '',
       format('%%s rows are about the same value (%%s, %%s, %%s, %%s); send one of them.',
              d.rows, k.ref, sg.ref, g.period, g.basis)
from (select segment_id, basis, ends_on, count(*) as rows from measurement_staging
      group by segment_id, basis, ends_on having count(*) > 1) d
join measurement_staging g
    on g.segment_id = d.segment_id and g.basis = d.basis and g.ends_on = d.ends_on
join kpi k on k.id = g.kpi_id
join segment sg on sg.id = g.segment_id
"""

_UNCLEAR = """
insert into measurement_rejected (row_index, code, pointer, message)
select g.row_index, 'fraction_or_percent', '/value',
       format('Every figure of %%s lies between 0 and 1, and it is a percentage: say'
              ' percentages_are=fractions (0.814 is 81.4 per cent) or percentages_are=percents.', k.ref)
from measurement_staging g join kpi k on k.id = g.kpi_id
where g.kpi_id = any(%s)
"""

_TAKE_OUT = """
with wrong as (select distinct row_index from measurement_rejected where row is null),
gone as (delete from measurement_staging g using wrong w where w.row_index = g.row_index)
select row_index from wrong order by row_index
"""

_GIVE_BACK = """
update measurement_rejected r set place = b.place, row = b.row
from unnest(%s::int[], %s::text[], %s::jsonb[]) as b (row_index, place, row)
where r.row_index = b.row_index and r.row is null
"""

_FIRST = f"""
select row_index, code, pointer, message from measurement_rejected
order by row_index, code, pointer, message limit {MOST_SHOWN}
"""

_PLACES = f"""
select row_index, max(place) from measurement_rejected
group by row_index order by row_index limit {MOST_SHOWN}
"""


async def keep(stage: Stage, found: Sequence[Rejection]) -> None:
    """Set rows aside, each with its reason, as they were sent."""
    await stage.copy_rejected([one._replace(raw=as_kept(one.raw)) for one in found])


async def refuse_duplicates(stage: Stage) -> int:
    """Refuse every row about a value that another row is about too: only the sender knows which is
    right. Returns how many.
    """
    return await _refuse(stage, _DUPLICATES, {})


async def refuse_unclear_percentages(stage: Stage, kpi_ids: Sequence[int]) -> int:
    return await _refuse(stage, _UNCLEAR, (list(kpi_ids),))


async def _refuse(stage: Stage, query: str, values: Any) -> int:
    found = (await stage.execute(query, values)).rowcount
    stage.rejected += found
    return found


async def take_out(stage: Stage) -> array[int]:
    """Take rows refused after they were staged out of the stage; returns their indexes, ascending."""
    found = await stage.execute(_TAKE_OUT)
    return array("q", [row[0] async for row in found])


async def give_back(stage: Stage, chunk: Sequence[tuple[int, PlacedRow]]) -> None:
    """Put refused rows beside their reasons, as they were sent."""
    indexes = [index for index, _ in chunk]
    rows = [row for _, row in chunk]
    given = (indexes, [row.place for row in rows], [as_kept(row.raw) for row in rows])
    await stage.execute(_GIVE_BACK, given)


async def count_rows(stage: Stage) -> int:
    if not stage.rejected:
        return 0
    row = await (await stage.execute("select count(distinct row_index) from measurement_rejected")).fetchone()
    assert row is not None  # an aggregate without groups has one row
    return int(row[0])


async def first_errors(stage: Stage) -> list[RowError]:
    """The first hundred, by row."""
    if not stage.rejected:
        return []
    return [RowError(*row) for row in await (await stage.execute(_FIRST)).fetchall()]


async def first_places(stage: Stage) -> dict[int, str | None]:
    """Where the first hundred wrong rows stand."""
    return dict(await (await stage.execute(_PLACES)).fetchall())


async def merged(stage: Stage) -> str:
    """Like errors together, by the row they came first in; the first hundred kinds, as a JSON array."""
    if not stage.rejected:
        return "[]"
    row = await (await stage.execute(f"select {merged_errors('measurement_rejected j')}::text")).fetchone()
    assert row is not None  # a scalar subquery has one row
    return str(row[0])


async def store(stage: Stage, plan_id: int, submission_id: int) -> None:
    """Keep them with the submission. COPY may not go into a table under row-level security."""
    if stage.rejected:
        await stage.execute(
            "insert into rejected_row (plan_id, submission_id, row_index, place, code, pointer, message, row)"
            " select %s, %s, row_index, place, code, pointer, message, row from measurement_rejected"
            " order by row_index, code",
            (plan_id, submission_id),
        )


def as_kept(raw: Any) -> str:
    """A rejected row as JSON that the database can hold: whole where it could be sent again, and else
    its long and deep parts cut.
    """
    return orjson.dumps(_kept(raw.fields if isinstance(raw, WrongRow) else raw, 0)).decode()


def _kept(value: Any, depth: int) -> Any:
    match value:
        case None | bool():
            return value
        case int() if abs(value) < 2**53:
            return value
        case Decimal() if (
            value.is_finite() and abs(value.adjusted()) < 30 and len(value.as_tuple().digits) < 40
        ):
            return orjson.Fragment(str(value))
        case dict() if depth < 4:
            return {_clean(str(name), 64): _kept(part, depth + 1) for name, part in list(value.items())[:40]}
        case list() if depth < 4:
            return [_kept(part, depth + 1) for part in value[:40]]
        case _:
            return _clean(str(value), MOST_IN["note"] if depth == 1 else 500)


def _clean(written: str, most: int) -> str:
    return readable(written) if len(written) <= most else f"{readable(written[:most])}…"
