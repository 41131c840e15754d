from __future__ import annotations

from api.vocabulary import Role
from tests.actions.making import an_action, days_from_now, make, patch, pointers, post, problem, version_of
from tests.factories.world import PlanWorld


class TestUpdateByLeads:
    async def test_a_lead_reports_progress(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await an_action(plan, "A1", leads=["lead"], milestones=[{"title": "Draft"}])
        body = {
            "status": "in_progress",
            "rating": "amber",
            "milestones": [{"title": "Draft", "done_on": "2018-01-01"}],
        }
        after = await patch(plan, "/actions/A1", body, role=Role.ACTION_LEAD)
        assert after.status_code == 200, after.text
        assert after.json()["milestones"][0]["done_on"] == "2018-01-01"

    async def test_a_lead_does_not_change_what_was_promised(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await an_action(plan, "A1", leads=["lead"])
        answer = await patch(plan, "/actions/A1", {"title": "x", "status": "closed"}, role=Role.ACTION_LEAD)
        assert problem(answer) == (403, "not-allowed") and "title" in answer.json()["detail"]

    async def test_somebody_elses_action_is_not_theirs(self, plan: PlanWorld) -> None:
        await plan.user(Role.ACTION_LEAD)
        await an_action(plan)
        answer = await patch(plan, "/actions/A1", {"status": "closed"}, role=Role.ACTION_LEAD)
        assert problem(answer) == (403, "not-allowed")

    async def test_a_partner_reports_on_the_action_it_leads(self, plan: PlanWorld) -> None:
        await plan.party("nhs", role=Role.PARTNER)
        await an_action(plan, "A1", leads=["nhs"])
        answer = await patch(plan, "/actions/A1", {"status": "in_progress"}, role=Role.PARTNER)
        assert answer.status_code == 200 and answer.json()["status"] == "in_progress"

    async def test_an_action_not_given_is_not_there(self, plan: PlanWorld) -> None:
        await an_action(plan)
        answer = await patch(plan, "/actions/A1", {"status": "in_progress"}, role=Role.PARTNER)
        assert problem(answer) == (404, "not-found")


class TestRatingReason:
    async def test_a_better_rating_than_lateness_suggests_needs_one(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", due=days_from_now(-60))
        assert pointers(await patch(plan, "/actions/A1", {"rating": "green"})) == ["/rating_reason"]
        body = {"rating": "green", "rating_reason": "Done in practice"}
        assert (await patch(plan, "/actions/A1", body)).status_code == 200

    async def test_a_worse_or_equal_one_needs_none(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", due=days_from_now(-3))
        for rating in ("red", "amber", "grey"):
            assert (await patch(plan, "/actions/A1", {"rating": rating})).status_code == 200

    async def test_an_overdue_milestone_counts_as_evidence(self, plan: PlanWorld) -> None:
        late = [{"title": "Draft", "due": days_from_now(-1)}]
        await an_action(plan, "A1", due=days_from_now(60), milestones=late)
        assert pointers(await patch(plan, "/actions/A1", {"rating": "green"})) == ["/rating_reason"]

    async def test_a_reason_cannot_be_taken_away_from_under_it(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", due=days_from_now(-60), rating="amber", rating_reason="Nearly there")
        assert pointers(await patch(plan, "/actions/A1", {"rating_reason": None})) == ["/rating_reason"]

    async def test_an_old_reason_does_not_serve_another_rating(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", due=days_from_now(-60), rating="amber", rating_reason="Nearly there")
        assert pointers(await patch(plan, "/actions/A1", {"rating": "green"})) == ["/rating_reason"]
        after = (await patch(plan, "/actions/A1", {"rating": "red"})).json()
        assert after["rating_reason"] is None

    async def test_reporting_something_else_asks_no_new_reason(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", due=days_from_now(20), rating="green")
        await plan.service.owner.execute(
            "update action set due_on = '2020-01-01' where plan_id = %s", (plan.id,)
        )
        assert (await patch(plan, "/actions/A1", {"status": "in_progress"})).status_code == 200


class TestClosing:
    async def test_needs_no_assurance_unless_asked_for(self, plan: PlanWorld) -> None:
        await an_action(plan)
        assert (await patch(plan, "/actions/A1", {"status": "closed"})).status_code == 200

    async def test_waits_for_a_check_that_found_impact(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", assurance_required=True)
        answer = await patch(plan, "/actions/A1", {"status": "closed"})
        assert problem(answer) == (409, "conflict") and "impact_clear" in answer.json()["detail"]
        about = {"kind": "action", "ref": "A1"}
        await make(plan, "/checks", {"ref": "C1", "about": about, "title": "Sample", "kind": "dip_sample"})
        await make(plan, "/checks/C1/results", {"on": days_from_now(-2), "result": "some_impact"})
        assert (await patch(plan, "/actions/A1", {"status": "closed"})).status_code == 200

    async def test_judges_by_the_latest_result(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", assurance_required=True)
        about = {"kind": "action", "ref": "A1"}
        await make(plan, "/checks", {"ref": "C1", "about": about, "title": "Sample", "kind": "dip_sample"})
        await make(plan, "/checks/C1/results", {"on": days_from_now(-2), "result": "no_impact"})
        await make(plan, "/checks/C1/results", {"on": days_from_now(-9), "result": "impact_clear"})
        assert problem(await patch(plan, "/actions/A1", {"status": "closed"}))[0] == 409

    async def test_cannot_be_required_of_what_was_closed_without(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", status="closed")
        assert problem(await patch(plan, "/actions/A1", {"assurance_required": True}))[0] == 409

    async def test_a_new_action_cannot_begin_closed_under_it(self, plan: PlanWorld) -> None:
        body = {"ref": "A1", "title": "t", "status": "closed", "assurance_required": True}
        assert problem(await post(plan, "/actions", body)) == (409, "conflict")


class TestMoveDueDate:
    async def test_keeps_every_date_it_ever_had(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", due="2018-03")
        etag = await version_of(plan, "/actions/A1")
        body = {"to_due": "2018-06-15", "reason": "Recruitment", "approved_by": "Board"}
        after = (await post(plan, "/actions/A1/slips", body, etag=etag)).json()
        assert (after["due"]["date"], after["original_due"]["date"]) == ("2018-06-15", "2018-03")
        (slip,) = after["slip_history"]
        assert (slip["from_due"]["date"], slip["to_due"]["date"]) == ("2018-03", "2018-06-15")
        assert (slip["reason"], slip["approved_by"]) == ("Recruitment", "Board")
        assert slip["recorded_by"] == (await plan.user(Role.PROGRAMME_MANAGER)).name
        assert after["slips"] == 1

    async def test_refuses_the_date_already_agreed(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", due="2018-03")
        etag = await version_of(plan, "/actions/A1")
        body = {"to_due": "2018-03", "reason": "none"}
        assert problem(await post(plan, "/actions/A1/slips", body, etag=etag)) == (409, "conflict")

    async def test_going_on_after_the_same_date_is_a_move(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", due="2018-03")
        etag = await version_of(plan, "/actions/A1")
        body = {"to_due": {"date": "2018-03", "ongoing": True}, "reason": "It goes on"}
        after = await post(plan, "/actions/A1/slips", body, etag=etag)
        assert after.status_code == 201 and after.json()["due"]["ongoing"] is True

    async def test_a_lead_moves_the_date_of_its_own(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await an_action(plan, "A1", due="2018-03", leads=["lead"])
        await an_action(plan, "A2", due="2018-03")
        body = {"to_due": "2018-06", "reason": "Recruitment"}
        for ref, status in (("A1", 201), ("A2", 403)):
            etag = await version_of(plan, f"/actions/{ref}")
            answer = await post(plan, f"/actions/{ref}/slips", body, role=Role.ACTION_LEAD, etag=etag)
            assert answer.status_code == status
