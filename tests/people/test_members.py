"""Members of a plan, and what each was given."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import httpx
import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld, User


async def added(plan: PlanWorld, user: User, role: str, **fields: Any) -> httpx.Response:
    body = {"who": user.email, "role": role} | fields
    response = await (await plan.manager()).post(plan.url("/members"), json=body)
    assert response.status_code == 201, response.text
    return response


async def own_membership(plan: PlanWorld) -> tuple[str, str]:
    """The address and version of the one programme manager's membership."""
    manager = await plan.manager()
    listed = await manager.get(plan.url("/members"), params={"role": "programme_manager"})
    at = plan.url(f"/members/{listed.json()['items'][0]['id']}")
    return at, (await manager.get(at)).headers["etag"]


class TestAddMember:
    async def test_a_person_opens_the_plan_from_then_on(self, plan: PlanWorld) -> None:
        newcomer = await plan.service.new_user("Newcomer")
        client = await plan.service.client_of(newcomer)
        assert (await client.get(plan.url("/actions"))).status_code == 404
        made = await added(plan, newcomer, "action_lead")
        body = made.json()
        assert body["who"]["email"] == newcomer.email
        assert body["is_current"] is True
        assert made.headers["location"] == plan.url(f"/members/{body['id']}")
        assert (await client.get(plan.url("/actions"))).status_code == 200

    async def test_nobody_is_made_administrator(self, plan: PlanWorld) -> None:
        newcomer = await plan.service.new_user()
        for client in (await plan.manager(), await plan.service.admin()):
            refused = await client.post(plan.url("/members"), json={"who": newcomer.id, "role": "admin"})
            assert refused.status_code == 403

    async def test_the_database_refuses_it_too(self, plan: PlanWorld) -> None:
        newcomer = await plan.service.new_user()
        with pytest.raises(Exception, match="not_admin"):
            await plan.member(newcomer, Role.ADMIN)

    async def test_a_role_is_held_once(self, plan: PlanWorld) -> None:
        newcomer = await plan.service.new_user()
        await added(plan, newcomer, "action_lead")
        again = await (await plan.manager()).post(
            plan.url("/members"), json={"who": newcomer.id, "role": "action_lead"}
        )
        assert again.status_code == 409

    async def test_an_inspector_sees_what_it_was_given_until_a_date(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        for ref in ("A1", "A2"):
            await manager.post(plan.url("/actions"), json={"ref": ref, "title": ref})
        newcomer = await plan.service.new_user()
        items = [{"kind": "action", "ref": "a2"}]
        body = (await added(plan, newcomer, "inspector", items=items, ends_on="2099-01-01")).json()
        assert body["items"] == [{"kind": "action", "ref": "A2", "title": "A2"}]
        client = await plan.service.client_of(newcomer)
        seen = (await client.get(plan.url("/actions"))).json()["items"]
        assert [item["ref"] for item in seen] == ["A2"]

    async def test_what_was_given_by_then_ended_is_seen_no_more(self, plan: PlanWorld) -> None:
        newcomer = await plan.service.new_user()
        body = (await added(plan, newcomer, "inspector", ends_on="2020-01-01")).json()
        assert body["is_current"] is False
        client = await plan.service.client_of(newcomer)
        assert (await client.get(plan.url("/actions"))).status_code == 404

    async def test_a_system_is_given_kpis_and_its_role_only(self, plan: PlanWorld) -> None:
        admin, manager = await plan.service.admin(), await plan.manager()
        client_id = f"system-{secrets.token_hex(4)}"
        await admin.post(
            "/v1/integrations",
            json={"name": "System", "client_id": client_id, "scopes": ["measurement:write"]},
        )
        for change, pointer in (
            ({"role": "action_lead"}, "/role"),
            ({"role": "integration", "items": [{"kind": "action", "ref": "A1"}]}, "/items/0/kind"),
            ({"role": "integration", "items": [{"kind": "kpi", "ref": "none-such"}]}, "/items/0/ref"),
            ({"role": "integration", "client_id": "none-such"}, "/client_id"),
        ):
            answer = await manager.post(plan.url("/members"), json={"client_id": client_id} | change)
            assert answer.status_code == 422, change
            assert answer.json()["errors"][0]["pointer"].startswith(pointer)
        made = await manager.post(
            plan.url("/members"), json={"client_id": client_id.upper(), "role": "integration"}
        )
        assert made.json()["who"]["client_id"] == client_id

    async def test_a_person_is_no_integration_and_nobody_is_nobody(self, plan: PlanWorld) -> None:
        manager, newcomer = await plan.manager(), await plan.service.new_user()
        for body, pointer in (
            ({"who": newcomer.id, "role": "integration"}, "/role"),
            ({"who": "nobody@example.test", "role": "partner"}, "/who"),
            ({"role": "partner"}, "/who"),
            ({"who": newcomer.id, "client_id": "x", "role": "partner"}, "/who"),
            ({"who": newcomer.id, "role": "action_lead", "items": [{"kind": "kpi", "ref": "x"}]}, "/items"),
        ):
            answer = await manager.post(plan.url("/members"), json=body)
            assert answer.status_code == 422, body
            assert answer.json()["errors"][0]["pointer"] == pointer

    async def test_only_those_who_manage_members_do(self, plan: PlanWorld) -> None:
        newcomer = await plan.service.new_user()
        for role in (Role.SENIOR_LEADER, Role.PARTNER, Role.INTERNAL_AUDITOR):
            client = await plan.client(role)
            assert (await client.get(plan.url("/members"))).status_code == 403
            body = {"who": newcomer.id, "role": "partner"}
            assert (await client.post(plan.url("/members"), json=body)).status_code == 403


class TestListMembers:
    async def test_it_is_filtered_and_searched(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        await plan.user(Role.ACTION_LEAD)
        ended = await plan.service.new_user("Ended")
        await added(plan, ended, "partner", ends_on="2020-01-01")

        async def ids(**query: str) -> list[str]:
            listed = await manager.get(plan.url("/members"), params=query)
            return [item["role"] for item in listed.json()["items"]]

        assert sorted(await ids()) == ["action_lead", "partner", "programme_manager"]
        assert await ids(role="partner") == ["partner"]
        assert await ids(current="false") == ["partner"]
        assert await ids(q=ended.email) == ["partner"]

    async def test_names_without_addresses_are_for_every_reader_of_the_plan(self, plan: PlanWorld) -> None:
        lead = await plan.user(Role.ACTION_LEAD)
        board = await plan.client(Role.BOARD_MEMBER)
        listed = (await board.get(plan.url("/people"), params={"role": "action_lead"})).json()["items"]
        assert listed == [{"id": lead.id, "name": lead.name, "roles": ["action_lead"]}]
        assert (await (await plan.client(Role.PARTNER)).get(plan.url("/people"))).status_code == 403


class TestUpdateMember:
    async def test_role_end_and_items_change(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        await manager.post(plan.url("/actions"), json={"ref": "A1", "title": "A1"})
        made = await added(plan, await plan.service.new_user(), "partner")
        at, etag = made.headers["location"], made.headers["etag"]
        given = await manager.patch(
            at,
            json={"ends_on": "2099-01-01", "items": [{"kind": "action", "ref": "A1"}]},
            headers={"If-Match": etag},
        )
        assert given.status_code == 200, given.text
        assert (given.json()["ends_on"], given.json()["items"][0]["ref"]) == ("2099-01-01", "A1")
        moved = await manager.patch(
            at, json={"role": "board_member"}, headers={"If-Match": given.headers["etag"]}
        )
        assert (moved.json()["role"], moved.json()["items"]) == ("board_member", [])

    async def test_a_stale_editor_is_told(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        made = await added(plan, await plan.service.new_user(), "partner")
        at, headers = made.headers["location"], {"If-Match": made.headers["etag"]}
        await manager.patch(at, json={"ends_on": "2099-01-01"}, headers=headers)
        stale = await manager.patch(at, json={"ends_on": None}, headers=headers)
        assert stale.status_code == 412
        assert stale.json()["fields"][0]["theirs"] == "2099-01-01"

    async def test_the_last_programme_manager_stays_one(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        at, etag = await own_membership(plan)
        for change in ({"role": "action_lead"}, {"ends_on": "2020-01-01"}):
            refused = await manager.patch(at, json=change, headers={"If-Match": etag})
            assert refused.status_code == 409, change

    async def test_a_membership_of_another_plan_is_not_found(self, plan: PlanWorld) -> None:
        other = await plan.service.new_plan()
        made = await added(other, await plan.service.new_user(), "partner")
        admin = await plan.service.admin()
        hidden = await admin.get(plan.url(f"/members/{made.json()['id']}"))
        assert hidden.status_code == 404


class TestRemoveMember:
    async def test_the_plan_closes_to_them(self, plan: PlanWorld) -> None:
        newcomer = await plan.service.new_user()
        made = await added(plan, newcomer, "action_lead")
        client = await plan.service.client_of(newcomer)
        assert (await client.get(plan.url("/actions"))).status_code == 200
        gone = await (await plan.manager()).delete(
            made.headers["location"], headers={"If-Match": made.headers["etag"]}
        )
        assert gone.status_code == 204
        assert (await client.get(plan.url("/actions"))).status_code == 404

    async def test_the_last_programme_manager_stays(self, plan: PlanWorld) -> None:
        at, etag = await own_membership(plan)
        refused = await (await plan.manager()).delete(at, headers={"If-Match": etag})
        assert refused.status_code == 409

    async def test_two_managers_do_not_remove_each_other(self, plan: PlanWorld) -> None:
        at, etag = await own_membership(plan)
        second = await added(plan, await plan.service.new_user(), "programme_manager")
        admin = await plan.service.admin()
        answers = await asyncio.gather(
            admin.delete(at, headers={"If-Match": etag}),
            admin.delete(second.headers["location"], headers={"If-Match": second.headers["etag"]}),
        )
        assert sorted(answer.status_code for answer in answers) == [204, 409]

    async def test_it_needs_a_version(self, plan: PlanWorld) -> None:
        made = await added(plan, await plan.service.new_user(), "partner")
        assert (await (await plan.manager()).delete(made.headers["location"])).status_code == 428


UNREADABLE: tuple[object, ...] = ({}, [], "", 1.5, True)


class TestPointers:
    async def test_an_unreadable_person_is_pointed_at_where_it_stands(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        for person in UNREADABLE:
            answer = await manager.post(plan.url("/members"), json={"who": person, "role": "partner"})
            assert answer.status_code == 422, person
            assert answer.json()["errors"][0]["pointer"] == "/who"
        for person in (-1, 0, 2**70):
            answer = await manager.post(plan.url("/members"), json={"who": person, "role": "partner"})
            assert answer.json()["errors"][0]["pointer"] == "/who"
