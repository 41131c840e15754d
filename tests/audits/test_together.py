"""Audits that come at once: refs are given once, and what is derived is made of all of them."""

from __future__ import annotations

import asyncio

from api.vocabulary import Role
from tests.actions.making import make, post, read
from tests.audits.making import a_template, audits
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, push

SHARE = {"kpi": "K1", "template": "practice", "domain": "overall", "statistic": "share"}


class TestAtOnce:
    async def test_every_audit_counts_once(self, plan: PlanWorld) -> None:
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, "/audit-measures", SHARE)
        roles = (Role.PROGRAMME_MANAGER, Role.PERFORMANCE_OFFICER, Role.SENIOR_LEADER)
        for role in roles:
            await plan.client(role)
        sent = [
            post(plan, "/audits", audits("good" if n % 3 else "inadequate")[0], role=roles[n % 3])
            for n in range(12)
        ]
        answers = await asyncio.gather(*sent)
        assert [answer.status_code for answer in answers] == [201] * 12
        assert len({answer.json()["ref"] for answer in answers}) == 12
        value = await read(plan, "/kpis/K1/measurements/_all/2026-08")
        assert (value["numerator"], value["denominator"]) == (8, 12)

    async def test_a_push_of_the_same_value_is_kept_or_was_there_first(self, plan: PlanWorld) -> None:
        """Whichever comes first, the pushed figure stands in the end: audits never replace it."""
        await a_template(plan)
        await a_kpi(plan)
        await make(plan, "/audit-measures", SHARE)
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        for month in ("2026-03", "2026-04", "2026-05", "2026-06"):
            pushed, recorded = await asyncio.gather(
                push(plan, {"kpi": "K1", "period": month, "value": 33}, by=officer),
                post(plan, "/audits", audits("good", month=month)[0], role=Role.SENIOR_LEADER),
            )
            assert (pushed.status_code, recorded.status_code) == (201, 201)
            assert (await read(plan, f"/kpis/K1/measurements/_all/{month}"))["value"] == 33
