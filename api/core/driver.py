"""The driver's own connection beneath a session: for COPY, which SQLAlchemy does not speak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import AsyncConnection, Error
from psycopg.rows import TupleRow
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

_ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


async def driver_connection(session: AsyncSession) -> AsyncConnection[TupleRow]:
    """The connection that the session's transaction runs on."""
    raw = await (await session.connection()).get_raw_connection()
    connection: AsyncConnection[TupleRow] | None = raw.driver_connection
    if connection is None:
        raise RuntimeError("the session has no connection")
    return connection


@contextmanager
def as_sqlalchemy_tells_it(query: str) -> Iterator[None]:
    """The driver's errors as the session would raise them, so that one place answers for them all."""
    try:
        yield
    except Error as error:
        raise DBAPIError.instance(query, None, error, Error) from error


def copied(values: Iterable[Any]) -> str:
    """Columns of one line of COPY's text form, without the line's end."""
    return "\t".join("\\N" if value is None else str(value).translate(_ESCAPED) for value in values)
