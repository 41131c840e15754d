"""Importing a plan that is not there yet: the preview, the import, and who may."""

from __future__ import annotations

import httpx
import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service
from tests.plan_documents.conftest import Imported
from tests.plan_documents.documents import a_document, bring_in, exported, pointers, send, three_actions


class TestPreview:
    async def test_counts_what_would_be_created(self, admin: httpx.AsyncClient) -> None:
        told = await send(admin, a_document())
        assert told["is_new"] is True
        assert told["dry_run"] is True
        assert told["held_digest"] is None
        assert told["counts"]["actions"] == {
            "created": 1,
            "changed": 0,
            "unchanged": 0,
            "kept_not_in_document": 0,
        }
        assert told["counts"]["measurements"]["created"] == 1
        assert told["errors"] == told["conflicts"] == []

    async def test_changes_nothing(self, admin: httpx.AsyncClient, service: Service) -> None:
        document = a_document()
        await send(admin, document)
        assert await service.one("select id from plan where ref = %s", document["plan"]["ref"]) is None

    async def test_sets_stated_totals_beside_held_ones(self, admin: httpx.AsyncClient) -> None:
        document = a_document()
        document["plan"]["stated_totals"] = [{"label": "Actions", "of": "actions", "count": 3}]
        told = await send(admin, document)
        (total,) = told["stated_totals"]
        assert (total["stated_count"], total["held_count"], total["count_difference"]) == (3, 1, -2)
        assert pointers(told, "total_differs") == ["/plan/stated_totals/0"]

    async def test_points_at_every_doubt(self, admin: httpx.AsyncClient) -> None:
        document = a_document()
        document["parties"].append({"ref": "all", "kind": "everyone", "name": "All managers"})
        document["kpis"][0]["targets"].append({"kind": "standing", "to_be_confirmed": True})
        document["actions"] += [
            {"ref": "R1.2", "title": "Nobody's", "status": "unreadable", "due": {"text": "00/01/1900"}},
            {"ref": "R1.3", "title": "All's", "status": "not_started", "leads": ["all"]},
            {
                "ref": "R1.4",
                "title": "Perhaps hers",
                "status": "in_progress",
                "leads": [{"party": "head-of-assessment", "doubtful": True}],
                "due": "2026-12",
                "cross_references": [{"text": "linked to action 9"}],
            },
        ]
        told = await send(admin, document)
        assert {doubt["code"]: doubt["pointers"] for doubt in told["doubts"]} == {
            "cross_reference_lost": ["/actions/3/cross_references/0"],
            "date_in_words": ["/actions/1/due"],
            "lead_doubtful": ["/actions/3/leads"],
            "led_by_everyone": ["/actions/2/leads"],
            "no_date": ["/actions/2"],
            "no_lead": ["/actions/1", "/kpis/0"],
            "source_note.unreadable": ["/source_notes/0"],
            "status_unreadable": ["/actions/1/status"],
            "target_to_be_confirmed": ["/kpis/0/targets/1"],
        }

    async def test_says_that_a_held_authority_keeps_its_name(self, admin: httpx.AsyncClient) -> None:
        first, second = three_actions(), three_actions()
        await bring_in(admin, first)
        second["plan"]["authority"] = first["plan"]["authority"] | {"name": "Another name"}
        assert pointers(await bring_in(admin, second), "authority_differs") == []
        held = await exported(admin, second["plan"]["ref"])
        assert held["plan"]["authority"] == first["plan"]["authority"]
        assert pointers(await send(admin, second), "authority_differs") == ["/plan/authority"]


class TestImport:
    async def test_creates_the_plan_with_all_that_is_in_it(self, admin: httpx.AsyncClient) -> None:
        document = a_document()
        told = await bring_in(admin, document)
        assert told["is_new"] is True
        assert told["dry_run"] is False
        assert await exported(admin, document["plan"]["ref"]) == document

    async def test_says_where_the_new_plan_is(self, admin: httpx.AsyncClient) -> None:
        document = a_document()
        answer = await admin.post("/v1/plan-imports", json={"document": document, "dry_run": False})
        assert answer.headers["location"] == f"/v1/plans/{document['plan']['ref']}"
        assert (await admin.get(answer.headers["location"])).status_code == 200

    async def test_gives_a_new_plan_the_shipped_ladders(self, imported: Imported, service: Service) -> None:
        plan = await imported(a_document())
        assert await service.one("select count(*) from ladder where plan_id = %s", plan.id) == 5

    async def test_gives_every_kpi_its_whole_service_segment(
        self, imported: Imported, service: Service
    ) -> None:
        plan = await imported(a_document())
        assert await service.one("select ref from segment where plan_id = %s", plan.id) == "_all"

    async def test_values_come_by_a_submission(self, imported: Imported) -> None:
        plan = await imported(a_document())
        manager = await plan.manager()
        (submission,) = (await manager.get(plan.url("/submissions"))).json()["items"]
        assert (submission["door"], submission["created"]) == ("plan_document", 1)

    async def test_a_percentage_beyond_100_is_held_and_the_same_document_leaves_it(
        self, imported: Imported, admin: httpx.AsyncClient
    ) -> None:
        document = a_document()
        document["measurements"][0] |= {"value": 112.5, "numerator": None, "denominator": None}
        plan = await imported(document)
        (value,) = (await (await plan.manager()).get(plan.url("/measurements"))).json()["items"]
        assert (value["value"], value["workflow"]) == (112.5, "under_query")
        assert (await send(admin, document))["changes"] == []

    async def test_the_change_record_names_the_administrator(
        self, service: Service, imported: Imported
    ) -> None:
        plan = await imported(a_document())
        who = await service.one(
            "select pr.name from change c join principal pr on pr.id = c.principal_id"
            " where c.plan_id = %s and c.entity = 'action'",
            plan.id,
        )
        assert who.startswith("Admin")

    async def test_the_administrator_is_left_without_a_role(
        self, service: Service, admin: httpx.AsyncClient
    ) -> None:
        document = a_document()
        await bring_in(admin, document)
        assert not await service.one(
            "select count(*) from membership m join plan p on p.id = m.plan_id where p.ref = %s",
            document["plan"]["ref"],
        )

    async def test_a_plan_document_schema_is_published(self, admin: httpx.AsyncClient) -> None:
        schema = (await admin.get("/v1/plan-imports/schema")).json()
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert set(schema["required"]) == {"format", "plan"}

    async def test_a_retry_with_the_same_key_gets_the_first_answer(self, admin: httpx.AsyncClient) -> None:
        document = a_document()
        body = {"document": document, "dry_run": False}
        headers = {"Idempotency-Key": document["plan"]["ref"]}
        first = await admin.post("/v1/plan-imports", json=body, headers=headers)
        again = await admin.post("/v1/plan-imports", json=body, headers=headers)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()


class TestWhoMay:
    @pytest.mark.parametrize(
        "role", [Role.PERFORMANCE_OFFICER, Role.ACTION_LEAD, Role.BOARD_MEMBER, Role.INSPECTOR, Role.PARTNER]
    )
    async def test_only_a_manager_imports_into_a_plan(self, plan: PlanWorld, role: Role) -> None:
        document = a_document()
        document["plan"]["ref"] = plan.ref
        await send(await plan.client(role), document, status=403)

    async def test_a_manager_makes_no_new_plan(self, plan: PlanWorld) -> None:
        await send(await plan.manager(), a_document(), status=403)

    async def test_another_plan_looks_like_none(self, plan: PlanWorld, service: Service) -> None:
        elsewhere = await service.new_plan()
        document = a_document()
        document["plan"]["ref"] = elsewhere.ref
        told = await send(await plan.manager(), document, status=403)
        assert "There is no such plan" in told["detail"]

    async def test_nobody_signed_in_sees_not_even_the_schema(self, service: Service) -> None:
        async with service.anonymous() as nobody:
            assert (await nobody.get("/v1/plan-imports/schema")).status_code == 401

    async def test_a_closed_plan_takes_no_document(self, imported: Imported) -> None:
        document = three_actions()
        document["plan"] |= {"status": "closed", "as_at": "2026-03-31"}
        plan = await imported(document)
        document["actions"][0]["title"] = "Another"
        manager = await plan.manager()
        assert pointers(await send(manager, document), "plan_is_closed") == ["/plan/status"]
        await bring_in(manager, document, status=409)
