"""The signing keys: one at first however many ask, rotated without anyone noticing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from jose import jwt
from psycopg import AsyncConnection
from psycopg.rows import DictRow
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.keys import FORCED_LOADS, KeyRing, Signer, current_signer, rotate_signing_key
from api.auth.tokens import issue_access_token
from api.core.database import transaction
from api.main import create_app
from api.settings import Settings
from tests.auth.doors import SIGNED_IN, Door, Doors, Makes, Person


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


async def signer(engine: AsyncEngine) -> Signer:
    async with transaction(engine) as session:
        return await current_signer(session)


async def rotate(engine: AsyncEngine) -> str:
    async with transaction(engine) as session:
        return await rotate_signing_key(session, access_token_minutes=10)


class TestFirstUse:
    async def test_many_processes_at_once_make_one_key(
        self, engine: AsyncEngine, settings: Settings, owner: AsyncConnection[DictRow]
    ) -> None:
        await owner.execute("delete from signing_key")
        second = create_app(settings)
        async with second.router.lifespan_context(second):
            made = await asyncio.gather(
                *(signer(chosen) for chosen in (engine, second.state.engine) for _ in range(4))
            )
        assert len({key.kid for key in made}) == 1
        rows = await owner.execute("select kid from signing_key")
        assert len(await rows.fetchall()) == 1

    async def test_only_the_system_sees_private_keys(self, engine: AsyncEngine, person: Person) -> None:
        await signer(engine)
        async with transaction(engine) as session:
            for principal in ("", str(person.id)):
                await session.execute(
                    text("select set_config('turnstone.principal', :p, true)"), {"p": principal}
                )
                assert (await session.execute(text("select 1 from signing_key"))).all() == []
                with pytest.raises(DBAPIError, match="row-level security"):
                    async with session.begin_nested():
                        await session.execute(
                            text(
                                "insert into signing_key (kid, private_pem, public_jwk)"
                                " values ('a', 'b', '{}')"
                            )
                        )


class TestJwks:
    async def test_publishes_public_halves_only(self, door: Door, person: Person) -> None:
        token = (await door.by_password(person.email)).json()["access_token"]
        answer = await door.client.get("/.well-known/jwks.json")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=60"
        keys: list[dict[str, Any]] = answer.json()["keys"]
        assert all(key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"} for key in keys)
        assert keys[0]["kid"] == kid_of(token)

    async def test_verifies_our_tokens_elsewhere(self, door: Door, person: Person) -> None:
        token = (await door.by_password(person.email)).json()["access_token"]
        published = (await door.client.get("/.well-known/jwks.json")).json()
        key = next(key for key in published["keys"] if key["kid"] == kid_of(token))
        said = jwt.decode(token, key, algorithms=["ES256"], audience="turnstone-api", issuer="turnstone")
        assert said["sub"] == str(person.id)


class TestRotation:
    async def test_the_new_signs_at_once_and_the_old_still_verifies(
        self, doors: Doors, person: Person, make: Makes, settings: Settings
    ) -> None:
        admin, door = await doors.at(), await doors.at()
        await admin.sign_in((await make.person(is_admin=True)).email)
        second = create_app(settings)
        async with second.router.lifespan_context(second):
            other_replica = await doors.at(app=second)
            old = (await door.by_password(person.email)).json()["access_token"]
            assert await other_replica.knock(old) == SIGNED_IN
            answer = await admin.client.post("/v1/auth/signing-keys")
            assert answer.status_code == 201
            new = (await door.by_password(person.email)).json()["access_token"]
            assert kid_of(new) == answer.json()["kid"] != kid_of(old)
            for replica in (door, other_replica):
                assert [await replica.knock(token) for token in (old, new)] == [SIGNED_IN, SIGNED_IN]
            published = (await door.client.get("/.well-known/jwks.json")).json()["keys"]
            assert [key["kid"] for key in published[:2]] == [kid_of(new), kid_of(old)]

    async def test_the_old_private_key_is_not_kept(
        self, engine: AsyncEngine, owner: AsyncConnection[DictRow]
    ) -> None:
        before = await signer(engine)
        await rotate(engine)
        row = await owner.execute("select private_pem from signing_key where kid = %s", (before.kid,))
        assert await row.fetchone() == {"private_pem": ""}

    async def test_the_old_verifies_just_longer_than_its_tokens_live(
        self, engine: AsyncEngine, owner: AsyncConnection[DictRow]
    ) -> None:
        before = await signer(engine)
        await rotate(engine)
        row = await owner.execute(
            "select extract(epoch from verifies_until - now())::int as seconds"
            " from signing_key where kid = %s",
            (before.kid,),
        )
        held = await row.fetchone()
        assert held is not None
        assert 600 < held["seconds"] <= 610

    async def test_a_retired_key_verifies_nothing(
        self, doors: Doors, app: FastAPI, engine: AsyncEngine, owner: AsyncConnection[DictRow], person: Person
    ) -> None:
        door = await doors.at()
        old = (await door.by_password(person.email)).json()["access_token"]
        await rotate(engine)
        await owner.execute(
            "update signing_key set verifies_until = now() - interval '1 second' where kid = %s",
            (kid_of(old),),
        )
        app.state.key_ring = KeyRing(engine)
        assert await door.knock(old) == 401
        await rotate(engine)
        gone = await owner.execute("select 1 from signing_key where kid = %s", (kid_of(old),))
        assert await gone.fetchone() is None

    async def test_two_at_once_leave_one_that_signs(
        self, engine: AsyncEngine, owner: AsyncConnection[DictRow]
    ) -> None:
        await asyncio.gather(*(rotate(engine) for _ in range(4)))
        rows = await owner.execute("select 1 from signing_key where signs_until is null")
        assert len(await rows.fetchall()) == 1

    async def test_only_an_administrator_may(self, door: Door, person: Person) -> None:
        await door.sign_in(person.email)
        assert (await door.client.post("/v1/auth/signing-keys")).status_code == 403


@contextmanager
def reads_of_keys(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements about keys that are sent meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "signing_key" in statement:
            seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


class TestKeyRing:
    async def test_a_flood_of_unknown_keys_reads_the_database_once_a_second(
        self, engine: AsyncEngine
    ) -> None:
        kid = (await signer(engine)).kid
        ring = KeyRing(engine)
        with reads_of_keys(engine) as reads:
            assert await ring.find(kid) is not None
            begun = time.monotonic()
            for number in range(200):
                assert await ring.find(f"{number:043}") is None
        assert len(reads) <= 1 + FORCED_LOADS + int(time.monotonic() - begun)

    async def test_what_cannot_be_a_key_id_reads_nothing(self, engine: AsyncEngine) -> None:
        ring = KeyRing(engine)
        with reads_of_keys(engine) as reads:
            for kid in ("", "x", "é" * 43, "a" * 44, "../../etc/passwd"):
                assert await ring.find(kid) is None
        assert reads == []

    async def test_many_at_once_wait_for_one_read(self, engine: AsyncEngine) -> None:
        kid = (await signer(engine)).kid
        ring = KeyRing(engine)
        with reads_of_keys(engine) as reads:
            found = await asyncio.gather(*(ring.find(kid) for _ in range(20)))
        assert all(found)
        assert len(reads) == 1

    async def test_a_token_for_a_disabled_or_imagined_principal_is_nobody(
        self, door: Door, engine: AsyncEngine
    ) -> None:
        held = await signer(engine)
        for principal in (10**15, 1):
            token = issue_access_token(
                kid=held.kid,
                private_pem=held.private_pem,
                issuer="turnstone",
                principal_id=principal,
                minutes=10,
            ).token
            assert await door.knock(token) == 401
