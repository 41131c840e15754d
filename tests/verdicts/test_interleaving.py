"""Whatever happens at once, a stored verdict equals recomputation."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, push, values
from tests.verdicts.series import STEADY
from tests.verdicts.stored import (
    assert_stored_equals_recomputation,
    better,
    earlier_of,
    figures,
    kpi_of,
)

MONTHS = list(figures([str(value) for value in range(24)]))


async def patch_until_taken(plan: PlanWorld, url: str, body: dict[str, Any], by: Role) -> None:
    """A change that somebody else's may come before: read anew and try again, as a person would."""
    client = await plan.client(by)
    for _ in range(20):
        tag = (await client.get(url)).headers["etag"]
        answer = await client.patch(url, json=body, headers={"If-Match": tag})
        if answer.status_code != 412:
            assert answer.status_code == 200, answer.text
            return
    raise AssertionError("never taken")


class TestAtOnce:
    async def test_two_pushes_of_the_same_series(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan, targets=[{"kind": "standing", "value": 50}])
        low = [{"kpi": "K1", "period": month, "value": 40} for month in MONTHS]
        high = [{"kpi": "K1", "period": month, "value": 60} for month in MONTHS[:20]]
        answers = await asyncio.gather(push(plan, *low), push(plan, *high))
        assert [answer.status_code for answer in answers] == [201, 201]
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    async def test_a_target_races_a_push(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        for number in range(8):
            ref = f"K{number}"
            await a_kpi(plan, ref)
            if number % 2:
                # Half have a series already; in the others it begins in the race.
                await values(plan, ref, figures(STEADY))
            target = {"targets": [{"kind": "standing", "value": 10 + number}]}
            await asyncio.gather(
                patch_until_taken(plan, plan.url(f"/kpis/{ref}"), target, Role.PROGRAMME_MANAGER),
                values(plan, ref, figures([str(int(value) + 1) for value in STEADY])),
            )
            found = (await kpi_of(plan, ref))["verdict"]
            assert (found["target_floor"], found["assurance"]) == (10 + number, "consistently_passes")
        assert await assert_stored_equals_recomputation(plan, engine) == 8

    async def test_a_rebase_and_a_profile_race_pushes(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan)
        await values(plan, "K1", figures(STEADY))
        manager, officer = await plan.manager(), await plan.client(Role.PERFORMANCE_OFFICER)
        body = {"from_period": "2024-06", "reason": "A new process."}
        proposed = await manager.post(plan.url("/kpis/K1/rebases"), json=body)
        tag = {"If-Match": proposed.headers["etag"]}
        agreement = officer.post(plan.url("/kpis/K1/rebases/1/agreement"), json={}, headers=tag)
        profile = patch_until_taken(plan, plan.url(), {"spc_profile": "nhsr"}, Role.PROGRAMME_MANAGER)
        pushes = [values(plan, "K1", {month: value}) for value, month in enumerate(MONTHS)]
        agreed, _ = await asyncio.gather(agreement, asyncio.gather(profile, *pushes))
        assert agreed.status_code == 200, agreed.text
        found = (await kpi_of(plan))["verdict"]
        assert (found["profile"], found["stretches"][1]["because"]) == ("nhsr", "rebase")
        assert await assert_stored_equals_recomputation(plan, engine) == 1
        told = {name for one in await earlier_of(plan) for name in one["because"]}
        assert told == {"rebase", "profile"}

    async def test_everything_at_random(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        chance = random.Random(11)
        refs = ["K1", "K2", "K3"]
        for ref in refs:
            await a_kpi(plan, ref, definition={"descriptor": "As first counted."})

        async def push_some() -> None:
            rows = [
                {"kpi": ref, "period": month, **chance.choice(CELLS)}
                for ref in refs
                for month in chance.sample(MONTHS, 8)
            ]
            answer = await push(plan, *rows)
            assert answer.status_code == 201, answer.text

        async def change_something() -> None:
            url = plan.url(f"/kpis/{chance.choice(refs)}")
            await patch_until_taken(plan, url, chance.choice(CHANGES), Role.PERFORMANCE_OFFICER)

        async def change_the_plan() -> None:
            body = {"spc_profile": chance.choice(["mdc", "nhsr"])}
            await patch_until_taken(plan, plan.url(), body, Role.PROGRAMME_MANAGER)

        for _ in range(4):
            work = [push_some() for _ in range(3)] + [change_something() for _ in range(2)]
            work.append(change_the_plan())
            chance.shuffle(work)
            await asyncio.gather(*work)
            assert await assert_stored_equals_recomputation(plan, engine) == 3


CELLS: list[dict[str, Any]] = [
    *({"value": value} for value in (40, 50, 51, 52, 90)),
    {"state": "not_available"},
    {"numerator": 3, "denominator": 4},
]
CHANGES: list[dict[str, Any]] = [
    {"polarity": "lower"},
    {"polarity": "higher"},
    {"nature": "rolling"},
    {"nature": "snapshot"},
    {"targets": [{"kind": "standing", "value": 50}]},
    {"targets": [{"kind": "by_date", "value": 70, "due": {"date": "2027-03-31"}}]},
    {"targets": []},
]


class TestOrderOfArrival:
    async def test_one_by_one_backwards_or_all_together(self, plan: PlanWorld) -> None:
        for ref in ("K1", "K2"):
            await a_kpi(plan, ref)
        await better(plan, "K1")
        held = (await kpi_of(plan, "K1"))["points"]
        for point in reversed(held):
            await values(plan, "K2", {point["period"]: point["value"]})
        assert (await kpi_of(plan, "K2"))["verdict"] == (await kpi_of(plan, "K1"))["verdict"]
