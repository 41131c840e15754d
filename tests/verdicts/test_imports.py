"""A plan document that brings values, or changes what they are judged by, leaves no stale verdict."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi
from tests.plan_documents.documents import bring_in, exported
from tests.verdicts.stored import assert_stored_equals_recomputation, better, earlier_of, kpi_of


class TestImport:
    async def test_a_target_and_a_value_at_once(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan)
        await a_kpi(plan, "K2")
        for ref in ("K1", "K2"):
            await better(plan, ref)
        admin = await plan.client(Role.ADMIN)
        document = await exported(await plan.manager(), plan.ref)
        # Imported as it is, it is the base that the next import is held against.
        await bring_in(admin, document, status=200)
        for kpi in document["kpis"]:
            kpi["targets"] = [{"kind": "standing", "value": 10}]
        last = next(
            value
            for value in document["measurements"]
            if (value["kpi"], value["period"]) == ("K1", "2025-08")
        )
        last["value"] = 51
        await bring_in(admin, document, status=200)
        found = (await kpi_of(plan, "K1"))["verdict"]
        assert (found["variation"], found["assurance"]) == ("common_cause", "consistently_passes")
        # No value of the other KPI came, and its verdict holds the new target all the same.
        found = (await kpi_of(plan, "K2"))["verdict"]
        assert (found["variation"], found["assurance"]) == ("improvement", "consistently_passes")
        assert (await earlier_of(plan, "K2"))[0]["because"] == ["target"]
        assert await assert_stored_equals_recomputation(plan, engine) == 2
