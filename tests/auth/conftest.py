"""Fixtures for signing in: a client at an address of its own, a person, an integration."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.auth.doors import Door, Doors, Machine, Makes, Person


@pytest.fixture
async def doors(app: FastAPI) -> AsyncIterator[Doors]:
    async with AsyncExitStack() as stack:
        yield Doors(app, stack)


@pytest.fixture
async def door(doors: Doors) -> Door:
    return await doors.at()


@pytest.fixture
def make(engine: AsyncEngine) -> Makes:
    return Makes(engine)


@pytest.fixture
async def person(make: Makes) -> Person:
    return await make.person()


@pytest.fixture
async def machine(make: Makes) -> Machine:
    return await make.machine("plan:read", "measurement:write")
