"""A change of what verdicts rest on judges the held values anew, and keeps what was said before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, push, values
from tests.verdicts.series import BETTER, STEADY
from tests.verdicts.stored import (
    assert_stored_equals_recomputation,
    better,
    earlier_of,
    figures,
    kpi_of,
    patch_kpi,
    patch_plan,
    verdicts_of,
)

TEN = {"kind": "standing", "value": 10}


class TestInputs:
    @pytest.mark.parametrize(
        ("patch", "because", "expected"),
        [
            ({"polarity": "lower"}, "polarity", {"variation": "concern"}),
            (
                {"targets": [TEN]},
                "target",
                {"assurance": "consistently_passes"},
            ),
            ({"nature": "cumulative"}, "nature", {"why_not": "cumulative"}),
            ({"unit": "days"}, "unit", {"variation": "improvement"}),
            (
                {"definition": {"denominator": "Everyone"}, "definition_is_correction": True},
                "definition",
                {"variation": "improvement"},
            ),
            (
                {"definition": {"decimals": 0}, "definition_is_correction": True},
                "definition",
                {"variation": "improvement"},
            ),
            (
                {"definition": {"effective_from": "2025-02-01", "descriptor": "Counted anew."}},
                "definition",
                {"variation": "too_early", "held": 7},
            ),
        ],
    )
    async def test_each_is_recorded(
        self,
        plan: PlanWorld,
        engine: AsyncEngine,
        patch: dict[str, Any],
        because: str,
        expected: dict[str, Any],
    ) -> None:
        await a_kpi(plan, definition={"descriptor": "As first counted."})
        await better(plan)
        await patch_kpi(plan, patch)
        found = await verdicts_of(plan)
        now = found["series"][0]["verdict"]
        assert {name: now[name] for name in expected} == expected
        (earlier,) = await earlier_of(plan)
        assert (earlier["because"], earlier["verdict"]["variation"]) == ([because], "improvement")
        assert earlier["by"] == (await plan.user(Role.PROGRAMME_MANAGER)).name
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    async def test_good_that_serves_as_target(self, plan: PlanWorld) -> None:
        await a_kpi(plan, definition={"good_value": 10}, good_is_target=False)
        await better(plan)
        assert (await kpi_of(plan))["verdict"]["assurance"] is None
        await patch_kpi(plan, {"good_is_target": True})
        assert (await kpi_of(plan))["verdict"]["assurance"] == "consistently_passes"
        assert (await earlier_of(plan))[0]["because"] == ["target"]

    async def test_a_new_value_is_no_reason_to_keep_the_old_verdict(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await better(plan)
        await values(plan, "K1", {"2025-09": 50})
        assert (await earlier_of(plan)) == []
        assert (await kpi_of(plan))["verdict"]["variation"] == "common_cause"

    async def test_a_new_title_neither(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await better(plan)
        await patch_kpi(plan, {"title": "Another", "polarity": "higher"})
        assert (await earlier_of(plan)) == []


class TestBreaks:
    async def test_a_definition_break_is_never_crossed(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan, definition={"descriptor": "As first counted."})
        await values(plan, "K1", figures(STEADY))
        await patch_kpi(plan, {"definition": {"effective_from": "2025-02-01", "descriptor": "Counted anew."}})
        # Far above everything before: outside any limit of the old line, and nothing at all on the new.
        await values(plan, "K1", figures(["90", "91", "90", "92"], start="2025-02"))
        found = (await kpi_of(plan))["verdict"]
        assert (found["variation"], found["held"]) == ("too_early", 4)
        assert [(one["from"], one["to"], one["because"]) for one in found["stretches"]] == [
            ("2024-01", "2025-01", None),
            ("2025-02", "2025-05", "definition"),
        ]
        assert found["stretches"][0]["mean"] is not None and found["stretches"][1]["mean"] is None
        assert (await verdicts_of(plan))["series"][0]["verdict"]["marks"] == []
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    async def test_figures_are_told_by_the_definition_in_force(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        """A version that is yet to come says nothing of the values that are there."""
        await a_kpi(plan, definition={"descriptor": "As first counted.", "decimals": 2})
        await values(plan, "K1", figures(["50", "50.04"]))
        told = "was 0.04 points higher than the value before."
        assert (await kpi_of(plan))["verdict"]["sentence"].endswith(told)
        later = {"effective_from": "2099-04-01", "descriptor": "Counted anew.", "decimals": 0}
        await patch_kpi(plan, {"definition": later})
        assert (await kpi_of(plan))["verdict"]["sentence"].endswith(told)
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    async def test_definitions_without_a_day_break_nothing(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        await a_kpi(plan)
        await plan.service.owner.execute(
            "insert into kpi_definition (plan_id, kpi_id, position, descriptor, decimals)"
            " select plan_id, id, n, 'As a document had it', 1 from kpi, generate_series(0, 1) n"
            " where plan_id = %s",
            (plan.id,),
        )
        await better(plan)
        assert [one["because"] for one in (await kpi_of(plan))["verdict"]["stretches"]] == [None]
        assert await assert_stored_equals_recomputation(plan, engine) == 1


class TestProfile:
    async def test_it_begins_as_mdc_and_changes_with_the_plan(
        self, plan: PlanWorld, engine: AsyncEngine
    ) -> None:
        await a_kpi(plan)
        # One wild value widens the limits of mdc; nhsr screens the jumps to it and back.
        wild = [*STEADY, "90", *STEADY, "62"]
        await values(plan, "K1", figures(wild))
        before = (await kpi_of(plan))["verdict"]
        assert (before["profile"], before["variation"]) == ("mdc", "common_cause")
        await patch_plan(plan, {"spc_profile": "nhsr"}, **{"Change-Reason": "The region reads it so"})
        found = await verdicts_of(plan)
        after = found["series"][0]["verdict"]
        assert (after["profile"], after["variation"], after["rule"]) == (
            "nhsr",
            "improvement",
            "outside_limit",
        )
        (earlier,) = await earlier_of(plan)
        assert earlier["because"] == ["profile"]
        assert earlier["verdict"] == before
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    async def test_it_is_told_with_the_plan(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        assert (await manager.get(plan.url())).json()["spc_profile"] == "mdc"
        await patch_plan(plan, {"spc_profile": "nhsr"})
        assert (await manager.get(plan.url())).json()["spc_profile"] == "nhsr"

    async def test_a_profile_that_is_none_is_refused(self, plan: PlanWorld) -> None:
        manager = await plan.manager()
        tag = {"If-Match": await etag_of(manager, plan.url())}
        answer = await manager.patch(plan.url(), json={"spc_profile": "six_sigma"}, headers=tag)
        assert answer.status_code == 422


class TestValues:
    async def test_a_corrected_value(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan)
        await better(plan)
        await values(plan, "K1", {"2025-08": 51})
        assert (await kpi_of(plan))["verdict"]["variation"] == "common_cause"
        await values(plan, "K1", {"2025-08": 58})
        assert (await kpi_of(plan))["verdict"]["variation"] == "improvement"
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    async def test_a_value_taken_back(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan)
        await values(plan, "K1", figures(STEADY))
        await push(plan, {"kpi": "K1", "period": "2025-01", "state": "not_available"})
        found = (await kpi_of(plan))["verdict"]
        assert (found["variation"], found["held"], found["through"]) == ("too_early", 12, "2024-12")
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    async def test_sign_off_reaches_what_rules_may_act_on(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan)
        await better(plan)
        for period, value in figures(BETTER).items():
            await sign_off(plan, period, value)
        assert (await kpi_of(plan))["verdict"]["signed_off"]["variation"] == "improvement"
        await values(plan, "K1", {"2025-09": 57})
        found = (await kpi_of(plan))["verdict"]
        assert (found["through"], found["signed_off"]["through"]) == ("2025-09", "2025-08")
        assert await assert_stored_equals_recomputation(plan, engine) == 1


async def sign_off(plan: PlanWorld, period: str, value: float) -> None:
    manager = await plan.manager()
    url = plan.url(f"/kpis/K1/measurements/_all/{period}")
    tag = {"If-Match": await etag_of(manager, url)}
    answer = await manager.put(url, json={"value": value, "workflow": "signed_off"}, headers=tag)
    assert answer.status_code == 200, answer.text


class TestThePast:
    async def test_as_it_was_known_and_judged_then(self, plan: PlanWorld) -> None:
        await a_kpi(plan, targets=[{"kind": "standing", "value": 95}])
        await better(plan)
        before = (await kpi_of(plan))["verdict"]
        marked = (await verdicts_of(plan))["series"][0]["verdict"]
        moment = datetime.now(UTC).isoformat().replace("+", "%2B")
        await patch_kpi(plan, {"polarity": "lower", "targets": []})
        await patch_plan(plan, {"spc_profile": "nhsr"})
        await values(plan, "K1", {"2025-09": 40, "2025-08": 41})
        now = (await kpi_of(plan))["verdict"]
        assert now["profile"] == "nhsr" and now["through"] == "2025-09"
        query = f"?as_of={moment}"
        then = await kpi_of(plan, query=query)
        assert (then["verdict"], then["verdict_is_pending"]) == (before, False)
        manager = await plan.manager()
        listed = (await manager.get(plan.url(f"/kpis{query}"))).json()["items"]
        assert listed[0]["verdict"] == before
        scorecard = (await manager.get(plan.url(f"/scorecard{query}"))).json()
        assert scorecard["by_verdict"] == {"improvement": 1}
        told = await verdicts_of(plan, query=query)
        assert told["series"][0]["verdict"] == marked
        assert await earlier_of(plan, query=query) == []
        assert len(await earlier_of(plan)) == 2

    async def test_before_its_first_value(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        moment = datetime.now(UTC).isoformat().replace("+", "%2B")
        await values(plan, "K1", figures(BETTER))
        then = await kpi_of(plan, query=f"?as_of={moment}")
        assert (then["verdict"], then["points_held"]) == (None, 0)


class TestEarlier:
    async def test_by_pages_and_by_series(self, plan: PlanWorld) -> None:
        segments = [{"ref": ref, "title": ref.upper()} for ref in ("north", "south")]
        await a_kpi(plan, segments=segments)
        for segment in ("_all", "north", "south"):
            await values(plan, "K1", figures(["50"]), segment=segment)
        await values(plan, "K1", figures(["50"]), basis="validated_return")
        for target in (10, 20, 30):
            await patch_kpi(plan, {"targets": [{"kind": "standing", "value": target}]})
        manager = await plan.manager()
        url = plan.url("/kpis/K1/earlier-verdicts")
        seen, cursor = [], ""
        while True:
            page = (await manager.get(f"{url}?limit=5&total=true{cursor}")).json()
            assert page["total"] == 12
            seen += [(one["at"], one["segment"], one["basis"]) for one in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert len(seen) == len(set(seen)) == 12
        assert [at for at, _, _ in seen] == sorted((at for at, _, _ in seen), reverse=True)
        north = await earlier_of(plan, query="?segment=NORTH")
        assert [one["segment"] for one in north] == ["north"] * 3
        returned = await earlier_of(plan, query="?segment=_all&basis=validated_return")
        assert [(one["segment"], one["basis"]) for one in returned] == [("_all", "validated_return")] * 3
        assert await earlier_of(plan, query="?segment=east") == []

    @pytest.mark.parametrize(
        ("at", "due_on"), [("2025-03-31T22:59:00Z", "2025-03-31"), ("2025-03-31T23:01:00Z", None)]
    )
    async def test_each_reads_as_on_its_last_day(self, plan: PlanWorld, at: str, due_on: str | None) -> None:
        """The day in London, where it is summer: a minute past midnight, the target's day has passed."""
        due = {"kind": "by_date", "value": 55, "due": {"date": "2025-03-31"}}
        await a_kpi(plan, targets=[due])
        await values(plan, "K1", figures(STEADY))
        await patch_kpi(plan, {"targets": []})
        await plan.service.owner.execute(
            "update earlier_verdict set at = %s where plan_id = %s", (at, plan.id)
        )
        (was,) = await earlier_of(plan)
        assert (was["verdict"]["trajectory"] or {}).get("due_on") == due_on
