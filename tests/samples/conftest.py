"""The sample plans, loaded once for the whole run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import httpx
import pytest
from psycopg.rows import tuple_row
from sqlalchemy.ext.asyncio import AsyncEngine

from api.samples.load import CLOSED_PLANS, load_samples
from api.samples.people import sign_ins_by_role
from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service


@pytest.fixture(scope="session")
async def loaded(engine: AsyncEngine) -> list[str]:
    """What two loaders found to do that began at the same moment, as two processes may."""
    one, other = await asyncio.gather(load_samples(engine), load_samples(engine))
    return [*one, *other]


@pytest.fixture(scope="session", params=CLOSED_PLANS)
async def closed(request: pytest.FixtureRequest, loaded: list[str], service: Service) -> PlanWorld:
    """Each closed sample in turn."""
    return await world(service, request.param)


@pytest.fixture(scope="session")
async def live(loaded: list[str], service: Service) -> PlanWorld:
    return await world(service, "northmoor")


async def world(service: Service, ref: str) -> PlanWorld:
    return PlanWorld(service, ref, await service.one("select id from plan where ref = %s", ref))


async def rows(service: Service, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    """What a query finds, as the database's owner."""
    async with service.owner.cursor(row_factory=tuple_row) as cursor:
        return await (await cursor.execute(query, values)).fetchall()


@asynccontextmanager
async def signed_in(service: Service, role: Role) -> AsyncIterator[httpx.AsyncClient]:
    """An API client with the published sign-in of a role."""
    who = sign_ins_by_role()[role.value]
    if role is Role.INTEGRATION:
        form = {name: who[name] for name in ("client_id", "client_secret")}
        form["grant_type"] = "client_credentials"
    else:
        form = {"grant_type": "password", "username": who["email"], "password": who["password"]}
    async with service.anonymous() as client:
        answer = await client.post("/v1/auth/token", data=form)
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client
