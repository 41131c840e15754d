"""Files sent to the service, and what became of them, whether at once or by the worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.factories.world import PlanWorld

Work = Callable[[], Awaitable[None]]

TYPES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


async def send(
    plan: PlanWorld,
    content: bytes | str,
    kind: str = "csv",
    *,
    by: httpx.AsyncClient | None = None,
    headers: dict[str, str] | None = None,
    **asked: Any,
) -> httpx.Response:
    client = by or await plan.manager()
    return await client.post(
        plan.url("/measurement-files"),
        content=content.encode() if isinstance(content, str) else content,
        params=asked,
        headers={"Content-Type": TYPES.get(kind, kind)} | (headers or {}),
    )


async def ended(plan: PlanWorld, answer: httpx.Response, work: Work) -> dict[str, Any]:
    """The submission of a file once it has ended."""
    if answer.status_code == 202:
        await work()
        answer = await (await plan.manager()).get(answer.headers["location"])
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        assert found["status"] != "pending"
        return found
    body: dict[str, Any] = answer.json()
    return body["submission"] if answer.status_code == 422 else body


async def rows_stored(plan: PlanWorld) -> int:
    count: int = await plan.service.one(
        "select count(*) from measurement_revision where plan_id = %s", plan.id
    )
    return count
