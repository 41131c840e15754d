"""The life of a value: queries, late revisions, locks, withdrawals.

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.versioning import (
    READERS,
    Access,
    add_columns,
    drop_columns,
    let_keeper,
    protect,
    protect_history,
    run,
    run_file,
    version,
)

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KPI = {
    "reset_month": "integer",
    "rolling_periods": "integer",
    "lag_months": "integer",
    "rollup": "text not null default 'none'",
    "locks_after_days": "integer",
}
DEFINITION = dict.fromkeys(("plausible_low", "plausible_high", "plausible_jump"), "numeric(18, 6)")
FEED = {"frequency": "text", "locks_after_days": "integer"}
SUBMISSION = {
    "warned": "integer not null default 0",
    "repeats_id": "bigint",
    "withdrawn_at": "timestamptz",
    "withdrawn_by": "bigint",
    "withdrawal_reason": "text",
    "restored": "integer",
    "removed": "integer",
    "kept": "integer",
    "confirmed": "integer",
}
PERMISSIONS = (
    ("programme_manager", "measurement:sign_off"),
    ("programme_manager", "measurement:manage"),
    ("performance_officer", "measurement:sign_off"),
    ("performance_officer", "measurement:manage"),
    ("senior_leader", "measurement:sign_off"),
)
STATES = "'reported', 'nil_return', 'not_available', 'suppressed', 'not_applicable'"
GRADES = "'outstanding', 'good', 'requires_improvement', 'inadequate'"
BASES = "'operational_provisional', 'operational_final', 'validated_return'"


def holds(permission: str) -> str:
    return f"plan_id = any((select turnstone.plans_with('{permission}'))::bigint[])"


GIVEN_KPI = "kpi_id = any((select turnstone.given('kpi'))::bigint[])"
MEASURES = f"{holds('measurement:write')} or ({holds('measurement:write_set')} and {GIVEN_KPI})"
SIGNS_OFF = holds("measurement:sign_off")
SEEN = "submission_id in (select s.id from public.submission s)"


def upgrade() -> None:
    listed = ", ".join(f"('{role}', '{permission}')" for role, permission in PERMISSIONS)
    # A new database has them already: the first migration writes the whole of today's role table.
    run(f"insert into public.role_permission (role, permission) values {listed} on conflict do nothing;")
    _columns()
    _tables()
    run_file("value_life.sql")
    run(
        f"""
        alter function turnstone.locked(bigint, date, bigint[], date[]) owner to turnstone_keeper;
        alter function turnstone.has_locks(bigint) owner to turnstone_keeper;
        grant execute on function turnstone.locked(bigint, date, bigint[], date[]),
            turnstone.has_locks(bigint), turnstone.settled_until() to {READERS};
        """
    )
    _policies()


def _columns() -> None:
    add_columns("kpi", KPI)
    add_columns("kpi_definition", DEFINITION)
    add_columns("feed", FEED)
    add_columns("submission", SUBMISSION)
    op.create_check_constraint(op.f("ck_kpi_reset_month"), "kpi", "reset_month between 1 and 12")
    op.create_check_constraint(
        op.f("ck_kpi_rollup"), "kpi", "rollup in ('none', 'sum', 'last', 'numerator_over_denominator')"
    )
    for name, target in (("repeats_id", "submission"), ("withdrawn_by", "principal")):
        op.create_foreign_key(
            op.f(f"fk_submission_{name}"), "submission", target, [name], ["id"], ondelete="SET NULL"
        )
        op.create_index(op.f(f"ix_submission_{name}"), "submission", [name])
    op.create_index(
        "ix_submission_digest",
        "submission",
        ["plan_id", "digest"],
        postgresql_where=sa.text("digest is not null"),
    )
    _constrain("submission", "status", f"{_STATUSES}, 'withdrawn'")
    _constrain("measurement_revision", "state", f"{STATES}, 'withdrawn'")
    for column in (
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("act_id", sa.BigInteger(), nullable=True),
    ):
        op.add_column("measurement_revision", column)
    op.create_index(
        "uq_measurement_revision_known",
        "measurement_revision",
        ["series_id", "ends_on", "known_to"],
        unique=True,
    )
    op.drop_index("uq_measurement_revision_current", "measurement_revision")
    op.drop_index("ix_measurement_revision_known", "measurement_revision")
    op.create_index(
        "ix_measurement_revision_queried",
        "measurement_revision",
        ["plan_id", "known_from"],
        postgresql_where=sa.text("known_to = 'infinity' and workflow = 'under_query'"),
    )


_STATUSES = "'pending', 'stored', 'rejected', 'previewed', 'failed'"


def _constrain(table: str, column: str, words: str) -> None:
    """Put another list of words under a column."""
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, f"{column} in ({words})")


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _versioned() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        _key(),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
    )


def _points(table: str, column: str, target: str, on_delete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=on_delete
    )


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _tables() -> None:
    op.create_table(
        "value_act",
        *_versioned(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind in ('signed_off', 'queried', 'answered', 'cleared', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_value_act_kind"),
        ),
        _points("value_act", "plan_id", "plan"),
        _points("value_act", "submission_id", "submission", "SET NULL"),
        _points("value_act", "by", "principal", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_act")),
    )
    _indexes("value_act", "plan_id", "submission_id", "by")
    op.create_table(
        "period_lock",
        *_versioned(),
        sa.Column("kpi_id", sa.BigInteger(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("said_by", sa.Text(), nullable=True),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_period_lock_span")),
        _points("period_lock", "plan_id", "plan"),
        _points("period_lock", "kpi_id", "kpi"),
        _points("period_lock", "by", "principal", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_lock")),
    )
    _indexes("period_lock", "plan_id", "kpi_id", "by")
    _late_revision()
    op.create_table(
        "row_warning",
        _key(),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("row_index", sa.Integer(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.CheckConstraint(f"basis in ({BASES})", name=op.f("ck_row_warning_basis")),
        _points("row_warning", "plan_id", "plan"),
        _points("row_warning", "submission_id", "submission"),
        _points("row_warning", "kpi_id", "kpi"),
        _points("row_warning", "segment_id", "segment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_warning")),
    )
    _indexes("row_warning", "plan_id", "kpi_id", "segment_id")
    op.create_index("ix_row_warning_place", "row_warning", ["submission_id", "row_index"])
    op.create_table(
        "confirmation",
        _key(),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("plan_id", "submission_id", "series_id")
        ),
        sa.Column("revisions", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column(
            "confirmed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        *(_points("confirmation", f"{name}_id", name) for name in ("plan", "submission", "series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
    )
    _indexes("confirmation", "plan_id", "submission_id")
    op.create_index("ix_confirmation_series", "confirmation", ["series_id"])


def _late_revision() -> None:
    numbers = ("value", "numerator", "denominator")
    texts = ("note", "source", "external_reference", "question")
    op.create_table(
        "late_revision",
        _key(),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("plan_id", "kpi_id", "series_id")),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Numeric(precision=18, scale=6), nullable=True) for name in numbers),
        sa.Column("grade", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in texts),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("submitted_by", sa.BigInteger(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state in ({STATES})", name=op.f("ck_late_revision_state")),
        sa.CheckConstraint(f"grade in ({GRADES})", name=op.f("ck_late_revision_grade")),
        sa.CheckConstraint(
            "status in ('waiting', 'accepted', 'declined', 'superseded', 'withdrawn')",
            name=op.f("ck_late_revision_status"),
        ),
        *(_points("late_revision", f"{name}_id", name) for name in ("plan", "kpi", "series", "submission")),
        _points("late_revision", "submitted_by", "principal", "SET NULL"),
        _points("late_revision", "decided_by", "principal", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_revision")),
    )
    _indexes("late_revision", "kpi_id", "series_id", "submitted_by", "decided_by")
    op.create_index(
        "uq_late_revision_waiting",
        "late_revision",
        ["series_id", "ends_on", "submitted_by"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_late_revision_queue", "late_revision", ["plan_id", "status", "queued_at"])
    op.create_index("ix_late_revision_submission", "late_revision", ["submission_id"])


def _policies() -> None:
    """Who may write the new tables; and leave to sign off, on the tables that hold values."""
    for table, access in {
        "value_act": Access(create="measurement:manage"),
        "period_lock": Access(create="measurement:manage"),
    }.items():
        version(table)
        protect(table, access, verbs="select, insert")
        protect_history(table)
    run(
        f"""
        drop policy insert_value_act on public.value_act;
        create policy insert_value_act on public.value_act for insert to {READERS}
            with check ({holds("measurement:manage")} or ({SIGNS_OFF} and kind = 'signed_off'));
        """
    )
    protect(
        "late_revision",
        Access(update="measurement:manage", limited=GIVEN_KPI, also=MEASURES),
        verbs="select, insert, update",
    )
    protect(
        "row_warning",
        Access(
            limited=SEEN,
            also=f"({holds('measurement:write')} or {holds('measurement:write_set')}) and {SEEN}",
        ),
        verbs="select, insert",
    )
    senders = f"{holds('measurement:write')} or {holds('measurement:write_set')}"
    protect("confirmation", Access(also=f"({senders}) and {SEEN}"), verbs="select, insert")
    run(
        f"""
        grant delete on public.confirmation to {READERS};
        create policy delete_confirmation on public.confirmation for delete to {READERS}
            using ((select turnstone.is_system()));
        """
    )
    for table in ("value_act", "period_lock", "late_revision", "row_warning", "confirmation"):
        let_keeper(table)
    for table in ("value_act_history", "period_lock_history"):
        let_keeper(table)
    _let("series", "update", f"{MEASURES} or {SIGNS_OFF}")
    _only_close_revisions()
    _hide_doubted(hidden=True)
    _let("measurement_revision", "insert", f"{MEASURES} or ({SIGNS_OFF} and workflow = 'signed_off')")
    own = "submitted_by = (select turnstone.principal())"
    _let(
        "submission",
        "update",
        f"{holds('measurement:manage')} or ({holds('plan:visit')} and {own}"
        f" and ({holds('measurement:write')} or {holds('measurement:write_set')}))",
    )
    # A system sees the feeds it answers for, though it reads nothing else of the plan.
    run(
        f"""
        drop policy read_feed on public.feed;
        create policy read_feed on public.feed for select to {READERS} using (
            {holds("plan:read")}
            or (integration_id = (select turnstone.principal()) and {holds("plan:visit")}));
        """
    )


def _hide_doubted(*, hidden: bool) -> None:
    """Those who see single KPIs only, and send none of their values, see no value that is under query."""
    given = f"{GIVEN_KPI} and workflow <> 'under_query'" if hidden else GIVEN_KPI
    run(
        f"""
        drop policy read_measurement_revision on public.measurement_revision;
        create policy read_measurement_revision on public.measurement_revision for select to {READERS}
            using ({holds("plan:read")} or ({given}) or ({MEASURES}));
        """
    )


def _only_close_revisions() -> None:
    """A revision is closed, once, and nothing else of it ever changes."""
    run(
        f"""
        revoke update on public.measurement_revision from {READERS};
        grant update (known_to) on public.measurement_revision to {READERS};
        drop policy update_measurement_revision on public.measurement_revision;
        create policy update_measurement_revision on public.measurement_revision for update to {READERS}
            using (known_to = 'infinity' and ({MEASURES} or {SIGNS_OFF}))
            with check (known_to < 'infinity' and ({MEASURES} or {SIGNS_OFF}));
        """
    )


def _let(table: str, verb: str, rule: str) -> None:
    """Replace a policy."""
    clause = f"with check ({rule})" if verb == "insert" else f"using ({rule}) with check ({rule})"
    run(
        f"""
        drop policy {verb}_{table} on public.{table};
        create policy {verb}_{table} on public.{table} for {verb} to {READERS} {clause};
        """
    )


def downgrade() -> None:
    """Values that were withdrawn go for good: before this, nothing could say that none is known."""
    own = (
        "submitted_by = (select turnstone.principal())"
        f" and ({holds('measurement:write')} or {holds('measurement:write_set')})"
    )
    _let("submission", "update", f"({holds('plan:visit')} and ({own}))")
    _hide_doubted(hidden=False)
    _let("measurement_revision", "insert", f"({MEASURES})")
    _let("measurement_revision", "update", f"({MEASURES})")
    run(
        f"""
        revoke update (known_to) on public.measurement_revision from {READERS};
        grant update on public.measurement_revision to {READERS};
        """
    )
    _let("series", "update", f"({MEASURES})")
    run(
        f"""
        drop policy read_feed on public.feed;
        create policy read_feed on public.feed for select to {READERS} using ({holds("plan:read")});
        drop view as_of.late_revision;
        drop function turnstone.locked(bigint, date, bigint[], date[]), turnstone.has_locks(bigint),
            turnstone.settled_until();
        drop view as_of.period_lock, as_of.value_act;
        drop table public.confirmation, public.row_warning, public.late_revision, public.period_lock, public.period_lock_history,
            public.value_act, public.value_act_history;
        drop function turnstone.keep_period_lock(), turnstone.keep_value_act();
        """
    )
    run(
        """
        drop view public.measurement cascade;
        drop view as_of.measurement cascade;
        delete from public.measurement_revision where state = 'withdrawn';
        update public.submission set status = 'stored' where status = 'withdrawn';
        """
    )
    run_file("measurements.sql")
    run(
        f"""
        grant select on public.measurement, as_of.measurement, public.series_facts to {READERS};
        grant select on public.measurement, public.series_facts to turnstone_keeper;
        """
    )
    run_file("as_of_series.sql")
    op.drop_index("ix_measurement_revision_queried", "measurement_revision")
    op.create_index(
        "uq_measurement_revision_current",
        "measurement_revision",
        ["series_id", "ends_on"],
        unique=True,
        postgresql_where=sa.text("known_to = 'infinity'"),
    )
    op.create_index(
        "ix_measurement_revision_known", "measurement_revision", ["series_id", "ends_on", "known_from"]
    )
    op.drop_index("uq_measurement_revision_known", "measurement_revision")
    for name in ("act_id", "answer", "question"):
        op.drop_column("measurement_revision", name)
    _constrain("measurement_revision", "state", STATES)
    _constrain("submission", "status", _STATUSES)
    op.drop_index("ix_submission_digest", "submission")
    drop_columns("submission", SUBMISSION)
    drop_columns("feed", FEED)
    drop_columns("kpi_definition", DEFINITION)
    drop_columns("kpi", KPI)
    run(
        "delete from public.role_permission where permission in ('measurement:sign_off', 'measurement:manage');"
    )
