"""CSV files of many rows: streamed answers with sessions of their own. Rejected rows are such a file, to be
put right and sent again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Response
from fastapi.responses import StreamingResponse
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.acting import act_as
from api.core.context import Context
from api.core.database import transaction
from api.core.reading import read_one
from api.measurements.files.formulas import harmless
from api.measurements.repository import SUBMISSION

PAGE = 2_000
FIELDS = (
    "kpi", "segment", "period", "basis", "state", "value", "grade", "numerator", "denominator", "note",
    "source", "external_reference",
)  # fmt: skip
# The reader of files leaves out what is added here, by these names.
HEADER = ("row", "place", "error", "reason", *FIELDS, "rest")

_ROWS = text(
    "select j.row_index, max(j.place) as place, string_agg(j.code, ', ' order by j.id) as codes,"
    " string_agg(j.message, ' ' order by j.id) as messages, (array_agg(j.row order by j.id))[1]::text as row"
    " from (select * from rejected_row where submission_id = :submission and row_index > :after"
    "       and row_index <= (select max(row_index) from ("
    "           select distinct row_index from rejected_row"
    "           where submission_id = :submission and row_index > :after"
    "           order by row_index limit :page) p)) j"
    " group by j.row_index order by j.row_index"
)


@dataclass(frozen=True)
class Part:
    """Rows of a file, read page by page."""

    first: TextClause
    """Finds what its first page comes after."""
    rows: TextClause
    """Finds ``:page`` rows that come after ``:after``; what a row is told apart by is its first column."""
    cells: Callable[[Any], Iterable[str]]


_REJECTED = Part(text("select -1"), _ROWS, lambda row: _row(row))


async def download(ctx: Context, engine: AsyncEngine, submission: str) -> Response:
    """Raises NOT_FOUND for a submission that cannot be seen."""
    found = await read_one(ctx, SUBMISSION, submission)
    name = f"rejected-{submission[:36]}.csv"
    return stream(ctx, engine, name, HEADER, (_REJECTED,), {"submission": found.id})


def stream(
    ctx: Context,
    engine: AsyncEngine,
    name: str,
    header: Sequence[str],
    parts: Sequence[Part],
    bound: Mapping[str, Any],
) -> Response:
    """A CSV file of all the parts, one after the other; memory stays flat however many rows there are."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    pages = _pages(engine, ctx.actor.id, ctx.plan.ref, header, parts, bound)
    return StreamingResponse(pages, media_type="text/csv; charset=utf-8", headers=headers)


async def _pages(
    engine: AsyncEngine,
    reader: int,
    plan: str,
    header: Sequence[str],
    parts: Sequence[Part],
    bound: Mapping[str, Any],
) -> AsyncIterator[bytes]:
    """The file in pieces, each read in a short transaction of its own: the rows never change."""
    # Excel takes a CSV for Windows-1252 unless it begins with a byte order mark.
    yield b"\xef\xbb\xbf" + _lines([header])
    for part in parts:
        after = None
        while True:
            async with transaction(engine) as session:
                await act_as(session, reader, plan=plan)
                if after is None:
                    after = await session.scalar(part.first, dict(bound))
                paged = {**bound, "after": after, "page": PAGE}
                rows = (await session.execute(part.rows, paged)).all()
            if not rows:
                break
            after = rows[-1][0]
            yield _lines(part.cells(row) for row in rows)


def _row(row: Any) -> Iterator[str]:
    sent = orjson.loads(row.row) if row.row else None
    named = sent if isinstance(sent, dict) else {}
    rest = {name: value for name, value in named.items() if name not in FIELDS} if named else sent
    fields = [named.get(name) for name in FIELDS]
    other = None if rest in ({}, None) else orjson.dumps(rest).decode()
    return map(_cell, (row.row_index, row.place, row.codes, row.messages, *fields, other))


def _cell(value: Any) -> str:
    """Text that a spreadsheet takes for text, whoever sent it."""
    if value is None:
        return ""
    return harmless(value if isinstance(value, str) else orjson.dumps(value).decode())


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    made = io.StringIO(newline="")
    csv.writer(made).writerows(rows)
    return made.getvalue().encode()
