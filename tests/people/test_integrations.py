"""Integrations and their secrets, which are shown once."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service


async def made(admin: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    body = {"name": "Case system", "scopes": ["plan:read", "measurement:write"]} | fields
    response = await admin.post("/v1/integrations", json=body)
    assert response.status_code == 201, response.text
    return response


async def token(service: Service, client_id: str, secret: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    async with service.anonymous() as client:
        return await client.post("/v1/auth/token", data=form)


class TestCreateIntegration:
    async def test_its_secret_gets_a_token(self, service: Service) -> None:
        response = await made(await service.admin())
        body = response.json()
        assert response.headers["location"] == f"/v1/integrations/{body['client_id']}"
        assert response.headers["cache-control"] == "no-store"
        assert body["scopes"] == ["measurement:write", "plan:read", "plan:visit"]
        assert (await token(service, body["client_id"], body["secret"])).status_code == 200

    async def test_the_secret_is_shown_once(self, service: Service) -> None:
        admin = await service.admin()
        body = (await made(admin)).json()
        read = await admin.get(f"/v1/integrations/{body['client_id']}")
        listed = await admin.get("/v1/integrations", params={"q": body["client_id"]})
        assert body["secret"] not in read.text + listed.text
        assert read.json()["secrets"][0]["hint"] == body["secret"][-4:]

    async def test_a_retry_with_the_same_key_does_not_show_it_again(self, service: Service) -> None:
        admin, headers = await service.admin(), {"Idempotency-Key": secrets.token_hex(8)}
        wanted = {"name": "Case system", "scopes": []}
        first = await admin.post("/v1/integrations", json=wanted, headers=headers)
        again = await admin.post("/v1/integrations", json=wanted, headers=headers)
        assert first.json()["secret"] is not None
        assert again.json() == first.json() | {"secret": None}

    async def test_the_secret_is_stored_nowhere(self, service: Service) -> None:
        admin, headers = await service.admin(), {"Idempotency-Key": secrets.token_hex(8)}
        wanted = {"name": "Case system", "scopes": []}
        secret = (await admin.post("/v1/integrations", json=wanted, headers=headers)).json()["secret"]
        for query in (
            "select count(*) from idempotency_record r where convert_from(r.body, 'UTF8') like %s",
            "select count(*) from integration_secret s where s::text like %s",
            "select count(*) from change c where c::text like %s",
        ):
            assert await service.one(query, f"%{secret}%") == 0

    async def test_only_scopes_of_systems_are_granted(self, service: Service) -> None:
        admin = await service.admin()
        for scopes in (["user:manage"], ["measurement:write_set"], ["everything"]):
            answer = await admin.post("/v1/integrations", json={"name": "x", "scopes": scopes})
            assert answer.status_code == 422, scopes

    async def test_a_client_id_is_taken_once(self, service: Service) -> None:
        admin = await service.admin()
        client_id = (await made(admin)).json()["client_id"]
        again = await admin.post("/v1/integrations", json={"name": "x", "client_id": client_id, "scopes": []})
        assert again.status_code == 409

    async def test_only_administrators_manage_them(self, plan: PlanWorld) -> None:
        for role in (Role.PROGRAMME_MANAGER, Role.PERFORMANCE_OFFICER):
            client = await plan.client(role)
            assert (await client.get("/v1/integrations")).status_code == 403
            answer = await client.post("/v1/integrations", json={"name": "x", "scopes": []})
            assert answer.status_code == 403


class TestUpdateIntegration:
    async def test_name_and_scopes_change(self, service: Service) -> None:
        admin = await service.admin()
        response = await made(admin)
        changed = await admin.patch(
            response.headers["location"],
            json={"name": "Other", "scopes": ["plan:read"]},
            headers={"If-Match": response.headers["etag"]},
        )
        assert changed.status_code == 200, changed.text
        assert (changed.json()["name"], changed.json()["scopes"]) == ("Other", ["plan:read", "plan:visit"])

    async def test_disabled_it_gets_no_token_and_uses_none(self, plan: PlanWorld) -> None:
        service, admin = plan.service, await plan.service.admin()
        response = await made(admin)
        body = response.json()
        await (await plan.manager()).post(
            plan.url("/members"), json={"client_id": body["client_id"], "role": "integration"}
        )
        issued = (await token(service, body["client_id"], body["secret"])).json()["access_token"]
        async with service.anonymous() as client:
            client.headers["Authorization"] = f"Bearer {issued}"
            assert (await client.get(plan.url("/actions"))).status_code == 200
            disabled = await admin.patch(
                response.headers["location"],
                json={"disabled": True},
                headers={"If-Match": response.headers["etag"]},
            )
            assert disabled.json()["disabled"] is True
            assert (await client.get(plan.url("/actions"))).status_code == 401
        assert (await token(service, body["client_id"], body["secret"])).status_code == 401

    async def test_a_stale_editor_is_told(self, service: Service) -> None:
        admin = await service.admin()
        response = await made(admin)
        at, headers = response.headers["location"], {"If-Match": response.headers["etag"]}
        await admin.patch(at, json={"name": "Theirs"}, headers=headers)
        assert (await admin.patch(at, json={"name": "Mine"}, headers=headers)).status_code == 412

    async def test_nothing_beyond_a_systems_scopes(self, service: Service) -> None:
        admin = await service.admin()
        response = await made(admin)
        answer = await admin.patch(
            response.headers["location"],
            json={"scopes": ["plan:delete"]},
            headers={"If-Match": response.headers["etag"]},
        )
        assert answer.json()["errors"][0]["pointer"] == "/scopes"


class TestAddSecret:
    async def test_both_work_while_one_is_rotated_out(self, service: Service) -> None:
        admin = await service.admin()
        body = (await made(admin)).json()
        at = f"/v1/integrations/{body['client_id']}/secrets"
        until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        fresh = (await admin.post(at, json={"keep_old_until": until})).json()["secret"]
        assert (await token(service, body["client_id"], body["secret"])).status_code == 200
        assert (await token(service, body["client_id"], fresh)).status_code == 200
        held = (await admin.get(f"/v1/integrations/{body['client_id']}")).json()["secrets"]
        assert [secret["is_live"] for secret in held] == [True, True]

    async def test_the_old_one_may_end_at_once(self, service: Service) -> None:
        admin = await service.admin()
        body = (await made(admin)).json()
        at = f"/v1/integrations/{body['client_id']}/secrets"
        past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        await admin.post(at, json={"keep_old_until": past})
        assert (await token(service, body["client_id"], body["secret"])).status_code == 401

    async def test_a_new_one_does_not_end_before_it_begins(self, service: Service) -> None:
        admin = await service.admin()
        body = (await made(admin)).json()
        at = f"/v1/integrations/{body['client_id']}/secrets"
        answer = await admin.post(at, json={"expires_at": "2020-01-01T00:00:00Z"})
        assert answer.json()["errors"][0]["pointer"] == "/expires_at"

    async def test_of_an_unknown_client_there_is_none(self, service: Service) -> None:
        answer = await (await service.admin()).post("/v1/integrations/none-such/secrets", json={})
        assert answer.status_code == 404


class TestRevokeSecret:
    async def test_it_gets_no_further_token(self, service: Service) -> None:
        admin = await service.admin()
        body = (await made(admin)).json()
        at = f"/v1/integrations/{body['client_id']}/secrets/{body['secrets'][0]['id']}"
        assert (await admin.delete(at)).status_code == 204
        assert (await token(service, body["client_id"], body["secret"])).status_code == 401

    async def test_anothers_secret_is_not_found(self, service: Service) -> None:
        admin = await service.admin()
        one, other = (await made(admin)).json(), (await made(admin)).json()
        at = f"/v1/integrations/{one['client_id']}/secrets/{other['secrets'][0]['id']}"
        assert (await admin.delete(at)).status_code == 404
