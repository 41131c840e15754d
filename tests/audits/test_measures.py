"""KPIs derived from audits: what their values are, whose they are, and that they follow the audits."""

from __future__ import annotations

from typing import Any

import pytest

from api.audits.template_schemas import AuditMeasureRead
from api.kpis.schemas import KpiRead
from api.vocabulary import Role
from tests.actions.making import Json, delete, fits, make, patch, pointers, post, problem, read, version_of
from tests.audits.making import a_scored_template, a_template, an_audit, audits, record
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, push, values

PATH = "/audit-measures"
SHARE: Json = {"kpi": "K1", "template": "practice", "domain": "overall", "statistic": "share"}


async def held(plan: PlanWorld, kpi: str = "K1", **asked: Any) -> dict[tuple[str, str], Any]:
    """Value by segment and period; the state where there is no value."""
    items = (await read(plan, f"/kpis/{kpi}/measurements", **asked))["items"]
    return {
        (item["segment"], item["period"]): item["state"] if item["value"] is None else item["value"]
        for item in items
    }


async def one(plan: PlanWorld, period: str = "2026-08", kpi: str = "K1") -> Json:
    return await read(plan, f"/kpis/{kpi}/measurements/_all/{period}")


class TestCreate:
    async def test_derives_what_is_there_already(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await record(plan, *audits("good", "good", "inadequate"), *audits("good", month="2026-07"))
        made = await make(plan, PATH, SHARE)
        fits(AuditMeasureRead, made)
        assert (made["grades"], made["stage"], made["left_alone"]) == (["outstanding", "good"], "final", [])
        assert await held(plan) == {("_all", "2026-07"): 100, ("_all", "2026-08"): 66.666667}
        assert (await read(plan, "/audit-templates/practice"))["kpis"] == ["K1"]

    async def test_values_say_that_they_are_derived_and_of_what(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        made = await make(plan, PATH, SHARE)
        await record(plan, *audits("good", "inadequate", "good", "good"))
        value = await one(plan)
        assert (value["numerator"], value["denominator"], value["value"]) == (3, 4, 75)
        assert value["source"] == made["source"]
        assert made["source"].startswith("Derived from case-file audits: practice, overall, share of ")
        assert (value["by"], value["note"]) == ("Turnstone", "3 of 4 audits.")
        submission = await read(plan, f"/submissions/{value['submission']}")
        assert (submission["door"], submission["received"], submission["created"]) == ("audits", 1, 1)

    async def test_its_kpi_says_what_it_is_derived_from(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        assert (await read(plan, "/kpis/K1"))["audit_measure"] is None
        await make(plan, PATH, SHARE)
        kpi = await read(plan, "/kpis/K1")
        fits(KpiRead, kpi)
        template = await read(plan, "/audit-templates/practice")
        titles = {domain["ref"]: domain["title"] for domain in template["domains"]}
        assert kpi["audit_measure"] == {
            "template": "practice",
            "template_title": template["title"],
            "domain": "overall",
            "domain_title": titles["overall"],
            "stage": "final",
            "statistic": "share",
            "grades": ["outstanding", "good"],
            "basis": "operational_provisional",
        }

    async def test_an_average_of_all_scores_brings_no_denominator(self, plan: PlanWorld) -> None:
        await a_scored_template(plan)
        await a_kpi(plan, unit="score")
        await make(plan, PATH, {"kpi": "K1", "template": "practice", "statistic": "average"})
        for assessment, planning in ((5, 6), (6, 6), (7, 5)):
            await an_audit(plan, scores={"assessment": assessment, "planning": planning, "overall": "good"})
        value = await one(plan)
        assert (value["value"], value["numerator"], value["denominator"]) == (5.833333, None, None)
        assert value["note"] == "Average of 6 scores."

    @pytest.mark.parametrize(
        ("stage", "grades", "expected"),
        [("before", ["good"], 50), ("after", ["good"], 0), ("final", ["requires_improvement"], 50)],
    )
    async def test_before_after_and_any_grades(
        self, plan: PlanWorld, stage: str, grades: list[str], expected: float
    ) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await record(
            plan, *audits("good", moderated={"overall": "requires_improvement"}), *audits("inadequate")
        )
        await make(plan, PATH, SHARE | {"stage": stage, "grades": grades})
        assert await held(plan) == {("_all", "2026-08"): expected}

    @pytest.mark.parametrize(("stage", "expected"), [("before", 3), ("after", 1), ("final", 3)])
    async def test_whole_audits_are_counted(self, plan: PlanWorld, stage: str, expected: int) -> None:
        await a_template(plan)
        await a_kpi(plan, unit="count", period_type="financial_quarter")
        await record(
            plan, *audits("good", month="2026-07", moderated={"overall": "good"}), *audits("good", "good")
        )
        await make(plan, PATH, {"kpi": "K1", "template": "practice", "statistic": "count", "stage": stage})
        assert await held(plan) == {("_all", "FY2026-27-Q2"): expected}

    async def test_a_teams_audits_make_its_segments_value(self, plan: PlanWorld) -> None:
        await plan.party("north", kind="team")
        await plan.party("south", kind="team")
        await a_template(plan)
        await a_kpi(plan, segments=[{"ref": "North", "title": "North"}, {"ref": "east", "title": "East"}])
        await make(plan, PATH, SHARE)
        await record(
            plan, *audits("good", team="north"), *audits("inadequate", team="south"), *audits("good")
        )
        assert await held(plan) == {("_all", "2026-08"): 66.666667, ("North", "2026-08"): 100}

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"kpi": "K9"}, "/kpi"),
            ({"template": "nope"}, "/template"),
            ({"domain": "nope"}, "/domain"),
            ({"domain": None}, "/domain"),
            ({"statistic": "count"}, "/kpi"),
            ({"kpi": "SCORE", "statistic": "average"}, "/statistic"),
            ({"kpi": "WEEK"}, "/kpi"),
            ({"grades": []}, "/grades"),
        ],
    )
    async def test_points_at_what_does_not_fit(self, plan: PlanWorld, fields: Json, pointer: str) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await a_kpi(plan, "SCORE", unit="score")
        await a_kpi(plan, "WEEK", period_type="week")
        assert pointers(await post(plan, PATH, SHARE | fields)) == [pointer]

    async def test_bands_without_grades_have_no_share(self, plan: PlanWorld) -> None:
        scale = {"lowest": 1, "highest": 4, "bands": [{"title": "Low", "lowest": 1}]}
        domains = [{"ref": "overall", "title": "Overall", "scale": "score"}]
        await a_template(plan, domains=domains, scale=scale)
        await a_kpi(plan)
        assert pointers(await post(plan, PATH, SHARE)) == ["/domain"]

    async def test_a_kpi_is_derived_once(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE)
        assert problem(await post(plan, PATH, SHARE)) == (409, "conflict")

    async def test_is_for_those_who_set_templates(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        assert problem(await post(plan, PATH, SHARE, role=Role.SENIOR_LEADER)) == (403, "not-allowed")
        assert (await post(plan, PATH, SHARE, role=Role.PERFORMANCE_OFFICER)).status_code == 201


class TestFollowing:
    async def test_whoever_records_an_audit_moves_the_value(self, plan: PlanWorld) -> None:
        """A senior leader may not load values; the service derives them all the same."""
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE)
        row = {"kpi": "K1", "period": "2026-08", "value": 1}
        leader = await plan.client(Role.SENIOR_LEADER)
        assert (await push(plan, row, by=leader)).status_code == 403
        body = audits("good")[0]
        assert (await post(plan, "/audits", body, role=Role.SENIOR_LEADER)).status_code == 201
        assert await held(plan) == {("_all", "2026-08"): 100}

    async def test_a_correction_moves_it_and_a_change_of_month_moves_both(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE)
        await record(plan, *audits("good", "inadequate"), *audits("good", month="2026-07"))
        await patch(plan, "/audits/AU-2", {"scores": {"overall": "good"}})
        assert (await held(plan))["_all", "2026-08"] == 100
        await patch(plan, "/audits/AU-2", {"scores": {"overall": "inadequate"}, "month": "2026-07"})
        assert await held(plan) == {("_all", "2026-07"): 50, ("_all", "2026-08"): 100}
        revisions = await read(plan, "/kpis/K1/measurements/_all/2026-08/revisions")
        told = [(r["value"], r["denominator"]) for r in revisions["items"]]
        assert told == [(100, 1), (100, 2), (50, 2)]

    async def test_without_audits_the_value_is_missing_and_never_zero(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE)
        await record(plan, *audits("good"))
        etag = await version_of(plan, "/audits/AU-1")
        await post(plan, "/audits/AU-1/withdrawal", {"because": "recorded_in_error"}, etag=etag)
        assert await held(plan) == {("_all", "2026-08"): "not_available"}
        await record(plan, *audits("inadequate"))
        assert await held(plan) == {("_all", "2026-08"): 0}

    async def test_nothing_audited_makes_no_value(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE | {"stage": "after"})
        await record(plan, *audits("good"))
        assert await held(plan) == {}
        assert await plan.service.one("select count(*) from series where plan_id = %s", plan.id) == 0

    async def test_the_order_of_arrival_does_not_matter(self, plan: PlanWorld) -> None:
        other = await plan.service.new_plan()
        rows = [
            *audits("good", "inadequate"),
            *audits("requires_improvement", month="2026-07"),
            *audits("good"),
        ]
        for where, ordered in ((plan, rows), (other, rows[::-1])):
            await a_template(where)
            await a_kpi(where)
            await make(where, PATH, SHARE)
            for row in ordered:
                await make(where, "/audits", row)
        assert await held(plan) == await held(other) != {}

    async def test_a_dry_run_derives_nothing(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE)
        await post(plan, "/audit-batches", {"rows": audits("good"), "dry_run": True})
        assert await held(plan) == {}


class TestWhatOthersBrought:
    async def test_is_never_replaced_and_is_listed(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await values(plan, "K1", {"2026-08": 12, "2026-07": 13})
        await record(plan, *audits("good"), *audits("good", month="2026-06"))
        made = await make(plan, PATH, SHARE)
        await record(plan, *audits("inadequate"))
        assert await held(plan) == {
            ("_all", "2026-06"): 100,
            ("_all", "2026-07"): 13,
            ("_all", "2026-08"): 12,
        }
        left = [(item["segment"], item["period"]) for item in made["left_alone"]]
        assert left == [("_all", "2026-08"), ("_all", "2026-07")]

    async def test_another_basis_stands_beside_it(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await values(plan, "K1", {"2026-08": 12}, basis="validated_return")
        await make(plan, PATH, SHARE)
        await record(plan, *audits("good"))
        assert await held(plan, basis="validated_return") == {("_all", "2026-08"): 12}
        assert await held(plan, basis="operational_provisional") == {("_all", "2026-08"): 100}

    async def test_a_figure_put_over_a_derived_one_stands(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE)
        await record(plan, *audits("good"))
        await values(plan, "K1", {"2026-08": 40})
        await record(plan, *audits("inadequate"))
        assert await held(plan) == {("_all", "2026-08"): 40}
        assert (await read(plan, f"{PATH}/K1"))["left_alone"] == [{"segment": "_all", "period": "2026-08"}]

    async def test_to_sign_off_is_not_to_take_over(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE)
        await record(plan, *audits("good"))
        manager = await plan.manager()
        url = plan.url("/kpis/K1/measurements/_all/2026-08")
        body = {"value": 100, "numerator": 1, "denominator": 1, "workflow": "signed_off"}
        signed = await manager.put(url, json=body, headers={"If-Match": await etag_of(manager, url)})
        assert signed.status_code == 200, signed.text
        await record(plan, *audits("inadequate"))
        value = await one(plan)
        assert (value["value"], value["workflow"]) == (50, "loaded")


class TestNextEdition:
    async def test_must_not_break_the_line(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE)
        body = {"title": "Next", "domains": [{"ref": "voice", "title": "Voice"}]}
        path = "/audit-templates/practice"
        headers = {"If-Match": await version_of(plan, path)}
        refused = await (await plan.manager()).put(plan.url(path), json=body, headers=headers)
        assert problem(refused) == (409, "conflict") and "K1" in refused.json()["detail"]

    async def test_goes_on_with_the_same_domain(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE)
        await record(plan, *audits("good"))
        body = {"title": "Next", "domains": [{"ref": "Overall", "title": "As a whole"}]}
        path = "/audit-templates/practice"
        headers = {"If-Match": await version_of(plan, path)}
        await (await plan.manager()).put(plan.url(path), json=body, headers=headers)
        await record(plan, *audits("inadequate"))
        assert await held(plan) == {("_all", "2026-08"): 50}


class TestDelete:
    async def test_values_stay_and_follow_no_more(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE)
        await record(plan, *audits("good"))
        assert (await delete(plan, f"{PATH}/K1")).status_code == 204
        await record(plan, *audits("inadequate"))
        assert await held(plan) == {("_all", "2026-08"): 100}
        assert (await read(plan, PATH))["items"] == []

    async def test_a_template_with_a_derived_kpi_stays(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, PATH, SHARE)
        assert problem(await delete(plan, "/audit-templates/practice")) == (409, "in-use")


class TestList:
    async def test_by_template(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_template(plan, "themed")
        await a_kpi(plan, "K1")
        await a_kpi(plan, "K2")
        await make(plan, PATH, SHARE)
        await make(plan, PATH, SHARE | {"kpi": "K2", "template": "themed"})
        assert [item["kpi"] for item in (await read(plan, PATH))["items"]] == ["K1", "K2"]
        assert [item["kpi"] for item in (await read(plan, PATH, template="THEMED"))["items"]] == ["K2"]
