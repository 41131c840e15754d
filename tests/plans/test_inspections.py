"""Inspections with their judgements and findings, and the frameworks they follow."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.plans.inspections.rules import FRAMEWORKS, misfits
from api.plans.inspections.schemas import JudgementWrite
from api.vocabulary import Framework, Grade, Role
from tests.factories.world import PlanWorld, Service

SIF: dict[str, Any] = {
    "ref": "SIF-2017",
    "framework": "sif",
    "starts": {"date": "2016-02", "text": "February and March 2016"},
    "ends": {"date": "2016-03", "text": "February and March 2016"},
    "published_on": "2016-05-23",
    "judgements": [
        {"area": "Overall effectiveness", "grade": "good"},
        {"area": "Looked after and permanence", "grade": "good"},
        {"area": "Adoption", "under": "Looked after and permanence", "grade": "good"},
        {"area": "LSCB review", "grade": "outstanding"},
    ],
    "findings": [
        {"ref": "F1", "text": "Chronologies are out of date.", "page": "5", "paragraphs": "10, 27"},
        {"ref": "F2", "text": "Visits are late."},
    ],
}


async def add(plan: PlanWorld, inspection: dict[str, Any] = SIF) -> httpx.Response:
    return await (await plan.manager()).post(plan.url("/inspections"), json=inspection)


async def change(plan: PlanWorld, patch: dict[str, Any], ref: str = "SIF-2017") -> httpx.Response:
    client = await plan.manager()
    address = plan.url(f"/inspections/{ref}")
    etag = (await client.get(address)).headers["etag"]
    return await client.patch(address, json=patch, headers={"If-Match": etag})


async def answer_finding(plan: PlanWorld, finding: str) -> None:
    """A recommendation that answers this finding."""
    recommendation = await plan.service.one(
        "insert into recommendation (plan_id, ref, text, origin, status)"
        " values (%s, 'R1', 'Keep chronologies', 'inspection', 'active') returning id",
        plan.id,
    )
    await plan.service.owner.execute(
        "insert into inspection_reference (plan_id, recommendation_id, position, inspection_id, finding_id)"
        " select f.plan_id, %s, 0, f.inspection_id, f.id from finding f where f.plan_id = %s and f.ref = %s",
        (recommendation, plan.id, finding),
    )


class TestCreateInspection:
    async def test_keeps_ranges_judgements_and_findings(self, plan: PlanWorld) -> None:
        made = await add(plan)
        assert made.status_code == 201
        assert made.headers["location"] == plan.url("/inspections/SIF-2017")
        held = (await (await plan.manager()).get(plan.url("/inspections/sif-2017"))).json()
        assert (held["starts"]["on"], held["ends"]["on"]) == ("2016-02-29", "2016-03-31")
        assert [(one["area"], one["under"], one["grade"]) for one in held["judgements"]][2] == (
            "Adoption",
            "Looked after and permanence",
            "good",
        )
        assert held["findings"][0]["paragraphs"] == "10, 27"

    async def test_a_joint_inspection_takes_words_and_no_grade(self, plan: PlanWorld) -> None:
        judged = [{"area": "Neglect", "words": "Partners know it well."}, {"area": "Care", "grade": "good"}]
        refused = await add(plan, {"ref": "jtai", "framework": "jtai", "judgements": judged})
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/judgements/1/grade"]
        assert (
            await add(plan, {"ref": "jtai", "framework": "jtai", "judgements": judged[:1]})
        ).status_code == 201

    @pytest.mark.parametrize(
        ("part", "pointer"),
        [
            ({"judgements": [{"area": "Adoption", "under": "Elsewhere", "grade": "good"}]}, "under"),
            ({"judgements": [{"area": "A", "grade": "good"}, {"area": "a", "grade": "good"}]}, "area"),
            ({"judgements": [{"area": "A"}]}, "/judgements/0"),
            ({"findings": [{"ref": "F1", "text": "x"}, {"ref": "f1", "text": "y"}]}, "/findings/1/ref"),
            ({"starts": "2018", "ends": "2017"}, "/ends"),
        ],
    )
    async def test_points_at_what_is_wrong(self, plan: PlanWorld, part: dict[str, Any], pointer: str) -> None:
        refused = await add(plan, {"ref": "I1", "framework": "sif"} | part)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"].endswith(pointer)

    async def test_is_refused_to_an_action_lead_and_a_taken_ref(self, plan: PlanWorld) -> None:
        lead = await plan.client(Role.ACTION_LEAD)
        assert (await lead.post(plan.url("/inspections"), json=SIF)).status_code == 403
        await add(plan)
        assert (await add(plan, SIF | {"ref": "sif-2017"})).json()["type"] == "/v1/problems/ref-taken"


class TestUpdateInspection:
    async def test_a_finding_sent_again_stays_the_one_recommendations_answer(self, plan: PlanWorld) -> None:
        await add(plan)
        await answer_finding(plan, "F1")
        findings = [{"ref": "F0", "text": "A new first one."}, {"ref": "f1", "text": "Reworded."}]
        now = (await change(plan, {"findings": findings})).json()["findings"]
        assert [(one["ref"], one["text"], one["recommendations"]) for one in now] == [
            ("F0", "A new first one.", []),
            ("f1", "Reworded.", ["R1"]),
        ]

    async def test_respelling_a_ref_alone_is_a_change(self, plan: PlanWorld) -> None:
        version = (await add(plan)).json()["version"]
        findings = [one | {"ref": one["ref"].lower()} for one in SIF["findings"]]
        assert (await change(plan, {"findings": findings})).json()["version"] == version + 1

    async def test_a_finding_that_is_answered_is_not_left_out(self, plan: PlanWorld) -> None:
        await add(plan)
        await answer_finding(plan, "F2")
        refused = await change(plan, {"findings": []})
        assert (refused.status_code, refused.json()["type"]) == (409, "/v1/problems/in-use")
        assert "'F2'" in refused.json()["detail"]
        assert len((await change(plan, {"scope": "All of it"})).json()["findings"]) == 2

    async def test_a_framework_without_grades_is_refused_while_grades_stand(self, plan: PlanWorld) -> None:
        await add(plan)
        refused = await change(plan, {"framework": "monitoring_visit"})
        assert refused.json()["errors"][0]["pointer"] == "/framework"
        visit = {"framework": "monitoring_visit", "judgements": []}
        assert (await change(plan, visit)).status_code == 200

    async def test_a_stale_version_is_refused(self, plan: PlanWorld) -> None:
        etag = (await add(plan)).headers["etag"]
        await change(plan, {"judgements": SIF["judgements"][:1]})
        stale = await (await plan.manager()).patch(
            plan.url("/inspections/SIF-2017"), json={"title": "Late"}, headers={"If-Match": etag}
        )
        assert stale.status_code == 412


class TestDeleteInspection:
    async def test_goes_unless_recommendations_refer_to_it(self, plan: PlanWorld) -> None:
        match = {"If-Match": (await add(plan)).headers["etag"]}
        await answer_finding(plan, "F1")
        client = await plan.manager()
        refused = await client.delete(plan.url("/inspections/SIF-2017"), headers=match)
        assert (refused.status_code, refused.json()["type"]) == (409, "/v1/problems/in-use")
        await plan.service.owner.execute("delete from inspection_reference where plan_id = %s", (plan.id,))
        gone = await client.delete(plan.url("/inspections/SIF-2017"), headers=match)
        assert gone.status_code == 204
        assert (await client.get(plan.url("/inspections"))).json()["items"] == []


class TestReadInspections:
    async def test_visitors_read_them_and_filters_narrow_them(self, plan: PlanWorld) -> None:
        await add(plan)
        await add(plan, {"ref": "visit", "framework": "focused_visit", "starts": "2018"})
        inspector = await plan.client(Role.INSPECTOR)
        listed = (await inspector.get(plan.url("/inspections"))).json()["items"]
        assert [one["ref"] for one in listed] == ["visit", "SIF-2017"]
        narrowed = await inspector.get(plan.url("/inspections"), params={"framework": "sif"})
        assert [one["ref"] for one in narrowed.json()["items"]] == ["SIF-2017"]

    async def test_another_plans_are_not_found(self, service: Service, plan: PlanWorld) -> None:
        await add(plan)
        other = await service.new_plan()
        answer = await (await other.manager()).get(other.url("/inspections/SIF-2017"))
        assert answer.status_code == 404


class TestFrameworks:
    async def test_are_listed_with_the_days_their_areas_are_in_force(self, service: Service) -> None:
        items = (await (await service.stranger()).get("/v1/frameworks")).json()["items"]
        by_name = {item["framework"]: item for item in items}
        assert set(by_name) == set(Framework)
        apart = {"title": "Care leavers", "under": None, "valid_from": "2023-01-01", "valid_until": None}
        assert apart in by_name["ilacs"]["areas"]
        beneath = [area["title"] for area in by_name["sif"]["areas"] if area["under"]]
        assert beneath == ["Adoption", "Care leavers"]
        assert (by_name["jtai"]["takes_grades"], by_name["jtai"]["areas"]) == (False, [])

    @pytest.mark.parametrize("framework", list(Framework))
    def test_grades_stand_only_where_the_framework_gives_them(self, framework: Framework) -> None:
        found = misfits(framework, [JudgementWrite(area="Care", grade=Grade.GOOD)])
        assert bool(found) is not FRAMEWORKS[framework].takes_grades
