"""Templates and audits for tests, made through the API."""

from __future__ import annotations

from typing import Any

from tests.actions.making import Json, make
from tests.factories.world import PlanWorld

BANDS: list[Json] = [
    {"title": "No evidence", "lowest": 1, "grade": "inadequate"},
    {"title": "Some evidence", "lowest": 4, "grade": "requires_improvement"},
    {"title": "Good evidence", "lowest": 7, "grade": "good"},
    {"title": "Best evidence", "lowest": 9, "grade": "outstanding"},
]
SCALE: Json = {"lowest": 1, "highest": 10, "bands": BANDS}
GRADED: list[Json] = [
    {"ref": "assessment", "title": "Assessment"},
    {"ref": "voice", "title": "Voice of the child"},
    {"ref": "overall", "title": "Overall"},
]
SCORED: list[Json] = [
    {"ref": "assessment", "title": "Assessment", "scale": "score"},
    {"ref": "planning", "title": "Planning", "scale": "score"},
    {"ref": "overall", "title": "Overall", "scale": "grade"},
]


async def a_template(plan: PlanWorld, ref: str = "practice", **fields: Any) -> Json:
    """Three graded domains, unless ``fields`` say otherwise."""
    body = {"ref": ref, "title": f"Audit {ref}", "domains": GRADED} | fields
    return await make(plan, "/audit-templates", body)


async def a_scored_template(plan: PlanWorld, ref: str = "practice", **fields: Any) -> Json:
    """Two domains scored from 1 to 10, and a grade over all."""
    return await a_template(plan, ref, **({"domains": SCORED, "scale": SCALE} | fields))


async def an_audit(plan: PlanWorld, **fields: Any) -> Json:
    body = {"template": "practice", "month": "2026-08", "scores": {"overall": "good"}} | fields
    return await make(plan, "/audits", body)


def audits(*overall: str, month: str = "2026-08", **fields: Any) -> list[Json]:
    """Rows of a batch, one for each grade over all."""
    return [
        {"template": "practice", "month": month, "scores": {"overall": grade}} | fields for grade in overall
    ]


async def record(plan: PlanWorld, *rows: Json, **batch: Any) -> Json:
    return await make(plan, "/audit-batches", {"rows": list(rows)} | batch)
