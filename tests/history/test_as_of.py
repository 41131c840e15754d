"""As-of reads of a plan edited at random agree with what was seen while it was edited."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime
from typing import Any

import httpx
import pytest
from psycopg import AsyncConnection

from api.core.errors import ProblemType
from tests.actions.making import an_action
from tests.conftest import url_of
from tests.core.telling import is_problem
from tests.factories.world import PlanWorld
from tests.history.editing import LISTS, Editor

EDITS = 60
READS = (
    "/dashboard",
    "/scorecard",
    "/leaderless",
    "/narratives?limit=200",
    "/source-notes",
    "",
    *(f"/{kind}?limit=200" for kind in LISTS),
)
"""Every one gives the same bytes for the same moment: whatever depends on today (overdue, due soon,
freshness, the target in force) is judged on the London day of that moment, which is the day of the note.
"""

Noted = tuple[datetime, str, Any]


async def now(plan: PlanWorld) -> datetime:
    """The database's own clock: what dates history."""
    moment: datetime = await plan.service.one("select clock_timestamp()")
    return moment


async def read(client: httpx.AsyncClient, plan: PlanWorld, path: str, moment: datetime | None = None) -> Any:
    params = {} if moment is None else {"as_of": moment.isoformat()}
    url = httpx.URL(f"http://127.0.0.1{plan.url(path)}").copy_merge_params(params)
    for _ in range(20):
        answer = await client.get(url)
        if answer.status_code != 503:
            break
    assert answer.status_code in {200, 404}, answer.text
    return answer.json() if answer.status_code == 200 else None


async def single_items(client: httpx.AsyncClient, plan: PlanWorld, draw: random.Random) -> list[str]:
    """The pages of one action, one recommendation, and one KPI with its values."""
    paths = []
    for kind in ("actions", "recommendations", "kpis"):
        items = (await read(client, plan, f"/{kind}?limit=200"))["items"]
        if items:
            ref = draw.choice(items)["ref"]
            paths.append(f"/{kind}/{ref}")
            if kind == "kpis":
                paths.append(f"/kpis/{ref}/measurements?limit=200")
    return paths


class TestARandomlyEditedPlan:
    @pytest.mark.parametrize("seed", [1, 2])
    async def test_reads_as_it_was_at_every_moment_noted(self, plan: PlanWorld, seed: int) -> None:
        draw = random.Random(seed)
        client = await plan.manager()
        editor = Editor(plan, client, draw)
        await editor.furnish()
        noted: list[Noted] = []
        for _ in range(EDITS):
            await editor.edit()
            moment = await now(plan)
            paths = [*draw.sample(READS, 3), *draw.sample(await single_items(client, plan, draw), 2)]
            noted += [(moment, path, await read(client, plan, path)) for path in paths]
        assert editor.answers[200] + editor.answers[201] + editor.answers[204] > EDITS * 0.8
        draw.shuffle(noted)
        for moment, path, seen in noted:
            assert await read(client, plan, path, moment) == seen, (path, moment)

    async def test_reads_as_it_was_whatever_became_of_it(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        made = await an_action(plan, "A1", due="2030-01")
        moment = await now(plan)
        seen = await read(client, plan, "/actions/A1")
        renamed = await client.patch(
            plan.url("/actions/A1"), json={"ref": "A2"}, headers={"If-Match": f'"{made["version"]}"'}
        )
        assert await read(client, plan, "/actions/A1", moment) == seen
        await client.delete(plan.url("/actions/A2"), headers={"If-Match": renamed.headers["etag"]})
        await an_action(plan, "A1", title="Another")
        assert await read(client, plan, "/actions/A1", moment) == seen
        assert (await read(client, plan, "/actions", moment))["items"][0]["ref"] == "A1"
        assert (await read(client, plan, "/actions/A1"))["title"] == "Another"

    async def test_before_it_was_there_there_is_nothing(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        answer = await client.get(plan.url("?as_of=2020-01-01"))
        is_problem(answer, ProblemType.NOT_FOUND)

    async def test_as_of_today_is_the_present(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        await an_action(plan)
        today = (await plan.service.one("select turnstone.today()")).isoformat()
        for path in ("/actions", "/dashboard"):
            past = (await client.get(plan.url(f"{path}?as_of={today}"))).json()
            assert past == await read(client, plan, path)

    async def test_what_depends_on_the_day_is_judged_on_that_day(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        due = (await plan.service.one("select turnstone.today() - 10")).isoformat()
        await an_action(plan, due=due)
        for table in ("plan", "action", "membership"):
            column = "id" if table == "plan" else "plan_id"
            await plan.service.owner.execute(
                f"update {table}_history set valid = tstzrange(now() - interval '90 days', upper(valid))"
                f" where {column} = %s",
                (plan.id,),
            )
        shown = {}
        for days in (0, 12, 60):
            day = (await plan.service.one("select turnstone.today() - %s::int", days)).isoformat()
            found = await client.get(plan.url(f"/actions?as_of={day}"))
            (item,) = found.json()["items"]
            shown[days] = (item["lateness"], item["days_late"])
        assert shown == {0: ("overdue", 10), 12: ("due_soon", 0), 60: ("not_due", 0)}


class TestTwoEditorsAtOnce:
    async def test_an_answer_about_the_past_never_changes(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        editors = [Editor(plan, client, random.Random(seed), prefix=f"e{seed}") for seed in (1, 2)]
        await editors[0].furnish()
        noted: list[Noted] = []
        are_editing = True

        async def work(editor: Editor) -> None:
            for _ in range(25):
                await editor.edit()

        async def look() -> None:
            draw = random.Random(3)
            while are_editing:
                moment, path = await now(plan), draw.choice(READS)
                noted.append((moment, path, await read(client, plan, path, moment)))

        looking = asyncio.create_task(look())
        try:
            await asyncio.gather(*(work(editor) for editor in editors))
        finally:
            are_editing = False
            await looking
        assert len(noted) > 10
        for moment, path, seen in noted:
            assert await read(client, plan, path, moment) == seen, (path, moment)

    async def test_a_moment_is_not_told_of_before_all_of_it_is_written(
        self, plan: PlanWorld, database: str
    ) -> None:
        client = await plan.manager()
        async with await AsyncConnection.connect(url_of("owner", database)) as slow:
            await slow.execute(
                "insert into theme (plan_id, ref, kind, title) values (%s, 'T1', 'workstream', 'Slow')",
                (plan.id,),
            )
            moment = await now(plan)
            reading = asyncio.create_task(read(client, plan, "/themes", moment))
            done, _ = await asyncio.wait([reading], timeout=0.3)
            assert not done
            await slow.commit()
        seen = await reading
        assert [item["ref"] for item in seen["items"]] == ["T1"]
        assert await read(client, plan, "/themes", moment) == seen

    async def test_while_it_is_being_written_the_reader_is_told_to_come_back(
        self, plan: PlanWorld, database: str
    ) -> None:
        client = await plan.manager()
        async with await AsyncConnection.connect(url_of("owner", database)) as slow:
            await slow.execute(
                "insert into theme (plan_id, ref, kind, title) values (%s, 'T1', 'workstream', 'Slow')",
                (plan.id,),
            )
            moment = await now(plan)
            answer = await client.get(plan.url("/themes"), params={"as_of": moment.isoformat()})
            is_problem(answer, ProblemType.UNSETTLED)
            assert int(answer.headers["retry-after"]) > 0
