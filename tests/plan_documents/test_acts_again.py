"""Importing again what people did meanwhile: acts of both sides are kept, and none is undone by silence."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from api.vocabulary import Role
from tests.actions.making import make, read
from tests.audits.making import a_scored_template, an_audit
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, values
from tests.measurements.making import lock
from tests.plan_documents.documents import Json, bring_in, exported, send
from tests.verdicts.test_rebases import decide, propose

NEW_PARTS = ("feeds", "benchmark_datasets", "period_locks", "audit_templates", "audits", "audit_measures")


async def based(plan: PlanWorld) -> Json:
    """The plan's document, imported as it is, so that it is the base of the next import."""
    manager = await plan.manager()
    document = await exported(manager, plan.ref)
    await bring_in(manager, document, status=200)
    return document


class TestRebases:
    async def test_agreed_here_meanwhile_stays_agreed(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await propose(plan)
        document = await based(plan)
        assert (await decide(plan, "agreement")).status_code == 200
        document["kpis"][0]["title"] = "Renamed"
        await bring_in(await plan.manager(), document, status=200)
        (rebase,) = (await read(plan, "/kpis/K1/rebases"))["items"]
        officer = await plan.user(Role.PERFORMANCE_OFFICER)
        assert (rebase["state"], rebase["decided_by"]) == ("agreed", officer.name)

    async def test_decided_here_and_there_differently_is_a_conflict(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await propose(plan)
        document = await based(plan)
        assert (await decide(plan, "rejection", note="Too soon")).status_code == 200
        decided = {"state": "agreed", "decided_by": "The board", "decided_at": "2026-10-02T09:30:00Z"}
        document["kpis"][0]["rebases"][0] |= decided
        told = await send(await plan.manager(), document)
        assert [one["pointer"] for one in told["conflicts"]] == ["/kpis/0/rebases/0"]
        pointer = "/kpis/0/rebases/0"
        await bring_in(await plan.manager(), document, status=200, decisions={pointer: "mine"})
        (rebase,) = (await read(plan, "/kpis/K1/rebases"))["items"]
        assert (rebase["state"], rebase["decided_by"]) == ("agreed", "The board")

    async def test_who_proposed_stays_whom_the_service_knows(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await propose(plan)
        document = await based(plan)
        another = document["kpis"][0]["rebases"][0] | {"number": 2, "from_period": "2025-06"}
        document["kpis"][0]["rebases"].append(another)
        await bring_in(await plan.client(Role.ADMIN), document, status=200)
        query = "select proposed_by from rebase where plan_id = %s and number = 1"
        assert await plan.service.one(query, plan.id) == (await plan.user(Role.PROGRAMME_MANAGER)).id


class TestAudits:
    async def test_an_edition_is_never_changed(self, plan: PlanWorld) -> None:
        await a_scored_template(plan)
        await an_audit(plan)
        document = await based(plan)
        document["audit_templates"][0]["editions"][0]["domains"][0]["title"] = "Another title"
        told = await send(await plan.manager(), document)
        assert [(error["pointer"], error["code"]) for error in told["errors"]] == [
            ("/audit_templates/0/editions/0", "edition_fixed")
        ]

    async def test_the_next_edition_is_taken_and_new_audits_are_made_on_it(self, plan: PlanWorld) -> None:
        await a_scored_template(plan)
        await an_audit(plan)
        document = await based(plan)
        editions = document["audit_templates"][0]["editions"]
        editions.append({"number": 2, "domains": [{"ref": "overall", "title": "Overall"}]})
        await bring_in(await plan.manager(), document, status=200)
        assert (await an_audit(plan))["edition"] == 2
        assert [audit["edition"] for audit in (await read(plan, "/audits"))["items"]] == [2, 1]

    async def test_moderated_here_and_in_the_document_is_a_conflict(self, plan: PlanWorld) -> None:
        await a_scored_template(plan)
        await an_audit(plan)
        document = await based(plan)
        url = plan.url("/audits/AU-1")
        manager = await plan.manager()
        tag = {"If-Match": await etag_of(manager, url)}
        body = {"moderated": {"overall": "inadequate"}}
        moderated = await manager.patch(url, json=body, headers=tag)
        assert moderated.status_code == 200, moderated.text
        document["audits"][0]["marks"][0]["after"] = "outstanding"
        told = await send(manager, document)
        assert [one["pointer"] for one in told["conflicts"]] == ["/audits/0/marks"]

    async def test_a_mark_put_right_in_the_document_moves_what_is_derived(self, plan: PlanWorld) -> None:
        await a_scored_template(plan)
        await a_kpi(plan, "SCORE", unit="score")
        await make(
            plan,
            "/audit-measures",
            {"kpi": "SCORE", "template": "practice", "statistic": "average", "domain": "planning"},
        )
        await an_audit(plan, scores={"planning": 4})
        document = await based(plan)
        document["audits"][0]["marks"][0]["before"] = 8
        await bring_in(await plan.manager(), document, status=200)
        assert (await read(plan, "/kpis/SCORE/measurements/_all/2026-08"))["value"] == 8


class TestSilence:
    async def full(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2026-07": 80})
        await propose(plan)
        await lock(plan, "2026-06-30")
        await a_scored_template(plan)
        await an_audit(plan)
        await make(plan, "/windscreen-positions", {"grade": "good", "reason": "Steady."})

    async def test_a_document_of_the_earlier_layout_takes_nothing_away(self, plan: PlanWorld) -> None:
        await self.full(plan)
        document = await based(plan)
        earlier: dict[str, Any] = deepcopy(document)
        for name in (*NEW_PARTS, "windscreen_positions"):
            earlier.pop(name, None)
        earlier["kpis"][0].pop("rebases")
        earlier["kpis"][0]["title"] = "Renamed"
        told = await bring_in(await plan.manager(), earlier, status=200)
        assert told["counts"]["audits"]["kept_not_in_document"] == 1
        document["kpis"][0]["title"] = "Renamed"
        assert await exported(await plan.manager(), plan.ref) == document

    @pytest.mark.parametrize("name", ["audits", "period_locks", "windscreen_positions"])
    async def test_the_preview_counts_what_is_new(self, plan: PlanWorld, name: str) -> None:
        await self.full(plan)
        document = await exported(await plan.manager(), plan.ref)
        document["plan"]["ref"] = f"{plan.ref}-2"
        told = await send(await plan.client(Role.ADMIN), document)
        assert told["counts"][name]["created"] == 1
