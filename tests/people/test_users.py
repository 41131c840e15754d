"""Users, passwords and the role table."""

from __future__ import annotations

import secrets
from typing import Any

import httpx

from api.auth.permissions import ROLE_TABLE, Permission
from api.people.roles import PERMISSION_WORDS, ROLE_WORDS
from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service

PASSWORD = "seven otters cross the river"


def fresh_email() -> str:
    return f"new-{secrets.token_hex(6)}@example.test"


async def made(admin: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    body = {"email": fresh_email(), "name": "New Person"} | fields
    response = await admin.post("/v1/users", json=body)
    assert response.status_code == 201, response.text
    return response


async def sign_in(service: Service, email: str, password: str) -> httpx.Response:
    form = {"grant_type": "password", "username": email, "password": password}
    async with service.anonymous() as client:
        return await client.post("/v1/auth/token", data=form)


class TestCreateUser:
    async def test_the_account_stands_at_its_id_and_its_email(self, service: Service) -> None:
        admin = await service.admin()
        response = await made(admin, email=fresh_email().upper())
        body = response.json()
        assert response.headers["location"] == f"/v1/users/{body['id']}"
        assert (body["is_admin"], body["disabled"], body["memberships"], body["teams"]) == (
            False,
            False,
            [],
            [],
        )
        assert (await admin.get(f"/v1/users/{body['email'].lower()}")).json()["id"] == body["id"]

    async def test_they_sign_in_with_the_password_given(self, service: Service) -> None:
        admin = await service.admin()
        body = (await made(admin, password=PASSWORD)).json()
        assert (await sign_in(service, body["email"], PASSWORD)).status_code == 200
        assert (await admin.get(f"/v1/users/{body['id']}")).json()["last_signed_in_at"] is not None

    async def test_the_password_comes_back_nowhere(self, service: Service) -> None:
        admin = await service.admin()
        response = await made(admin, password=PASSWORD)
        assert PASSWORD not in response.text
        assert "password" not in response.json()

    async def test_an_email_is_taken_once_whatever_its_case(self, service: Service) -> None:
        admin = await service.admin()
        email = (await made(admin)).json()["email"]
        again = await admin.post("/v1/users", json={"email": email.upper(), "name": "Twin"})
        assert again.status_code == 409

    async def test_a_weak_password_is_pointed_at(self, service: Service) -> None:
        admin = await service.admin()
        answer = await admin.post(
            "/v1/users", json={"email": fresh_email(), "name": "New", "password": "short"}
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/password"

    async def test_a_retry_with_the_same_key_makes_one(self, service: Service) -> None:
        admin = await service.admin()
        body, headers = {"email": fresh_email(), "name": "Once"}, {"Idempotency-Key": secrets.token_hex(8)}
        first = await admin.post("/v1/users", json=body, headers=headers)
        again = await admin.post("/v1/users", json=body, headers=headers)
        assert (again.status_code, again.json()) == (201, first.json())

    async def test_only_administrators_manage_users(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        assert (await manager.get("/v1/users")).status_code == 403
        refused = await manager.post("/v1/users", json={"email": fresh_email(), "name": "x"})
        assert refused.status_code == 403


class TestReadUser:
    async def test_teams_and_memberships_are_listed(self, plan: PlanWorld) -> None:
        admin = await plan.service.admin()
        lead = await plan.user(Role.ACTION_LEAD)
        team = f"team-{secrets.token_hex(4)}"
        await admin.post("/v1/teams", json={"ref": team, "name": "Team", "members": [lead.email]})
        body = (await admin.get(f"/v1/users/{lead.id}")).json()
        assert body["teams"] == [team]
        assert body["memberships"] == [{"plan": plan.ref, "role": "action_lead", "ends_on": None}]

    async def test_nobody_is_404(self, service: Service) -> None:
        admin = await service.admin()
        for key in ("999999999", str(2**80), "nobody@example.test", "²"):
            assert (await admin.get(f"/v1/users/{key}")).status_code == 404

    async def test_the_list_is_searched_and_filtered(self, service: Service) -> None:
        admin = await service.admin()
        name = f"Name{secrets.token_hex(4)}"
        body = (await made(admin, name=name)).json()
        found = (await admin.get("/v1/users", params={"q": name.lower(), "disabled": "false"})).json()
        assert [user["id"] for user in found["items"]] == [body["id"]]
        assert (await admin.get("/v1/users", params={"q": name, "admin": "true"})).json()["items"] == []


class TestUpdateUser:
    async def test_a_name_changes_wherever_it_is_shown(self, service: Service) -> None:
        admin = await service.admin()
        response = await made(admin)
        at = response.headers["location"]
        changed = await admin.patch(
            at, json={"name": "Other Name"}, headers={"If-Match": response.headers["etag"]}
        )
        assert changed.json()["name"] == "Other Name"
        principal = await service.one("select name from principal where id = %s", changed.json()["id"])
        assert principal == "Other Name"

    async def test_disabling_ends_every_session_at_once(self, plan: PlanWorld) -> None:
        admin, lead = await plan.service.admin(), await plan.client(Role.ACTION_LEAD)
        at = f"/v1/users/{(await plan.user(Role.ACTION_LEAD)).id}"
        assert (await lead.get(plan.url())).status_code == 200
        etag = (await admin.get(at)).headers["etag"]
        disabled = await admin.patch(at, json={"disabled": True}, headers={"If-Match": etag})
        assert disabled.json()["disabled"] is True
        assert (await lead.get(plan.url())).status_code == 401
        enabled = await admin.patch(
            at, json={"disabled": False}, headers={"If-Match": disabled.headers["etag"]}
        )
        assert enabled.json()["disabled_at"] is None
        assert (await lead.get(plan.url())).status_code == 401

    async def test_a_stale_editor_sees_what_is_there(self, service: Service) -> None:
        admin = await service.admin()
        response = await made(admin)
        at, etag = response.headers["location"], response.headers["etag"]
        await admin.patch(at, json={"name": "Theirs"}, headers={"If-Match": etag})
        stale = await admin.patch(at, json={"name": "Mine"}, headers={"If-Match": etag})
        assert stale.status_code == 412
        assert stale.json()["current"]["name"] == "Theirs"
        again = {"If-Match": stale.json()["current_etag"]}
        assert (await admin.patch(at, json={"name": "Mine"}, headers=again)).status_code == 200

    async def test_without_a_version_it_is_refused(self, service: Service) -> None:
        admin = await service.admin()
        at = (await made(admin)).headers["location"]
        assert (await admin.patch(at, json={"name": "Mine"})).status_code == 428

    async def test_nothing_can_be_cleared(self, service: Service) -> None:
        admin = await service.admin()
        response = await made(admin)
        answer = await admin.patch(
            response.headers["location"],
            json={"name": None, "disabled": None},
            headers={"If-Match": response.headers["etag"]},
        )
        assert {error["pointer"] for error in answer.json()["errors"]} == {"/name", "/disabled"}

    async def test_an_email_of_another_is_refused(self, service: Service) -> None:
        admin = await service.admin()
        taken = (await made(admin)).json()["email"]
        response = await made(admin)
        answer = await admin.patch(
            response.headers["location"],
            json={"email": taken.upper()},
            headers={"If-Match": response.headers["etag"]},
        )
        assert answer.status_code == 409


class TestSetPassword:
    async def test_it_replaces_the_old_one_and_signs_out(self, plan: PlanWorld) -> None:
        admin, lead = await plan.service.admin(), await plan.client(Role.ACTION_LEAD)
        user = await plan.user(Role.ACTION_LEAD)
        answer = await admin.post(f"/v1/users/{user.id}/password", json={"password": PASSWORD})
        assert answer.status_code == 204
        assert (await lead.get(plan.url())).status_code == 401
        assert (await sign_in(plan.service, user.email, PASSWORD)).status_code == 200

    async def test_the_change_record_says_that_and_not_what(self, plan: PlanWorld) -> None:
        admin = await plan.service.admin()
        user = await plan.user(Role.ACTION_LEAD)
        await admin.post(f"/v1/users/{user.email}/password", json={"password": PASSWORD})
        held = await plan.service.one(
            "select count(*) from change where change::text like %s", f"%{PASSWORD}%"
        )
        assert held == 0


class TestListRoles:
    async def test_every_role_is_told_in_words(self, plan: PlanWorld) -> None:
        listed = (await (await plan.client(Role.INSPECTOR)).get("/v1/roles")).json()["items"]
        assert [item["role"] for item in listed] == [role.value for role in Role]
        for item in listed:
            held = {entry["permission"] for entry in item["permissions"]}
            assert held == {permission.value for permission in ROLE_TABLE[Role(item["role"])]}

    def test_every_permission_and_role_has_words(self) -> None:
        assert set(PERMISSION_WORDS) == set(Permission)
        assert set(ROLE_WORDS) == set(Role)
