"""Ladders: editions, enabling, and the ones every plan starts with."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.core.database import transaction
from api.escalations.service import install_shipped_ladders
from api.escalations.shipped import SHIPPED_LADDERS
from api.vocabulary import Role
from tests.escalations.conftest import LADDER, Ladders
from tests.factories.world import PlanWorld

NEXT: dict[str, Any] = {
    "title": "Something is stuck",
    "stages": [{"title": "Director", "role": "senior_leader", "working_days": 10}],
}


class TestCreateLadder:
    async def test_stages_are_numbered_from_one(self, plan: PlanWorld) -> None:
        made = await (await plan.manager()).post(plan.url("/ladders"), json=LADDER)
        assert made.status_code == 201
        assert made.headers["location"] == plan.url("/ladders/stuck")
        body = made.json()
        assert (body["edition"], body["is_enabled"], body["is_latest"]) == (1, True, True)
        assert [(stage["position"], stage["working_days"]) for stage in body["stages"]] == [
            (1, 5),
            (2, 3),
            (3, None),
        ]

    async def test_a_ref_is_taken_once(self, ladders: Ladders) -> None:
        again = await (await ladders.plan.manager()).post(
            ladders.plan.url("/ladders"), json=LADDER | {"ref": "STUCK"}
        )
        assert (again.status_code, again.json()["type"]) == (409, "/v1/problems/ref-taken")

    @pytest.mark.parametrize(
        "change", [{"stages": []}, {"stages": [{"title": "x", "role": "admin"}]}, {"overall_working_days": 0}]
    )
    async def test_what_makes_no_sense_is_refused(self, plan: PlanWorld, change: dict[str, Any]) -> None:
        answer = await (await plan.manager()).post(plan.url("/ladders"), json=LADDER | change)
        assert answer.status_code == 422

    async def test_others_read_but_do_not_write(self, ladders: Ladders) -> None:
        for role in (Role.ACTION_LEAD, Role.SENIOR_LEADER, Role.PARTNER):
            client = await ladders.plan.client(role)
            assert (await client.get(ladders.plan.url("/ladders/stuck"))).status_code == 200
            refused = await client.post(ladders.plan.url("/ladders"), json=LADDER | {"ref": "other"})
            assert refused.status_code == 403


class TestReplaceLadder:
    async def test_a_change_makes_a_new_edition_and_the_old_stays_readable(self, ladders: Ladders) -> None:
        manager, at = await ladders.plan.manager(), ladders.plan.url("/ladders/stuck")
        etag = (await manager.get(at)).headers["etag"]
        made = await manager.put(at, json=NEXT, headers={"If-Match": etag})
        assert made.status_code == 200, made.text
        assert made.json()["edition"] == 2
        assert (await manager.get(at)).json()["stages"][0]["title"] == "Director"
        first = (await manager.get(at, params={"edition": 1})).json()
        assert (first["is_latest"], len(first["stages"])) == (False, 3)
        listed = (await manager.get(ladders.plan.url("/ladders"))).json()["items"]
        assert [item["edition"] for item in listed] == [2]

    async def test_a_running_escalation_keeps_its_edition(self, ladders: Ladders) -> None:
        await ladders.raised()
        manager, at = await ladders.plan.manager(), ladders.plan.url("/ladders/stuck")
        etag = (await manager.get(at)).headers["etag"]
        await manager.put(at, json=NEXT, headers={"If-Match": etag})
        body = (await ladders.take("climbs", {"reason": "On."})).json()
        assert (body["ladder"]["edition"], body["stage"]["title"]) == (1, "Head of service")
        assert (await ladders.raised(cause="other")).json()["ladder"]["edition"] == 2

    async def test_the_edition_before_is_a_stale_one(self, ladders: Ladders) -> None:
        manager, at = await ladders.plan.manager(), ladders.plan.url("/ladders/stuck")
        etag = (await manager.get(at)).headers["etag"]
        await manager.put(at, json=NEXT, headers={"If-Match": etag})
        stale = await manager.put(at, json=NEXT, headers={"If-Match": etag})
        assert stale.status_code == 412

    async def test_of_two_at_once_one_is_told(self, ladders: Ladders) -> None:
        manager, at = await ladders.plan.manager(), ladders.plan.url("/ladders/stuck")
        etag = (await manager.get(at)).headers["etag"]
        answers = await asyncio.gather(
            *(manager.put(at, json=NEXT, headers={"If-Match": etag}) for _ in range(2))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]

    async def test_a_ladder_that_is_not_there_is_not_made(self, plan: PlanWorld) -> None:
        answer = await (await plan.manager()).put(
            plan.url("/ladders/none-such"), json=NEXT, headers={"If-Match": '"1.x"'}
        )
        assert answer.status_code == 404


class TestUpdateLadder:
    async def test_disabling_makes_no_new_edition(self, ladders: Ladders) -> None:
        manager, at = await ladders.plan.manager(), ladders.plan.url("/ladders/stuck")
        etag = (await manager.get(at)).headers["etag"]
        changed = await manager.patch(at, json={"is_enabled": False}, headers={"If-Match": etag})
        assert (changed.json()["edition"], changed.json()["is_enabled"]) == (1, False)
        listed = await manager.get(ladders.plan.url("/ladders"), params={"enabled": "true"})
        assert listed.json()["items"] == []

    async def test_the_next_edition_stays_disabled(self, ladders: Ladders) -> None:
        manager, at = await ladders.plan.manager(), ladders.plan.url("/ladders/stuck")
        etag = (await manager.get(at)).headers["etag"]
        changed = await manager.patch(at, json={"is_enabled": False}, headers={"If-Match": etag})
        made = await manager.put(at, json=NEXT, headers={"If-Match": changed.headers["etag"]})
        assert made.json()["is_enabled"] is False


class TestShippedLadders:
    async def test_a_new_plan_gets_them_all(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        async with transaction(engine) as session:
            await install_shipped_ladders(session, plan.id)
        listed = (await (await plan.manager()).get(plan.url("/ladders"))).json()["items"]
        assert [item["ref"] for item in listed] == sorted(ladder.ref for ladder in SHIPPED_LADDERS)
        assert {item["ref"] for item in listed if not item["is_enabled"]} == {"iro-dispute"}

    async def test_it_acts_as_nobody_afterwards(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        async with transaction(engine) as session:
            await install_shipped_ladders(session, plan.id)
            assert await session.scalar(text("select turnstone.principal()")) is None

    def test_limits_are_those_of_the_domain(self) -> None:
        limits = {ladder.ref: [stage.working_days for stage in ladder.stages] for ladder in SHIPPED_LADDERS}
        assert limits["inter-agency"] == [2, 5, 2, None]
        assert limits["iro-dispute"] == [None, 5, 5, 5, 5]
        iro = next(ladder for ladder in SHIPPED_LADDERS if ladder.ref == "iro-dispute")
        assert iro.overall_working_days == 20
