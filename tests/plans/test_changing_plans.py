"""Plans made, changed, closed and deleted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.escalations.shipped import SHIPPED_LADDERS
from api.vocabulary import Role
from tests.factories.world import PlanWorld


async def change(
    plan: PlanWorld, patch: dict[str, Any], role: Role = Role.PROGRAMME_MANAGER
) -> httpx.Response:
    client = await plan.client(role)
    etag = (await client.get(plan.url())).headers["etag"]
    return await client.patch(plan.url(), json=patch, headers={"If-Match": etag})


def pointers(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json()["errors"]]


class TestCreatePlan:
    async def test_an_administrator_makes_one_whole(self, plan: PlanWorld) -> None:
        new = {
            "ref": f"{plan.ref}-next",
            "title": "The next plan",
            "authority": plan.ref,
            "starts": "2026-04",
            "ends": {"date": "2027-Q1", "text": "by spring"},
            "intervention": {"type": "Statutory direction", "issued_on": "2026-01-09"},
            "status_words": [{"word": "Complete", "status": "completed", "counts_as_done": True}],
            "colour_key": [{"colour": "amber", "confidence": "Reasonable", "counts_as": "reasonable"}],
            "boards": [{"name": "Improvement board", "is_independent": True}],
            "impact_statements": [{"topic": "Equalities", "text": "Nothing specific."}],
        }
        answer = await (await plan.client(Role.ADMIN)).post("/v1/plans", json=new)
        assert answer.status_code == 201
        assert answer.headers["location"] == f"/v1/plans/{plan.ref}-next"
        made = answer.json()
        assert made["status"] == "draft"
        assert (made["starts"]["on"], made["ends"]["on"]) == ("2026-04-30", "2027-03-31")
        assert made["ends"]["text"] == "by spring"
        assert made["intervention"]["issued_on"] == "2026-01-09"
        assert made["status_words"][0]["counts_as_done"] is True
        assert made["colour_key"][0]["counts_as"] == "reasonable"
        assert made["boards"][0]["is_independent"] is True
        assert made["impact_statements"] == new["impact_statements"]

    async def test_it_starts_with_the_shipped_ladders(self, plan: PlanWorld) -> None:
        new = {"ref": f"{plan.ref}-next", "title": "Next", "authority": plan.ref}
        assert (await (await plan.client(Role.ADMIN)).post("/v1/plans", json=new)).status_code == 201
        held = await plan.service.one(
            "select count(*) from ladder l join plan p on p.id = l.plan_id where p.ref = %s", new["ref"]
        )
        assert held == len(SHIPPED_LADDERS)

    async def test_a_taken_ref_is_refused_whatever_its_case(self, plan: PlanWorld) -> None:
        new = {"ref": plan.ref.upper(), "title": "Again", "authority": plan.ref}
        answer = await (await plan.client(Role.ADMIN)).post("/v1/plans", json=new)
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("/ref-taken")

    async def test_an_unknown_authority_is_pointed_at(self, plan: PlanWorld) -> None:
        new = {"ref": f"{plan.ref}-next", "title": "Next", "authority": "nowhere"}
        assert pointers(await (await plan.client(Role.ADMIN)).post("/v1/plans", json=new)) == ["/authority"]

    @pytest.mark.parametrize("role", [Role.PROGRAMME_MANAGER, Role.BOARD_MEMBER])
    async def test_only_administrators_make_plans(self, plan: PlanWorld, role: Role) -> None:
        new = {"ref": f"{plan.ref}-next", "title": "Next", "authority": plan.ref}
        assert (await (await plan.client(role)).post("/v1/plans", json=new)).status_code == 403

    async def test_the_same_key_makes_one_plan(self, plan: PlanWorld) -> None:
        admin = await plan.client(Role.ADMIN)
        new = {"ref": f"{plan.ref}-next", "title": "Next", "authority": plan.ref}
        key = {"Idempotency-Key": plan.ref}
        first = await admin.post("/v1/plans", json=new, headers=key)
        again = await admin.post("/v1/plans", json=new, headers=key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()


class TestUpdatePlan:
    async def test_changes_what_is_sent_and_nothing_else(self, plan: PlanWorld) -> None:
        await change(plan, {"horizon": "Year one", "signatories": ["Director"]})
        answer = await change(plan, {"title": "Better title", "horizon": None})
        assert answer.status_code == 200
        now = answer.json()
        assert (now["title"], now["horizon"], now["signatories"]) == ("Better title", None, ["Director"])

    async def test_a_list_that_is_sent_replaces_the_list(self, plan: PlanWorld) -> None:
        words = [{"word": word, "status": "in_progress"} for word in ("Started", "Under way")]
        await change(plan, {"status_words": words})
        before = (await change(plan, {"status_words": words[::-1]})).json()
        assert [word["word"] for word in before["status_words"]] == ["Under way", "Started"]
        assert (await change(plan, {"status_words": []})).json()["status_words"] == []

    async def test_a_changed_list_bumps_the_version_and_the_same_one_does_not(self, plan: PlanWorld) -> None:
        boards = {"boards": [{"name": "Improvement board"}]}
        first = (await change(plan, boards)).json()["version"]
        assert (await change(plan, boards)).json()["version"] == first
        assert (await change(plan, {"boards": []})).json()["version"] == first + 1

    async def test_an_intervention_is_merged_and_null_clears_it(self, plan: PlanWorld) -> None:
        await change(plan, {"intervention": {"type": "Notice", "issued_on": "2026-01-09"}})
        merged = (await change(plan, {"intervention": {"lifted_on": "2026-06-01"}})).json()["intervention"]
        assert (merged["type"], merged["issued_on"], merged["lifted_on"]) == (
            "Notice",
            "2026-01-09",
            "2026-06-01",
        )
        assert (await change(plan, {"intervention": None})).json()["intervention"] is None

    @pytest.mark.parametrize(
        ("patch", "pointer"),
        [
            ({"title": None}, "/title"),
            ({"status_words": None}, "/status_words"),
            ({"status": "closed"}, "/as_at"),
            ({"starts": "2026-05", "ends": "2026-04"}, "/ends"),
            ({"authority": "nowhere"}, "/authority"),
            ({"intervention": {"adviser": "An adviser"}}, "/intervention/type"),
            (
                {"intervention": {"type": "Notice", "issued_on": "2026-02-01", "lifted_on": "2026-01-01"}},
                "/intervention/lifted_on",
            ),
            ({"stated_totals": [{"label": "All", "of": "actions"}]}, "/stated_totals/0"),
            (
                {"stated_totals": [{"label": "All", "of": "kpis", "statuses": ["closed"], "count": 1}]},
                "/stated_totals/0",
            ),
            (
                {
                    "status_words": [
                        {"word": "Done", "status": "completed"},
                        {"word": "done", "status": "closed"},
                    ]
                },
                "/status_words/1/word",
            ),
            ({"colour_key": [{"colour": "red"}, {"colour": "red"}]}, "/colour_key/1/colour"),
            ({"ref": "another"}, "/ref"),
        ],
    )
    async def test_points_at_what_is_wrong(
        self, plan: PlanWorld, patch: dict[str, Any], pointer: str
    ) -> None:
        assert pointers(await change(plan, patch)) == [pointer]

    async def test_a_stale_version_shows_base_theirs_and_yours(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        stale = (await client.get(plan.url())).headers["etag"]
        await change(plan, {"title": "Theirs"})
        answer = await client.patch(plan.url(), json={"title": "Yours"}, headers={"If-Match": stale})
        assert answer.status_code == 412
        (field,) = answer.json()["fields"]
        assert (field["base"], field["theirs"], field["yours"]) == (f"Plan {plan.ref}", "Theirs", "Yours")

    async def test_needs_if_match(self, plan: PlanWorld) -> None:
        assert (await (await plan.manager()).patch(plan.url(), json={})).status_code == 428

    @pytest.mark.parametrize("role", [Role.ACTION_LEAD, Role.INTERNAL_AUDITOR, Role.PARTNER])
    async def test_is_refused_to_other_roles(self, plan: PlanWorld, role: Role) -> None:
        assert (await change(plan, {"title": "Mine"}, role)).status_code == 403


class TestDeletePlan:
    async def test_a_draft_goes_with_all_it_contains_and_its_history_stays(self, plan: PlanWorld) -> None:
        manager, admin = await plan.manager(), await plan.client(Role.ADMIN)
        await plan.party("lead", role=Role.ACTION_LEAD)
        for ref, parent in (("A1", None), ("A1.1", "A1")):
            new = {"ref": ref, "title": "Do it", "parent": parent, "leads": ["lead"]}
            assert (await manager.post(plan.url("/actions"), json=new)).status_code == 201
        etag = (await change(plan, {"status": "draft"})).headers["etag"]
        answer = await admin.delete(plan.url(), headers={"If-Match": etag})
        assert answer.status_code == 204, answer.text
        assert (await admin.get(plan.url())).status_code == 404
        assert await plan.service.one("select count(*) from action where plan_id = %s", plan.id) == 0
        assert await plan.service.one("select count(*) from action_history where plan_id = %s", plan.id) > 0

    async def test_a_plan_past_its_draft_is_closed_instead(self, plan: PlanWorld) -> None:
        admin = await plan.client(Role.ADMIN)
        etag = (await admin.get(plan.url())).headers["etag"]
        answer = await admin.delete(plan.url(), headers={"If-Match": etag})
        assert answer.status_code == 409
        assert "close this plan instead" in answer.json()["detail"]

    async def test_a_programme_manager_does_not_delete_plans(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        etag = (await client.get(plan.url())).headers["etag"]
        assert (await client.delete(plan.url(), headers={"If-Match": etag})).status_code == 403
