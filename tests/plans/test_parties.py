"""Parties: who leads, tied to users and teams, and not deleted while they lead."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service

HEAD = {"ref": "head-of-qa", "kind": "role", "name": "Head of quality assurance", "aliases": ["HoS QA"]}


async def add(plan: PlanWorld, **changes: Any) -> httpx.Response:
    return await (await plan.manager()).post(plan.url("/parties"), json=HEAD | changes)


async def change(plan: PlanWorld, patch: dict[str, Any]) -> httpx.Response:
    client = await plan.manager()
    etag = (await client.get(plan.url("/parties/head-of-qa"))).headers["etag"]
    return await client.patch(plan.url("/parties/head-of-qa"), json=patch, headers={"If-Match": etag})


async def add_action(plan: PlanWorld, ref: str, lead: str) -> httpx.Response:
    return await (await plan.manager()).post(
        plan.url("/actions"), json={"ref": ref, "title": "Do it", "leads": [lead]}
    )


class TestCreateParty:
    async def test_ties_a_user_by_email_and_a_team_by_ref(self, plan: PlanWorld) -> None:
        user = await plan.user(Role.ACTION_LEAD)
        await plan.service.owner.execute(
            "insert into team (ref, name) values (%s, 'Quality team')", (plan.ref,)
        )
        made = await add(plan, user=user.email.upper(), team=plan.ref)
        assert made.status_code == 201
        assert made.json()["user"] == {"name": user.name, "email": user.email}
        assert made.json()["team"] == {"ref": plan.ref, "name": "Quality team"}

    async def test_whoever_is_tied_may_do_what_it_leads(self, plan: PlanWorld) -> None:
        await add(plan, user=(await plan.user(Role.ACTION_LEAD)).email)
        made = await add_action(plan, "A1", "head-of-qa")
        lead = await plan.client(Role.ACTION_LEAD)
        changed = await lead.patch(
            plan.url("/actions/A1"),
            json={"status": "in_progress"},
            headers={"If-Match": made.headers["etag"]},
        )
        assert changed.status_code == 200

    @pytest.mark.parametrize(
        ("part", "pointer"),
        [
            ({"user": "nobody@example.test"}, "/user"),
            ({"user": "no email"}, "/user"),
            ({"team": "no-such-team"}, "/team"),
            ({"ref": "new"}, "/ref"),
        ],
    )
    async def test_points_at_what_is_wrong(self, plan: PlanWorld, part: dict[str, str], pointer: str) -> None:
        refused = await add(plan, **part)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)

    async def test_refuses_a_taken_ref_and_other_roles(self, plan: PlanWorld) -> None:
        await add(plan)
        assert (await add(plan, ref="HEAD-OF-QA")).json()["type"] == "/v1/problems/ref-taken"
        leader = await plan.client(Role.SENIOR_LEADER)
        assert (await leader.post(plan.url("/parties"), json=HEAD)).status_code == 403


class TestReadParties:
    async def test_finds_by_alias_and_by_tie(self, plan: PlanWorld) -> None:
        await add(plan)
        await plan.party("tied", role=Role.ACTION_LEAD)
        client = await plan.manager()
        for params, ref in (({"q": "hos qa"}, "head-of-qa"), ({"tied": "true"}, "tied")):
            items = (await client.get(plan.url("/parties"), params=params)).json()["items"]
            assert [one["ref"] for one in items] == [ref]

    async def test_keeps_emails_from_those_who_do_not_manage_members(self, plan: PlanWorld) -> None:
        user = await plan.user(Role.ACTION_LEAD)
        await add(plan, user=user.email)
        seen = await (await plan.client(Role.BOARD_MEMBER)).get(plan.url("/parties/head-of-qa"))
        assert seen.json()["user"] == {"name": user.name, "email": None}

    async def test_a_partner_sees_only_those_beside_it(self, plan: PlanWorld) -> None:
        await add(plan)
        await plan.party("police", role=Role.PARTNER)
        partner = await plan.client(Role.PARTNER)
        listed = (await partner.get(plan.url("/parties"))).json()["items"]
        assert [one["ref"] for one in listed] == ["police"]
        assert (await partner.get(plan.url("/parties/head-of-qa"))).status_code == 404

    async def test_another_plans_are_not_found(self, service: Service, plan: PlanWorld) -> None:
        await add(plan)
        other = await service.new_plan()
        assert (await (await other.manager()).get(other.url("/parties/head-of-qa"))).status_code == 404


class TestUpdateParty:
    async def test_null_unties_a_user(self, plan: PlanWorld) -> None:
        await add(plan, user=(await plan.user(Role.ACTION_LEAD)).email)
        untied = await change(plan, {"user": None, "name": "Head of practice"})
        assert (untied.json()["user"], untied.json()["name"]) == (None, "Head of practice")

    async def test_a_corrected_ref_keeps_what_it_leads(self, plan: PlanWorld) -> None:
        await add(plan)
        await add_action(plan, "A1", "head-of-qa")
        renamed = await change(plan, {"ref": "head-of-practice"})
        assert renamed.json()["leads"]["actions"] == 1

    async def test_a_stale_version_is_refused(self, plan: PlanWorld) -> None:
        etag = (await add(plan)).headers["etag"]
        await change(plan, {"name": "Theirs"})
        stale = await (await plan.manager()).patch(
            plan.url("/parties/head-of-qa"), json={"name": "Yours"}, headers={"If-Match": etag}
        )
        assert stale.status_code == 412

    async def test_points_at_nulls(self, plan: PlanWorld) -> None:
        await add(plan)
        refused = await change(plan, {"kind": None, "aliases": None})
        assert [one["pointer"] for one in refused.json()["errors"]] == ["/kind", "/aliases"]


class TestDeleteParty:
    async def test_says_how_much_it_leads_and_goes_once_it_leads_nothing(self, plan: PlanWorld) -> None:
        match = {"If-Match": (await add(plan)).headers["etag"]}
        client = await plan.manager()
        for ref in ("A1", "A2"):
            await add_action(plan, ref, "head-of-qa")
        refused = await client.delete(plan.url("/parties/head-of-qa"), headers=match)
        assert (refused.status_code, refused.json()["type"]) == (409, "/v1/problems/in-use")
        assert "2 actions" in refused.json()["detail"]
        await plan.service.owner.execute("delete from item_lead where plan_id = %s", (plan.id,))
        gone = await client.delete(plan.url("/parties/head-of-qa"), headers=match)
        assert gone.status_code == 204

    async def test_owning_a_risk_control_keeps_it_too(self, plan: PlanWorld) -> None:
        match = {"If-Match": (await add(plan)).headers["etag"]}
        await plan.service.owner.execute(
            "with r as (insert into risk (plan_id, ref, title) values (%(p)s, 'K1', 'Risk') returning id)"
            " insert into risk_control (plan_id, risk_id, position, text, state, owner_id)"
            " select %(p)s, r.id, 0, 'A control', 'planned', p.id from r, party p where p.plan_id = %(p)s",
            {"p": plan.id},
        )
        refused = await (await plan.manager()).delete(plan.url("/parties/head-of-qa"), headers=match)
        assert "1 risk controls" in refused.json()["detail"]
