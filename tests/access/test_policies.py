"""The row-level policies alone, by SQL as the service's role: what each role gets done on which rows.

Every verb is tried on a row of the plan that is nothing to the role, on one that is its own (led,
written, raised or sent by it), and on one of another plan. Whatever is tried is rolled back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.vocabulary import Role
from tests.access.table import (
    ANALYSTS,
    AUDIT_KEEPERS,
    EVERYONE,
    LEADERS,
    MANAGERS,
    MEASURERS,
    RAISERS,
    REPORTERS,
    RUNNERS,
    WHOLE_PLAN,
    Roles,
)
from tests.factories.world import PlanWorld, Service

R = Role
NOBODY: Roles = frozenset()
NARRATORS = REPORTERS | {R.PERFORMANCE_OFFICER, R.PARTNER}


@dataclass(frozen=True)
class Verb:
    """Who gets it done on any row of the plan, and who besides on rows of their own."""

    any: Roles
    own: Roles = NOBODY


ALLOWED: dict[str, dict[str, Verb]] = {
    "action": {
        "select": Verb(WHOLE_PLAN, frozenset({R.PARTNER})),
        "insert": Verb(MANAGERS),
        "update": Verb(MANAGERS, LEADERS | {R.PARTNER}),
        "delete": Verb(MANAGERS),
    },
    "kpi": {
        "select": Verb(WHOLE_PLAN, frozenset({R.PARTNER})),
        "insert": Verb(ANALYSTS),
        "update": Verb(ANALYSTS),
        "delete": Verb(ANALYSTS),
    },
    "kpi_benchmark": {
        "select": Verb(WHOLE_PLAN, frozenset({R.PARTNER})),
        "insert": Verb(ANALYSTS),
        "update": Verb(ANALYSTS),
        "delete": Verb(ANALYSTS),
    },
    "measurement_revision": {
        "select": Verb(WHOLE_PLAN, frozenset({R.PARTNER})),
        "insert": Verb(MEASURERS),
        "update": Verb(MEASURERS | {R.SENIOR_LEADER}),
        "delete": Verb(NOBODY),
    },
    "late_revision": {
        "select": Verb(WHOLE_PLAN, frozenset({R.PARTNER})),
        "insert": Verb(MEASURERS),
        "update": Verb(MEASURERS),
        "delete": Verb(NOBODY),
    },
    "value_act": {
        "select": Verb(WHOLE_PLAN),
        "insert": Verb(ANALYSTS),
        "update": Verb(NOBODY),
        "delete": Verb(NOBODY),
    },
    "period_lock": {
        "select": Verb(WHOLE_PLAN),
        "insert": Verb(ANALYSTS),
        "update": Verb(NOBODY),
        "delete": Verb(NOBODY),
    },
    "narrative": {
        "select": Verb(WHOLE_PLAN, EVERYONE),
        "insert": Verb(MANAGERS, NARRATORS),
        "update": Verb(MANAGERS, NARRATORS),
        "delete": Verb(MANAGERS),
    },
    "risk": {
        "select": Verb(WHOLE_PLAN),
        "insert": Verb(MANAGERS),
        "update": Verb(MANAGERS, LEADERS),
        "delete": Verb(MANAGERS),
    },
    "audit_template": {
        "select": Verb(WHOLE_PLAN),
        "insert": Verb(ANALYSTS),
        "update": Verb(ANALYSTS),
        "delete": Verb(ANALYSTS),
    },
    "audit": {
        "select": Verb(WHOLE_PLAN),
        "insert": Verb(AUDIT_KEEPERS),
        "update": Verb(AUDIT_KEEPERS),
        "delete": Verb(AUDIT_KEEPERS),
    },
    "windscreen_position": {
        "select": Verb(WHOLE_PLAN),
        "insert": Verb(AUDIT_KEEPERS),
        "update": Verb(AUDIT_KEEPERS),
        "delete": Verb(AUDIT_KEEPERS),
    },
    "escalation": {
        "select": Verb(WHOLE_PLAN, EVERYONE),
        "insert": Verb(MANAGERS, RAISERS),
        "update": Verb(MANAGERS, RAISERS),
        "delete": Verb(MANAGERS),
    },
    "membership": {
        "select": Verb(WHOLE_PLAN, EVERYONE),
        "insert": Verb(RUNNERS),
        "update": Verb(RUNNERS),
        "delete": Verb(RUNNERS),
    },
    "submission": {
        "select": Verb(WHOLE_PLAN),
        "insert": Verb(NOBODY, MEASURERS),
        "update": Verb(ANALYSTS, MEASURERS),
        "delete": Verb(NOBODY),
    },
}

INSERTS = {
    "action": "insert into action (plan_id, ref, title, status, due_means)"
    " values (%(plan)s, %(ref)s, 'Recruit', 'not_started', 'finish')",
    "kpi": "insert into kpi (plan_id, ref, title, unit, polarity, period_type, kind, category, nature)"
    " values (%(plan)s, %(ref)s, 'Visits', 'count', 'higher', 'month', 'quantitative', 'none', 'snapshot')",
    "kpi_benchmark": "insert into kpi_benchmark"
    " (plan_id, kpi_id, dataset_id, indicator, filters, period_alike, definition_alike)"
    " values (%(plan)s, %(kpi)s, %(dataset)s, %(ref)s, '{}', true, true)",
    "measurement_revision": "insert into measurement_revision"
    " (plan_id, kpi_id, series_id, period, starts_on, ends_on, state, workflow) values (%(plan)s, %(kpi)s,"
    " %(series)s, %(ref)s, '2026-01-01', date '2026-01-01' + nextval('probe')::int, 'nil_return', 'loaded')",
    "submission": "insert into submission (plan_id, submission_ref, door, mode, status, submitted_by)"
    " values (%(plan)s, gen_random_uuid(), 'json', 'atomic', 'stored', %(who)s)",
    "late_revision": "insert into late_revision (plan_id, kpi_id, series_id, period, starts_on, ends_on,"
    " state, submission_id, status) values (%(plan)s, %(kpi)s, %(series)s, %(ref)s, '2026-01-01',"
    " date '2026-01-01' + nextval('probe')::int, 'nil_return', %(submission)s, 'waiting')",
    "value_act": "insert into value_act (plan_id, kind, count) values (%(plan)s, 'queried', 1)",
    "period_lock": "insert into period_lock (plan_id, from_on, to_on, reason)"
    " values (%(plan)s, '2026-01-01', '2026-01-31', 'Reported')",
    "narrative": "insert into narrative (plan_id, kind, text, author_id)"
    " values (%(plan)s, 'progress', 'Done some.', %(who)s)",
    "risk": "insert into risk (plan_id, ref, title) values (%(plan)s, %(ref)s, 'Agency staff')",
    "audit_template": "insert into audit_template (plan_id, ref, title) values (%(plan)s, %(ref)s, 'Audit')",
    "audit": "insert into audit (plan_id, ref, template_id, edition_id, month)"
    " values (%(plan)s, %(ref)s, %(template)s, %(edition)s, '2026-01')",
    "windscreen_position": "insert into windscreen_position (plan_id, grade, place, judged_on, reason)"
    " values (%(plan)s, 'good', 'middle', '2026-01-31', 'Steady')",
    "escalation": "insert into escalation"
    " (plan_id, ref, title, text, cause, state, ladder_id, raised_by)"
    " values (%(plan)s, %(ref)s, 'Stuck', 'No answer.', 'other', 'resolved', %(ladder)s, %(who)s)",
    "membership": "insert into membership (plan_id, principal_id, role, ends_on)"
    " values (%(plan)s, %(who)s, %(role)s, '2099-01-01')",
}
CHANGES = {"measurement_revision": "known_to = now()"}
"""What may change of a row, where that is not all of it."""
LED = ("action", "kpi", "risk")
PLAIN = (*LED, "narrative", "audit_template", "audit", "windscreen_position")


@dataclass
class Ground:
    """Rows in a plan that belong to somebody else, and what new rows hang on."""

    plan: PlanWorld
    somebody: int
    values: dict[str, Any]
    rows: dict[str, int]


@dataclass
class Stage:
    service: Service
    here: Ground
    elsewhere: Ground
    own: dict[Role, dict[str, int]]
    principals: dict[Role, int]


async def put(service: Service, table: str, values: dict[str, Any]) -> int:
    """A row as the owner puts it; returns its id."""
    cursor = await service.owner.execute(INSERTS[table] + " returning id", values)
    row = await cursor.fetchone()
    assert row is not None
    return int(row["id"])


async def ground(service: Service) -> Ground:
    plan = await service.new_plan()
    somebody = (await service.new_user("Somebody")).id
    ladder = await service.one(
        "insert into ladder (plan_id, ref, title) values (%s, 'stuck', 'Stuck') returning id", plan.id
    )
    template = await service.one(
        "insert into audit_template (plan_id, ref, title) values (%s, 'used', 'Audit') returning id", plan.id
    )
    edition = await service.one(
        "insert into audit_edition (plan_id, template_id, number) values (%s, %s, 1) returning id",
        plan.id,
        template,
    )
    values: dict[str, Any] = {"plan": plan.id, "who": somebody, "ladder": ladder, "role": "board_member"}
    dataset = await service.one(
        "insert into benchmark_dataset (ref, title, kind, source) values (%s, 'x', 'figures', 'x')"
        " returning id",
        plan.ref,
    )
    values |= {"template": template, "edition": edition, "dataset": dataset}
    rows: dict[str, int] = {}
    for table in INSERTS:
        rows[table] = await put(service, table, values | {"ref": "others"})
        if table == "kpi":
            values |= await series(service, plan.id, rows[table])
        elif table == "submission":
            values["submission"] = rows[table]
    return Ground(plan, somebody, values, rows)


async def series(service: Service, plan: int, kpi: int) -> dict[str, Any]:
    segment = await service.one(
        "insert into segment (plan_id, kpi_id, ref, title) values (%s, %s, '_all', 'All') returning id",
        plan,
        kpi,
    )
    made = await service.one(
        "insert into series (plan_id, kpi_id, segment_id, basis, points)"
        " values (%s, %s, %s, 'operational_final', '[]') returning id",
        plan,
        kpi,
        segment,
    )
    return {"kpi": kpi, "series": made}


async def join(service: Service, here: Ground, role: Role) -> tuple[int, int]:
    """The principal and membership of a new member; an administrator is on the service and in no plan."""
    if role is Role.INTEGRATION:
        principal = await service.one(
            "insert into principal (kind, name) values ('integration', 'System') returning id"
        )
        await service.owner.execute(
            "insert into integration (id, client_id, name, scopes) values (%s, %s, 'System',"
            " '{plan:visit,plan:read,measurement:write}')",
            (principal, f"probe-{principal}"),
        )
    else:
        principal = (await service.new_user(role.value, admin=role is Role.ADMIN)).id
    as_whom = "action_lead" if role is Role.ADMIN else role.value
    membership = await put(
        service, "membership", here.values | {"who": principal, "role": as_whom, "ref": ""}
    )
    if role is Role.ADMIN:
        await service.owner.execute(
            "update membership set ends_on = '2020-01-01' where id = %s", (membership,)
        )
    return principal, membership


async def own_rows(service: Service, here: Ground, role: Role, principal: int) -> dict[str, int]:
    """Rows of every table that this member leads, wrote, raised or sent."""
    values = here.values | {"who": principal, "ref": f"own-{role.value}"}
    rows: dict[str, int] = {}
    for table in (*PLAIN, "escalation", "submission", "value_act", "period_lock"):
        rows[table] = await put(service, table, values)
    values |= await series(service, here.plan.id, rows["kpi"])
    rows["kpi_benchmark"] = await put(service, "kpi_benchmark", values)
    rows["measurement_revision"] = await put(service, "measurement_revision", values)
    rows["late_revision"] = await put(service, "late_revision", values)
    if role is not Role.INTEGRATION:
        party = await service.one(
            "insert into party (plan_id, ref, kind, name, user_id) values (%s, %s, 'role', 'x', %s)"
            " returning id",
            here.plan.id,
            values["ref"],
            principal,
        )
        for table in LED:
            await service.owner.execute(
                f"insert into item_lead (plan_id, party_id, {table}_id) values (%s, %s, %s)",
                (here.plan.id, party, rows[table]),
            )
    return rows


@pytest.fixture(scope="module")
async def stage(service: Service) -> AsyncIterator[Stage]:
    await service.owner.execute("create sequence if not exists probe")
    await service.owner.execute("grant usage on sequence probe to turnstone_service")
    here, elsewhere = await ground(service), await ground(service)
    made = Stage(service, here, elsewhere, {}, {})
    for role in Role:
        principal, membership = await join(service, here, role)
        made.principals[role] = principal
        made.own[role] = await own_rows(service, here, role, principal) | {"membership": membership}
    yield made
    await service.owner.execute("drop sequence probe")


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as connection:
        yield connection
        await connection.rollback()


async def gets_done(connection: AsyncConnection, statement: str, values: dict[str, Any]) -> bool:
    """Whether the statement touched its row; undone either way."""
    savepoint = await connection.begin_nested()
    try:
        return bool((await connection.exec_driver_sql(statement, values)).rowcount)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != "42501":
            raise
        return False
    finally:
        await savepoint.rollback()


async def try_all(
    connection: AsyncConnection, table: str, row: int, values: dict[str, Any]
) -> dict[str, bool]:
    at = {"id": row}
    return {
        "select": await gets_done(connection, f"select id from {table} where id = %(id)s", at),
        "insert": await gets_done(connection, INSERTS[table], values),
        "update": await gets_done(
            connection, f"update {table} set {CHANGES.get(table, 'id = id')} where id = %(id)s", at
        ),
        "delete": await gets_done(connection, f"delete from {table} where id = %(id)s", at),
    }


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("table", ALLOWED)
async def test_a_role_gets_done_what_it_may_and_no_more(
    table: str, role: Role, stage: Stage, connection: AsyncConnection
) -> None:
    me = stage.principals[role]
    await connection.exec_driver_sql(
        "select set_config('turnstone.principal', %(me)s, true)", {"me": str(me)}
    )
    expected = ALLOWED[table]
    others = await try_all(
        connection, table, stage.here.rows[table], stage.here.values | {"ref": "new", "role": "partner"}
    )
    assert others == {verb: role in may.any for verb, may in expected.items()}, "on what is others'"

    values = stage.here.values | {"ref": "new", "who": me, "role": "internal_auditor"}
    if role in {Role.INTERNAL_AUDITOR, Role.INTEGRATION}:
        values["role"] = "partner"
    own = await try_all(connection, table, stage.own[role][table], values)
    assert own == {verb: role in may.any | may.own for verb, may in expected.items()}, "on its own"

    foreign = await try_all(
        connection,
        table,
        stage.elsewhere.rows[table],
        stage.elsewhere.values | {"ref": "new", "who": me, "role": "partner"},
    )
    # An administrator runs the service: every plan is its own.
    reach = expected if role is Role.ADMIN else {verb: Verb(NOBODY) for verb in expected}
    assert foreign == {verb: role in may.any for verb, may in reach.items()}, "in another plan"


@pytest.mark.parametrize("table", ALLOWED)
async def test_whoever_is_nobody_gets_nothing_done(
    table: str, stage: Stage, connection: AsyncConnection
) -> None:
    tried = await try_all(
        connection, table, stage.here.rows[table], stage.here.values | {"ref": "new", "role": "partner"}
    )
    assert not any(tried.values())


async def test_a_disabled_person_gets_nothing_done(stage: Stage, connection: AsyncConnection) -> None:
    principal, _ = await join(stage.service, stage.here, Role.PROGRAMME_MANAGER)
    await stage.service.owner.execute(
        "update user_account set disabled_at = now() where id = %s", (principal,)
    )
    await connection.exec_driver_sql(
        "select set_config('turnstone.principal', %(me)s, true)", {"me": str(principal)}
    )
    tried = await try_all(connection, "action", stage.here.rows["action"], stage.here.values | {"ref": "new"})
    assert not any(tried.values())


async def test_a_membership_that_ended_gives_nothing(stage: Stage, connection: AsyncConnection) -> None:
    principal, membership = await join(stage.service, stage.here, Role.PROGRAMME_MANAGER)
    await stage.service.owner.execute(
        "update membership set ends_on = '2020-01-01' where id = %s", (membership,)
    )
    await connection.exec_driver_sql(
        "select set_config('turnstone.principal', %(me)s, true)", {"me": str(principal)}
    )
    tried = await try_all(connection, "kpi", stage.here.rows["kpi"], stage.here.values | {"ref": "new"})
    assert not any(tried.values())


async def test_an_integration_pushes_the_kpis_it_was_given_only(
    stage: Stage, connection: AsyncConnection
) -> None:
    principal, membership = await join(stage.service, stage.here, Role.INTEGRATION)
    await stage.service.owner.execute(
        "insert into membership_item (plan_id, membership_id, kpi_id) values (%s, %s, %s)",
        (stage.here.plan.id, membership, stage.here.rows["kpi"]),
    )
    await connection.exec_driver_sql(
        "select set_config('turnstone.principal', %(me)s, true)", {"me": str(principal)}
    )
    given = stage.here.values | {"ref": "new"}
    assert await gets_done(connection, INSERTS["measurement_revision"], given)
    other = given | await series(
        stage.service,
        stage.here.plan.id,
        await put(stage.service, "kpi", given | {"ref": "not-given"}),
    )
    assert not await gets_done(connection, INSERTS["measurement_revision"], other)


async def test_a_senior_leader_writes_no_revision_but_a_sign_off(
    stage: Stage, connection: AsyncConnection
) -> None:
    await connection.exec_driver_sql(
        "select set_config('turnstone.principal', %(me)s, true)",
        {"me": str(stage.principals[Role.SENIOR_LEADER])},
    )
    values = stage.here.values | {"ref": "new"}
    revision, act = INSERTS["measurement_revision"], INSERTS["value_act"]
    assert not await gets_done(connection, revision, values)
    assert await gets_done(connection, revision.replace("'loaded'", "'signed_off'"), values)
    assert not await gets_done(connection, act, values)
    assert await gets_done(connection, act.replace("'queried'", "'signed_off'"), values)
