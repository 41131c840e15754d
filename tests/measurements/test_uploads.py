"""Files that wait: read once and whole, whatever happens to the worker."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import pytest
from procrastinate import App
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.core.database import transaction
from api.core.jobs import PATIENCE
from api.measurements import uploads
from api.measurements.files.limits import LIMITS
from api.settings import Settings
from api.worker import make_jobs
from tests.conftest import ROOT, url_of
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi
from tests.measurements.sending import Work, ended, rows_stored, send
from tests.measurements.test_push import counts
from tests.measurements.test_together import assert_chains_are_whole, assert_facts_equal_recomputation

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


def started_worker(database: str) -> subprocess.Popen[bytes]:
    """A worker as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", "worker"],
        cwd=ROOT,
        env=os.environ | {"TURNSTONE_DATABASE_URL": url_of("worker", database)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


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
        work: Work,
        delay: float,
    ) -> None:
        for ref in REFS:
            await a_kpi(plan, ref, period_type="day", unit="none")
        answer = await send(plan, days(), headers=LATER)
        waiting = await upload_of(plan)
        worker = started_worker(database)
        try:
            while not await plan.service.one("select attempts from upload where id = %s", waiting):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await asyncio.sleep(delay)
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        await self._until_gone(worker_engine)
        body = await status_of(plan, answer.headers["location"])
        assert (body["status"], await rows_stored(plan)) in [("pending", 0), ("stored", DAYS * len(REFS))]
        jobs = make_jobs(url_of("worker", database), worker_engine, settings)
        async with jobs.open_async():
            await self._retry_stalled(jobs)
        body = await ended(plan, answer, work) if body["status"] == "pending" else body
        assert counts(body) == {"received": 60_000, "created": 60_000}
        assert await rows_stored(plan) == 60_000
        assert await assert_facts_equal_recomputation(plan) == len(REFS)

    @staticmethod
    async def _until_gone(worker_engine: AsyncEngine) -> None:
        """Until the database has noticed that the worker is no more.

        Asked as the worker: what another role's sessions are doing is hidden from everyone else.
        """
        query = text(
            "select count(*) from pg_stat_activity where usename = current_user and state <> 'idle'"
            " and datname = current_database() and pid <> pg_backend_pid()"
        )
        while True:
            async with worker_engine.connect() as connection:
                if not await connection.scalar(query):
                    return
            await asyncio.sleep(0.05)

    @staticmethod
    async def _retry_stalled(jobs: App) -> None:
        for job in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=0):
            await jobs.job_manager.retry_job(job)


class TestTogether:
    async def test_twenty_files_of_different_kpis_and_one_of_all(self, plan: PlanWorld, work: Work) -> None:
        refs = [f"K{n}" for n in range(20)]
        for ref in refs:
            await a_kpi(plan, ref)
        months = [f"2025-{month:02}" for month in range(1, 13)]
        header = "kpi,period,value\n"
        files = [header + "".join(f"{ref},{month},70\n" for month in months) for ref in refs]
        files.append(header + "".join(f"{ref},{month},71\n" for month in months for ref in reversed(refs)))
        answers = await asyncio.gather(
            *(send(plan, text, headers=LATER if n % 5 == 0 else None) for n, text in enumerate(files))
        )
        bodies = [await ended(plan, answer, work) for answer in answers]
        for body in bodies:
            parts = ("created", "updated", "unchanged", "queued", "rejected")
            assert body["received"] == sum(body[part] for part in parts) and body["status"] == "stored"
        assert sum(body["created"] for body in bodies) == 240
        stored = sum(body["created"] + body["updated"] for body in bodies)
        assert await assert_chains_are_whole(plan) == stored
        assert await assert_facts_equal_recomputation(plan) == 20


async def test_a_session_is_left_as_it_was_found(worker_engine: AsyncEngine) -> None:
    """The longer time-outs of a reading end with its transaction."""
    async with transaction(worker_engine) as session:
        await session.execute(PATIENCE)
    async with transaction(worker_engine) as session:
        assert await session.scalar(text("show statement_timeout")) == "1min"
