"""A release withdrawn: it counts no longer, whatever was before it does again, and the past stays."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from api.vocabulary import Role
from tests.benchmarks.making import (
    Json,
    a_dataset,
    a_file,
    a_ref,
    a_yearly_kpi,
    authority,
    beside,
    imported,
    is_authority,
    neighbours_file,
    paired,
    send,
)
from tests.factories.world import PlanWorld

REASON = "Two authorities were swapped in the file."


async def withdraw(
    plan: PlanWorld, dataset: str, release: int, reason: str = REASON, role: Role = Role.PERFORMANCE_OFFICER
) -> httpx.Response:
    at = f"/v1/benchmarks/{dataset}/releases/{release}/withdrawal"
    return await (await plan.client(role)).post(at, json={"reason": reason})


async def two_releases(plan: PlanWorld, **fields: object) -> tuple[str, int, int]:
    """A dataset and its releases, 5 and then 6 for authority 838, with K1 set against it."""
    dataset = await a_dataset(plan, **fields)
    old = await imported(plan, dataset, a_file([authority("838", "5")]), released_on="2025-10-01")
    new = await imported(plan, dataset, a_file([authority("838", "6")]), released_on="2025-11-01")
    await is_authority(plan, la_code="838")
    await a_yearly_kpi(plan)
    await paired(plan, "K1", dataset)
    return dataset, old["release"], new["release"]


async def in_force(plan: PlanWorld, dataset: str) -> int | None:
    held = (await (await plan.manager()).get(f"/v1/benchmarks/{dataset}")).json()["in_force"]
    return None if held is None else int(held["release"])


async def own_figure(plan: PlanWorld, **query: Any) -> float | None:
    years = (await beside(plan, **query))["years"]
    return years[0]["own"]["value"] if years else None


class TestWithdrawal:
    async def test_brings_the_release_before_it_back_into_force(self, plan: PlanWorld) -> None:
        dataset, old, new = await two_releases(plan)
        answer = await withdraw(plan, dataset, new)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert (told["release"], told["is_in_force"], told["withdrawal"]["reason"]) == (new, False, REASON)
        assert told["withdrawal"]["by"] == (await plan.user(Role.PERFORMANCE_OFFICER)).name
        assert await in_force(plan, dataset) == old
        assert await own_figure(plan) == 5

    async def test_every_plan_follows_though_it_held_an_answer(self, plan: PlanWorld) -> None:
        """The KPI, the list, the scorecard, the dashboard kept ready, and the answers browsers hold."""
        dataset, old, new = await two_releases(plan)
        client = await plan.client(Role.BOARD_MEMBER)
        paths = ("/kpis/K1", "/kpis", "/scorecard", "/dashboard", "/kpis/K1/benchmarks")
        tags = {path: (await client.get(plan.url(path))).headers["etag"] for path in paths}
        await withdraw(plan, dataset, new)
        for path in paths:
            again = await client.get(plan.url(path), headers={"If-None-Match": tags[path]})
            assert again.status_code == 200, path
        kpi = (await client.get(plan.url("/kpis/K1"))).json()
        (listed,) = (await client.get(plan.url("/kpis"))).json()["items"]
        (line,) = [
            one
            for group in (await client.get(plan.url("/scorecard"))).json()["groups"]
            for one in group["kpis"]
        ]
        for found in (kpi, listed, line):
            comparators: Json = found["comparators"]
            assert (comparators["release"], comparators["own"]["value"]) == (old, 5)

    async def test_of_a_superseded_one_changes_nothing_that_is_in_force(self, plan: PlanWorld) -> None:
        dataset, old, new = await two_releases(plan)
        assert (await withdraw(plan, dataset, old)).status_code == 200
        assert (await in_force(plan, dataset), await own_figure(plan)) == (new, 6)
        await withdraw(plan, dataset, new)
        assert (await in_force(plan, dataset), await own_figure(plan)) == (None, None)
        assert (await beside(plan))["problem"]["code"] == "no_release"

    async def test_twice_is_the_same_as_once_and_the_first_reason_stays(self, plan: PlanWorld) -> None:
        dataset, old, new = await two_releases(plan)
        first = (await withdraw(plan, dataset, new)).json()
        again = await withdraw(plan, dataset, new, "Another reason")
        assert (again.status_code, again.json()) == (200, first)
        assert await in_force(plan, dataset) == old

    async def test_by_two_at_once_happens_once(self, plan: PlanWorld) -> None:
        dataset, old, new = await two_releases(plan)
        answers = await asyncio.gather(*(withdraw(plan, dataset, new, f"Reason {n}") for n in range(4)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["withdrawal"]["reason"] for answer in answers}) == 1
        assert await in_force(plan, dataset) == old
        held = await plan.service.one(
            "select count(*) from change c join benchmark_withdrawal w on w.id = c.entity_id"
            " where c.entity = 'benchmark_withdrawal' and w.release_id = %s",
            new,
        )
        assert held == 1

    async def test_is_in_the_change_record_with_who_and_why(self, plan: PlanWorld) -> None:
        dataset, _, new = await two_releases(plan)
        await withdraw(plan, dataset, new)
        recorded = await plan.service.one(
            "select array[c.verb, c.reason, p.name] from change c"
            " join benchmark_withdrawal w on w.id = c.entity_id join principal p on p.id = c.principal_id"
            " where c.entity = 'benchmark_withdrawal' and w.release_id = %s",
            new,
        )
        assert recorded == ["insert", REASON, (await plan.user(Role.PERFORMANCE_OFFICER)).name]

    async def test_a_past_moment_shows_what_was_in_force_then(self, plan: PlanWorld) -> None:
        dataset, _, new = await two_releases(plan)
        await asyncio.sleep(0.1)
        then = datetime.now(UTC).isoformat()
        await asyncio.sleep(0.1)
        await withdraw(plan, dataset, new)
        assert (await own_figure(plan), await own_figure(plan, as_of=then)) == (5, 6)
        found = await beside(plan, as_of=then)
        assert (found["release"]["release"], found["release"]["is_in_force"]) == (new, True)
        assert found["release"]["withdrawal"] is None
        kpi = (await (await plan.manager()).get(plan.url("/kpis/K1"), params={"as_of": then})).json()
        assert kpi["comparators"]["own"]["value"] == 6

    async def test_whoever_asks_for_it_still_reads_it_and_is_told(self, plan: PlanWorld) -> None:
        dataset, _, new = await two_releases(plan)
        await withdraw(plan, dataset, new)
        found = await beside(plan, release=new)
        assert (found["years"][0]["own"]["value"], found["release"]["withdrawal"]["reason"]) == (6, REASON)
        listed = (await (await plan.manager()).get(f"/v1/benchmarks/{dataset}/releases")).json()["items"]
        assert [one["withdrawal"] is not None for one in listed] == [True, False]

    async def test_a_table_of_neighbours_gives_way_to_the_one_before(self, plan: PlanWorld) -> None:
        await two_releases(plan)
        near = await a_dataset(plan, ref=a_ref("near"), kind="neighbours", indicators=[])
        today = datetime.now(UTC).date().isoformat()
        first = await imported(plan, near, neighbours_file({"838": ["933"]}), released_on=today)
        second = await imported(plan, near, neighbours_file({"838": ["878"]}), released_on=today)
        assert [one["area"] for one in (await beside(plan))["neighbours"]] == ["878"]
        await withdraw(plan, near, second["release"])
        found = await beside(plan)
        assert [one["area"] for one in found["neighbours"]] == ["933"]
        assert found["neighbours_release"]["release"] == first["release"]


class TestWhoMay:
    @pytest.mark.parametrize("role", [Role.PROGRAMME_MANAGER, Role.SENIOR_LEADER, Role.BOARD_MEMBER])
    async def test_nobody_who_may_not_import(self, plan: PlanWorld, role: Role) -> None:
        dataset, _, new = await two_releases(plan)
        assert (await withdraw(plan, dataset, new, role=role)).status_code == 403
        assert await in_force(plan, dataset) == new

    async def test_one_of_another_dataset_is_not_found_and_a_reason_is_needed(self, plan: PlanWorld) -> None:
        dataset, _, new = await two_releases(plan)
        other = await a_dataset(plan)
        assert (await withdraw(plan, other, new)).status_code == 404
        assert (await withdraw(plan, dataset, new, "  ")).status_code == 422
        assert await in_force(plan, dataset) == new


class TestPublishedAgain:
    """The file of a release that is not in force: whoever sends it means that it is the figure now."""

    async def test_a_superseded_one_becomes_a_release_equal_to_the_older(self, plan: PlanWorld) -> None:
        dataset, old, new = await two_releases(plan)
        file = a_file([authority("838", "5")])
        told = await imported(plan, dataset, file, released_on="2025-11-20")
        assert told["release"] not in (old, new)
        assert (told["is_known"], told["compared"]["changed"]) == (False, 1)
        (doubt,) = told["doubts"]
        assert (doubt["code"], f"release {old}, which was superseded" in doubt["message"]) == (
            "published_again",
            True,
        )
        assert (await in_force(plan, dataset), await own_figure(plan)) == (told["release"], 5)

    async def test_one_of_the_same_day_is_a_correction_back(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        first, second = a_file([authority("838", "5")]), a_file([authority("838", "6")])
        await imported(plan, dataset, first)
        await imported(plan, dataset, second)
        back = await imported(plan, dataset, first)
        assert await in_force(plan, dataset) == back["release"]
        again = await send(plan, dataset, first)
        assert (again.status_code, again.json()["is_known"], again.json()["doubts"]) == (200, True, [])

    async def test_with_its_own_earlier_day_it_stays_superseded_and_says_how_to_bring_it_back(
        self, plan: PlanWorld
    ) -> None:
        """As a retry does: nothing happens, and nobody is left to think that it did."""
        dataset, old, new = await two_releases(plan)
        answer = await send(plan, dataset, a_file([authority("838", "5")]), released_on="2025-10-01")
        told = answer.json()
        assert (answer.status_code, told["is_known"], told["release"]) == (200, True, old)
        (doubt,) = told["doubts"]
        assert doubt["code"] == "superseded"
        for words in (f"release {new}", "2025-11-01", "withdraw", "published again"):
            assert words in doubt["message"]
        assert await in_force(plan, dataset) == new

    async def test_a_withdrawn_one_comes_back_as_a_new_release(self, plan: PlanWorld) -> None:
        dataset, _, new = await two_releases(plan)
        await withdraw(plan, dataset, new)
        told = await imported(plan, dataset, a_file([authority("838", "6")]), released_on="2025-11-01")
        assert told["release"] != new and REASON in told["doubts"][0]["message"]
        assert (await in_force(plan, dataset), await own_figure(plan)) == (told["release"], 6)

    async def test_by_two_at_once_makes_one_release(self, plan: PlanWorld) -> None:
        dataset, *_ = await two_releases(plan)
        file = a_file([authority("838", "5")])
        answers = await asyncio.gather(
            *(send(plan, dataset, file, released_on="2025-11-20") for _ in range(3))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
        assert len({answer.json()["release"] for answer in answers}) == 1

    async def test_a_preview_tells_it_and_keeps_nothing(self, plan: PlanWorld) -> None:
        dataset, _, new = await two_releases(plan)
        answer = await send(
            plan, dataset, a_file([authority("838", "5")]), released_on="2025-11-20", apply=False
        )
        assert [doubt["code"] for doubt in answer.json()["doubts"]] == ["published_again"]
        assert await in_force(plan, dataset) == new
