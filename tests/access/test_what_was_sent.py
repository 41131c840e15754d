"""What a delivery leaves behind, by SQL as the service's role: a sender who reads nothing else of the
plan sees its own and no more, be it in reports, refused rows, warnings, previews or the file itself.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.vocabulary import Role
from tests.access.table import EVERYONE, WHOLE_PLAN
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi
from tests.measurements.sending import send

LEFT_BEHIND = (
    "submission", "submission_report", "rejected_row", "row_warning", "confirmation", "previewed_change",
    "upload", "upload_part",
)  # fmt: skip
LATER = {"Prefer": "respond-async"}


async def sent(plan: PlanWorld, role: Role) -> None:
    """Deliveries that leave something in every table: a doubt, a refused row, what was held already, a
    preview, a file that waits.
    """
    by = await plan.client(role)
    head = "kpi,period,value\n"
    for content, headers, asked in (
        (f"{head}K1,2026-08,99\n", None, {}),
        (f"{head}K1,2026-08,98\nK1,soon,1\n", None, {"mode": "partial"}),
        (f"{head}K1,2026-08,98\n", None, {}),
        (f"{head}K1,2026-08,33\n", None, {"dry_run": "true"}),
        (f"{head}K1,2026-08,33\n", LATER, {}),
    ):
        answer = await send(plan, content, by=by, headers=headers, **asked)
        assert answer.status_code in (200, 201, 202), answer.text


async def seen(engine: AsyncEngine, plan: PlanWorld, principal: int) -> set[str]:
    async with engine.connect() as connection:
        await connection.execute(
            text("select set_config('turnstone.principal', :me, true)"), {"me": str(principal)}
        )
        found = set()
        for table in LEFT_BEHIND:
            query = text(f"select exists (select from {table} where plan_id = :plan)")
            if await connection.scalar(query, {"plan": plan.id}):
                found.add(table)
        return found


@pytest.fixture
async def left(plan: PlanWorld) -> PlanWorld:
    await a_kpi(plan, definition={"plausible_high": 90})
    await sent(plan, Role.PERFORMANCE_OFFICER)
    return plan


@pytest.mark.parametrize("role", sorted(EVERYONE - {Role.PERFORMANCE_OFFICER, Role.ADMIN}))
async def test_another_member_sees_what_became_of_it_and_not_the_file(
    role: Role, left: PlanWorld, engine: AsyncEngine
) -> None:
    me = (await left.user(role)).id
    expected = set(LEFT_BEHIND) - {"upload_part"} if role in WHOLE_PLAN else set()
    assert await seen(engine, left, me) == expected


async def test_the_sender_sees_all_of_it(left: PlanWorld, engine: AsyncEngine) -> None:
    me = (await left.user(Role.PERFORMANCE_OFFICER)).id
    assert await seen(engine, left, me) == set(LEFT_BEHIND)


class TestASystemOfOneKpi:
    async def test_sees_nothing_that_others_sent(
        self, left: PlanWorld, one_kpi_system: int, engine: AsyncEngine
    ) -> None:
        assert await seen(engine, left, one_kpi_system) == set()

    @pytest.mark.parametrize("table", ["upload", "upload_part"])
    async def test_takes_no_file_of_others_away(
        self, table: str, left: PlanWorld, one_kpi_system: int, engine: AsyncEngine
    ) -> None:
        async with engine.connect() as connection:
            await connection.execute(
                text("select set_config('turnstone.principal', :me, true)"), {"me": str(one_kpi_system)}
            )
            gone = await connection.execute(
                text(f"delete from {table} where plan_id = :plan"), {"plan": left.id}
            )
            assert gone.rowcount == 0

    async def test_adds_nothing_to_what_others_sent(
        self, left: PlanWorld, one_kpi_system: int, engine: AsyncEngine
    ) -> None:
        theirs = await left.service.one("select max(id) from submission where plan_id = %s", left.id)
        async with engine.connect() as connection:
            await connection.execute(
                text("select set_config('turnstone.principal', :me, true)"), {"me": str(one_kpi_system)}
            )
            with pytest.raises(ProgrammingError, match="row-level security"):
                await connection.execute(
                    text(
                        "insert into rejected_row (plan_id, submission_id, row_index, code, pointer, message)"
                        " values (:plan, :theirs, 0, 'x', '', 'x')"
                    ),
                    {"plan": left.id, "theirs": theirs},
                )


@pytest.fixture
async def one_kpi_system(left: PlanWorld) -> int:
    """An integration whose membership names the one KPI."""
    owner, one = left.service.owner, left.service.one
    principal: int = await one("insert into principal (kind, name) values ('integration', 'x') returning id")
    await owner.execute(
        "insert into integration (id, client_id, name, scopes) values (%s, %s, 'x',"
        " '{plan:visit,measurement:write}')",
        (principal, f"one-kpi-{principal}"),
    )
    membership = await one(
        "insert into membership (plan_id, principal_id, role) values (%s, %s, 'integration') returning id",
        left.id,
        principal,
    )
    await owner.execute(
        "insert into membership_item (plan_id, membership_id, kpi_id)"
        " select plan_id, %s, id from kpi where plan_id = %s",
        (membership, left.id),
    )
    return principal
