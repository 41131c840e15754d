"""What the reader leads or owes: by itself, by its team, or as a deputy."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.factories.world import PlanWorld

TODAY = datetime.now(ZoneInfo("Europe/London")).date()


def days(count: int) -> str:
    return (TODAY + timedelta(days=count)).isoformat()


async def add_action(plan: PlanWorld, ref: str, **fields: Any) -> None:
    response = await (await plan.manager()).post(
        plan.url("/actions"), json={"ref": ref, "title": f"Action {ref}", "leads": ["lead"]} | fields
    )
    assert response.status_code == 201, response.text


async def report(plan: PlanWorld, action: str, on: str, text: str = "Done some.") -> None:
    narrative = await plan.service.one(
        "insert into narrative (plan_id, kind, text, on_on, on_precision)"
        " values (%s, 'progress', %s, %s, 'day') returning id",
        plan.id,
        text,
        on,
    )
    await plan.service.owner.execute(
        "insert into narrative_about (plan_id, narrative_id, action_id)"
        " values (%s, %s, (select id from action where plan_id = %s and ref = %s))",
        (plan.id, narrative, plan.id, action),
    )


async def work(plan: PlanWorld, role: Role = Role.ACTION_LEAD) -> dict[str, Any]:
    response = await (await plan.client(role)).get(plan.url("/my-work"))
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def lead(plan: PlanWorld, item: str, ref: str) -> None:
    """Let the action lead lead another kind of item."""
    table = "assurance_check" if item == "check" else item
    await plan.service.owner.execute(
        f"insert into item_lead (plan_id, party_id, {item}_id) values (%s,"
        " (select id from party where plan_id = %s and ref = 'lead'),"
        f" (select id from {table} where plan_id = %s and ref = %s))",
        (plan.id, plan.id, plan.id, ref),
    )


class TestActions:
    async def test_only_open_ones_led_are_listed_the_overdue_first(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await add_action(plan, "A1", due=days(5))
        await add_action(plan, "A2", due=days(-5))
        await add_action(plan, "A3")
        await add_action(plan, "A4", due=days(-50))
        await add_action(plan, "done", status="completed")
        await add_action(plan, "not-mine", leads=[])
        actions = (await work(plan))["actions"]
        assert [action["ref"] for action in actions] == ["A4", "A2", "A1", "A3"]
        assert [action["days_overdue"] for action in actions] == [50, 5, None, None]
        assert actions[0]["for"] == []

    async def test_an_update_is_due_after_28_days_without_one(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        for ref in ("never", "lately", "long-ago"):
            await add_action(plan, ref)
        await report(plan, "lately", days(-90))
        await report(plan, "lately", days(-28), "The latest.")
        await report(plan, "long-ago", days(-29))
        listed = {action["ref"]: action for action in (await work(plan))["actions"]}
        assert {ref: action["update_due"] for ref, action in listed.items()} == {
            "never": True,
            "lately": False,
            "long-ago": True,
        }
        assert listed["lately"]["last_update"] == days(-28)
        assert listed["lately"]["last_text"] == "The latest."
        assert listed["never"]["last_update"] is None

    async def test_a_deputy_sees_whose_they_are(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await add_action(plan, "A1")
        absent, deputy = await plan.user(Role.ACTION_LEAD), await plan.user(Role.SENIOR_LEADER)
        assert (await work(plan, Role.SENIOR_LEADER))["actions"] == []
        await plan.service.owner.execute(
            "insert into deputy (plan_id, user_id, deputy_id) values (%s, %s, %s)",
            (plan.id, absent.id, deputy.id),
        )
        mine = await work(plan, Role.SENIOR_LEADER)
        assert mine["stands_in_for"] == [absent.name]
        assert [(action["ref"], action["for"]) for action in mine["actions"]] == [("A1", [absent.name])]

    async def test_a_partner_sees_what_it_leads(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.PARTNER)
        await add_action(plan, "A1")
        await add_action(plan, "A2", leads=[])
        assert [action["ref"] for action in (await work(plan, Role.PARTNER))["actions"]] == ["A1"]

    async def test_another_plans_work_is_not_shown(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await add_action(plan, "A1")
        other = await plan.service.new_plan()
        await other.member(await plan.user(Role.ACTION_LEAD), Role.ACTION_LEAD)
        response = await (await plan.client(Role.ACTION_LEAD)).get(other.url("/my-work"))
        assert response.json()["actions"] == []


class TestEverythingElse:
    async def test_milestones_past_or_soon(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        milestones = [
            {"title": "late", "due": days(-3)},
            {"title": "soon", "due": days(3)},
            {"title": "far", "due": days(300)},
            {"title": "done", "due": days(1), "done_on": days(-1)},
        ]
        await add_action(plan, "A1", milestones=milestones)
        found = (await work(plan))["milestones"]
        assert [(each["title"], each["is_overdue"]) for each in found] == [("late", True), ("soon", False)]

    async def test_recommendations_count_their_open_and_overdue_actions(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await plan.service.owner.execute(
            "insert into recommendation (plan_id, ref, text, origin, status)"
            " values (%s, 'R1', 'Improve.', 'inspection', 'active'),"
            " (%s, 'R2', 'Closed.', 'inspection', 'closed')",
            (plan.id, plan.id),
        )
        for ref in ("R1", "R2"):
            await lead(plan, "recommendation", ref)
        await add_action(plan, "A1", recommendations=["R1"], due=days(-1), leads=[])
        await add_action(plan, "A2", recommendations=["R1"], status="completed", leads=[])
        (found,) = (await work(plan))["recommendations"]
        assert (found["ref"], found["actions_open"], found["actions_overdue"]) == ("R1", 1, 1)
        assert found["update_due"] is True

    async def test_kpis_with_their_latest_value(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        kpi = await plan.service.one(
            "insert into kpi (plan_id, ref, title, unit, polarity, period_type, kind, category, nature)"
            " values (%s, 'K1', 'Visits', 'percent', 'higher', 'month', 'quantitative', 'none', 'snapshot')"
            " returning id",
            plan.id,
        )
        segment = await plan.service.one(
            "insert into segment (plan_id, kpi_id, ref, title) values (%s, %s, '_all', 'All') returning id",
            plan.id,
            kpi,
        )
        await plan.service.owner.execute(
            "insert into series (plan_id, kpi_id, segment_id, basis, points, latest_period, latest_ends_on,"
            " latest_value, previous_period, previous_value)"
            " values (%s, %s, %s, 'validated_return', '[]', '2026-08', '2026-08-31', 91.50, '2026-07', 90)",
            (plan.id, kpi, segment),
        )
        await lead(plan, "kpi", "K1")
        (found,) = (await work(plan))["kpis"]
        assert found["latest"] == {"period": "2026-08", "ends_on": "2026-08-31", "value": 91.5, "grade": None}
        assert found["previous"]["value"] == 90

    async def test_checks_that_wait_for_a_result(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        for ref, due, recurrence in (
            ("due", days(-1), None),
            ("done", days(-1), None),
            ("again", days(-1), "quarterly"),
            ("far", days(200), None),
        ):
            check = await plan.service.one(
                "insert into assurance_check (plan_id, ref, title, kind, due_on, due_precision, recurrence)"
                " values (%s, %s, 'Dip sample', 'dip_sample', %s, 'day', %s) returning id",
                plan.id,
                ref,
                due,
                recurrence,
            )
            await lead(plan, "check", ref)
            if ref in ("done", "again"):
                await plan.service.owner.execute(
                    "insert into check_result (plan_id, check_id, position, found_on, result)"
                    " values (%s, %s, 0, %s, 'impact_clear')",
                    (plan.id, check, days(-100)),
                )
        found = (await work(plan))["checks"]
        assert [check["ref"] for check in found] == ["due", "again"]

    async def test_risks_due_for_review(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        for ref, review in (("past", days(-1)), ("far", days(200))):
            await plan.service.owner.execute(
                "insert into risk (plan_id, ref, title, review_on) values (%s, %s, 'Agency staff', %s)",
                (plan.id, ref, review),
            )
            await lead(plan, "risk", ref)
        (found,) = (await work(plan))["risks"]
        assert (found["ref"], found["is_overdue"]) == ("past", True)

    async def test_escalations_that_wait_for_an_answer(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        stages = [{"title": "Lead", "role": "action_lead", "working_days": 2}]
        await manager.post(plan.url("/ladders"), json={"ref": "stuck", "title": "Stuck", "stages": stages})
        body = {"title": "No answer", "text": "x", "cause": "other", "ladder": "stuck"}
        await manager.post(plan.url("/escalations"), json=body)
        assert [each["ref"] for each in (await work(plan))["escalations"]] == ["E-1"]
        assert (await work(plan, Role.SENIOR_LEADER))["escalations"] == []


class TestReading:
    async def test_it_takes_one_query_however_much_there_is(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        client = await plan.client(Role.ACTION_LEAD)
        counts = []
        for batch in range(2):
            for number in range(3):
                await add_action(plan, f"A{batch}-{number}", due=days(-number))
            seen: list[str] = []

            def note(_c: Any, _cursor: Any, statement: str, *_rest: Any, seen: list[str] = seen) -> None:
                seen.append(statement)

            event.listen(engine.sync_engine, "before_cursor_execute", note)
            try:
                await client.get(plan.url("/my-work"))
            finally:
                event.remove(engine.sync_engine, "before_cursor_execute", note)
            counts.append(len(seen))
        assert counts[0] == counts[1] == 2

    async def test_what_is_unchanged_is_not_sent_again(self, plan: PlanWorld) -> None:
        client = await plan.client(Role.ACTION_LEAD)
        etag = (await client.get(plan.url("/my-work"))).headers["etag"]
        again = await client.get(plan.url("/my-work"), headers={"If-None-Match": etag})
        assert again.status_code == 304

    async def test_a_stranger_finds_no_plan(self, plan: PlanWorld) -> None:
        stranger = await plan.service.stranger()
        assert (await stranger.get(plan.url("/my-work"))).status_code == 404
