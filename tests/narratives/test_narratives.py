from __future__ import annotations

from typing import Any

import pytest

from api.vocabulary import Role
from tests.actions.making import (
    Json,
    a_recommendation,
    an_action,
    days_from_now,
    make,
    patch,
    pointers,
    post,
    problem,
    read,
)
from tests.factories.world import PlanWorld

A1 = [{"kind": "action", "ref": "A1"}]
K1 = [{"kind": "kpi", "ref": "K1"}]
KPI = {"title": "Visits", "unit": "percent", "polarity": "higher"}


def words(**fields: Any) -> Json:
    return {"about": A1, "kind": "progress", "text": "All trained"} | fields


async def a_kpi(plan: PlanWorld, ref: str = "K1", period_type: str = "month") -> None:
    await make(plan, "/kpis", KPI | {"ref": ref, "period_type": period_type})


class TestPost:
    async def test_says_who_for_whom_and_when(self, plan: PlanWorld) -> None:
        await an_action(plan)
        made = await make(plan, "/narratives", words(for_whom="Director"))
        poster = (await plan.user(Role.PROGRAMME_MANAGER)).name
        assert (made["by"], made["posted_by"], made["for_whom"]) == (poster, poster, "Director")
        assert made["on"]["date"] == days_from_now(0) and made["source_ref"] is None
        assert made["about"] == [{"kind": "action", "ref": "A1", "title": "Do A1"}]

    async def test_may_be_about_several_items_or_the_plan(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        await an_action(plan)
        about = [{"kind": "recommendation", "ref": "r1"}, *A1, *A1]
        made = await make(plan, "/narratives", words(about=about, kind="success"))
        assert [item["ref"] for item in made["about"]] == ["R1", "A1"]
        made = await make(plan, "/narratives", words(about=[{"kind": "plan"}], kind="introduction"))
        assert [(item["kind"], item["ref"]) for item in made["about"]] == [("plan", None)]

    async def test_points_at_every_item_that_is_not_there(self, plan: PlanWorld) -> None:
        await an_action(plan)
        about = [{"kind": "kpi", "ref": "K9"}, *A1, {"kind": "risk", "ref": "A1"}]
        answer = await post(plan, "/narratives", words(about=about))
        assert pointers(answer) == ["/about/0/ref", "/about/2/ref"]

    async def test_is_about_something(self, plan: PlanWorld) -> None:
        assert pointers(await post(plan, "/narratives", words(about=[]))) == ["/about"]

    async def test_an_exception_says_why_what_and_by_when(self, plan: PlanWorld) -> None:
        await an_action(plan)
        answer = await post(plan, "/narratives", words(kind="exception", cause="No staff"))
        assert pointers(answer) == ["/recovery", "/recovery_due"]
        whole = words(kind="exception", cause="No staff", recovery="Agency cover", recovery_due="2030-01")
        assert (await make(plan, "/narratives", whole))["recovery_due"]["on"] == "2030-01-31"

    async def test_is_not_dated_after_today(self, plan: PlanWorld) -> None:
        await an_action(plan)
        assert pointers(await post(plan, "/narratives", words(on=days_from_now(1)))) == ["/on"]

    async def test_reads_a_period_by_the_kpis_type(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        made = await make(plan, "/narratives", words(about=K1, kind="commentary", period="Aug-18"))
        assert made["period"] == "2018-08"

    async def test_refuses_a_period_it_cannot_read(self, plan: PlanWorld) -> None:
        await an_action(plan)
        await a_kpi(plan)
        await a_kpi(plan, "K2", "quarter")
        both = [*K1, {"kind": "kpi", "ref": "K2"}]
        for about, period in ((K1, "FY2018-19"), (K1, "soon"), (A1, "2018-08"), (both, "2018-08")):
            answer = await post(plan, "/narratives", words(about=about, period=period))
            assert pointers(answer) == ["/period"]

    async def test_as_seen_by_leads_is_for_what_they_lead(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await an_action(plan, "A1", leads=["lead"])
        await an_action(plan, "A2")
        made = await make(plan, "/narratives", words(), role=Role.ACTION_LEAD)
        assert made["may_edit"] is True
        both = [*A1, {"kind": "action", "ref": "A2"}]
        answer = await post(plan, "/narratives", words(about=both), role=Role.ACTION_LEAD)
        assert problem(answer) == (403, "not-allowed") and "action A2" in answer.json()["detail"]
        about_the_plan = words(about=[{"kind": "plan"}])
        assert problem(await post(plan, "/narratives", about_the_plan, role=Role.ACTION_LEAD))[0] == 403

    async def test_performance_officers_explain_any_kpi(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await an_action(plan)
        body = words(about=K1, kind="commentary", period="2018-08")
        made = await make(plan, "/narratives", body, role=Role.PERFORMANCE_OFFICER)
        assert made["period"] == "2018-08"
        answer = await post(plan, "/narratives", words(), role=Role.PERFORMANCE_OFFICER)
        assert problem(answer) == (403, "not-allowed")

    async def test_a_partner_reports_on_its_own_action(self, plan: PlanWorld) -> None:
        await plan.party("nhs", role=Role.PARTNER)
        await an_action(plan, leads=["nhs"])
        made = await make(plan, "/narratives", words(), role=Role.PARTNER)
        assert made["about"][0]["ref"] == "A1"

    @pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.INTERNAL_AUDITOR, Role.INSPECTOR])
    async def test_readers_do_not_post(self, plan: PlanWorld, role: Role) -> None:
        await an_action(plan)
        assert problem(await post(plan, "/narratives", words(), role=role)) == (403, "not-allowed")


class TestApplyRating:
    async def test_sets_the_items_rating_with_it(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await an_action(plan, leads=["lead"])
        body = words(rating="amber", confidence="limited", apply_rating=True)
        await make(plan, "/narratives", body, role=Role.ACTION_LEAD)
        action = await read(plan, "/actions/A1")
        assert (action["rating"], action["confidence"]) == ("amber", "limited")

    async def test_works_for_a_recommendation(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        about = [{"kind": "recommendation", "ref": "r1"}]
        await make(plan, "/narratives", words(about=about, rating="red", apply_rating=True))
        assert (await read(plan, "/recommendations/R1"))["rating"] == "red"

    async def test_a_better_rating_needs_its_reason_or_nothing_is_stored(self, plan: PlanWorld) -> None:
        await an_action(plan, due=days_from_now(-60))
        body = words(rating="green", apply_rating=True)
        assert pointers(await post(plan, "/narratives", body)) == ["/rating_reason"]
        assert (await read(plan, "/narratives"))["items"] == []
        await make(plan, "/narratives", body | {"rating_reason": "Done in practice"})
        assert (await read(plan, "/actions/A1"))["rating_reason"] == "Done in practice"

    @pytest.mark.parametrize("fields", [{"kind": "success"}, {"rating": None}, {"about": [{"kind": "plan"}]}])
    async def test_refuses_where_it_has_no_one_meaning(self, plan: PlanWorld, fields: Json) -> None:
        await an_action(plan)
        body = words(rating="red", apply_rating=True) | fields
        assert pointers(await post(plan, "/narratives", body)) == ["/apply_rating"]

    async def test_without_it_the_item_keeps_its_rating(self, plan: PlanWorld) -> None:
        await an_action(plan, rating="green")
        await make(plan, "/narratives", words(rating="red"))
        assert (await read(plan, "/actions/A1"))["rating"] == "green"

    async def test_an_officer_who_may_speak_of_it_but_not_change_it_cannot(self, plan: PlanWorld) -> None:
        await plan.party("officer", role=Role.PERFORMANCE_OFFICER)
        await an_action(plan, leads=["officer"])
        body = words(rating="red", apply_rating=True)
        answer = await post(plan, "/narratives", body, role=Role.PERFORMANCE_OFFICER)
        assert problem(answer) == (403, "not-allowed")


class TestUpdate:
    async def test_its_author_corrects_it(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await an_action(plan, leads=["lead"])
        made = await make(plan, "/narratives", words(), role=Role.ACTION_LEAD)
        answer = await patch(plan, f"/narratives/{made['id']}", {"text": "Most"}, role=Role.ACTION_LEAD)
        assert answer.json()["text"] == "Most" and answer.json()["version"] == 2

    async def test_somebody_elses_words_are_theirs(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await an_action(plan, leads=["lead"])
        made = await make(plan, "/narratives", words())
        answer = await patch(plan, f"/narratives/{made['id']}", {"text": "x"}, role=Role.ACTION_LEAD)
        assert problem(answer) == (403, "not-allowed")

    async def test_an_exception_stays_whole(self, plan: PlanWorld) -> None:
        await an_action(plan)
        body = words(kind="exception", cause="c", recovery="r", recovery_due={"text": "by spring"})
        path = f"/narratives/{(await make(plan, '/narratives', body))['id']}"
        assert pointers(await patch(plan, path, {"recovery_due": None})) == ["/recovery_due"]
        assert (await patch(plan, path, {"cause": "Other"})).json()["cause"] == "Other"

    async def test_reads_a_new_period_by_what_it_is_about(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        made = await make(plan, "/narratives", words(about=K1))
        path = f"/narratives/{made['id']}"
        assert (await patch(plan, path, {"period": "08/2018"})).json()["period"] == "2018-08"
        assert pointers(await patch(plan, path, {"period": "2018"})) == ["/period"]

    async def test_another_plans_narrative_is_not_there(self, plan: PlanWorld) -> None:
        await an_action(plan)
        made = await make(plan, "/narratives", words())
        other = await plan.service.new_plan()
        client = await other.manager()
        for answer in (
            await client.get(other.url(f"/narratives/{made['id']}")),
            await client.patch(
                other.url(f"/narratives/{made['id']}"), json={"text": "x"}, headers={"If-Match": '"1.x"'}
            ),
        ):
            assert problem(answer) == (404, "not-found")
