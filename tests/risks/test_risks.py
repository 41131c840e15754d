from __future__ import annotations

from typing import Any

import pytest

from api.risks.schemas import RiskRead, RiskSummary
from api.vocabulary import Role
from tests.actions.making import (
    Json,
    an_action,
    days_from_now,
    delete,
    fits,
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


async def a_risk(plan: PlanWorld, ref: str = "K1", **fields: Any) -> Json:
    return await make(plan, "/risks", {"ref": ref, "title": f"Risk {ref}"} | fields)


class TestCreate:
    async def test_holds_all_it_is_given(self, plan: PlanWorld) -> None:
        await plan.party("hr")
        await plan.party("director")
        await an_action(plan)
        made = await a_risk(
            plan,
            cause="Pay",
            effect="Vacancies",
            current={"level": "high", "as_printed": "H"},
            residual={"likelihood": 3, "impact": 4},
            target={"level": "low"},
            controls=[
                {"text": "Retention pay", "owner": "HR"},
                {"text": "Grow our own", "state": "planned"},
                {"text": "Not yet", "state": "none_yet"},
            ],
            owners=["director"],
            actions=["a1"],
            review_on=days_from_now(-1),
        )
        assert made["current"] == {
            "level": "high",
            "likelihood": None,
            "impact": None,
            "score": None,
            "as_printed": "H",
        }
        assert made["residual"]["score"] == 12 and made["target"]["level"] == "low"
        assert [(c["text"], c["state"], c["owner"] and c["owner"]["party"]) for c in made["controls"]] == [
            ("Retention pay", "in_place", "hr"),
            ("Grow our own", "planned", None),
            ("Not yet", "none_yet", None),
        ]
        assert (made["actions"], made["is_past_review"], made["control_count"]) == (["A1"], True, 3)

    async def test_a_risk_may_be_unrated(self, plan: PlanWorld) -> None:
        made = await a_risk(plan)
        assert (made["current"], made["residual"], made["target"], made["review_on"]) == (None,) * 4
        assert made["is_past_review"] is False

    @pytest.mark.parametrize(
        "rating", [{"likelihood": 3}, {"impact": 1}, {}, {"likelihood": 6, "impact": 1}, {"level": "huge"}]
    )
    async def test_refuses_half_a_rating(self, plan: PlanWorld, rating: Json) -> None:
        answer = await post(plan, "/risks", {"ref": "K1", "title": "t", "current": rating})
        assert pointers(answer)[0].startswith("/current")

    @pytest.mark.parametrize(
        ("field", "value", "pointer"),
        [
            ("controls", [{"text": "x"}, {"text": "y", "owner": "nobody"}], "/controls/1/owner"),
            ("actions", ["A9"], "/actions/0"),
            ("owners", ["nobody"], "/owners/0"),
            ("themes", ["T9"], "/themes/0"),
        ],
    )
    async def test_points_at_what_is_not_there(
        self, plan: PlanWorld, field: str, value: object, pointer: str
    ) -> None:
        assert pointers(await post(plan, "/risks", {"ref": "K1", "title": "t", field: value})) == [pointer]

    async def test_is_for_programme_managers(self, plan: PlanWorld) -> None:
        answer = await post(plan, "/risks", {"ref": "K1", "title": "t"}, role=Role.SENIOR_LEADER)
        assert problem(answer) == (403, "not-allowed")


class TestUpdate:
    async def test_an_owner_rates_it_and_keeps_its_controls(self, plan: PlanWorld) -> None:
        await plan.party("director", role=Role.SENIOR_LEADER)
        await a_risk(plan, owners=["director"], controls=[{"text": "a"}, {"text": "b"}])
        body = {
            "residual": {"level": "medium"},
            "controls": [{"text": "b", "owner": "director"}],
            "review_on": days_from_now(30),
        }
        after = await patch(plan, "/risks/K1", body, role=Role.SENIOR_LEADER)
        assert after.status_code == 200, after.text
        assert [(c["text"], c["owner"]["party"]) for c in after.json()["controls"]] == [("b", "director")]

    @pytest.mark.parametrize("field", ["title", "target", "actions"])
    async def test_an_owner_changes_nothing_else(self, plan: PlanWorld, field: str) -> None:
        await plan.party("director", role=Role.SENIOR_LEADER)
        await a_risk(plan, owners=["director"])
        value = {"title": "x", "target": {"level": "low"}, "actions": []}[field]
        answer = await patch(plan, "/risks/K1", {field: value}, role=Role.SENIOR_LEADER)
        assert problem(answer) == (403, "not-allowed") and field in answer.json()["detail"]

    async def test_somebody_elses_is_not_theirs(self, plan: PlanWorld) -> None:
        await a_risk(plan)
        answer = await patch(plan, "/risks/K1", {"cause": "x"}, role=Role.SENIOR_LEADER)
        assert problem(answer) == (403, "not-allowed")

    async def test_null_clears_a_rating(self, plan: PlanWorld) -> None:
        await a_risk(plan, current={"likelihood": 5, "impact": 5, "level": "high"})
        assert (await patch(plan, "/risks/K1", {"current": None})).json()["current"] is None

    async def test_links_alone_make_a_new_version(self, plan: PlanWorld) -> None:
        await an_action(plan)
        before = await a_risk(plan)
        after = (await patch(plan, "/risks/K1", {"actions": ["A1"]})).json()
        assert after["actions"] == ["A1"] and after["version"] > before["version"]

    async def test_a_stale_edit_is_refused(self, plan: PlanWorld) -> None:
        await a_risk(plan)
        etag = await version_of(plan, "/risks/K1")
        await patch(plan, "/risks/K1", {"cause": "theirs"})
        answer = await patch(plan, "/risks/K1", {"cause": "mine"}, etag=etag)
        assert problem(answer) == (412, "edit-conflict") and answer.json()["fields"][0]["theirs"] == "theirs"

    async def test_a_corrected_ref_redirects(self, plan: PlanWorld) -> None:
        await a_risk(plan)
        await patch(plan, "/risks/K1", {"ref": "K2"})
        answer = await (await plan.manager()).get(plan.url("/risks/K1"))
        assert (answer.status_code, answer.headers["location"]) == (308, plan.url("/risks/K2"))


class TestList:
    async def test_shows_what_is_documented(self, plan: PlanWorld) -> None:
        await a_risk(plan, current={"level": "high"}, controls=[{"text": "Pay"}])
        fits(RiskSummary, (await read(plan, "/risks"))["items"][0])
        fits(RiskRead, await read(plan, "/risks/K1"))

    async def test_finds_by_level_owner_action_and_review(self, plan: PlanWorld) -> None:
        await plan.party("director", role=Role.SENIOR_LEADER)
        await an_action(plan)
        await a_risk(plan, "K1", current={"level": "medium"}, owners=["director"], actions=["A1"])
        await a_risk(plan, "K2", review_on="2018-01-01")
        assert await refs(plan, "/risks", level="medium") == ["K1"]
        assert await refs(plan, "/risks", owner="director") == ["K1"]
        assert await refs(plan, "/risks", owner="none") == ["K2"]
        assert await refs(plan, "/risks", action="a1") == ["K1"]
        assert await refs(plan, "/risks", past_review="true") == ["K2"]
        assert await refs(plan, "/risks", mine="true", role=Role.SENIOR_LEADER) == ["K1"]
        assert await refs(plan, "/risks", q="risk k2") == ["K2"]

    async def test_sorts_the_worst_first(self, plan: PlanWorld) -> None:
        await a_risk(plan, "K1", current={"level": "medium"})
        await a_risk(plan, "K2")
        await a_risk(plan, "K3", current={"likelihood": 4, "impact": 5})
        await a_risk(plan, "K4", current={"level": "high"})
        assert await refs(plan, "/risks", sort="-severity") == ["K4", "K3", "K1", "K2"]

    async def test_review_is_judged_on_the_plans_clock(self, plan: PlanWorld) -> None:
        await a_risk(plan, review_on="2018-09-30")
        await plan.service.owner.execute(
            "update plan set status = 'closed', as_at = '2018-08-31' where id = %s", (plan.id,)
        )
        assert (await read(plan, "/risks/K1"))["is_past_review"] is False

    @pytest.mark.parametrize("role", [Role.PARTNER, Role.INSPECTOR])
    async def test_is_for_readers_of_the_whole_plan(self, plan: PlanWorld, role: Role) -> None:
        assert problem(await (await plan.client(role)).get(plan.url("/risks"))) == (403, "not-allowed")

    async def test_answers_404_to_a_stranger(self, plan: PlanWorld) -> None:
        answer = await (await plan.service.stranger()).get(plan.url("/risks"))
        assert problem(answer) == (404, "not-found")


class TestDelete:
    async def test_leaves_only_history(self, plan: PlanWorld) -> None:
        await a_risk(plan, controls=[{"text": "a"}])
        moment = (await plan.service.one("select clock_timestamp()")).isoformat().replace("+00:00", "Z")
        assert (await delete(plan, "/risks/K1")).status_code == 204
        assert await refs(plan, "/risks") == []
        assert (await read(plan, "/risks/K1", as_of=moment))["controls"][0]["text"] == "a"

    async def test_an_owner_does_not(self, plan: PlanWorld) -> None:
        await plan.party("director", role=Role.SENIOR_LEADER)
        await a_risk(plan, owners=["director"])
        assert problem(await delete(plan, "/risks/K1", role=Role.SENIOR_LEADER)) == (403, "not-allowed")
