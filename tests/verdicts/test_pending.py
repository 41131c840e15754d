"""Many series at once: the verdict says it is pending until the job has made it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.system import as_system
from api.core.database import WORKER_ROLE, make_engine, transaction
from api.verdicts.service import AT_ONCE, judge_pending
from api.vocabulary import Role
from api.worker import judge_all_pending, plans_pending
from tests.conftest import url_of
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, push
from tests.verdicts.series import BETTER, STEADY
from tests.verdicts.stored import (
    assert_stored_equals_recomputation,
    earlier_of,
    figures,
    kpi_of,
    patch_plan,
    verdicts_of,
)

MANY = AT_ONCE + 5


@pytest.fixture(scope="module")
async def worker(database: str) -> AsyncIterator[AsyncEngine]:
    """The job worker's engine, with its own role."""
    engine = make_engine(url_of("worker", database), role=WORKER_ROLE, pool_size=2)
    yield engine
    await engine.dispose()


async def many_series(plan: PlanWorld, held: list[str]) -> None:
    segments = [{"ref": f"s{number}", "title": f"Team {number}"} for number in range(MANY)]
    await a_kpi(plan, segments=segments)
    await push_all(plan, held)


async def push_all(plan: PlanWorld, held: list[str], start: str = "2024-01") -> None:
    rows = [
        {"kpi": "K1", "segment": segment, "period": period, "value": value}
        for segment in ["_all", *(f"s{number}" for number in range(MANY - 1))]
        for period, value in figures(held, start).items()
    ]
    answer = await push(plan, *rows)
    assert answer.status_code == 201, answer.text


async def jobs_for(plan: PlanWorld) -> int:
    count: int = await plan.service.one(
        "select count(*) from procrastinate_jobs"
        " where task_name = 'judge_pending' and args ->> 'plan_id' = %s",
        str(plan.id),
    )
    return count


class TestManySeries:
    async def test_pending_then_judged(
        self, plan: PlanWorld, engine: AsyncEngine, worker: AsyncEngine
    ) -> None:
        await many_series(plan, STEADY)
        found = await kpi_of(plan)
        assert (found["verdict"], found["verdict_is_pending"]) == (None, True)
        assert await counted(plan) == ({}, 1)
        assert await jobs_for(plan) == 1
        assert plan.id in await plans_pending(worker)
        assert await judge_all_pending(worker, plan.id) == MANY
        found = await kpi_of(plan)
        assert (found["verdict"]["variation"], found["verdict_is_pending"]) == ("common_cause", False)
        assert await assert_stored_equals_recomputation(plan, engine) == MANY
        assert plan.id not in await plans_pending(worker)
        assert await judge_all_pending(worker, plan.id) == 0

    async def test_a_push_of_one_judges_it_before_the_job(
        self, plan: PlanWorld, engine: AsyncEngine, worker: AsyncEngine
    ) -> None:
        await many_series(plan, STEADY)
        await push(plan, {"kpi": "K1", "period": "2025-02", "value": 90})
        found = await kpi_of(plan)
        assert (found["verdict"]["variation"], found["verdict_is_pending"]) == ("improvement", False)
        assert await assert_stored_equals_recomputation(plan, engine) == 1
        assert await judge_all_pending(worker, plan.id) == MANY - 1
        assert await assert_stored_equals_recomputation(plan, engine) == MANY

    async def test_as_many_at_a_time_as_their_points_allow_and_one_always(
        self, plan: PlanWorld, worker: AsyncEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await many_series(plan, STEADY)
        for points, expected in ((1, 1), (2 * len(STEADY) + 1, 3), (10**6, MANY - 4)):
            monkeypatch.setattr("api.verdicts.service.SOME_POINTS", points)
            async with transaction(worker) as session, as_system(session):
                assert await judge_pending(session, plan.id) == expected
        assert plan.id not in await plans_pending(worker)

    async def test_the_verdict_of_before_is_shown_and_marked(
        self, plan: PlanWorld, worker: AsyncEngine
    ) -> None:
        await many_series(plan, BETTER)
        await judge_all_pending(worker, plan.id)
        manager = await plan.manager()
        seen = await manager.get(plan.url("/dashboard"))
        await patch_plan(plan, {"spc_profile": "nhsr"})
        found = (await verdicts_of(plan))["series"][0]
        assert (found["is_pending"], found["verdict"]["profile"]) == (True, "mdc")
        # What it said before is no longer counted as what it says, nor found by it.
        assert await counted(plan) == ({}, 1)
        assert await counted(plan, "?verdict=improvement") == ({}, 0)
        assert await counted(plan, "?verdict=being_judged&verdict=concern") == ({}, 1)
        waiting = await manager.get(plan.url("/dashboard"))
        assert waiting.headers["etag"] != seen.headers["etag"]
        await judge_all_pending(worker, plan.id)
        assert await counted(plan) == ({"improvement": 1}, 0)
        assert await counted(plan, "?verdict=being_judged") == ({}, 0)
        told = await verdicts_of(plan)
        assert (told["series"][0]["is_pending"], told["series"][0]["verdict"]["profile"]) == (False, "nhsr")
        assert {one["by"] for one in await earlier_of(plan)} == {
            (await plan.user(Role.PROGRAMME_MANAGER)).name
        }
        # The job changed what readers see: what they hold no longer counts as fresh.
        again = await manager.get(plan.url("/dashboard"), headers={"If-None-Match": waiting.headers["etag"]})
        assert again.status_code == 200
        assert line(again)["verdict"]["profile"] == "nhsr" and not line(again)["verdict_is_pending"]

    async def test_nothing_is_deferred_by_a_push_that_is_refused(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        rows: list[dict[str, Any]] = [{"kpi": "K1", "period": "2024-01", "value": 1}] * 2
        assert (await push(plan, *rows)).status_code == 422
        assert await jobs_for(plan) == 0


async def counted(plan: PlanWorld, query: str = "") -> tuple[dict[str, int], int]:
    """The scorecard's count of KPIs by verdict, and of those being judged."""
    body = (await (await plan.manager()).get(plan.url(f"/scorecard{query}"))).json()
    return body["by_verdict"], body["being_judged"]


def line(answer: Any) -> Any:
    groups = answer.json()["scorecard"]["groups"]
    return next(kpi for group in groups for kpi in group["kpis"])
