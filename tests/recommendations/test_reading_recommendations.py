from __future__ import annotations

from api.recommendations.schemas import RecommendationRead, RecommendationSummary
from api.vocabulary import Role
from tests.actions.making import (
    a_recommendation,
    an_action,
    days_from_now,
    fits,
    make,
    patch,
    pointers,
    problem,
    read,
    refs,
)
from tests.factories.world import PlanWorld


class TestSuggestedRating:
    async def test_a_rating_better_than_its_worst_open_action_needs_a_reason(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        await an_action(plan, "A1", recommendations=["R1"], due=days_from_now(30))
        await an_action(plan, "A2", recommendations=["R1"], due=days_from_now(-3))
        assert (await read(plan, "/recommendations/R1"))["suggested_rating"] == "amber"
        assert pointers(await patch(plan, "/recommendations/R1", {"rating": "green"})) == ["/rating_reason"]
        body = {"rating": "green", "rating_reason": "The late one is done in all but name"}
        assert (await patch(plan, "/recommendations/R1", body)).status_code == 200

    async def test_a_late_part_of_an_action_counts(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        await an_action(plan, "1", recommendations=["R1"], due=days_from_now(30))
        await an_action(plan, "1.1", parent="1", due=days_from_now(-60))
        assert (await read(plan, "/recommendations/R1"))["suggested_rating"] == "red"

    async def test_what_is_done_suggests_nothing(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        await an_action(plan, "A1", recommendations=["R1"], due="2018-01", status="completed")
        assert (await read(plan, "/recommendations/R1"))["suggested_rating"] == "grey"
        assert (await patch(plan, "/recommendations/R1", {"rating": "blue"})).status_code == 200


class TestRead:
    async def test_shows_what_is_documented(self, plan: PlanWorld) -> None:
        await a_recommendation(plan, response={"decision": "accepted"}, parts=[{"ref": "a", "text": "x"}])
        await an_action(plan, recommendations=["R1"], due="2018-03")
        fits(RecommendationRead, await read(plan, "/recommendations/R1"))
        fits(RecommendationSummary, (await read(plan, "/recommendations"))["items"][0])

    async def test_one_request_serves_the_screen(self, plan: PlanWorld) -> None:
        await plan.party("lead")
        await a_recommendation(plan)
        await an_action(plan, "1", recommendations=["R1"], leads=["lead"], due=days_from_now(-1))
        await an_action(plan, "1.1", parent="1", status="completed")
        kpi = {
            "ref": "K1",
            "title": "Visits",
            "unit": "percent",
            "polarity": "higher",
            "period_type": "month",
        }
        link = {"recommendation": "R1", "wording": "Seen in time", "leads": ["lead"]}
        await make(plan, "/kpis", kpi | {"recommendations": [link]})
        about = [{"kind": "recommendation", "ref": "R1"}]
        for day in (-9, -2):
            words = {"about": about, "kind": "progress", "text": f"{day}", "on": days_from_now(day)}
            await make(plan, "/narratives", words)
        whole = await read(plan, "/recommendations/R1")
        assert [(a["ref"], a["parent"], a["is_overdue"]) for a in whole["actions"]] == [
            ("1", None, True),
            ("1.1", "1", False),
        ]
        assert [lead["party"] for lead in whole["actions"][0]["leads"]] == ["lead"]
        (under,) = whole["kpis"]
        assert (under["ref"], under["wording"], under["leads"][0]["party"]) == ("K1", "Seen in time", "lead")
        assert [n["text"] for n in whole["narratives"]] == ["-2", "-9"]
        assert whole["last_progress_on"] == days_from_now(-2)
        assert (whole["overdue"], whole["kpi_count"]) == (1, 1)
        assert (whole["action_counts"]["total"], whole["action_counts"]["completed"]) == (2, 1)

    async def test_answers_404_to_a_stranger(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        answer = await (await plan.service.stranger()).get(plan.url("/recommendations/R1"))
        assert problem(answer) == (404, "not-found")

    async def test_a_partner_sees_that_of_its_action_and_counts_only_its_own(self, plan: PlanWorld) -> None:
        await plan.party("nhs", role=Role.PARTNER)
        await a_recommendation(plan)
        await a_recommendation(plan, "R2")
        await an_action(plan, "A1", recommendations=["R1"], leads=["nhs"])
        await an_action(plan, "A2", recommendations=["R1"])
        assert await refs(plan, "/recommendations", role=Role.PARTNER) == ["R1"]
        seen = await read(plan, "/recommendations/R1", role=Role.PARTNER)
        assert [a["ref"] for a in seen["actions"]] == ["A1"] and seen["may_update"] is False

    async def test_as_of_shows_its_work_as_it_stood(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        await an_action(plan, "A1", recommendations=["R1"])
        moment = (await plan.service.one("select clock_timestamp()")).isoformat().replace("+00:00", "Z")
        await patch(plan, "/actions/A1", {"status": "completed"})
        was = await read(plan, "/recommendations/R1", as_of=moment)
        assert was["action_counts"]["not_started"] == 1 and was["action_counts"]["completed"] == 0


class TestList:
    async def test_finds_by_status_rating_and_lateness(self, plan: PlanWorld) -> None:
        await a_recommendation(plan, "R1", rating="red")
        await a_recommendation(plan, "R2", status="business_as_usual", status_note="The panel")
        await an_action(plan, "A1", recommendations=["R1"], due="2018-01")
        assert await refs(plan, "/recommendations") == ["R1", "R2"]
        assert await refs(plan, "/recommendations", status="business_as_usual") == ["R2"]
        assert await refs(plan, "/recommendations", rating=["red", "amber"]) == ["R1"]
        assert await refs(plan, "/recommendations", late="true") == ["R1"]
        assert await refs(plan, "/recommendations", late="false", total="true") == ["R2"]

    async def test_sorts_the_worst_first_and_pages(self, plan: PlanWorld) -> None:
        for ref, rating in (("R1", "green"), ("R2", "red"), ("R3", None), ("R4", "amber")):
            await a_recommendation(plan, ref, rating=rating)
        first = await read(plan, "/recommendations", sort="rating", limit=3)
        rest = await read(plan, "/recommendations", sort="rating", limit=3, cursor=first["next"])
        assert [r["ref"] for r in first["items"] + rest["items"]] == ["R2", "R4", "R1", "R3"]

    async def test_finds_by_lead_theme_origin_and_words(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await plan.service.owner.execute(
            "insert into theme (plan_id, ref, kind, title) values (%s, 'T1', 'theme', 'Visits')", (plan.id,)
        )
        await a_recommendation(plan, "R1", leads=["lead"], text="See every child")
        await a_recommendation(plan, "R2", themes=["t1"], origin="peer_review")
        assert await refs(plan, "/recommendations", lead="lead") == ["R1"]
        assert await refs(plan, "/recommendations", mine="true", role=Role.ACTION_LEAD) == ["R1"]
        assert await refs(plan, "/recommendations", theme="T1") == ["R2"]
        assert await refs(plan, "/recommendations", origin="peer_review") == ["R2"]
        assert await refs(plan, "/recommendations", q="child see") == ["R1"]
