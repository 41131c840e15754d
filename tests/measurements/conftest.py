"""The service on a real socket, and an integration that may push to it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import uvicorn
from fastapi import FastAPI

from api.vocabulary import Role
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
