"""Plans and the people in them, made for one test: each role's user appears when first asked for."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, LiteralString, Self

import httpx
from fastapi import FastAPI
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from api.vocabulary import Role

BASE = "http://127.0.0.1"
_numbers = count(1)


@dataclass(frozen=True)
class User:
    id: int
    name: str
    email: str


@dataclass
class Service:
    """The running app, and clients signed in to it."""

    app: FastAPI
    owner: AsyncConnection[DictRow]
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def one(self, query: LiteralString, *values: Any) -> Any:
        """The first column of the first row, as the database's owner."""
        row = await (await self.owner.execute(query, values)).fetchone()
        return None if row is None else next(iter(row.values()))

    async def new_user(self, name: str = "A person", *, admin: bool = False) -> User:
        number = next(_numbers)
        email = f"person-{number}-{secrets.token_hex(3)}@example.test"
        user_id = await self.one(
            "insert into principal (kind, name) values ('user', %s) returning id", f"{name} {number}"
        )
        await self.owner.execute(
            "insert into user_account (id, email, name, is_admin) values (%s, %s, %s, %s)",
            (user_id, email, f"{name} {number}", admin),
        )
        return User(user_id, f"{name} {number}", email)

    async def client_of(self, user: User) -> httpx.AsyncClient:
        """A browser signed in as this user."""
        token = secrets.token_urlsafe(32)
        await self.owner.execute(
            "insert into browser_session (token_hash, user_id, ends_at)"
            " values (%s, %s, now() + interval '1 day')",
            (hashlib.sha256(token.encode()).digest(), user.id),
        )
        client = self.anonymous()
        client.cookies.set("turnstone", token, domain="127.0.0.1")
        client.headers.update({"Origin": BASE, "X-Turnstone-Client": "browser"})
        return await self._stack.enter_async_context(client)

    def anonymous(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=BASE)

    async def admin(self) -> httpx.AsyncClient:
        return await self.client_of(await self.new_user("Admin", admin=True))

    async def stranger(self) -> httpx.AsyncClient:
        return await self.client_of(await self.new_user("Stranger"))

    async def new_plan(self, *, status: str = "active") -> PlanWorld:
        ref = f"plan-{next(_numbers)}-{secrets.token_hex(4)}"
        authority_id = await self.one(
            "insert into authority (ref, name) values (%s, %s) returning id", ref, f"Council of {ref}"
        )
        plan_id = await self.one(
            "insert into plan (authority_id, ref, title, status) values (%s, %s, %s, %s) returning id",
            authority_id,
            ref,
            f"Plan {ref}",
            status,
        )
        return PlanWorld(self, ref, plan_id)


@dataclass
class PlanWorld:
    """One plan: its address, and a user and client per role."""

    service: Service
    ref: str
    id: int
    _users: dict[Role, User] = field(default_factory=dict)
    _clients: dict[Role, httpx.AsyncClient] = field(default_factory=dict)

    def url(self, path: str = "") -> str:
        return f"/v1/plans/{self.ref}{path}"

    async def user(self, role: Role) -> User:
        """The plan's one user of this role, made when first asked for."""
        if role not in self._users:
            user = await self.service.new_user(role.value, admin=role is Role.ADMIN)
            if role is not Role.ADMIN:
                await self.member(user, role)
            self._users[role] = user
        return self._users[role]

    async def member(self, user: User, role: Role) -> int:
        """Make a user a member; returns the membership's id."""
        membership: int = await self.service.one(
            "insert into membership (plan_id, principal_id, role) values (%s, %s, %s) returning id",
            self.id,
            user.id,
            role.value,
        )
        return membership

    async def client(self, role: Role) -> httpx.AsyncClient:
        """A browser signed in as the plan's user of this role."""
        if role not in self._clients:
            self._clients[role] = await self.service.client_of(await self.user(role))
        return self._clients[role]

    async def manager(self) -> httpx.AsyncClient:
        return await self.client(Role.PROGRAMME_MANAGER)

    async def party(self, ref: str, *, role: Role | None = None, kind: str = "role") -> int:
        """A party of the plan, tied to that role's user if a role is given."""
        user_id = (await self.user(role)).id if role else None
        party_id: int = await self.service.one(
            "insert into party (plan_id, ref, kind, name, user_id) values (%s, %s, %s, %s, %s) returning id",
            self.id,
            ref,
            kind,
            f"Party {ref}",
            user_id,
        )
        return party_id
