"""Several systems at once: nothing doubled, nothing lost, no stale fact."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, push
from tests.verdicts.stored import assert_stored_equals_recomputation

FACTS = (
    "points",
    "points_held",
    "latest_period",
    "latest_ends_on",
    "latest_value",
    "latest_grade",
    "previous_period",
    "previous_value",
    "previous_grade",
)
NOTHING_KNOWN: dict[str, Any] = dict.fromkeys(FACTS) | {"points": [], "points_held": 0}


async def rows_of(plan: PlanWorld, query: str, *given: Any) -> list[dict[str, Any]]:
    return await (await plan.service.owner.execute(query, given)).fetchall()


async def assert_facts_equal_recomputation(plan: PlanWorld) -> int:
    """Every stored fact against the view that computes it anew; returns how many series there are."""
    stored = await rows_of(plan, "select * from series where plan_id = %s order by id", plan.id)
    computed = {
        row["series_id"]: row
        for row in await rows_of(
            plan,
            "select f.* from series_facts f join series s on s.id = f.series_id where s.plan_id = %s",
            plan.id,
        )
    }
    for series in stored:
        facts = computed.get(series["id"], NOTHING_KNOWN)
        assert {name: series[name] for name in FACTS} == {name: facts[name] for name in FACTS}
    return len(stored)


async def assert_chains_are_whole(plan: PlanWorld) -> int:
    """Revisions of each value numbered from 1, each beginning where the one before ended."""
    chains: dict[tuple[int, Any], list[dict[str, Any]]] = {}
    for row in await rows_of(
        plan,
        "select series_id, ends_on, revision, known_from::text as known_from, known_to::text as known_to,"
        " known_from < known_to as runs_forward from measurement_revision where plan_id = %s"
        " order by series_id, ends_on, revision",
        plan.id,
    ):
        chains.setdefault((row["series_id"], row["ends_on"]), []).append(row)
    for chain in chains.values():
        assert [row["revision"] for row in chain] == list(range(1, len(chain) + 1))
        assert all(row["runs_forward"] for row in chain)
        assert [row["known_to"] for row in chain] == [row["known_from"] for row in chain[1:]] + ["infinity"]
    return sum(map(len, chains.values()))


class TestTheSameSeriesAtOnce:
    async def test_facts_equal_recomputation_and_chains_are_whole(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        chance = random.Random(7)
        refs = ["K1", "K2", "K3"]
        for ref in refs:
            await a_kpi(plan, ref)
        clients = [await plan.manager(), await plan.client(Role.PERFORMANCE_OFFICER)]

        async def system(number: int) -> int:
            changed = 0
            for _ in range(5):
                rows = [
                    {"kpi": ref, "period": f"2026-{month:02}", "value": chance.randrange(90)}
                    for ref in refs
                    for month in range(1, 7)
                ]
                chance.shuffle(rows)
                answer = await push(
                    plan, *rows[: chance.randrange(1, 18)], by=clients[number], mode="partial"
                )
                assert answer.status_code == 201, answer.text
                body = answer.json()
                assert body["received"] == body["created"] + body["updated"] + body["unchanged"]
                changed += body["created"] + body["updated"]
            return changed

        changed = sum(await asyncio.gather(*(system(number) for number in (0, 1, 0, 1))))
        assert await assert_facts_equal_recomputation(plan) == 3
        assert await assert_stored_equals_recomputation(plan, engine) == 3
        assert await assert_chains_are_whole(plan) == changed

    async def test_the_same_rows_at_once_are_stored_once(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan)
        rows = [{"kpi": "K1", "period": f"2026-{month:02}", "value": month} for month in range(1, 11)]
        answers = await asyncio.gather(*(push(plan, *rows) for _ in range(6)))
        assert [answer.status_code for answer in answers] == [201] * 6
        assert sum(answer.json()["created"] for answer in answers) == 10
        assert sum(answer.json()["unchanged"] for answer in answers) == 50
        assert await assert_chains_are_whole(plan) == 10
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    async def test_two_corrections_from_one_version_and_one_wins(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        await a_kpi(plan)
        await push(plan, {"kpi": "K1", "period": "2026-09", "value": 1})
        manager = await plan.manager()
        url = plan.url("/kpis/K1/measurements/_all/2026-09")
        tag = {"If-Match": (await manager.get(url)).headers["etag"]}
        answers = await asyncio.gather(
            *(manager.put(url, json={"value": value}, headers=tag) for value in (2, 3, 4))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
        assert await assert_chains_are_whole(plan) == 2
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    async def test_two_that_both_begin_a_series(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        refs = [f"K{n}" for n in range(6)]
        for ref in refs:
            await a_kpi(plan, ref)
        forward = [{"kpi": ref, "period": "2026-09", "value": 1} for ref in refs]
        answers = await asyncio.gather(push(plan, *forward), push(plan, *reversed(forward)))
        assert [answer.status_code for answer in answers] == [201, 201]
        assert sum(answer.json()["created"] for answer in answers) == 6
        assert await assert_facts_equal_recomputation(plan) == 6
        assert await assert_stored_equals_recomputation(plan, engine) == 6
