"""What nobody leads, and handing over what somebody leads."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld


async def add_action(plan: PlanWorld, ref: str, leads: list[Any], status: str = "not_started") -> None:
    answer = await (await plan.manager()).post(
        plan.url("/actions"), json={"ref": ref, "title": f"Do {ref}", "leads": leads, "status": status}
    )
    assert answer.status_code == 201, answer.text


async def add_others(plan: PlanWorld) -> None:
    """One open item of each other kind, led by nobody; and of each but risks, one that is not open."""
    owner = plan.service.owner
    for ref, status in (("R1", "active"), ("R2", "closed")):
        await owner.execute(
            "insert into recommendation (plan_id, ref, text, origin, status)"
            " values (%s, %s, 'Improve', 'inspection', %s)",
            (plan.id, ref, status),
        )
    for ref, kind in (("K1", "quantitative"), ("K2", "heading")):
        await owner.execute(
            "insert into kpi (plan_id, ref, title, unit, polarity, period_type, kind, category, nature)"
            " values (%s, %s, 'Visits', 'percent', 'higher', 'month', %s, 'none', 'snapshot')",
            (plan.id, ref, kind),
        )
    for ref in ("C1", "C2"):
        await owner.execute(
            "insert into assurance_check (plan_id, ref, title, kind) values (%s, %s, 'Audit', 'audit')",
            (plan.id, ref),
        )
    await owner.execute(
        "insert into check_result (plan_id, check_id, position, found_on, result)"
        " select plan_id, id, 0, '2026-01-01', 'impact_clear' from assurance_check"
        " where plan_id = %s and ref = 'C2'",
        (plan.id,),
    )
    await owner.execute("insert into risk (plan_id, ref, title) values (%s, 'X1', 'Risk')", (plan.id,))


async def leaderless(plan: PlanWorld, **params: Any) -> list[tuple[str, str]]:
    answer = await (await plan.manager()).get(plan.url("/leaderless"), params=params)
    return [(one["kind"], one["ref"]) for one in answer.json()["items"]]


async def hand_over(plan: PlanWorld, **body: Any) -> httpx.Response:
    return await (await plan.manager()).post(
        plan.url("/parties/leaver/hand-over"), json={"to": "joiner", "reason": "Left in March."} | body
    )


async def leads_of(plan: PlanWorld, ref: str) -> list[str]:
    held = await (await plan.manager()).get(plan.url(f"/actions/{ref}"))
    return [lead["party"] for lead in held.json()["leads"]]


@pytest.fixture
async def parties(plan: PlanWorld) -> None:
    for ref, kind in (("leaver", "role"), ("joiner", "role"), ("all", "everyone")):
        await plan.party(ref, kind=kind)


class TestLeaderless:
    async def test_lists_every_kind_that_is_open_and_led_by_nobody(self, plan: PlanWorld) -> None:
        await add_others(plan)
        await add_action(plan, "A1", [])
        await add_action(plan, "A2", [], status="completed")
        assert await leaderless(plan) == [
            ("recommendation", "R1"),
            ("action", "A1"),
            ("kpi", "K1"),
            ("check", "C1"),
            ("risk", "X1"),
        ]

    @pytest.mark.usefixtures("parties")
    async def test_a_lead_that_means_everyone_is_none(self, plan: PlanWorld) -> None:
        await add_action(plan, "A1", ["all"])
        await add_action(plan, "A2", ["all", "leaver"])
        answer = await (await plan.manager()).get(plan.url("/leaderless"))
        (item,) = answer.json()["items"]
        assert (item["ref"], item["led_by"]) == ("A1", ["Party all"])

    async def test_pages_through_kinds_whose_ids_collide(self, plan: PlanWorld) -> None:
        await add_others(plan)
        client = await plan.manager()
        seen: list[str] = []
        cursor = None
        while True:
            params = {"limit": "1", "sort": "due"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get(plan.url("/leaderless"), params=params)).json()
            seen += [one["ref"] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert sorted(seen) == ["C1", "K1", "R1", "X1"]

    async def test_filters_by_kind_and_words(self, plan: PlanWorld) -> None:
        await add_others(plan)
        assert await leaderless(plan, kind="risk") == [("risk", "X1")]
        assert await leaderless(plan, q="visits") == [("kpi", "K1")]

    async def test_is_refused_to_visitors(self, plan: PlanWorld) -> None:
        assert (await (await plan.client(Role.PARTNER)).get(plan.url("/leaderless"))).status_code == 403


@pytest.mark.usefixtures("parties")
class TestHandOver:
    async def test_moves_what_is_open_and_leaves_what_is_done(self, plan: PlanWorld) -> None:
        await add_action(plan, "A1", [{"party": "leaver", "as_printed": "The leaver", "doubtful": True}])
        await add_action(plan, "A2", ["leaver"], status="completed")
        done = await hand_over(plan)
        assert done.status_code == 200
        assert [(one["kind"], one["ref"]) for one in done.json()["items"]] == [("action", "A1")]
        assert (await leads_of(plan, "A1"), await leads_of(plan, "A2")) == (["joiner"], ["leaver"])
        moved = (await (await plan.manager()).get(plan.url("/actions/A1"))).json()
        assert (moved["leads"][0]["as_printed"], moved["leads"][0]["doubtful"]) == (None, False)

    async def test_keeps_the_order_of_leads_and_names_nobody_twice(self, plan: PlanWorld) -> None:
        await add_action(plan, "A1", ["leaver", "all"])
        await add_action(plan, "A2", ["joiner", "leaver"])
        items = (await hand_over(plan)).json()["items"]
        assert [(one["ref"], one["led_already"]) for one in items] == [("A1", False), ("A2", True)]
        assert (await leads_of(plan, "A1"), await leads_of(plan, "A2")) == (["joiner", "all"], ["joiner"])

    async def test_bumps_the_version_of_each_item_and_keeps_the_reason(self, plan: PlanWorld) -> None:
        await add_action(plan, "A1", ["leaver"])
        client = await plan.manager()
        etag = (await client.get(plan.url("/actions/A1"))).headers["etag"]
        await hand_over(plan)
        stale = await client.patch(
            plan.url("/actions/A1"), json={"title": "Stale"}, headers={"If-Match": etag}
        )
        assert stale.status_code == 412
        reasons = await plan.service.one(
            "select count(*) from change where plan_id = %s and reason = 'Left in March.'"
            " and entity in ('item_lead', 'action')",
            plan.id,
        )
        assert reasons == 2

    async def test_moves_only_the_kinds_asked_for(self, plan: PlanWorld) -> None:
        await add_action(plan, "A1", ["leaver"])
        await plan.service.owner.execute(
            "with r as (insert into risk (plan_id, ref, title) values (%(p)s, 'X1', 'Risk') returning id)"
            " insert into item_lead (plan_id, party_id, risk_id)"
            " select %(p)s, p.id, r.id from r, party p where p.plan_id = %(p)s and p.ref = 'leaver'",
            {"p": plan.id},
        )
        items = (await hand_over(plan, kinds=["risk"])).json()["items"]
        assert [(one["kind"], one["ref"]) for one in items] == [("risk", "X1")]
        assert await leads_of(plan, "A1") == ["leaver"]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"to": "nobody"}, "/to"),
            ({"to": "LEAVER"}, "/to"),
            ({"to": "all"}, "/to"),
            ({"reason": ""}, "/reason"),
            ({"kinds": []}, "/kinds"),
        ],
    )
    async def test_points_at_what_is_wrong(self, plan: PlanWorld, body: dict[str, Any], pointer: str) -> None:
        refused = await hand_over(plan, **body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)

    async def test_is_refused_to_an_action_lead(self, plan: PlanWorld) -> None:
        lead = await plan.client(Role.ACTION_LEAD)
        body = {"to": "joiner", "reason": "Mine now."}
        assert (await lead.post(plan.url("/parties/leaver/hand-over"), json=body)).status_code == 403
