"""Stored verdicts over HTTP, and the proof that each equals recomputation."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.system import as_system
from api.core.database import transaction
from api.verdicts.inputs import read_inputs
from api.verdicts.service import kept_verdict
from tests.factories.world import PlanWorld
from tests.kpis.making import etag_of, values
from tests.verdicts.series import BETTER, months


def figures(held: list[str], start: str = "2024-01") -> dict[str, Any]:
    """Values by month, as a push sends them."""
    return {point.period: float(point.value) for point in months(held, start=start)}


async def better(plan: PlanWorld, kpi: str = "K1", **shared: Any) -> None:
    """Thirteen ordinary months, then seven above the average since February 2025."""
    await values(plan, kpi, figures(BETTER), **shared)


async def kpi_of(plan: PlanWorld, ref: str = "K1", query: str = "") -> Any:
    answer = await (await plan.manager()).get(plan.url(f"/kpis/{ref}{query}"))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def verdicts_of(plan: PlanWorld, ref: str = "K1", query: str = "") -> Any:
    answer = await (await plan.manager()).get(plan.url(f"/kpis/{ref}/verdicts{query}"))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def earlier_of(plan: PlanWorld, ref: str = "K1", query: str = "") -> list[Any]:
    """The first page of the verdicts that changes did away with, newest first."""
    answer = await (await plan.manager()).get(plan.url(f"/kpis/{ref}/earlier-verdicts{query}"))
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.json()["items"]
    return items


async def patch_kpi(plan: PlanWorld, body: dict[str, Any], ref: str = "K1") -> None:
    manager = await plan.manager()
    url = plan.url(f"/kpis/{ref}")
    answer = await manager.patch(url, json=body, headers={"If-Match": await etag_of(manager, url)})
    assert answer.status_code == 200, answer.text


async def patch_plan(plan: PlanWorld, body: dict[str, Any], **headers: str) -> None:
    manager = await plan.manager()
    tag = await etag_of(manager, plan.url())
    answer = await manager.patch(plan.url(), json=body, headers={"If-Match": tag} | headers)
    assert answer.status_code == 200, answer.text


async def assert_stored_equals_recomputation(plan: PlanWorld, engine: AsyncEngine) -> int:
    """Every stored verdict that does not say it is pending; returns how many were compared."""
    execute = plan.service.owner.execute
    rows = await (
        await execute(
            "select s.id, s.revision, v.* from series s left join verdict v on v.series_id = s.id"
            " where s.plan_id = %s order by s.id",
            (plan.id,),
        )
    ).fetchall()
    async with transaction(engine) as session, as_system(session):
        found = {held.series_id: held for held in await read_inputs(session, [row["id"] for row in rows])}
    settled = [row for row in rows if row["series_id"] is None or not row["is_pending"]]
    for row in settled:
        held = found[row["id"]]
        computed = kept_verdict(held)
        assert row["body"] | {"marks": row["marks"]} == orjson.loads(orjson.dumps(computed))
        assert row["inputs"] == held.told
        assert row["series_revision"] == row["revision"]
        assert (row["variation"], row["signed_off_variation"], row["assurance"]) == (
            computed["variation"],
            computed["signed_off"]["variation"],
            computed["assurance"],
        )
    return len(settled)
