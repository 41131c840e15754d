"""What inspectors and partners are told of the values of the KPIs they were given, route by route.

Whatever is not theirs to read bears MARK; the value under query is 97.531 wherever it stands.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.access.hidden import GIVEN_TO, MARK
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi, etag_of, push, values
from tests.measurements.making import act, now, query, sign_off, value_of
from tests.verdicts.series import STEADY
from tests.verdicts.stored import figures

DOUBTED = "97.531"


async def told_of(plan: PlanWorld, role: Role, path: str, **asked: str) -> httpx.Response:
    answer = await (await plan.client(role)).get(plan.url(path), params=asked)
    assert answer.status_code == 200, answer.text
    return answer


async def give(plan: PlanWorld, role: Role, kpi: str = "K1") -> None:
    await plan.client(role)
    await plan.service.owner.execute(
        "insert into membership_item (plan_id, membership_id, kpi_id) select k.plan_id, m.id, k.id"
        " from kpi k join membership m on m.plan_id = k.plan_id"
        " where k.plan_id = %s and k.ref = %s and m.role = %s",
        (plan.id, kpi, role.value),
    )


@pytest.fixture
async def before(plan: PlanWorld) -> str:
    """K1 with a loaded value, a signed-off one and one under query; returns the moment before the query."""
    await a_kpi(plan, segments=[{"ref": "north", "title": "North"}])
    await values(plan, "K1", {"2026-06": 60, "2026-07": 70}, note=MARK)
    await values(plan, "K1", {"2026-08": 97.531}, note=MARK)
    await values(plan, "K1", {"2026-08": 97.531}, segment="north")
    await sign_off(plan, kpis=["K1"], periods=["2026-07"], reason=MARK)
    moment = await now(plan)
    await query(plan, f"Is {MARK} made up?", kpis=["K1"], periods=["2026-08"])
    await act(plan, "/measurements/query-answers", answer=MARK, kpis=["K1"])
    for role in GIVEN_TO:
        await give(plan, role)
    return moment


@pytest.mark.parametrize("role", GIVEN_TO)
class TestValues:
    @pytest.mark.parametrize("path", ["/measurements", "/kpis/K1/measurements"])
    async def test_a_list_shows_loaded_and_signed_off_ones_bare(
        self, plan: PlanWorld, before: str, role: Role, path: str
    ) -> None:
        answer = await told_of(plan, role, path, sort="period")
        items = answer.json()["items"]
        assert [(v["period"], v["value"], v["workflow"]) for v in items] == [
            ("2026-06", 60, "loaded"),
            ("2026-07", 70, "signed_off"),
        ]
        silent = ("question", "answer", "note", "reason", "by", "submission", "act")
        assert {item[name] for item in items for name in silent} == {None}
        assert_nothing_else_is_told(answer)

    async def test_none_is_found_by_its_query(self, plan: PlanWorld, before: str, role: Role) -> None:
        for path in ("/measurements", "/kpis/K1/measurements"):
            answer = await told_of(plan, role, path, workflow="under_query", total="true")
            assert (answer.json()["items"], answer.json()["total"]) == ([], 0)

    async def test_as_known_before_it_was_doubted(self, plan: PlanWorld, before: str, role: Role) -> None:
        for path in ("/measurements", "/kpis/K1/measurements"):
            answer = await told_of(plan, role, path, known_at=before)
            assert [v["period"] for v in answer.json()["items"]] == ["2026-06", "2026-07"]
            assert_nothing_else_is_told(answer)

    async def test_the_one_under_query_is_not_there(self, plan: PlanWorld, before: str, role: Role) -> None:
        client = await plan.client(role)
        url = plan.url("/kpis/K1/measurements/_all/2026-08")
        assert (await client.get(url)).status_code == 404
        assert (await client.get(url, params={"known_at": before})).status_code == 404
        assert (await client.get(url + "/revisions")).json()["items"] == []
        assert_nothing_else_is_told(await told_of(plan, role, "/kpis/K1/measurements/_all/2026-07"))

    async def test_revisions_say_what_and_when_and_no_more(
        self, plan: PlanWorld, before: str, role: Role
    ) -> None:
        answer = await told_of(plan, role, "/kpis/K1/measurements/_all/2026-07/revisions")
        assert [(r["revision"], r["workflow"]) for r in answer.json()["items"]] == [
            (2, "signed_off"),
            (1, "loaded"),
        ]
        assert_nothing_else_is_told(answer)

    async def test_once_cleared_it_is_shown_but_not_what_was_asked(
        self, plan: PlanWorld, before: str, role: Role
    ) -> None:
        await act(plan, "/measurements/query-clearances", reason=MARK, kpis=["K1"])
        answer = await told_of(plan, role, "/kpis/K1/measurements/_all/2026-08")
        assert answer.json()["value"] == 97.531
        assert MARK not in answer.text
        answer = await told_of(plan, role, "/kpis/K1/measurements/_all/2026-08/revisions")
        assert [r["workflow"] for r in answer.json()["items"]] == ["loaded", "loaded"]
        assert MARK not in answer.text

    async def test_neither_does_its_kpi_show_it(self, plan: PlanWorld, before: str, role: Role) -> None:
        kpi = await told_of(plan, role, "/kpis/K1")
        assert [p["period"] for p in kpi.json()["points"]] == ["2026-06", "2026-07"]
        assert (kpi.json()["points_held"], kpi.json()["latest"]["value"]) == (2, 70)
        assert [len(s["series"]) for s in kpi.json()["segments"]] == [1, 0]
        for answer in (kpi, await told_of(plan, role, "/kpis"), await told_of(plan, role, "/my-work")):
            assert_nothing_else_is_told(answer)

    async def test_row_level_security_hides_it(
        self, plan: PlanWorld, before: str, role: Role, engine: AsyncEngine
    ) -> None:
        who = (await plan.user(role)).id
        async with engine.connect() as connection:
            await connection.execute(
                text("select set_config('turnstone.principal', :who, true)"), {"who": str(who)}
            )
            seen = await connection.execute(
                text("select distinct workflow from measurement_revision where plan_id = :plan order by 1"),
                {"plan": plan.id},
            )
            assert list(seen.scalars()) == ["loaded", "signed_off"]
            await connection.rollback()


@pytest.mark.parametrize("role", GIVEN_TO)
class TestVerdicts:
    async def test_earlier_ones_and_rebases_name_nobody(self, plan: PlanWorld, role: Role) -> None:
        await a_kpi(plan)
        await values(plan, "K1", figures(STEADY))
        manager, officer = await plan.manager(), await plan.client(Role.PERFORMANCE_OFFICER)
        made = await manager.post(
            plan.url("/kpis/K1/rebases"), json={"from_period": "2024-08", "reason": MARK}
        )
        assert made.status_code == 201, made.text
        url = plan.url("/kpis/K1/rebases/1")
        tag = await etag_of(officer, url)
        agreed = await officer.post(
            f"{url}/agreement", json={"note": MARK}, headers={"If-Match": tag, "Turnstone-Reason": MARK}
        )
        assert agreed.status_code == 200, agreed.text
        await give(plan, role)
        (earlier,) = (await told_of(plan, role, "/kpis/K1/earlier-verdicts")).json()["items"]
        assert (earlier["because"], earlier["by"], earlier["reason"]) == (["rebase"], None, None)
        (whole,) = (await manager.get(plan.url("/kpis/K1/earlier-verdicts"))).json()["items"]
        assert whole["by"] and whole["reason"] == MARK
        for path in ("/kpis/K1/rebases", "/kpis/K1/rebases/1"):
            answer = await told_of(plan, role, path)
            assert answer.text.count('"from_period" : "2024-08"') == 1
            assert MARK not in answer.text
            for someone in (Role.PROGRAMME_MANAGER, Role.PERFORMANCE_OFFICER):
                assert (await plan.user(someone)).name not in answer.text


class TestOthers:
    async def test_whoever_reads_the_plan_is_told_all(self, plan: PlanWorld, before: str) -> None:
        for role in (Role.BOARD_MEMBER, Role.INTERNAL_AUDITOR, Role.ACTION_LEAD):
            answer = await told_of(plan, role, "/kpis/K1/measurements", workflow="under_query")
            (value, *_) = answer.json()["items"]
            assert (value["value"], value["question"], value["answer"]) == (
                97.531,
                f"Is {MARK} made up?",
                MARK,
            )
            assert value["note"] == MARK and value["by"] and value["submission"]

    async def test_a_series_of_values_under_query_alone_is_none(self, plan: PlanWorld) -> None:
        await a_kpi(plan)
        await push(plan, {"kpi": "K1", "period": "2026-08", "value": 120})
        assert (await value_of(plan, "K1", "2026-08") or {})["workflow"] == "under_query"
        await give(plan, Role.INSPECTOR)
        kpi: dict[str, Any] = (await told_of(plan, Role.INSPECTOR, "/kpis/K1")).json()
        assert (kpi["points"], kpi["latest"], kpi["points_held"]) == ([], None, 0)
        assert (await told_of(plan, Role.INSPECTOR, "/kpis/K1/verdicts")).json()["series"] == []


def assert_nothing_else_is_told(answer: httpx.Response) -> None:
    assert MARK not in answer.text
    assert DOUBTED not in answer.text
