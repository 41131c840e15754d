from __future__ import annotations

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, values


class TestCreate:
    async def test_comes_with_the_whole_service_as_its_segment(self, plan: PlanWorld) -> None:
        kpi = await a_kpi(plan)
        assert [(s["ref"], s["title"]) for s in kpi["segments"]] == [("_all", "Whole service")]
        assert kpi["target_state"] == "no_target"
        assert kpi["latest"] is None and kpi["basis"] is None and kpi["freshness"] is None

    async def test_holds_all_it_is_given(self, plan: PlanWorld) -> None:
        await plan.party("head-of-qa")
        await plan.party("iro")
        manager = await plan.manager()
        rec = {"ref": "R1", "text": "Visit in time", "origin": "inspection", "status": "active"}
        await plan.service.owner.execute(
            "insert into recommendation (plan_id, ref, text, origin, status) values (%s, %s, %s, %s, %s)",
            (plan.id, *rec.values()),
        )
        await plan.service.owner.execute(
            "insert into theme (plan_id, ref, kind, title) values (%s, 'T1', 'theme', 'Visits')", (plan.id,)
        )
        await a_kpi(plan, "OLD")
        kpi = await a_kpi(
            plan,
            "K2",
            source_ref="CSC 022",
            other_titles=["Visits on time"],
            parent="OLD",
            category="how_well",
            leads=["head-of-qa"],
            themes=["T1"],
            theme_text="TBC",
            recommendations=[{"recommendation": "R1", "leads": ["iro"], "wording": "Seen in time"}],
            definition={
                "descriptor": "Visits",
                "good_value": "95.5",
                "caveats": ["Late entry"],
                "decimals": 2,
            },
            good_is_target=True,
            tolerance=2,
            targets=[
                {"kind": "by_date", "stage": "interim", "value": 70, "due": "2019-10"},
                {"kind": "by_date", "stage": "final", "value": 95, "due": {"date": "2020-03"}},
                {"kind": "standing", "to_be_confirmed": True},
            ],
            segments=[{"ref": "north", "title": "North"}],
            superseded={"by": "OLD", "from_period": "Sep-18", "text": "new measure next month"},
        )
        assert [lead["party"] for lead in kpi["leads"]] == ["head-of-qa"]
        assert kpi["recommendation_links"][0]["wording"] == "Seen in time"
        assert [lead["party"] for lead in kpi["recommendation_links"][0]["leads"]] == ["iro"]
        assert kpi["recommendations"] == ["R1"] and kpi["themes"] == ["T1"]
        assert kpi["definition"]["good_value"] == 95.5 and kpi["decimals"] == 2
        assert [t["due"]["on"] if t["due"] else None for t in kpi["targets"]] == [
            "2019-10-31",
            "2020-03-31",
            None,
        ]
        assert [s["ref"] for s in kpi["segments"]] == ["_all", "north"]
        assert kpi["superseded_by"] == "OLD" and kpi["superseded_from"] == "2018-09"
        old = (await manager.get(plan.url("/kpis/OLD"))).json()
        assert old["children"] == ["K2"] and old["replaces"] == ["K2"]

    async def test_refuses_a_ref_that_is_taken_in_another_case(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "Kx")
        answer = await (await plan.manager()).post(
            plan.url("/kpis"),
            json={"ref": "kX", "title": "t", "unit": "count", "polarity": "lower", "period_type": "month"},
        )
        assert answer.status_code == 409 and answer.json()["type"].endswith("ref-taken")

    async def test_points_at_an_unknown_ref(self, plan: PlanWorld) -> None:
        body = {"ref": "K", "title": "t", "unit": "count", "polarity": "lower", "period_type": "month"}
        manager = await plan.manager()
        for field, given, pointer in (
            ("parent", "nope", "/parent"),
            ("feed", "nope", "/feed"),
            ("recommendations", ["nope"], "/recommendations/0"),
            ("themes", ["nope"], "/themes/0"),
            ("leads", ["nope"], "/leads/0"),
            ("superseded", {"from_period": "last spring"}, "/superseded/from_period"),
        ):
            answer = await manager.post(plan.url("/kpis"), json=body | {field: given})
            assert answer.status_code == 422, field
            assert answer.json()["errors"][0]["pointer"] == pointer

    async def test_refuses_targets_that_say_nothing_or_two_things(self, plan: PlanWorld) -> None:
        body = {"ref": "K", "title": "t", "unit": "count", "polarity": "lower", "period_type": "month"}
        manager = await plan.manager()
        for target in (
            {"kind": "standing"},
            {"kind": "standing", "value": 1, "lower": 2},
            {"kind": "standing", "lower": 3, "upper": 2},
            {"kind": "by_date", "value": 3},
            {"kind": "standing", "grade": "good"},
        ):
            answer = await manager.post(plan.url("/kpis"), json=body | {"targets": [target]})
            assert answer.status_code == 422, target
            assert answer.json()["errors"][0]["pointer"].startswith("/targets/0")

    async def test_is_for_those_who_keep_kpis(self, plan: PlanWorld) -> None:
        body = {"ref": "K", "title": "t", "unit": "count", "polarity": "lower", "period_type": "month"}
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        assert (await officer.post(plan.url("/kpis"), json=body)).status_code == 201
        lead = await plan.client(Role.ACTION_LEAD)
        assert (await lead.post(plan.url("/kpis"), json=body | {"ref": "K9"})).status_code == 403
        stranger = await plan.service.stranger()
        assert (await stranger.post(plan.url("/kpis"), json=body | {"ref": "K9"})).status_code == 404


class TestList:
    async def test_filters_and_sorts(self, plan: PlanWorld) -> None:
        await plan.party("qa")
        await a_kpi(plan, "B", category="how_much", leads=["qa"])
        await a_kpi(plan, "A", category="better_off", parent="B", superseded={})
        manager = await plan.manager()

        async def refs(**asked: str) -> list[str]:
            answer = await manager.get(plan.url("/kpis"), params=asked)
            assert answer.status_code == 200, answer.text
            return [item["ref"] for item in answer.json()["items"]]

        assert await refs() == ["B", "A"]
        assert await refs(sort="ref") == ["A", "B"]
        assert await refs(category="better_off") == ["A"]
        assert await refs(lead="qa") == ["B"]
        assert await refs(lead="none") == ["A"]
        assert await refs(parent="none") == ["B"]
        assert await refs(superseded="true") == ["A"]
        assert await refs(has_values="true") == []
        assert await refs(feed="none") == ["B", "A"]
        assert await refs(q="measure b") == ["B"]

    async def test_pages_keep_what_each_item_says(self, plan: PlanWorld) -> None:
        for ref in ("K1", "K2", "K3"):
            await a_kpi(plan, ref)
        manager = await plan.manager()
        first = await manager.get(plan.url("/kpis"), params={"limit": 2, "total": "true"})
        assert first.json()["total"] == 3 and 'rel="next"' in first.headers["link"]
        second = await manager.get(plan.url("/kpis"), params={"limit": 2, "cursor": first.json()["next"]})
        assert [item["ref"] for item in second.json()["items"]] == ["K3"]
        assert second.json()["next"] is None

    async def test_answers_304_until_a_value_comes(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        tag = await etag_of(manager, plan.url("/kpis"))
        assert (await manager.get(plan.url("/kpis"), headers={"If-None-Match": tag})).status_code == 304
        await values(plan, "K1", {"2026-09": 85})
        assert (await manager.get(plan.url("/kpis"), headers={"If-None-Match": tag})).status_code == 200


class TestRead:
    async def test_a_corrected_ref_redirects(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "K-old")
        manager = await plan.manager()
        url = plan.url("/kpis/K-old")
        tag = await etag_of(manager, url)
        changed = await manager.patch(url, json={"ref": "K-new"}, headers={"If-Match": tag})
        assert changed.status_code == 200
        moved = await manager.get(url)
        assert moved.status_code == 308 and moved.headers["location"] == plan.url("/kpis/K-new")

    async def test_limited_readers_see_what_they_were_given(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "GIVEN")
        await a_kpi(plan, "HIDDEN")
        await values(plan, "GIVEN", {"2026-09": 85})
        inspector = await plan.client(Role.INSPECTOR)
        await plan.service.owner.execute(
            "insert into membership_item (plan_id, membership_id, kpi_id)"
            " select m.plan_id, m.id, k.id from membership m, kpi k"
            " where m.plan_id = %s and m.role = 'inspector' and k.plan_id = m.plan_id and k.ref = 'GIVEN'",
            (plan.id,),
        )
        seen = (await inspector.get(plan.url("/kpis"))).json()["items"]
        assert [(item["ref"], item["latest"]["value"]) for item in seen] == [("GIVEN", 85)]
        assert (await inspector.get(plan.url("/kpis/HIDDEN"))).status_code == 404

    async def test_as_it_stood(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-08": 80})
        manager = await plan.manager()
        moment = await plan.service.one("select turnstone.utc(clock_timestamp())")
        await values(plan, "K1", {"2026-08": 82, "2026-09": 85})
        then = await manager.get(plan.url("/kpis/K1"), params={"as_of": moment})
        assert then.status_code == 200, then.text
        assert [p["value"] for p in then.json()["points"]] == [80]
        now = await manager.get(plan.url("/kpis/K1"))
        assert [p["value"] for p in now.json()["points"]] == [82, 85]


class TestDelete:
    async def test_goes_while_it_has_no_values(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        url = plan.url("/kpis/K1")
        assert (await manager.delete(url)).status_code == 428
        gone = await manager.delete(url, headers={"If-Match": await etag_of(manager, url)})
        assert gone.status_code == 204
        assert (await manager.get(url)).status_code == 404

    async def test_values_are_never_lost_with_their_kpi(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-09": 85})
        manager = await plan.manager()
        url = plan.url("/kpis/K1")
        kept = await manager.delete(url, headers={"If-Match": await etag_of(manager, url)})
        assert kept.status_code == 409 and kept.json()["type"].endswith("in-use")
