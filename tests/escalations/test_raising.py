"""Raising, reading, listing and changing escalations."""

from __future__ import annotations

import asyncio

from api.core.working_days import add_working_days
from api.vocabulary import Role
from tests.escalations.conftest import Ladders, day_of
from tests.factories.world import PlanWorld

BODY = {"title": "No answer", "text": "Three weeks.", "cause": "lead_stuck", "ladder": "stuck"}


async def add_action(plan: PlanWorld, ref: str = "A1") -> None:
    response = await (await plan.manager()).post(plan.url("/actions"), json={"ref": ref, "title": "Recruit"})
    assert response.status_code == 201, response.text


class TestRaiseEscalation:
    async def test_it_starts_at_the_first_stage_with_a_limit_in_working_days(self, ladders: Ladders) -> None:
        made = (await ladders.raised()).json()
        assert made["ref"] == "E-1"
        assert made["state"] == "open"
        assert made["stage"]["title"] == "Action lead"
        today = day_of(made["raised_at"])
        assert made["answer_due_on"] == add_working_days(today, 5).isoformat()
        assert made["overall_due_on"] == add_working_days(today, 20).isoformat()
        assert [(event["kind"], event["stage"]) for event in made["events"]] == [("raised", 1)]
        raiser = await ladders.plan.user(Role.PROGRAMME_MANAGER)
        assert made["raised_by"] == {"id": raiser.id, "name": raiser.name}

    async def test_it_is_about_an_item_by_kind_and_ref(self, ladders: Ladders) -> None:
        await add_action(ladders.plan)
        made = (await ladders.raised(about={"kind": "action", "ref": "a1"})).json()
        assert made["about"] == {"kind": "action", "ref": "A1", "title": "Recruit"}

    async def test_about_nothing_else_it_is_about_the_plan(self, ladders: Ladders) -> None:
        about = (await ladders.raised()).json()["about"]
        assert (about["kind"], about["ref"]) == ("plan", None)

    async def test_refs_are_numbered_by_themselves_even_at_once(self, ladders: Ladders) -> None:
        for number in range(4):
            await add_action(ladders.plan, f"A{number}")
        made = await asyncio.gather(
            *(ladders.raised(about={"kind": "action", "ref": f"A{number}"}) for number in range(4))
        )
        assert sorted(answer.json()["ref"] for answer in made) == ["E-1", "E-2", "E-3", "E-4"]

    async def test_a_partner_gets_the_next_number_though_it_sees_no_other(self, ladders: Ladders) -> None:
        await ladders.raised()
        made = await ladders.raised(Role.PARTNER, cause="partner_dispute")
        assert made.json()["ref"] == "E-2"
        seen = (await (await ladders.plan.client(Role.PARTNER)).get(ladders.url())).json()["items"]
        assert [item["ref"] for item in seen] == ["E-2"]

    async def test_a_ref_of_ones_own_may_be_given_once(self, ladders: Ladders) -> None:
        await ladders.raised(ref="Panel-1")
        manager = await ladders.plan.manager()
        again = await manager.post(ladders.url(), json=BODY | {"ref": "PANEL-1", "cause": "other"})
        assert (again.status_code, again.json()["type"]) == (409, "/v1/problems/ref-taken")

    async def test_a_second_of_the_same_cause_and_item_names_the_first(self, ladders: Ladders) -> None:
        await ladders.raised()
        again = await (await ladders.plan.manager()).post(ladders.url(), json=BODY)
        assert again.status_code == 409
        assert again.json()["escalation"] == "E-1"

    async def test_two_raised_at_once_leave_one(self, ladders: Ladders) -> None:
        manager = await ladders.plan.manager()
        answers = await asyncio.gather(*(manager.post(ladders.url(), json=BODY) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]

    async def test_a_partner_is_not_told_which_other_stands_in_its_way(self, ladders: Ladders) -> None:
        await ladders.raised()
        again = await (await ladders.plan.client(Role.PARTNER)).post(ladders.url(), json=BODY)
        assert again.status_code == 409
        assert "E-1" not in again.text

    async def test_it_may_start_further_up_with_a_reason(self, ladders: Ladders) -> None:
        made = (await ladders.raised(stage=2, bypass_reason="The lead has left.")).json()
        assert made["stage"]["title"] == "Head of service"
        assert "The lead has left." in made["events"][0]["text"]

    async def test_it_does_not_start_further_up_without_one(self, ladders: Ladders) -> None:
        answer = await (await ladders.plan.manager()).post(ladders.url(), json=BODY | {"stage": 2})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/stage"

    async def test_a_member_is_assigned_by_id_or_email(self, ladders: Ladders) -> None:
        head = await ladders.plan.user(Role.SENIOR_LEADER)
        made = await ladders.raised(Role.ACTION_LEAD, assigned_to=head.email)
        assert made.json()["assigned_to"] == {"id": head.id, "name": head.name}
        other = await ladders.raised(assigned_to=head.id, cause="other")
        assert other.json()["assigned_to"]["id"] == head.id

    async def test_nobody_outside_the_plan_is_assigned(self, ladders: Ladders) -> None:
        stranger = await ladders.plan.service.new_user()
        answer = await (await ladders.plan.manager()).post(
            ladders.url(), json=BODY | {"assigned_to": stranger.email}
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/assigned_to"

    async def test_unknown_things_are_pointed_at(self, ladders: Ladders) -> None:
        manager = await ladders.plan.manager()
        for change, pointer in (
            ({"ladder": "none-such"}, "/ladder"),
            ({"about": {"kind": "action", "ref": "A9"}}, "/about/ref"),
            ({"about": {"kind": "action"}}, "/about/ref"),
            ({"about": {"kind": "plan", "ref": "A9"}}, "/about/ref"),
            ({"cause": "boredom"}, "/cause"),
        ):
            answer = await manager.post(ladders.url(), json=BODY | change)
            assert answer.status_code == 422, change
            assert answer.json()["errors"][0]["pointer"] == pointer

    async def test_a_disabled_ladder_takes_none(self, ladders: Ladders) -> None:
        manager = await ladders.plan.manager()
        at = ladders.plan.url("/ladders/stuck")
        etag = (await manager.get(at)).headers["etag"]
        await manager.patch(at, json={"is_enabled": False}, headers={"If-Match": etag})
        answer = await manager.post(ladders.url(), json=BODY)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "disabled"

    async def test_a_board_member_raises_and_an_auditor_does_not(self, ladders: Ladders) -> None:
        await ladders.raised(Role.BOARD_MEMBER, cause="board_concern")
        refused = await (await ladders.plan.client(Role.INTERNAL_AUDITOR)).post(ladders.url(), json=BODY)
        assert refused.status_code == 403


class TestReadEscalation:
    async def test_it_says_what_the_reader_may_do(self, ladders: Ladders) -> None:
        await ladders.raised(Role.ACTION_LEAD)
        manager = await ladders.read()
        assert all(manager["may"][verb] for verb in ("answer", "climb", "resolve", "refer", "edit"))
        assert not manager["may"]["reopen"]
        raiser = await ladders.read(by=Role.ACTION_LEAD)
        assert {verb for verb, may in raiser["may"].items() if may} == {"answer", "judge", "withdraw"}
        board = await ladders.read(by=Role.BOARD_MEMBER)
        assert not any(board["may"].values())

    async def test_a_partner_reads_its_own_with_others_steps_in_it(self, ladders: Ladders) -> None:
        await ladders.raised(Role.PARTNER)
        await ladders.take("answers", {"text": "We will."})
        mine = await ladders.read(by=Role.PARTNER)
        assert [event["kind"] for event in mine["events"]] == ["raised", "answered"]

    async def test_a_partner_does_not_see_anothers(self, ladders: Ladders) -> None:
        await ladders.raised()
        hidden = await (await ladders.plan.client(Role.PARTNER)).get(ladders.url("/E-1"))
        assert hidden.status_code == 404

    async def test_it_can_be_read_as_it_stood(self, ladders: Ladders) -> None:
        await ladders.raised()
        client = await ladders.plan.manager()
        moment = await ladders.plan.service.one("select clock_timestamp()")
        await asyncio.sleep(0.06)
        await ladders.take("resolution", {"text": "Done."})
        then = await client.get(ladders.url("/E-1"), params={"as_of": moment.isoformat()})
        assert then.json()["state"] == "open"
        assert (await ladders.read())["state"] == "resolved"

    async def test_another_plan_does_not_show_it(self, ladders: Ladders) -> None:
        await ladders.raised()
        other = await ladders.plan.service.new_plan()
        hidden = await (await ladders.plan.manager()).get(other.url("/escalations/E-1"))
        assert hidden.status_code == 404


class TestListEscalations:
    async def listed(self, ladders: Ladders, by: Role = Role.PROGRAMME_MANAGER, **query: str) -> list[str]:
        answer = await (await ladders.plan.client(by)).get(ladders.url(), params=query)
        assert answer.status_code == 200, answer.text
        return [item["ref"] for item in answer.json()["items"]]

    async def test_filters_narrow_it(self, ladders: Ladders) -> None:
        await add_action(ladders.plan)
        head = await ladders.plan.user(Role.SENIOR_LEADER)
        await ladders.raised(title="Foster carers")
        await ladders.raised(about={"kind": "action", "ref": "A1"}, assigned_to=head.id, cause="other")
        await ladders.take("resolution", {"text": "Done."})
        await ladders.overdue("E-2")
        assert await self.listed(ladders) == ["E-2", "E-1"]
        assert await self.listed(ladders, sort="ref") == ["E-1", "E-2"]
        assert await self.listed(ladders, state="resolved") == ["E-1"]
        assert await self.listed(ladders, cause="other") == ["E-2"]
        assert await self.listed(ladders, about="action:a1") == ["E-2"]
        assert await self.listed(ladders, about="plan") == ["E-1"]
        assert await self.listed(ladders, assigned="none") == ["E-1"]
        assert await self.listed(ladders, assigned=str(head.id)) == ["E-2"]
        assert await self.listed(ladders, Role.SENIOR_LEADER, assigned="me") == ["E-2"]
        assert await self.listed(ladders, when="overdue") == ["E-2"]
        assert await self.listed(ladders, q="foster") == ["E-1"]

    async def test_what_waits_for_the_reader_goes_by_assignment_and_role(self, ladders: Ladders) -> None:
        await ladders.raised()
        head = await ladders.plan.user(Role.SENIOR_LEADER)
        await ladders.raised(cause="other", stage=3, bypass_reason="For the board.", assigned_to=head.id)
        assert await self.listed(ladders, Role.ACTION_LEAD, to_answer="true") == ["E-1"]
        assert await self.listed(ladders, Role.SENIOR_LEADER, to_answer="true") == ["E-2"]
        assert await self.listed(ladders, Role.BOARD_MEMBER, to_answer="true") == []

    async def test_a_deputy_sees_what_waits_for_the_other(self, ladders: Ladders) -> None:
        head = await ladders.plan.user(Role.SENIOR_LEADER)
        deputy = await ladders.plan.user(Role.PERFORMANCE_OFFICER)
        await ladders.raised(assigned_to=head.id)
        assert await self.listed(ladders, Role.PERFORMANCE_OFFICER, to_answer="true") == []
        await ladders.plan.service.owner.execute(
            "insert into deputy (plan_id, user_id, deputy_id) values (%s, %s, %s)",
            (ladders.plan.id, head.id, deputy.id),
        )
        assert await self.listed(ladders, Role.PERFORMANCE_OFFICER, to_answer="true") == ["E-1"]


class TestUpdateEscalation:
    async def test_words_and_assignee_change(self, ladders: Ladders) -> None:
        etag = (await ladders.raised()).headers["etag"]
        head = await ladders.plan.user(Role.SENIOR_LEADER)
        manager = await ladders.plan.manager()
        changed = await manager.patch(
            ladders.url("/e-1"),
            json={"title": "New title", "theme": "Placements", "assigned_to": head.email, "learning": "Ask."},
            headers={"If-Match": etag},
        )
        assert changed.status_code == 200, changed.text
        body = changed.json()
        assert (body["title"], body["theme"], body["learning"]) == ("New title", "Placements", "Ask.")
        assert body["assigned_to"]["id"] == head.id

    async def test_a_stale_editor_is_shown_both_sides(self, ladders: Ladders) -> None:
        etag = (await ladders.raised()).headers["etag"]
        manager = await ladders.plan.manager()
        await manager.patch(ladders.url("/E-1"), json={"title": "Theirs"}, headers={"If-Match": etag})
        stale = await manager.patch(ladders.url("/E-1"), json={"title": "Mine"}, headers={"If-Match": etag})
        assert stale.status_code == 412
        assert stale.json()["fields"] == [
            {
                "field": "title",
                "base": "No answer",
                "theirs": "Theirs",
                "yours": "Mine",
                "changed_meanwhile": True,
            }
        ]

    async def test_without_a_version_it_is_refused(self, ladders: Ladders) -> None:
        await ladders.raised()
        answer = await (await ladders.plan.manager()).patch(ladders.url("/E-1"), json={"title": "Mine"})
        assert answer.status_code == 428

    async def test_a_title_cannot_be_cleared(self, ladders: Ladders) -> None:
        etag = (await ladders.raised()).headers["etag"]
        answer = await (await ladders.plan.manager()).patch(
            ladders.url("/E-1"), json={"title": None}, headers={"If-Match": etag}
        )
        assert answer.json()["errors"][0]["pointer"] == "/title"

    async def test_only_a_manager_edits(self, ladders: Ladders) -> None:
        etag = (await ladders.raised(Role.ACTION_LEAD)).headers["etag"]
        answer = await (await ladders.plan.client(Role.ACTION_LEAD)).patch(
            ladders.url("/E-1"), json={"title": "Mine"}, headers={"If-Match": etag}
        )
        assert answer.status_code == 403
