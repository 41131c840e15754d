"""Values signed off, put under query, answered and cleared in bulk."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.changes.reading import changes
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, push, values
from tests.measurements.making import act, held, lock, query, revisions_of, sign_off, submitted, value_of
from tests.measurements.test_together import assert_chains_are_whole, assert_facts_equal_recomputation

FIGURES = ("value", "numerator", "denominator", "note", "source", "submission")


async def two_kpis(plan: PlanWorld) -> str:
    """K1 of the feed ``nightly`` with three values, K2 with two; returns the submission of K2's."""
    await a_kpi(plan, "K1", segments=[{"ref": "north", "title": "North"}])
    await a_kpi(plan, "K2")
    feed = {"ref": "nightly", "title": "Nightly", "kpis": ["K1"]}
    assert (await (await plan.manager()).post(plan.url("/feeds"), json=feed)).status_code == 201
    await values(plan, "K1", {"2026-08": 80, "2026-09": 81}, note="as kept")
    await values(plan, "K1", {"2026-09": 60}, segment="north")
    rows = [{"kpi": "K2", "period": period, "value": 5} for period in ("2026-08", "2026-09")]
    return str((await submitted(plan, *rows))["submission"])


async def signed_off(plan: PlanWorld) -> list[tuple[str, str, str]]:
    items = await held(plan, workflow="signed_off")
    return sorted((item["kpi"], item["segment"], item["period"]) for item in items)


class TestSignOff:
    async def test_by_kpi_changes_no_figure_and_is_a_revision(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        before = await value_of(plan, "K1", "2026-09")
        done = await sign_off(plan, kpis=["k1"], reason="Checked against the return")
        assert (done["changed"], done["left"]) == (3, 0)
        after = await value_of(plan, "K1", "2026-09")
        assert before and after
        assert {name: after[name] for name in FIGURES} == {name: before[name] for name in FIGURES}
        assert (after["workflow"], after["revision"], after["act"]) == ("signed_off", 2, "signed_off")
        assert after["reason"] == "Checked against the return"
        assert after["by"] == (await plan.user(Role.SENIOR_LEADER)).name
        assert [r["known_to"] for r in await revisions_of(plan, "K1", "2026-09")] == [
            after["known_from"],
            None,
        ]
        assert await assert_facts_equal_recomputation(plan) == 3
        assert await assert_chains_are_whole(plan) == 8

    async def test_by_feed_submission_period_or_value(self, plan: PlanWorld) -> None:
        submission = await two_kpis(plan)
        value = {"kpi": "K1", "period": "Aug-26"}
        assert (await sign_off(plan, values=[value]))["changed"] == 1
        assert await signed_off(plan) == [("K1", "_all", "2026-08")]
        assert (await sign_off(plan, submission=submission, periods=["2026-08"]))["changed"] == 1
        assert (await sign_off(plan, feeds=["nightly"], segments=["north"]))["changed"] == 1
        assert await signed_off(plan) == [
            ("K1", "_all", "2026-08"),
            ("K1", "north", "2026-09"),
            ("K2", "_all", "2026-08"),
        ]
        span: dict[str, Any] = {"from": "2026-09-01", "to": "2026-09-30"}
        done = await sign_off(plan, **span)
        assert (done["changed"], done["left_by_workflow"]["signed_off"]) == (2, 1)
        assert len(await signed_off(plan)) == 5

    async def test_what_changed_after_it_was_looked_at_is_left(self, plan: PlanWorld) -> None:
        submission = await two_kpis(plan)
        looked_at = (await (await plan.manager()).get(plan.url("/measurements"))).json()["known_at"]
        await values(plan, "K1", {"2026-08": 7, "2026-07": 79})
        await values(plan, "K2", {"2026-08": 6})
        done = await sign_off(plan, feeds=["nightly"], known_at=looked_at)
        assert (done["changed"], done["changed_since"], done["left"]) == (2, 2, 0)
        done = await sign_off(plan, kpis=["K2"], known_at=looked_at)
        assert (done["changed"], done["changed_since"]) == (1, 1)
        await act(plan, "/measurements/queries", question="Is it?", submission=submission)
        await act(plan, "/measurements/query-clearances", reason="It is", submission=submission)
        done = await sign_off(plan, submission=submission, known_at=looked_at)
        assert (done["changed"], done["changed_since"]) == (0, 1)
        changed = await value_of(plan, "K1", "2026-08")
        assert changed and (changed["value"], changed["workflow"]) == (7, "loaded")
        seen = (await (await plan.manager()).get(plan.url("/measurements"))).json()["known_at"]
        done = await sign_off(plan, kpis=["K1", "K2"], known_at=seen)
        assert (done["changed"], done["changed_since"]) == (4, 0)

    async def test_a_list_is_told_as_of_before_whoever_is_writing_still(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        await two_kpis(plan)
        manager = await plan.manager()
        async with engine.connect() as writer:
            stamp = await writer.scalar(text("select turnstone.utc(turnstone.stamp())"))
            told = (await manager.get(plan.url("/measurements"), params={"limit": 1})).json()["known_at"]
            await writer.rollback()
        assert told < stamp
        assert (await manager.get(plan.url("/measurements"), params={"known_at": told})).json()[
            "known_at"
        ] == told

    async def test_nothing_was_looked_at_in_the_future(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        leader = await plan.client(Role.SENIOR_LEADER)
        body = {"kpis": ["K1"], "known_at": "2999-01-01T00:00:00Z"}
        answer = await leader.post(plan.url("/measurements/sign-offs"), json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/known_at"

    async def test_twice_or_at_once_is_the_same_as_once(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        done = await asyncio.gather(*(sign_off(plan, kpis=["K1", "K2"]) for _ in range(4)))
        assert sum(one["changed"] for one in done) == 5
        assert sum(one["left"] for one in done) == 15
        assert await assert_chains_are_whole(plan) == 10

    async def test_leaves_what_is_under_query(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        await query(plan, values=[{"kpi": "K2", "period": "2026-09"}])
        done = await sign_off(plan, kpis=["K2"])
        assert (done["changed"], done["left_by_workflow"]["under_query"]) == (1, 1)

    async def test_a_submission_means_what_it_brought_and_nobody_changed(self, plan: PlanWorld) -> None:
        submission = await two_kpis(plan)
        await values(plan, "K2", {"2026-09": 6})
        await sign_off(plan, submission=submission)
        assert await signed_off(plan) == [("K2", "_all", "2026-08")]

    @pytest.mark.parametrize(
        ("chosen", "pointer"),
        [
            ({}, ""),
            ({"segments": ["_all"]}, ""),
            ({"kpis": ["K9"]}, "/kpis/0"),
            ({"feeds": ["none-such"]}, "/feeds/0"),
            ({"submission": "0f8fad5b-d9cb-469f-a165-70867728950e"}, "/submission"),
            ({"periods": ["last month"]}, "/periods/0"),
            ({"values": [{"kpi": "K9", "period": "2026-09"}]}, "/values/0/kpi"),
            ({"values": [{"kpi": "K1", "period": "FY2026-27"}]}, "/values/0/period"),
        ],
    )
    async def test_points_at_what_is_not_there(
        self, plan: PlanWorld, chosen: dict[str, object], pointer: str
    ) -> None:
        await two_kpis(plan)
        answer = await (await plan.manager()).post(plan.url("/measurements/sign-offs"), json=chosen)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer
        assert await signed_off(plan) == []

    async def test_is_told_among_the_changes(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        manager = await plan.manager()
        tag = {"If-None-Match": await etag_of(manager, plan.url("/measurements"))}
        await sign_off(plan, kpis=["K2"], reason="Agreed")
        assert (await manager.get(plan.url("/measurements"), headers=tag)).status_code == 200
        told = await changes(plan, kind="value_act")
        assert [item["title"] for item in told] == ["2 values signed off: Agreed"]

    async def test_new_figures_are_loaded_again(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        await sign_off(plan, kpis=["K2"])
        await values(plan, "K2", {"2026-09": 6})
        value = await value_of(plan, "K2", "2026-09")
        assert value and (value["workflow"], value["act"]) == ("loaded", None)

    async def test_not_of_another_plan(self, plan: PlanWorld) -> None:
        submission = await two_kpis(plan)
        other = await plan.service.new_plan()
        answer = await (await other.manager()).post(
            other.url("/measurements/sign-offs"), json={"submission": submission}
        )
        assert answer.status_code == 422

    async def test_thousands_at_once(self, plan: PlanWorld) -> None:
        """20 segments × 250 days, all in one go."""
        await a_kpi(plan, period_type="day", segments=[{"ref": f"s{n}", "title": f"S{n}"} for n in range(20)])
        days = [f"2026-{month:02}-{day:02}" for month in range(1, 11) for day in range(1, 26)]
        rows = [
            {"kpi": "K1", "segment": f"s{n}", "period": day, "value": n} for n in range(20) for day in days
        ]
        made = await submitted(plan, *rows)
        done = await sign_off(plan, submission=made["submission"])
        assert done["changed"] == 5_000
        assert await assert_facts_equal_recomputation(plan) == 20


class TestQuery:
    async def test_keeps_its_question_until_it_is_cleared(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        await sign_off(plan, kpis=["K2"])
        done = await query(plan, "Half is missing?", kpis=["K2"], periods=["2026-09"])
        assert done["changed"] == 1
        await act(plan, "/measurements/query-answers", answer="Two teams closed late", kpis=["K2"])
        value = await value_of(plan, "K2", "2026-09")
        assert value and (value["workflow"], value["question"], value["answer"]) == (
            "under_query",
            "Half is missing?",
            "Two teams closed late",
        )
        cleared = await act(plan, "/measurements/query-clearances", reason="Complete", kpis=["K2"])
        assert (cleared["changed"], cleared["left"]) == (1, 1)
        value = await value_of(plan, "K2", "2026-09")
        assert value and (value["workflow"], value["question"], value["answer"], value["reason"]) == (
            "loaded",
            None,
            None,
            "Complete",
        )
        kinds = [r["act"] for r in await revisions_of(plan, "K2", "2026-09")]
        assert kinds == [None, "signed_off", "queried", "answered", "cleared"]
        assert {r["value"] for r in await revisions_of(plan, "K2", "2026-09")} == {5}
        await assert_chains_are_whole(plan)

    async def test_outlives_words_and_ends_with_new_figures(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        await query(plan, "Sure?", kpis=["K2"])
        await push(plan, {"kpi": "K2", "period": "2026-09", "value": 5, "note": "counted again"})
        await push(plan, {"kpi": "K2", "period": "2026-08", "value": 7})
        september, august = await value_of(plan, "K2", "2026-09"), await value_of(plan, "K2", "2026-08")
        assert september and (september["workflow"], september["question"]) == ("under_query", "Sure?")
        assert august and (august["workflow"], august["question"]) == ("loaded", None)

    async def test_by_the_door_for_one_value_the_reason_is_the_question(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        manager = await plan.manager()
        url = plan.url("/kpis/K2/measurements/_all/2026-09")
        body = {"value": 5, "workflow": "under_query", "reason": "Too round?"}
        answer = await manager.put(url, json=body, headers={"If-Match": await etag_of(manager, url)})
        assert answer.status_code == 200, answer.text
        value = await value_of(plan, "K2", "2026-09")
        assert value and value["question"] == "Too round?"

    async def test_what_is_under_query_keeps_the_question_it_has(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        await query(plan, "First?", kpis=["K2"])
        assert (await query(plan, "Second?", kpis=["K2"]))["changed"] == 0
        assert {item["question"] for item in await held(plan, kpi="K2")} == {"First?"}

    async def test_needs_words(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        manager = await plan.manager()
        for path in ("queries", "query-answers", "query-clearances"):
            answer = await manager.post(plan.url(f"/measurements/{path}"), json={"kpis": ["K1"]})
            assert answer.status_code == 422

    async def test_a_senior_leader_signs_off_and_queries_nothing(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        leader = await plan.client(Role.SENIOR_LEADER)
        body = {"kpis": ["K1"], "question": "Why?"}
        assert (await leader.post(plan.url("/measurements/queries"), json=body)).status_code == 403


class TestListOfThePlan:
    async def test_finds_what_is_to_be_checked_the_oldest_first(self, plan: PlanWorld) -> None:
        submission = await two_kpis(plan)
        await query(plan, kpis=["K1"], periods=["2026-09"])
        manager = await plan.manager()

        async def found(**asked: str) -> list[tuple[str, str, str]]:
            answer = await manager.get(plan.url("/measurements"), params=asked)
            assert answer.status_code == 200, answer.text
            return [(v["kpi"], v["segment"], v["period"]) for v in answer.json()["items"]]

        assert await found(workflow="under_query", sort="segment") == [
            ("K1", "_all", "2026-09"),
            ("K1", "north", "2026-09"),
        ]
        assert await found(workflow="loaded", feed="NIGHTLY") == [("K1", "_all", "2026-08")]
        assert len(await found(submission=submission)) == 2
        assert await found(kpi="K2", period="2026-08") == [("K2", "_all", "2026-08")]
        assert await found(older_than_days="0") == []
        await plan.service.owner.execute(
            "update measurement_revision set known_from = now() - interval '9 days'"
            " where plan_id = %s and period = '2026-08' and kpi_id = (select id from kpi where plan_id = %s"
            " and ref = 'K2')",
            (plan.id, plan.id),
        )
        assert await found(older_than_days="7", workflow="loaded") == [("K2", "_all", "2026-08")]
        assert (await found(workflow="loaded"))[0] == ("K2", "_all", "2026-08")

    async def test_pages_through(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        manager = await plan.manager()
        seen, url = [], plan.url("/measurements?limit=2&sort=kpi,period,segment&total=true")
        while True:
            body = (await manager.get(url)).json()
            assert body["total"] == 5
            seen += [(v["kpi"], v["period"], v["segment"]) for v in body["items"]]
            if body["next"] is None:
                break
            url = plan.url(f"/measurements?limit=2&sort=kpi,period,segment&total=true&cursor={body['next']}")
        assert len(seen) == 5 and seen == sorted(seen)

    async def test_shows_what_a_value_was_and_the_period_before(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        then = (await held(plan, kpi="K1", period="2026-08", segment="_all"))[0]["known_from"]
        await values(plan, "K1", {"2026-08": 79})
        await values(plan, "K1", {"2026-09": 82})
        await sign_off(plan, kpis=["K1"], periods=["2026-09"])
        shown = {v["period"]: v for v in await held(plan, kpi="K1", segment="_all")}
        measure = {"title": "Measure K1", "unit": "percent", "polarity": "higher", "decimals": 1}
        assert shown["2026-09"]["measure"] == measure
        assert (shown["2026-09"]["before"]["value"], shown["2026-08"]["before"]["value"]) == (81, 80)
        previous = shown["2026-09"]["previous"]
        assert (previous["period"], previous["figures"]["value"]) == ("2026-08", 79)
        assert shown["2026-08"]["previous"] is None
        (first,) = await held(plan, kpi="K1", segment="north")
        assert (first["before"], first["previous"]) == (None, None)
        known = {v["period"]: v for v in await held(plan, kpi="K1", segment="_all", known_at=then)}
        assert (known["2026-08"]["value"], known["2026-08"]["before"]) == (80, None)
        assert known["2026-09"]["previous"]["figures"]["value"] == 80


class TestWaiting:
    async def test_counts_what_somebody_has_to_look_at(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        await query(plan, kpis=["K2"], periods=["2026-09"])
        await sign_off(plan, kpis=["K2"], periods=["2026-08"])
        await lock(plan, "2026-08-31")
        await submitted(plan, {"kpi": "K2", "period": "2026-08", "value": 6})
        manager = await plan.manager()
        kpi = plan.url("/kpis/K1")
        etag = {"If-Match": await etag_of(manager, kpi)}
        assert (await manager.patch(kpi, json={"due_after_days": 0}, headers=etag)).status_code == 200
        answer = await manager.get(plan.url("/measurements/waiting"))
        feeds = (await manager.get(plan.url("/feeds"))).json()["items"]
        states = [feed["state"] for feed in feeds]
        assert states in (["late"], ["missing"])
        assert answer.json() == {
            "to_check": 3,
            "under_query": 1,
            "late_revisions": 1,
            "feeds_late": states.count("late"),
            "feeds_missing": states.count("missing"),
        }


class TestOnlyAsItWasSeen:
    async def test_what_changed_since_is_left(self, plan: PlanWorld) -> None:
        await two_kpis(plan)
        await values(plan, "K1", {"2026-09": 82})
        seen = [
            {"kpi": "K1", "period": "2026-08", "revision": 1},
            {"kpi": "K1", "period": "2026-09", "revision": 1},
        ]
        assert (await sign_off(plan, values=seen))["changed"] == 1
        assert await signed_off(plan) == [("K1", "_all", "2026-08")]
        assert (await sign_off(plan, values=[{"kpi": "K1", "period": "2026-09", "revision": 2}]))[
            "changed"
        ] == 1
