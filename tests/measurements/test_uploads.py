"""Files that wait: read once and whole, whatever happens to the worker."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.core.database import transaction
from api.core.jobs import PATIENCE
from api.measurements import uploads
from api.measurements.files.limits import LIMITS
from api.settings import Settings
from api.worker import make_jobs
from tests.conftest import url_of
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi
from tests.measurements.conftest import a_machine, system_of
from tests.measurements.killing import retry_stalled, started, until_gone
from tests.measurements.sending import Work, ended, rows_stored, send
from tests.measurements.test_push import counts
from tests.measurements.test_together import assert_chains_are_whole, assert_facts_equal_recomputation
from tests.verdicts.stored import assert_stored_equals_recomputation

LATER = {"Prefer": "respond-async"}
DAYS = 20_000
REFS = ("D1", "D2", "D3")


def days() -> str:
    first = date(1960, 1, 1)
    return "kpi,period,value\n" + "".join(
        f"{ref},{(first + timedelta(days=n)).isoformat()},{n % 90}\n" for ref in REFS for n in range(DAYS)
    )


async def upload_of(plan: PlanWorld) -> int:
    found: int = await plan.service.one("select id from upload where plan_id = %s", plan.id)
    return found


async def status_of(plan: PlanWorld, location: str) -> dict[str, Any]:
    found: dict[str, Any] = (await (await plan.manager()).get(location)).json()
    return found


class TestTakenUpAgain:
    async def test_where_its_job_is_gone(
        self, plan: PlanWorld, work: Work, worker_engine: AsyncEngine
    ) -> None:
        await a_kpi(plan)
        answer = await send(plan, "kpi,period,value\nK1,2026-08,70\n", headers=LATER)
        waiting = str(await upload_of(plan))
        owner = plan.service.owner
        await owner.execute("delete from procrastinate_jobs where args ->> 'upload' = %s", (waiting,))
        assert await uploads.take_up_again(worker_engine) == 1
        assert await uploads.take_up_again(worker_engine) == 0
        assert counts(await ended(plan, answer, work)) == {"received": 1, "created": 1}

    async def test_and_given_up_after_as_many_attempts(self, plan: PlanWorld, work: Work) -> None:
        await a_kpi(plan)
        answer = await send(plan, "kpi,period,value\nK1,2026-08,70\n", headers=LATER)
        await plan.service.owner.execute(
            "update upload set attempts = %s where plan_id = %s", (uploads.MOST_ATTEMPTS, plan.id)
        )
        body = await ended(plan, answer, work)
        assert (body["status"], body["problem"]["code"]) == ("failed", "failed")
        assert await rows_stored(plan) == 0
        assert await plan.service.one("select count(*) from upload where plan_id = %s", plan.id) == 0

    async def test_by_two_workers_at_once_it_is_stored_once(
        self, plan: PlanWorld, work: Work, worker_engine: AsyncEngine
    ) -> None:
        await a_kpi(plan)
        answer = await send(plan, "kpi,period,value\nK1,2026-08,70\nK1,2026-09,71\n", headers=LATER)
        waiting = await upload_of(plan)
        await asyncio.gather(*(uploads.read_upload(worker_engine, waiting, limits=LIMITS) for _ in range(3)))
        assert counts(await ended(plan, answer, work)) == {"received": 2, "created": 2}
        assert await assert_chains_are_whole(plan) == 2

    async def test_what_ended_is_not_read_again(
        self, plan: PlanWorld, work: Work, worker_engine: AsyncEngine
    ) -> None:
        await a_kpi(plan)
        answer = await send(plan, "kpi,period,value\nK1,2026-08,70\n", headers=LATER)
        waiting = await upload_of(plan)
        before = await ended(plan, answer, work)
        await uploads.read_upload(worker_engine, waiting, limits=LIMITS)
        assert await status_of(plan, answer.headers["location"]) == before


class TestProgress:
    async def test_is_seen_while_the_values_are_not(
        self, plan: PlanWorld, worker_engine: AsyncEngine
    ) -> None:
        for ref in REFS:
            await a_kpi(plan, ref, period_type="day", unit="none")
        answer = await send(plan, days(), headers=LATER)
        reading = asyncio.create_task(
            uploads.read_upload(worker_engine, await upload_of(plan), limits=LIMITS)
        )
        seen = []
        while not reading.done():
            body = await status_of(plan, answer.headers["location"])
            if body["status"] == "pending":
                seen.append((body["progress"]["rows_read"], body["progress"]["share_read"]))
            await asyncio.sleep(0.01)
        await reading
        assert seen == sorted(seen) and any(0 < share <= 1 for _, share in seen)
        assert counts(await status_of(plan, answer.headers["location"])) == {
            "received": 60_000,
            "created": 60_000,
        }


class TestKilled:
    @pytest.mark.parametrize("delay", [0.2, 1.0, 2.5])
    async def test_all_or_nothing_is_stored_and_the_file_is_taken_up_again(
        self,
        plan: PlanWorld,
        database: str,
        settings: Settings,
        worker_engine: AsyncEngine,
        engine: AsyncEngine,
        work: Work,
        delay: float,
    ) -> None:
        for ref in REFS:
            await a_kpi(plan, ref, period_type="day", unit="none")
        answer = await send(plan, days(), headers=LATER)
        waiting = await upload_of(plan)
        with started("worker", TURNSTONE_DATABASE_URL=url_of("worker", database)):
            while not await plan.service.one("select attempts from upload where id = %s", waiting):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await asyncio.sleep(delay)
        await until_gone(worker_engine)
        body = await status_of(plan, answer.headers["location"])
        assert (body["status"], await rows_stored(plan)) in [("pending", 0), ("stored", DAYS * len(REFS))]
        jobs = make_jobs(url_of("worker", database), worker_engine, settings)
        async with jobs.open_async():
            await retry_stalled(jobs)
        # What it left undone: the whole file, or the verdicts on what it had stored.
        await work()
        body = await status_of(plan, answer.headers["location"])
        assert counts(body) == {"received": 60_000, "created": 60_000}
        assert await rows_stored(plan) == 60_000
        assert await assert_facts_equal_recomputation(plan) == len(REFS)
        assert await assert_stored_equals_recomputation(plan, engine) == len(REFS)


class TestTogether:
    async def test_twenty_systems_with_a_kpi_each_and_one_with_all(
        self, plan: PlanWorld, work: Work, engine: AsyncEngine, address: str
    ) -> None:
        """Each an integration, over a connection of its own; every fifth file waits for the worker."""
        refs = [f"K{n}" for n in range(20)]
        for ref in refs:
            await a_kpi(plan, ref, targets=[{"kind": "standing", "value": 70}])
        months = [f"2025-{month:02}" for month in range(1, 13)] + ["2026-01", "2026-02"]
        header = "kpi,period,value\n"
        files = [
            header + "".join(f"{ref},{month},{70 + n % 3}\n" for n, month in enumerate(months))
            for ref in refs
        ]
        files.append(header + "".join(f"{ref},{month},71\n" for month in months for ref in reversed(refs)))
        async with AsyncExitStack() as stack:
            systems = [
                await stack.enter_async_context(system_of(await a_machine(plan, f"System {n}"), address))
                for n in range(len(files))
            ]
            answers = await asyncio.gather(
                *(
                    send(plan, text, by=system, headers=LATER if n % 5 == 0 else None)
                    for n, (text, system) in enumerate(zip(files, systems, strict=True))
                )
            )
        bodies = [await ended(plan, answer, work) for answer in answers]
        for body in bodies:
            parts = ("created", "updated", "unchanged", "queued", "rejected")
            assert body["received"] == sum(body[part] for part in parts) and body["status"] == "stored"
        assert sum(body["created"] for body in bodies) == 20 * len(months)
        stored = sum(body["created"] + body["updated"] for body in bodies)
        assert await assert_chains_are_whole(plan) == stored
        assert await assert_facts_equal_recomputation(plan) == 20
        assert await assert_stored_equals_recomputation(plan, engine) == 20


async def test_a_session_is_left_as_it_was_found(worker_engine: AsyncEngine) -> None:
    """The longer time-outs of a reading end with its transaction."""
    async with transaction(worker_engine) as session:
        await session.execute(PATIENCE)
    async with transaction(worker_engine) as session:
        assert await session.scalar(text("show statement_timeout")) == "1min"
