"""The service on a real socket, and an integration that may push to it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
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
    return await a_machine(plan, "Case management")


async def a_machine(plan: PlanWorld, name: str) -> Machine:
    admin = await plan.service.admin()
    made = await admin.post("/v1/integrations", json={"name": name, "scopes": ["measurement:write"]})
    assert made.status_code == 201, made.text
    body = made.json()
    await plan.member(User(body["id"], body["name"], ""), Role.INTEGRATION)
    return Machine(body["client_id"], body["secret"])


async def token_at(address: str, machine: Machine) -> str:
    """An access token for a machine, from where the service answers."""
    form = {
        "grant_type": "client_credentials",
        "client_id": machine.client_id,
        "client_secret": machine.secret,
    }
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        answer = await client.post("/v1/auth/token", data=form)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


@asynccontextmanager
async def system_of(machine: Machine, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A machine that has signed in, over a connection of its own."""
    headers = {"Authorization": f"Bearer {await token_at(address, machine)}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=120) as client:
        yield client
