from __future__ import annotations

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, push, values

VALUE = "/kpis/K1/measurements/_all/2026-09"


class TestPut:
    async def test_enters_a_new_value(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        answer = await manager.put(plan.url("/kpis/k1/measurements/_ALL/Sep-26"), json={"value": "85.60"})
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"].endswith("/2026-09?basis=operational_provisional")
        assert answer.json()["created"] == 1 and answer.json()["door"] == "put"
        assert answer.headers["etag"].startswith('"1.')

    async def test_a_correction_needs_the_version_that_was_read(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        await values(plan, "K1", {"2026-09": 80})
        assert (await manager.put(plan.url(VALUE), json={"value": 81})).status_code == 428
        tag = await etag_of(manager, plan.url(VALUE))
        corrected = await manager.put(
            plan.url(VALUE), json={"value": 81, "reason": "Recount"}, headers={"If-Match": tag}
        )
        assert corrected.status_code == 200, corrected.text
        assert corrected.json()["changes"][0]["old"]["value"] == 80
        again = await manager.put(
            plan.url(VALUE), json={"value": 82}, headers={"If-Match": corrected.headers["etag"]}
        )
        assert again.status_code == 200 and again.headers["etag"].startswith('"3.')

    async def test_a_stale_correction_shows_base_theirs_and_yours(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        await values(plan, "K1", {"2026-09": 80})
        stale = await etag_of(manager, plan.url(VALUE))
        await values(plan, "K1", {"2026-09": 82})
        answer = await manager.put(plan.url(VALUE), json={"value": 81}, headers={"If-Match": stale})
        assert answer.status_code == 412
        problem = answer.json()
        assert problem["current"]["value"] == 82 and problem["base_is_known"]
        field = {f["field"]: f for f in problem["fields"]}["value"]
        assert (field["base"], field["theirs"], field["yours"]) == (80, 82, 81)
        assert answer.headers["etag"].startswith('"2.')

    async def test_can_insist_that_it_is_new(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        new = {"If-None-Match": "*"}
        assert (await manager.put(plan.url(VALUE), json={"value": 1}, headers=new)).status_code == 201
        again = await manager.put(plan.url(VALUE), json={"value": 2}, headers=new)
        assert again.status_code == 412 and again.json()["current"]["value"] == 1

    async def test_a_version_of_nothing_is_a_conflict(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        answer = await (await plan.manager()).put(
            plan.url(VALUE), json={"value": 1}, headers={"If-Match": '"1.abc"'}
        )
        assert answer.status_code == 412
        assert await plan.service.one("select count(*) from series where plan_id = %s", plan.id) == 0

    async def test_is_the_whole_value(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        full = {"value": 50, "numerator": 1, "denominator": 2, "note": "x", "source": "y"}
        made = await manager.put(plan.url(VALUE), json=full)
        same = await manager.put(plan.url(VALUE), json=full, headers={"If-Match": made.headers["etag"]})
        assert same.json()["unchanged"] == 1 and same.headers["etag"].startswith('"1.')
        bare = await manager.put(
            plan.url(VALUE), json={"value": 50}, headers={"If-Match": made.headers["etag"]}
        )
        assert bare.json()["updated"] == 1
        held = (await manager.get(plan.url(VALUE))).json()
        assert [held[name] for name in ("numerator", "denominator", "note", "source")] == [None] * 4

    async def test_signs_off_and_a_new_figure_is_loaded_again(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        await values(plan, "K1", {"2026-09": 80})
        signed = await manager.put(
            plan.url(VALUE),
            json={"value": 80, "workflow": "signed_off"},
            headers={"If-Match": await etag_of(manager, plan.url(VALUE))},
        )
        assert signed.json()["updated"] == 1
        await push(plan, {"kpi": "K1", "period": "2026-09", "value": 80, "note": "as before"})
        assert (await manager.get(plan.url(VALUE))).json()["workflow"] == "signed_off"
        await values(plan, "K1", {"2026-09": 81})
        assert (await manager.get(plan.url(VALUE))).json()["workflow"] == "loaded"

    async def test_what_is_wrong_is_pointed_at(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        wrong = await manager.put(plan.url(VALUE), json={"value": "lots"})
        assert wrong.status_code == 422
        assert wrong.json()["errors"][0]["pointer"] == "/value"
        assert wrong.json()["errors"][0]["code"] == "not_a_number"
        future = await manager.put(plan.url("/kpis/K1/measurements/_all/2190-01"), json={"value": 1})
        assert future.json()["errors"][0]["pointer"] == "/path/period"
        assert (await manager.put(plan.url(VALUE), json={"value": 1, "extra": 1})).status_code == 422
        nobody = await manager.put(plan.url("/kpis/K9/measurements/_all/2026-09"), json={"value": 1})
        assert nobody.status_code == 404
        nowhere = await manager.put(plan.url("/kpis/K1/measurements/x/2026-09"), json={"value": 1})
        assert nowhere.status_code == 404
        assert await plan.service.one("select count(*) from submission where plan_id = %s", plan.id) == 0

    async def test_is_for_those_who_load_values(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        for role, status in ((Role.ACTION_LEAD, 403), (Role.PARTNER, 403), (Role.PERFORMANCE_OFFICER, 201)):
            client = await plan.client(role)
            assert (await client.put(plan.url(VALUE), json={"value": 1})).status_code == status
        stranger = await plan.service.stranger()
        assert (await stranger.put(plan.url(VALUE), json={"value": 1})).status_code == 404


class TestRead:
    async def test_each_basis_by_itself(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-09": 80})
        manager = await plan.manager()
        assert (await manager.get(plan.url(VALUE))).json()["value"] == 80
        final = await manager.get(plan.url(VALUE), params={"basis": "operational_final"})
        assert final.status_code == 404

    async def test_a_period_of_another_type_is_pointed_at(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        answer = await (await plan.manager()).get(plan.url("/kpis/K1/measurements/_all/2026-Q3"))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "wrong_period_type"

    async def test_answers_304_while_nothing_changed(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-09": 80})
        manager = await plan.manager()
        tag = {"If-None-Match": await etag_of(manager, plan.url(VALUE))}
        assert (await manager.get(plan.url(VALUE), headers=tag)).status_code == 304


class TestList:
    async def test_filters_by_segment_basis_and_day(self, plan: PlanWorld) -> None:
        await a_kpi(plan, segments=[{"ref": "north", "title": "North"}])
        await values(plan, "K1", {"2026-07": 1, "2026-08": 2, "2026-09": 3})
        await values(plan, "K1", {"2026-09": 4}, segment="north")
        await values(plan, "K1", {"2026-09": 5}, basis="operational_final")
        manager = await plan.manager()

        async def held(**asked: str) -> list[float]:
            answer = await manager.get(plan.url("/kpis/K1/measurements"), params=asked)
            assert answer.status_code == 200, answer.text
            return [item["value"] for item in answer.json()["items"]]

        assert await held() == [1, 2, 5, 3, 4]
        assert await held(sort="-period,segment,basis") == [5, 3, 4, 2, 1]
        assert await held(segment="NORTH") == [4]
        assert await held(basis="operational_final") == [5]
        assert await held(**{"from": "2026-08-31", "to": "2026-08-31"}) == [2]
        assert await held(workflow="signed_off") == []

    async def test_pages_with_a_cursor(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {f"2026-0{n}": n for n in range(1, 8)})
        manager = await plan.manager()
        url, seen, cursor = plan.url("/kpis/K1/measurements"), [], None
        while True:
            page = (
                await manager.get(url, params={"limit": 3} | ({"cursor": cursor} if cursor else {}))
            ).json()
            seen += [item["value"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == [1, 2, 3, 4, 5, 6, 7]


class TestRevisions:
    async def test_what_was_known_when_by_whom_and_why(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-09": 80})
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        await officer.put(
            plan.url(VALUE),
            json={"value": 82, "reason": "Recount"},
            headers={"If-Match": await etag_of(officer, plan.url(VALUE))},
        )
        manager = await plan.manager()
        now, before = (await manager.get(plan.url(f"{VALUE}/revisions"))).json()["items"]
        assert (now["revision"], now["value"], now["reason"], now["known_to"]) == (2, 82, "Recount", None)
        assert now["by"] == (await plan.user(Role.PERFORMANCE_OFFICER)).name
        assert (before["revision"], before["value"]) == (1, 80)
        assert before["known_to"] == now["known_from"] and now["submission"] != before["submission"]

    async def test_the_past_knows_nothing_of_what_came_later(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        moments = []
        for value in (80, 81, 82):
            await values(plan, "K1", {"2026-09": value})
            moments.append(await plan.service.one("select turnstone.utc(clock_timestamp())"))
        for count, (value, moment) in enumerate(zip((80, 81, 82), moments, strict=True), 1):
            asked = {"as_of": moment}
            then = await manager.get(plan.url(VALUE), params=asked)
            assert then.json()["value"] == value
            listed = await manager.get(plan.url("/kpis/K1/measurements"), params=asked)
            assert [item["value"] for item in listed.json()["items"]] == [value]
            known = (await manager.get(plan.url(f"{VALUE}/revisions"), params=asked)).json()["items"]
            assert len(known) == count and known[0]["known_to"] is None
            assert all(item["known_to"] for item in known[1:])

    async def test_none_for_a_value_that_never_was(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        answer = await (await plan.manager()).get(plan.url(f"{VALUE}/revisions"))
        assert answer.status_code == 200 and answer.json()["items"] == []


class TestSubmissions:
    async def test_are_listed_newest_first_and_filtered(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-09": 80})
        await push(plan, {"kpi": "K9", "period": "2026-09", "value": 1})
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        await push(plan, {"kpi": "K1", "period": "2026-09", "value": 1}, by=officer, dry_run=True)

        async def statuses(**asked: str) -> list[str]:
            answer = await officer.get(plan.url("/submissions"), params=asked)
            assert answer.status_code == 200, answer.text
            return [item["status"] for item in answer.json()["items"]]

        assert await statuses() == ["previewed", "rejected", "stored"]
        assert await statuses(status="stored") == ["stored"]
        assert await statuses(mine="true") == ["previewed"]
        assert await statuses(dry_run="false") == ["rejected", "stored"]

    async def test_are_read_by_whole_plan_readers_only(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        stored = (await push(plan, {"kpi": "K1", "period": "2026-09", "value": 1})).headers["location"]
        auditor = await plan.client(Role.INTERNAL_AUDITOR)
        assert (await auditor.get(stored)).status_code == 200
        partner = await plan.client(Role.PARTNER)
        assert (await partner.get(plan.url("/submissions"))).status_code == 403
        other = await plan.service.new_plan()
        elsewhere = stored.replace(plan.ref, other.ref)
        assert (await (await other.manager()).get(elsewhere)).status_code == 404
        assert (await (await other.manager()).get(f"{elsewhere}/rejected-rows")).status_code == 404
        assert (await auditor.get(plan.url("/submissions/nonsense"))).status_code == 404
