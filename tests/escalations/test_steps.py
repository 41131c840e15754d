"""Answering, climbing and ending escalations: who may, what follows what, and what is recorded."""

from __future__ import annotations

from api.core.working_days import add_working_days
from api.vocabulary import Role
from tests.escalations.conftest import Ladders, day_of


class TestAnswer:
    async def test_an_answer_is_recorded_with_who_gave_it(self, ladders: Ladders) -> None:
        await ladders.raised()
        answered = await ladders.take("answers", {"text": "On Thursday."}, by=Role.ACTION_LEAD)
        assert answered.status_code == 201, answered.text
        body = answered.json()
        lead = await ladders.plan.user(Role.ACTION_LEAD)
        assert body["state"] == "answered"
        assert body["is_overdue"] is False
        assert body["events"][-1] | {"at": ""} == {
            "kind": "answered",
            "stage": 1,
            "text": "On Thursday.",
            "by": {"id": lead.id, "name": lead.name},
            "at": "",
        }

    async def test_the_person_assigned_answers_whatever_the_stage(self, ladders: Ladders) -> None:
        partner = await ladders.plan.user(Role.PARTNER)
        await ladders.raised(assigned_to=partner.id)
        answered = await ladders.take("answers", {"text": "Here it is."}, by=Role.PARTNER)
        assert answered.status_code == 201, answered.text

    async def test_another_role_than_the_stages_does_not(self, ladders: Ladders) -> None:
        await ladders.raised()
        refused = await ladders.take("answers", {"text": "Mine."}, by=Role.SENIOR_LEADER)
        assert refused.status_code == 403

    async def test_a_deputy_answers_for_the_other(self, ladders: Ladders) -> None:
        head = await ladders.plan.user(Role.SENIOR_LEADER)
        deputy = await ladders.plan.user(Role.PERFORMANCE_OFFICER)
        await ladders.raised(stage=2, bypass_reason="For the head of service.")
        refused = await ladders.take("answers", {"text": "For her."}, by=Role.PERFORMANCE_OFFICER)
        assert refused.status_code == 403
        await ladders.plan.service.owner.execute(
            "insert into deputy (plan_id, user_id, deputy_id) values (%s, %s, %s)",
            (ladders.plan.id, head.id, deputy.id),
        )
        answered = await ladders.take("answers", {"text": "For her."}, by=Role.PERFORMANCE_OFFICER)
        assert answered.status_code == 201, answered.text

    async def test_whoever_raised_it_does_not_answer_it(self, ladders: Ladders) -> None:
        await ladders.raised(Role.PARTNER)
        refused = await ladders.take("answers", {"text": "To myself."}, by=Role.PARTNER)
        assert refused.status_code == 403

    async def test_it_is_answered_once(self, ladders: Ladders) -> None:
        await ladders.raised()
        await ladders.take("answers", {"text": "On Thursday."})
        again = await ladders.take("answers", {"text": "On Friday."})
        assert (again.status_code, again.json()["type"]) == (409, "/v1/problems/conflict")

    async def test_an_answer_that_will_not_do_climbs_at_once(self, ladders: Ladders) -> None:
        await ladders.raised()
        body = (await ladders.take("answers", {"text": "Soon.", "satisfactory": False})).json()
        assert [event["kind"] for event in body["events"]] == ["raised", "answered", "climbed"]
        assert (body["state"], body["stage"]["position"]) == ("open", 2)

    async def test_who_answers_does_not_judge(self, ladders: Ladders) -> None:
        await ladders.raised()
        refused = await ladders.take("answers", {"text": "Soon.", "satisfactory": True}, by=Role.ACTION_LEAD)
        assert refused.status_code == 403
        assert (await ladders.read())["state"] == "open"

    async def test_a_stale_answer_is_refused(self, ladders: Ladders) -> None:
        etag = (await ladders.raised()).headers["etag"]
        await ladders.take("answers", {"text": "On Thursday."})
        stale = await ladders.take("climbs", {"reason": "No."}, etag=etag)
        assert stale.status_code == 412

    async def test_an_unseen_one_is_not_found(self, ladders: Ladders) -> None:
        await ladders.raised()
        hidden = await ladders.take("answers", {"text": "Mine."}, by=Role.PARTNER)
        assert hidden.status_code == 404


class TestClimb:
    async def test_the_next_stage_has_a_new_limit_and_nobody_assigned(self, ladders: Ladders) -> None:
        lead = await ladders.plan.user(Role.ACTION_LEAD)
        made = await ladders.raised(assigned_to=lead.id)
        today = day_of(made.json()["raised_at"])
        body = (await ladders.take("climbs", {"reason": "She has left."})).json()
        assert body["stage"]["title"] == "Head of service"
        assert body["answer_due_on"] == add_working_days(today, 3).isoformat()
        assert body["assigned_to"] is None
        assert body["overall_due_on"] == made.json()["overall_due_on"]

    async def test_stages_between_are_bypassed_with_a_reason(self, ladders: Ladders) -> None:
        await ladders.raised()
        chair = await ladders.plan.user(Role.BOARD_MEMBER)
        wanted = {"reason": "It cannot wait.", "to_stage": 3, "assigned_to": chair.id}
        body = (await ladders.take("climbs", wanted)).json()
        assert body["stage"]["title"] == "Board"
        assert body["answer_due_on"] is None
        assert body["assigned_to"]["id"] == chair.id

    async def test_the_top_is_the_end(self, ladders: Ladders) -> None:
        await ladders.raised(stage=3, bypass_reason="Board.")
        refused = await ladders.take("climbs", {"reason": "Higher."})
        assert refused.status_code == 409

    async def test_whoever_raised_it_climbs_an_answer_that_will_not_do(self, ladders: Ladders) -> None:
        await ladders.raised(Role.PARTNER)
        await ladders.take("answers", {"text": "Perhaps."})
        climbed = await ladders.take("climbs", {"reason": "That is no date."}, by=Role.PARTNER)
        assert climbed.status_code == 201, climbed.text

    async def test_whoever_raised_it_climbs_an_overdue_one(self, ladders: Ladders) -> None:
        await ladders.raised(Role.ACTION_LEAD)
        await ladders.overdue()
        climbed = await ladders.take("climbs", {"reason": "No answer."}, by=Role.ACTION_LEAD)
        assert climbed.status_code == 201, climbed.text

    async def test_whoever_raised_it_waits_while_there_is_time(self, ladders: Ladders) -> None:
        await ladders.raised(Role.ACTION_LEAD)
        refused = await ladders.take("climbs", {"reason": "At once."}, by=Role.ACTION_LEAD)
        assert refused.status_code == 403

    async def test_nobody_else_climbs_it(self, ladders: Ladders) -> None:
        await ladders.raised()
        await ladders.overdue()
        refused = await ladders.take("climbs", {"reason": "Mine."}, by=Role.ACTION_LEAD)
        assert refused.status_code == 403


class TestEnd:
    async def test_it_is_resolved_with_what_was_learnt(self, ladders: Ladders) -> None:
        await ladders.raised()
        body = (await ladders.take("resolution", {"text": "Agreed.", "learning": "Ask sooner."})).json()
        assert (body["state"], body["learning"]) == ("resolved", "Ask sooner.")
        assert body["closed_at"] is not None
        assert {verb for verb, may in body["may"].items() if may} == {"reopen", "edit"}

    async def test_only_a_manager_resolves(self, ladders: Ladders) -> None:
        await ladders.raised(Role.SENIOR_LEADER)
        refused = await ladders.take("resolution", {"text": "Agreed."}, by=Role.SENIOR_LEADER)
        assert refused.status_code == 403

    async def test_whoever_raised_it_withdraws_it(self, ladders: Ladders) -> None:
        await ladders.raised(Role.PARTNER)
        body = (await ladders.take("withdrawal", {"reason": "Settled."}, by=Role.PARTNER)).json()
        assert body["state"] == "withdrawn"

    async def test_nobody_else_withdraws_it(self, ladders: Ladders) -> None:
        await ladders.raised()
        refused = await ladders.take("withdrawal", {"reason": "Settled."}, by=Role.ACTION_LEAD)
        assert refused.status_code == 403

    async def test_a_referral_says_to_whom(self, ladders: Ladders) -> None:
        await ladders.raised()
        body = (await ladders.take("referral", {"to": "Partnership", "text": "Two agencies."})).json()
        assert body["state"] == "referred"
        assert body["events"][-1]["text"] == "Partnership: Two agencies."

    async def test_the_ended_takes_no_further_step(self, ladders: Ladders) -> None:
        await ladders.raised()
        await ladders.take("resolution", {"text": "Agreed."})
        for step, body in (
            ("answers", {"text": "x"}),
            ("climbs", {"reason": "x"}),
            ("withdrawal", {"reason": "x"}),
            ("referral", {"to": "x", "text": "x"}),
        ):
            assert (await ladders.take(step, body)).status_code == 409

    async def test_once_ended_the_same_cause_may_be_raised_again(self, ladders: Ladders) -> None:
        await ladders.raised()
        await ladders.take("resolution", {"text": "Agreed."})
        assert (await ladders.raised()).json()["ref"] == "E-2"


class TestReopen:
    async def test_it_is_open_again_where_it_stood(self, ladders: Ladders) -> None:
        await ladders.raised(stage=2, bypass_reason="Head of service.")
        await ladders.take("resolution", {"text": "Agreed."})
        body = (await ladders.take("reopening", {"reason": "Taken back."})).json()
        assert (body["state"], body["stage"]["position"], body["closed_at"]) == ("open", 2, None)
        assert body["answer_due_on"] is not None

    async def test_not_while_another_of_its_cause_is_live(self, ladders: Ladders) -> None:
        await ladders.raised()
        await ladders.take("resolution", {"text": "Agreed."})
        await ladders.raised()
        refused = await ladders.take("reopening", {"reason": "Taken back."}, ref="E-1")
        assert refused.status_code == 409

    async def test_only_a_manager_reopens(self, ladders: Ladders) -> None:
        await ladders.raised(Role.ACTION_LEAD)
        await ladders.take("resolution", {"text": "Agreed."})
        refused = await ladders.take("reopening", {"reason": "No."}, by=Role.ACTION_LEAD)
        assert refused.status_code == 403
