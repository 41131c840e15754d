"""Idempotency-Key: a retry gets the first answer, and there is one effect, whatever happens between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from psycopg import AsyncConnection

from api.core.errors import ProblemType
from api.core.idempotency import MAX_KEY
from api.vocabulary import Role
from tests.conftest import url_of
from tests.core.telling import is_problem
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi

THEME = {"ref": "T1", "title": "One", "kind": "workstream"}


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


async def add(client: httpx.AsyncClient, plan: PlanWorld, key: str, **fields: Any) -> httpx.Response:
    return await client.post(plan.url("/themes"), json=THEME | fields, headers=keyed(key))


async def themes(plan: PlanWorld) -> list[str]:
    found = await (await plan.manager()).get(plan.url("/themes"))
    return [item["ref"] for item in found.json()["items"]]


async def records(plan: PlanWorld, key: str) -> int:
    count: int = await plan.service.one("select count(*) from idempotency_record where key = %s", key)
    return count


@asynccontextmanager
async def nobody_adds(plan: PlanWorld, database: str) -> AsyncIterator[None]:
    """While this lasts, whoever adds to the plan waits."""
    async with await AsyncConnection.connect(url_of("owner", database)) as rival:
        await rival.execute("select from plan where id = %s for update", (plan.id,))
        yield


async def begun(client: httpx.AsyncClient, plan: PlanWorld, key: str) -> asyncio.Task[httpx.Response]:
    """A request that has claimed its key and goes on by itself."""
    before = await _leases(plan, key)
    task = asyncio.create_task(add(client, plan, key))
    for _ in range(200):
        if await _leases(plan, key) != before:
            return task
        await asyncio.sleep(0.01)
    raise AssertionError("the request did not claim its key")


async def _leases(plan: PlanWorld, key: str) -> list[object]:
    query = "select lease_until from idempotency_record where key = %s"
    return [row["lease_until"] for row in await (await plan.service.owner.execute(query, (key,))).fetchall()]


class TestReplay:
    async def test_gives_the_same_answer_and_does_nothing(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        first, again = [await add(client, plan, f"k-{plan.id}") for _ in range(2)]
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.content == first.content
        ours = {"x-request-id", "idempotency-replayed"}
        assert {k: v for k, v in again.headers.items() if k not in ours} == {
            k: v for k, v in first.headers.items() if k not in ours
        }
        assert {"location", "etag"} <= set(again.headers)
        assert again.headers["idempotency-replayed"] == "true"
        assert "idempotency-replayed" not in first.headers
        assert await themes(plan) == ["T1"]

    async def test_gives_the_answer_of_then_even_when_the_item_is_gone(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        first = await add(client, plan, "k")
        gone = await client.delete(plan.url("/themes/T1"), headers={"If-Match": first.headers["etag"]})
        assert gone.status_code == 204
        assert (await add(client, plan, "k")).content == first.content
        assert await themes(plan) == []

    async def test_gives_a_refusal_again_that_was_itself_recorded(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        client = await plan.manager()
        body = {"rows": [{"kpi": "K1", "period": "2026-01", "value": "no number"}]}
        push = {"url": plan.url("/measurements"), "json": body, "headers": keyed("k-push")}
        first, again = [await client.post(**push) for _ in range(2)]  # type: ignore[arg-type]
        assert (first.status_code, again.status_code) == (422, 422)
        assert again.content == first.content
        assert again.headers["location"] == first.headers["location"]
        assert again.headers["content-type"] == "application/problem+json"
        found = await client.get(plan.url("/submissions?total=true"))
        assert found.json()["total"] == 1

    async def test_is_refused_to_someone_who_lost_the_right_meanwhile(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        await add(client, plan, "k")
        user = await plan.user(Role.PROGRAMME_MANAGER)
        await plan.service.owner.execute(
            "update membership set role = 'board_member' where principal_id = %s", (user.id,)
        )
        is_problem(await add(client, plan, "k"), ProblemType.NOT_ALLOWED)


class TestAnotherRequest:
    async def test_another_payload_is_refused(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        await add(client, plan, "k")
        is_problem(await add(client, plan, "k", ref="T2"), ProblemType.KEY_REUSED)
        assert await themes(plan) == ["T1"]

    async def test_another_address_is_refused(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        await add(client, plan, "k")
        for url in (plan.url("/themes?x=1"), plan.url("/recommendations")):
            body = THEME if "?" in url else {"ref": "T1", "text": "x", "origin": "inspection"}
            answer = await client.post(url, json=body, headers=keyed("k"))
            is_problem(answer, ProblemType.KEY_REUSED)

    async def test_the_same_key_of_someone_else_is_another(self, plan: PlanWorld) -> None:
        mine = await plan.manager()
        theirs = await plan.service.client_of(await plan.service.new_user("Other manager", admin=True))
        authority = {"ref": f"la-{plan.ref}", "name": "Council"}
        first = await add(mine, plan, "k")
        second = await theirs.post("/v1/authorities", json=authority, headers=keyed("k"))
        assert (first.status_code, second.status_code) == (201, 201)

    @pytest.mark.parametrize("key", ["", "x" * (MAX_KEY + 1), "a\0b"], ids=["empty", "long", "null"])
    async def test_a_key_that_is_none_is_invalid(self, plan: PlanWorld, key: str) -> None:
        is_problem(await add(await plan.manager(), plan, key), ProblemType.INVALID)
        assert await themes(plan) == []

    async def test_other_verbs_have_no_need_of_one(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        made = await add(client, plan, "k")
        for title in ("Two", "Three"):
            answer = await client.patch(
                plan.url("/themes/T1"),
                json={"title": title},
                headers=keyed("k") | {"If-Match": made.headers["etag"]},
            )
            made = answer
            assert (answer.status_code, answer.json()["title"]) == (200, title)


class TestInFlight:
    async def test_the_retry_is_told_when_to_come_back(self, plan: PlanWorld, database: str) -> None:
        client, key = await plan.manager(), f"k-{plan.id}"
        async with nobody_adds(plan, database):
            first = await begun(client, plan, key)
            second = await add(client, plan, key)
            is_problem(second, ProblemType.IN_PROGRESS)
            assert int(second.headers["retry-after"]) > 0
            is_problem(await add(client, plan, key, ref="T2"), ProblemType.KEY_REUSED)
        assert (await first).status_code == 201
        assert (await add(client, plan, key)).headers["idempotency-replayed"] == "true"
        assert await themes(plan) == ["T1"]

    async def test_many_at_once_have_one_effect(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        answers = await asyncio.gather(*(add(client, plan, f"k-{plan.id}") for _ in range(8)))
        statuses = sorted(answer.status_code for answer in answers)
        assert set(statuses) <= {201, 409} and 201 in statuses
        first_hand = [a for a in answers if a.status_code == 201 and "idempotency-replayed" not in a.headers]
        assert len(first_hand) == 1
        assert all(a.content == first_hand[0].content for a in answers if a.status_code == 201)
        for answer in answers:
            if answer.status_code == 409:
                is_problem(answer, ProblemType.IN_PROGRESS)
        assert await themes(plan) == ["T1"]

    async def test_a_lease_that_ran_out_is_taken_over_and_the_late_one_undone(
        self, plan: PlanWorld, database: str
    ) -> None:
        client, key = await plan.manager(), f"k-{plan.id}"
        async with nobody_adds(plan, database):
            late = await begun(client, plan, key)
            await plan.service.owner.execute(
                "update idempotency_record set lease_until = now() - interval '1 second' where key = %s",
                (key,),
            )
            heir = await begun(client, plan, key)
        answers = await asyncio.gather(late, heir)
        kept = [answer for answer in answers if answer.status_code == 201]
        assert len(kept) == 1, [answer.text for answer in answers]
        assert await themes(plan) == ["T1"]
        again = await add(client, plan, key)
        assert again.content == kept[0].content
        assert again.headers["idempotency-replayed"] == "true"

    async def test_a_lease_nobody_holds_any_more_is_taken_over(self, plan: PlanWorld) -> None:
        client, key = await plan.manager(), f"k-{plan.id}"
        await add(client, plan, key)
        # As a process leaves it that was killed half-way.
        await plan.service.owner.execute("delete from theme where plan_id = %s", (plan.id,))
        await plan.service.owner.execute(
            "update idempotency_record set status = null, headers = null, body = null,"
            " lease_until = now() - interval '1 second' where key = %s",
            (key,),
        )
        answer = await add(client, plan, key)
        assert answer.status_code == 201 and "idempotency-replayed" not in answer.headers
        assert await themes(plan) == ["T1"]


class TestAfterAFailure:
    async def test_the_key_serves_the_corrected_request(self, plan: PlanWorld) -> None:
        client, key = await plan.manager(), f"k-{plan.id}"
        is_problem(await add(client, plan, key, kind="nonsense"), ProblemType.INVALID)
        assert await records(plan, key) == 0
        assert (await add(client, plan, key)).status_code == 201

    async def test_of_the_service_itself_the_same_request_may_come_again(self, plan: PlanWorld) -> None:
        client, key = await plan.manager(), f"k-{plan.id}"
        await client.post(plan.url("/themes"), json=THEME)
        is_problem(await add(client, plan, key), ProblemType.REF_TAKEN)
        assert await records(plan, key) == 0
        await plan.service.owner.execute("delete from theme where plan_id = %s", (plan.id,))
        assert (await add(client, plan, key)).status_code == 201

    async def test_nothing_is_kept_of_who_may_not(self, plan: PlanWorld) -> None:
        key = f"k-{plan.id}"
        is_problem(await add(await plan.client(Role.BOARD_MEMBER), plan, key), ProblemType.NOT_ALLOWED)
        is_problem(await add(await plan.service.stranger(), plan, key), ProblemType.NOT_FOUND)
        async with plan.service.anonymous() as nobody:
            is_problem(await add(nobody, plan, key), ProblemType.NOT_SIGNED_IN)
        assert await records(plan, key) == 0
