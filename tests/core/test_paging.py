"""Pages: whatever the sorting, filters and limit, walking them gives each row once and in order."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.core.errors import ProblemType
from api.core.reading import MAX_LIMIT
from tests.core.telling import is_problem
from tests.factories.world import BASE, PlanWorld, Service
from tests.kpis.making import a_kpi

ROWS = 60
SORTS = ("position", "ref", "due", "status", "updated")
STATUSES = ("not_started", "in_progress", "completed")
RATINGS = ("red", "amber", "green", None)

Query = dict[str, Any]


async def fill(plan: PlanWorld, rows: int, draw: random.Random, prefix: str = "A") -> None:
    """Actions with ties and nulls in every column that is sorted by."""
    for number in range(rows):
        due = draw.choice([None, None, "2026-01-31", "2026-02-28", "2026-03-31", "2027-12-31"])
        await plan.service.owner.execute(
            "insert into action (plan_id, ref, position, title, due_means, status, due_on, due_precision,"
            " rating) values (%s, %s, %s, 'Do it', 'finish', %s, %s, %s, %s)",
            (
                plan.id,
                f"{draw.choice('aB')}{prefix}{number}",
                draw.randrange(4),
                draw.choice(STATUSES),
                due,
                due and "day",
                draw.choice(RATINGS),
            ),
        )


@pytest.fixture(scope="module")
async def filled(service: Service) -> PlanWorld:
    plan = await service.new_plan()
    await fill(plan, ROWS, random.Random(7))
    return plan


def some_query(draw: random.Random) -> Query:
    """A sorting of one to three keys either way, perhaps with filters."""
    keys = draw.sample(SORTS, draw.randint(1, 3))
    query: Query = {"sort": ",".join(draw.choice(["", "-"]) + key for key in keys)}
    if draw.random() < 0.5:
        query["status"] = draw.sample(STATUSES, 2)
    if draw.random() < 0.3:
        query["rating"] = draw.sample(["red", "amber", "green", "grey"], 2)
    if draw.random() < 0.3:
        query["when"] = draw.choice(["overdue", "no_date"])
    return query


async def nothing() -> None:
    pass


async def walk(
    client: httpx.AsyncClient,
    url: str,
    query: Query,
    *,
    limit: int,
    between: Callable[[], Awaitable[None]] = nothing,
) -> list[str]:
    """The refs of all pages, one after the other."""
    seen: list[str] = []
    cursor: str | None = None
    while True:
        asked = query | {"limit": limit} | ({"cursor": cursor} if cursor else {})
        answer = await client.get(url, params=asked)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        seen += [item["ref"] for item in page["items"]]
        assert (page["next"] is None) == ("link" not in answer.headers)
        if page["next"] is None:
            return seen
        assert len(page["items"]) == limit
        cursor = page["next"]
        await between()


class TestWalkingAllPages:
    @pytest.mark.parametrize("seed", range(12))
    async def test_gives_the_whole_list_once_and_in_its_order(self, filled: PlanWorld, seed: int) -> None:
        draw = random.Random(seed)
        client, url = await filled.manager(), filled.url("/actions")
        query = some_query(draw)
        whole = await walk(client, url, query, limit=MAX_LIMIT)
        assert await walk(client, url, query, limit=draw.choice([3, 7, 13, 25])) == whole
        assert len(set(whole)) == len(whole)
        counted = (await client.get(url, params=query | {"limit": 1, "total": "true"})).json()
        assert counted["total"] == len(whole)

    @pytest.mark.parametrize("key", SORTS)
    async def test_nulls_stand_last_and_ties_keep_one_order_either_way(
        self, filled: PlanWorld, key: str
    ) -> None:
        client, url = await filled.manager(), filled.url("/actions")
        items = (await client.get(url, params={"sort": key, "limit": MAX_LIMIT})).json()["items"]
        back = (await client.get(url, params={"sort": f"-{key}", "limit": MAX_LIMIT})).json()["items"]
        assert len(items) == len(back) == ROWS
        if key == "due":
            for rows, down in ((items, False), (back, True)):
                dates = [item["due"]["on"] if item["due"] else None for item in rows]
                known = [day for day in dates if day]
                assert dates == sorted(known, reverse=down) + [None] * dates.count(None)
        if key == "ref":
            assert [item["ref"] for item in items] == sorted(
                (item["ref"] for item in items), key=lambda ref: ref.lower()
            )
            assert [item["ref"] for item in back] == [item["ref"] for item in items][::-1]

    @pytest.mark.parametrize("sort", ["ref", "-ref", "due", "-due,ref", "status,-updated", "-position"])
    async def test_loses_none_while_others_are_added_and_changed(self, plan: PlanWorld, sort: str) -> None:
        draw = random.Random(sort)
        await fill(plan, 25, draw)
        client, url = await plan.manager(), plan.url("/actions")
        before = await walk(client, url, {"sort": sort}, limit=MAX_LIMIT)
        added = 0

        async def add_some() -> None:
            nonlocal added
            added += 1
            await fill(plan, 3, draw, prefix=f"N{added}-")

        seen = await walk(client, url, {"sort": sort}, limit=8, between=add_some)
        assert [ref for ref in seen if ref in set(before)] == before
        assert len(set(seen)) == len(seen)

    async def test_goes_on_past_a_row_that_was_removed(self, plan: PlanWorld) -> None:
        draw = random.Random(3)
        await fill(plan, 12, draw)
        client, url = await plan.manager(), plan.url("/actions")
        whole = await walk(client, url, {"sort": "due"}, limit=MAX_LIMIT)
        first = (await client.get(url, params={"sort": "due", "limit": 4})).json()
        await plan.service.owner.execute(
            "delete from action where plan_id = %s and ref = any(%s)", (plan.id, whole[2:5])
        )
        rest = await client.get(url, params={"sort": "due", "cursor": first["next"]})
        assert [item["ref"] for item in rest.json()["items"]] == whole[5:]

    async def test_as_of_a_moment_pages_the_list_of_then(self, filled: PlanWorld) -> None:
        client, url = await filled.manager(), filled.url("/actions")
        whole = await walk(client, url, {"sort": "-updated"}, limit=MAX_LIMIT)
        moment = await filled.service.one("select clock_timestamp()")
        query = {"sort": "-updated", "as_of": moment.isoformat()}
        assert await walk(client, url, query, limit=11) == whole

    async def test_as_of_today_pages_too(self, filled: PlanWorld) -> None:
        client = await filled.manager()
        today = (await filled.service.one("select turnstone.today()")).isoformat()
        for path in ("/actions", "/changes"):
            page = await client.get(filled.url(path), params={"as_of": today, "limit": 5})
            more = {"as_of": today, "limit": 5, "cursor": page.json()["next"]}
            assert (await client.get(filled.url(path), params=more)).status_code == 200


class TestLink:
    async def test_leads_to_the_next_page_with_the_same_filters(self, filled: PlanWorld) -> None:
        client, url = await filled.manager(), filled.url("/actions")
        query: Query = {"status": ["not_started", "completed"], "sort": "-due", "limit": 4, "q": "do it"}
        whole = await walk(client, url, query, limit=MAX_LIMIT)
        answer = await client.get(url, params=query)
        seen = [item["ref"] for item in answer.json()["items"]]
        while "next" in answer.links:
            answer = await client.get(httpx.URL(BASE + url).join(answer.links["next"]["url"]))
            assert answer.status_code == 200, answer.text
            seen += [item["ref"] for item in answer.json()["items"]]
        assert seen == whole

    async def test_names_one_cursor_only(self, filled: PlanWorld) -> None:
        client, url = await filled.manager(), filled.url("/actions")
        first = await client.get(url, params={"limit": 4})
        second = await client.get(url, params={"limit": 4, "cursor": first.json()["next"]})
        found = parse_qs(urlsplit(second.links["next"]["url"]).query)
        assert found == {"limit": ["4"], "cursor": [second.json()["next"]]}


class TestCursors:
    async def _cursor(self, plan: PlanWorld, query: Query) -> str:
        page = await (await plan.manager()).get(plan.url("/actions"), params=query | {"limit": 2})
        cursor: str = page.json()["next"]
        return cursor

    async def _refused(self, plan: PlanWorld, query: Query, path: str = "/actions") -> None:
        answer = await (await plan.manager()).get(plan.url(path), params=query)
        is_problem(answer, ProblemType.BAD_CURSOR)

    @pytest.mark.parametrize(
        "other",
        [
            {"sort": "-due"},
            {"sort": "due,ref"},
            {"sort": "due", "status": "completed"},
            {"sort": "due", "q": "x"},
            {},
        ],
    )
    async def test_serve_no_list_of_other_sorting_or_filters(self, filled: PlanWorld, other: Query) -> None:
        cursor = await self._cursor(filled, {"sort": "due"})
        await self._refused(filled, other | {"cursor": cursor})

    async def test_serve_no_other_moment_plan_or_kind(self, filled: PlanWorld, plan: PlanWorld) -> None:
        moment = (await plan.service.one("select clock_timestamp()")).isoformat()
        past = await self._cursor(filled, {"sort": "ref", "as_of": moment})
        await self._refused(filled, {"sort": "ref", "cursor": past})
        now = await self._cursor(filled, {"sort": "ref"})
        await self._refused(filled, {"sort": "ref", "cursor": now, "as_of": moment})
        await self._refused(plan, {"sort": "ref", "cursor": now})
        await self._refused(filled, {"sort": "ref", "cursor": now}, "/risks")

    async def test_may_go_on_with_another_limit_or_a_count(self, filled: PlanWorld) -> None:
        cursor = await self._cursor(filled, {"sort": "due"})
        client = await filled.manager()
        query: Query = {"sort": "due", "cursor": cursor, "limit": 5, "total": "true"}
        answer = (await client.get(filled.url("/actions"), params=query)).json()
        assert (len(answer["items"]), answer["total"]) == (5, ROWS)

    @pytest.mark.parametrize(
        "held",
        [
            ["2026-13-45", "1"],
            ["", "1"],
            ["infinitely", "1"],
            ["2026-01-31' or true --", "1"],
            ["\0", "1"],
            ["2026-01-31", "٣"],
            ["2026-01-31", "9" * 40],
            ["2026-01-31", "1.5"],
            ["2026-01-31", "-1"],
            ["2026-01-31", None],
            ["2026-01-31", 1],
            [{"a": 1}, "1"],
            ["2026-01-31"],
            ["2026-01-31", "1", "1"],
            [],
        ],
        ids=str,
    )
    async def test_forged_ones_are_refused_and_no_fault(self, filled: PlanWorld, held: list[Any]) -> None:
        fingerprint = _opened(await self._cursor(filled, {"sort": "due"}))[0]
        await self._refused(filled, {"sort": "due", "cursor": _closed([fingerprint, *held])})

    @pytest.mark.parametrize(
        "cursor", ["x", "====", "e30", "bnVsbA", "W10", "%00", "\0", "ä", "W1siYSJdXQ", "a" * 5000]
    )
    async def test_damaged_ones_are_refused(self, filled: PlanWorld, cursor: str) -> None:
        await self._refused(filled, {"cursor": cursor})

    async def test_a_cut_one_is_refused_wherever_it_is_cut(self, filled: PlanWorld) -> None:
        cursor = await self._cursor(filled, {"sort": "due"})
        for length in range(1, len(cursor) - 1, 5):
            await self._refused(filled, {"sort": "due", "cursor": cursor[:length]})

    async def test_hold_the_longest_line_in_any_script(self, plan: PlanWorld) -> None:
        for number in range(3):
            await a_kpi(plan, f"K{number}", title="\U0001f9d2" * 499 + str(number))
        found = await walk(await plan.manager(), plan.url("/kpis"), {"sort": "title"}, limit=1)
        assert found == ["K0", "K1", "K2"]


class TestLimit:
    @pytest.mark.parametrize("limit", ["0", "-1", str(MAX_LIMIT + 1), "9" * 30, "1.5", "x", "", "NaN"])
    async def test_outside_its_bounds_is_invalid(self, filled: PlanWorld, limit: str) -> None:
        answer = await (await filled.manager()).get(filled.url("/actions"), params={"limit": limit})
        (error,) = is_problem(answer, ProblemType.INVALID)["errors"]
        assert error["pointer"] == "/query/limit"

    async def test_a_full_last_page_has_no_next(self, filled: PlanWorld) -> None:
        answer = await (await filled.manager()).get(filled.url("/actions"), params={"limit": ROWS})
        assert len(answer.json()["items"]) == ROWS and answer.json()["next"] is None


def _opened(cursor: str) -> list[Any]:
    held: list[Any] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return held


def _closed(held: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(held).encode()).decode().rstrip("=")
