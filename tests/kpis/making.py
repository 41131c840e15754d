"""KPIs and values for tests, made through the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.factories.world import PlanWorld


async def a_kpi(plan: PlanWorld, ref: str = "K1", **fields: Any) -> dict[str, Any]:
    """A monthly percentage where higher is better, unless ``fields`` say otherwise."""
    body = {
        "ref": ref,
        "title": f"Measure {ref}",
        "unit": "percent",
        "polarity": "higher",
        "period_type": "month",
    } | fields
    answer = await (await plan.manager()).post(plan.url("/kpis"), json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def push(
    plan: PlanWorld, *rows: dict[str, Any], by: httpx.AsyncClient | None = None, **batch: Any
) -> httpx.Response:
    client = by or await plan.manager()
    return await client.post(plan.url("/measurements"), json={"rows": list(rows), **batch})


async def values(plan: PlanWorld, kpi: str, held: dict[str, Any], **shared: Any) -> None:
    """Store a value for each period: ``{"2026-09": 85}``."""
    rows = [{"kpi": kpi, "period": period, "value": value, **shared} for period, value in held.items()]
    answer = await push(plan, *rows)
    assert answer.status_code == 201, answer.text


async def etag_of(client: httpx.AsyncClient, url: str) -> str:
    answer = await client.get(url)
    assert answer.status_code == 200, answer.text
    return answer.headers["etag"]


@asynccontextmanager
async def closed(plan: PlanWorld, *, as_at: str) -> AsyncIterator[None]:
    """The plan closed for a while, its clock standing at that day."""
    execute = plan.service.owner.execute
    await execute("update plan set status = 'closed', as_at = %s where id = %s", (as_at, plan.id))
    yield
    await execute("update plan set status = 'active' where id = %s", (plan.id,))
