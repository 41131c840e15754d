"""Imports at the same time as each other and as edits on screen."""

from __future__ import annotations

import asyncio
from copy import deepcopy

import httpx

from tests.plan_documents.conftest import Imported
from tests.plan_documents.documents import a_document, exported, send, three_actions


async def test_two_imports_of_one_new_plan_make_one_plan(admin: httpx.AsyncClient) -> None:
    document = a_document()
    body = {"document": document, "dry_run": False}
    answers = await asyncio.gather(*(admin.post("/v1/plan-imports", json=body) for _ in range(2)))
    # The second is refused while both make the plan, and finds nothing to change once it is made.
    assert sorted(answer.status_code for answer in answers) in ([201, 409], [200, 201])
    assert await exported(admin, document["plan"]["ref"]) == document


async def test_of_two_imports_into_one_plan_the_second_sees_the_first(
    admin: httpx.AsyncClient, imported: Imported
) -> None:
    document = three_actions()
    await imported(document)
    one, other = deepcopy(document), deepcopy(document)
    one["actions"][0]["title"], other["actions"][0]["title"] = "One", "Other"
    bodies = [{"document": each, "dry_run": False} for each in (one, other)]
    answers = await asyncio.gather(*(admin.post("/v1/plan-imports", json=body) for body in bodies))
    # The first document became the base, so the second one's change is plainly a change.
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json()["conflicts"] for answer in answers] == [[], []]
    title = (await exported(admin, document["plan"]["ref"]))["actions"][0]["title"]
    assert title in ("One", "Other")


async def test_an_edit_and_an_import_at_once_lose_neither(imported: Imported) -> None:
    document = three_actions()
    plan = await imported(document)
    manager = await plan.manager()
    for number in range(5):
        now = await manager.get(plan.url("/actions/1"))
        document["actions"][0]["cost_note"] = f"{number} days"
        edit = manager.patch(
            plan.url("/actions/1"),
            json={"success_test": f"Test {number}"},
            headers={"If-Match": now.headers["etag"]},
        )
        answer, told = await asyncio.gather(edit, send(manager, document, dry_run=False, status=200))
        (first, *_) = (await exported(manager, plan.ref))["actions"]
        assert told["conflicts"] == []
        assert first["cost_note"] == f"{number} days"
        assert answer.status_code in (200, 412)
        if answer.status_code == 200:
            assert first["success_test"] == f"Test {number}"
