"""A delivery withdrawn: what it brought is undone, by revisions that carry the reason."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.changes.reading import changes
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, push, values
from tests.measurements.making import (
    act,
    held,
    lock,
    now,
    query,
    revisions_of,
    sign_off,
    submitted,
    value_of,
    withdraw,
)
from tests.measurements.test_together import assert_chains_are_whole, assert_facts_equal_recomputation
from tests.verdicts.stored import assert_stored_equals_recomputation


def row(period: str, value: float, kpi: str = "K1") -> dict[str, Any]:
    return {"kpi": kpi, "period": period, "value": value}


class TestWithdraw:
    async def test_earlier_values_come_back_with_the_reason(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await submitted(plan, row("2026-08", 80) | {"note": "as first told"}, row("2026-09", 81))
        await sign_off(plan, kpis=["K1"], periods=["2026-08"])
        wrong = await submitted(plan, row("2026-08", 70), row("2026-09", 71))
        answer = await withdraw(plan, wrong["submission"], "Extract of the wrong month")
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["status"] == "withdrawn" and body["updated"] == 2
        assert body["withdrawal"] | {"at": "", "by": ""} == {
            "at": "",
            "by": "",
            "reason": "Extract of the wrong month",
            "restored": 2,
            "confirmed": 0,
            "removed": 0,
            "kept": 0,
        }
        august = await value_of(plan, "K1", "2026-08")
        assert august and (august["value"], august["note"], august["workflow"]) == (
            80,
            "as first told",
            "signed_off",
        )
        assert (august["act"], august["reason"], august["revision"]) == (
            "withdrawn",
            "Extract of the wrong month",
            4,
        )
        assert [r["value"] for r in await revisions_of(plan, "K1", "2026-08")] == [80, 80, 70, 80]
        assert await assert_facts_equal_recomputation(plan) == 1
        await assert_chains_are_whole(plan)

    async def test_of_what_it_first_brought_nothing_is_known_any_more(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        wrong = await submitted(plan, row("2026-08", 70), row("2026-09", 71))
        moment = await now(plan)
        body = (await withdraw(plan, wrong["submission"])).json()
        assert (body["withdrawal"]["removed"], body["withdrawal"]["restored"]) == (2, 0)
        assert await value_of(plan, "K1", "2026-09") is None
        assert await held(plan) == []
        kpi = (await (await plan.manager()).get(plan.url("/kpis/K1"))).json()
        assert (kpi["points"], kpi["points_held"], kpi["latest"]) == ([], 0, None)
        last = (await revisions_of(plan, "K1", "2026-09"))[-1]
        assert (last["state"], last["value"], last["known_to"]) == ("withdrawn", None, None)
        assert last["reason"] == "Wrong month"
        was = await value_of(plan, "K1", "2026-09", known_at=moment)
        assert was and was["value"] == 71
        series = await plan.service.one("select points_held from series where plan_id = %s", plan.id)
        assert series == 0

    async def test_a_value_sent_again_goes_on_from_there(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        wrong = await submitted(plan, row("2026-09", 71))
        await withdraw(plan, wrong["submission"])
        manager = await plan.manager()
        url = plan.url("/kpis/K1/measurements/_all/2026-09")
        stale = await manager.put(url, json={"value": 72}, headers={"If-Match": '"1.x"'})
        assert stale.status_code == 412
        made = await manager.put(url, json={"value": 72}, headers={"If-None-Match": "*"})
        assert made.status_code == 201 and made.headers["etag"].startswith('"3.')
        assert made.json()["changes"][0]["old"] is None
        assert (await etag_of(manager, url)).startswith('"3.')
        assert await assert_chains_are_whole(plan) == 3
        await assert_facts_equal_recomputation(plan)

    async def test_what_came_later_stays(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        wrong = await submitted(plan, row("2026-08", 70), row("2026-09", 71))
        await values(plan, "K1", {"2026-09": 90})
        body = (await withdraw(plan, wrong["submission"])).json()
        assert [body["withdrawal"][name] for name in ("restored", "removed", "kept")] == [0, 1, 1]
        assert [(v["period"], v["value"]) for v in await held(plan)] == [("2026-09", 90)]

    async def test_goes_back_past_deliveries_that_were_withdrawn_before(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-09": 80})
        second = await submitted(plan, row("2026-09", 70))
        third = await submitted(plan, row("2026-09", 60))
        await withdraw(plan, second["submission"])
        value = await value_of(plan, "K1", "2026-09")
        assert value and value["value"] == 60
        await withdraw(plan, third["submission"])
        value = await value_of(plan, "K1", "2026-09")
        assert value and value["value"] == 80

    async def test_a_sign_off_does_not_shield_what_was_wrong(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        wrong = await submitted(plan, row("2026-09", 71))
        await sign_off(plan, kpis=["K1"])
        await query(plan, kpis=["K1"])
        assert (await withdraw(plan, wrong["submission"])).json()["withdrawal"]["removed"] == 1

    async def test_reaches_into_locked_periods(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-09": 80})
        wrong = await submitted(plan, row("2026-09", 71))
        await lock(plan, "2026-09-30")
        assert (await withdraw(plan, wrong["submission"])).json()["withdrawal"]["restored"] == 1

    async def test_twice_is_the_same_as_once(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        wrong = await submitted(plan, row("2026-09", 71))
        first = (await withdraw(plan, wrong["submission"], "First")).json()
        again = await withdraw(plan, wrong["submission"], "Second")
        assert again.status_code == 200 and again.json() == first
        assert await assert_chains_are_whole(plan) == 2

    async def test_only_of_what_stored_something(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        rejected = (await push(plan, row("2026-09", 1, "K9"))).json()["submission"]
        preview = await submitted(plan, row("2026-09", 1), dry_run=True)
        for submission in (rejected, preview):
            assert (await withdraw(plan, submission["submission"])).status_code == 409
        assert (await withdraw(plan, "0f8fad5b-d9cb-469f-a165-70867728950e")).status_code == 404

    async def test_is_listed_as_withdrawn(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        wrong = await submitted(plan, row("2026-09", 71))
        await withdraw(plan, wrong["submission"])
        manager = await plan.manager()
        listed = (await manager.get(plan.url("/submissions"), params={"status": "withdrawn"})).json()["items"]
        assert [item["submission"] for item in listed] == [wrong["submission"]]
        assert listed[0]["withdrawal"]["by"] == (await plan.user(Role.PERFORMANCE_OFFICER)).name
        read = (await manager.get(plan.url(f"/submissions/{wrong['submission']}"))).json()
        assert [c["period"] for c in read["changes"]] == ["2026-09"]

    async def test_needs_a_reason_and_those_who_manage_values(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        wrong = await submitted(plan, row("2026-09", 71))
        url = plan.url(f"/submissions/{wrong['submission']}/withdrawal")
        assert (await (await plan.manager()).post(url, json={})).status_code == 422
        for role in (Role.SENIOR_LEADER, Role.INTERNAL_AUDITOR, Role.PARTNER):
            answer = await (await plan.client(role)).post(url, json={"reason": "x"})
            assert answer.status_code == 403
        assert await value_of(plan, "K1", "2026-09") is not None


class TestRecognised:
    async def test_the_same_body_again_names_the_earlier_submission(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        first = await submitted(plan, row("2026-09", 80))
        assert first["repeats"] is None
        again = await submitted(plan, row("2026-09", 80))
        assert again["repeats"] == first["submission"] and again["unchanged"] == 1
        await values(plan, "K1", {"2026-09": 81})
        third = await submitted(plan, row("2026-09", 80))
        assert third["repeats"] == again["submission"] and third["updated"] == 1
        manager = await plan.manager()
        read = (await manager.get(plan.url(f"/submissions/{third['submission']}"))).json()
        assert read["repeats"] == again["submission"]

    async def test_a_preview_or_refusal_is_no_earlier_submission(self, plan: PlanWorld) -> None:
        rows = [row("2026-09", 80)]
        assert (await push(plan, *rows)).status_code == 422
        await a_kpi(plan)
        assert (await submitted(plan, *rows))["repeats"] is None
        other = await plan.service.new_plan()
        await a_kpi(other)
        assert (await submitted(other, *rows))["repeats"] is None


class TestAtOnce:
    async def test_two_withdraw_it_together(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan)
        wrong = await submitted(plan, row("2026-09", 71))
        answers = await asyncio.gather(*(withdraw(plan, wrong["submission"]) for _ in range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4
        assert len({answer.json()["withdrawal"]["at"] for answer in answers}) == 1
        assert await assert_chains_are_whole(plan) == 2
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    @pytest.mark.parametrize("seed", [1, 2, 3])
    async def test_two_systems_push_the_same_keys_while_deliveries_are_withdrawn(
        self, plan: PlanWorld, engine: AsyncEngine, seed: int
    ) -> None:
        chance = random.Random(seed)
        refs = ["K1", "K2"]
        for ref in refs:
            await a_kpi(plan, ref)
        clients = [await plan.manager(), await plan.client(Role.PERFORMANCE_OFFICER)]
        submissions: list[str] = []

        async def system(number: int) -> None:
            for _ in range(6):
                rows = [
                    row(f"2026-{month:02}", chance.randrange(4), ref)
                    for ref in refs
                    for month in range(1, 5)
                    if chance.random() < 0.7
                ] or [row("2026-01", 1)]
                body = (await push(plan, *rows, by=clients[number], mode="partial")).json()
                counted = [body[name] for name in ("created", "updated", "unchanged", "queued", "rejected")]
                assert body["received"] == sum(counted)
                submissions.append(body["submission"])

        async def regret() -> None:
            for _ in range(6):
                await asyncio.sleep(0)
                if submissions:
                    answer = await withdraw(plan, chance.choice(submissions))
                    assert answer.status_code == 200, answer.text
                await sign_off(plan, kpis=refs)

        await asyncio.gather(system(0), system(1), regret())
        await assert_facts_equal_recomputation(plan)
        await assert_chains_are_whole(plan)
        await assert_nothing_withdrawn_is_known(plan)
        assert await assert_stored_equals_recomputation(plan, engine) == len(refs)

    async def test_each_withdrawn_in_any_order_leaves_nothing(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        await a_kpi(plan)
        made = [await submitted(plan, row("2026-08", n), row("2026-09", 2 * n)) for n in range(1, 6)]
        random.Random(5).shuffle(made)
        await asyncio.gather(*(withdraw(plan, one["submission"]) for one in made))
        assert await held(plan) == []
        await assert_chains_are_whole(plan)
        assert await assert_stored_equals_recomputation(plan, engine) == 1


async def assert_nothing_withdrawn_is_known(plan: PlanWorld) -> None:
    """No value known now was brought by a delivery that was withdrawn."""
    count = await plan.service.one(
        "select count(*) from measurement m join submission su on su.id = m.submission_id"
        " where m.plan_id = %s and su.status = 'withdrawn'",
        plan.id,
    )
    assert count == 0


class TestAnyOrder:
    async def test_what_is_known_is_the_last_word_not_withdrawn(self, plan: PlanWorld) -> None:
        """Against a model: the value is the last one that a standing delivery said, whoever said it first."""
        chance = random.Random(17)
        for place in range(12):
            ref = f"M{place}"
            await a_kpi(plan, ref)
            said: list[tuple[str, int]] = []
            gone: set[str] = set()
            for _ in range(9):
                deed = chance.random()
                if deed < 0.6 or not said:
                    value = chance.randrange(3)
                    said.append(((await submitted(plan, row("2026-09", value, ref)))["submission"], value))
                elif deed < 0.85:
                    chosen = chance.choice(said)[0]
                    await withdraw(plan, chosen)
                    gone.add(chosen)
                else:
                    await act(plan, "/measurements/sign-offs", kpis=[ref])
                standing = [value for submission, value in said if submission not in gone]
                known = await value_of(plan, ref, "2026-09")
                assert (known["value"] if known else None) == (standing[-1] if standing else None)
        await assert_facts_equal_recomputation(plan)
        await assert_chains_are_whole(plan)
        await assert_nothing_withdrawn_is_known(plan)


class TestInTheRecord:
    async def test_a_delivery_that_repeats_another_is_told_by_its_ref(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "K1")
        row = {"kpi": "K1", "period": "2026-09", "value": 81}
        first = await submitted(plan, row)
        again = await submitted(plan, row)
        assert again["repeats"] == first["submission"]
        manager = await plan.manager()
        assert (await manager.get(plan.url("/dashboard"))).status_code == 200
        refs = {entry["ref"] for entry in await changes(plan, at_least=2, kind="submission")}
        assert {first["submission"], again["submission"]} <= refs


class TestListed:
    """A period of which nothing is known any more is listed for who asks, so that its past can be found."""

    async def listed(self, plan: PlanWorld, **query: Any) -> list[tuple[str, str, float | None]]:
        client = await plan.client(Role.BOARD_MEMBER)
        answer = await client.get(plan.url("/kpis/K1/measurements"), params={"withdrawn": True} | query)
        assert answer.status_code == 200, answer.text
        return [(one["period"], one["state"], one["value"]) for one in answer.json()["items"]]

    async def test_beside_the_values_that_are_known(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-07": 69})
        wrong = await submitted(plan, row("2026-08", 70), row("2026-09", 71))
        await values(plan, "K1", {"2026-09": 72})
        await withdraw(plan, wrong["submission"], "Extract of the wrong month")
        assert await self.listed(plan) == [
            ("2026-07", "reported", 69),
            ("2026-08", "withdrawn", None),
            ("2026-09", "reported", 72),
        ]
        assert await self.listed(plan, withdrawn=False) == [
            ("2026-07", "reported", 69),
            ("2026-09", "reported", 72),
        ]
        assert await self.listed(plan, **{"from": "2026-08-01", "to": "2026-08-31"}) == [
            ("2026-08", "withdrawn", None)
        ]

    async def test_its_revisions_tell_what_it_was_and_why_it_went(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        wrong = await submitted(plan, row("2026-08", 70))
        await withdraw(plan, wrong["submission"], "Extract of the wrong month")
        client = await plan.client(Role.BOARD_MEMBER)
        (found,) = (await client.get(plan.url("/kpis/K1/measurements"), params={"withdrawn": True})).json()[
            "items"
        ]
        at = f"/kpis/K1/measurements/{found['segment']}/{found['period']}/revisions"
        told = (await client.get(plan.url(at), params={"basis": found["basis"]})).json()["items"]
        assert [(one["state"], one["value"], one["reason"]) for one in told] == [
            ("withdrawn", None, "Extract of the wrong month"),
            ("reported", 70, None),
        ]

    async def test_as_it_was_at_a_moment(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        wrong = await submitted(plan, row("2026-08", 70))
        known = await now(plan)
        await withdraw(plan, wrong["submission"])
        gone = await now(plan)
        await values(plan, "K1", {"2026-08": 75})
        for read in ("known_at", "as_of"):
            assert await self.listed(plan, **{read: known}) == [("2026-08", "reported", 70)]
            assert await self.listed(plan, **{read: gone}) == [("2026-08", "withdrawn", None)]
            assert await self.listed(plan, **{read: gone}, withdrawn=False) == []
        assert await self.listed(plan) == [("2026-08", "reported", 75)]

    async def test_page_by_page_and_never_with_the_cursor_of_the_other_list(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        wrong = await submitted(plan, *(row(f"2026-0{month}", 70) for month in range(1, 6)))
        await withdraw(plan, wrong["submission"])
        client = await plan.manager()
        at = plan.url("/kpis/K1/measurements")
        first = (await client.get(at, params={"withdrawn": True, "limit": 3, "total": True})).json()
        assert (len(first["items"]), first["total"]) == (3, 5)
        asked = {"withdrawn": True, "limit": 3, "cursor": first["next"]}
        assert len((await client.get(at, params=asked)).json()["items"]) == 2
        other = await client.get(at, params=asked | {"withdrawn": False})
        assert (other.status_code, other.json()["type"]) == (422, "/v1/problems/bad-cursor")
