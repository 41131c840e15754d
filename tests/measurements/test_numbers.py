"""Numbers go in and come out digit for digit."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi

digits = st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1)
figures = st.builds(lambda whole, places: Decimal(whole).scaleb(-places), digits, st.integers(0, 6)).filter(
    lambda value: abs(value) < 10**12
)


class TestRoundTrip:
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(value=figures, as_text=st.booleans())
    async def test_up_to_15_digits_and_6_decimals(
        self, plan: PlanWorld, value: Decimal, as_text: bool
    ) -> None:
        manager = await plan.manager()
        if (await manager.get(plan.url("/kpis/K1"))).status_code == 404:
            await a_kpi(plan, unit="none")
        given = f'"{value:f}"' if as_text else f"{value:f}"
        answer = await manager.post(
            plan.url("/measurements"),
            content=f'{{"rows": [{{"kpi": "K1", "period": "2026-09", "value": {given}}}]}}',
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 201, answer.text
        held = await manager.get(plan.url("/kpis/K1/measurements/_all/2026-09"))
        assert json.loads(held.text, parse_float=Decimal, parse_int=Decimal)["value"] == value
        kpi = (await manager.get(plan.url("/kpis/K1"))).text
        assert json.loads(kpi, parse_float=Decimal, parse_int=Decimal)["latest"]["value"] == value
        assert Decimal(repr(held.json()["value"])) == value
