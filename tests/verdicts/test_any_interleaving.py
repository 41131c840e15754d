"""Stored equals recomputed after any interleaving of whatever may change a verdict, as drawn by chance."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service
from tests.kpis.making import a_kpi, push
from tests.verdicts.series import BETTER
from tests.verdicts.stored import assert_stored_equals_recomputation, figures

KPIS = ("K1", "K2")
MONTHS = list(figures(BETTER))
MANAGER, OFFICER, LEADER = Role.PROGRAMME_MANAGER, Role.PERFORMANCE_OFFICER, Role.SENIOR_LEADER
BEATEN = (403, 409, 412, 422, 428)
"""What a change is told that another came before: decided, changed, withdrawn or begun already."""


@dataclass
class Change:
    """Something that somebody does: what it is called, to which KPI, and what it says."""

    kind: str
    kpi: str = KPIS[0]
    said: dict[str, Any] = field(default_factory=dict)


cells = st.one_of(
    st.builds(lambda value: {"value": value}, st.integers(30, 90)),
    st.just({"state": "not_available"}),
    st.just({"numerator": 3, "denominator": 4}),
)
months = st.sampled_from(MONTHS)
said = {
    "push": st.builds(lambda told: {"cells": told}, st.dictionaries(months, cells, min_size=1, max_size=20)),
    "revise": st.builds(lambda month, value: {"month": month, "value": value}, months, st.integers(30, 90)),
    "withdraw": st.builds(lambda which: {"which": which}, st.integers(0, 9)),
    "sign off": st.builds(lambda month: {"periods": [month]}, months) | st.just({}),
    "query": st.builds(lambda month: {"periods": [month]}, months),
    "target": st.builds(lambda value: {"value": value}, st.integers(30, 90)),
    "polarity": st.builds(lambda word: {"polarity": word}, st.sampled_from(["higher", "lower", "neutral"])),
    "definition": st.builds(lambda month: {"from": f"{month}-01"}, months),
    "correction": st.builds(lambda places: {"decimals": places}, st.integers(0, 3)),
    "rebase": st.builds(lambda month: {"month": month}, months),
    "profile": st.builds(lambda word: {"spc_profile": word}, st.sampled_from(["mdc", "nhsr"])),
}
changes = st.sampled_from(sorted(said)).flatmap(
    lambda kind: st.builds(Change, st.just(kind), st.sampled_from(KPIS), said[kind])
)
interleavings = st.lists(st.lists(changes, min_size=2, max_size=6), min_size=1, max_size=3)
"""Rounds, one after the other, of changes that are made at once."""

EVERY_KIND = [
    [Change("push", said={"cells": {month: {"value": 40} for month in MONTHS[:5]}})],
    [Change("revise", said={"month": MONTHS[19], "value": 51})],
    [Change("withdraw", said={"which": 1})],
    [Change("sign off")],
    [Change("query", said={"periods": [MONTHS[18]]})],
    [Change("target", said={"value": 55})],
    [Change("polarity", said={"polarity": "lower"})],
    [Change("correction", said={"decimals": 3})],
    [Change("definition", said={"from": f"{MONTHS[4]}-01"})],
    [Change("rebase", said={"month": MONTHS[12]})],
    [Change("profile", said={"spc_profile": "nhsr"})],
]
"""One change at a time: each of them must be taken, and so is seen to be one."""


class World:
    """A plan with two KPIs that have a verdict each, and whoever changes something in it."""

    def __init__(self, plan: PlanWorld) -> None:
        self.plan = plan
        self.delivered: list[str] = []
        self._do: dict[str, Callable[[Change], Awaitable[httpx.Response]]] = {
            "push": self._push,
            "revise": self._revise,
            "withdraw": self._withdraw,
            "sign off": lambda change: self._act("sign-offs", LEADER, change),
            "query": lambda change: self._act("queries", OFFICER, change, question="Is it right?"),
            "target": self._target,
            "polarity": lambda change: self._patch(change.kpi, change.said),
            "correction": self._correction,
            "definition": self._definition,
            "rebase": self._rebase,
            "profile": self._profile,
        }

    async def begin(self) -> None:
        for kpi in KPIS:
            await a_kpi(self.plan, kpi, definition={"descriptor": "As first counted."})
            await self.do(
                Change("push", kpi, {"cells": {m: {"value": v} for m, v in figures(BETTER).items()}})
            )
        # Whoever takes part signs in before the race.
        for role in (MANAGER, OFFICER, LEADER):
            await self.plan.client(role)

    async def do(self, change: Change) -> int:
        """The status of the answer."""
        answer = await self._do[change.kind](change)
        assert answer.is_success or answer.status_code in BEATEN, answer.text
        return answer.status_code

    async def _push(self, change: Change) -> httpx.Response:
        rows = ({"kpi": change.kpi, "period": month, **cell} for month, cell in change.said["cells"].items())
        answer = await push(self.plan, *rows)
        if answer.is_success:
            self.delivered.append(answer.json()["submission"])
        return answer

    async def _revise(self, change: Change) -> httpx.Response:
        path = f"/kpis/{change.kpi}/measurements/_all/{change.said['month']}"
        return await self._edit("put", self.plan.url(path), MANAGER, {"value": change.said["value"]})

    async def _withdraw(self, change: Change) -> httpx.Response:
        submission = self.delivered[change.said["which"] % len(self.delivered)]
        client = await self.plan.client(OFFICER)
        url = self.plan.url(f"/submissions/{submission}/withdrawal")
        return await client.post(url, json={"reason": "The wrong extract"})

    async def _act(self, what: str, by: Role, change: Change, **more: str) -> httpx.Response:
        body = {"kpis": [change.kpi], **change.said, **more}
        return await (await self.plan.client(by)).post(self.plan.url(f"/measurements/{what}"), json=body)

    async def _target(self, change: Change) -> httpx.Response:
        return await self._patch(
            change.kpi, {"targets": [{"kind": "standing", "value": change.said["value"]}]}
        )

    async def _correction(self, change: Change) -> httpx.Response:
        return await self._patch(
            change.kpi, {"definition": change.said, "definition_is_correction": True}, by=OFFICER
        )

    async def _definition(self, change: Change) -> httpx.Response:
        definition = {"effective_from": change.said["from"], "descriptor": "Counted anew."}
        return await self._patch(change.kpi, {"definition": definition})

    async def _rebase(self, change: Change) -> httpx.Response:
        url = self.plan.url(f"/kpis/{change.kpi}/rebases")
        body = {"from_period": change.said["month"], "reason": "A new process."}
        proposed = await (await self.plan.client(MANAGER)).post(url, json=body)
        if not proposed.is_success:
            return proposed
        tag = {"If-Match": proposed.headers["etag"]}
        agreement = f"{proposed.headers['location']}/agreement"
        return await (await self.plan.client(OFFICER)).post(agreement, json={}, headers=tag)

    async def _profile(self, change: Change) -> httpx.Response:
        return await self._edit("patch", self.plan.url(), MANAGER, change.said)

    async def _patch(self, kpi: str, body: dict[str, Any], by: Role = MANAGER) -> httpx.Response:
        return await self._edit("patch", self.plan.url(f"/kpis/{kpi}"), by, body)

    async def _edit(self, verb: str, url: str, by: Role, body: dict[str, Any]) -> httpx.Response:
        """Read, change, and where somebody was quicker read again, as a person would."""
        client = await self.plan.client(by)
        for _ in range(5):
            held = (await client.get(url)).headers.get("etag")
            answer = await client.request(verb, url, json=body, headers={"If-Match": held} if held else None)
            if answer.status_code not in (412, 428):
                break
        return answer


class TestAnyInterleaving:
    @settings(
        max_examples=8,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(interleavings)
    @example(EVERY_KIND)
    async def test_stored_equals_recomputed(
        self, service: Service, engine: AsyncEngine, rounds: list[list[Change]]
    ) -> None:
        world = World(await service.new_plan())
        await world.begin()
        for at_once in rounds:
            statuses = await asyncio.gather(*(world.do(change) for change in at_once))
            assert len(at_once) > 1 or statuses[0] < 300, at_once
            assert await assert_stored_equals_recomputation(world.plan, engine) == len(KPIS)
