"""Values as they were known at a moment: what was read then is read again."""

from __future__ import annotations

import random

from api.vocabulary import Role
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, values
from tests.measurements.making import now, revisions_of, sign_off, submitted, value_of, withdraw

VALUE = "/kpis/K1/measurements/_all/2026-09"


class TestOneValue:
    async def test_reads_each_position(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        before = await now(plan)
        await values(plan, "K1", {"2026-09": 80})
        first = await now(plan)
        await values(plan, "K1", {"2026-09": 81})
        assert await value_of(plan, "K1", "2026-09", known_at=before) is None
        was = await value_of(plan, "K1", "2026-09", known_at=first)
        assert was and (was["value"], was["revision"]) == (80, 1)
        shown = await revisions_of(plan, "K1", "2026-09", known_at=first)
        assert [(r["value"], r["known_to"]) for r in shown] == [(80, None)]

    async def test_under_the_names_of_now_where_as_of_uses_those_of_then(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-09": 80})
        moment = await now(plan)
        manager = await plan.manager()
        tag = {"If-Match": await etag_of(manager, plan.url("/kpis/K1"))}
        await manager.patch(plan.url("/kpis/K1"), json={"ref": "K7"}, headers=tag)
        known = await value_of(plan, "K7", "2026-09", known_at=moment)
        assert known and (known["kpi"], known["value"]) == ("K7", 80)
        then = await manager.get(plan.url(VALUE), params={"as_of": moment})
        assert then.status_code == 200 and then.json()["kpi"] == "K1"

    async def test_refuses_both_nonsense_and_the_future(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        manager = await plan.manager()
        for asked in (
            {"known_at": "2026-01-01", "as_of": "2026-01-01"},
            {"known_at": "soon"},
            {"known_at": "2190-01-01"},
        ):
            answer = await manager.get(plan.url(VALUE), params=asked)
            assert answer.status_code == 422
            assert "known_at" in answer.json()["detail"]


class TestLists:
    async def test_every_position_noted_is_read_again(self, plan: PlanWorld) -> None:
        """Pushes, sign-offs and withdrawals at random; what was read at each moment is read later."""
        chance = random.Random(11)
        for ref in ("K1", "K2"):
            await a_kpi(plan, ref)
        manager = await plan.manager()

        async def read(**asked: str) -> list[object]:
            found = []
            for path in ("/kpis/K1/measurements", "/kpis/K2/measurements", "/measurements"):
                answer = await manager.get(plan.url(path), params={"sort": "period", "limit": "200", **asked})
                assert answer.status_code == 200, answer.text
                found += [item | {"is_locked": None} for item in answer.json()["items"]]
            return found

        noted: list[tuple[str, list[object]]] = []
        submissions: list[str] = []
        for _ in range(14):
            deed = chance.random()
            if deed < 0.6 or not submissions:
                rows = [
                    {"kpi": ref, "period": f"2026-{month:02}", "value": chance.randrange(5)}
                    for ref in ("K1", "K2")
                    for month in range(1, 6)
                    if chance.random() < 0.6
                ] or [{"kpi": "K1", "period": "2026-06", "value": 1}]
                submissions.append((await submitted(plan, *rows))["submission"])
            elif deed < 0.8:
                await sign_off(plan, submission=chance.choice(submissions))
            else:
                assert (await withdraw(plan, chance.choice(submissions))).status_code == 200
            noted.append((await now(plan), await read()))
        for moment, was in noted:
            assert await read(known_at=moment) == was

    async def test_a_page_leads_on_to_the_same_moment(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-07": 1, "2026-08": 2, "2026-09": 3})
        moment = await now(plan)
        await values(plan, "K1", {"2026-07": 9, "2026-08": 9, "2026-09": 9})
        manager = await plan.manager()
        first = await manager.get(
            plan.url("/kpis/K1/measurements"), params={"limit": "2", "known_at": moment}
        )
        assert [item["value"] for item in first.json()["items"]] == [1, 2]
        following = first.headers["link"].split(">")[0].removeprefix("<")
        rest = await manager.get(plan.url(f"/kpis/K1/measurements{following}"))
        assert [item["value"] for item in rest.json()["items"]] == [3]

    async def test_whoever_was_given_a_kpi_reads_it_so_too(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-09": 80})
        moment = await now(plan)
        partner = await plan.client(Role.PARTNER)
        answer = await partner.get(plan.url("/measurements"), params={"known_at": moment})
        assert answer.status_code == 200 and answer.json()["items"] == []
