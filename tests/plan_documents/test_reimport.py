"""Importing again: into what was edited on screen meanwhile, over HTTP and in the database."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import httpx
import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service
from tests.plan_documents.conftest import Imported
from tests.plan_documents.documents import (
    Json,
    a_document,
    bring_in,
    exported,
    pointers,
    send,
    three_actions,
)


async def edit(plan: PlanWorld, action: str, **fields: Any) -> None:
    """Change an action as a programme manager does on screen."""
    manager = await plan.client(Role.PROGRAMME_MANAGER)
    now = await manager.get(plan.url(f"/actions/{action}"))
    answer = await manager.patch(
        plan.url(f"/actions/{action}"), json=fields, headers={"If-Match": now.headers["etag"]}
    )
    assert answer.status_code == 200, answer.text


def untouched(told: Json) -> bool:
    return all(
        counts["created"] == counts["changed"] == counts["kept_not_in_document"] == 0
        for counts in told["counts"].values()
    )


class TestTheSameAgain:
    async def test_is_all_unchanged(self, imported: Imported) -> None:
        document = a_document()
        plan = await imported(document)
        told = await bring_in(await plan.manager(), document, status=200)
        assert untouched(told)
        assert (told["is_new"], told["conflicts"], told["changes"]) == (False, [], [])

    async def test_writes_nothing(self, imported: Imported, service: Service) -> None:
        document = a_document()
        plan = await imported(document)
        query = "select count(*) from change where plan_id = %s"
        before = await service.one(query, plan.id)
        await bring_in(await plan.manager(), document, status=200)
        assert await service.one(query, plan.id) == before

    async def test_what_was_exported_changes_nothing(self, imported: Imported) -> None:
        plan = await imported(a_document())
        manager = await plan.manager()
        await edit(plan, "R1.1", title="As it is now", cost_note="Ten days")
        assert untouched(await send(manager, await exported(manager, plan.ref)))


class TestAfterEdits:
    @pytest.fixture
    def document(self) -> Json:
        return a_document()

    async def test_only_the_field_that_both_changed_is_a_conflict(
        self, imported: Imported, document: Json
    ) -> None:
        plan = await imported(document)
        await edit(plan, "R1.1", title="On screen", cost_note="Ten days")
        changed = deepcopy(document)
        changed["actions"][0] |= {"title": "In the document", "status": "completed"}
        told = await send(await plan.manager(), changed)
        assert told["conflicts"] == [
            {
                "pointer": "/actions/0/title",
                "kind": "action",
                "ref": "R1.1",
                "field": "title",
                "base": document["actions"][0]["title"],
                "current": "On screen",
                "new": "In the document",
            }
        ]
        assert told["changes"] == [
            {"kind": "action", "ref": "R1.1", "pointer": "/actions/0", "fields": ["status"]}
        ]

    async def test_an_undecided_conflict_stops_everything(self, imported: Imported, document: Json) -> None:
        plan = await imported(document)
        await edit(plan, "R1.1", title="On screen")
        manager = await plan.manager()
        before = await exported(manager, plan.ref)
        document["actions"][0] |= {"title": "In the document", "status": "completed"}
        problem = await bring_in(manager, document, status=409)
        assert [one["pointer"] for one in problem["conflicts"]] == ["/actions/0/title"]
        assert await exported(manager, plan.ref) == before

    @pytest.mark.parametrize(("decision", "title"), [("mine", "In the document"), ("theirs", "On screen")])
    async def test_a_decision_is_applied(
        self, imported: Imported, document: Json, decision: str, title: str
    ) -> None:
        plan = await imported(document)
        await edit(plan, "R1.1", title="On screen")
        document["actions"][0] |= {"title": "In the document", "status": "completed"}
        manager = await plan.manager()
        await bring_in(manager, document, status=200, decisions={"/actions/0/title": decision})
        (action,) = (await exported(manager, plan.ref))["actions"]
        assert (action["title"], action["status"]) == (title, "completed")
        assert untouched(await send(manager, document)) is True

    async def test_a_new_due_date_agreed_here_outlives_the_document(
        self, imported: Imported, document: Json
    ) -> None:
        plan = await imported(document)
        manager = await plan.manager()
        now = await manager.get(plan.url("/actions/R1.1"))
        moved = await manager.post(
            plan.url("/actions/R1.1/slips"),
            json={"to_due": "2027-03", "reason": "A post was vacant."},
            headers={"If-Match": now.headers["etag"]},
        )
        assert moved.status_code == 201
        document["actions"][0]["title"] = "In the document"
        await bring_in(manager, document, status=200)
        (action,) = (await exported(manager, plan.ref))["actions"]
        assert (action["title"], action["due"]) == ("In the document", "2027-03")
        assert action["original_due"] == document["actions"][0]["due"]
        assert [slip["reason"] for slip in action["slips"]] == ["A post was vacant."]

    async def test_a_due_date_moved_by_the_document_without_a_slip_is_a_doubt(
        self, imported: Imported, document: Json
    ) -> None:
        plan = await imported(document)
        document["actions"][0]["due"] = "2027-06"
        told = await send(await plan.manager(), document)
        assert pointers(told, "due_moved_without_slip") == ["/actions/0/due"]

    async def test_an_item_under_a_corrected_ref_is_the_same_item(
        self, imported: Imported, document: Json
    ) -> None:
        plan = await imported(document)
        await edit(plan, "R1.1", ref="R1.01")
        document["actions"][0]["title"] = "In the document"
        manager = await plan.manager()
        told = await bring_in(manager, document, status=200)
        assert told["counts"]["actions"] == {
            "created": 0,
            "changed": 1,
            "unchanged": 0,
            "kept_not_in_document": 0,
        }
        (action,) = (await exported(manager, plan.ref))["actions"]
        assert (action["ref"], action["title"]) == ("R1.01", "In the document")

    async def test_what_the_document_leaves_out_is_kept_and_told(
        self, imported: Imported, document: Json
    ) -> None:
        plan = await imported(document)
        document["source_notes"], document["actions"] = [], []
        told = await bring_in(await plan.manager(), document, status=200)
        assert told["counts"]["actions"]["kept_not_in_document"] == 1
        assert told["kept"] == [{"kind": "action", "ref": "R1.1"}, {"kind": "source_note", "ref": None}]
        assert [action["ref"] for action in (await exported(await plan.manager(), plan.ref))["actions"]] == [
            "R1.1"
        ]

    async def test_what_was_deleted_here_stays_deleted(self, imported: Imported, document: Json) -> None:
        plan = await imported(document)
        manager = await plan.manager()
        now = await manager.get(plan.url("/actions/R1.1"))
        await manager.delete(plan.url("/actions/R1.1"), headers={"If-Match": now.headers["etag"]})
        document["source_notes"] = []
        told = await bring_in(manager, document, status=200)
        assert pointers(told, "removed_meanwhile") == ["/actions/0"]
        assert "actions" not in await exported(manager, plan.ref)

    async def test_a_plan_changed_since_the_preview_is_looked_at_again(
        self, imported: Imported, document: Json
    ) -> None:
        plan = await imported(document)
        manager = await plan.manager()
        document["actions"][0]["status"] = "completed"
        seen = (await send(manager, document))["held_digest"]
        await edit(plan, "R1.1", title="On screen")
        problem = await bring_in(manager, document, status=409, held_digest=seen)
        assert "changed since the preview" in problem["detail"]
        await bring_in(
            manager, document, status=200, held_digest=(await send(manager, document))["held_digest"]
        )


class TestValues:
    async def test_only_changed_values_are_revised(self, imported: Imported) -> None:
        document = a_document()
        document["measurements"].append({"kpi": "assessments-45", "period": "2026-08", "value": 80})
        plan = await imported(document)
        document["measurements"][0] |= {"value": 81.9, "numerator": 149}
        manager = await plan.manager()
        told = await bring_in(manager, document, status=200)
        assert told["counts"]["measurements"] == {
            "created": 0,
            "changed": 1,
            "unchanged": 1,
            "kept_not_in_document": 0,
        }
        revised = (await manager.get(plan.url("/kpis/assessments-45/measurements/_all/2026-09"))).json()
        assert (revised["value"], revised["revision"]) == (81.9, 2)

    async def test_a_kpi_with_values_keeps_its_kind_of_period(self, imported: Imported) -> None:
        document = a_document()
        plan = await imported(document)
        document["kpis"][0]["period_type"] = "quarter"
        document["measurements"] = []
        told = await send(await plan.manager(), document)
        assert [(error["pointer"], error["code"]) for error in told["errors"]] == [
            ("/kpis/0/period_type", "period_type_fixed")
        ]


class TestOrder:
    async def test_new_items_stand_where_the_document_has_them(self, imported: Imported) -> None:
        document = three_actions()
        plan = await imported(document)
        document["actions"].insert(1, {"ref": "1a", "title": "Between", "status": "not_started"})
        manager = await plan.manager()
        await bring_in(manager, document, status=200)
        assert (await exported(manager, plan.ref))["actions"] == document["actions"]

    async def test_items_moved_in_the_document_move(self, imported: Imported) -> None:
        document = three_actions()
        plan = await imported(document)
        document["actions"].reverse()
        manager = await plan.manager()
        assert untouched(await bring_in(manager, document, status=200))
        assert [action["ref"] for action in (await exported(manager, plan.ref))["actions"]] == ["3", "2", "1"]

    async def test_a_parent_may_come_after_its_part(self, admin: httpx.AsyncClient) -> None:
        document = three_actions()
        document["actions"][0]["parent"] = "3"
        await bring_in(admin, document)
        assert (await exported(admin, document["plan"]["ref"]))["actions"] == document["actions"]
