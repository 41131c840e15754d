"""Whether feeds bring what they owe in time: the rule by itself, and over HTTP."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from api.kpis import periods
from api.kpis.punctuality import LOOKS_BACK, Punctuality, by_period, owed, state_of
from api.vocabulary import PeriodType, Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, closed, push, values

ON = date(2026, 10, 20)


def kpi(came: dict[str, str], **fields: Any) -> dict[str, Any]:
    """A monthly KPI due ten days after each month; ``came``: the day each value first came."""
    first = min((periods.from_key(key, PeriodType.MONTH) for key in came), default=None, key=lambda p: p or 0)
    return {
        "ref": "K1",
        "period_type": "month",
        "is_superseded": False,
        "due_after_days": 10,
        "locks_after_days": None,
        "arrivals": [{"period": key, "came_on": on} for key, on in came.items()],
        "first_ends_on": first.ends_on.isoformat() if first else None,
    } | fields


def states(item: dict[str, Any], on: date = ON) -> dict[str, str]:
    return {one.period.key: one.state.value for one in owed(item, on)}


class TestRule:
    def test_in_time_late_and_not_there(self) -> None:
        item = kpi({"2026-06": "2026-07-10", "2026-07": "2026-08-11"})
        assert states(item) == {
            "2026-06": "on_time",
            "2026-07": "late",
            "2026-08": "missing",
            "2026-09": "late",
        }

    def test_due_until_its_day_has_passed(self) -> None:
        item = kpi({"2026-08": "2026-09-01"})
        assert states(item, date(2026, 9, 30)) == {"2026-08": "on_time"}
        assert states(item, date(2026, 10, 1))["2026-09"] == "due"
        assert states(item, date(2026, 10, 10))["2026-09"] == "due"
        assert states(item, date(2026, 10, 11))["2026-09"] == "late"

    def test_missing_from_the_day_it_locks(self) -> None:
        item = kpi({"2026-08": "2026-09-01"}, locks_after_days=15)
        assert states(item, date(2026, 10, 15))["2026-09"] == "late"
        assert states(item, date(2026, 10, 16))["2026-09"] == "missing"

    def test_nothing_is_owed_from_before_its_first_value(self) -> None:
        assert list(states(kpi({"2026-08": "2026-09-01"}))) == ["2026-08", "2026-09"]
        assert list(states(kpi({"2026-10": "2026-10-02"}))) == []

    def test_without_any_value_the_latest_period_is_owed(self) -> None:
        assert states(kpi({})) == {"2026-09": "late"}

    def test_nothing_without_a_due_date_or_after_supersession(self) -> None:
        assert states(kpi({}, due_after_days=None)) == {}
        assert states(kpi({}, is_superseded=True)) == {}

    def test_a_feed_stands_as_its_worst_value_that_is_owed(self) -> None:
        fine = owed(kpi({"2026-08": "2026-09-01", "2026-09": "2026-10-01"}, ref="A"), ON)
        late = owed(kpi({"2026-08": "2026-09-30", "2026-09": "2026-10-01"}, ref="B"), ON)
        gone = owed(kpi({"2026-07": "2026-08-01"}, ref="C"), ON)
        assert state_of(fine + late) is Punctuality.ON_TIME
        assert state_of(fine + gone) is Punctuality.MISSING
        assert state_of([]) is None
        assert [(p["period"], p["state"], p["outstanding"]) for p in by_period(fine + gone)] == [
            ("2026-09", "late", ["C"]),
            ("2026-08", "missing", ["C"]),
            ("2026-07", "on_time", []),
        ]

    @given(
        st.sampled_from([PeriodType.DAY, PeriodType.WEEK, PeriodType.MONTH, PeriodType.FINANCIAL_QUARTER]),
        st.integers(0, 60),
        st.none() | st.integers(0, 90),
        st.integers(0, 400),
    )
    def test_a_value_that_does_not_come_only_grows_worse(
        self, kind: PeriodType, due: int, lock: int | None, days: int
    ) -> None:
        item = kpi({}, period_type=kind.value, due_after_days=due, locks_after_days=lock)
        item["first_ends_on"] = date(2026, 3, 31).isoformat()
        before = {one.period.key: one.state.badness for one in owed(item, ON + timedelta(days=days))}
        after = {one.period.key: one.state.badness for one in owed(item, ON + timedelta(days=days + 1))}
        assert len(after) <= LOOKS_BACK
        assert all(after[key] >= before[key] for key in before.keys() & after.keys())


async def a_feed(plan: PlanWorld, ref: str, **fields: Any) -> httpx.Response:
    answer = await (await plan.manager()).post(plan.url("/feeds"), json={"ref": ref, "title": ref} | fields)
    assert answer.status_code == 201, answer.text
    return answer


async def came_on(plan: PlanWorld, period: str, day: str) -> None:
    """Date a value as if it had first come at noon of a day."""
    await plan.service.owner.execute(
        "update measurement_revision set known_from = %s where plan_id = %s and period = %s",
        (datetime.fromisoformat(f"{day}T12:00:00+00:00"), plan.id, period),
    )


class TestFeeds:
    async def test_say_how_they_stand_period_by_period(self, plan: PlanWorld) -> None:
        await a_kpi(plan, "K1")
        await a_kpi(plan, "K2")
        await a_feed(plan, "nightly", frequency="Every night", due_after_days=10, kpis=["K1"])
        await a_feed(plan, "quiet", due_after_days=10, kpis=["K2"])
        await a_feed(plan, "owing-nothing")
        await values(plan, "K1", {"2018-07": 1, "2018-08": 1})
        await values(plan, "K2", {"2018-09": 1})
        for period, day in (("2018-07", "2018-08-10"), ("2018-08", "2018-09-11"), ("2018-09", "2018-10-01")):
            await came_on(plan, period, day)
        manager = await plan.manager()
        async with closed(plan, as_at="2018-10-20"):
            items = (await manager.get(plan.url("/feeds"))).json()["items"]
            late = await manager.get(plan.url("/feeds"), params={"state": "late"})
            fine = await manager.get(
                plan.url("/feeds"), params={"state": ["on_time", "due"], "total": "true"}
            )
        assert [(feed["ref"], feed["state"]) for feed in items] == [
            ("nightly", "late"),
            ("owing-nothing", None),
            ("quiet", "on_time"),
        ]
        assert items[0]["frequency"] == "Every night"
        assert [(p["period"], p["state"], p["due_on"]) for p in items[0]["periods"]] == [
            ("2018-09", "late", "2018-10-10"),
            ("2018-08", "late", "2018-09-10"),
            ("2018-07", "on_time", "2018-08-10"),
        ]
        assert items[0]["periods"][0]["outstanding"] == ["K1"]
        assert items[0]["periods"][1]["came_late"] == ["K1"]
        assert [feed["ref"] for feed in late.json()["items"]] == ["nightly"]
        assert [feed["ref"] for feed in fine.json()["items"]] == ["quiet"] and fine.json()["total"] == 1

    async def test_the_last_good_submission_of_a_feed_without_an_integration(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await a_feed(plan, "by-hand", kpis=["K1"])
        stored = (await push(plan, {"kpi": "K1", "period": "2026-09", "value": 1})).json()["submission"]
        await push(plan, {"kpi": "K1", "period": "soon", "value": 1})
        feed = (await (await plan.manager()).get(plan.url("/feeds/by-hand"))).json()
        assert feed["last_submission"]["submission"] == stored

    async def test_of_one_system_that_brings_two_feeds_each_has_its_own(self, plan: PlanWorld) -> None:
        admin = await plan.service.admin()
        made = (
            await admin.post("/v1/integrations", json={"name": "System", "scopes": ["measurement:write"]})
        ).json()
        member = {"client_id": made["client_id"], "role": "integration"}
        for ref in ("K1", "K2"):
            await a_kpi(plan, ref)
        added = await (await plan.manager()).post(plan.url("/members"), json=member)
        assert added.status_code == 201, added.text
        sender = await plan.service.one("select id from integration where client_id = %s", made["client_id"])
        for ref, kpi in (("first", "K1"), ("second", "K2")):
            await a_feed(plan, ref, integration=made["client_id"], kpis=[kpi])
        stored = {}
        for kpi in ("K1", "K2"):
            pushed = await push(plan, {"kpi": kpi, "period": "2026-09", "value": 1})
            stored[kpi] = pushed.json()["submission"]
        owner = plan.service.owner
        await owner.execute("update submission set submitted_by = %s where plan_id = %s", (sender, plan.id))
        client = await plan.manager()
        for ref, kpi in (("first", "K1"), ("second", "K2")):
            feed = (await client.get(plan.url(f"/feeds/{ref}"))).json()
            assert feed["last_submission"]["submission"] == stored[kpi]

    async def test_an_integration_sees_those_it_brings(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        admin = await plan.service.admin()
        made = (
            await admin.post("/v1/integrations", json={"name": "System", "scopes": ["measurement:write"]})
        ).json()
        member = {"client_id": made["client_id"], "role": "integration"}
        assert (await (await plan.manager()).post(plan.url("/members"), json=member)).status_code == 201
        await a_feed(plan, "its-own", integration=made["client_id"], kpis=["K1"], due_after_days=5)
        await a_feed(plan, "another")
        form = {"client_id": made["client_id"], "client_secret": made["secret"]}
        token = await admin.post("/v1/auth/token", data=form | {"grant_type": "client_credentials"})
        async with plan.service.anonymous() as system:
            system.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
            listed = (await system.get(plan.url("/feeds"))).json()["items"]
            assert [feed["ref"] for feed in listed] == ["its-own"]
            assert [kpi["ref"] for kpi in listed[0]["kpis"]] == ["K1"]
            assert (await system.get(plan.url("/feeds/another"))).status_code == 404
            mine = await system.get(plan.url("/feeds"), params={"mine": "true"})
            assert len(mine.json()["items"]) == 1
        partner = await plan.client(Role.PARTNER)
        assert (await partner.get(plan.url("/feeds"))).status_code == 403

    async def test_a_state_that_is_none_is_refused(self, plan: PlanWorld) -> None:
        answer = await (await plan.manager()).get(plan.url("/feeds"), params={"state": "sleepy"})
        assert answer.status_code == 422
