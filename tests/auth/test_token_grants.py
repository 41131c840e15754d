"""Tokens for people's own clients and for integrations, through the door."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from psycopg import AsyncConnection
from psycopg.rows import DictRow
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.service import add_secret, disable_user, revoke_secret, set_password
from api.core.database import transaction
from tests.auth.doors import SIGNED_IN, Door, Doors, Machine, Makes, Person


def said(token: str) -> Any:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def refused(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["error"]


class TestPasswordGrant:
    async def test_gives_both_tokens(self, door: Door, person: Person) -> None:
        answer = await door.by_password(person.email.upper())
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        body = answer.json()
        assert body.keys() == {"access_token", "token_type", "expires_in", "refresh_token"}
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
        assert said(body["access_token"])["sub"] == str(person.id)
        assert await door.knock(body["access_token"]) == SIGNED_IN

    async def test_sets_no_cookie(self, door: Door, person: Person) -> None:
        assert "set-cookie" not in (await door.by_password(person.email)).headers

    async def test_wrong_unknown_and_disabled_answer_alike(
        self, doors: Doors, person: Person, make: Makes, engine: AsyncEngine
    ) -> None:
        gone = await make.person()
        async with transaction(engine) as session:
            await disable_user(session, gone.id)
        answers = [
            await (await doors.at()).by_password(person.email, "not the password"),
            await (await doors.at()).by_password("nobody-at-all@example.test", "not the password"),
            await (await doors.at()).by_password("not an email", "not the password"),
            await (await doors.at()).by_password(gone.email),
        ]
        assert {refused(answer) for answer in answers} == {(401, "invalid_grant")}
        assert len({answer.json()["detail"] for answer in answers}) == 1

    async def test_a_scope_is_refused(self, door: Door, person: Person) -> None:
        answer = await door.token(
            grant_type="password", username=person.email, password=person.password, scope="plan:read"
        )
        assert refused(answer) == (400, "invalid_scope")

    @pytest.mark.parametrize("form", [{}, {"username": "a@example.test"}, {"password": "x"}])
    async def test_what_is_missing_is_said(self, door: Door, form: dict[str, str]) -> None:
        assert refused(await door.token(grant_type="password", **form)) == (400, "invalid_request")

    async def test_the_token_dies_with_the_account(
        self, door: Door, person: Person, engine: AsyncEngine
    ) -> None:
        body = (await door.by_password(person.email)).json()
        async with transaction(engine) as session:
            await disable_user(session, person.id)
        assert await door.knock(body["access_token"]) == 401
        assert refused(await door.refresh(body["refresh_token"])) == (401, "invalid_grant")


class TestRequest:
    @pytest.mark.parametrize("grant", ["implicit", "authorization_code", "PASSWORD", "x" * 90])
    async def test_other_grants_are_not_supported(self, door: Door, grant: str) -> None:
        assert refused(await door.token(grant_type=grant)) == (400, "unsupported_grant_type")

    async def test_without_a_grant(self, door: Door) -> None:
        assert refused(await door.token()) == (400, "invalid_request")

    async def test_json_is_no_form(self, door: Door) -> None:
        answer = await door.client.post("/v1/auth/token", json={"grant_type": "password"})
        assert answer.status_code in {400, 415, 422}

    async def test_null_characters_do_no_harm(self, door: Door) -> None:
        for form in (
            {"grant_type": "password", "username": "a\0@example.test", "password": "\0"},
            {"grant_type": "client_credentials", "client_id": "a\0", "client_secret": "\0"},
            {"grant_type": "refresh_token", "refresh_token": "\0"},
            {"grant_type": "\0"},
        ):
            assert (await door.token(**form)).status_code in {400, 401}


class TestRefresh:
    async def test_rotates(self, door: Door, person: Person) -> None:
        first = (await door.by_password(person.email)).json()
        second = (await door.refresh(first["refresh_token"])).json()
        third = (await door.refresh(second["refresh_token"])).json()
        assert len({body["refresh_token"] for body in (first, second, third)}) == 3
        assert await door.knock(third["access_token"]) == SIGNED_IN

    async def test_reuse_ends_the_family_and_is_recorded_once(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        first = (await door.by_password(person.email)).json()["refresh_token"]
        second = (await door.refresh(first)).json()["refresh_token"]
        for _ in range(2):
            assert refused(await door.refresh(first)) == (401, "invalid_grant")
        assert refused(await door.refresh(second)) == (401, "invalid_grant")
        rows = await owner.execute(
            "select outcome, subject from sign_in_event where principal_id = %s and door = 'refresh_token'",
            (person.id,),
        )
        assert await rows.fetchall() == [{"outcome": "failed", "subject": person.email.lower()}]

    async def test_reuse_leaves_other_sign_ins_alone(self, door: Door, person: Person) -> None:
        here = (await door.by_password(person.email)).json()["refresh_token"]
        there = (await door.by_password(person.email)).json()["refresh_token"]
        await door.refresh(here)
        await door.refresh(here)
        assert (await door.refresh(there)).status_code == 200

    async def test_of_two_at_once_one_wins_and_the_family_ends(self, door: Door, person: Person) -> None:
        token = (await door.by_password(person.email)).json()["refresh_token"]
        answers = await asyncio.gather(*(door.refresh(token) for _ in range(5)))
        won = [answer for answer in answers if answer.status_code == 200]
        assert len(won) == 1
        assert refused(await door.refresh(won[0].json()["refresh_token"])) == (401, "invalid_grant")

    async def test_reuse_met_by_a_refresh_leaves_nothing_alive(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        first = (await door.by_password(person.email)).json()["refresh_token"]
        second = (await door.refresh(first)).json()["refresh_token"]
        await asyncio.gather(door.refresh(second), door.refresh(first), door.refresh(second))
        live = await owner.execute(
            "select 1 from refresh_token where user_id = %s and revoked_at is null", (person.id,)
        )
        assert await live.fetchall() == []

    async def test_an_expired_one_is_refused(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        token = (await door.by_password(person.email)).json()["refresh_token"]
        await owner.execute(
            "update refresh_token set expires_at = now() - interval '1 second' where user_id = %s",
            (person.id,),
        )
        assert refused(await door.refresh(token)) == (401, "invalid_grant")

    @pytest.mark.parametrize("token", ["x", "A" * 43, "x" * 200])
    async def test_nobodys(self, door: Door, token: str) -> None:
        assert refused(await door.refresh(token)) == (401, "invalid_grant")

    async def test_an_access_token_is_none(self, door: Door, person: Person) -> None:
        token = (await door.by_password(person.email)).json()["access_token"]
        assert (await door.refresh(token)).status_code in {401, 422}

    async def test_only_hashes_are_stored(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        token = (await door.by_password(person.email)).json()["refresh_token"]
        rows = await (
            await owner.execute("select * from refresh_token where user_id = %s", (person.id,))
        ).fetchall()
        assert len(rows) == 1
        assert token not in repr(rows)

    async def test_a_new_password_ends_all(self, door: Door, person: Person, engine: AsyncEngine) -> None:
        token = (await door.by_password(person.email)).json()["refresh_token"]
        async with transaction(engine) as session:
            await set_password(session, person.id, "other words for a river")
        assert refused(await door.refresh(token)) == (401, "invalid_grant")


class TestRevoke:
    async def test_ends_the_family(self, door: Door, person: Person) -> None:
        first = (await door.by_password(person.email)).json()["refresh_token"]
        second = (await door.refresh(first)).json()["refresh_token"]
        answer = await door.client.post("/v1/auth/revoke", data={"token": first})
        assert (answer.status_code, answer.content) == (204, b"")
        assert refused(await door.refresh(second)) == (401, "invalid_grant")

    @pytest.mark.parametrize("form", [{}, {"token": ""}, {"token": "nobody's"}, {"token": "\0"}])
    async def test_says_the_same_of_nobodys(self, door: Door, form: dict[str, str]) -> None:
        assert (await door.client.post("/v1/auth/revoke", data=form)).status_code == 204


class TestClientCredentials:
    async def test_gives_an_access_token_with_all_scopes(self, door: Door, machine: Machine) -> None:
        answer = await door.by_secret(machine.client_id, machine.secret)
        assert answer.status_code == 200
        body = answer.json()
        assert body.keys() == {"access_token", "token_type", "expires_in", "scope"}
        assert body["scope"] == "measurement:write plan:read plan:visit"
        assert said(body["access_token"])["scope"] == body["scope"]
        assert await door.knock(body["access_token"]) == SIGNED_IN

    async def test_by_http_basic(self, door: Door, machine: Machine) -> None:
        answer = await door.client.post(
            "/v1/auth/token",
            data={"grant_type": "client_credentials"},
            auth=(machine.client_id.upper(), machine.secret),
        )
        assert answer.status_code == 200

    async def test_fewer_scopes(self, door: Door, machine: Machine) -> None:
        body = (await door.by_secret(machine.client_id, machine.secret, scope="plan:read")).json()
        assert body["scope"] == said(body["access_token"])["scope"] == "plan:read"

    @pytest.mark.parametrize("scope", ["plan:delete", "plan:read plan:delete", "everything", "\0"])
    async def test_more_scopes_are_refused(self, door: Door, machine: Machine, scope: str) -> None:
        answer = await door.by_secret(machine.client_id, machine.secret, scope=scope)
        assert refused(answer) == (400, "invalid_scope")

    async def test_wrong_secret_and_unknown_client_answer_alike(self, doors: Doors, machine: Machine) -> None:
        answers = [
            await (await doors.at()).by_secret(machine.client_id, "wrong"),
            await (await doors.at()).by_secret("client-of-nobody", machine.secret),
            await (await doors.at()).by_secret("not a client id!", machine.secret),
            await (await doors.at()).by_secret(machine.client_id, ""),
            await (await doors.at()).token(grant_type="client_credentials"),
        ]
        assert {refused(answer) for answer in answers} == {(401, "invalid_client")}
        assert len({answer.json()["detail"] for answer in answers}) == 1
        assert all("www-authenticate" not in answer.headers for answer in answers)

    @pytest.mark.parametrize(
        "authorization",
        [
            "Basic",
            "Basic !!!",
            "Basic " + base64.b64encode(b"no colon").decode(),
            "Basic /w==",
            "Bearer x",
            "",
        ],
    )
    async def test_unreadable_basic_is_refused_with_a_challenge(self, door: Door, authorization: str) -> None:
        answer = await door.client.post(
            "/v1/auth/token",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": authorization},
        )
        assert refused(answer) == (401, "invalid_client")
        assert answer.headers["www-authenticate"] == 'Basic realm="turnstone"'

    async def test_a_wrong_secret_by_basic_bears_the_challenge(self, door: Door, machine: Machine) -> None:
        answer = await door.client.post(
            "/v1/auth/token",
            data={"grant_type": "client_credentials"},
            auth=(machine.client_id, "wrong"),
        )
        assert answer.headers["www-authenticate"] == 'Basic realm="turnstone"'

    async def test_a_secret_given_twice_is_refused(self, door: Door, machine: Machine) -> None:
        answer = await door.client.post(
            "/v1/auth/token",
            data={"grant_type": "client_credentials", "client_secret": machine.secret},
            auth=(machine.client_id, machine.secret),
        )
        assert refused(answer) == (400, "invalid_request")

    async def test_a_disabled_integration_is_out_at_once(
        self, door: Door, machine: Machine, owner: AsyncConnection[DictRow]
    ) -> None:
        token = (await door.by_secret(machine.client_id, machine.secret)).json()["access_token"]
        await owner.execute("update integration set disabled_at = now() where id = %s", (machine.id,))
        assert await door.knock(token) == 401
        answer = await door.by_secret(machine.client_id, machine.secret)
        assert refused(answer) == (401, "invalid_client")


class TestSecrets:
    async def test_the_old_one_works_on_until_it_expires(
        self, door: Door, machine: Machine, engine: AsyncEngine, owner: AsyncConnection[DictRow]
    ) -> None:
        async with transaction(engine) as session:
            _, new = await add_secret(session, machine.id, keep_old_for=timedelta(hours=1))
        for secret in (machine.secret, new):
            assert (await door.by_secret(machine.client_id, secret)).status_code == 200
        await owner.execute(
            "update integration_secret set expires_at = now() where integration_id = %s"
            " and expires_at is not null",
            (machine.id,),
        )
        assert (await door.by_secret(machine.client_id, machine.secret)).status_code == 401
        assert (await door.by_secret(machine.client_id, new)).status_code == 200

    async def test_two_overlap_at_most(self, doors: Doors, machine: Machine, engine: AsyncEngine) -> None:
        async with transaction(engine) as session:
            _, second = await add_secret(session, machine.id)
        async with transaction(engine) as session:
            _, third = await add_secret(session, machine.id)
        door = await doors.at()
        answers = [await door.by_secret(machine.client_id, s) for s in (machine.secret, second, third)]
        assert [answer.status_code for answer in answers] == [401, 200, 200]

    async def test_rotated_by_two_people_at_once_still_two(
        self, machine: Machine, engine: AsyncEngine, owner: AsyncConnection[DictRow]
    ) -> None:
        async def rotate() -> None:
            async with transaction(engine) as session:
                await add_secret(session, machine.id)

        await asyncio.gather(*(rotate() for _ in range(4)))
        live = await owner.execute(
            "select 1 from integration_secret where integration_id = %s and revoked_at is null", (machine.id,)
        )
        assert len(await live.fetchall()) == 2

    async def test_one_with_an_expiry_is_not_prolonged(
        self, machine: Machine, engine: AsyncEngine, owner: AsyncConnection[DictRow]
    ) -> None:
        soon = datetime.now(UTC) + timedelta(hours=2)
        async with transaction(engine) as session:
            short, _ = await add_secret(session, machine.id, expires_at=soon)
        async with transaction(engine) as session:
            await add_secret(session, machine.id, keep_old_for=timedelta(days=7))
        row = await owner.execute("select expires_at from integration_secret where id = %s", (short,))
        assert await row.fetchone() == {"expires_at": soon}

    async def test_revoking_ends_it_at_once(self, door: Door, machine: Machine, engine: AsyncEngine) -> None:
        async with transaction(engine) as session:
            new_id, new = await add_secret(session, machine.id)
        async with transaction(engine) as session:
            await revoke_secret(session, machine.id, new_id)
        assert (await door.by_secret(machine.client_id, new)).status_code == 401
        assert (await door.by_secret(machine.client_id, machine.secret)).status_code == 200

    async def test_only_a_hash_and_four_characters_are_stored(
        self, machine: Machine, owner: AsyncConnection[DictRow]
    ) -> None:
        rows = await (
            await owner.execute("select * from integration_secret where integration_id = %s", (machine.id,))
        ).fetchall()
        assert rows[0]["hint"] == machine.secret[-4:]
        assert rows[0]["hash"].startswith("sha256:")
        assert machine.secret not in repr(rows)

    async def test_use_is_noted_once_a_day(
        self, door: Door, machine: Machine, owner: AsyncConnection[DictRow]
    ) -> None:
        for _ in range(3):
            await door.by_secret(machine.client_id, machine.secret)
        noted = await owner.execute(
            "select count(*) as n from change c join integration_secret s on s.id = c.entity_id"
            " where c.entity = 'integration_secret' and s.integration_id = %s and c.verb = 'update'",
            (machine.id,),
        )
        assert await noted.fetchone() == {"n": 1}
