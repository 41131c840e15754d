"""Who is signed in, and where each plan begins for them."""

from __future__ import annotations

import pytest

from api.auth.permissions import ROLE_TABLE
from api.plans.me.rules import Landing, landing_of, main_role
from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service

LANDINGS = [
    (Role.PROGRAMME_MANAGER, "dashboard"),
    (Role.ACTION_LEAD, "my-work"),
    (Role.PERFORMANCE_OFFICER, "scorecard"),
    (Role.SENIOR_LEADER, "escalations"),
    (Role.BOARD_MEMBER, "dashboard"),
    (Role.INTERNAL_AUDITOR, "changes"),
    (Role.INSPECTOR, "recommendations"),
    (Role.PARTNER, "my-work"),
]


class TestReadMe:
    @pytest.mark.parametrize(("role", "landing"), LANDINGS)
    async def test_each_role_begins_where_its_work_is(
        self, plan: PlanWorld, role: Role, landing: str
    ) -> None:
        me = (await (await plan.client(role)).get("/v1/me")).json()
        user = await plan.user(role)
        assert (me["id"], me["kind"], me["name"], me["email"]) == (user.id, "user", user.name, user.email)
        (mine,) = me["plans"]
        assert (mine["ref"], mine["role"], mine["roles"], mine["landing"]) == (
            plan.ref,
            role,
            [role],
            landing,
        )
        assert mine["authority"]["name"] == f"Council of {plan.ref}"
        assert set(mine["permissions"]) == ROLE_TABLE[role] - {"measurement:write_set"}

    async def test_the_largest_file_is_told_before_it_is_sent(
        self, service: Service, plan: PlanWorld
    ) -> None:
        me = (await (await plan.client(Role.PERFORMANCE_OFFICER)).get("/v1/me")).json()
        settings = service.app.state.settings
        assert me["file_limits"] == {"bytes": settings.max_file_bytes, "values": settings.max_file_rows}

    async def test_the_weightiest_of_several_roles_decides(self, plan: PlanWorld) -> None:
        user = await plan.user(Role.BOARD_MEMBER)
        await plan.member(user, Role.SENIOR_LEADER)
        me = (await (await plan.client(Role.BOARD_MEMBER)).get("/v1/me")).json()
        assert (me["plans"][0]["role"], me["plans"][0]["landing"]) == ("senior_leader", "escalations")

    async def test_an_ended_membership_is_no_plan_of_mine(self, plan: PlanWorld) -> None:
        client = await plan.client(Role.BOARD_MEMBER)
        await plan.service.owner.execute(
            "update membership set ends_on = current_date - 1 where plan_id = %s", (plan.id,)
        )
        assert (await client.get("/v1/me")).json()["plans"] == []

    async def test_plans_that_are_closed_come_last(self, service: Service, plan: PlanWorld) -> None:
        closed = await service.new_plan(status="closed")
        await service.owner.execute("update plan set title = 'A' where id = %s", (closed.id,))
        user = await plan.user(Role.BOARD_MEMBER)
        await closed.member(user, Role.BOARD_MEMBER)
        me = (await (await plan.client(Role.BOARD_MEMBER)).get("/v1/me")).json()
        assert [one["ref"] for one in me["plans"]] == [plan.ref, closed.ref]

    async def test_an_administrator_may_open_every_plan(self, plan: PlanWorld) -> None:
        me = (await (await plan.client(Role.ADMIN)).get("/v1/me")).json()
        assert me["is_admin"] is True
        (mine,) = [one for one in me["plans"] if one["ref"] == plan.ref]
        assert (mine["role"], mine["landing"]) == ("admin", "dashboard")

    async def test_a_stranger_has_no_plans_and_nobody_is_no_one(self, service: Service) -> None:
        assert (await (await service.stranger()).get("/v1/me")).json()["plans"] == []
        assert (await service.anonymous().get("/v1/me")).status_code == 401


class TestLanding:
    def test_every_role_has_its_place(self) -> None:
        for role in Role:
            assert main_role([role]) is role
            assert (landing_of([role]) is None) is (role is Role.INTEGRATION)

    def test_order_does_not_matter(self) -> None:
        assert landing_of([Role.PARTNER, Role.ACTION_LEAD, Role.PROGRAMME_MANAGER]) is Landing.DASHBOARD
