"""Connections to Postgres: one engine per process, one transaction per request."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

SERVICE_ROLE = "turnstone_service"
WORKER_ROLE = "turnstone_worker"


def sqlalchemy_url(url: str) -> str:
    """The same URL naming the driver, psycopg 3, as SQLAlchemy wants it."""
    return "postgresql+psycopg://" + url.split("://", 1)[1]


def make_engine(url: str, *, role: str = SERVICE_ROLE, pool_size: int = 10) -> AsyncEngine:
    """An engine whose every connection acts as ``role``, even if the URL's user may do more."""
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=False,
        pool_recycle=1800,
        hide_parameters=True,
        json_serializer=_compact_json,
        connect_args={
            "options": f"-c role={role} -c timezone=UTC -c default_transaction_isolation=read\\ committed"
            " -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s -c jit=off",
            "connect_timeout": 5,
            "application_name": "turnstone",
        },
    )


def _compact_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session whose work is committed on leaving, or rolled back if anything is raised."""
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        yield session
