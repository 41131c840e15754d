"""Deputies: named by oneself or by who manages members, and what they may then do."""

from __future__ import annotations

from typing import Any

import httpx

from api.vocabulary import Role
from tests.factories.world import PlanWorld


async def named(plan: PlanWorld, by: Role, **fields: Any) -> httpx.Response:
    return await (await plan.client(by)).post(plan.url("/deputies"), json=fields)


class TestAddDeputy:
    async def test_a_lead_names_its_own_who_then_does_its_work(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        await plan.party("head", role=Role.SENIOR_LEADER)
        await manager.post(plan.url("/actions"), json={"ref": "A1", "title": "x", "leads": ["head"]})
        deputy, client = await plan.user(Role.ACTION_LEAD), await plan.client(Role.ACTION_LEAD)
        read = await client.get(plan.url("/actions/A1"))
        assert read.json()["may_update"] is False
        made = await named(plan, Role.SENIOR_LEADER, deputy=deputy.email, ends_on="2099-01-01")
        assert made.status_code == 201, made.text
        assert made.json()["deputy"] == {"id": deputy.id, "name": deputy.name}
        assert made.json()["is_current"] is True
        changed = await client.patch(
            plan.url("/actions/A1"),
            json={"status": "in_progress"},
            headers={"If-Match": read.headers["etag"]},
        )
        assert changed.status_code == 200, changed.text

    async def test_a_deputy_of_another_time_does_not(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        await plan.party("head", role=Role.SENIOR_LEADER)
        await manager.post(plan.url("/actions"), json={"ref": "A1", "title": "x", "leads": ["head"]})
        deputy, client = await plan.user(Role.ACTION_LEAD), await plan.client(Role.ACTION_LEAD)
        made = await named(plan, Role.SENIOR_LEADER, deputy=deputy.id, starts_on="2099-01-01")
        assert made.json()["is_current"] is False
        assert (await client.get(plan.url("/actions/A1"))).json()["may_update"] is False

    async def test_a_manager_names_anyones(self, plan: PlanWorld) -> None:
        head, lead = await plan.user(Role.SENIOR_LEADER), await plan.user(Role.ACTION_LEAD)
        made = await named(plan, Role.PROGRAMME_MANAGER, user=head.id, deputy=lead.id)
        assert made.json()["user"]["id"] == head.id

    async def test_nobody_else_names_anothers(self, plan: PlanWorld) -> None:
        head, lead = await plan.user(Role.SENIOR_LEADER), await plan.user(Role.ACTION_LEAD)
        refused = await named(plan, Role.ACTION_LEAD, user=head.id, deputy=lead.id)
        assert refused.status_code == 403

    async def test_a_partner_names_one_by_email(self, plan: PlanWorld) -> None:
        lead = await plan.user(Role.ACTION_LEAD)
        made = await named(plan, Role.PARTNER, deputy=lead.email)
        assert made.status_code == 201, made.text

    async def test_those_who_lead_nothing_do_not(self, plan: PlanWorld) -> None:
        lead = await plan.user(Role.ACTION_LEAD)
        for role in (Role.BOARD_MEMBER, Role.INTERNAL_AUDITOR, Role.INSPECTOR):
            assert (await named(plan, role, deputy=lead.id)).status_code == 403

    async def test_what_makes_no_sense_is_pointed_at(self, plan: PlanWorld) -> None:
        me, stranger = await plan.user(Role.ACTION_LEAD), await plan.service.new_user()
        head = await plan.user(Role.SENIOR_LEADER)
        for fields, pointer in (
            ({"deputy": me.id}, "/deputy"),
            ({"deputy": stranger.email}, "/deputy"),
            ({"deputy": head.id, "starts_on": "2026-02-01", "ends_on": "2026-01-01"}, "/ends_on"),
        ):
            answer = await named(plan, Role.ACTION_LEAD, **fields)
            assert answer.status_code == 422, fields
            assert answer.json()["errors"][0]["pointer"] == pointer

    async def test_an_administrator_says_whose(self, plan: PlanWorld) -> None:
        lead = await plan.user(Role.ACTION_LEAD)
        answer = await named(plan, Role.ADMIN, deputy=lead.id)
        assert answer.json()["errors"][0]["pointer"] == "/user"

    async def test_one_is_named_once(self, plan: PlanWorld) -> None:
        lead = await plan.user(Role.ACTION_LEAD)
        await named(plan, Role.SENIOR_LEADER, deputy=lead.id)
        assert (await named(plan, Role.SENIOR_LEADER, deputy=lead.id)).status_code == 409


class TestListDeputies:
    async def test_a_limited_reader_sees_what_concerns_it(self, plan: PlanWorld) -> None:
        lead, partner = await plan.user(Role.ACTION_LEAD), await plan.user(Role.PARTNER)
        await named(plan, Role.SENIOR_LEADER, deputy=lead.id)
        await named(plan, Role.SENIOR_LEADER, deputy=partner.id)
        everyone = (await (await plan.manager()).get(plan.url("/deputies"))).json()["items"]
        assert len(everyone) == 2
        partners = (await (await plan.client(Role.PARTNER)).get(plan.url("/deputies"))).json()["items"]
        assert [item["deputy"]["id"] for item in partners] == [partner.id]
        leads = await (await plan.client(Role.ACTION_LEAD)).get(
            plan.url("/deputies"), params={"mine": "true"}
        )
        assert [item["deputy"]["id"] for item in leads.json()["items"]] == [lead.id]


class TestRemoveDeputy:
    async def test_ones_own_goes(self, plan: PlanWorld) -> None:
        lead = await plan.user(Role.ACTION_LEAD)
        made = await named(plan, Role.SENIOR_LEADER, deputy=lead.id)
        head = await plan.client(Role.SENIOR_LEADER)
        at, headers = made.headers["location"], {"If-Match": made.headers["etag"]}
        assert (await head.delete(at, headers=headers)).status_code == 204
        assert (await head.get(at)).status_code == 404

    async def test_anothers_does_not(self, plan: PlanWorld) -> None:
        lead = await plan.user(Role.ACTION_LEAD)
        made = await named(plan, Role.SENIOR_LEADER, deputy=lead.id)
        refused = await (await plan.client(Role.ACTION_LEAD)).delete(
            made.headers["location"], headers={"If-Match": made.headers["etag"]}
        )
        assert refused.status_code == 403
