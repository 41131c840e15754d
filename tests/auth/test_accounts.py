"""Accounts and integrations: who may be made, who did it, and who may read of attempts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from psycopg import AsyncConnection
from psycopg.rows import DictRow
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.auth.service import (
    add_secret,
    create_integration,
    create_user,
    disable_user,
    enable_user,
    revoke_secret,
    set_password,
)
from api.auth.system import as_system
from api.core.database import transaction
from api.core.errors import Problem, ProblemType
from api.vocabulary import Role
from tests.auth.doors import PASSWORD, SIGNED_IN, Doors, Machine, Makes, Person
from tests.factories.world import PlanWorld


@asynccontextmanager
async def acting(engine: AsyncEngine, principal_id: int) -> AsyncIterator[AsyncSession]:
    async with transaction(engine) as session:
        await session.execute(
            text("select set_config('turnstone.principal', :p, true)"), {"p": str(principal_id)}
        )
        yield session


async def acts_as(session: AsyncSession) -> int | None:
    found: int | None = await session.scalar(text("select turnstone.principal()"))
    return found


class TestAsSystem:
    async def test_is_the_system_within_and_whoever_it_was_after(
        self, engine: AsyncEngine, person: Person
    ) -> None:
        async with acting(engine, person.id) as session:
            async with as_system(session):
                assert await acts_as(session) == 1
            assert await acts_as(session) == person.id

    async def test_nobody_is_nobody_again(self, engine: AsyncEngine) -> None:
        async with transaction(engine) as session:
            async with as_system(session):
                pass
            assert await acts_as(session) is None

    async def test_an_error_within_does_not_leave_the_system_acting(
        self, engine: AsyncEngine, person: Person
    ) -> None:
        async with acting(engine, person.id) as session:
            with pytest.raises(ValueError, match="refused"):
                async with as_system(session):
                    raise ValueError("refused")
            assert await acts_as(session) == person.id

    async def test_a_savepoint_that_fails_does_not_either(self, engine: AsyncEngine, person: Person) -> None:
        async with acting(engine, person.id) as session:
            with pytest.raises(DBAPIError):
                async with as_system(session), session.begin_nested():
                    await session.execute(text("select 1 / 0"))
            assert await acts_as(session) == person.id
            with pytest.raises(DBAPIError):
                async with session.begin_nested(), as_system(session):
                    await session.execute(text("select 1 / 0"))
            assert await acts_as(session) == person.id

    async def test_ends_with_the_transaction(self, engine: AsyncEngine) -> None:
        with pytest.raises(DBAPIError, match="division"):
            async with transaction(engine) as session, as_system(session):
                await session.execute(text("select 1 / 0"))
        async with transaction(engine) as session:
            assert await acts_as(session) is None


class TestUsers:
    async def test_the_change_record_names_the_administrator(
        self, engine: AsyncEngine, make: Makes, owner: AsyncConnection[DictRow]
    ) -> None:
        admin = await make.person(is_admin=True)
        async with acting(engine, admin.id) as session:
            user_id = await create_user(
                session, email=f"made-by-{admin.id}@example.test", name="Made", password=PASSWORD
            )
            assert await acts_as(session) == admin.id
        async with acting(engine, admin.id) as session:
            await disable_user(session, user_id)
            await enable_user(session, user_id)
        rows = await owner.execute(
            "select verb, principal_id from change"
            " where entity = 'user_account' and entity_id = %s order by id",
            (user_id,),
        )
        assert [tuple(row.values()) for row in await rows.fetchall()] == [
            ("insert", admin.id),
            ("update", admin.id),
            ("update", admin.id),
        ]

    async def test_by_a_command_it_is_the_system(
        self, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        rows = await owner.execute(
            "select principal_id from change where entity = 'user_account' and entity_id = %s", (person.id,)
        )
        assert await rows.fetchall() == [{"principal_id": 1}]

    async def test_nothing_secret_reaches_the_change_record(
        self, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        rows = await owner.execute(
            "select entity from change where entity in"
            " ('password_credential', 'browser_session', 'refresh_token', 'signing_key', 'sign_in_event')"
        )
        assert await rows.fetchall() == []

    async def test_anyone_else_is_refused_by_the_database(self, engine: AsyncEngine, person: Person) -> None:
        with pytest.raises(DBAPIError, match="row-level security"):
            async with acting(engine, person.id) as session:
                await create_user(session, email="x@example.test", name="X", password=PASSWORD, is_admin=True)
        with pytest.raises(Problem):
            async with acting(engine, person.id) as session:
                await enable_user(session, person.id)

    @pytest.mark.parametrize("email", ["taken", "TAKEN"])
    async def test_an_email_taken_is_a_conflict(
        self, engine: AsyncEngine, person: Person, email: str
    ) -> None:
        given = person.email.upper() if email == "TAKEN" else person.email
        async with transaction(engine) as session:
            with pytest.raises(Problem) as refused:
                await create_user(session, email=given, name="Second", password=PASSWORD)
            assert refused.value.kind is ProblemType.CONFLICT
            assert await acts_as(session) is None

    @pytest.mark.parametrize(
        ("pointer", "values"),
        [
            ("/email", {"email": "nothing"}),
            ("/email", {"email": "å@example.test"}),
            ("/email", {"email": "a\n@example.test"}),
            ("/email", {"email": "a b@example.test"}),
            ("/name", {"name": "  "}),
            ("/password", {"password": "short"}),
            ("/password", {"password": "first.person123"}),
        ],
    )
    async def test_bad_values_are_pointed_at(
        self, engine: AsyncEngine, pointer: str, values: dict[str, str]
    ) -> None:
        right: dict[str, Any] = {"email": "first.person@example.test", "name": "First", "password": PASSWORD}
        async with transaction(engine) as session:
            with pytest.raises(Problem) as refused:
                await create_user(session, **(right | values))
        assert refused.value.errors is not None
        assert refused.value.errors[0]["pointer"] == pointer

    async def test_the_last_administrator_cannot_be_disabled(
        self, engine: AsyncEngine, make: Makes, owner: AsyncConnection[DictRow]
    ) -> None:
        last = await make.person(is_admin=True)
        async with transaction(engine) as session:
            async with as_system(session):
                await session.execute(
                    text("update user_account set is_admin = false where id <> :id"), {"id": last.id}
                )
            with pytest.raises(Problem) as refused:
                await disable_user(session, last.id)
            assert refused.value.kind is ProblemType.CONFLICT
            await session.rollback()

    async def test_nobody_cannot_be_changed(self, engine: AsyncEngine) -> None:
        async with transaction(engine) as session:
            for change in (disable_user, enable_user):
                with pytest.raises(Problem) as refused:
                    await change(session, 10**12)
                assert refused.value.kind is ProblemType.NOT_FOUND
            with pytest.raises(Problem) as refused:
                await set_password(session, 10**12, PASSWORD)
            assert refused.value.kind is ProblemType.NOT_FOUND


class TestIntegrations:
    async def test_a_client_id_and_secret_can_be_given(self, engine: AsyncEngine) -> None:
        async with transaction(engine) as session:
            made = await create_integration(
                session, client_id="bi-system.2", name="BI", scopes=["plan:read"], secret="s" * 40
            )
        assert (made.client_id, made.secret) == ("bi-system.2", "s" * 40)

    @pytest.mark.parametrize(
        ("pointer", "values"),
        [
            ("/client_id", {"client_id": "Upper"}),
            ("/client_id", {"client_id": ""}),
            ("/client_id", {"client_id": "a b"}),
            ("/name", {"name": " "}),
            ("/scopes", {"scopes": ["plan:delete"]}),
            ("/secret", {"secret": "too short"}),
        ],
    )
    async def test_bad_values_are_pointed_at(
        self, engine: AsyncEngine, pointer: str, values: dict[str, Any]
    ) -> None:
        async with transaction(engine) as session:
            with pytest.raises(Problem) as refused:
                await create_integration(session, **({"name": "BI", "scopes": []} | values))
            assert refused.value.errors is not None
            assert refused.value.errors[0]["pointer"] == pointer
            await session.rollback()

    async def test_a_client_id_taken_is_a_conflict(self, engine: AsyncEngine, machine: Machine) -> None:
        async with transaction(engine) as session:
            with pytest.raises(Problem) as refused:
                await create_integration(session, client_id=machine.client_id, name="Second", scopes=[])
        assert refused.value.kind is ProblemType.CONFLICT

    async def test_secrets_of_nobody(self, engine: AsyncEngine, machine: Machine, make: Makes) -> None:
        other = await make.machine()
        async with transaction(engine) as session:
            with pytest.raises(Problem) as refused:
                await add_secret(session, 10**12)
            assert refused.value.kind is ProblemType.NOT_FOUND
            secret_id, _ = await add_secret(session, other.id)
            with pytest.raises(Problem) as refused:
                await revoke_secret(session, machine.id, secret_id)
            assert refused.value.kind is ProblemType.NOT_FOUND


class TestReadingOfAttempts:
    async def test_an_administrator_reads_newest_first(
        self, doors: Doors, make: Makes, person: Person
    ) -> None:
        door, admin = await doors.at("192.0.2.77"), await doors.at()
        await door.sign_in(person.email, "not the password")
        await door.sign_in(person.email)
        await admin.sign_in((await make.person(is_admin=True)).email)
        answer = await admin.client.get("/v1/auth/sign-in-events", params={"subject": person.email})
        assert answer.status_code == 200
        items = answer.json()["items"]
        assert [item["outcome"] for item in items] == ["succeeded", "failed"]
        assert items[0].pop("at")
        assert items[0] == {
            "subject": person.email.lower(),
            "door": "browser",
            "outcome": "succeeded",
            "address": "192.0.2.77",
            "name": person.name,
        }

    async def test_pages_and_filters(self, doors: Doors, make: Makes) -> None:
        door, admin = await doors.at(), await doors.at()
        await admin.sign_in((await make.person(is_admin=True)).email)
        subject = "paged@example.test"
        for _ in range(3):
            await door.sign_in(subject, "not the password")
        seen: list[str] = []
        params = {"subject": subject, "outcome": "failed", "limit": "2"}
        while True:
            page = (await admin.client.get("/v1/auth/sign-in-events", params=params)).json()
            seen += [item["at"] for item in page["items"]]
            if page["next"] is None:
                break
            params["cursor"] = page["next"]
        assert len(seen) == 3
        assert seen == sorted(seen, reverse=True)

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.ADMIN, 200),
            (Role.INTERNAL_AUDITOR, 200),
            (Role.PROGRAMME_MANAGER, SIGNED_IN),
            (Role.SENIOR_LEADER, SIGNED_IN),
            (Role.INSPECTOR, SIGNED_IN),
        ],
    )
    async def test_only_administrators_and_auditors(self, plan: PlanWorld, role: Role, status: int) -> None:
        client = await plan.client(role)
        assert (await client.get("/v1/auth/sign-in-events")).status_code == status

    async def test_a_subject_that_cannot_be_one_is_invalid(self, doors: Doors, make: Makes) -> None:
        admin = await doors.at()
        await admin.sign_in((await make.person(is_admin=True)).email)
        answer = await admin.client.get("/v1/auth/sign-in-events", params={"subject": "a\0"})
        assert answer.status_code == 422
