"""Beneath the API: published figures are read by who is signed in, added by importers, changed by nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.vocabulary import Role
from tests.benchmarks.making import a_dataset, a_file, england, imported
from tests.factories.world import PlanWorld

ADDED = (
    "benchmark_release",
    "benchmark_area",
    "benchmark_series",
    "benchmark_figure",
    "benchmark_neighbour",
    "benchmark_withdrawal",
)
WAITING = ("benchmark_import", "benchmark_import_part")
IMPORTERS = {Role.ADMIN, Role.PERFORMANCE_OFFICER}
INSERT = "insert into benchmark_dataset (ref, title, kind, source) values ('probe', 'x', 'figures', 'x')"


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as connection:
        yield connection
        await connection.rollback()


async def act_as(connection: AsyncConnection, principal: int) -> None:
    await connection.exec_driver_sql(
        "select set_config('turnstone.principal', %(me)s, true)", {"me": str(principal)}
    )


async def is_refused(connection: AsyncConnection, statement: str) -> bool:
    savepoint = await connection.begin_nested()
    try:
        await connection.exec_driver_sql(statement)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != "42501":
            raise
        return True
    finally:
        await savepoint.rollback()
    return False


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INTEGRATION])
async def test_only_importers_add(plan: PlanWorld, connection: AsyncConnection, role: Role) -> None:
    await act_as(connection, (await plan.user(role)).id)
    assert await is_refused(connection, INSERT) is (role not in IMPORTERS)


async def test_whoever_is_signed_in_reads_and_nobody_else(
    plan: PlanWorld, connection: AsyncConnection
) -> None:
    dataset = await a_dataset(plan)
    await imported(plan, dataset, a_file([england("1")]))
    count = "select count(*) from benchmark_figure"
    assert (await connection.exec_driver_sql(count)).scalar_one() == 0
    await act_as(connection, (await plan.service.new_user()).id)
    assert (await connection.exec_driver_sql(count)).scalar_one() > 0


@pytest.mark.parametrize("table", ADDED)
async def test_nobody_changes_or_takes_away_a_figure(
    plan: PlanWorld, connection: AsyncConnection, table: str
) -> None:
    await act_as(connection, (await plan.user(Role.ADMIN)).id)
    column = "series_id" if table == "benchmark_figure" else "id"
    assert await is_refused(connection, f"update {table} set {column} = {column}")
    assert await is_refused(connection, f"delete from {table}")


@pytest.mark.parametrize("table", WAITING)
async def test_a_waiting_file_is_for_importers_alone(
    plan: PlanWorld, connection: AsyncConnection, table: str
) -> None:
    dataset = await a_dataset(plan)
    client = await plan.client(Role.PERFORMANCE_OFFICER)
    put_off = await client.post(
        f"/v1/benchmarks/{dataset}/releases?released_on=2025-10-30",
        content=a_file([england("1")]),
        headers={"Content-Type": "text/csv", "Prefer": "respond-async"},
    )
    assert put_off.status_code == 202, put_off.text
    for role in (Role.PERFORMANCE_OFFICER, Role.PROGRAMME_MANAGER):
        await act_as(connection, (await plan.user(role)).id)
        seen = (await connection.exec_driver_sql(f"select count(*) from {table}")).scalar_one()
        assert (seen > 0) is (role in IMPORTERS)
