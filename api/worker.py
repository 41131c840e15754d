"""The job worker: runs what was put off, and keeps the house.

Jobs lie in Postgres (procrastinate), so what a request defers commits with the request, and a
worker killed half-way leaves its job to be taken up again.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

import structlog
from procrastinate import App, PsycopgConnector
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.system import as_system
from api.benchmarks import waiting as benchmark_files
from api.benchmarks.filing import TASK as READ_BENCHMARK_IMPORT
from api.core.collecting import leave_what_is_loaded
from api.core.database import WORKER_ROLE, make_engine, transaction
from api.measurements import uploads
from api.measurements.files.limits import Limits
from api.measurements.filing import TASK as READ_UPLOAD
from api.settings import Settings
from api.supervisor.errors import SupervisorError
from api.supervisor.external import check_external
from api.verdicts.jobs import JUDGE_PENDING
from api.verdicts.service import judge_pending

log = structlog.get_logger()

GRACE_SECONDS = 6
"""What a running job gets to finish when the worker is asked to stop."""

STALLED_SECONDS = 30
"""After as long without a sign of life, a worker counts as dead and its jobs are run anew."""

KEEP = {
    "browser_session": "ends_at < now() - interval '7 days'",
    "refresh_token": "expires_at < now() - interval '7 days'",
    "idempotency_record": "created_at < now() - interval '24 hours'",
    "sign_in_event": "at < now() - interval '400 days'",
    "confirmation": """confirmed_at < now() - interval '35 days' and (exists (
        select from confirmation later join submission su on su.id = later.submission_id
        where later.series_id = confirmation.series_id and later.id > confirmation.id
          and later.revisions @> confirmation.revisions and su.status <> 'withdrawn')
        or not exists (select from measurement_revision r
                       where r.id = any(confirmation.revisions) and r.known_to = 'infinity'))""",
    "previewed_change": """exists (select from submission su where su.id = previewed_change.submission_id
        and su.received_at < now() - interval '7 days')""",
    "rendered": "on_day < turnstone.today() - 2",
}
"""What may go, table by table: expired sign-ins, answered retries, what a later delivery confirms too, old
previews, yesterday's pages."""


async def clear_away(engine: AsyncEngine) -> dict[str, int]:
    """Delete what has expired; returns rows deleted by table. Safe to run at any time, twice at once."""
    gone: dict[str, int] = {}
    async with transaction(engine) as session, as_system(session):
        for table, condition in KEEP.items():
            result = await session.execute(
                text(f"with d as (delete from {table} where {condition} returning 1) select count(*) from d")
            )
            gone[table] = int(result.scalar_one())
    return gone


def make_jobs(url: str, engine: AsyncEngine, settings: Settings) -> App:
    """The queue's app with every task of the service."""
    jobs = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4))

    @jobs.periodic(cron="17 * * * *")
    @jobs.task(name="clear_away", queueing_lock="clear_away")
    async def _clear_away(timestamp: int) -> None:
        log.info("cleared_away", scheduled=timestamp, **await clear_away(engine))

    @jobs.task(name=JUDGE_PENDING)
    async def _judge_plan(plan_id: int) -> None:
        log.info("judged", plan=plan_id, series=await judge_all_pending(engine, plan_id))

    @jobs.periodic(cron="*/5 * * * *")
    @jobs.task(name="judge_left_over", queueing_lock="judge_left_over")
    async def _judge_left_over(timestamp: int) -> None:
        """For what a killed job left behind."""
        del timestamp
        for plan_id in await plans_pending(engine):
            log.info("judged", plan=plan_id, series=await judge_all_pending(engine, plan_id))

    @jobs.task(name=READ_UPLOAD)
    async def _read_upload(upload: int) -> None:
        limits = Limits(rows=settings.max_file_rows)
        await uploads.read_upload(engine, upload, limits=limits, today=settings.today)

    @jobs.task(name=READ_BENCHMARK_IMPORT)
    async def _read_benchmark_import(upload: int) -> None:
        await benchmark_files.read_waiting(engine, upload, today=settings.today)

    @jobs.periodic(cron="* * * * *")
    @jobs.task(name="take_up_again", queueing_lock="take_up_again")
    async def _take_up_again(timestamp: int) -> None:
        for job in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            log.warning("job_taken_up_again", job=job.id, task=job.task_name)
            await jobs.job_manager.retry_job(job)
        taken_up = await uploads.take_up_again(engine) + await benchmark_files.take_up_again(engine)
        if taken_up:
            log.warning("uploads_taken_up_again", scheduled=timestamp, uploads=taken_up)

    return jobs


async def judge_all_pending(engine: AsyncEngine, plan_id: int) -> int:
    """Judge a plan's pending series, some in each transaction; returns how many."""
    judged = 0
    while True:
        async with transaction(engine) as session, as_system(session):
            done = await judge_pending(session, plan_id)
        if not done:
            return judged
        judged += done


async def plans_pending(engine: AsyncEngine) -> list[int]:
    """Plans with verdicts that wait to be made."""
    async with transaction(engine) as session, as_system(session):
        rows = await session.execute(text("select distinct plan_id from verdict where is_pending order by 1"))
        return [row[0] for row in rows]


async def work(settings: Settings) -> None:
    """Run jobs until SIGTERM or SIGINT; a running job is given time to finish."""
    secret = settings.worker_database_url or settings.database_url
    if secret is None:
        raise SupervisorError("set TURNSTONE_DATABASE_URL, or use `turnstone run` for an embedded database")
    url = secret.get_secret_value()
    check_external("TURNSTONE_WORKER_DATABASE_URL", url)
    engine = make_engine(url, role=WORKER_ROLE, pool_size=6)
    jobs = make_jobs(url, engine, settings)
    leave_what_is_loaded()
    try:
        async with jobs.open_async():
            running = asyncio.ensure_future(
                jobs.run_worker_async(
                    concurrency=2,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    install_signal_handlers=False,
                )
            )
            _stop_on_signals(running)
            with suppress(asyncio.CancelledError):
                await running
    finally:
        await engine.dispose()


def _stop_on_signals(running: asyncio.Future[None]) -> None:
    """End gracefully; but where the database went first, goodbyes to it could wait for ever."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        running.cancel()
        loop.call_later(GRACE_SECONDS + 2, os._exit, 0)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
