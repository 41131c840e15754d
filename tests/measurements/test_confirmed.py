"""A delivery withdrawn whose values another one brought too: those stay, as the other one's."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from api.worker import clear_away
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, push
from tests.measurements.making import (
    held,
    query,
    revisions_of,
    sign_off,
    submitted,
    value_of,
    withdraw,
)
from tests.measurements.sending import send
from tests.measurements.test_together import assert_chains_are_whole, assert_facts_equal_recomputation
from tests.measurements.test_withdrawal import assert_nothing_withdrawn_is_known
from tests.verdicts.stored import assert_stored_equals_recomputation


def row(period: str, value: float, kpi: str = "K1") -> dict[str, Any]:
    return {"kpi": kpi, "period": period, "value": value}


async def counted(plan: PlanWorld, submission: str) -> dict[str, int]:
    """What the withdrawal does, which is what was foreseen of it."""
    client = await plan.client(Role.PERFORMANCE_OFFICER)
    foreseen = await client.get(plan.url(f"/submissions/{submission}/withdrawal"))
    assert foreseen.status_code == 200, foreseen.text
    answer = await withdraw(plan, submission)
    assert answer.status_code == 200, answer.text
    done = answer.json()["withdrawal"]
    found = {name: done[name] for name in ("restored", "confirmed", "removed", "kept")}
    assert foreseen.json() == found
    return found


def made(**counts: int) -> dict[str, int]:
    return {"restored": 0, "confirmed": 0, "removed": 0, "kept": 0} | counts


class TestConfirmed:
    async def test_a_value_that_a_later_delivery_sent_too_stays_as_that_ones(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        first = await submitted(plan, row("2026-07", 4), row("2026-08", 5))
        second = await submitted(plan, row("2026-08", 5), row("2026-09", 6))
        assert (second["created"], second["unchanged"]) == (1, 1)
        assert await counted(plan, first["submission"]) == made(confirmed=1, removed=1)
        assert [(v["period"], v["value"]) for v in await held(plan)] == [("2026-08", 5), ("2026-09", 6)]
        august = await value_of(plan, "K1", "2026-08")
        assert august and (august["submission"], august["reason"], august["act"], august["revision"]) == (
            second["submission"],
            "Wrong month",
            "withdrawn",
            2,
        )
        await assert_facts_equal_recomputation(plan)
        await assert_chains_are_whole(plan)

    async def test_and_goes_with_that_one(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        first = await submitted(plan, row("2026-08", 5))
        second = await submitted(plan, row("2026-08", 5))
        await withdraw(plan, first["submission"])
        assert await counted(plan, second["submission"]) == made(removed=1)
        assert await held(plan) == []
        await assert_chains_are_whole(plan)

    async def test_the_one_that_confirmed_is_withdrawn_first(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        first = await submitted(plan, row("2026-08", 5))
        second = await submitted(plan, row("2026-08", 5))
        assert await counted(plan, second["submission"]) == made()
        assert len(await revisions_of(plan, "K1", "2026-08")) == 1
        assert await counted(plan, first["submission"]) == made(removed=1)

    async def test_the_identical_file_again_confirms(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        csv = "kpi,period,value\nK1,2026-07,4\nK1,2026-08,5\n"
        first, second = (await send(plan, csv)).json(), (await send(plan, csv)).json()
        assert second["repeats"] == first["submission"]
        assert await counted(plan, first["submission"]) == made(confirmed=2)

    async def test_what_is_replaced_goes_back_to_what_another_confirmed(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        first = await submitted(plan, row("2026-08", 5))
        second = await submitted(plan, row("2026-08", 5))
        third = await submitted(plan, row("2026-08", 7))
        assert await counted(plan, first["submission"]) == made(kept=1)
        assert await counted(plan, third["submission"]) == made(restored=1)
        august = await value_of(plan, "K1", "2026-08")
        assert august and (august["value"], august["submission"]) == (5, second["submission"])

    async def test_a_sign_off_of_what_was_confirmed_outlives_it(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        first = await submitted(plan, row("2026-08", 5))
        await submitted(plan, row("2026-08", 5))
        await sign_off(plan, kpis=["K1"])
        assert await counted(plan, first["submission"]) == made(confirmed=1)
        august = await value_of(plan, "K1", "2026-08")
        assert august and august["workflow"] == "signed_off"

    async def test_a_query_stays_with_its_question(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        first = await submitted(plan, row("2026-08", 5))
        await query(plan, "Is it whole?", kpis=["K1"])
        await submitted(plan, row("2026-08", 5))
        await withdraw(plan, first["submission"])
        august = await value_of(plan, "K1", "2026-08")
        assert august and (august["workflow"], august["question"]) == ("under_query", "Is it whole?")

    async def test_a_preview_or_a_refused_delivery_confirms_nothing(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        first = await submitted(plan, row("2026-08", 5))
        await submitted(plan, row("2026-08", 5), dry_run=True)
        assert (await push(plan, row("2026-08", 5), row("2026-08", 6, "K9"))).status_code == 422
        assert await counted(plan, first["submission"]) == made(removed=1)

    async def test_of_what_stored_nothing_nothing_is_foreseen(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        preview = await submitted(plan, row("2026-08", 5), dry_run=True)
        url = plan.url(f"/submissions/{preview['submission']}/withdrawal")
        assert (await (await plan.manager()).get(url)).status_code == 409


class TestWhatIsKept:
    async def test_new_rows_leave_nothing_and_unchanged_ones_a_row_a_series(self, plan: PlanWorld) -> None:
        for ref in ("K1", "K2"):
            await a_kpi(plan, ref)
        rows = [row(f"2026-0{month}", month, ref) for month in range(1, 7) for ref in ("K1", "K2")]
        await submitted(plan, *rows)
        assert await confirmations(plan) == []
        await submitted(plan, *rows)
        assert await confirmations(plan) == [6, 6]

    async def test_some_weeks_later_only_those_that_still_matter(
        self, plan: PlanWorld, worker_engine: AsyncEngine
    ) -> None:
        await a_kpi(plan)
        for _ in range(3):
            await submitted(plan, row("2026-08", 5))
        await a_kpi(plan, "K2")
        for value in (5, 5, 6):
            await submitted(plan, row("2026-08", value, "K2"))
        assert len(await confirmations(plan)) == 3
        await clear_away(worker_engine)
        assert len(await confirmations(plan)) == 3
        await plan.service.owner.execute(
            "update confirmation set confirmed_at = now() - interval '40 days' where plan_id = %s", (plan.id,)
        )
        await clear_away(worker_engine)
        assert len(await confirmations(plan)) == 1


async def confirmations(plan: PlanWorld) -> list[int]:
    """How many revisions each confirmation is about."""
    rows = await plan.service.owner.execute(
        "select cardinality(revisions) as held from confirmation where plan_id = %s order by id", (plan.id,)
    )
    return [found["held"] for found in await rows.fetchall()]


class TestAtOnce:
    @pytest.mark.parametrize("round", range(4))
    async def test_both_that_brought_it_are_withdrawn_together(self, plan: PlanWorld, round: int) -> None:
        del round
        for ref in ("K1", "K2"):
            await a_kpi(plan, ref)
        rows = [row(f"2026-0{month}", month, ref) for month in range(1, 9) for ref in ("K1", "K2")]
        both = [await submitted(plan, *rows), await submitted(plan, *reversed(rows))]
        answers = await asyncio.gather(*(withdraw(plan, one["submission"]) for one in both))
        assert [answer.status_code for answer in answers] == [200, 200]
        assert await held(plan) == []
        await assert_chains_are_whole(plan)
        await assert_facts_equal_recomputation(plan)

    @pytest.mark.parametrize("seed", range(4))
    async def test_withdrawals_race_with_full_feeds(
        self, plan: PlanWorld, engine: AsyncEngine, seed: int
    ) -> None:
        """Every feed says the same: while one that says it stands, all of it is known."""
        chance = random.Random(seed)
        for ref in ("K1", "K2"):
            await a_kpi(plan, ref)
        rows = [row(f"2026-0{month}", 50 + month, ref) for month in range(1, 9) for ref in ("K1", "K2")]
        pushed = [(await submitted(plan, *rows))["submission"] for _ in range(3)]

        async def feed() -> None:
            chance.shuffle(rows)
            pushed.append((await submitted(plan, *rows))["submission"])

        async def regret(submission: str) -> None:
            assert (await withdraw(plan, submission)).status_code == 200

        await asyncio.gather(*(regret(one) for one in pushed[:]), feed(), feed())
        assert len(await held(plan)) == len(rows)
        await assert_nothing_withdrawn_is_known(plan)
        await asyncio.gather(*(regret(one) for one in pushed))
        assert await held(plan) == []
        await assert_chains_are_whole(plan)
        await assert_facts_equal_recomputation(plan)
        await assert_stored_equals_recomputation(plan, engine)
