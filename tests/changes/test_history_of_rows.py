"""History loses and doubles nothing, however transactions meet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.vocabulary import Role
from tests.actions.making import an_action
from tests.factories.world import PlanWorld


@asynccontextmanager
async def writing(engine: AsyncEngine, plan: PlanWorld) -> AsyncIterator[AsyncConnection]:
    """A transaction of the plan's programme manager, kept if it ends well."""
    user = await plan.user(Role.PROGRAMME_MANAGER)
    async with engine.begin() as connection:
        await connection.execute(text(f"set local turnstone.principal = '{user.id}'"))
        yield connection


async def retitle(connection: AsyncConnection, plan: PlanWorld, ref: str, title: str) -> None:
    await connection.execute(
        text("update action set title = :title where plan_id = :plan and ref = :ref"),
        {"title": title, "plan": plan.id, "ref": ref},
    )


async def versions(plan: PlanWorld, ref: str) -> list[str]:
    rows = await plan.service.owner.execute(
        "select h.title from action_history h where h.plan_id = %s and h.ref = %s order by lower(h.valid)",
        (plan.id, ref),
    )
    return [row["title"] for row in await rows.fetchall()]


async def overlaps(plan: PlanWorld) -> int:
    found: int = await plan.service.one(
        "select count(*) from action_history a join action_history b"
        " on b.id = a.id and b.change_id > a.change_id and b.valid && a.valid where a.plan_id = %s",
        plan.id,
    )
    return found


class TestVersions:
    async def test_two_changes_in_a_transaction_that_began_before_anothers(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        await an_action(plan, "A1")
        await an_action(plan, "A2")
        async with writing(engine, plan) as slow:
            await retitle(slow, plan, "A2", "begun")
            async with writing(engine, plan) as quick:
                await retitle(quick, plan, "A1", "quick")
            await retitle(slow, plan, "A1", "slow")
            await retitle(slow, plan, "A1", "slower")
        assert await overlaps(plan) == 0
        assert await versions(plan, "A1") == ["Do A1", "quick", "slower"]

    async def test_a_transaction_that_bears_an_old_ones_number(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        await an_action(plan, "A1")
        async with writing(engine, plan) as connection:
            number = await connection.scalar(text("select pg_current_xact_id()::text::bigint"))
            # As after a restore into a new cluster, where numbers start anew.
            await plan.service.owner.execute(
                "update change set xid = %s where plan_id = %s and item_kind = 'action'", (number, plan.id)
            )
            await retitle(connection, plan, "A1", "after the restore")
        assert await versions(plan, "A1") == ["Do A1", "after the restore"]
