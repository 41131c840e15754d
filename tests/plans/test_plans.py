"""Plans as a whole: listed, read, made, changed, closed and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service


async def etag_of(plan: PlanWorld, role: Role = Role.PROGRAMME_MANAGER) -> str:
    answer = await (await plan.client(role)).get(plan.url())
    return answer.headers["etag"]


async def patch(plan: PlanWorld, change: dict[str, Any], role: Role = Role.PROGRAMME_MANAGER) -> Any:
    return await (await plan.client(role)).patch(
        plan.url(), json=change, headers={"If-Match": await etag_of(plan)}
    )


class TestListPlans:
    async def test_shows_only_the_plans_of_a_member_with_the_roles_held(
        self, service: Service, plan: PlanWorld
    ) -> None:
        await service.new_plan()
        await plan.member(await plan.user(Role.BOARD_MEMBER), Role.SENIOR_LEADER)
        listed = (await (await plan.client(Role.BOARD_MEMBER)).get("/v1/plans?total=true")).json()
        assert listed["total"] == 1
        (item,) = listed["items"]
        assert item["ref"] == plan.ref
        assert item["authority"] == {"ref": plan.ref, "name": f"Council of {plan.ref}"}
        assert item["roles"] == ["board_member", "senior_leader"]

    async def test_shows_an_administrator_every_plan(self, service: Service, plan: PlanWorld) -> None:
        other = await service.new_plan()
        admin = await plan.client(Role.ADMIN)
        for world in (plan, other):
            (item,) = (await admin.get("/v1/plans", params={"q": world.ref})).json()["items"]
            assert item["roles"] == ["admin"]

    async def test_filters_by_status_authority_and_role(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        right = {"status": "active", "authority": plan.ref.upper(), "role": "programme_manager"}
        for name, value in right.items():
            assert len((await client.get("/v1/plans", params={name: value})).json()["items"]) == 1
        wrong = {"status": "closed", "authority": "elsewhere", "role": "partner", "q": "no such words"}
        for name, value in wrong.items():
            assert (await client.get("/v1/plans", params={name: value})).json()["items"] == []

    async def test_is_empty_for_a_stranger_and_refused_to_nobody(
        self, service: Service, plan: PlanWorld
    ) -> None:
        assert (await (await service.stranger()).get("/v1/plans")).json()["items"] == []
        assert (await service.anonymous().get("/v1/plans")).status_code == 401


class TestReadPlan:
    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.INTEGRATION])
    async def test_every_member_reads_it_whole_or_as_a_visitor(self, plan: PlanWorld, role: Role) -> None:
        answer = await (await plan.client(role)).get(plan.url())
        assert answer.status_code == 200
        assert answer.json()["may_edit"] is (role in {Role.ADMIN, Role.PROGRAMME_MANAGER})

    async def test_is_not_found_for_a_stranger(self, service: Service, plan: PlanWorld) -> None:
        assert (await (await service.stranger()).get(plan.url())).status_code == 404

    async def test_counts_seventy_working_days_from_receipt(self, plan: PlanWorld) -> None:
        changed = (await patch(plan, {"statement_received_on": "2026-01-05"})).json()
        assert changed["statement_due_on"] == "2026-04-15"

    async def test_sets_stated_totals_beside_what_is_held(self, plan: PlanWorld) -> None:
        for number in range(3):
            await plan.service.owner.execute(
                "insert into action (plan_id, ref, title, status, due_means)"
                " values (%s, %s, 'Do it', %s, 'finish')",
                (plan.id, f"A{number}", "completed" if number else "not_started"),
            )
        totals = [
            {"label": "Key actions", "of": "actions", "count": 105},
            {"label": "Done", "of": "actions", "statuses": ["completed", "closed"], "percent": 29},
        ]
        held = (await patch(plan, {"stated_totals": totals})).json()["stated_totals"]
        assert (held[0]["held_count"], held[0]["count_difference"]) == (3, -102)
        assert (held[1]["held_count"], held[1]["held_percent"]) == (2, 66.7)
        assert held[1]["percent_difference"] == 37.7
        assert held[1]["count_difference"] is None

    async def test_keeps_stated_totals_from_limited_readers(self, plan: PlanWorld) -> None:
        await patch(plan, {"stated_totals": [{"label": "All", "of": "risks", "count": 1}]})
        assert (await (await plan.client(Role.INSPECTOR)).get(plan.url())).json()["stated_totals"] == []


class TestConditionalAndPastReads:
    async def test_answers_304_until_anything_in_the_plan_changes(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        held = {"If-None-Match": await etag_of(plan)}
        again = await client.get(plan.url(), headers=held)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == held["If-None-Match"]
        theme = await client.post(plan.url("/themes"), json={"ref": "T1", "kind": "theme", "title": "One"})
        assert theme.status_code == 201
        assert (await client.get(plan.url(), headers=held)).status_code == 200

    async def test_one_readers_etag_says_nothing_to_another(self, plan: PlanWorld) -> None:
        held = {"If-None-Match": await etag_of(plan)}
        inspector = await plan.client(Role.INSPECTOR)
        assert (await inspector.get(plan.url(), headers=held)).status_code == 200

    async def test_reads_the_plan_and_its_lists_as_they_stood(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        await patch(plan, {"title": "Before", "boards": [{"name": "First board"}]})
        moment = await plan.service.one("select clock_timestamp()")
        await patch(plan, {"title": "After", "boards": [{"name": "Second board"}]})
        was = (await client.get(plan.url(), params={"as_of": moment.isoformat()})).json()
        now = (await client.get(plan.url())).json()
        assert (was["title"], was["boards"][0]["name"]) == ("Before", "First board")
        assert (now["title"], now["boards"][0]["name"]) == ("After", "Second board")
        assert was["version"] < now["version"]
        assert was["roles"] == ["programme_manager"]

    async def test_refuses_a_moment_to_come(self, plan: PlanWorld) -> None:
        answer = await (await plan.manager()).get(plan.url(), params={"as_of": "2199-01-01"})
        assert answer.status_code == 422
