from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, values


async def patch(plan: PlanWorld, ref: str = "K1", **fields: Any) -> httpx.Response:
    manager = await plan.manager()
    url = plan.url(f"/kpis/{ref}")
    return await manager.patch(url, json=fields, headers={"If-Match": await etag_of(manager, url)})


class TestUpdate:
    async def test_null_clears_and_what_is_not_sent_stays(self, plan: PlanWorld) -> None:
        await a_kpi(plan, frequency="Monthly", theme_text="TBC")
        changed = await patch(plan, theme_text=None)
        assert changed.status_code == 200
        assert changed.json()["theme_text"] is None and changed.json()["frequency"] == "Monthly"

    async def test_refuses_null_where_there_must_be_something(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        answer = await patch(plan, title=None, targets=None)
        assert answer.status_code == 422
        assert {e["pointer"] for e in answer.json()["errors"]} == {"/title", "/targets"}

    async def test_a_stale_editor_sees_base_theirs_and_yours(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        stale = await etag_of(manager, plan.url("/kpis/K1"))
        await patch(plan, title="Theirs")
        answer = await manager.patch(
            plan.url("/kpis/K1"), json={"title": "Mine"}, headers={"If-Match": stale}
        )
        assert answer.status_code == 412
        assert answer.json()["fields"] == [
            {
                "field": "title",
                "base": "Measure K1",
                "theirs": "Theirs",
                "yours": "Mine",
                "changed_meanwhile": True,
            }
        ]

    async def test_without_a_version_nothing_changes(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        answer = await (await plan.manager()).patch(plan.url("/kpis/K1"), json={"title": "x"})
        assert answer.status_code == 428

    async def test_is_for_those_who_keep_kpis(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        lead = await plan.client(Role.ACTION_LEAD)
        answer = await lead.patch(plan.url("/kpis/K1"), json={"title": "x"}, headers={"If-Match": '"1.a"'})
        assert answer.status_code == 403

    async def test_the_period_type_is_fixed_once_there_are_values(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        assert (await patch(plan, period_type="quarter")).json()["period_type"] == "quarter"
        await values(plan, "K1", {"2026-Q2": 85})
        answer = await patch(plan, period_type="month")
        assert answer.status_code == 409 and "Supersede it" in answer.json()["detail"]
        assert (await patch(plan, period_type="quarter")).status_code == 200

    async def test_no_kpi_stands_beneath_itself(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "K1")
        await a_kpi(plan, "K2", parent="K1")
        answer = await patch(plan, "K1", parent="K2")
        assert answer.status_code == 422 and answer.json()["errors"][0]["code"] == "circular"
        itself = await patch(plan, "K1", superseded={"by": "K1"})
        assert itself.json()["errors"][0]["pointer"] == "/superseded/by"

    async def test_superseding_and_taking_it_back(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "K2")
        await a_kpi(plan, "K1", due_after_days=5)
        gone = await patch(plan, superseded={"by": "K2", "from_period": "2026-10"})
        assert gone.json()["is_superseded"] and gone.json()["superseded_by"] == "K2"
        back = await patch(plan, superseded=None)
        assert not back.json()["is_superseded"] and back.json()["superseded_from"] is None

    async def test_recommendations_keep_their_own_leads_apart(self, plan: PlanWorld) -> None:
        for ref in ("a", "b"):
            await plan.party(ref)
            await plan.service.owner.execute(
                "insert into recommendation (plan_id, ref, text, origin, status)"
                " values (%s, %s, 'x', 'audit', 'active')",
                (plan.id, f"R-{ref}"),
            )
        await a_kpi(plan, leads=["a"], recommendations=[{"recommendation": "R-a", "leads": ["b"]}])
        changed = (await patch(plan, leads=["b"])).json()
        assert [lead["party"] for lead in changed["leads"]] == ["b"]
        assert [lead["party"] for lead in changed["recommendation_links"][0]["leads"]] == ["b"]
        swapped = (await patch(plan, recommendations=["R-b", {"recommendation": "R-a", "leads": []}])).json()
        assert [(r["recommendation"], r["leads"]) for r in swapped["recommendation_links"]] == [
            ("R-b", []),
            ("R-a", []),
        ]
        twice = await patch(plan, recommendations=["R-b", "r-B"])
        assert twice.status_code == 422


class TestDefinition:
    async def test_a_new_one_begins_on_its_day_and_keeps_the_rest(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"descriptor": "All visits", "good_value": 90, "decimals": 0})
        changed = await patch(plan, definition={"effective_from": "2020-04-01", "descriptor": "First visits"})
        assert changed.status_code == 200, changed.text
        kpi = changed.json()
        assert [d["descriptor"] for d in kpi["definitions"]] == ["All visits", "First visits"]
        assert kpi["definition"]["descriptor"] == "First visits"
        assert kpi["definition"]["good_value"] == 90 and kpi["decimals"] == 0

    async def test_one_of_a_later_day_is_not_in_force_yet(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"descriptor": "Now"})
        kpi = (await patch(plan, definition={"effective_from": "2090-04-01", "descriptor": "Later"})).json()
        assert kpi["definition"]["descriptor"] == "Now" and len(kpi["definitions"]) == 2

    async def test_a_correction_changes_the_one_in_force(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"descriptor": "Vists", "source": "Case files"})
        kpi = (await patch(plan, definition={"descriptor": "Visits"}, definition_is_correction=True)).json()
        assert [(d["descriptor"], d["source"]) for d in kpi["definitions"]] == [("Visits", "Case files")]

    async def test_a_new_one_needs_a_day_after_the_last(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"descriptor": "a", "effective_from": "2020-04-01"})
        without = await patch(plan, definition={"descriptor": "b"})
        assert without.json()["errors"][0]["code"] == "effective_from_needed"
        early = await patch(plan, definition={"descriptor": "b", "effective_from": "2020-04-01"})
        assert early.json()["errors"][0]["code"] == "not_after_last"

    async def test_the_first_needs_no_day(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        assert (await patch(plan, definition={"descriptor": "a"})).json()["definition"]["descriptor"] == "a"


class TestTargets:
    async def test_the_list_is_replaced(self, plan: PlanWorld) -> None:
        await a_kpi(plan, targets=[{"kind": "standing", "value": 80}, {"kind": "year_end", "value": 90}])
        kpi = (await patch(plan, targets=[{"kind": "standing", "value": "85.5"}])).json()
        assert [(t["position"], t["kind"], t["value"]) for t in kpi["targets"]] == [(0, "standing", 85.5)]

    async def test_the_same_list_again_changes_nothing(self, plan: PlanWorld) -> None:
        targets = [{"kind": "by_date", "value": 80, "due": "2027-03"}]
        before = await a_kpi(plan, targets=targets)
        assert (await patch(plan, targets=targets)).json()["version"] == before["version"]

    @pytest.mark.parametrize("value", ["1.1234567", "12345678901234567", "many", True, None])
    async def test_a_figure_that_cannot_be_kept_exactly_is_refused(
        self, plan: PlanWorld, value: object
    ) -> None:
        await a_kpi(plan)
        answer = await patch(plan, targets=[{"kind": "standing", "value": value}])
        assert answer.status_code == 422


class TestSegments:
    async def test_added_changed_and_removed(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        url = plan.url("/kpis/K1/segments")
        made = await manager.post(url, json={"ref": "north", "title": "North"})
        assert made.status_code == 201 and made.headers["location"] == f"{url}/north"
        assert made.json() == {"ref": "north", "title": "North", "version": 1, "kpi": "K1"}
        tag = await etag_of(manager, f"{url}/north")
        changed = await manager.patch(f"{url}/NORTH", json={"title": "N"}, headers={"If-Match": tag})
        assert changed.json()["title"] == "N"
        listed = (await manager.get(url)).json()["items"]
        assert [s["ref"] for s in listed] == ["_all", "north"]
        tag = await etag_of(manager, f"{url}/north")
        assert (await manager.delete(f"{url}/north", headers={"If-Match": tag})).status_code == 204

    async def test_a_ref_is_used_once_regardless_of_case(self, plan: PlanWorld) -> None:
        await a_kpi(plan, segments=[{"ref": "north", "title": "North"}])
        manager = await plan.manager()
        taken = await manager.post(plan.url("/kpis/K1/segments"), json={"ref": "NORTH", "title": "Again"})
        assert taken.status_code == 409
        reserved = await manager.post(plan.url("/kpis/K1/segments"), json={"ref": "_all", "title": "x"})
        assert reserved.status_code == 422

    async def test_the_whole_service_stays(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        url = plan.url("/kpis/K1/segments/_all")
        tag = {"If-Match": await etag_of(manager, url)}
        assert (await manager.delete(url, headers=tag)).status_code == 409
        assert (await manager.patch(url, json={"ref": "all"}, headers=tag)).status_code == 409
        assert (await manager.patch(url, json={"title": "Everyone"}, headers=tag)).status_code == 200

    async def test_an_edit_from_an_old_version_meets_what_is_there_now(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        await a_kpi(plan, segments=[{"ref": "north", "title": "North"}])
        url = plan.url("/kpis/K1/segments/north")
        first = {"If-Match": '"1"'}
        assert (await manager.patch(url, json={"title": "Mine"}, headers=first)).status_code == 200
        met = await manager.patch(url, json={"title": "Yours"}, headers=first)
        assert met.status_code == 412
        (field,) = met.json()["fields"]
        assert (field["base"], field["theirs"], field["yours"]) == ("North", "Mine", "Yours")

    async def test_one_with_values_stays(self, plan: PlanWorld) -> None:
        await a_kpi(plan, segments=[{"ref": "north", "title": "North"}])
        await values(plan, "K1", {"2026-09": 3}, segment="north")
        manager = await plan.manager()
        url = plan.url("/kpis/K1/segments/north")
        answer = await manager.delete(url, headers={"If-Match": await etag_of(manager, url)})
        assert answer.status_code == 409 and answer.json()["type"].endswith("in-use")
