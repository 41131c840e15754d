"""Rejected rows as a CSV file, to be put right and sent again: a streamed answer with its own session."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import orjson
from fastapi import Response
from fastapi.responses import StreamingResponse
from sqlalchemy import text
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


async def download(ctx: Context, engine: AsyncEngine, submission: str) -> Response:
    """Raises NOT_FOUND for a submission that cannot be seen."""
    found = await read_one(ctx, SUBMISSION, submission)
    headers = {"Content-Disposition": f'attachment; filename="rejected-{submission[:36]}.csv"'}
    pages = _pages(engine, ctx.actor.id, ctx.plan.ref, found.id)
    return StreamingResponse(pages, media_type="text/csv; charset=utf-8", headers=headers)


async def _pages(engine: AsyncEngine, reader: int, plan: str, submission_id: int) -> AsyncIterator[bytes]:
    """The file in pieces, each read in a short transaction of its own: the rows never change."""
    # Excel takes a CSV for Windows-1252 unless it begins with a byte order mark.
    yield b"\xef\xbb\xbf" + _lines([HEADER])
    after = -1
    while True:
        async with transaction(engine) as session:
            await act_as(session, reader, plan=plan)
            bound = {"submission": submission_id, "after": after, "page": PAGE}
            rows = (await session.execute(_ROWS, bound)).all()
        if not rows:
            return
        after = rows[-1].row_index
        yield _lines(_row(row) for row in rows)


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
