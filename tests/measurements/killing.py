"""Processes of their own that are killed, and the state in which they are: between values and verdicts."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import httpx
from procrastinate import App
from psycopg import AsyncConnection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.conftest import ROOT, url_of
from tests.factories.world import PlanWorld
from tests.service import free_port

LONG = 120
"""Seconds after which what was waited for does not come."""


@contextmanager
def started(command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """``turnstone worker`` or ``serve`` as a process of its own; killed afterwards if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", command],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9."""
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()


@asynccontextmanager
async def started_api(database: str) -> AsyncIterator[tuple[subprocess.Popen[bytes], str]]:
    """The API as a process of its own, ready, and where it answers."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {"TURNSTONE_DATABASE_URL": url_of("service", database), "TURNSTONE_PORT": str(port)}
    with started("serve", **environment) as process:
        async with httpx.AsyncClient(base_url=address) as client:
            while not await _answers(client):
                assert process.poll() is None, "the API ended"
                await asyncio.sleep(0.05)
        yield process, address


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/healthz")).status_code == 200
    except httpx.HTTPError:
        return False


@dataclass(frozen=True)
class Hold:
    """A transaction that holds a plan's verdicts: whoever merges values has written them, and waits."""

    connection: AsyncConnection[tuple[object, ...]]

    async def until_somebody_waits(self, engine: AsyncEngine) -> str:
        """The statement that waits; asked with the waiting process's own role, which alone may see it."""
        query = text(
            "select query from pg_stat_activity where wait_event_type = 'Lock'"
            " and cast(:holder as int) = any(pg_blocking_pids(pid))"
        )
        async with asyncio.timeout(LONG):
            while True:
                async with engine.connect() as connection:
                    found = await connection.scalar(query, {"holder": self.connection.info.backend_pid})
                if found:
                    return str(found)
                await asyncio.sleep(0.02)


@asynccontextmanager
async def verdicts_held(plan: PlanWorld, database: str) -> AsyncIterator[Hold]:
    """Nobody writes the plan's verdicts, of which there must be some, until the end of the block."""
    async with await AsyncConnection.connect(url_of("owner", database)) as connection:
        held = await connection.execute(
            "select series_id from verdict where plan_id = %s order by series_id for update", (plan.id,)
        )
        assert await held.fetchall()
        yield Hold(connection)
        await connection.rollback()


async def until_gone(engine: AsyncEngine) -> None:
    """Until the database has noticed that a killed process is no more.

    Asked as that process's role: what another role's sessions are doing is hidden from everyone else.
    """
    query = text(
        "select count(*) from pg_stat_activity where usename = current_user and state <> 'idle'"
        " and datname = current_database() and pid <> pg_backend_pid()"
    )
    async with asyncio.timeout(LONG):
        while True:
            async with engine.connect() as connection:
                if not await connection.scalar(query):
                    return
            await asyncio.sleep(0.05)


async def retry_stalled(jobs: App) -> None:
    for job in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=0):
        await jobs.job_manager.retry_job(job)
