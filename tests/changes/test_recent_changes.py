from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.changes.service import recent_changes
from api.core.context import Actor, Context, PlanInView
from api.core.database import transaction
from api.vocabulary import Role
from tests.actions.making import an_action, make, patch, today
from tests.factories.world import PlanWorld


@asynccontextmanager
async def reading_as(engine: AsyncEngine, plan: PlanWorld, role: Role) -> AsyncIterator[Context]:
    """What a service function is given when the plan's user of this role reads."""
    user = await plan.user(role)
    async with transaction(engine) as session:
        await session.execute(text(f"set local turnstone.principal = '{user.id}'"))
        yield Context(
            session=session,
            actor=Actor(user.id, "user", user.name, False, frozenset()),
            today=today(),
            request_id="test",
            etag_seed="",
            in_plan=PlanInView(plan.id, plan.ref, "active", None, 0),
        )


@contextmanager
def recorded(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


class TestRecentChanges:
    async def test_counts_by_kind_and_shows_the_latest(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await plan.party("lead")
        await an_action(plan, "A1", leads=["lead"])
        await patch(plan, "/actions/A1", {"status": "in_progress"})
        await make(plan, "/risks", {"ref": "K1", "title": "t"})
        async with reading_as(engine, plan, Role.BOARD_MEMBER) as ctx:
            recent = await recent_changes(ctx, 30, latest=2)
        assert (recent["counts"]["action"], recent["counts"]["risk"]) == (2, 1)
        assert recent["counts_complete"] is True and recent["days"] == 30
        # The board member's own membership is the newest change of all.
        assert [(e["kind"], e["what"]) for e in recent["latest"]] == [
            ("membership", "created"),
            ("risk", "created"),
        ]

    async def test_says_what_values_came(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        kpi = {
            "ref": "K1",
            "title": "Visits",
            "unit": "percent",
            "polarity": "higher",
            "period_type": "month",
        }
        await make(plan, "/kpis", kpi)
        rows = [
            {"kpi": "K1", "period": "2018-07", "value": 80},
            {"kpi": "K1", "period": "2018-08", "value": 81},
        ]
        await make(plan, "/measurements", {"rows": rows})
        async with reading_as(engine, plan, Role.PROGRAMME_MANAGER) as ctx:
            recent = await recent_changes(ctx, 30)
        (submission,) = [entry for entry in recent["latest"] if entry["kind"] == "submission"]
        assert submission["title"] == "2 values: 2 new, 0 changed, 0 unchanged, 0 rejected"

    async def test_leaves_out_what_is_older(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await an_action(plan)
        await plan.service.owner.execute(
            "update change set at = at - interval '31 days' where plan_id = %s and item_kind = 'action'",
            (plan.id,),
        )
        async with reading_as(engine, plan, Role.PROGRAMME_MANAGER) as ctx:
            recent = await recent_changes(ctx, 30)
        assert "action" not in recent["counts"]
        assert "action" not in {entry["kind"] for entry in recent["latest"]}

    async def test_takes_as_many_queries_for_much_as_for_little(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        counts: list[int] = []
        for _ in range(2):
            await plan.party(f"lead-{len(counts)}")
            for place in range(5):
                await an_action(plan, f"A{len(counts)}-{place}", milestones=[{"title": "Draft"}])
            async with reading_as(engine, plan, Role.PROGRAMME_MANAGER) as ctx:
                with recorded(engine) as statements:
                    await recent_changes(ctx, 30)
            counts.append(len(statements))
        assert counts == [5, 5]

    async def test_a_reader_of_only_a_part_gets_none(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await an_action(plan)
        async with reading_as(engine, plan, Role.PARTNER) as ctx:
            recent = await recent_changes(ctx, 30)
        assert (recent["counts"], recent["latest"]) == ({}, [])
