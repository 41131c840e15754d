from __future__ import annotations

import pytest

from api.vocabulary import Role
from tests.actions.making import (
    a_recommendation,
    an_action,
    delete,
    patch,
    pointers,
    post,
    problem,
    read,
    version_of,
)
from tests.factories.world import PlanWorld


class TestCreate:
    async def test_keeps_its_first_date_for_good(self, plan: PlanWorld) -> None:
        made = await an_action(plan, due="2018-Q1")
        assert made["due"] == made["original_due"]
        assert made["due"] == {
            "date": "2018-Q1",
            "on": "2018-03-31",
            "precision": "quarter",
            "ongoing": False,
            "text": None,
        }

    async def test_holds_all_it_is_given(self, plan: PlanWorld) -> None:
        await plan.party("lead")
        await a_recommendation(plan)
        await an_action(plan, "1")
        made = await an_action(
            plan,
            "1.1",
            parent="1",
            recommendations=["R1"],
            leads=[{"party": "lead", "as_printed": "Hd of QA", "doubtful": True}],
            group_heading="Practice",
            points=["first", "second"],
            supports=["Help and protection"],
            success_test="Nine in ten",
            start="2017",
            due={"text": "in the meantime"},
            recurrence="quarterly",
            milestones=[{"title": "Draft", "due": "2018-01"}, {"title": "Adopt", "done_on": "2018-02-03"}],
            dimension="leadership",
            cost_note="within budget",
        )
        assert made["leads"][0]["as_printed"] == "Hd of QA" and made["leads"][0]["doubtful"] is True
        assert (made["parent"], made["recommendations"], made["points"]) == ("1", ["R1"], ["first", "second"])
        assert made["due"]["text"] == "in the meantime" and made["due"]["on"] is None
        assert [m["title"] for m in made["milestones"]] == ["Draft", "Adopt"]
        assert made["start"]["date"] == "2017" and made["recurrence"] == "quarterly"

    async def test_says_where_it_is(self, plan: PlanWorld) -> None:
        answer = await post(plan, "/actions", {"ref": "A1", "title": "t"})
        assert answer.headers["location"] == plan.url("/actions/A1") and answer.headers["etag"]

    async def test_refuses_a_ref_taken_in_another_case(self, plan: PlanWorld) -> None:
        await an_action(plan, "a1")
        assert problem(await post(plan, "/actions", {"ref": "A1", "title": "t"})) == (409, "ref-taken")

    @pytest.mark.parametrize(
        ("field", "value", "pointer"),
        [
            ("parent", "nope", "/parent"),
            ("leads", ["nope"], "/leads/0"),
            ("recommendations", ["nope"], "/recommendations/0"),
            ("kpis", ["nope"], "/kpis/0"),
            ("themes", ["nope"], "/themes/0"),
        ],
    )
    async def test_points_at_an_unknown_ref(
        self, plan: PlanWorld, field: str, value: object, pointer: str
    ) -> None:
        answer = await post(plan, "/actions", {"ref": "A1", "title": "t", field: value})
        assert pointers(answer) == [pointer]

    async def test_refuses_a_completion_date_of_open_work(self, plan: PlanWorld) -> None:
        body = {"ref": "A1", "title": "t", "status": "in_progress", "completed_on": "2018-01-01"}
        assert pointers(await post(plan, "/actions", body)) == ["/completed_on"]

    async def test_refuses_an_unknown_field(self, plan: PlanWorld) -> None:
        answer = await post(plan, "/actions", {"ref": "A1", "title": "t", "colour": "red"})
        assert pointers(answer) == ["/colour"]

    async def test_a_retry_with_the_same_key_makes_one(self, plan: PlanWorld) -> None:
        body = {"ref": "A1", "title": "t"}
        first = await post(plan, "/actions", body, key="k")
        second = await post(plan, "/actions", body, key="k")
        assert (first.status_code, second.status_code, second.json()) == (201, 201, first.json())

    @pytest.mark.parametrize("role", [Role.ACTION_LEAD, Role.BOARD_MEMBER, Role.PARTNER, Role.INSPECTOR])
    async def test_is_for_programme_managers(self, plan: PlanWorld, role: Role) -> None:
        answer = await post(plan, "/actions", {"ref": "A1", "title": "t"}, role=role)
        assert problem(answer) == (403, "not-allowed")


class TestUpdate:
    async def test_changes_only_what_is_sent(self, plan: PlanWorld) -> None:
        before = await an_action(plan, "A1", success_test="Nine in ten", points=["first"])
        after = (await patch(plan, "/actions/A1", {"title": "Other"})).json()
        moved = {name for name in before if before[name] != after[name]}
        assert moved == {"title", "version", "updated_at"}

    async def test_null_clears(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", success_test="Nine in ten", start="2018-01")
        after = (await patch(plan, "/actions/A1", {"success_test": None, "start": None})).json()
        assert after["success_test"] is None and after["start"] is None

    @pytest.mark.parametrize("field", ["title", "status", "leads", "milestones", "due_means"])
    async def test_refuses_null_where_there_must_be_something(self, plan: PlanWorld, field: str) -> None:
        await an_action(plan)
        assert pointers(await patch(plan, "/actions/A1", {field: None})) == [f"/{field}"]

    async def test_a_change_of_links_alone_is_a_new_version(self, plan: PlanWorld) -> None:
        await plan.party("lead")
        before = await an_action(plan)
        after = (await patch(plan, "/actions/A1", {"leads": ["lead"]})).json()
        assert after["version"] > before["version"]

    async def test_the_same_links_again_change_nothing(self, plan: PlanWorld) -> None:
        await plan.party("lead")
        before = await an_action(plan, "A1", leads=["lead"])
        after = (await patch(plan, "/actions/A1", {"leads": ["LEAD"]})).json()
        assert after["version"] == before["version"]

    async def test_milestones_are_brought_to_what_is_sent(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", milestones=[{"title": "a"}, {"title": "b"}, {"title": "c"}])
        after = (await patch(plan, "/actions/A1", {"milestones": [{"title": "b"}, {"title": "c"}]})).json()
        assert [m["title"] for m in after["milestones"]] == ["b", "c"]

    async def test_needs_the_version_it_started_from(self, plan: PlanWorld) -> None:
        await an_action(plan)
        answer = await (await plan.manager()).patch(plan.url("/actions/A1"), json={"title": "x"})
        assert problem(answer) == (428, "if-match-required")

    async def test_a_stale_edit_gets_base_theirs_and_yours(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", title="first")
        etag = await version_of(plan, "/actions/A1")
        await patch(plan, "/actions/A1", {"title": "theirs"}, etag=etag)
        answer = await patch(plan, "/actions/A1", {"title": "mine", "cost_note": "none"}, etag=etag)
        assert problem(answer) == (412, "edit-conflict")
        assert answer.json()["fields"] == [
            {
                "field": "title",
                "base": "first",
                "theirs": "theirs",
                "yours": "mine",
                "changed_meanwhile": True,
            },
            {
                "field": "cost_note",
                "base": None,
                "theirs": None,
                "yours": "none",
                "changed_meanwhile": False,
            },
        ]
        assert (await read(plan, "/actions/A1"))["title"] == "theirs"

    async def test_refuses_a_circle_of_parts(self, plan: PlanWorld) -> None:
        await an_action(plan, "1")
        await an_action(plan, "1.1", parent="1")
        await an_action(plan, "1.1.1", parent="1.1")
        assert pointers(await patch(plan, "/actions/1", {"parent": "1.1.1"})) == ["/parent"]
        assert pointers(await patch(plan, "/actions/1", {"parent": "1"})) == ["/parent"]

    async def test_a_ref_cannot_be_taken_from_an_old_name(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1")
        await an_action(plan, "A2")
        await patch(plan, "/actions/A1", {"ref": "A9"})
        answer = await patch(plan, "/actions/A2", {"ref": "A1"})
        assert problem(answer) == (409, "ref-taken")

    async def test_a_ref_can_go_back(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1")
        await patch(plan, "/actions/A1", {"ref": "A9"})
        assert (await patch(plan, "/actions/A9", {"ref": "A1"})).json()["ref"] == "A1"
        answer = await (await plan.manager()).get(plan.url("/actions/A9"))
        assert answer.headers["location"] == plan.url("/actions/A1")

    async def test_reopening_forgets_the_completion_date(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", status="completed", completed_on="2018-01-01")
        after = (await patch(plan, "/actions/A1", {"status": "in_progress"})).json()
        assert after["completed_on"] is None

    async def test_refuses_a_completion_date_of_open_work(self, plan: PlanWorld) -> None:
        await an_action(plan)
        assert pointers(await patch(plan, "/actions/A1", {"completed_on": "2018-01-01"})) == ["/completed_on"]

    async def test_the_sources_own_word_stays_with_its_status(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", status="in_progress")
        await plan.service.owner.execute(
            "update action set status_word = 'Underway' where plan_id = %s", (plan.id,)
        )
        same = (await patch(plan, "/actions/A1", {"status": "in_progress", "title": "x"})).json()
        assert same["status_word"] == "Underway"
        other = (await patch(plan, "/actions/A1", {"status": "completed"})).json()
        assert other["status_word"] == "Completed"


class TestDelete:
    async def test_leaves_nothing_but_history(self, plan: PlanWorld) -> None:
        await an_action(plan, "A1", milestones=[{"title": "Draft"}])
        moment = await plan.service.one("select clock_timestamp()")
        assert (await delete(plan, "/actions/A1")).status_code == 204
        assert problem(await (await plan.manager()).get(plan.url("/actions/A1"))) == (404, "not-found")
        was = await read(plan, "/actions/A1", as_of=moment.isoformat().replace("+00:00", "Z"))
        assert was["milestones"][0]["title"] == "Draft"

    async def test_refuses_while_it_has_parts(self, plan: PlanWorld) -> None:
        await an_action(plan, "1")
        await an_action(plan, "1.1", parent="1")
        assert problem(await delete(plan, "/actions/1")) == (409, "in-use")

    async def test_is_for_programme_managers(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await an_action(plan, "A1", leads=["lead"])
        assert problem(await delete(plan, "/actions/A1", role=Role.ACTION_LEAD)) == (403, "not-allowed")

    async def test_refuses_a_stale_version(self, plan: PlanWorld) -> None:
        await an_action(plan)
        etag = await version_of(plan, "/actions/A1")
        await patch(plan, "/actions/A1", {"title": "x"})
        assert problem(await delete(plan, "/actions/A1", etag=etag)) == (412, "edit-conflict")
