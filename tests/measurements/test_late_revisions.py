"""Locked periods, and the queue in which new figures for them wait."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, push, values
from tests.measurements.making import (
    act,
    held,
    lock,
    now,
    sign_off,
    submitted,
    value_of,
    withdraw,
)
from tests.measurements.test_together import assert_chains_are_whole, assert_facts_equal_recomputation


async def queue(plan: PlanWorld, **asked: str) -> list[dict[str, object]]:
    answer = await (await plan.manager()).get(plan.url("/late-revisions"), params=asked)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


async def accept(plan: PlanWorld, **chosen: Any) -> dict[str, object]:
    return await act(plan, "/late-revisions/acceptances", reason="Agreed at the data meeting", **chosen)


async def decline(plan: PlanWorld, **chosen: Any) -> dict[str, object]:
    return await act(plan, "/late-revisions/declines", reason="Not what was counted", **chosen)


async def a_locked_september(plan: PlanWorld) -> None:
    """K1 with August and September known, and both locked."""
    await a_kpi(plan)
    await values(plan, "K1", {"2026-08": 80, "2026-09": 81})
    await lock(plan, "2026-09-30", kpis=["K1"])


class TestQueued:
    async def test_a_changed_value_waits_and_an_unchanged_one_is_unchanged(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        body = await submitted(
            plan,
            {"kpi": "K1", "period": "2026-08", "value": 80},
            {"kpi": "K1", "period": "2026-09", "value": 83, "note": "two late returns"},
            {"kpi": "K1", "period": "2026-10", "value": 90},
        )
        assert (body["unchanged"], body["queued"], body["created"]) == (1, 1, 1)
        assert [(c["period"], c["outcome"]) for c in body["changes"]] == [
            ("2026-09", "queued"),
            ("2026-10", "created"),
        ]
        value = await value_of(plan, "K1", "2026-09")
        assert value and (value["value"], value["is_locked"]) == (81, True)
        (waiting,) = await queue(plan)
        assert waiting["held"] and waiting["offered"]
        assert waiting["status"] == "waiting" and waiting["submission"] == body["submission"]
        assert (waiting["held"]["value"], waiting["offered"]["value"]) == (81, 83)  # type: ignore[index]
        assert await assert_facts_equal_recomputation(plan) == 1

    async def test_a_first_value_waits_too(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        body = await submitted(plan, {"kpi": "K1", "period": "2026-07", "value": 70})
        assert (body["created"], body["queued"]) == (0, 1)
        assert await value_of(plan, "K1", "2026-07") is None
        (waiting,) = await queue(plan)
        assert waiting["held"] is None

    async def test_words_and_sign_off_do_not_wait(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        body = await submitted(plan, {"kpi": "K1", "period": "2026-09", "value": 81, "note": "as told"})
        assert (body["updated"], body["queued"]) == (1, 0)
        assert (await sign_off(plan, kpis=["K1"]))["changed"] == 2

    async def test_a_preview_says_so_and_queues_nothing(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        body = await submitted(plan, {"kpi": "K1", "period": "2026-09", "value": 83}, dry_run=True)
        assert (body["status"], body["queued"]) == ("previewed", 1)
        assert await queue(plan) == []

    async def test_the_door_for_one_value_answers_202(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        manager = await plan.manager()
        url = plan.url("/kpis/K1/measurements/_all/2026-09")
        answer = await manager.put(url, json={"value": 83}, headers={"If-Match": await etag_of(manager, url)})
        assert answer.status_code == 202, answer.text
        assert answer.json()["queued"] == 1
        assert answer.headers["location"] == plan.url("/late-revisions")

    async def test_the_same_again_waits_once_and_another_takes_its_place(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        row = {"kpi": "K1", "period": "2026-09"}
        for _ in range(3):
            assert (await submitted(plan, row | {"value": 83}))["queued"] == 1
        assert len(await queue(plan)) == 1
        await submitted(plan, row | {"value": 84})
        assert [w["status"] for w in await queue(plan, sort="queued")] == ["superseded", "waiting"]
        await submitted(plan, row | {"value": 81})
        assert await queue(plan, status="waiting") == []

    async def test_what_two_senders_say_waits_side_by_side(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        row = {"kpi": "K1", "period": "2026-09"}
        await push(plan, row | {"value": 83})
        await push(plan, row | {"value": 84}, by=officer)
        await push(plan, row | {"value": 81}, by=officer)
        assert [(w["status"], w["offered"]["value"]) for w in await queue(plan)] == [  # type: ignore[index]
            ("waiting", 83),
            ("superseded", 84),
        ]


class TestDays:
    async def test_a_period_locks_so_many_days_after_its_end(self, plan: PlanWorld) -> None:
        today: date = await plan.service.one("select turnstone.today()")
        on_the_day, past_it = today - timedelta(days=30), today - timedelta(days=31)
        await a_kpi(plan, period_type="day", locks_after_days=30)
        body = await submitted(
            plan,
            {"kpi": "K1", "period": on_the_day.isoformat(), "value": 1},
            {"kpi": "K1", "period": past_it.isoformat(), "value": 1},
        )
        assert (body["created"], body["queued"]) == (1, 1)

    async def test_the_feeds_days_hold_where_the_kpi_has_none(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "K1", locks_after_days=3650)
        await a_kpi(plan, "K2")
        feed = {"ref": "nightly", "title": "Nightly", "kpis": ["K1", "K2"], "locks_after_days": 10}
        await (await plan.manager()).post(plan.url("/feeds"), json=feed)
        rows = [{"kpi": ref, "period": "2025-01", "value": 1} for ref in ("K1", "K2")]
        body = await submitted(plan, *rows)
        assert [(c["kpi"], c["outcome"]) for c in body["changes"]] == [("K1", "created"), ("K2", "queued")]
        kpi = (await (await plan.manager()).get(plan.url("/kpis/K2"))).json()
        assert (kpi["locks_after_days"], kpi["own_locks_after_days"]) == (10, None)

    async def test_a_system_that_does_not_see_the_feed_is_bound_by_it(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        feed = {"ref": "nightly", "title": "Nightly", "kpis": ["K1"], "locks_after_days": 10}
        await (await plan.manager()).post(plan.url("/feeds"), json=feed)
        admin = await plan.service.admin()
        made = (
            await admin.post("/v1/integrations", json={"name": "System", "scopes": ["measurement:write"]})
        ).json()
        member = {"client_id": made["client_id"], "role": "integration"}
        await (await plan.manager()).post(plan.url("/members"), json=member)
        form = {"client_id": made["client_id"], "client_secret": made["secret"]}
        signed_in = await admin.post("/v1/auth/token", data=form | {"grant_type": "client_credentials"})
        async with plan.service.anonymous() as system:
            system.headers["Authorization"] = f"Bearer {signed_in.json()['access_token']}"
            answer = await push(plan, {"kpi": "K1", "period": "2025-01", "value": 1}, by=system)
        assert answer.json()["queued"] == 1


class TestLock:
    async def test_the_last_word_counts(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "K1", locks_after_days=0)
        await a_kpi(plan, "K2")
        await values(plan, "K2", {"2026-08": 1})
        await lock(plan, "2026-08-31")
        value = await value_of(plan, "K2", "2026-08")
        assert value and value["is_locked"]
        span: dict[str, Any] = {"from": "2026-08-01", "to": "2026-08-31"}
        reopened = await act(
            plan, "/period-locks/reopenings", kpis=["K1"], reason="The return was amended", **span
        )
        assert (reopened["is_locked"], reopened["kpis"]) == (False, 1)
        body = await submitted(
            plan,
            {"kpi": "K1", "period": "2026-08", "value": 1},
            {"kpi": "K1", "period": "2026-07", "value": 1},
            {"kpi": "K2", "period": "2026-08", "value": 2},
        )
        assert [c["outcome"] for c in body["changes"]] == ["created", "queued", "queued"]
        listed = (await (await plan.manager()).get(plan.url("/period-locks"))).json()["items"]
        assert [(one["kpi"], one["from"], one["is_locked"]) for one in listed] == [
            ("K1", "2026-08-01", False),
            (None, None, True),
        ]
        assert listed[0]["by"] == (await plan.user(Role.PERFORMANCE_OFFICER)).name

    async def test_needs_a_reason_and_a_span_in_order(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        for body in (
            {"to": "2026-09-30"},
            {"reason": "x"},
            {"to": "2026-09-30", "from": "2026-10-01", "reason": "x"},
            {"to": "2026-09-30", "reason": "x", "kpis": ["K9"]},
        ):
            for path in ("/period-locks", "/period-locks/reopenings"):
                assert (await manager.post(plan.url(path), json=body)).status_code == 422
        assert (await manager.get(plan.url("/period-locks"))).json()["items"] == []

    async def test_is_read_as_it_was(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-08": 1})
        before = await now(plan)
        await lock(plan, "2026-08-31")
        then = await value_of(plan, "K1", "2026-08", as_of=before)
        assert then and not then["is_locked"]

    async def test_no_delivery_slips_past_a_lock(self, plan: PlanWorld) -> None:
        """Pushes and a lock at once: what was stored was there before the lock, all else waits."""
        await a_kpi(plan)
        await values(plan, "K1", {"2026-09": 0})
        pushed = [push(plan, {"kpi": "K1", "period": "2026-09", "value": n}) for n in range(1, 9)]
        locking = asyncio.create_task(lock(plan, "2026-09-30"))
        answers = await asyncio.gather(*pushed)
        await locking
        stored = sum(answer.json()["updated"] for answer in answers)
        moment = await plan.service.one("select max(created_at) from period_lock where plan_id = %s", plan.id)
        later = await plan.service.one(
            "select count(*) from measurement_revision where plan_id = %s and known_from > %s",
            plan.id,
            moment,
        )
        assert later == 0
        assert await assert_chains_are_whole(plan) == 1 + stored


class TestAccept:
    async def test_one_or_many_with_one_reason(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        body = await submitted(
            plan,
            {"kpi": "K1", "period": "2026-07", "value": 70},
            {"kpi": "K1", "period": "2026-08", "value": 82, "note": "late returns"},
            {"kpi": "K1", "period": "2026-09", "value": 83},
        )
        waiting = await queue(plan, sort="period")
        done = await accept(plan, late_revisions=[waiting[1]["id"]])
        assert (done["decided"], done["left"]) == (1, 0)
        value = await value_of(plan, "K1", "2026-08")
        assert value and (value["value"], value["act"], value["note"]) == (82, "accepted", "late returns")
        assert value["reason"] == "Agreed at the data meeting" and value["is_locked"]
        assert value["submission"] == body["submission"]
        assert (await accept(plan, submission=body["submission"]))["decided"] == 2
        assert [(v["period"], v["value"]) for v in await held(plan)] == [
            ("2026-07", 70),
            ("2026-08", 82),
            ("2026-09", 83),
        ]
        assert {w["status"] for w in await queue(plan)} == {"accepted"}
        assert await assert_facts_equal_recomputation(plan) == 1
        assert await assert_chains_are_whole(plan) == 5

    async def test_twice_or_at_once_is_the_same_as_once(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        await submitted(plan, {"kpi": "K1", "period": "2026-09", "value": 83})
        (waiting,) = await queue(plan)
        done = await asyncio.gather(
            *(accept(plan, late_revisions=[waiting["id"]]) for _ in range(3)),
            decline(plan, late_revisions=[waiting["id"]]),
        )
        assert sorted((one["decided"], one["left"]) for one in done) == [(0, 1), (0, 1), (0, 1), (1, 0)]
        await assert_chains_are_whole(plan)

    async def test_of_two_senders_the_last_word_is_taken(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        await push(plan, {"kpi": "K1", "period": "2026-09", "value": 83})
        await push(plan, {"kpi": "K1", "period": "2026-09", "value": 84}, by=officer)
        done = await accept(plan, kpis=["K1"])
        assert (done["decided"], done["superseded"]) == (1, 1)
        value = await value_of(plan, "K1", "2026-09")
        assert value and value["value"] == 84

    async def test_a_doubtful_one_is_held_under_query(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"plausible_high": 100})
        await lock(plan, "2026-09-30")
        body = await submitted(plan, {"kpi": "K1", "period": "2026-09", "value": 830})
        assert (body["queued"], body["warned"]) == (1, 1)
        await accept(plan, kpis=["K1"])
        value = await value_of(plan, "K1", "2026-09")
        assert value and value["workflow"] == "under_query" and "830 lies above 100" in value["question"]

    async def test_says_which_are_not_there(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        manager = await plan.manager()
        for chosen in ({}, {"late_revisions": [999999999]}, {"kpis": ["K9"]}):
            for path in ("acceptances", "declines"):
                answer = await manager.post(
                    plan.url(f"/late-revisions/{path}"), json={"reason": "x", **chosen}
                )
                assert answer.status_code == 422

    async def test_not_of_another_plan(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        await submitted(plan, {"kpi": "K1", "period": "2026-09", "value": 83})
        (waiting,) = await queue(plan)
        other = await plan.service.new_plan()
        answer = await (await other.manager()).post(
            other.url("/late-revisions/acceptances"), json={"reason": "x", "late_revisions": [waiting["id"]]}
        )
        assert answer.status_code == 422


class TestDecline:
    async def test_leaves_what_is_held(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        await submitted(plan, {"kpi": "K1", "period": "2026-09", "value": 83})
        assert (await decline(plan, kpis=["K1"]))["decided"] == 1
        value = await value_of(plan, "K1", "2026-09")
        assert value and (value["value"], value["revision"]) == (81, 1)
        (gone,) = await queue(plan)
        assert (gone["status"], gone["reason"]) == ("declined", "Not what was counted")
        assert (await submitted(plan, {"kpi": "K1", "period": "2026-09", "value": 83}))["queued"] == 1
        assert len(await queue(plan, status="waiting")) == 1

    async def test_the_queue_is_read_as_it_was(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        await submitted(plan, {"kpi": "K1", "period": "2026-09", "value": 83})
        moment = await now(plan)
        await decline(plan, kpis=["K1"])
        (then,) = await queue(plan, as_of=moment)
        assert (then["status"], then["decided_by"]) == ("waiting", None)


class TestWithdrawnWhileWaiting:
    async def test_it_waits_no_longer(self, plan: PlanWorld) -> None:
        await a_locked_september(plan)
        body = await submitted(plan, {"kpi": "K1", "period": "2026-09", "value": 83})
        answer = await withdraw(plan, body["submission"])
        assert answer.status_code == 200, answer.text
        (gone,) = await queue(plan)
        assert (gone["status"], gone["reason"]) == ("withdrawn", "Wrong month")
        assert (await accept(plan, kpis=["K1"]))["decided"] == 0
