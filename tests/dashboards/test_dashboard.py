"""The dashboard: figures, freshness of the kept page, who may read it."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from api.vocabulary import Role
from tests.factories.world import PlanWorld


async def read(plan: PlanWorld, role: Role = Role.BOARD_MEMBER, **params: Any) -> dict[str, Any]:
    answer = await (await plan.client(role)).get(plan.url("/dashboard"), params=params)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


class TestActions:
    async def test_counts_late_and_soon_by_area_and_lead(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        await plan.party("head")
        await manager.post(
            plan.url("/themes"), json={"ref": "T1", "kind": "improvement_area", "title": "Area"}
        )
        for ref, due, status in (("A1", "2020-01-31", "in_progress"), ("A2", "2190", "not_started")):
            made = await manager.post(
                plan.url("/actions"),
                json={
                    "ref": ref,
                    "title": ref,
                    "due": due,
                    "status": status,
                    "leads": ["head"],
                    "themes": ["T1"],
                },
            )
            assert made.status_code == 201, made.text
        await manager.post(
            plan.url("/actions"),
            json={"ref": "A3", "title": "A3", "status": "completed", "completed_on": "2020-01-01"},
        )
        actions = (await read(plan))["actions"]
        assert (actions["total"], actions["done"], actions["overdue"], actions["due_soon"]) == (3, 1, 1, 0)
        assert [line["ref"] for line in actions["overdue_first"]] == ["A1"]
        (area,) = actions["by_area"]
        assert (area["ref"], area["total"], area["overdue"]) == ("T1", 2, 1)
        assert {lead["name"]: lead["total"] for lead in actions["by_lead"]} == {"Party head": 2, "Nobody": 1}

    async def test_a_closed_plan_is_judged_at_its_as_at_date(
        self, plan: PlanWorld, owner: AsyncConnection[DictRow]
    ) -> None:
        manager = await plan.manager()
        await manager.post(plan.url("/actions"), json={"ref": "A1", "title": "A1", "due": "2019-03-31"})
        await owner.execute(
            "update plan set status = 'closed', as_at = '2019-03-20' where id = %s", (plan.id,)
        )
        page = await read(plan)
        assert page["plan"]["clock"] == "2019-03-20"
        assert (page["actions"]["overdue"], page["actions"]["due_soon"]) == (0, 1)


class TestKeptPage:
    async def test_any_change_makes_it_anew(self, plan: PlanWorld) -> None:
        assert (await read(plan))["actions"]["total"] == 0
        await (await plan.manager()).post(plan.url("/actions"), json={"ref": "A1", "title": "A1"})
        assert (await read(plan))["actions"]["total"] == 1

    async def test_unchanged_it_answers_304(self, plan: PlanWorld) -> None:
        board = await plan.client(Role.BOARD_MEMBER)
        first = await board.get(plan.url("/dashboard"))
        again = await board.get(plan.url("/dashboard"), headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        await (await plan.manager()).post(plan.url("/actions"), json={"ref": "A1", "title": "A1"})
        third = await board.get(plan.url("/dashboard"), headers={"If-None-Match": first.headers["etag"]})
        assert third.status_code == 200


class TestAccess:
    async def test_a_partner_reads_only_what_it_was_given(self, plan: PlanWorld) -> None:
        answer = await (await plan.client(Role.PARTNER)).get(plan.url("/dashboard"))
        assert answer.status_code == 403

    async def test_a_stranger_finds_no_plan(self, plan: PlanWorld) -> None:
        answer = await (await plan.service.stranger()).get(plan.url("/dashboard"))
        assert answer.status_code == 404

    async def test_a_year_that_is_none_is_refused(self, plan: PlanWorld) -> None:
        answer = await (await plan.manager()).get(
            plan.url("/dashboard"), params={"financial_year": "FY2026-99"}
        )
        assert answer.status_code == 422
