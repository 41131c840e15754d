"""Acting as the service itself, for the tables nobody else may see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

SYSTEM_PRINCIPAL = 1
"""The principal that the first migration makes."""

_SWAP = text(
    "select coalesce(current_setting('turnstone.principal', true), ''),"
    " set_config('turnstone.principal', :principal, true)"
)


@asynccontextmanager
async def as_system(session: AsyncSession) -> AsyncIterator[None]:
    """Act as the system principal inside the block, then as whoever acted before.

    What was added to the session earlier is written first, under the rights of whoever added it.
    """
    await session.flush()
    before = await _act_as(session, str(SYSTEM_PRINCIPAL))
    try:
        yield
    except Exception:
        # A failed transaction takes no more statements, and its setting dies with it. Where only a
        # savepoint failed, or no statement did, the caller may go on, and not as the system.
        with suppress(SQLAlchemyError):
            await _act_as(session, before)
        raise
    await session.flush()
    await _act_as(session, before)


@asynccontextmanager
async def as_someone(session: AsyncSession) -> AsyncIterator[None]:
    """Act as whoever acts already, so that the change record names them; as the system if nobody does."""
    acting = await session.scalar(text("select turnstone.principal()"))
    if acting is not None:
        yield
        return
    async with as_system(session):
        yield


async def _act_as(session: AsyncSession, principal: str) -> str:
    before = (await session.execute(_SWAP, {"principal": principal})).one()[0]
    return str(before)
