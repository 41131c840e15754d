"""What was imported comes back on export, whatever it was."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
from hypothesis import HealthCheck, given, settings

from api.core.context import to_json
from api.plan_documents.canonical import compact_document
from api.plan_documents.document import PlanDocument
from tests.plan_documents.documents import Json, bring_in, exported, send, three_actions
from tests.plan_documents.strategies import bodies


def canonical_json(document: Json) -> Any:
    """The document as export writes it: without defaults, and short where the format allows."""
    return orjson.loads(to_json(compact_document(PlanDocument.model_validate(document))))


thorough = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@thorough
@given(body=bodies())
async def test_any_document_comes_back(admin: httpx.AsyncClient, body: Json) -> None:
    document = {name: three_actions()[name] for name in ("format", "plan")} | body
    await bring_in(admin, document)
    assert await exported(admin, document["plan"]["ref"]) == canonical_json(document)
    told = await send(admin, document)
    assert told["changes"] == []
    assert all(counts["created"] == counts["changed"] == 0 for counts in told["counts"].values())


KEPT_BESIDE = {"actions": {"original_due"}, "kpis": {"segments", "rebases", "benchmarks"}}
"""What a new document leaves out and the plan keeps."""


def compared(document: Json) -> Json:
    """The lists whose items every drawn document has, without what is kept beside the new."""
    names = ["parties", "themes", "recommendations", "actions", "checks", "kpis", "risks", "feeds"]
    names += ["audit_templates", "audits", "audit_measures"]
    return {
        name: [
            {field: value for field, value in item.items() if field not in KEPT_BESIDE.get(name, ())}
            for item in document[name]
        ]
        for name in names
    }


@thorough
@given(before=bodies(), after=bodies())
async def test_any_document_can_become_any_other(admin: httpx.AsyncClient, before: Json, after: Json) -> None:
    head = {name: three_actions()[name] for name in ("format", "plan")}
    await bring_in(admin, head | before)
    told = await bring_in(admin, head | after, status=200)
    assert told["conflicts"] == []
    held, wanted = await exported(admin, head["plan"]["ref"]), canonical_json(head | after)
    assert compared(held) == compared(wanted)
    for kpi, new in zip(held["kpis"], wanted["kpis"], strict=True):
        for name in ("rebases", "benchmarks"):
            assert all(entry in kpi[name] for entry in new.get(name, ()))
