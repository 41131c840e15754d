"""Nobody is told of success before it is kept: what fails at commit is an error, and leaves nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from api.core.errors import ProblemType
from tests.core.telling import is_problem
from tests.factories.world import PlanWorld

THEME = {"ref": "T1", "title": "One", "kind": "workstream"}


@pytest.fixture
async def sealed(plan: PlanWorld) -> AsyncIterator[PlanWorld]:
    """A plan whose themes can be written, and not be committed. It has one, T0, of before."""
    name = f"seal_{plan.id}"
    execute = plan.service.owner.execute
    made = await (await plan.manager()).post(plan.url("/themes"), json=THEME | {"ref": "T0"})
    assert made.status_code == 201, made.text
    await execute(
        f"create function public.{name}() returns trigger language plpgsql as $$ begin"
        f" if coalesce(new.plan_id, old.plan_id) = {plan.id} then"
        "  raise exception 'secret words' using errcode = 'foreign_key_violation';"
        " end if; return null; end $$;"
        f"create constraint trigger {name} after insert or update or delete on public.theme"
        f" deferrable initially deferred for each row execute function public.{name}()"
    )
    try:
        yield plan
    finally:
        await execute(f"drop function if exists public.{name}() cascade")


async def refs(client: httpx.AsyncClient, plan: PlanWorld) -> list[tuple[str, str]]:
    found = await client.get(plan.url("/themes"))
    return [(item["ref"], item["title"]) for item in found.json()["items"]]


class TestWhatCannotBeCommitted:
    async def test_a_new_item_is_not_announced(self, sealed: PlanWorld) -> None:
        client = await sealed.manager()
        answer = await client.post(sealed.url("/themes"), json=THEME)
        is_problem(answer, ProblemType.CONFLICT)
        assert "location" not in answer.headers and "secret" not in answer.text
        assert await refs(client, sealed) == [("T0", "One")]

    async def test_nor_is_a_change(self, sealed: PlanWorld) -> None:
        client = await sealed.manager()
        answer = await client.patch(
            sealed.url("/themes/T0"), json={"title": "Two"}, headers={"If-Match": '"1.a"'}
        )
        is_problem(answer, ProblemType.CONFLICT)
        assert await refs(client, sealed) == [("T0", "One")]

    async def test_nor_a_removal(self, sealed: PlanWorld) -> None:
        client = await sealed.manager()
        answer = await client.delete(sealed.url("/themes/T0"), headers={"If-Match": '"1.a"'})
        is_problem(answer, ProblemType.CONFLICT)
        assert await refs(client, sealed) == [("T0", "One")]

    async def test_it_leaves_no_trace_in_history_pulse_or_change_record(self, sealed: PlanWorld) -> None:
        client = await sealed.manager()
        tag = (await client.get(sealed.url("/themes"))).headers["etag"]
        await client.post(sealed.url("/themes"), json=THEME)
        again = await client.get(sealed.url("/themes"), headers={"If-None-Match": tag})
        assert again.status_code == 304
        for table in ("theme_history", "change"):
            rows = await sealed.service.one(
                f"select count(*) from {table} where plan_id = %s"
                + (" and entity = 'theme'" if table == "change" else ""),
                sealed.id,
            )
            assert rows == 1

    async def test_its_idempotency_key_serves_again(self, sealed: PlanWorld) -> None:
        client, key = await sealed.manager(), {"Idempotency-Key": f"k-{sealed.id}"}
        is_problem(await client.post(sealed.url("/themes"), json=THEME, headers=key), ProblemType.CONFLICT)
        await sealed.service.owner.execute(f"drop function public.seal_{sealed.id}() cascade")
        answer = await client.post(sealed.url("/themes"), json=THEME, headers=key)
        assert answer.status_code == 201 and "idempotency-replayed" not in answer.headers
