from __future__ import annotations

from typing import Any

import httpx

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, closed, etag_of, push, values


async def a_feed(plan: PlanWorld, **fields: Any) -> httpx.Response:
    body = {"ref": "nightly", "title": "Nightly"} | fields
    return await (await plan.manager()).post(plan.url("/feeds"), json=body)


async def an_integration(plan: PlanWorld, *, member: bool) -> str:
    """An integration's client id."""
    user = await plan.service.new_user("System")
    owner = plan.service.owner
    await owner.execute("update principal set kind = 'integration' where id = %s", (user.id,))
    await owner.execute(
        "insert into integration (id, client_id, name) values (%s, %s, 'System')", (user.id, f"c{user.id}")
    )
    if member:
        await plan.member(user, Role.INTEGRATION)
    return f"c{user.id}"


class TestCreate:
    async def test_says_who_owes_which_kpis(self, plan: PlanWorld) -> None:
        await plan.party("data-team", kind="team")
        await a_kpi(plan, "K1")
        await a_kpi(plan, "K2", due_after_days=3)
        client_id = await an_integration(plan, member=True)
        made = await a_feed(
            plan,
            system="Mosaic",
            owner="data-team",
            integration=client_id,
            due_after_days=10,
            kpis=["k2", "K1"],
        )
        assert made.status_code == 201, made.text
        feed = made.json()
        assert feed["owner"]["party"] == "data-team" and feed["integration"]["client_id"] == client_id
        assert [(k["ref"], k["freshness"]["due_after_days"]) for k in feed["kpis"]] == [("K1", 10), ("K2", 3)]
        kpi = (await (await plan.manager()).get(plan.url("/kpis/K1"))).json()
        assert (kpi["feed"], kpi["due_after_days"], kpi["own_due_after_days"]) == ("nightly", 10, None)
        auditor = await plan.client(Role.INTERNAL_AUDITOR)
        read = (await auditor.get(plan.url("/feeds/nightly"))).json()
        assert read["integration"]["client_id"] is None

    async def test_points_at_what_is_not_in_the_plan(self, plan: PlanWorld) -> None:
        stranger = await an_integration(plan, member=False)
        for fields, pointer in (
            ({"owner": "nope"}, "/owner/0"),
            ({"integration": stranger}, "/integration"),
            ({"kpis": ["nope"]}, "/kpis/0"),
            ({"due_after_days": -1}, "/due_after_days"),
        ):
            answer = await a_feed(plan, **fields)
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"] == pointer
        assert (await (await plan.manager()).get(plan.url("/feeds"))).json()["items"] == []

    async def test_is_for_those_who_set_the_plan_up(self, plan: PlanWorld) -> None:
        for role, status in ((Role.PERFORMANCE_OFFICER, 403), (Role.INSPECTOR, 403)):
            client = await plan.client(role)
            assert (
                await client.post(plan.url("/feeds"), json={"ref": "f", "title": "F"})
            ).status_code == status
        inspector = await plan.client(Role.INSPECTOR)
        assert (await inspector.get(plan.url("/feeds"))).status_code == 403


class TestRead:
    async def test_late_is_judged_on_the_plans_clock(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "LATE")
        await a_kpi(plan, "FRESH")
        await values(plan, "LATE", {"2018-07": 1})
        await a_feed(plan, due_after_days=10, kpis=["LATE", "FRESH"])
        await values(plan, "FRESH", {"2018-09": 1})
        manager = await plan.manager()
        async with closed(plan, as_at="2018-10-20"):
            feed = (await manager.get(plan.url("/feeds"))).json()["items"][0]
        assert feed["late"] == 1
        assert [(k["latest_period"], k["freshness"]["state"]) for k in feed["kpis"]] == [
            ("2018-07", "late"),
            ("2018-09", "up_to_date"),
        ]
        late = feed["kpis"][0]["freshness"]
        assert (late["next_period"], late["due_on"], late["days_late"]) == ("2018-08", "2018-09-10", 40)
        assert late["periods_missing"] == 2

    async def test_what_a_withdrawn_delivery_brought_never_came(self, plan: PlanWorld) -> None:
        """A wrong extract on the day does not make the right one punctual."""
        await a_kpi(plan)
        await a_feed(plan, due_after_days=10, kpis=["K1"])
        pushed = await push(plan, {"kpi": "K1", "period": "2018-08", "value": 1})
        wrong = pushed.json()["submission"]
        owner = plan.service.owner
        on_time, late = "2018-09-05T12:00:00Z", "2018-09-25T12:00:00Z"
        dated = "update measurement_revision set known_from = %s where plan_id = %s and revision = %s"
        await owner.execute(dated, (on_time, plan.id, 1))
        manager = await plan.manager()

        async def august() -> dict[str, Any]:
            async with closed(plan, as_at="2018-09-30"):
                feed = (await manager.get(plan.url("/feeds/nightly"))).json()
            (found,) = [one for one in feed["periods"] if one["period"] == "2018-08"]
            return {name: found[name] for name in ("state", "received", "came_late")}

        assert await august() == {"state": "on_time", "received": 1, "came_late": []}
        at = plan.url(f"/submissions/{wrong}/withdrawal")
        assert (await manager.post(at, json={"reason": "Wrong month"})).status_code == 200
        await values(plan, "K1", {"2018-08": 2})
        await owner.execute(dated, (late, plan.id, 3))
        assert await august() == {"state": "late", "received": 1, "came_late": ["K1"]}

    async def test_not_in_another_plan(self, plan: PlanWorld) -> None:
        await a_feed(plan)
        other = await plan.service.new_plan()
        assert (await (await other.manager()).get(other.url("/feeds/nightly"))).status_code == 404


class TestUpdate:
    async def test_replaces_the_kpis_and_clears(self, plan: PlanWorld) -> None:
        for ref in ("K1", "K2"):
            await a_kpi(plan, ref)
        await a_feed(plan, kpis=["K1"], system="Mosaic")
        manager = await plan.manager()
        url = plan.url("/feeds/nightly")
        changed = await manager.patch(
            url, json={"kpis": ["K2"], "system": None}, headers={"If-Match": await etag_of(manager, url)}
        )
        assert changed.status_code == 200, changed.text
        assert [k["ref"] for k in changed.json()["kpis"]] == ["K2"]
        assert changed.json()["system"] is None and changed.json()["version"] > 1
        assert (await manager.get(plan.url("/kpis/K1"))).json()["feed"] is None

    async def test_stale_null_and_missing_versions(self, plan: PlanWorld) -> None:
        await a_feed(plan)
        manager = await plan.manager()
        url = plan.url("/feeds/nightly")
        assert (await manager.patch(url, json={"title": "x"})).status_code == 428
        assert (
            await manager.patch(url, json={"title": "x"}, headers={"If-Match": '"9.a"'})
        ).status_code == 412
        tag = {"If-Match": await etag_of(manager, url)}
        assert (await manager.patch(url, json={"title": None}, headers=tag)).status_code == 422


class TestDelete:
    async def test_its_kpis_stay(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await a_feed(plan, kpis=["K1"])
        manager = await plan.manager()
        url = plan.url("/feeds/nightly")
        gone = await manager.delete(url, headers={"If-Match": await etag_of(manager, url)})
        assert gone.status_code == 204
        assert (await manager.get(plan.url("/kpis/K1"))).json()["feed"] is None
