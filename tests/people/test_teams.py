"""Teams and their members."""

from __future__ import annotations

import secrets
from typing import Any

import httpx

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service


async def made(admin: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    body = {"ref": f"team-{secrets.token_hex(4)}", "name": "Quality assurance"} | fields
    response = await admin.post("/v1/teams", json=body)
    assert response.status_code == 201, response.text
    return response


class TestCreateTeam:
    async def test_members_are_named_by_id_or_email_once(self, plan: PlanWorld) -> None:
        admin, lead = await plan.service.admin(), await plan.user(Role.ACTION_LEAD)
        body = (await made(admin, members=[lead.id, lead.email])).json()
        assert body["members"] == [{"id": lead.id, "name": lead.name}]

    async def test_an_unknown_member_is_pointed_at(self, service: Service) -> None:
        admin = await service.admin()
        answer = await admin.post(
            "/v1/teams", json={"ref": "t-x", "name": "x", "members": ["nobody@example.test"]}
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/members/0"

    async def test_a_ref_is_taken_once(self, service: Service) -> None:
        admin = await service.admin()
        ref = (await made(admin)).json()["ref"]
        again = await admin.post("/v1/teams", json={"ref": ref.upper(), "name": "x"})
        assert (again.status_code, again.json()["type"]) == (409, "/v1/problems/ref-taken")

    async def test_its_members_lead_what_its_party_leads(self, plan: PlanWorld) -> None:
        admin, lead = await plan.service.admin(), await plan.user(Role.ACTION_LEAD)
        ref = (await made(admin, members=[lead.id])).json()["ref"]
        manager = await plan.manager()
        await plan.party("qa", kind="team")
        await plan.service.owner.execute(
            "update party set team_id = (select id from team where ref = %s) where plan_id = %s",
            (ref, plan.id),
        )
        await manager.post(plan.url("/actions"), json={"ref": "A1", "title": "x", "leads": ["qa"]})
        mine = await (await plan.client(Role.ACTION_LEAD)).get(plan.url("/actions"), params={"mine": "true"})
        assert [item["ref"] for item in mine.json()["items"]] == ["A1"]


class TestReadTeams:
    async def test_a_programme_manager_sees_them_to_tie_parties_to(self, plan: PlanWorld) -> None:
        ref = (await made(await plan.service.admin())).json()["ref"]
        manager = await plan.manager()
        assert (await manager.get(f"/v1/teams/{ref}")).status_code == 200
        found = (await manager.get("/v1/teams", params={"q": ref})).json()["items"]
        assert [team["ref"] for team in found] == [ref]
        assert (await manager.post("/v1/teams", json={"ref": "x", "name": "x"})).status_code == 403

    async def test_others_do_not(self, plan: PlanWorld) -> None:
        assert (await (await plan.client(Role.ACTION_LEAD)).get("/v1/teams")).status_code == 403


class TestUpdateTeam:
    async def test_the_list_of_members_is_replaced(self, plan: PlanWorld) -> None:
        admin = await plan.service.admin()
        lead, head = await plan.user(Role.ACTION_LEAD), await plan.user(Role.SENIOR_LEADER)
        response = await made(admin, members=[lead.id])
        at = f"/v1/teams/{response.json()['ref']}"
        changed = await admin.patch(
            at, json={"members": [head.email]}, headers={"If-Match": response.headers["etag"]}
        )
        assert [member["id"] for member in changed.json()["members"]] == [head.id]
        stale = await admin.patch(at, json={"name": "x"}, headers={"If-Match": response.headers["etag"]})
        assert stale.status_code == 412

    async def test_it_moves_to_another_ref(self, service: Service) -> None:
        admin = await service.admin()
        response = await made(admin)
        new = f"team-{secrets.token_hex(4)}"
        changed = await admin.patch(
            f"/v1/teams/{response.json()['ref']}",
            json={"ref": new},
            headers={"If-Match": response.headers["etag"]},
        )
        assert changed.json()["ref"] == new


class TestDeleteTeam:
    async def test_parties_tied_to_it_stay(self, plan: PlanWorld) -> None:
        admin = await plan.service.admin()
        response = await made(admin)
        ref = response.json()["ref"]
        party = await plan.party("qa", kind="team")
        await plan.service.owner.execute(
            "update party set team_id = (select id from team where ref = %s) where id = %s", (ref, party)
        )
        gone = await admin.delete(f"/v1/teams/{ref}", headers={"If-Match": response.headers["etag"]})
        assert gone.status_code == 204
        assert (await admin.get(f"/v1/teams/{ref}")).status_code == 404
        assert await plan.service.one("select team_id from party where id = %s", party) is None

    async def test_it_needs_a_version(self, service: Service) -> None:
        admin = await service.admin()
        ref = (await made(admin)).json()["ref"]
        assert (await admin.delete(f"/v1/teams/{ref}")).status_code == 428
