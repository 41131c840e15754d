"""Signing in and out with a browser, and what another site cannot make it do."""

from __future__ import annotations

import asyncio
from http.cookies import SimpleCookie
from typing import Any

import pytest
from psycopg import AsyncConnection
from psycopg.rows import DictRow
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.service import disable_user, enable_user
from api.core.database import transaction
from api.main import create_app
from api.settings import Settings
from tests.auth.doors import BASE, PASSWORD, SIGNED_IN, Door, Doors, Makes, Person

OWN = {"X-Turnstone-Client": "browser", "Origin": BASE}


class TestSignIn:
    async def test_starts_a_session_and_says_who(self, door: Door, person: Person) -> None:
        answer = await door.sign_in(person.email)
        assert answer.status_code == 201
        body = answer.json()
        assert body.pop("ends_at")
        assert body == {"name": person.name, "email": person.email, "is_admin": False, "idle_minutes": 60}
        assert answer.headers["cache-control"] == "no-store"
        assert await door.knock() == SIGNED_IN

    async def test_email_is_taken_in_any_case_and_with_spaces_around(
        self, door: Door, person: Person
    ) -> None:
        assert (await door.sign_in(f"  {person.email.upper()} ")).status_code == 201

    async def test_cookie_on_loopback(self, door: Door, person: Person) -> None:
        cookie = SimpleCookie((await door.sign_in(person.email)).headers["set-cookie"])["turnstone"]
        assert len(cookie.value) == 43
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
        assert not cookie["domain"]
        assert not cookie["secure"]
        assert not cookie["max-age"]

    async def test_cookie_over_https(self, doors: Doors, person: Person) -> None:
        door = await doors.at(base="https://plans.example.test")
        door.client.headers.update({"Origin": "https://plans.example.test", "X-Turnstone-Client": "browser"})
        body = {"email": person.email, "password": PASSWORD}
        answer = await door.client.post("/v1/auth/sessions", json=body)
        cookie = SimpleCookie(answer.headers["set-cookie"])["__Host-turnstone"]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")
        assert await door.knock() == SIGNED_IN

    async def test_behind_a_proxy_the_public_url_decides(
        self, doors: Doors, person: Person, settings: Settings
    ) -> None:
        app = create_app(settings.model_copy(update={"public_url": "https://Plans.example.test:443/"}))
        async with app.router.lifespan_context(app):
            door = await doors.at(app=app, base="http://10.0.0.2:8000")
            body = {"email": person.email, "password": PASSWORD}
            headers = OWN | {"Origin": "https://plans.example.test"}
            answer = await door.client.post("/v1/auth/sessions", json=body, headers=headers)
            assert answer.status_code == 201
            assert SimpleCookie(answer.headers["set-cookie"])["__Host-turnstone"]["secure"]

    async def test_over_plain_http_from_elsewhere_is_refused(self, doors: Doors, person: Person) -> None:
        door = await doors.at(base="http://plans.example.test")
        headers = OWN | {"Origin": "http://plans.example.test"}
        body = {"email": person.email, "password": PASSWORD}
        answer = await door.client.post("/v1/auth/sessions", json=body, headers=headers)
        assert answer.status_code == 400
        assert "HTTPS" in answer.json()["detail"]

    async def test_only_a_hash_of_the_token_is_stored(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        token = (await door.sign_in(person.email)).cookies["turnstone"]
        rows = await (
            await owner.execute("select * from browser_session where user_id = %s", (person.id,))
        ).fetchall()
        assert len(rows) == 1
        assert len(rows[0]["token_hash"]) == 32
        assert token.encode() not in repr(rows).encode()

    async def test_signing_in_again_ends_the_session_before(self, door: Door, person: Person) -> None:
        first = (await door.sign_in(person.email)).cookies["turnstone"]
        await door.sign_in(person.email)
        assert await door.knock() == SIGNED_IN
        door.client.cookies.clear()
        door.client.cookies.set("turnstone", first, domain="127.0.0.1")
        assert await door.knock() == 401

    async def test_a_token_given_to_the_browser_beforehand_is_not_kept(
        self, door: Door, person: Person
    ) -> None:
        planted = "A" * 43
        door.client.cookies.set("turnstone", planted, domain="127.0.0.1")
        answer = await door.sign_in(person.email)
        assert answer.cookies["turnstone"] != planted


class TestWrongCredentials:
    async def test_wrong_password_and_unknown_email_answer_alike(self, doors: Doors, person: Person) -> None:
        wrong = await (await doors.at()).sign_in(person.email, "not the password")
        unknown = await (await doors.at()).sign_in("nobody@example.test", "not the password")
        assert wrong.status_code == unknown.status_code == 401
        known, nobody = wrong.json(), unknown.json()
        assert known.pop("request_id") != nobody.pop("request_id")
        assert known == nobody
        assert known["type"] == "/v1/problems/wrong-credentials"
        assert "set-cookie" not in wrong.headers

    async def test_a_disabled_account_answers_the_same(
        self, doors: Doors, person: Person, engine: AsyncEngine
    ) -> None:
        async with transaction(engine) as session:
            await disable_user(session, person.id)
        answer = await (await doors.at()).sign_in(person.email)
        assert answer.status_code == 401
        assert answer.json()["detail"] == "The email and password do not match."

    async def test_an_account_without_a_password_cannot_be_signed_in_to(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        await owner.execute("delete from password_credential where user_id = %s", (person.id,))
        assert (await door.sign_in(person.email)).status_code == 401

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("email", "no address"),
            ("email", ""),
            ("email", "a\u0000b@example.test"),
            ("email", "\ud800@example.test"),
            ("email", "ÅSA@example.test"),
            ("email", f"{'a' * 300}@example.test"),
            ("email", None),
            ("email", 1),
            ("password", ""),
            ("password", "\ud800"),
            ("password", "x" * 5000),
            ("password", None),
            ("other", "x"),
        ],
    )
    async def test_malformed_input_is_invalid_and_not_repeated(
        self, door: Door, field: str, value: Any
    ) -> None:
        import json

        body = {"email": "a@example.test", "password": "a password given"} | {field: value}
        headers = OWN | {"Content-Type": "application/json"}
        answer = await door.client.post("/v1/auth/sessions", content=json.dumps(body), headers=headers)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == f"/{field}"
        assert "a password given" not in answer.text

    async def test_null_characters_in_a_password_are_just_wrong(self, door: Door, person: Person) -> None:
        assert (await door.sign_in(person.email, "a\u0000b")).status_code == 401


class TestForgery:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"X-Turnstone-Client": "browser"},
            {"Origin": BASE},
            {"X-Turnstone-Client": "other", "Origin": BASE},
            {"X-Turnstone-Client": "browser", "Origin": "null"},
            {"X-Turnstone-Client": "browser", "Origin": "https://evil.example"},
            {"X-Turnstone-Client": "browser", "Origin": "http://127.0.0.1:8001"},
            {"X-Turnstone-Client": "browser", "Origin": "https://127.0.0.1"},
            {"X-Turnstone-Client": "browser", "Origin": "http://127.0.0.1.evil.example"},
            {"X-Turnstone-Client": "browser", "Referer": f"{BASE}/"},
        ],
    )
    async def test_another_site_can_neither_sign_in_nor_change_anything(
        self, door: Door, person: Person, headers: dict[str, str]
    ) -> None:
        body = {"email": person.email, "password": PASSWORD}
        refused = await door.client.post("/v1/auth/sessions", json=body, headers=headers)
        assert (refused.status_code, refused.json()["type"]) == (403, "/v1/problems/forged-request")
        await door.sign_in(person.email)
        for name in OWN:
            del door.client.headers[name]
        for verb, path in (("DELETE", "/v1/auth/sessions/current"), ("POST", "/v1/auth/signing-keys")):
            refused = await door.client.request(verb, path, headers=headers)
            assert (refused.status_code, refused.json()["type"]) == (403, "/v1/problems/forged-request")
        assert await door.knock() == SIGNED_IN

    async def test_reading_needs_no_header(self, door: Door, person: Person) -> None:
        await door.sign_in(person.email)
        for name in OWN:
            del door.client.headers[name]
        assert await door.knock() == SIGNED_IN

    @pytest.mark.parametrize("authorization", ["Bearer x", "Basic eDp5", "", "x"])
    async def test_cookie_and_authorization_together_are_refused(
        self, door: Door, person: Person, authorization: str
    ) -> None:
        await door.sign_in(person.email)
        answer = await door.client.get("/v1/auth/sign-in-events", headers={"Authorization": authorization})
        assert (answer.status_code, answer.json()["type"]) == (403, "/v1/problems/forged-request")

    async def test_a_good_token_does_not_help_a_cookie_either(self, door: Door, person: Person) -> None:
        token = (await door.by_password(person.email)).json()["access_token"]
        await door.sign_in(person.email)
        assert await door.knock(token) == 403
        answer = await door.client.get(
            "/v1/auth/sign-in-events", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.json()["type"] == "/v1/problems/forged-request"

    async def test_the_loopback_cookie_is_nothing_over_https(self, doors: Doors, person: Person) -> None:
        token = (await (await doors.at()).sign_in(person.email)).cookies["turnstone"]
        door = await doors.at(base="https://plans.example.test")
        door.client.cookies.set("turnstone", token, domain="plans.example.test")
        assert await door.knock() == 401


class TestNobody:
    async def test_nothing_is_not_signed_in(self, door: Door) -> None:
        answer = await door.client.get("/v1/auth/sign-in-events")
        assert answer.status_code == 401
        assert answer.json()["type"] == "/v1/problems/not-signed-in"
        assert answer.headers["www-authenticate"] == "Bearer"

    @pytest.mark.parametrize("cookie", ["A" * 43, "x", "A" * 5000, "'; drop table x; --", "é"])
    async def test_a_cookie_of_nobody(self, door: Door, cookie: str) -> None:
        headers = {b"Cookie": f"turnstone={cookie}".encode()}
        answer = await door.client.get("/v1/auth/sign-in-events", headers=headers)
        assert answer.status_code == 401

    @pytest.mark.parametrize(
        "authorization",
        ["Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic eDp5", "Token x", "bearer  "],
    )
    async def test_a_token_of_nobody(self, door: Door, authorization: str) -> None:
        answer = await door.client.get("/v1/auth/sign-in-events", headers={"Authorization": authorization})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


class TestEndOfASession:
    async def test_signing_out_ends_it_and_clears_the_cookie(self, door: Door, person: Person) -> None:
        token = (await door.sign_in(person.email)).cookies["turnstone"]
        answer = await door.client.delete("/v1/auth/sessions/current")
        assert answer.status_code == 204
        assert answer.content == b""
        assert 'turnstone=""' in answer.headers["set-cookie"]
        door.client.cookies.set("turnstone", token, domain="127.0.0.1")
        assert await door.knock() == 401

    async def test_signing_out_twice_is_no_error(self, door: Door) -> None:
        assert (await door.client.delete("/v1/auth/sessions/current")).status_code == 204

    async def test_signing_out_leaves_other_browsers_signed_in(self, doors: Doors, person: Person) -> None:
        here, there = await doors.at(), await doors.at()
        await here.sign_in(person.email)
        await there.sign_in(person.email)
        await here.client.delete("/v1/auth/sessions/current")
        assert (await here.knock(), await there.knock()) == (401, SIGNED_IN)

    @pytest.mark.parametrize(
        "change",
        ["seen_at = now() - interval '61 minutes'", "ends_at = now() - interval '1 second'"],
    )
    async def test_idle_too_long_or_past_its_end(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow], change: str
    ) -> None:
        await door.sign_in(person.email)
        await owner.execute(f"update browser_session set {change} where user_id = {person.id}")
        assert await door.knock() == 401

    async def test_a_request_now_and_then_keeps_it(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        await door.sign_in(person.email)
        idle = "update browser_session set seen_at = now() - interval '59 minutes' where user_id = %s"
        for _ in range(3):
            await owner.execute(idle, (person.id,))
            assert await door.knock() == SIGNED_IN

    async def test_disabling_the_person_ends_it_at_once_for_good(
        self, door: Door, person: Person, engine: AsyncEngine
    ) -> None:
        await door.sign_in(person.email)
        async with transaction(engine) as session:
            await disable_user(session, person.id)
        assert await door.knock() == 401
        async with transaction(engine) as session:
            await enable_user(session, person.id)
        assert await door.knock() == 401
        assert (await door.sign_in(person.email)).status_code == 201

    async def test_a_session_cannot_slip_past_the_disabling(
        self, make: Makes, doors: Doors, engine: AsyncEngine, owner: AsyncConnection[DictRow]
    ) -> None:
        for _ in range(3):
            person = await make.person()
            door = await doors.at()

            async def disable(user_id: int = person.id) -> None:
                await asyncio.sleep(0.03)
                async with transaction(engine) as session:
                    await disable_user(session, user_id)

            await asyncio.gather(door.sign_in(person.email), door.sign_in(person.email), disable())
            left = await owner.execute("select 1 from browser_session where user_id = %s", (person.id,))
            assert await left.fetchall() == []


class TestChangingThePassword:
    NEW = "another river, other words"

    async def test_needs_the_old_one_and_ends_everything_else(self, doors: Doors, person: Person) -> None:
        here, there, program = await doors.at(), await doors.at(), await doors.at()
        await here.sign_in(person.email)
        await there.sign_in(person.email)
        refresh_token = (await program.by_password(person.email)).json()["refresh_token"]
        answer = await here.client.post(
            "/v1/auth/password", json={"old_password": PASSWORD, "new_password": self.NEW}
        )
        assert answer.status_code == 204
        assert (await here.knock(), await there.knock()) == (SIGNED_IN, 401)
        assert (await program.refresh(refresh_token)).status_code == 401
        assert (await there.sign_in(person.email)).status_code == 401
        assert (await there.sign_in(person.email, self.NEW)).status_code == 201

    async def test_a_wrong_old_one_is_refused_and_recorded(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        await door.sign_in(person.email)
        answer = await door.client.post(
            "/v1/auth/password", json={"old_password": "not this one", "new_password": self.NEW}
        )
        assert answer.status_code == 401
        row = await (
            await owner.execute(
                "select outcome from sign_in_event where door = 'password_change' and principal_id = %s",
                (person.id,),
            )
        ).fetchone()
        assert row == {"outcome": "failed"}
        assert await door.knock() == SIGNED_IN

    async def test_a_weak_new_one_is_invalid_and_nothing_changes(self, doors: Doors, person: Person) -> None:
        here, there = await doors.at(), await doors.at()
        await here.sign_in(person.email)
        await there.sign_in(person.email)
        answer = await here.client.post(
            "/v1/auth/password", json={"old_password": PASSWORD, "new_password": "password1234"}
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/new_password"
        assert await there.knock() == SIGNED_IN
        assert (await there.sign_in(person.email)).status_code == 201

    async def test_needs_to_be_signed_in(self, door: Door) -> None:
        answer = await door.client.post(
            "/v1/auth/password", json={"old_password": PASSWORD, "new_password": self.NEW}
        )
        assert answer.status_code == 401

    async def test_other_sites_cannot_do_it(self, door: Door, person: Person) -> None:
        await door.sign_in(person.email)
        answer = await door.client.post(
            "/v1/auth/password",
            json={"old_password": PASSWORD, "new_password": self.NEW},
            headers={"Origin": "https://evil.example"},
        )
        assert answer.status_code == 403

    async def test_a_program_may_do_it_with_its_token(self, door: Door, person: Person) -> None:
        token = (await door.by_password(person.email)).json()["access_token"]
        answer = await door.client.post(
            "/v1/auth/password",
            json={"old_password": PASSWORD, "new_password": self.NEW},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 204
        assert (await door.by_password(person.email, self.NEW)).status_code == 200

    async def test_an_integration_has_none(self, door: Door, make: Makes) -> None:
        machine = await make.machine()
        token = (await door.by_secret(machine.client_id, machine.secret)).json()["access_token"]
        answer = await door.client.post(
            "/v1/auth/password",
            json={"old_password": PASSWORD, "new_password": self.NEW},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 403


class TestHost:
    @pytest.mark.parametrize(
        "host", ["[bad", "", "a b", "127.0.0.1:x", "127.0.0.1:99999", "é", "[::1]", "a@b"]
    )
    async def test_a_mangled_host_is_nobody_and_no_error(self, door: Door, host: str) -> None:
        for verb, path in (("GET", "/v1/auth/sign-in-events"), ("POST", "/v1/auth/sessions")):
            headers = {b"Host": host.encode(), b"Origin": BASE.encode(), b"X-Turnstone-Client": b"browser"}
            body = {"email": "a@example.test", "password": "x"}
            answer = await door.client.request(verb, path, json=body, headers=headers)
            assert answer.status_code in {400, 401, 403}, (verb, answer.text)
