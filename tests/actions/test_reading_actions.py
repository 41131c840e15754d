from __future__ import annotations

from api.actions.schemas import ActionRead, ActionSummary
from api.vocabulary import Role
from tests.actions.making import (
    a_recommendation,
    an_action,
    days_from_now,
    fits,
    make,
    patch,
    problem,
    read,
    refs,
    version_of,
)
from tests.factories.world import PlanWorld


class TestList:
    async def test_keeps_the_plans_own_order(self, plan: PlanWorld) -> None:
        for ref in ("B2", "A1", "C3"):
            await an_action(plan, ref)
        assert await refs(plan, "/actions") == ["B2", "A1", "C3"]

    async def test_sorts_by_due_with_undated_last_either_way(self, plan: PlanWorld) -> None:
        await an_action(plan, "late", due="2026-01")
        await an_action(plan, "undated")
        await an_action(plan, "early", due="2025-12-31")
        assert await refs(plan, "/actions", sort="due") == ["early", "late", "undated"]
        assert await refs(plan, "/actions", sort="-due") == ["late", "early", "undated"]

    async def test_pages_give_every_action_once(self, plan: PlanWorld) -> None:
        for place in range(5):
            await an_action(plan, f"A{place}", due=None if place % 2 else f"2026-0{place + 1}")
        seen: list[str] = []
        page = await read(plan, "/actions", limit=2, sort="-due")
        while page["next"] is not None:
            seen += [item["ref"] for item in page["items"]]
            page = await read(plan, "/actions", limit=2, sort="-due", cursor=page["next"])
        seen += [item["ref"] for item in page["items"]]
        assert seen == ["A4", "A2", "A0", "A1", "A3"]

    async def test_counts_all_when_asked(self, plan: PlanWorld) -> None:
        for place in range(3):
            await an_action(plan, f"A{place}")
        page = await read(plan, "/actions", limit=1, total="true")
        assert page["total"] == 3 and len(page["items"]) == 1

    async def test_refuses_a_cursor_of_another_sort(self, plan: PlanWorld) -> None:
        for place in range(2):
            await an_action(plan, f"A{place}")
        cursor = (await read(plan, "/actions", limit=1))["next"]
        answer = await (await plan.manager()).get(
            plan.url("/actions"), params={"cursor": cursor, "sort": "ref"}
        )
        assert problem(answer) == (422, "bad-cursor")

    async def test_refuses_an_unknown_sort(self, plan: PlanWorld) -> None:
        answer = await (await plan.manager()).get(plan.url("/actions"), params={"sort": "colour"})
        assert problem(answer) == (422, "invalid")

    async def test_finds_overdue_due_soon_undated_and_slipped(self, plan: PlanWorld) -> None:
        await an_action(plan, "over", due=days_from_now(-1))
        await an_action(plan, "soon", due=days_from_now(3))
        await an_action(plan, "far", due=days_from_now(90))
        await an_action(plan, "undated")
        assert await refs(plan, "/actions", when="overdue") == ["over"]
        assert await refs(plan, "/actions", when="due_soon") == ["soon"]
        assert await refs(plan, "/actions", when=["overdue", "no_date"]) == ["over", "undated"]
        assert await refs(plan, "/actions", when="slipped") == []

    async def test_finds_by_status_rating_and_dimension(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", status="in_progress", rating="amber", dimension="staff")
        await an_action(plan, "A2", status="completed", dimension="financial")
        assert await refs(plan, "/actions", status=["in_progress", "not_started"]) == ["A1"]
        assert await refs(plan, "/actions", rating="grey") == ["A2"]
        assert await refs(plan, "/actions", dimension="staff") == ["A1"]

    async def test_finds_by_lead_and_the_leaderless(self, plan: PlanWorld) -> None:
        await plan.party("head-of-qa")
        await an_action(plan, "A1", leads=["head-of-qa"])
        await an_action(plan, "A2")
        assert await refs(plan, "/actions", lead="HEAD-of-qa") == ["A1"]
        assert await refs(plan, "/actions", lead="none") == ["A2"]

    async def test_finds_by_recommendation_and_parent(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        await an_action(plan, "1.3", recommendations=["r1"])
        await an_action(plan, "1.3.1", parent="1.3")
        assert await refs(plan, "/actions", recommendation="R1") == ["1.3"]
        assert await refs(plan, "/actions", parent="1.3") == ["1.3.1"]
        assert await refs(plan, "/actions", parent="none") == ["1.3"]

    async def test_finds_words_in_any_order(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", title="Train every social worker")
        await an_action(plan, "A2", title="Recruit a worker")
        assert await refs(plan, "/actions", q="worker TRAIN") == ["A1"]

    async def test_finds_what_is_mine_through_a_deputy(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.SENIOR_LEADER)
        await an_action(plan, "A1", leads=["lead"])
        await an_action(plan, "A2")
        leader, deputy = await plan.user(Role.SENIOR_LEADER), await plan.user(Role.ACTION_LEAD)
        await plan.service.owner.execute(
            "insert into deputy (plan_id, user_id, deputy_id) values (%s, %s, %s)",
            (plan.id, leader.id, deputy.id),
        )
        assert await refs(plan, "/actions", role=Role.ACTION_LEAD, mine="true") == ["A1"]

    async def test_finds_what_somebody_doubts(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1")
        await an_action(plan, "A2")
        await plan.service.owner.execute(
            "insert into source_note (plan_id, action_id, kind, text)"
            " select plan_id, id, 'unreadable', 'A lost colour' from action"
            " where plan_id = %s and ref = 'A2'",
            (plan.id,),
        )
        assert await refs(plan, "/actions", doubtful="true") == ["A2"]
        assert (await read(plan, "/actions/A2"))["doubts"] == 1

    async def test_a_partner_sees_only_what_it_was_given_or_leads(self, plan: PlanWorld) -> None:
        await plan.party("nhs", role=Role.PARTNER)
        await an_action(plan, "A1", leads=["nhs"])
        await an_action(plan, "A2")
        assert await refs(plan, "/actions", role=Role.PARTNER) == ["A1"]

    async def test_as_of_shows_the_list_as_it_stood(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", due="2030-01")
        moment = await plan.service.one("select clock_timestamp()")
        await patch(plan, "/actions/A1", {"title": "Other words"})
        await an_action(plan, "A2")
        was = await read(plan, "/actions", as_of=moment.isoformat().replace("+00:00", "Z"))
        assert [(a["ref"], a["title"]) for a in was["items"]] == [("A1", "Do A1")]


class TestRead:
    async def test_shows_what_is_documented(self, plan: PlanWorld) -> None:
        await plan.party("lead")
        await an_action(plan, leads=["lead"], due="2018-03", milestones=[{"title": "Draft", "due": "2018"}])
        fits(ActionRead, await read(plan, "/actions/A1"))
        fits(ActionSummary, (await read(plan, "/actions"))["items"][0])

    async def test_finds_a_ref_in_any_case(self, plan: PlanWorld) -> None:
        await an_action(plan, "A01.KA03")
        assert (await read(plan, "/actions/a01.ka03"))["ref"] == "A01.KA03"

    async def test_shows_the_plans_own_word_for_the_status(self, plan: PlanWorld) -> None:
        await plan.service.owner.execute(
            "insert into status_word (plan_id, position, word, status)"
            " values (%s, 0, 'On track', 'in_progress')",
            (plan.id,),
        )
        assert (await an_action(plan, "A1", status="in_progress"))["status_word"] == "On track"
        assert (await an_action(plan, "A2"))["status_word"] == "Not Started"

    async def test_answers_304_to_the_etag_it_gave(self, plan: PlanWorld) -> None:
        await an_action(plan)
        manager, etag = await plan.manager(), await version_of(plan, "/actions/A1")
        again = await manager.get(plan.url("/actions/A1"), headers={"If-None-Match": etag})
        assert again.status_code == 304 and again.content == b""

    async def test_answers_404_for_an_unknown_action(self, plan: PlanWorld) -> None:
        answer = await (await plan.manager()).get(plan.url("/actions/nope"))
        assert problem(answer) == (404, "not-found")

    async def test_answers_404_to_a_stranger(self, plan: PlanWorld) -> None:
        await an_action(plan)
        answer = await (await plan.service.stranger()).get(plan.url("/actions/A1"))
        assert problem(answer) == (404, "not-found")

    async def test_answers_404_to_a_partner_who_was_not_given_it(self, plan: PlanWorld) -> None:
        await an_action(plan)
        answer = await (await plan.client(Role.PARTNER)).get(plan.url("/actions/A1"))
        assert problem(answer) == (404, "not-found")

    async def test_says_what_the_reader_may_do(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await make(plan, "/risks", {"ref": "R1", "title": "Led, but no action", "owners": ["lead"]})
        made = await an_action(plan, "A1", leads=["lead"])
        await an_action(plan, "A2")
        assert (await read(plan, "/actions/A2", role=Role.ACTION_LEAD))["may_update"] is False
        assert (made["may_edit"], made["may_update"]) == (True, True)
        as_lead = await read(plan, "/actions/A1", role=Role.ACTION_LEAD)
        assert (as_lead["may_edit"], as_lead["may_update"]) == (False, True)
        as_board = await read(plan, "/actions/A1", role=Role.BOARD_MEMBER)
        assert (as_board["may_edit"], as_board["may_update"]) == (False, False)

    async def test_a_corrected_ref_redirects(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1")
        assert (await patch(plan, "/actions/A1", {"ref": "A9"})).status_code == 200
        answer = await (await plan.manager()).get(plan.url("/actions/a1"))
        assert answer.status_code == 308 and answer.headers["location"] == plan.url("/actions/A9")

    async def test_parts_and_links_stand_in_it(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        await make(
            plan,
            "/kpis",
            {"ref": "K1", "title": "t", "unit": "count", "polarity": "lower", "period_type": "month"},
        )
        await an_action(plan, "1", recommendations=["R1"], kpis=["K1"])
        await an_action(plan, "1.1", parent="1")
        whole = await read(plan, "/actions/1")
        assert (whole["recommendations"], whole["kpis"], whole["children"]) == (["R1"], ["K1"], ["1.1"])
