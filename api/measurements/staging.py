"""Good rows into a temporary table, over the request's own connection and transaction.

COPY may not go into a table under row-level security, and a million rows must not pass through the
client twice: so every door copies here, and all that follows is set-based.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import TupleRow

from api.core.context import Context
from api.core.driver import as_sqlalchemy_tells_it, copied, driver_connection
from api.measurements.rows import StagedRow

_TABLES = """
set local work_mem = '32MB';
create temporary table if not exists measurement_staging (
    row_index integer not null, kpi_id bigint not null, segment_id bigint not null, basis text not null,
    period text not null, starts_on date not null, ends_on date not null, state text not null,
    value numeric(18, 6), grade text, numerator numeric(18, 6), denominator numeric(18, 6),
    note text, source text, external_reference text, workflow text, reason text
) on commit delete rows;
create temporary table if not exists measurement_classified (
    like measurement_staging, outcome text not null, series_id bigint, current_id bigint,
    revision integer not null, says_anew boolean not null
) on commit delete rows;
create temporary table if not exists measurement_locked (
    kpi_id bigint not null, ends_on date not null
) on commit delete rows;
create temporary table if not exists measurement_warned (
    row_index integer not null, code text not null, message text not null
) on commit delete rows;
create temporary table if not exists measurement_revising (
    current_id bigint, series_id bigint not null, from_id bigint, confirmed_by bigint
) on commit delete rows;
create temporary table if not exists measurement_rejected (
    row_index integer not null, code text not null, pointer text not null, message text not null,
    place text, row jsonb
) on commit delete rows;
"""
_EMPTY = """
delete from measurement_staging; delete from measurement_classified; delete from measurement_locked;
delete from measurement_warned; delete from measurement_revising; delete from measurement_rejected;
"""
_STAGED = "measurement stage opened in"
_COPY = f"copy measurement_staging ({', '.join(StagedRow._fields)}) from stdin"
_NOTHING = "\\N\t\\N\t\\N\t\\N"
_NO_TEXTS = "\\N\t\\N\t\\N\t\\N\t\\N"
_COPY_REJECTED = "copy measurement_rejected (row_index, code, pointer, message, place, row) from stdin"


class Stage:
    """The staging tables of one transaction."""

    def __init__(self, connection: AsyncConnection[TupleRow]) -> None:
        self._connection = connection
        self.rejected = 0
        """Reasons that stand in the table of rejected rows."""

    async def execute(
        self, query: str, values: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> AsyncCursor[TupleRow]:
        """Run a statement over the staged rows. Never prepared: a plan made for one staged row
        would be used again for five thousand.
        """
        with as_sqlalchemy_tells_it(query):
            return await self._connection.execute(query.encode(), values, prepare=False)

    @staticmethod
    def lines(rows: Iterable[StagedRow]) -> str:
        """Rows in COPY's text form."""
        return "".join(map(_line, rows))

    async def copy_lines(self, lines: str) -> None:
        """Copy good rows in."""
        if lines:
            await self._copy(_COPY, lines)

    async def copy_rejected(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Copy rows that are not taken in, by the columns of their table."""
        self.rejected += len(rows)
        await self._copy(_COPY_REJECTED, "".join(f"{copied(row)}\n" for row in rows))

    async def _copy(self, query: str, lines: str) -> None:
        with as_sqlalchemy_tells_it(query):
            async with self._connection.cursor() as cursor, cursor.copy(query) as copy:
                await copy.write(lines)


async def open_stage(ctx: Context) -> Stage:
    """Empty staging tables on the connection of the request's transaction."""
    stage = Stage(await driver_connection(ctx.session))
    await stage.execute(_TABLES)
    # The end of a transaction empties them; a second delivery in the same one must not find the first.
    transaction = ctx.session.get_transaction()
    if ctx.session.info.get(_STAGED) is transaction:
        await stage.execute(_EMPTY)
    ctx.session.info[_STAGED] = transaction
    return stage


def _line(row: StagedRow) -> str:
    """One line of COPY's text form. Only free text can hold anything that needs escaping."""
    (
        index,
        kpi_id,
        segment_id,
        basis,
        period,
        starts_on,
        ends_on,
        state,
        value,
        grade,
        numerator,
        denominator,
        *texts,
    ) = row
    if grade is None and numerator is None and denominator is None:
        figures = _NOTHING if value is None else f"{value}\t\\N\t\\N\t\\N"
    else:
        parts = (value, grade, numerator, denominator)
        figures = "\t".join("\\N" if part is None else str(part) for part in parts)
    free = copied(texts) if any(texts) else _NO_TEXTS
    return (
        f"{index}\t{kpi_id}\t{segment_id}\t{basis}\t{period}\t{starts_on}\t{ends_on}\t{state}"
        f"\t{figures}\t{free}\n"
    )
