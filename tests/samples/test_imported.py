"""The closed samples as the database holds them: the counts each source is known by, by SQL."""

from __future__ import annotations

import json
from typing import Any, LiteralString

import httpx
import orjson
import pytest

from api.core.context import to_json
from api.plan_documents.canonical import compact_document
from api.samples.load import CLOSED_PLANS, closed_plan
from tests.factories.world import PlanWorld, Service
from tests.samples.conftest import rows


@pytest.fixture(scope="session")
async def admin(service: Service) -> httpx.AsyncClient:
    return await service.admin()


def as_json(ref: str) -> Any:
    return orjson.loads(to_json(compact_document(closed_plan(ref))))


class TestEverySample:
    async def test_was_loaded_once(self, loaded: list[str]) -> None:
        assert sorted(loaded) == sorted([*CLOSED_PLANS, "northmoor"])

    @pytest.mark.parametrize("ref", CLOSED_PLANS)
    async def test_imports_over_the_api_without_an_error(self, admin: httpx.AsyncClient, ref: str) -> None:
        document = as_json(ref)
        document["plan"]["ref"] = f"{ref}-again"
        preview = (await admin.post("/v1/plan-imports", json={"document": document})).json()
        assert preview["errors"] == preview["conflicts"] == []
        answer = await admin.post("/v1/plan-imports", json={"document": document, "dry_run": False})
        assert answer.status_code == 201, answer.text[:2000]
        assert answer.json()["counts"]["actions"]["created"] == len(document["actions"])

    async def test_comes_back_on_export(self, closed: PlanWorld, admin: httpx.AsyncClient) -> None:
        def in_order(document: Any) -> Any:
            # A source's order of figures says nothing; export puts each series in order of time.
            found = document.get("measurements", [])
            return document | {"measurements": sorted(found, key=lambda value: json.dumps(value))}

        exported = (await admin.get(closed.url("/export"))).json()
        assert in_order(exported) == in_order(as_json(closed.ref))

    async def test_imported_again_is_all_unchanged(self, closed: PlanWorld, admin: httpx.AsyncClient) -> None:
        told = (await admin.post("/v1/plan-imports", json={"document": as_json(closed.ref)})).json()
        assert told["errors"] == told["conflicts"] == told["changes"] == told["kept"] == []
        assert all(counts["created"] == 0 for counts in told["counts"].values())

    @pytest.mark.usefixtures("loaded")
    async def test_the_live_one_goes_elsewhere_and_comes_back_whole(self, admin: httpx.AsyncClient) -> None:
        document = (await admin.get("/v1/plans/northmoor/export")).json()
        assert len(document["audits"]) > 50
        document["plan"]["ref"] = "northmoor-elsewhere"
        answer = await admin.post("/v1/plan-imports", json={"document": document, "dry_run": False})
        assert answer.status_code == 201, answer.text[:2000]
        assert (await admin.get("/v1/plans/northmoor-elsewhere/export")).json() == document

    async def test_is_closed_on_its_own_day(self, closed: PlanWorld, service: Service) -> None:
        assert await rows(
            service, "select status, as_at is not null from plan p where p.ref = %s", closed.ref
        ) == [("closed", True)]

    async def test_keeps_every_doubt(self, closed: PlanWorld, service: Service) -> None:
        held = await service.one(
            "select count(*) from source_note n join plan p on p.id = n.plan_id where p.ref = %s", closed.ref
        )
        assert held == len(closed_plan(closed.ref).source_notes) > 0


@pytest.mark.usefixtures("loaded")
class TestCounts:
    async def test_darlington_has_seven_as_usual_and_eleven_green(self, service: Service) -> None:
        query: LiteralString = """
            select r.status, r.rating, count(*) from recommendation r join plan p on p.id = r.plan_id
            where p.ref = %s group by 1, 2 order by 1"""
        found = await rows(service, query, "darlington-2017")
        assert [(status, count) for status, _, count in found] == [("active", 11), ("business_as_usual", 7)]
        assert found[0][1] == "green"

    async def test_darlington_has_five_actions_done_and_thirty_six_green(self, service: Service) -> None:
        query: LiteralString = """
            select count(*) filter (where a.status = 'completed'), count(*) filter (where a.rating = 'green'),
                   count(*) from action a join plan p on p.id = a.plan_id where p.ref = %s"""
        assert await rows(service, query, "darlington-2017") == [(5, 36, 41)]

    async def test_dorset_2018_has_108_actions_in_ten_areas_beside_the_stated_105(
        self, service: Service
    ) -> None:
        query: LiteralString = """
            select (select count(*) from theme t where t.plan_id = p.id),
                   (select count(*) from action a where a.plan_id = p.id),
                   (select count from stated_total s where s.plan_id = p.id and s.count is not null),
                   (select count(*) from action a where a.plan_id = p.id and a.status = 'unreadable')
            from plan p where p.ref = %s"""
        assert await rows(service, query, "dorset-2018") == [(10, 108, 105, 42)]

    async def test_dorset_2018_has_its_two_months_and_audits_from_5_1_to_5_9(self, service: Service) -> None:
        query: LiteralString = """
            select k.ref, s.previous_period, s.previous_value::float, s.latest_period, s.latest_value::float
            from series s join kpi k on k.id = s.kpi_id join plan p on p.id = k.plan_id
            where p.ref = %s and k.ref in ('OBA1-04', 'OBA1-14', 'OBA3-02') order by k.ref"""
        assert await rows(service, query, "dorset-2018") == [
            ("OBA1-04", "2018-07", 1230, "2018-08", 925),
            ("OBA1-14", "2018-07", 23, "2018-08", 19),
            ("OBA3-02", "2018-07", 5.1, "2018-08", 5.9),
        ]

    async def test_west_sussex_has_96_nested_actions_under_twelve_recommendations(
        self, service: Service
    ) -> None:
        query: LiteralString = """
            select (select count(*) from recommendation r where r.plan_id = p.id),
                   (select count(*) from finding f where f.plan_id = p.id),
                   (select count(*) from action a where a.plan_id = p.id),
                   (select count(*) from action a where a.plan_id = p.id and a.parent_id is not null)
            from plan p where p.ref = %s"""
        assert await rows(service, query, "west-sussex-2019") == [(12, 12, 96, 42)]

    async def test_west_sussex_has_44_targets_interim_final_and_to_be_confirmed(
        self, service: Service
    ) -> None:
        query: LiteralString = """
            select count(*), count(*) filter (where t.stage = 'interim'),
                   count(*) filter (where t.stage = 'final'),
                   count(*) filter (where t.to_be_confirmed), count(distinct t.kpi_id)
            from target t join plan p on p.id = t.plan_id where p.ref = %s"""
        assert await rows(service, query, "west-sussex-2019") == [(44, 6, 4, 2, 40)]

    async def test_derby_has_25_objectives_with_124_parts_in_five_dimensions_and_43_checks(
        self, service: Service
    ) -> None:
        query: LiteralString = """
            select (select count(*) from action a where a.plan_id = p.id and a.parent_id is null),
                   (select count(*) from action a where a.plan_id = p.id and a.parent_id is not null),
                   (select count(distinct a.dimension) from action a where a.plan_id = p.id),
                   (select count(*) from assurance_check c where c.plan_id = p.id)
            from plan p where p.ref = %s"""
        assert await rows(service, query, "derby-2017") == [(25, 124, 5, 43)]

    async def test_dorset_2016_has_18_recommendations_in_four_topic_areas(self, service: Service) -> None:
        query: LiteralString = """
            select t.kind, count(distinct t.id), count(distinct l.recommendation_id)
            from theme t join theme_link l on l.tag_id = t.id join plan p on p.id = t.plan_id
            where p.ref = %s and l.recommendation_id is not null group by 1"""
        assert await rows(service, query, "dorset-2016") == [("topic_area", 4, 18)]
