"""Themes: a plan's own tags."""

from __future__ import annotations

from typing import Any

import httpx

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service

T2 = {"ref": "T2", "kind": "theme", "title": "Learning from practice", "other_titles": ["Learning"]}


async def add(plan: PlanWorld, **changes: Any) -> httpx.Response:
    return await (await plan.manager()).post(plan.url("/themes"), json=T2 | changes)


class TestCreateTheme:
    async def test_comes_after_those_the_plan_has(self, plan: PlanWorld) -> None:
        first, second = await add(plan), await add(plan, ref="T1")
        assert (first.status_code, first.headers["location"]) == (201, plan.url("/themes/T2"))
        assert second.json()["position"] == first.json()["position"] + 1
        listed = (await (await plan.manager()).get(plan.url("/themes"))).json()["items"]
        assert [one["ref"] for one in listed] == ["T2", "T1"]
        assert listed[0]["other_titles"] == ["Learning"]

    async def test_refuses_a_taken_ref_an_unknown_field_and_other_roles(self, plan: PlanWorld) -> None:
        await add(plan)
        assert (await add(plan, ref="t2")).json()["type"] == "/v1/problems/ref-taken"
        assert (await add(plan, ref="T3", colour="red")).json()["errors"][0]["pointer"] == "/colour"
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        assert (await officer.post(plan.url("/themes"), json=T2)).status_code == 403


class TestReadThemes:
    async def test_counts_what_carries_it(self, plan: PlanWorld) -> None:
        await add(plan)
        client = await plan.manager()
        await client.post(plan.url("/actions"), json={"ref": "A1", "title": "Do it", "themes": ["T2"]})
        held = (await client.get(plan.url("/themes/t2"))).json()
        assert held["carried_by"] == {"recommendations": 0, "actions": 1, "kpis": 0, "risks": 0}

    async def test_visitors_read_them_and_count_only_what_they_see(self, plan: PlanWorld) -> None:
        await add(plan)
        await (await plan.manager()).post(
            plan.url("/actions"), json={"ref": "A1", "title": "Do it", "themes": ["T2"]}
        )
        seen = await (await plan.client(Role.INSPECTOR)).get(plan.url("/themes/T2"))
        assert (seen.status_code, seen.json()["carried_by"]["actions"]) == (200, 0)

    async def test_filters_by_kind_and_words(self, plan: PlanWorld) -> None:
        await add(plan)
        await add(plan, ref="E1", kind="existing_priority", title="Dental checks", other_titles=[])
        client = await plan.manager()
        for params, ref in (({"kind": "existing_priority"}, "E1"), ({"q": "learn practice"}, "T2")):
            items = (await client.get(plan.url("/themes"), params=params)).json()["items"]
            assert [one["ref"] for one in items] == [ref]

    async def test_another_plans_are_not_found(self, service: Service, plan: PlanWorld) -> None:
        await add(plan)
        other = await service.new_plan()
        assert (await (await other.manager()).get(other.url("/themes/T2"))).status_code == 404


class TestUpdateTheme:
    async def test_a_corrected_ref_redirects(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        match = {"If-Match": (await add(plan)).headers["etag"]}
        changed = await client.patch(plan.url("/themes/T2"), json={"ref": "T3"}, headers=match)
        assert changed.json()["ref"] == "T3"
        moved = await client.get(plan.url("/themes/T2"))
        assert (moved.status_code, moved.headers["location"]) == (308, plan.url("/themes/T3"))

    async def test_null_clears_a_description_and_not_a_title(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        etag = (await add(plan, description="About learning.")).headers["etag"]
        cleared = await client.patch(
            plan.url("/themes/T2"), json={"description": None}, headers={"If-Match": etag}
        )
        assert cleared.json()["description"] is None
        refused = await client.patch(
            plan.url("/themes/T2"), json={"title": None}, headers={"If-Match": cleared.headers["etag"]}
        )
        assert refused.json()["errors"][0]["pointer"] == "/title"

    async def test_a_stale_version_is_refused(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        match = {"If-Match": (await add(plan)).headers["etag"]}
        await client.patch(plan.url("/themes/T2"), json={"title": "Theirs"}, headers=match)
        stale = await client.patch(plan.url("/themes/T2"), json={"title": "Yours"}, headers=match)
        assert (stale.status_code, stale.json()["fields"][0]["theirs"]) == (412, "Theirs")


class TestDeleteTheme:
    async def test_goes_when_nothing_carries_it(self, plan: PlanWorld) -> None:
        match = {"If-Match": (await add(plan)).headers["etag"]}
        client = await plan.manager()
        await client.post(plan.url("/actions"), json={"ref": "A1", "title": "Do it", "themes": ["T2"]})
        refused = await client.delete(plan.url("/themes/T2"), headers=match)
        assert (refused.status_code, refused.json()["type"]) == (409, "/v1/problems/in-use")
        assert "1 recommendations, actions, KPIs or risks" in refused.json()["detail"]
        etag = (await client.get(plan.url("/actions/A1"))).headers["etag"]
        await client.patch(plan.url("/actions/A1"), json={"themes": []}, headers={"If-Match": etag})
        assert (await client.delete(plan.url("/themes/T2"), headers=match)).status_code == 204
        assert (await client.get(plan.url("/themes/T2"))).status_code == 404
