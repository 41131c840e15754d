"""Everything a delivery changed, or a preview would: old beside new, in pages and as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.measurements import changed, downloads
from api.vocabulary import Role
from api.worker import clear_away
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, values
from tests.measurements.making import lock, sign_off, submitted, withdraw
from tests.measurements.sending import send

MONTHS = [f"{year}-{month:02}" for year in range(2004, 2024) for month in range(1, 13)]


def rows(value: float = 50, months: list[str] = MONTHS) -> list[dict[str, Any]]:
    return [{"kpi": "K1", "period": month, "value": value} for month in months]


async def listed(plan: PlanWorld, submission: str, **asked: Any) -> list[dict[str, Any]]:
    """Every change, through as many pages as it takes."""
    client, found, cursor = await plan.manager(), [], None
    while True:
        params = asked | ({"cursor": cursor} if cursor else {})
        answer = await client.get(plan.url(f"/submissions/{submission}/changes"), params=params)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        cursor = answer.json()["next"]
        if cursor is None:
            return found


async def downloaded(plan: PlanWorld, submission: str) -> list[dict[str, str]]:
    answer = await (await plan.manager()).get(plan.url(f"/submissions/{submission}/changes.csv"))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="changes-{submission}.csv"'
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


class TestPreview:
    async def test_all_that_would_change_in_pages_and_as_a_file(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await values(plan, "K1", {"2004-02": 49, "2004-03": 50})
        preview = await submitted(plan, *rows(), dry_run=True)
        assert (preview["created"], preview["updated"], len(preview["changes"])) == (238, 1, 100)
        found = await listed(plan, preview["submission"])
        assert [c["period"] for c in found] == [month for month in MONTHS if month != "2004-03"]
        assert found[:100] == preview["changes"]
        assert [c["outcome"] for c in await listed(plan, preview["submission"], outcome="updated")] == [
            "updated"
        ]
        lines = await downloaded(plan, preview["submission"])
        assert [line["period"] for line in lines] == [c["period"] for c in found]
        assert {name: told for name, told in lines[1].items() if told} == {
            "row": "1",
            "outcome": "updated",
            "kpi": "K1",
            "segment": "_all",
            "period": "2004-02",
            "basis": "operational_provisional",
            "old_state": "reported",
            "old_value": "49",
            "state": "reported",
            "value": "50",
        }
        assert await plan.service.one("select count(*) from measurement where plan_id = %s", plan.id) == 2

    async def test_a_file_that_is_wrong_in_part_tells_what_is_good(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        text = "kpi,period,value\nK1,2026-08,81\nK1,nope,1\nK1,2026-09,82\n"
        preview = (await send(plan, text, dry_run="true")).json()
        assert [c["index"] for c in await listed(plan, preview["submission"])] == [0, 2]

    async def test_is_kept_up_to_a_bound(self, plan: PlanWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(changed, "MOST_KEPT", 5)
        await a_kpi(plan)
        preview = await submitted(plan, *rows(months=MONTHS[:9]), dry_run=True)
        assert [c["period"] for c in await listed(plan, preview["submission"])] == MONTHS[:5]

    async def test_goes_after_a_week_and_says_so(self, plan: PlanWorld, worker_engine: AsyncEngine) -> None:
        await a_kpi(plan)
        preview = await submitted(plan, *rows(months=MONTHS[:3]), dry_run=True)
        await clear_away(worker_engine)
        assert len(await listed(plan, preview["submission"])) == 3
        await plan.service.owner.execute(
            "update submission set received_at = now() - interval '8 days' where plan_id = %s", (plan.id,)
        )
        await clear_away(worker_engine)
        for path in ("changes", "changes.csv"):
            answer = await read(plan, preview["submission"], path)
            assert answer.status_code == 404
            assert answer.json()["detail"] == (
                "What a preview found is kept for a week; preview the file again."
            )

    async def test_that_changes_nothing_lists_nothing(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await submitted(plan, *rows(months=MONTHS[:2]))
        preview = await submitted(plan, *rows(months=MONTHS[:2]), dry_run=True)
        assert await listed(plan, preview["submission"]) == []
        assert await downloaded(plan, preview["submission"]) == []


class TestDelivery:
    async def test_what_it_stored_and_what_waits(
        self, plan: PlanWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(downloads, "PAGE", 2)
        await a_kpi(plan)
        await values(plan, "K1", {"2026-05": 70, "2026-06": 70, "2026-07": 70})
        await lock(plan, "2026-05-31")
        brought = await submitted(
            plan, *({"kpi": "K1", "period": f"2026-0{month}", "value": 80} for month in range(5, 10))
        )
        assert (brought["created"], brought["updated"], brought["queued"]) == (2, 2, 1)
        await sign_off(plan, kpis=["K1"])
        await values(plan, "K1", {"2026-09": 90})
        found = await listed(plan, brought["submission"], limit="2")
        told = [(c["period"], c["outcome"], c["old"] and c["old"]["value"], c["new"]["value"]) for c in found]
        assert told == [
            ("2026-06", "updated", 70, 80),
            ("2026-07", "updated", 70, 80),
            ("2026-08", "created", None, 80),
            ("2026-09", "created", None, 80),
            ("2026-05", "queued", 70, 80),
        ]
        lines = await downloaded(plan, brought["submission"])
        assert [(line["period"], line["outcome"], line["old_value"], line["value"]) for line in lines] == [
            (period, outcome, str(old or ""), str(new)) for period, outcome, old, new in told
        ]
        await withdraw(plan, brought["submission"])
        assert await listed(plan, brought["submission"]) == found

    async def test_is_told_to_those_who_read_submissions(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        brought = await submitted(plan, *rows(months=MONTHS[:1]))
        for path in ("changes", "changes.csv"):
            assert (await read(plan, brought["submission"], path, Role.BOARD_MEMBER)).status_code == 200
            assert (await read(plan, brought["submission"], path, Role.PARTNER)).status_code == 403
            missing = await read(plan, "0f8fad5b-d9cb-469f-a165-70867728950e", path)
            assert missing.status_code == 404


async def read(
    plan: PlanWorld, submission: str, path: str, role: Role = Role.PROGRAMME_MANAGER
) -> httpx.Response:
    return await (await plan.client(role)).get(plan.url(f"/submissions/{submission}/{path}"))
