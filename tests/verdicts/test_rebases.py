"""A rebase takes two people; the verdict of before stays visible."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from psycopg.errors import CheckViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, values
from tests.verdicts.series import STEADY
from tests.verdicts.stored import (
    assert_stored_equals_recomputation,
    better,
    earlier_of,
    figures,
    kpi_of,
    verdicts_of,
)

REASON = "A new front door from February: another process."


async def propose(plan: PlanWorld, **fields: Any) -> httpx.Response:
    body = {"from_period": "2025-02", "reason": REASON} | fields
    return await (await plan.manager()).post(plan.url("/kpis/K1/rebases"), json=body)


async def decide(
    plan: PlanWorld, what: str, by: Role = Role.PERFORMANCE_OFFICER, number: int = 1, **body: Any
) -> httpx.Response:
    client = await plan.client(by)
    url = plan.url(f"/kpis/K1/rebases/{number}")
    tag = (await client.get(url)).headers["etag"]
    return await client.post(f"{url}/{what}", json=body, headers={"If-Match": tag})


class TestProposing:
    async def test_nothing_is_judged_anew_before_another_agrees(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await better(plan)
        answer = await propose(plan, from_period="Feb-25")
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"] == plan.url("/kpis/K1/rebases/1")
        found = answer.json()
        assert (found["from_period"], found["state"], found["may_agree"]) == ("2025-02", "proposed", False)
        assert (await kpi_of(plan))["verdict"]["variation"] == "improvement"

    async def test_refusals(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        assert (await propose(plan, from_period="FY2025-26")).status_code == 422
        assert (await propose(plan, segment="nowhere")).status_code == 422
        assert (await propose(plan, reason="")).status_code == 422
        assert (await propose(plan)).status_code == 201
        assert (await propose(plan)).status_code == 409
        assert (await propose(plan, basis="validated_return")).json()["number"] == 2

    async def test_only_who_may_change_the_kpi(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        lead = await plan.client(Role.ACTION_LEAD)
        body = {"from_period": "2025-02", "reason": REASON}
        assert (await lead.post(plan.url("/kpis/K1/rebases"), json=body)).status_code == 403


class TestAgreeing:
    async def test_by_a_second_person(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan)
        await better(plan)
        before = (await kpi_of(plan))["verdict"]
        await propose(plan)
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        assert (await officer.get(plan.url("/kpis/K1/rebases/1"))).json()["may_agree"] is True
        answer = await decide(plan, "agreement", note="The board was told.")
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["state"], found["decision_note"]) == ("agreed", "The board was told.")
        assert found["decided_by"] == (await plan.user(Role.PERFORMANCE_OFFICER)).name
        told = await verdicts_of(plan)
        now = told["series"][0]["verdict"]
        assert (now["variation"], now["held"], now["stretches"][-1]["because"]) == ("too_early", 7, "rebase")
        (earlier,) = await earlier_of(plan)
        assert (earlier["because"], earlier["verdict"]) == (["rebase"], before)
        assert await assert_stored_equals_recomputation(plan, engine) == 1

    async def test_never_by_the_proposer(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await propose(plan)
        answer = await decide(plan, "agreement", by=Role.PROGRAMME_MANAGER)
        assert answer.status_code == 403

    async def test_the_database_holds_to_it_too(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await propose(plan)
        with pytest.raises(CheckViolation):
            await plan.service.owner.execute(
                "update rebase set state = 'agreed', decided_by = proposed_by, decided_at = now()"
                " where plan_id = %s",
                (plan.id,),
            )

    async def test_nobody_is_second_to_a_proposer_who_is_not_known(self, plan: PlanWorld) -> None:
        """A person who is deleted leaves the proposal behind, and it still takes two."""
        await a_kpi(plan)
        await propose(plan)
        await plan.service.owner.execute(
            "update rebase set proposed_by = null where plan_id = %s", (plan.id,)
        )
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        read = (await officer.get(plan.url("/kpis/K1/rebases/1"))).json()
        assert (read["proposed_by"], read["may_agree"]) == (None, False)
        assert (await decide(plan, "agreement")).status_code == 409
        with pytest.raises(CheckViolation):
            await plan.service.owner.execute(
                "update rebase set state = 'agreed', decided_at = now(), decided_by ="
                " (select min(id) from principal) where plan_id = %s",
                (plan.id,),
            )
        assert (await decide(plan, "rejection", note="Proposed by nobody.")).status_code == 200
        assert (await propose(plan)).status_code == 201

    async def test_what_was_agreed_outlives_who_agreed(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await propose(plan)
        await decide(plan, "agreement")
        await plan.service.owner.execute(
            "update rebase set proposed_by = null, decided_by = null where plan_id = %s", (plan.id,)
        )
        answer = await (await plan.manager()).get(plan.url("/kpis/K1/rebases/1"))
        assert (answer.json()["state"], answer.json()["decided_by"]) == ("agreed", None)

    @pytest.mark.parametrize("state", ["proposed", "agreed"])
    async def test_nobody_writes_in_anothers_name(
        self, plan: PlanWorld, engine: AsyncEngine, state: str
    ) -> None:
        """Beneath the API, as the service's own role acting for the officer."""
        await a_kpi(plan)
        await propose(plan)
        manager = (await plan.user(Role.PROGRAMME_MANAGER)).id
        officer = (await plan.user(Role.PERFORMANCE_OFFICER)).id
        insert = text(
            "insert into rebase (plan_id, kpi_id, number, from_period, from_on, reason, state, proposed_by,"
            " decided_by, decided_at) select plan_id, kpi_id, 2, from_period, from_on, reason, :state, :by,"
            " case when :state = 'agreed' then cast(:other as bigint) end,"
            " case when :state = 'agreed' then now() end from rebase where plan_id = :plan"
        )
        forged = {"plan": plan.id, "state": state, "by": manager, "other": officer}
        async with engine.connect() as connection:
            await connection.execute(
                text("select set_config('turnstone.principal', :id, true)"), {"id": str(officer)}
            )
            with pytest.raises(DBAPIError, match=r"row-level security|begins as a proposal"):
                await connection.execute(insert, forged)

    async def test_nobody_agrees_in_anothers_name(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan)
        await propose(plan)
        manager = (await plan.user(Role.PROGRAMME_MANAGER)).id
        officer = (await plan.user(Role.PERFORMANCE_OFFICER)).id
        forgeries = (
            f"state = 'agreed', decided_at = now(), decided_by = {officer}",
            f"proposed_by = {officer}",
            f"state = 'agreed', decided_at = now(), decided_by = {manager}",
        )
        for forgery in forgeries:
            async with engine.connect() as connection:
                await connection.execute(
                    text("select set_config('turnstone.principal', :id, true)"), {"id": str(manager)}
                )
                with pytest.raises(DBAPIError, match=r"row-level security|second person|never changes"):
                    await connection.execute(text(f"update rebase set {forgery} where plan_id = {plan.id}"))

    async def test_once(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await propose(plan)
        assert (await decide(plan, "agreement")).status_code == 200
        assert (await decide(plan, "agreement")).status_code == 409
        assert (await decide(plan, "rejection", note="No.")).status_code == 409

    async def test_without_having_seen_it(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await propose(plan)
        officer = await plan.client(Role.PERFORMANCE_OFFICER)
        url = plan.url("/kpis/K1/rebases/1/agreement")
        assert (await officer.post(url, json={})).status_code == 428
        assert (await officer.post(url, json={}, headers={"If-Match": '"9"'})).status_code == 412

    async def test_one_segment_alone(self, plan: PlanWorld, engine: AsyncEngine) -> None:
        await a_kpi(plan, segments=[{"ref": "north", "title": "North"}])
        await better(plan)
        await better(plan, segment="north")
        await propose(plan, segment="north")
        await decide(plan, "agreement")
        found = (await verdicts_of(plan))["series"]
        assert [one["verdict"]["variation"] for one in found] == ["improvement", "too_early"]
        assert await assert_stored_equals_recomputation(plan, engine) == 2

    async def test_values_that_come_after_are_judged_from_it(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", figures(STEADY))
        await propose(plan)
        await decide(plan, "agreement")
        later = [str(int(value) + 30) for value in STEADY]
        await values(plan, "K1", figures(later, start="2025-02"))
        found = (await kpi_of(plan))["verdict"]
        assert found["variation"] == "common_cause"
        assert found["stretches"][1]["mean"] == pytest.approx(found["stretches"][0]["mean"] + 30)


class TestRejecting:
    async def test_nothing_changes_and_it_can_be_proposed_again(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await better(plan)
        await propose(plan)
        answer = await decide(plan, "rejection", note="Two months are too few.")
        assert (answer.status_code, answer.json()["state"]) == (200, "rejected")
        assert (await kpi_of(plan))["verdict"]["variation"] == "improvement"
        assert (await propose(plan)).status_code == 201
        listed = (await (await plan.manager()).get(plan.url("/kpis/K1/rebases"))).json()["items"]
        assert [(one["number"], one["state"]) for one in listed] == [(2, "proposed"), (1, "rejected")]
        waiting = (await (await plan.manager()).get(plan.url("/kpis/K1/rebases?state=proposed"))).json()
        assert [one["number"] for one in waiting["items"]] == [2]

    async def test_its_proposer_takes_it_back(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await propose(plan)
        answer = await decide(plan, "rejection", by=Role.PROGRAMME_MANAGER, note="The wrong month.")
        assert answer.status_code == 200
