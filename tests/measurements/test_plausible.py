"""Values that are hard to believe: stored, warned of, held under query, never lost."""

from __future__ import annotations

from typing import Any

from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, values
from tests.measurements.making import act, held, sign_off, submitted, value_of
from tests.measurements.sending import send


async def warnings(plan: PlanWorld, *rows: dict[str, Any], **batch: Any) -> list[tuple[int, str, str]]:
    body = await submitted(plan, *rows, **batch)
    found = [(w["index"], w["period"], w["code"]) for w in body["warnings"]]
    assert body["warned"] == len({index for index, _, _ in found})
    return found


def at(period: str, value: float) -> dict[str, Any]:
    return {"kpi": "K1", "period": period, "value": value}


class TestRange:
    async def test_a_value_outside_is_stored_and_held_under_query(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_low": 40, "plausible_high": 95})
        body = await submitted(plan, at("2026-08", 39.5), at("2026-09", 40), at("2026-10", 95.1))
        assert body["created"] == 3 and body["status"] == "stored"
        assert [(w["index"], w["code"]) for w in body["warnings"]] == [
            (0, "outside_plausible_range"),
            (2, "outside_plausible_range"),
        ]
        message = "39.5 lies outside 40 to 95, which is hard to believe of K1."
        assert body["warnings"][0]["message"] == message
        value = await value_of(plan, "K1", "2026-08")
        assert value and (value["value"], value["workflow"]) == (39.5, "under_query")
        assert value["question"] == message
        fine = await value_of(plan, "K1", "2026-09")
        assert fine and (fine["workflow"], fine["question"]) == ("loaded", None)

    async def test_the_submission_keeps_its_warnings(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_high": 95})
        body = await submitted(plan, at("2026-09", 96))
        manager = await plan.manager()
        read = (await manager.get(plan.url(f"/submissions/{body['submission']}"))).json()
        assert read["warnings"] == body["warnings"] and read["warned"] == 1
        listed = (await manager.get(plan.url("/submissions"))).json()["items"]
        assert listed[0]["warned"] == 1

    async def test_a_preview_warns_too(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_low": 10})
        assert await warnings(plan, at("2026-09", 9), dry_run=True) == [
            (0, "2026-09", "outside_plausible_range")
        ]
        assert await value_of(plan, "K1", "2026-09") is None

    async def test_what_a_person_cleared_is_not_doubted_again(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_high": 95})
        await submitted(plan, at("2026-09", 96))
        await act(plan, "/measurements/query-clearances", reason="It is right", kpis=["K1"])
        await sign_off(plan, kpis=["K1"])
        assert await warnings(plan, at("2026-09", 96) | {"note": "nightly"}) == []
        value = await value_of(plan, "K1", "2026-09")
        assert value and value["workflow"] == "signed_off"
        assert len(await warnings(plan, at("2026-09", 97))) == 1

    async def test_the_range_is_of_the_definition_in_force_on_the_last_day(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_high": 50})
        manager = await plan.manager()
        url = plan.url("/kpis/K1")
        patch = {"definition": {"effective_from": "2026-09-15", "plausible_high": 90}}
        answer = await manager.patch(url, json=patch, headers={"If-Match": await etag_of(manager, url)})
        assert answer.status_code == 200, answer.text
        assert await warnings(plan, at("2026-08", 60), at("2026-09", 60), at("2026-10", 95)) == [
            (0, "2026-08", "outside_plausible_range"),
            (2, "2026-10", "outside_plausible_range"),
        ]

    async def test_a_person_who_signs_it_off_in_the_same_breath_is_believed(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_high": 95})
        manager = await plan.manager()
        url = plan.url("/kpis/K1/measurements/_all/2026-09")
        answer = await manager.put(url, json={"value": 99, "workflow": "signed_off"})
        assert answer.status_code == 201 and answer.json()["warned"] == 1
        value = await value_of(plan, "K1", "2026-09")
        assert value and (value["workflow"], value["question"]) == ("signed_off", None)

    async def test_must_be_in_order(self, plan: PlanWorld) -> None:
        body = {"ref": "K1", "title": "x", "unit": "percent", "polarity": "higher", "period_type": "month"}
        manager = await plan.manager()
        for definition in ({"plausible_low": 2, "plausible_high": 1}, {"plausible_jump": 0}):
            answer = await manager.post(plan.url("/kpis"), json=body | {"definition": definition})
            assert answer.status_code == 422


class TestJump:
    async def test_is_from_the_value_before_held_or_sent_with_it(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_jump": 10})
        await values(plan, "K1", {"2026-06": 50})
        assert await warnings(
            plan, at("2026-09", 72), at("2026-07", 60), at("2026-08", 71), at("2026-10", 60)
        ) == [(2, "2026-08", "implausible_jump"), (3, "2026-10", "implausible_jump")]

    async def test_a_gap_is_bridged_and_a_state_is_no_value(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_jump": 10})
        await submitted(plan, at("2026-06", 50), {"kpi": "K1", "period": "2026-07", "state": "not_available"})
        assert await warnings(plan, at("2026-09", 61)) == [(0, "2026-09", "implausible_jump")]
        value = await value_of(plan, "K1", "2026-09")
        assert value and "61 is 11 away from 50 before it" in value["question"]

    async def test_nothing_is_compared_across_a_change_of_definition(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_jump": 10})
        manager = await plan.manager()
        url = plan.url("/kpis/K1")
        patch = {"definition": {"effective_from": "2026-09-01", "descriptor": "Counted otherwise"}}
        await manager.patch(url, json=patch, headers={"If-Match": await etag_of(manager, url)})
        await values(plan, "K1", {"2026-08": 50})
        assert await warnings(plan, at("2026-09", 90), at("2026-10", 70)) == [
            (1, "2026-10", "implausible_jump")
        ]

    async def test_segments_and_bases_are_compared_each_by_itself(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_jump": 10}, segments=[{"ref": "north", "title": "North"}])
        await values(plan, "K1", {"2026-08": 50})
        assert (
            await warnings(
                plan,
                at("2026-09", 90) | {"segment": "north"},
                at("2026-09", 90) | {"basis": "validated_return"},
            )
            == []
        )


class TestPercentages:
    async def test_outside_0_to_100_is_warned_of_and_held(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        rows = [at("2026-06", 0), at("2026-07", 100), at("2026-08", 500), at("2026-09", -25)]
        body = await submitted(plan, *rows)
        assert body["created"] == 4
        assert [(w["index"], w["code"], w["message"]) for w in body["warnings"]] == [
            (2, "outside_percentage", "500 lies outside 0 to 100, and K1 is a percentage."),
            (3, "outside_percentage", "-25 lies outside 0 to 100, and K1 is a percentage."),
        ]
        value = await value_of(plan, "K1", "2026-08")
        assert value and (value["value"], value["workflow"]) == (500, "under_query")
        assert value["question"] == body["warnings"][0]["message"]
        fine = await value_of(plan, "K1", "2026-07")
        assert fine and fine["workflow"] == "loaded"

    async def test_a_range_of_its_own_says_what_is_believed(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_low": -5, "plausible_high": 150})
        assert await warnings(plan, at("2026-08", 120), at("2026-09", -5)) == []
        await a_kpi(plan, "K2", definition={"plausible_jump": 30})
        assert [w[2] for w in await warnings(plan, at("2026-09", 120) | {"kpi": "K2"})] == [
            "outside_percentage"
        ]

    async def test_only_of_percentages(self, plan: PlanWorld) -> None:
        await a_kpi(plan, unit="days")
        assert await warnings(plan, at("2026-09", 500)) == []

    async def test_cleared_once_it_is_not_doubted_again(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await submitted(plan, at("2026-09", 120))
        await act(plan, "/measurements/query-clearances", reason="It is right", kpis=["K1"])
        assert await warnings(plan, at("2026-09", 120)) == []
        value = await value_of(plan, "K1", "2026-09")
        assert value and value["workflow"] == "loaded"

    async def test_through_the_other_doors(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        by_file = (await send(plan, "kpi,period,value\nK1,2026-08,500\n")).json()
        url = plan.url("/kpis/K1/measurements/_all/2026-09")
        by_hand = (await (await plan.manager()).put(url, json={"value": -25})).json()
        for body in (by_file, by_hand):
            assert [w["code"] for w in body["warnings"]] == ["outside_percentage"]
        assert [v["workflow"] for v in await held(plan)] == ["under_query", "under_query"]
