"""Items for tests, made and changed through the API by whoever may."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from pydantic import BaseModel

from api.vocabulary import Role
from tests.factories.world import PlanWorld

Json = dict[str, Any]


def today() -> date:
    return datetime.now(ZoneInfo("Europe/London")).date()


def days_from_now(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


async def post(
    plan: PlanWorld,
    path: str,
    body: Json,
    *,
    role: Role = Role.PROGRAMME_MANAGER,
    etag: str | None = None,
    key: str | None = None,
) -> httpx.Response:
    client = await plan.client(role)
    given = {"If-Match": etag, "Idempotency-Key": key}
    headers = {name: value for name, value in given.items() if value is not None}
    return await client.post(plan.url(path), json=body, headers=headers)


async def make(plan: PlanWorld, path: str, body: Json, *, role: Role = Role.PROGRAMME_MANAGER) -> Json:
    answer = await post(plan, path, body, role=role)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def an_action(plan: PlanWorld, ref: str = "A1", **fields: Any) -> Json:
    return await make(plan, "/actions", {"ref": ref, "title": f"Do {ref}"} | fields)


async def a_recommendation(plan: PlanWorld, ref: str = "R1", **fields: Any) -> Json:
    body = {"ref": ref, "text": f"Improve {ref}", "origin": "inspection"} | fields
    return await make(plan, "/recommendations", body)


async def read(plan: PlanWorld, path: str, *, role: Role = Role.PROGRAMME_MANAGER, **query: Any) -> Json:
    answer = await (await plan.client(role)).get(plan.url(path), params=query)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def refs(plan: PlanWorld, path: str, *, role: Role = Role.PROGRAMME_MANAGER, **query: Any) -> list[str]:
    return [item["ref"] for item in (await read(plan, path, role=role, **query))["items"]]


async def version_of(plan: PlanWorld, path: str) -> str:
    """The item's present ETag, as the programme manager reads it."""
    answer = await (await plan.manager()).get(plan.url(path))
    assert answer.status_code == 200, answer.text
    return str(answer.headers["etag"])


async def patch(
    plan: PlanWorld, path: str, body: Json, *, role: Role = Role.PROGRAMME_MANAGER, etag: str | None = None
) -> httpx.Response:
    """Change an item, from its present version unless another is given."""
    client = await plan.client(role)
    headers = {"If-Match": etag or await version_of(plan, path)}
    return await client.patch(plan.url(path), json=body, headers=headers)


async def delete(
    plan: PlanWorld, path: str, *, role: Role = Role.PROGRAMME_MANAGER, etag: str | None = None
) -> httpx.Response:
    headers = {"If-Match": etag or await version_of(plan, path)}
    return await (await plan.client(role)).delete(plan.url(path), headers=headers)


def problem(answer: httpx.Response) -> tuple[int, str]:
    """The status and kind of a problem, for a plain comparison."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


def pointers(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json()["errors"]]


def fits(model: type[BaseModel], shown: Json) -> None:
    """An answer has exactly the fields its documentation promises, each of the kind promised."""
    assert set(shown) == {field.alias or name for name, field in model.model_fields.items()}
    model.model_validate(shown)
