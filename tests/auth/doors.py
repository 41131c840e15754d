"""People with passwords and integrations with secrets, and doors to knock at from any address."""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.service import create_integration, create_user
from api.core.database import transaction

BASE = "http://127.0.0.1"
PASSWORD = "three words and a river"
_hosts = count(1)


@dataclass(frozen=True)
class Person:
    id: int
    email: str
    name: str
    password: str = PASSWORD


@dataclass(frozen=True)
class Machine:
    id: int
    client_id: str
    secret: str


class Door:
    """One client of the service: a browser with its cookies, or a program, at an address."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        headers = {"X-Turnstone-Client": "browser", "Origin": BASE}
        answer = await self.client.post(
            "/v1/auth/sessions", json={"email": email, "password": password}, headers=headers
        )
        if answer.status_code == 201:
            self.client.headers.update(headers)
        return answer

    async def token(self, **form: Any) -> httpx.Response:
        return await self.client.post("/v1/auth/token", data=form)

    async def by_password(self, email: str, password: str = PASSWORD) -> httpx.Response:
        return await self.token(grant_type="password", username=email, password=password)

    async def by_secret(self, client_id: str, secret: str, **more: str) -> httpx.Response:
        return await self.token(
            grant_type="client_credentials", client_id=client_id, client_secret=secret, **more
        )

    async def refresh(self, token: str) -> httpx.Response:
        return await self.token(grant_type="refresh_token", refresh_token=token)

    async def knock(self, access_token: str | None = None) -> int:
        """The status of a request that anyone signed in may make up to its own rights."""
        headers = {"Authorization": f"Bearer {access_token}"} if access_token else {}
        return (await self.client.get("/v1/auth/sign-in-events", headers=headers)).status_code


SIGNED_IN = 403
"""What a knock answers to somebody who is nobody in particular, and 401 to nobody."""


class Doors:
    def __init__(self, app: FastAPI, stack: AsyncExitStack) -> None:
        self.app = app
        self._stack = stack

    async def at(self, address: str | None = None, *, app: FastAPI | None = None, base: str = BASE) -> Door:
        """A client at this address, or at one nobody used before."""
        number = next(_hosts)
        chosen = address or f"203.{number // 65536}.{number // 256 % 256}.{number % 256}"
        transport = httpx.ASGITransport(app=app or self.app, client=(chosen, 50_000))
        client = httpx.AsyncClient(transport=transport, base_url=base)
        return Door(await self._stack.enter_async_context(client))


class Makes:
    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def person(self, *, is_admin: bool = False) -> Person:
        name = f"Person {secrets.token_hex(4)}"
        email = f"{name.replace(' ', '.')}@Example.test"
        async with transaction(self.engine) as session:
            user_id = await create_user(session, email=email, name=name, password=PASSWORD, is_admin=is_admin)
        return Person(user_id, email, name)

    async def machine(self, *scopes: str) -> Machine:
        async with transaction(self.engine) as session:
            made = await create_integration(
                session, name="Case system", scopes=scopes or ["measurement:write"]
            )
        return Machine(*made)
