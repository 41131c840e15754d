"""kill -9 in mid-merge, after the values and before the verdicts: all or nothing, and no stale verdict."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from api.worker import make_jobs
from tests.conftest import url_of
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, push
from tests.measurements.conftest import Machine, token_at
from tests.measurements.killing import (
    kill,
    retry_stalled,
    started,
    started_api,
    until_gone,
    verdicts_held,
)
from tests.measurements.sending import Work, ended, send
from tests.measurements.test_push import counts
from tests.measurements.test_together import assert_chains_are_whole, assert_facts_equal_recomputation
from tests.verdicts.stored import assert_stored_equals_recomputation

REFS = ("D1", "D2", "D3")
EVE = date(2009, 12, 31)


async def with_a_value_each(plan: PlanWorld) -> None:
    """KPIs by the day, each with one value and so with a verdict."""
    for ref in REFS:
        await a_kpi(plan, ref, period_type="day", unit="none")
    await push(plan, *({"kpi": ref, "period": EVE.isoformat(), "value": 50} for ref in REFS))


def rows(days: int) -> list[dict[str, Any]]:
    """Values of so many days of each."""
    return [
        {"kpi": ref, "period": (EVE + timedelta(days=1 + n)).isoformat(), "value": n % 90}
        for ref in REFS
        for n in range(days)
    ]


async def assert_sound(plan: PlanWorld, engine: AsyncEngine, values: int) -> None:
    """So many revisions, in whole chains; every fact and every verdict as recomputed, none pending."""
    assert await assert_chains_are_whole(plan) == values
    assert await assert_facts_equal_recomputation(plan) == len(REFS)
    assert await assert_stored_equals_recomputation(plan, engine) == len(REFS)


class TestTheWorker:
    @pytest.mark.parametrize(
        ("days", "statement"),
        [
            pytest.param(40, "series_revision", id="judging in the merge"),
            pytest.param(1700, "is_pending, pending_by", id="leaving it to the job"),
        ],
    )
    async def test_between_values_and_verdicts(
        self,
        plan: PlanWorld,
        database: str,
        settings: Settings,
        worker_engine: AsyncEngine,
        engine: AsyncEngine,
        work: Work,
        days: int,
        statement: str,
    ) -> None:
        await with_a_value_each(plan)
        lines = (f"{row['kpi']},{row['period']},{row['value']}\n" for row in rows(days))
        content = "kpi,period,value\n" + "".join(lines)
        answer = await send(plan, content, headers={"Prefer": "respond-async"})
        async with verdicts_held(plan, database) as hold:
            with started("worker", TURNSTONE_DATABASE_URL=url_of("worker", database)) as worker:
                stopped_at = await hold.until_somebody_waits(worker_engine)
                kill(worker)
        await until_gone(worker_engine)
        assert "insert into verdict" in stopped_at and statement in stopped_at
        assert await plan.service.one("select attempts from upload where plan_id = %s", plan.id) == 1
        await assert_sound(plan, engine, len(REFS))
        jobs = make_jobs(url_of("worker", database), worker_engine, settings)
        async with jobs.open_async():
            await retry_stalled(jobs)
        body = await ended(plan, answer, work)
        assert counts(body) == {"received": days * len(REFS), "created": days * len(REFS)}
        await assert_sound(plan, engine, (days + 1) * len(REFS))


class TestTheApi:
    async def test_between_values_and_verdicts_of_a_push(
        self, plan: PlanWorld, database: str, machine: Machine, engine: AsyncEngine
    ) -> None:
        await with_a_value_each(plan)
        async with started_api(database) as (process, address):
            headers = {"Authorization": f"Bearer {await token_at(address, machine)}"}
            async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
                async with verdicts_held(plan, database) as hold:
                    pushing = asyncio.create_task(push(plan, *rows(40), by=client))
                    stopped_at = await hold.until_somebody_waits(engine)
                    kill(process)
                with pytest.raises(httpx.HTTPError):
                    await pushing
        await until_gone(engine)
        assert "insert into verdict" in stopped_at
        await assert_sound(plan, engine, len(REFS))
        answer = await push(plan, *rows(40))
        assert counts(answer.json()) == {"received": 120, "created": 120}
        await assert_sound(plan, engine, 41 * len(REFS))
