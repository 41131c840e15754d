"""What people do to values, in tests, through the API."""

from __future__ import annotations

from typing import Any

import httpx

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import push


async def act(plan: PlanWorld, path: str, by: Role = Role.PERFORMANCE_OFFICER, **body: Any) -> dict[str, Any]:
    answer = await (await plan.client(by)).post(plan.url(path), json=body)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


async def sign_off(plan: PlanWorld, by: Role = Role.SENIOR_LEADER, **chosen: Any) -> dict[str, Any]:
    return await act(plan, "/measurements/sign-offs", by, **chosen)


async def query(plan: PlanWorld, question: str = "Is it right?", **chosen: Any) -> dict[str, Any]:
    return await act(plan, "/measurements/queries", question=question, **chosen)


async def lock(plan: PlanWorld, to: str, **write: Any) -> dict[str, Any]:
    return await act(plan, "/period-locks", to=to, reason="Reported to the board", **write)


async def withdraw(plan: PlanWorld, submission: str, reason: str = "Wrong month") -> httpx.Response:
    client = await plan.client(Role.PERFORMANCE_OFFICER)
    return await client.post(plan.url(f"/submissions/{submission}/withdrawal"), json={"reason": reason})


async def submitted(plan: PlanWorld, *rows: dict[str, Any], **batch: Any) -> dict[str, Any]:
    answer = await push(plan, *rows, **batch)
    assert answer.status_code in (200, 201), answer.text
    body: dict[str, Any] = answer.json()
    taken = sum(body[name] for name in ("created", "updated", "unchanged", "queued", "rejected"))
    assert body["received"] == taken
    return body


async def held(plan: PlanWorld, **asked: Any) -> list[dict[str, Any]]:
    """Values known now, of the whole plan."""
    answer = await (await plan.manager()).get(
        plan.url("/measurements"), params={"sort": "kpi,period", **asked}
    )
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def value_of(plan: PlanWorld, kpi: str, period: str, **asked: str) -> dict[str, Any] | None:
    """The value as it is read by itself; None where nothing is known."""
    answer = await (await plan.manager()).get(
        plan.url(f"/kpis/{kpi}/measurements/_all/{period}"), params=asked
    )
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


async def revisions_of(plan: PlanWorld, kpi: str, period: str, **asked: str) -> list[dict[str, Any]]:
    """Every revision of a value, the first one first."""
    answer = await (await plan.manager()).get(
        plan.url(f"/kpis/{kpi}/measurements/_all/{period}/revisions"), params={"sort": "revision", **asked}
    )
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def now(plan: PlanWorld) -> str:
    moment: str = await plan.service.one("select turnstone.utc(clock_timestamp())")
    return moment
