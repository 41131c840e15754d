"""Row-level security on every table, history on every plan-scoped one.

Revision: 0002
Follows: 0001
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from api.auth.permissions import ROLE_TABLE
from migrations.versioning import (
    Access,
    child,
    protect,
    protect_global,
    protect_history,
    run,
    run_file,
    version,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def given(kind: str, column: str) -> str:
    return f"{column} = any((select turnstone.given('{kind}'))::bigint[])"


def led(kind: str, column: str) -> str:
    return f"{column} = any((select turnstone.led('{kind}'))::bigint[])"


def holds(permission: str) -> str:
    return f"plan_id = any((select turnstone.plans_with('{permission}'))::bigint[])"


VISITORS = holds("plan:visit")
ARC_GIVEN = " or ".join(given(kind, f"{kind}_id") for kind in ("recommendation", "action", "kpi"))
ARC_LED = " or ".join(
    led(kind, f"{kind}_id") for kind in ("recommendation", "action", "kpi", "risk", "check")
)
ARC_WRITTEN = (
    f"(kpi_id is not null and {holds('kpi:update')}) or (kpi_id is null and {holds('action:update')})"
)
OWN_SUBMISSION = (
    "submitted_by = (select turnstone.principal())"
    f" and ({holds('measurement:write')} or {holds('measurement:write_set')})"
)
MEASURES = f"{holds('measurement:write')} or ({holds('measurement:write_set')} and {given('kpi', 'kpi_id')})"
OWN_ESCALATION = "raised_by = (select turnstone.principal()) or assigned_to = (select turnstone.principal())"
TO_ANSWER = "{} = any((select turnstone.to_answer())::bigint[])"
NARRATIVE_OWN = "author_id = (select turnstone.principal())"

VERSIONED: dict[str, Access] = {
    "plan": Access(
        create=None,
        update="plan:update",
        delete="plan:delete",
        limited="id = any((select turnstone.plans_with('plan:visit'))::bigint[])",
        plan_column="id",
        also="(select turnstone.is_admin()) or (select turnstone.is_system())",
    ),
    "status_word": child("plan:update", limited=VISITORS),
    "colour_meaning": child("plan:update", limited=VISITORS),
    "stated_total": child("plan:update"),
    "board": child("plan:update", limited=VISITORS),
    "impact_statement": child("plan:update"),
    "inspection": child("setup:write", limited=VISITORS),
    "judgement": child("setup:write", limited=VISITORS),
    "finding": child("setup:write", limited=VISITORS),
    "theme": child("setup:write", limited=VISITORS),
    "party": child("setup:write", limited=given("party", "id")),
    "theme_link": Access(limited=ARC_GIVEN, also=ARC_WRITTEN),
    "item_lead": Access(limited=ARC_GIVEN, also=ARC_WRITTEN),
    "cross_reference": Access(limited=ARC_GIVEN, also=ARC_WRITTEN),
    "ref_alias": Access(limited=ARC_GIVEN, also=ARC_WRITTEN),
    "imported_document": child("plan:import"),
    "recommendation": Access(
        create="recommendation:create",
        update="recommendation:update",
        delete="recommendation:delete",
        limited=given("recommendation", "id"),
        led=led("recommendation", "id"),
        led_permission="recommendation:update_led",
    ),
    "recommendation_part": child(
        "recommendation:update", limited=given("recommendation", "recommendation_id")
    ),
    "inspection_reference": child(
        "recommendation:update", limited=given("recommendation", "recommendation_id")
    ),
    "action": Access(
        create="action:create",
        update="action:update",
        delete="action:delete",
        limited=given("action", "id"),
        led=led("action", "id"),
        led_permission="action:update_led",
    ),
    "action_recommendation": child("action:update", limited=given("action", "action_id")),
    "action_kpi": child("action:update", limited=given("action", "action_id")),
    "milestone": child(
        "action:update",
        limited=given("action", "action_id"),
        led=led("action", "action_id"),
        by="action:update_led",
    ),
    "slip": Access(
        create="action:update",
        delete="action:update",
        limited=given("action", "action_id"),
        led=led("action", "action_id"),
        led_permission="action:update_led",
        led_verbs=("insert",),
    ),
    "dimension_record": child("action:update", limited=given("action", "action_id")),
    "assurance_check": Access(
        create="check:write",
        update="check:write",
        delete="check:write",
        led=led("check", "id"),
        led_permission="check:write_led",
    ),
    "check_result": child("check:write", led=led("check", "check_id"), by="check:write_led"),
    "kpi": Access(create="kpi:create", update="kpi:update", delete="kpi:delete", limited=given("kpi", "id")),
    "kpi_definition": child("kpi:update", limited=given("kpi", "kpi_id")),
    "target": child("kpi:update", limited=given("kpi", "kpi_id")),
    "kpi_recommendation": child(
        "kpi:update", limited=f"{given('kpi', 'kpi_id')} and {given('recommendation', 'recommendation_id')}"
    ),
    "segment": child("kpi:update", limited=given("kpi", "kpi_id")),
    "feed": child("setup:write"),
    "submission": Access(
        limited=OWN_SUBMISSION,
        led=OWN_SUBMISSION,
        led_permission="plan:visit",
        led_verbs=("insert", "update"),
    ),
    "narrative": Access(
        create="narrative:write",
        update="narrative:write",
        delete="narrative:write",
        limited=f"({given('narrative', 'id')} or ({NARRATIVE_OWN} and {VISITORS}))",
        led=NARRATIVE_OWN,
        led_permission="narrative:write_led",
        led_verbs=("insert", "update"),
    ),
    "narrative_about": Access(
        create="narrative:write",
        update="narrative:write",
        delete="narrative:write",
        limited=ARC_GIVEN,
        led=f"{ARC_LED} or (kpi_id is not null and {holds('measurement:write')})",
        led_permission="narrative:write_led",
        led_verbs=("insert",),
    ),
    "risk": Access(
        create="risk:write",
        update="risk:write",
        delete="risk:write",
        led=led("risk", "id"),
        led_permission="risk:write_led",
    ),
    "risk_control": child("risk:write", led=led("risk", "risk_id"), by="risk:write_led"),
    "risk_action": child("risk:write"),
    "source_note": child("note:write"),
    "ladder": child("setup:write", limited=VISITORS),
    "ladder_stage": child("setup:write", limited=VISITORS),
    "escalation": Access(
        create="escalation:manage",
        update="escalation:manage",
        delete="escalation:manage",
        limited=OWN_ESCALATION,
        led=f"{OWN_ESCALATION} or ({holds('escalation:answer')} and {TO_ANSWER.format('id')})",
        led_permission="escalation:raise",
        led_verbs=("insert", "update"),
    ),
    "escalation_event": Access(
        create="escalation:manage",
        limited="escalation_id in (select e.id from public.escalation e)",
        led=f"by = (select turnstone.principal()) and ({TO_ANSWER.format('escalation_id')}"
        f" or escalation_id in (select e.id from public.escalation e where {OWN_ESCALATION}))",
        led_permission="escalation:raise",
        led_verbs=("insert",),
    ),
    "membership": Access(
        create="member:manage",
        update="member:manage",
        delete="member:manage",
        limited="principal_id = (select turnstone.principal())",
    ),
    "membership_item": child("member:manage"),
    "deputy": Access(
        create="member:manage",
        update="member:manage",
        delete="member:manage",
        limited="deputy_id = (select turnstone.principal())",
        also=f"user_id = (select turnstone.principal()) and {holds('deputy:appoint')}",
    ),
}
"""Every plan-scoped table with history, and who may do what to its rows."""

SIGNED_IN = "(select turnstone.principal()) is not null"
ADMIN = "(select turnstone.is_admin()) or (select turnstone.is_system())"
SYSTEM = "(select turnstone.is_system())"
NO_HISTORY_BUT_NOTED = (
    "authority",
    "user_account",
    "team",
    "team_member",
    "integration",
    "integration_secret",
)


def upgrade() -> None:
    roles = ", ".join(
        f"('{role.value}', '{permission.value}')"
        for role, permissions in ROLE_TABLE.items()
        for permission in sorted(permissions)
    )
    op.execute(text(f"insert into role_permission (role, permission) values {roles}"))
    op.execute(text("insert into principal (kind, name) values ('system', 'Turnstone')"))
    run_file("access.sql")
    run_file("history.sql")
    run_file("measurements.sql")
    for table, access in VERSIONED.items():
        version(table)
        protect(table, access)
        protect_history(table)
    _measurement_tables()
    _global_tables()
    run_file("ownership.sql")


def _measurement_tables() -> None:
    measures = Access(also=MEASURES)
    protect("series", Access(limited=given("kpi", "kpi_id"), also=MEASURES))
    protect(
        "measurement_revision",
        Access(limited=given("kpi", "kpi_id"), also=measures.also),
        verbs="select, insert, update",
    )
    protect(
        "rejected_row",
        Access(
            limited="submission_id in (select s.id from public.submission s)",
            also=f"{holds('measurement:write')} or {holds('measurement:write_set')}",
        ),
        verbs="select, insert",
    )
    protect("plan_pulse", Access(limited=VISITORS), verbs="select")
    protect("change", Access(read="change:read", limited=f"plan_id is null and ({ADMIN})"), verbs="select")
    protect("rendered", Access(create="plan:read", update="plan:read", delete="plan:read"))
    run(
        """
        grant select on public.measurement, as_of.measurement, public.series_facts
            to turnstone_service, turnstone_worker;
        """
    )
    run_file("as_of_series.sql")


def _global_tables() -> None:
    protect_global("principal", read=SIGNED_IN, write=ADMIN)
    protect_global(
        "user_account",
        read=f"{ADMIN} or id = (select turnstone.principal())"
        " or cardinality((select turnstone.plans_with('member:manage'))) > 0",
        write=ADMIN,
    )
    protect_global("team", read=SIGNED_IN, write=ADMIN)
    protect_global("team_member", read=SIGNED_IN, write=ADMIN)
    protect_global(
        "integration",
        read=f"{ADMIN} or id = (select turnstone.principal())"
        " or cardinality((select turnstone.plans_with('member:manage'))) > 0",
        write=ADMIN,
    )
    protect_global("integration_secret", read=ADMIN, write=ADMIN)
    protect_global("authority", read=SIGNED_IN, write=ADMIN)
    protect_global("password_credential", read=SYSTEM, write=SYSTEM)
    protect_global("browser_session", read=SYSTEM, write=SYSTEM)
    protect_global("refresh_token", read=SYSTEM, write=SYSTEM)
    protect_global("signing_key", read=SYSTEM, write=SYSTEM)
    protect_global(
        "sign_in_event",
        read=f"{ADMIN} or cardinality((select turnstone.plans_with('sign_in:read'))) > 0",
        write=SYSTEM,
    )
    protect_global("role_permission", read="true", write="false", verbs="select")
    own = "principal_id = (select turnstone.principal()) or (select turnstone.is_system())"
    protect_global("idempotency_record", read=own, write=own)
    for table in NO_HISTORY_BUT_NOTED:
        run(
            f"""
            create trigger note_change after insert or update or delete on public.{table}
                for each row execute function turnstone.note_change();
            """
        )
    for table in ("authority", "user_account", "team", "integration"):
        run(
            f"""
            create trigger bump_version before update on public.{table}
                for each row execute function turnstone.bump_version();
            """
        )


def downgrade() -> None:
    """Leaves the bare tables of 0001."""
    run_file("drop_access.sql")
