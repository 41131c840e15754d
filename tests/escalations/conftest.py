"""A plan with one ladder, and escalations raised over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from api.vocabulary import Role
from tests.factories.world import PlanWorld

LADDER = {
    "ref": "stuck",
    "title": "Something is stuck",
    "overall_working_days": 20,
    "stages": [
        {"title": "Action lead", "role": "action_lead", "working_days": 5},
        {"title": "Head of service", "role": "senior_leader", "working_days": 3},
        {"title": "Board", "role": "board_member"},
    ],
}


@dataclass
class Ladders:
    """The plan, and what these tests ask of it again and again."""

    plan: PlanWorld

    def url(self, path: str = "") -> str:
        return self.plan.url(f"/escalations{path}")

    async def raised(self, by: Role = Role.PROGRAMME_MANAGER, **fields: Any) -> httpx.Response:
        body = {"title": "No answer", "text": "Three weeks.", "cause": "lead_stuck", "ladder": "stuck"}
        response = await (await self.plan.client(by)).post(self.url(), json=body | fields)
        assert response.status_code == 201, response.text
        return response

    async def take(
        self,
        step: str,
        body: dict[str, Any],
        *,
        by: Role = Role.PROGRAMME_MANAGER,
        ref: str = "E-1",
        etag: str | None = None,
    ) -> httpx.Response:
        """Take a step, from the version that is current unless another is given."""
        client = await self.plan.client(by)
        if etag is None:
            etag = (await (await self.plan.manager()).get(self.url(f"/{ref}"))).headers["etag"]
        return await client.post(self.url(f"/{ref}/{step}"), json=body, headers={"If-Match": etag})

    async def read(self, ref: str = "E-1", by: Role = Role.PROGRAMME_MANAGER) -> dict[str, Any]:
        response = await (await self.plan.client(by)).get(self.url(f"/{ref}"))
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def overdue(self, ref: str = "E-1") -> None:
        """Let the present stage's limit have passed."""
        await self.plan.service.owner.execute(
            "update escalation set answer_due_on = '2020-01-06' where plan_id = %s and ref = %s",
            (self.plan.id, ref),
        )


def day_of(moment: str) -> date:
    """The day in London of a moment the API gave."""
    return datetime.fromisoformat(moment).astimezone(ZoneInfo("Europe/London")).date()


@pytest.fixture
async def ladders(plan: PlanWorld) -> Ladders:
    response = await (await plan.manager()).post(plan.url("/ladders"), json=LADDER)
    assert response.status_code == 201, response.text
    return Ladders(plan)
