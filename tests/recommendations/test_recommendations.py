from __future__ import annotations

import pytest

from api.vocabulary import Role
from tests.actions.making import (
    Json,
    a_recommendation,
    an_action,
    delete,
    make,
    patch,
    pointers,
    post,
    problem,
    read,
    refs,
    version_of,
)
from tests.factories.world import PlanWorld

BODY: Json = {"ref": "R1", "text": "Improve", "origin": "inspection"}


async def an_inspection(plan: PlanWorld) -> None:
    inspection = await plan.service.one(
        "insert into inspection (plan_id, ref, framework) values (%s, 'SIF-2016', 'sif') returning id",
        plan.id,
    )
    await plan.service.owner.execute(
        "insert into finding (plan_id, inspection_id, ref, text) values (%s, %s, 'F3', 'Visits are late')",
        (plan.id, inspection),
    )


class TestCreate:
    async def test_holds_all_it_is_given(self, plan: PlanWorld) -> None:
        await an_inspection(plan)
        await plan.party("director")
        made = await a_recommendation(
            plan,
            source_ref="Rec 1",
            label="Visits",
            parts=[{"ref": "a", "text": "in time"}, {"ref": "b", "text": "alone"}],
            inspection_references=[
                {"inspection": "sif-2016", "finding": "f3", "page": "7", "paragraphs": "14 and 22"},
                {"text": "throughout the report"},
            ],
            response={"decision": "partly_accepted", "reason": "Part b is done already"},
            leads=["director"],
            outcome="Children are seen",
            confidence="reasonable",
            no_kpis_reason="Judged by audit",
        )
        assert made["parts"] == [{"ref": "a", "text": "in time"}, {"ref": "b", "text": "alone"}]
        assert made["inspection_references"][0] == {
            "inspection": "SIF-2016",
            "finding": "F3",
            "finding_text": "Visits are late",
            "page": "7",
            "paragraphs": "14 and 22",
            "text": None,
        }
        assert made["inspection_references"][1]["text"] == "throughout the report"
        assert made["response"] == {"decision": "partly_accepted", "reason": "Part b is done already"}
        assert [lead["party"] for lead in made["leads"]] == ["director"]
        assert (made["status"], made["rating"], made["suggested_rating"]) == ("active", None, "grey")
        assert made["action_counts"]["total"] == 0 and made["actions"] == [] and made["kpis"] == []

    async def test_business_as_usual_says_where_it_lives(self, plan: PlanWorld) -> None:
        answer = await post(plan, "/recommendations", BODY | {"status": "business_as_usual"})
        assert pointers(answer) == ["/status_note"]
        body = BODY | {"status": "business_as_usual", "status_note": "The fostering panel"}
        assert (await make(plan, "/recommendations", body))["status_note"] == "The fostering panel"

    async def test_a_rejection_has_a_reason(self, plan: PlanWorld) -> None:
        answer = await post(plan, "/recommendations", BODY | {"response": {"decision": "rejected"}})
        assert pointers(answer) == ["/response"]

    async def test_points_at_what_is_not_there(self, plan: PlanWorld) -> None:
        await an_inspection(plan)
        references = [{"inspection": "ilacs"}, {"inspection": "SIF-2016", "finding": "F9"}]
        answer = await post(plan, "/recommendations", BODY | {"inspection_references": references})
        assert pointers(answer) == ["/inspection_references/0/inspection", "/inspection_references/1/finding"]

    async def test_refuses_a_reference_to_nothing(self, plan: PlanWorld) -> None:
        for reference in ({}, {"finding": "F3"}):
            answer = await post(plan, "/recommendations", BODY | {"inspection_references": [reference]})
            assert pointers(answer) == ["/inspection_references/0"]

    async def test_refuses_a_ref_taken_in_another_case(self, plan: PlanWorld) -> None:
        await a_recommendation(plan, "r1")
        assert problem(await post(plan, "/recommendations", BODY)) == (409, "ref-taken")

    async def test_an_independent_rating_is_not_part_of_it(self, plan: PlanWorld) -> None:
        answer = await post(plan, "/recommendations", BODY | {"assured_rating": "red"})
        assert pointers(answer) == ["/assured_rating"]

    @pytest.mark.parametrize("role", [Role.SENIOR_LEADER, Role.INTERNAL_AUDITOR, Role.PARTNER])
    async def test_is_for_programme_managers(self, plan: PlanWorld, role: Role) -> None:
        assert problem(await post(plan, "/recommendations", BODY, role=role)) == (403, "not-allowed")


class TestUpdate:
    async def test_a_lead_rates_it_and_says_how_it_stands(self, plan: PlanWorld) -> None:
        await plan.party("director", role=Role.SENIOR_LEADER)
        await a_recommendation(plan, leads=["director"])
        body = {"rating": "green", "confidence": "limited", "status_note": "Nearly there"}
        after = await patch(plan, "/recommendations/R1", body, role=Role.SENIOR_LEADER)
        assert after.status_code == 200 and after.json()["rating"] == "green"

    @pytest.mark.parametrize("field", ["assured_rating", "status", "text", "leads"])
    async def test_a_lead_changes_nothing_else(self, plan: PlanWorld, field: str) -> None:
        await plan.party("director", role=Role.SENIOR_LEADER)
        await a_recommendation(plan, leads=["director"])
        value = {"assured_rating": "red", "status": "closed", "text": "x", "leads": []}[field]
        answer = await patch(plan, "/recommendations/R1", {field: value}, role=Role.SENIOR_LEADER)
        assert problem(answer) == (403, "not-allowed") and field in answer.json()["detail"]

    async def test_somebody_elses_is_not_theirs(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        answer = await patch(plan, "/recommendations/R1", {"rating": "red"}, role=Role.SENIOR_LEADER)
        assert problem(answer) == (403, "not-allowed")

    async def test_the_assured_rating_stands_beside_the_leads(self, plan: PlanWorld) -> None:
        await a_recommendation(plan, rating="green")
        after = (await patch(plan, "/recommendations/R1", {"assured_rating": "amber"})).json()
        assert (after["rating"], after["assured_rating"]) == ("green", "amber")

    async def test_the_note_of_business_as_usual_cannot_go(self, plan: PlanWorld) -> None:
        await a_recommendation(plan, status="business_as_usual", status_note="The panel")
        assert pointers(await patch(plan, "/recommendations/R1", {"status_note": None})) == ["/status_note"]

    async def test_lists_are_brought_to_what_is_sent(self, plan: PlanWorld) -> None:
        before = await a_recommendation(plan, parts=[{"ref": "a", "text": "x"}, {"ref": "b", "text": "y"}])
        after = (await patch(plan, "/recommendations/R1", {"parts": [{"ref": "b", "text": "y"}]})).json()
        assert [part["ref"] for part in after["parts"]] == ["b"] and after["version"] > before["version"]

    async def test_null_clears_the_response(self, plan: PlanWorld) -> None:
        await a_recommendation(plan, response={"decision": "accepted"})
        assert (await patch(plan, "/recommendations/R1", {"response": None})).json()["response"] is None

    async def test_a_corrected_ref_redirects(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        await patch(plan, "/recommendations/R1", {"ref": "R1a"})
        answer = await (await plan.manager()).get(plan.url("/recommendations/R1"))
        assert (answer.status_code, answer.headers["location"]) == (308, plan.url("/recommendations/R1a"))

    async def test_a_stale_edit_is_refused(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        etag = await version_of(plan, "/recommendations/R1")
        await patch(plan, "/recommendations/R1", {"outcome": "theirs"}, etag=etag)
        answer = await patch(plan, "/recommendations/R1", {"outcome": "mine"}, etag=etag)
        (field,) = answer.json()["fields"]
        assert problem(answer) == (412, "edit-conflict")
        assert (field["base"], field["theirs"], field["yours"]) == (None, "theirs", "mine")


class TestDelete:
    async def test_leaves_its_actions(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        await an_action(plan, "A1", recommendations=["R1"])
        assert (await delete(plan, "/recommendations/R1")).status_code == 204
        assert (await read(plan, "/actions/A1"))["recommendations"] == []
        assert await refs(plan, "/recommendations") == []

    async def test_is_for_programme_managers(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.SENIOR_LEADER)
        await a_recommendation(plan, leads=["lead"])
        answer = await delete(plan, "/recommendations/R1", role=Role.SENIOR_LEADER)
        assert problem(answer) == (403, "not-allowed")
