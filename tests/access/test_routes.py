"""Every route × every role, over HTTP: what the routes declare, what the table says, and what happens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.dependencies import access_of
from api.auth.permissions import INTEGRATION_SCOPES, ROLE_TABLE, Permission
from api.auth.service import create_integration
from api.core.database import transaction
from api.main import create_app
from api.settings import Settings
from api.vocabulary import Role
from tests.access.table import ACCESS, PUBLIC, Roles
from tests.factories.world import PlanWorld, Service


@dataclass(frozen=True)
class Declared:
    """One verb of one route, and what its dependencies say of its access."""

    method: str
    path: str
    access: tuple[str, tuple[Permission, ...]] | None
    whole_numbers: frozenset[str]
    """Path parameters that must be whole numbers."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def roles(self) -> Roles:
        """Who may use it, going by its declared permissions and the role table."""
        wanted = set(self.access[1]) if self.access else set()
        return frozenset(role for role in Role if not wanted or wanted & ROLE_TABLE[role])

    def url(self, plan: PlanWorld) -> str:
        """An address under the plan at which there is nothing else."""
        parts = []
        for part in self.path.split("/"):
            name = part.strip("{}")
            if not part.startswith("{"):
                parts.append(part)
            elif name == "plan":
                parts.append(plan.ref)
            else:
                parts.append("999999999" if name in self.whole_numbers else "none-such")
        return "/".join(parts)


def _declared() -> Iterator[Declared]:
    for route in iter_route_contexts(create_app(Settings()).routes):
        dependant: Dependant | None = getattr(route, "dependant", None)
        found = list(_accesses(dependant)) if dependant else []
        assert len(found) <= 1, f"{route.path} declares its access {len(found)} times"
        numbers = {
            field.name
            for field in (dependant.path_params if dependant else [])
            if field.field_info.annotation is int
        }
        for method in sorted(set(route.methods or ()) - {"HEAD"}):
            yield Declared(method, str(route.path), found[0] if found else None, frozenset(numbers))


def _accesses(dependant: Dependant) -> Iterator[tuple[str, tuple[Permission, ...]]]:
    for inner in dependant.dependencies:
        access = access_of(inner.call) if inner.call else None
        if access is not None:
            yield access
        yield from _accesses(inner)


ROUTES = {route.name: route for route in _declared()}
GUARDED = [route for route in ROUTES.values() if route.access is not None]


@dataclass
class Cast:
    """A fresh plan, and somebody signed in for every role, for no role, and for nobody."""

    plan: PlanWorld
    by_role: dict[Role, httpx.AsyncClient]
    stranger: httpx.AsyncClient
    nobody: httpx.AsyncClient


@pytest.fixture(scope="module")
async def cast(service: Service, engine: AsyncEngine) -> AsyncIterator[Cast]:
    plan = await service.new_plan()
    async with AsyncExitStack() as stack:
        nobody = await stack.enter_async_context(service.anonymous())
        system = await stack.enter_async_context(service.anonymous())
        system.headers["Authorization"] = f"Bearer {await _token(plan, engine, nobody)}"
        by_role = {role: await plan.client(role) for role in Role if role is not Role.INTEGRATION}
        yield Cast(plan, by_role | {Role.INTEGRATION: system}, await service.stranger(), nobody)


async def _token(plan: PlanWorld, engine: AsyncEngine, client: httpx.AsyncClient) -> str:
    """Of an integration that may do all an integration can."""
    async with transaction(engine) as session:
        made = await create_integration(
            session, name="System", scopes=[scope.value for scope in INTEGRATION_SCOPES]
        )
    await plan.service.owner.execute(
        "insert into membership (plan_id, principal_id, role) values (%s, %s, 'integration')",
        (plan.id, made.principal_id),
    )
    form = {
        "grant_type": "client_credentials",
        "client_id": made.client_id,
        "client_secret": made.secret,
    }
    answer = await client.post("/v1/auth/token", data=form)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


async def ask(client: httpx.AsyncClient, route: Declared, plan: PlanWorld) -> httpx.Response:
    """With an empty body, so that what is allowed goes no further than being found wanting."""
    body: dict[str, Any] = {"json": {}} if route.method in {"POST", "PUT", "PATCH"} else {}
    return await client.request(route.method, route.url(plan), **body)


class TestDeclarations:
    def test_every_route_declares_its_access_or_is_public(self) -> None:
        silent = sorted(name for name, route in ROUTES.items() if route.access is None and name not in PUBLIC)
        assert not silent, f"These routes declare no access (see api.auth.dependencies): {silent}"

    def test_nothing_public_declares_an_access(self) -> None:
        guarded = {route.name for route in GUARDED}
        assert not PUBLIC & guarded
        assert set(ROUTES) >= PUBLIC, f"Gone, take them out of PUBLIC: {sorted(PUBLIC - set(ROUTES))}"

    def test_the_table_has_every_route(self) -> None:
        guarded = {route.name for route in GUARDED}
        missing, gone = sorted(guarded - set(ACCESS)), sorted(set(ACCESS) - guarded)
        assert not missing, f"Say in tests/access/table.py who may use: {missing}"
        assert not gone, f"No such route any more; take out of tests/access/table.py: {gone}"

    @pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
    def test_what_is_declared_is_what_the_table_says(self, route: Declared) -> None:
        assert route.name in ACCESS, f"Say in tests/access/table.py who may use {route.name}"
        said = ACCESS[route.name]
        assert route.roles == said, (
            f"{route.name} is declared for {sorted(route.roles - said)} too,"
            f" and not for {sorted(said - route.roles)}"
        )


class TestAnswers:
    @pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
    async def test_each_role_is_let_in_or_refused(self, route: Declared, cast: Cast) -> None:
        wrong = {}
        for role, client in cast.by_role.items():
            answer = await ask(client, route, cast.plan)
            may = role in ACCESS.get(route.name, frozenset())
            if may != _was_let_in(answer):
                wrong[role.value] = (
                    f"{'may' if may else 'may not'}, but got {answer.status_code}: {answer.text}"
                )
        assert not wrong

    @pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
    async def test_a_stranger_finds_no_plan_and_runs_nothing(self, route: Declared, cast: Cast) -> None:
        answer = await ask(cast.stranger, route, cast.plan)
        if "{plan}" in route.path:
            assert (answer.status_code, "no plan here" in answer.text) == (404, True)
        elif route.access and route.access[1]:
            assert answer.status_code == 403
        else:
            assert _was_let_in(answer)

    @pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
    async def test_nobody_is_asked_to_sign_in(self, route: Declared, cast: Cast) -> None:
        answer = await ask(cast.nobody, route, cast.plan)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize("name", sorted(PUBLIC - {"GET /{path:path}"}))
    async def test_what_is_public_asks_for_nothing(self, name: str, cast: Cast) -> None:
        answer = await ask(cast.nobody, ROUTES[name], cast.plan)
        assert answer.status_code < 500
        assert answer.status_code != 403


def _was_let_in(answer: httpx.Response) -> bool:
    """Neither refused nor turned away from the plan; and whatever else it was, no fault of ours."""
    assert answer.status_code < 500, answer.text
    return answer.status_code not in {401, 403} and "no plan here" not in answer.text
