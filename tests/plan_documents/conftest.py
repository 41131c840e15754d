"""An administrator, who may make plans, and plans that were imported."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service
from tests.plan_documents.documents import Json, bring_in

Imported = Callable[[Json], Awaitable[PlanWorld]]


@pytest.fixture(scope="session")
async def admin(service: Service) -> httpx.AsyncClient:
    return await service.admin()


@pytest.fixture
async def imported(service: Service, admin: httpx.AsyncClient) -> Imported:
    """Import a document; the plan it makes, with a programme manager."""

    async def import_it(document: Json) -> PlanWorld:
        await bring_in(admin, document)
        ref = document["plan"]["ref"]
        world = PlanWorld(service, ref, await service.one("select id from plan where ref = %s", ref))
        await world.client(Role.PROGRAMME_MANAGER)
        return world

    return import_it
