"""The service on a real socket, and an integration that may push to it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from api.core.database import WORKER_ROLE, make_engine
from api.core.jobs import QUEUE
from api.settings import Settings
from api.vocabulary import Role
from api.worker import make_jobs
from tests.conftest import url_of
from tests.factories.world import PlanWorld, User


@dataclass(frozen=True)
class Machine:
    client_id: str
    secret: str


@pytest.fixture(scope="session")
async def address(app: FastAPI) -> AsyncIterator[str]:
    """Where the running app answers over HTTP."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn sets a flag and no event
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture(scope="session")
async def worker_engine(database: str) -> AsyncIterator[AsyncEngine]:
    """The worker's own engine: its role, on this database."""
    engine = make_engine(url_of("worker", database), role=WORKER_ROLE, pool_size=4)
    yield engine
    await engine.dispose()


@pytest.fixture
def work(database: str, settings: Settings, worker_engine: AsyncEngine) -> Callable[[], Awaitable[None]]:
    """Run every job that waits, as the worker does, and come back when none is left."""

    async def run() -> None:
        jobs = make_jobs(url_of("worker", database), worker_engine, settings)
        async with jobs.open_async():
            await jobs.run_worker_async(
                wait=False, delete_jobs="successful", install_signal_handlers=False, queues=[QUEUE]
            )

    return run


@pytest.fixture
async def machine(plan: PlanWorld) -> Machine:
    """An integration of the plan that may push every KPI, with its secret."""
    admin = await plan.service.admin()
    made = await admin.post(
        "/v1/integrations", json={"name": "Case management", "scopes": ["measurement:write"]}
    )
    assert made.status_code == 201, made.text
    body = made.json()
    await plan.member(User(body["id"], body["name"], ""), Role.INTEGRATION)
    return Machine(body["client_id"], body["secret"])
