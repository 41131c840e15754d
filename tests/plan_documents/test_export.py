"""Exporting a plan: whole, by whole-plan readers, as it stood, and at a fixed cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service
from tests.plan_documents.conftest import Imported
from tests.plan_documents.documents import a_document, bring_in, exported, three_actions


class TestExport:
    async def test_is_a_file_to_keep(self, imported: Imported) -> None:
        plan = await imported(a_document())
        answer = await (await plan.manager()).get(plan.url("/export"))
        assert answer.headers["content-disposition"] == f'attachment; filename="{plan.ref}.json"'
        assert list(answer.json())[:2] == ["format", "plan"]

    async def test_of_an_empty_plan_is_a_document_too(self, plan: PlanWorld) -> None:
        assert await exported(await plan.manager(), plan.ref) == {
            "format": "turnstone-plan/1",
            "plan": {
                "ref": plan.ref,
                "title": f"Plan {plan.ref}",
                "authority": {"ref": plan.ref, "name": f"Council of {plan.ref}"},
                "status": "active",
            },
        }

    async def test_holds_what_was_entered_on_screen(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        await manager.post(plan.url("/actions"), json={"ref": "A1", "title": "One", "due": "2026-12"})
        assert (await exported(manager, plan.ref))["actions"] == [
            {"ref": "A1", "title": "One", "due": "2026-12", "status": "not_started"}
        ]

    async def test_is_answered_304_while_nothing_changes(self, imported: Imported) -> None:
        plan = await imported(a_document())
        manager = await plan.manager()
        first = await manager.get(plan.url("/export"))
        again = await manager.get(plan.url("/export"), headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304

    async def test_as_of_a_moment_gives_the_document_of_then(
        self, imported: Imported, admin: httpx.AsyncClient
    ) -> None:
        document = a_document()
        plan = await imported(document)
        moment = datetime.now(UTC).isoformat()
        document_then = await exported(admin, plan.ref)
        document["actions"][0]["title"] = "Later"
        document["measurements"][0] |= {"value": 79.7, "numerator": 145}
        await bring_in(await plan.manager(), document, status=200)
        assert await exported(admin, plan.ref, as_of=moment) == document_then
        assert await exported(admin, plan.ref) == document

    @pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.INTERNAL_AUDITOR, Role.ACTION_LEAD])
    async def test_is_for_all_who_read_the_whole_plan(self, plan: PlanWorld, role: Role) -> None:
        assert (await (await plan.client(role)).get(plan.url("/export"))).status_code == 200

    @pytest.mark.parametrize("role", [Role.INSPECTOR, Role.PARTNER])
    async def test_is_not_for_those_who_were_given_parts(self, plan: PlanWorld, role: Role) -> None:
        assert (await (await plan.client(role)).get(plan.url("/export"))).status_code == 403

    async def test_of_another_plan_is_not_found(self, plan: PlanWorld, service: Service) -> None:
        elsewhere = await service.new_plan()
        assert (await (await plan.manager()).get(elsewhere.url("/export"))).status_code == 404

    async def test_costs_as_many_queries_for_a_large_plan_as_for_a_small_one(
        self, imported: Imported, engine: AsyncEngine
    ) -> None:
        small = await imported(three_actions())
        large = await imported(three_actions(*(f"Action {number}" for number in range(100))))
        counts = []
        for plan in (small, large):
            manager = await plan.manager()
            with counting_queries(engine) as queries:
                await manager.get(plan.url("/export"))
            counts.append(len(queries))
        assert counts[0] == counts[1] < 60


@contextmanager
def counting_queries(engine: AsyncEngine) -> Iterator[list[str]]:
    queries: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        queries.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield queries
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)
