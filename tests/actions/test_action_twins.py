"""What the lists compute in SQL is what the rules say, over every way an action can stand."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

from api.actions.rules import is_due_soon, is_overdue, lateness, suggest_rating
from api.vocabulary import ActionStatus, DueMeans
from tests.actions.making import read
from tests.factories.world import PlanWorld

CLOCK = date(2018, 8, 31)
AMBER_DAYS = 31
DUE_SOON_DAYS = 28

DUE = (None, *(CLOCK + timedelta(days=days) for days in (-60, -32, -31, -1, 0, 1, 28, 29)))
WAYS: list[dict[str, Any]] = [
    {"status": status, "due_on": due, "due_means": means, "due_ongoing": ongoing}
    for status, due, means, ongoing in product(
        ActionStatus, DUE, (DueMeans.FINISH, DueMeans.START), (False, True)
    )
]
MILESTONES = (None, "late", "done", "ahead", "ongoing")


async def a_closed_plan_of(plan: PlanWorld, ways: list[dict[str, Any]]) -> None:
    """Actions that stand in each of these ways, in a plan whose clock stands still."""
    for place, way in enumerate(ways):
        values = {
            "plan_id": plan.id,
            "ref": f"W{place}",
            "position": place,
            "title": "t",
            "original_due_on": None,
            "original_due_ongoing": False,
            "completed_on": None,
        } | {name: value for name, value in way.items() if name != "milestone"}
        action_id = await plan.service.one(
            "insert into action (plan_id, ref, position, title, status, due_on, due_means, due_ongoing,"
            " original_due_on, original_due_ongoing, completed_on) values (%s, %s, %s, %s, %s, %s, %s, %s,"
            " %s, %s, %s) returning id",
            *(values[n] for n in ("plan_id", "ref", "position", "title", "status", "due_on", "due_means")),
            *(values[n] for n in ("due_ongoing", "original_due_on", "original_due_ongoing", "completed_on")),
        )
        if way.get("milestone"):
            late = way["milestone"] in {"late", "done", "ongoing"}
            await plan.service.owner.execute(
                "insert into milestone (plan_id, action_id, position, title, due_on, due_ongoing, done_on)"
                " values (%s, %s, 0, 'm', %s, %s, %s)",
                (
                    plan.id,
                    action_id,
                    CLOCK + timedelta(days=-1 if late else 1),
                    way["milestone"] == "ongoing",
                    CLOCK if way["milestone"] == "done" else None,
                ),
            )
    await plan.service.owner.execute(
        "update plan set status = 'closed', as_at = %s where id = %s", (CLOCK, plan.id)
    )


async def shown(plan: PlanWorld) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None:
        page = await read(plan, "/actions", limit=200, **({"cursor": page["next"]} if page["next"] else {}))
        found += page["items"]
    return found


class TestTwins:
    async def test_suggested_rating_overdue_and_due_soon_are_the_rules(self, plan: PlanWorld) -> None:
        await a_closed_plan_of(plan, WAYS)
        told = [(a["suggested_rating"], a["is_overdue"], a["is_due_soon"]) for a in await shown(plan)]
        assert told == [
            (
                suggest_rating(
                    way["status"],
                    way["due_on"],
                    CLOCK,
                    AMBER_DAYS,
                    due_means=way["due_means"],
                    due_ongoing=way["due_ongoing"],
                ),
                is_overdue(
                    way["status"],
                    way["due_on"],
                    CLOCK,
                    due_means=way["due_means"],
                    due_ongoing=way["due_ongoing"],
                ),
                is_due_soon(
                    way["status"], way["due_on"], CLOCK, days=DUE_SOON_DAYS, due_ongoing=way["due_ongoing"]
                ),
            )
            for way in WAYS
        ]

    async def test_an_overdue_milestone_weighs_as_the_rule_says(self, plan: PlanWorld) -> None:
        ways: list[dict[str, Any]] = [
            {"status": status, "due_on": due, "due_means": "finish", "due_ongoing": False, "milestone": m}
            for status, due, m in product(ActionStatus, (None, DUE[1], DUE[4], DUE[8]), MILESTONES)
        ]
        await a_closed_plan_of(plan, ways)
        assert [a["suggested_rating"] for a in await shown(plan)] == [
            suggest_rating(
                way["status"], way["due_on"], CLOCK, AMBER_DAYS, milestone_overdue=way["milestone"] == "late"
            )
            for way in ways
        ]

    async def test_lateness_against_both_dates_is_the_rule(self, plan: PlanWorld) -> None:
        ways: list[dict[str, Any]] = [
            {
                "status": status,
                "due_on": due,
                "due_means": means,
                "due_ongoing": ongoing,
                "original_due_on": original,
                "original_due_ongoing": ongoing,
                "completed_on": done if status.is_done else None,
            }
            for status, due, means, ongoing, original, done in product(
                ActionStatus,
                (None, DUE[1], DUE[6]),
                (DueMeans.FINISH, DueMeans.REVIEW),
                (False, True),
                (None, DUE[2], DUE[7]),
                (None, DUE[1], DUE[4]),
            )
            if status.is_done or done is None
        ]
        await a_closed_plan_of(plan, ways)
        told = [(a["lateness"], a["days_late"], a["days_late_originally"]) for a in await shown(plan)]
        ruled = [
            lateness(
                way["status"],
                way["due_on"],
                CLOCK,
                original_due_on=way["original_due_on"],
                completed_on=way["completed_on"],
                due_means=way["due_means"],
                due_ongoing=way["due_ongoing"],
                original_due_ongoing=way["original_due_ongoing"],
                due_soon_days=DUE_SOON_DAYS,
            )
            for way in ways
        ]
        assert told == [(r.state, r.days_late, r.days_late_originally) for r in ruled]
