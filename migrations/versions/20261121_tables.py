"""Every table of the first release.

Revision: 0001
Follows: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.versioning import run, run_file

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_file("foundations.sql")
    op.create_table(
        "authority",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
    )
    op.create_index("uq_authority_ref", "authority", [sa.literal_column("lower(ref)")], unique=True)
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "xid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("principal_id", sa.BigInteger(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.CheckConstraint("verb in ('insert', 'update', 'delete')", name=op.f("ck_change_verb")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index("ix_change_item", "change", ["item_kind", "item_id", "xid", "id"], unique=False)
    op.create_index(
        "ix_change_plan",
        "change",
        ["plan_id", sa.literal_column("at desc nulls last"), sa.literal_column("id desc nulls last")],
        unique=False,
    )
    op.create_table(
        "idempotency_record",
        sa.Column("principal_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("principal_id", "key", name=op.f("pk_idempotency_record")),
    )
    op.create_table(
        "principal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('user', 'integration', 'system')", name=op.f("ck_principal_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_principal")),
    )
    op.create_table(
        "rendered",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "variant", name=op.f("pk_rendered")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "role_permission",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("role", "permission", name=op.f("pk_role_permission")),
    )
    op.create_table(
        "sign_in_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("principal_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "outcome in ('succeeded', 'failed', 'slowed', 'disabled')", name=op.f("ck_sign_in_event_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_event")),
    )
    op.create_index(
        "ix_sign_in_event_subject", "sign_in_event", ["subject", sa.literal_column("at desc")], unique=False
    )
    op.create_index(
        "ix_sign_in_event_address", "sign_in_event", ["address", sa.literal_column("at desc")], unique=False
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("private_pem", sa.Text(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("signs_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verifies_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "team",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
    )
    op.create_index("uq_team_ref", "team", [sa.literal_column("lower(ref)")], unique=True)
    op.create_table(
        "integration",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["principal.id"], name=op.f("fk_integration_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration")),
    )
    op.create_index("uq_integration_client_id", "integration", [sa.literal_column("client_id")], unique=True)
    op.create_table(
        "plan",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("authority_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("starts_precision", sa.Text(), nullable=True),
        sa.Column("starts_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("starts_text", sa.Text(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ends_precision", sa.Text(), nullable=True),
        sa.Column("ends_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ends_text", sa.Text(), nullable=True),
        sa.Column("as_at", sa.Date(), nullable=True),
        sa.Column("figures_on", sa.Date(), nullable=True),
        sa.Column("figures_precision", sa.Text(), nullable=True),
        sa.Column("figures_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("figures_text", sa.Text(), nullable=True),
        sa.Column("horizon", sa.Text(), nullable=True),
        sa.Column("statement_received_on", sa.Date(), nullable=True),
        sa.Column("signatories", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("risk_scale", sa.Text(), nullable=True),
        sa.Column("intervention_type", sa.Text(), nullable=True),
        sa.Column("intervention_issued_on", sa.Date(), nullable=True),
        sa.Column("intervention_lifted_on", sa.Date(), nullable=True),
        sa.Column("intervention_adviser", sa.Text(), nullable=True),
        sa.Column("intervention_chair", sa.Text(), nullable=True),
        sa.Column("due_soon_days", sa.Integer(), server_default=sa.text("28"), nullable=False),
        sa.Column("amber_days", sa.Integer(), server_default=sa.text("31"), nullable=False),
        sa.CheckConstraint(
            "ends_precision in ('day', 'month', 'quarter', 'year')", name=op.f("ck_plan_ends_precision")
        ),
        sa.CheckConstraint(
            "figures_precision in ('day', 'month', 'quarter', 'year')", name=op.f("ck_plan_figures_precision")
        ),
        sa.CheckConstraint(
            "starts_precision in ('day', 'month', 'quarter', 'year')", name=op.f("ck_plan_starts_precision")
        ),
        sa.CheckConstraint(
            "status in ('draft', 'approved', 'submitted', 'active', 'closed')", name=op.f("ck_plan_status")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_plan_authority_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_authority_id"), "plan", ["authority_id"], unique=False)
    op.create_index("uq_plan_ref", "plan", [sa.literal_column("lower(ref)")], unique=True)
    op.create_table(
        "user_account",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["principal.id"], name=op.f("fk_user_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
    )
    op.create_index("uq_user_account_email", "user_account", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "action",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("recommendation_inferred", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("group_heading", sa.Text(), nullable=True),
        sa.Column("points", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("supports", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("success_test", sa.Text(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("start_precision", sa.Text(), nullable=True),
        sa.Column("start_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("start_text", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_precision", sa.Text(), nullable=True),
        sa.Column("due_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("due_text", sa.Text(), nullable=True),
        sa.Column("original_due_on", sa.Date(), nullable=True),
        sa.Column("original_due_precision", sa.Text(), nullable=True),
        sa.Column("original_due_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("original_due_text", sa.Text(), nullable=True),
        sa.Column("due_means", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_word", sa.Text(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("rating_reason", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("assured_rating", sa.Text(), nullable=True),
        sa.Column("dimension", sa.Text(), nullable=True),
        sa.Column("cost_note", sa.Text(), nullable=True),
        sa.Column("assurance_required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "assured_rating in ('blue', 'green', 'amber', 'red', 'grey')",
            name=op.f("ck_action_assured_rating"),
        ),
        sa.CheckConstraint(
            "confidence in ('confident', 'reasonable', 'limited')", name=op.f("ck_action_confidence")
        ),
        sa.CheckConstraint(
            "dimension in ('financial', 'staff', 'partners', 'systems', 'leadership')",
            name=op.f("ck_action_dimension"),
        ),
        sa.CheckConstraint(
            "due_means in ('finish', 'start', 'review', 'first_check')", name=op.f("ck_action_due_means")
        ),
        sa.CheckConstraint(
            "due_precision in ('day', 'month', 'quarter', 'year')", name=op.f("ck_action_due_precision")
        ),
        sa.CheckConstraint(
            "original_due_precision in ('day', 'month', 'quarter', 'year')",
            name=op.f("ck_action_original_due_precision"),
        ),
        sa.CheckConstraint(
            "rating in ('blue', 'green', 'amber', 'red', 'grey')", name=op.f("ck_action_rating")
        ),
        sa.CheckConstraint(
            "start_precision in ('day', 'month', 'quarter', 'year')", name=op.f("ck_action_start_precision")
        ),
        sa.CheckConstraint(
            "status in ('not_started', 'in_progress', 'completed', 'closed', 'cancelled', 'superseded', 'unreadable')",
            name=op.f("ck_action_status"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_action_not_own_parent")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["action.id"], name=op.f("fk_action_parent_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_action_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index(op.f("ix_action_parent_id"), "action", ["parent_id"], unique=False)
    op.create_index(op.f("ix_action_plan_id"), "action", ["plan_id"], unique=False)
    op.create_index(
        "uq_action_ref",
        "action",
        [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")],
        unique=True,
    )
    op.create_table(
        "board",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("chair", sa.Text(), nullable=True),
        sa.Column("frequency", sa.Text(), nullable=True),
        sa.Column("reports_to", sa.Text(), nullable=True),
        sa.Column("is_independent", sa.Boolean(), nullable=True),
        sa.Column("is_multi_agency", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_board_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
    )
    op.create_index(op.f("ix_board_plan_id"), "board", ["plan_id"], unique=False)
    op.create_table(
        "browser_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_browser_session_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_session")),
    )
    op.create_index(op.f("ix_browser_session_user_id"), "browser_session", ["user_id"], unique=False)
    op.create_index("uq_browser_session_token", "browser_session", ["token_hash"], unique=True)
    op.create_table(
        "colour_meaning",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("counts_as", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "colour in ('blue', 'green', 'amber', 'red', 'grey')", name=op.f("ck_colour_meaning_colour")
        ),
        sa.CheckConstraint(
            "counts_as in ('confident', 'reasonable', 'limited')", name=op.f("ck_colour_meaning_counts_as")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_colour_meaning_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_colour_meaning")),
        sa.UniqueConstraint("plan_id", "colour", name=op.f("uq_colour_meaning_plan_id_colour")),
    )
    op.create_index(op.f("ix_colour_meaning_plan_id"), "colour_meaning", ["plan_id"], unique=False)
    op.create_table(
        "deputy",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("deputy_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("user_id <> deputy_id", name=op.f("ck_deputy_someone_else")),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["user_account.id"], name=op.f("fk_deputy_deputy_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_deputy_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_deputy_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
        sa.UniqueConstraint(
            "plan_id", "user_id", "deputy_id", name=op.f("uq_deputy_plan_id_user_id_deputy_id")
        ),
    )
    op.create_index(op.f("ix_deputy_deputy_id"), "deputy", ["deputy_id"], unique=False)
    op.create_index(op.f("ix_deputy_plan_id"), "deputy", ["plan_id"], unique=False)
    op.create_index(op.f("ix_deputy_user_id"), "deputy", ["user_id"], unique=False)
    op.create_table(
        "impact_statement",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_impact_statement_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_statement")),
    )
    op.create_index(op.f("ix_impact_statement_plan_id"), "impact_statement", ["plan_id"], unique=False)
    op.create_table(
        "imported_document",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("imported_by", sa.BigInteger(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["imported_by"],
            ["principal.id"],
            name=op.f("fk_imported_document_imported_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_imported_document_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_document")),
    )
    op.create_index(
        op.f("ix_imported_document_imported_by"), "imported_document", ["imported_by"], unique=False
    )
    op.create_index(op.f("ix_imported_document_plan_id"), "imported_document", ["plan_id"], unique=False)
    op.create_table(
        "inspection",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("starts_precision", sa.Text(), nullable=True),
        sa.Column("starts_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("starts_text", sa.Text(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ends_precision", sa.Text(), nullable=True),
        sa.Column("ends_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ends_text", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_precision", sa.Text(), nullable=True),
        sa.Column("published_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("published_text", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ends_precision in ('day', 'month', 'quarter', 'year')", name=op.f("ck_inspection_ends_precision")
        ),
        sa.CheckConstraint(
            "framework in ('sif', 'ilacs', 'ilacs_short', 'focused_visit', 'monitoring_visit', 'jtai', 'other')",
            name=op.f("ck_inspection_framework"),
        ),
        sa.CheckConstraint(
            "published_precision in ('day', 'month', 'quarter', 'year')",
            name=op.f("ck_inspection_published_precision"),
        ),
        sa.CheckConstraint(
            "starts_precision in ('day', 'month', 'quarter', 'year')",
            name=op.f("ck_inspection_starts_precision"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_inspection_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    op.create_index(op.f("ix_inspection_plan_id"), "inspection", ["plan_id"], unique=False)
    op.create_index(
        "uq_inspection_ref",
        "inspection",
        [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")],
        unique=True,
    )
    op.create_table(
        "integration_secret",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("integration_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integration.id"],
            name=op.f("fk_integration_secret_integration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration_secret")),
    )
    op.create_index(
        op.f("ix_integration_secret_integration_id"), "integration_secret", ["integration_id"], unique=False
    )
    op.create_table(
        "ladder",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("overall_working_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_ladder_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder")),
    )
    op.create_index(op.f("ix_ladder_plan_id"), "ladder", ["plan_id"], unique=False)
    op.create_index(
        "uq_ladder_edition",
        "ladder",
        [sa.literal_column("plan_id"), sa.literal_column("lower(ref)"), sa.literal_column("edition")],
        unique=True,
    )
    op.create_table(
        "membership",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("principal_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role in ('admin', 'programme_manager', 'performance_officer', 'action_lead', 'senior_leader', 'board_member', 'internal_auditor', 'inspector', 'partner', 'integration')",
            name=op.f("ck_membership_role"),
        ),
        sa.CheckConstraint("role <> 'admin'", name=op.f("ck_membership_not_admin")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_membership_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["principal.id"], name=op.f("fk_membership_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "plan_id", "principal_id", "role", name=op.f("uq_membership_plan_id_principal_id_role")
        ),
    )
    op.create_index(op.f("ix_membership_plan_id"), "membership", ["plan_id"], unique=False)
    op.create_index(op.f("ix_membership_principal_id"), "membership", ["principal_id"], unique=False)
    op.create_table(
        "narrative",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("on_on", sa.Date(), nullable=True),
        sa.Column("on_precision", sa.Text(), nullable=True),
        sa.Column("on_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("on_text", sa.Text(), nullable=True),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("for_whom", sa.Text(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("recovery", sa.Text(), nullable=True),
        sa.Column("recovery_due_on", sa.Date(), nullable=True),
        sa.Column("recovery_due_precision", sa.Text(), nullable=True),
        sa.Column("recovery_due_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("recovery_due_text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "confidence in ('confident', 'reasonable', 'limited')", name=op.f("ck_narrative_confidence")
        ),
        sa.CheckConstraint(
            "kind in ('introduction', 'progress', 'outcome', 'success', 'challenge', 'exception', 'commentary', 'closing')",
            name=op.f("ck_narrative_kind"),
        ),
        sa.CheckConstraint(
            "on_precision in ('day', 'month', 'quarter', 'year')", name=op.f("ck_narrative_on_precision")
        ),
        sa.CheckConstraint(
            "rating in ('blue', 'green', 'amber', 'red', 'grey')", name=op.f("ck_narrative_rating")
        ),
        sa.CheckConstraint(
            "recovery_due_precision in ('day', 'month', 'quarter', 'year')",
            name=op.f("ck_narrative_recovery_due_precision"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["principal.id"], name=op.f("fk_narrative_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_narrative_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_narrative")),
    )
    op.create_index(op.f("ix_narrative_author_id"), "narrative", ["author_id"], unique=False)
    op.create_index(op.f("ix_narrative_plan_id"), "narrative", ["plan_id"], unique=False)
    op.create_table(
        "party",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind in ('person', 'role', 'team', 'everyone')", name=op.f("ck_party_kind")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_party_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_party_team_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_party_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    op.create_index(op.f("ix_party_plan_id"), "party", ["plan_id"], unique=False)
    op.create_index(op.f("ix_party_team_id"), "party", ["team_id"], unique=False)
    op.create_index(op.f("ix_party_user_id"), "party", ["user_id"], unique=False)
    op.create_index(
        "uq_party_ref", "party", [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")], unique=True
    )
    op.create_table(
        "password_credential",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_password_credential_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_password_credential")),
    )
    op.create_table(
        "plan_pulse",
        sa.Column("plan_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pulse", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_pulse_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan_pulse")),
    )
    op.create_table(
        "recommendation",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("response_reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_note", sa.Text(), nullable=True),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("rating_reason", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("assured_rating", sa.Text(), nullable=True),
        sa.Column("no_kpis_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "assured_rating in ('blue', 'green', 'amber', 'red', 'grey')",
            name=op.f("ck_recommendation_assured_rating"),
        ),
        sa.CheckConstraint(
            "confidence in ('confident', 'reasonable', 'limited')", name=op.f("ck_recommendation_confidence")
        ),
        sa.CheckConstraint(
            "origin in ('inspection', 'audit', 'peer_review', 'own_priority', 'complaint', 'learning_review')",
            name=op.f("ck_recommendation_origin"),
        ),
        sa.CheckConstraint(
            "rating in ('blue', 'green', 'amber', 'red', 'grey')", name=op.f("ck_recommendation_rating")
        ),
        sa.CheckConstraint(
            "response in ('accepted', 'partly_accepted', 'rejected')", name=op.f("ck_recommendation_response")
        ),
        sa.CheckConstraint(
            "status in ('active', 'business_as_usual', 'closed')", name=op.f("ck_recommendation_status")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_recommendation_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
    )
    op.create_index(op.f("ix_recommendation_plan_id"), "recommendation", ["plan_id"], unique=False)
    op.create_index(
        "uq_recommendation_ref",
        "recommendation",
        [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")],
        unique=True,
    )
    op.create_table(
        "refresh_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_refresh_token_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_token")),
    )
    op.create_index(op.f("ix_refresh_token_user_id"), "refresh_token", ["user_id"], unique=False)
    op.create_index("ix_refresh_token_family", "refresh_token", ["family"], unique=False)
    op.create_index("uq_refresh_token_token", "refresh_token", ["token_hash"], unique=True)
    op.create_table(
        "risk",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=True),
        sa.Column("current_level", sa.Text(), nullable=True),
        sa.Column("current_likelihood", sa.Integer(), nullable=True),
        sa.Column("current_impact", sa.Integer(), nullable=True),
        sa.Column("current_text", sa.Text(), nullable=True),
        sa.Column("residual_level", sa.Text(), nullable=True),
        sa.Column("residual_likelihood", sa.Integer(), nullable=True),
        sa.Column("residual_impact", sa.Integer(), nullable=True),
        sa.Column("residual_text", sa.Text(), nullable=True),
        sa.Column("target_level", sa.Text(), nullable=True),
        sa.Column("target_likelihood", sa.Integer(), nullable=True),
        sa.Column("target_impact", sa.Integer(), nullable=True),
        sa.Column("target_text", sa.Text(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.CheckConstraint("current_level in ('high', 'medium', 'low')", name=op.f("ck_risk_current_level")),
        sa.CheckConstraint(
            "residual_level in ('high', 'medium', 'low')", name=op.f("ck_risk_residual_level")
        ),
        sa.CheckConstraint("target_level in ('high', 'medium', 'low')", name=op.f("ck_risk_target_level")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_risk_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk")),
    )
    op.create_index(op.f("ix_risk_plan_id"), "risk", ["plan_id"], unique=False)
    op.create_index(
        "uq_risk_ref", "risk", [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")], unique=True
    )
    op.create_table(
        "stated_total",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("statuses", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("ratings", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("as_at_on", sa.Date(), nullable=True),
        sa.Column("as_at_precision", sa.Text(), nullable=True),
        sa.Column("as_at_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("as_at_text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "as_at_precision in ('day', 'month', 'quarter', 'year')",
            name=op.f("ck_stated_total_as_at_precision"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_stated_total_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_total")),
    )
    op.create_index(op.f("ix_stated_total_plan_id"), "stated_total", ["plan_id"], unique=False)
    op.create_table(
        "status_word",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("counts_as_done", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "status in ('not_started', 'in_progress', 'completed', 'closed', 'cancelled', 'superseded', 'unreadable')",
            name=op.f("ck_status_word_status"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_status_word_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_word")),
    )
    op.create_index(op.f("ix_status_word_plan_id"), "status_word", ["plan_id"], unique=False)
    op.create_index(
        "uq_status_word_word",
        "status_word",
        [sa.literal_column("plan_id"), sa.literal_column("lower(word)")],
        unique=True,
    )
    op.create_table(
        "submission",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_ref", sa.Uuid(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("received", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("updated", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unchanged", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("queued", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rejected", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("submitted_by", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode in ('atomic', 'partial')", name=op.f("ck_submission_mode")),
        sa.CheckConstraint(
            "status in ('pending', 'stored', 'rejected', 'previewed', 'failed')",
            name=op.f("ck_submission_status"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_submission_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["principal.id"], name=op.f("fk_submission_submitted_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("submission_ref", name=op.f("uq_submission_submission_ref")),
    )
    op.create_index(op.f("ix_submission_plan_id"), "submission", ["plan_id"], unique=False)
    op.create_index(op.f("ix_submission_submitted_by"), "submission", ["submitted_by"], unique=False)
    op.create_table(
        "team_member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_team_member_team_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_team_member_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint("team_id", "user_id", name=op.f("uq_team_member_team_id_user_id")),
    )
    op.create_index(op.f("ix_team_member_team_id"), "team_member", ["team_id"], unique=False)
    op.create_index(op.f("ix_team_member_user_id"), "team_member", ["user_id"], unique=False)
    op.create_table(
        "theme",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "other_titles", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "kind in ('improvement_area', 'topic_area', 'workstream', 'theme', 'existing_priority')",
            name=op.f("ck_theme_kind"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_theme_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
    )
    op.create_index(op.f("ix_theme_plan_id"), "theme", ["plan_id"], unique=False)
    op.create_index(
        "uq_theme_ref", "theme", [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")], unique=True
    )
    op.create_table(
        "action_recommendation",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_action_recommendation_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_action_recommendation_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_action_recommendation_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_recommendation")),
        sa.UniqueConstraint(
            "action_id",
            "recommendation_id",
            name=op.f("uq_action_recommendation_action_id_recommendation_id"),
        ),
    )
    op.create_index(
        op.f("ix_action_recommendation_action_id"), "action_recommendation", ["action_id"], unique=False
    )
    op.create_index(
        op.f("ix_action_recommendation_plan_id"), "action_recommendation", ["plan_id"], unique=False
    )
    op.create_index(
        op.f("ix_action_recommendation_recommendation_id"),
        "action_recommendation",
        ["recommendation_id"],
        unique=False,
    )
    op.create_table(
        "dimension_record",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "answer in ('actions', 'not_applicable', 'none', 'blank', 'implication')",
            name=op.f("ck_dimension_record_answer"),
        ),
        sa.CheckConstraint(
            "dimension in ('financial', 'staff', 'partners', 'systems', 'leadership')",
            name=op.f("ck_dimension_record_dimension"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_dimension_record_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_dimension_record_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dimension_record")),
        sa.UniqueConstraint(
            "action_id",
            "dimension",
            "position",
            name=op.f("uq_dimension_record_action_id_dimension_position"),
        ),
    )
    op.create_index(op.f("ix_dimension_record_action_id"), "dimension_record", ["action_id"], unique=False)
    op.create_index(op.f("ix_dimension_record_plan_id"), "dimension_record", ["plan_id"], unique=False)
    op.create_table(
        "feed",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("integration_id", sa.BigInteger(), nullable=True),
        sa.Column("due_after_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["integration_id"], ["principal.id"], name=op.f("fk_feed_integration_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["party.id"], name=op.f("fk_feed_owner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_feed_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
    )
    op.create_index(op.f("ix_feed_integration_id"), "feed", ["integration_id"], unique=False)
    op.create_index(op.f("ix_feed_owner_id"), "feed", ["owner_id"], unique=False)
    op.create_index(op.f("ix_feed_plan_id"), "feed", ["plan_id"], unique=False)
    op.create_index(
        "uq_feed_ref", "feed", [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")], unique=True
    )
    op.create_table(
        "finding",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("inspection_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("paragraphs", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_finding_inspection_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_finding_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_inspection_id"), "finding", ["inspection_id"], unique=False)
    op.create_index(op.f("ix_finding_plan_id"), "finding", ["plan_id"], unique=False)
    op.create_index(
        "uq_finding_ref",
        "finding",
        [sa.literal_column("inspection_id"), sa.literal_column("lower(ref)")],
        unique=True,
    )
    op.create_table(
        "judgement",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("inspection_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("under", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "grade in ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_judgement_grade"),
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_judgement_inspection_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_judgement_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
        sa.UniqueConstraint("inspection_id", "position", name=op.f("uq_judgement_inspection_id_position")),
    )
    op.create_index(op.f("ix_judgement_inspection_id"), "judgement", ["inspection_id"], unique=False)
    op.create_index(op.f("ix_judgement_plan_id"), "judgement", ["plan_id"], unique=False)
    op.create_table(
        "ladder_stage",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ladder_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("response_required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "role in ('admin', 'programme_manager', 'performance_officer', 'action_lead', 'senior_leader', 'board_member', 'internal_auditor', 'inspector', 'partner', 'integration')",
            name=op.f("ck_ladder_stage_role"),
        ),
        sa.ForeignKeyConstraint(
            ["ladder_id"], ["ladder.id"], name=op.f("fk_ladder_stage_ladder_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_ladder_stage_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_stage")),
        sa.UniqueConstraint("ladder_id", "position", name=op.f("uq_ladder_stage_ladder_id_position")),
    )
    op.create_index(op.f("ix_ladder_stage_ladder_id"), "ladder_stage", ["ladder_id"], unique=False)
    op.create_index(op.f("ix_ladder_stage_plan_id"), "ladder_stage", ["plan_id"], unique=False)
    op.create_table(
        "milestone",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_precision", sa.Text(), nullable=True),
        sa.Column("due_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("due_text", sa.Text(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "due_precision in ('day', 'month', 'quarter', 'year')", name=op.f("ck_milestone_due_precision")
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_milestone_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_milestone_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("action_id", "position", name=op.f("uq_milestone_action_id_position")),
    )
    op.create_index(op.f("ix_milestone_action_id"), "milestone", ["action_id"], unique=False)
    op.create_index(op.f("ix_milestone_plan_id"), "milestone", ["plan_id"], unique=False)
    op.create_table(
        "recommendation_part",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_recommendation_part_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_recommendation_part_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_part")),
        sa.UniqueConstraint(
            "recommendation_id", "position", name=op.f("uq_recommendation_part_recommendation_id_position")
        ),
    )
    op.create_index(op.f("ix_recommendation_part_plan_id"), "recommendation_part", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_recommendation_part_recommendation_id"),
        "recommendation_part",
        ["recommendation_id"],
        unique=False,
    )
    op.create_table(
        "rejected_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("row_index", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("pointer", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("row", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_rejected_row_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_rejected_row_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_row")),
    )
    op.create_index("ix_rejected_row_place", "rejected_row", ["submission_id", "row_index"], unique=False)
    op.create_index(op.f("ix_rejected_row_plan_id"), "rejected_row", ["plan_id"], unique=False)
    op.create_table(
        "risk_action",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("risk_id", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_risk_action_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_risk_action_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"], ["risk.id"], name=op.f("fk_risk_action_risk_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_action")),
        sa.UniqueConstraint("risk_id", "action_id", name=op.f("uq_risk_action_risk_id_action_id")),
    )
    op.create_index(op.f("ix_risk_action_action_id"), "risk_action", ["action_id"], unique=False)
    op.create_index(op.f("ix_risk_action_plan_id"), "risk_action", ["plan_id"], unique=False)
    op.create_index(op.f("ix_risk_action_risk_id"), "risk_action", ["risk_id"], unique=False)
    op.create_table(
        "risk_control",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("risk_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state in ('in_place', 'planned', 'none_yet', 'to_be_confirmed')",
            name=op.f("ck_risk_control_state"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["party.id"], name=op.f("fk_risk_control_owner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_risk_control_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"], ["risk.id"], name=op.f("fk_risk_control_risk_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_control")),
        sa.UniqueConstraint("risk_id", "position", name=op.f("uq_risk_control_risk_id_position")),
    )
    op.create_index(op.f("ix_risk_control_owner_id"), "risk_control", ["owner_id"], unique=False)
    op.create_index(op.f("ix_risk_control_plan_id"), "risk_control", ["plan_id"], unique=False)
    op.create_index(op.f("ix_risk_control_risk_id"), "risk_control", ["risk_id"], unique=False)
    op.create_table(
        "slip",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_due_on", sa.Date(), nullable=True),
        sa.Column("from_due_precision", sa.Text(), nullable=True),
        sa.Column("from_due_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("from_due_text", sa.Text(), nullable=True),
        sa.Column("to_due_on", sa.Date(), nullable=True),
        sa.Column("to_due_precision", sa.Text(), nullable=True),
        sa.Column("to_due_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("to_due_text", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "from_due_precision in ('day', 'month', 'quarter', 'year')",
            name=op.f("ck_slip_from_due_precision"),
        ),
        sa.CheckConstraint(
            "to_due_precision in ('day', 'month', 'quarter', 'year')", name=op.f("ck_slip_to_due_precision")
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_slip_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_slip_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["principal.id"], name=op.f("fk_slip_recorded_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip")),
        sa.UniqueConstraint("action_id", "position", name=op.f("uq_slip_action_id_position")),
    )
    op.create_index(op.f("ix_slip_action_id"), "slip", ["action_id"], unique=False)
    op.create_index(op.f("ix_slip_plan_id"), "slip", ["plan_id"], unique=False)
    op.create_index(op.f("ix_slip_recorded_by"), "slip", ["recorded_by"], unique=False)
    op.create_table(
        "inspection_reference",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.BigInteger(), nullable=True),
        sa.Column("finding_id", sa.BigInteger(), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("paragraphs", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["finding.id"],
            name=op.f("fk_inspection_reference_finding_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspection.id"],
            name=op.f("fk_inspection_reference_inspection_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_inspection_reference_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_inspection_reference_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_reference")),
        sa.UniqueConstraint(
            "recommendation_id", "position", name=op.f("uq_inspection_reference_recommendation_id_position")
        ),
    )
    op.create_index(
        op.f("ix_inspection_reference_finding_id"), "inspection_reference", ["finding_id"], unique=False
    )
    op.create_index(
        op.f("ix_inspection_reference_inspection_id"), "inspection_reference", ["inspection_id"], unique=False
    )
    op.create_index(
        op.f("ix_inspection_reference_plan_id"), "inspection_reference", ["plan_id"], unique=False
    )
    op.create_index(
        op.f("ix_inspection_reference_recommendation_id"),
        "inspection_reference",
        ["recommendation_id"],
        unique=False,
    )
    op.create_table(
        "kpi",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "other_titles", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("polarity", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("period_type", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=True),
        sa.Column("counts_children", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("theme_text", sa.Text(), nullable=True),
        sa.Column("good_is_target", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("tolerance", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("no_target_text", sa.Text(), nullable=True),
        sa.Column("is_superseded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("superseded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("superseded_from", sa.Text(), nullable=True),
        sa.Column("superseded_text", sa.Text(), nullable=True),
        sa.Column("feed_id", sa.BigInteger(), nullable=True),
        sa.Column("due_after_days", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "category in ('how_much', 'how_well', 'better_off', 'none')", name=op.f("ck_kpi_category")
        ),
        sa.CheckConstraint(
            "kind in ('quantitative', 'milestone', 'qualitative', 'grade', 'heading')",
            name=op.f("ck_kpi_kind"),
        ),
        sa.CheckConstraint(
            "nature in ('snapshot', 'in_period', 'cumulative', 'rolling', 'lagged_cohort')",
            name=op.f("ck_kpi_nature"),
        ),
        sa.CheckConstraint(
            "period_type in ('day', 'week', 'month', 'quarter', 'financial_quarter', 'financial_year', 'academic_year', 'year')",
            name=op.f("ck_kpi_period_type"),
        ),
        sa.CheckConstraint("polarity in ('higher', 'lower', 'neutral')", name=op.f("ck_kpi_polarity")),
        sa.CheckConstraint(
            "unit in ('count', 'percent', 'rate_per_10000', 'days', 'months', 'ratio', 'score', 'currency', 'grade', 'none')",
            name=op.f("ck_kpi_unit"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_kpi_not_own_parent")),
        sa.CheckConstraint("superseded_by_id <> id", name=op.f("ck_kpi_not_own_successor")),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_kpi_feed_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["kpi.id"], name=op.f("fk_kpi_parent_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_kpi_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["superseded_by_id"], ["kpi.id"], name=op.f("fk_kpi_superseded_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi")),
    )
    op.create_index(op.f("ix_kpi_feed_id"), "kpi", ["feed_id"], unique=False)
    op.create_index(op.f("ix_kpi_parent_id"), "kpi", ["parent_id"], unique=False)
    op.create_index(op.f("ix_kpi_plan_id"), "kpi", ["plan_id"], unique=False)
    op.create_index(op.f("ix_kpi_superseded_by_id"), "kpi", ["superseded_by_id"], unique=False)
    op.create_index(
        "uq_kpi_ref", "kpi", [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")], unique=True
    )
    op.create_table(
        "action_kpi",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_action_kpi_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_action_kpi_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_action_kpi_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_kpi")),
        sa.UniqueConstraint("action_id", "kpi_id", name=op.f("uq_action_kpi_action_id_kpi_id")),
    )
    op.create_index(op.f("ix_action_kpi_action_id"), "action_kpi", ["action_id"], unique=False)
    op.create_index(op.f("ix_action_kpi_kpi_id"), "action_kpi", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_action_kpi_plan_id"), "action_kpi", ["plan_id"], unique=False)
    op.create_table(
        "assurance_check",
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("kpi_id", sa.BigInteger(), nullable=True),
        sa.Column("risk_id", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_precision", sa.Text(), nullable=True),
        sa.Column("due_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("due_text", sa.Text(), nullable=True),
        sa.Column("recurrence", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "due_precision in ('day', 'month', 'quarter', 'year')",
            name=op.f("ck_assurance_check_due_precision"),
        ),
        sa.CheckConstraint(
            "kind in ('audit', 'dip_sample', 'survey', 'focus_group', 'observation', 'data_review', 'kpi_monitoring', 'report', 'other')",
            name=op.f("ck_assurance_check_kind"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(theme_id, recommendation_id, action_id, kpi_id, risk_id, check_id) <= 1",
            name=op.f("ck_assurance_check_one_item"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_assurance_check_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["assurance_check.id"], name=op.f("fk_assurance_check_check_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_assurance_check_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_assurance_check_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_assurance_check_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"], ["risk.id"], name=op.f("fk_assurance_check_risk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_assurance_check_theme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assurance_check")),
    )
    op.create_index(op.f("ix_assurance_check_action_id"), "assurance_check", ["action_id"], unique=False)
    op.create_index(op.f("ix_assurance_check_check_id"), "assurance_check", ["check_id"], unique=False)
    op.create_index(op.f("ix_assurance_check_kpi_id"), "assurance_check", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_assurance_check_plan_id"), "assurance_check", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_assurance_check_recommendation_id"), "assurance_check", ["recommendation_id"], unique=False
    )
    op.create_index(op.f("ix_assurance_check_risk_id"), "assurance_check", ["risk_id"], unique=False)
    op.create_index(op.f("ix_assurance_check_theme_id"), "assurance_check", ["theme_id"], unique=False)
    op.create_index(
        "uq_assurance_check_ref",
        "assurance_check",
        [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")],
        unique=True,
    )
    op.create_table(
        "kpi_definition",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("descriptor", sa.Text(), nullable=True),
        sa.Column("numerator", sa.Text(), nullable=True),
        sa.Column("denominator", sa.Text(), nullable=True),
        sa.Column("good_value", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("good_grade", sa.Text(), nullable=True),
        sa.Column("good_unit", sa.Text(), nullable=True),
        sa.Column("good_text", sa.Text(), nullable=True),
        sa.Column("good_rationale", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("caveats", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("decimals", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("scale_min", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("scale_max", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.CheckConstraint(
            "good_grade in ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_kpi_definition_good_grade"),
        ),
        sa.CheckConstraint(
            "good_unit in ('count', 'percent', 'rate_per_10000', 'days', 'months', 'ratio', 'score', 'currency', 'grade', 'none')",
            name=op.f("ck_kpi_definition_good_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_kpi_definition_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_kpi_definition_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_definition")),
        sa.UniqueConstraint("kpi_id", "position", name=op.f("uq_kpi_definition_kpi_id_position")),
    )
    op.create_index(op.f("ix_kpi_definition_kpi_id"), "kpi_definition", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_kpi_definition_plan_id"), "kpi_definition", ["plan_id"], unique=False)
    op.create_table(
        "kpi_recommendation",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_kpi_recommendation_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_kpi_recommendation_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_kpi_recommendation_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_recommendation")),
        sa.UniqueConstraint(
            "kpi_id", "recommendation_id", name=op.f("uq_kpi_recommendation_kpi_id_recommendation_id")
        ),
    )
    op.create_index(op.f("ix_kpi_recommendation_kpi_id"), "kpi_recommendation", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_kpi_recommendation_plan_id"), "kpi_recommendation", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_kpi_recommendation_recommendation_id"),
        "kpi_recommendation",
        ["recommendation_id"],
        unique=False,
    )
    op.create_table(
        "segment",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_segment_kpi_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_segment_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sa.UniqueConstraint("kpi_id", "ref", name=op.f("uq_segment_kpi_id_ref")),
    )
    op.create_index(op.f("ix_segment_kpi_id"), "segment", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_segment_plan_id"), "segment", ["plan_id"], unique=False)
    op.create_table(
        "target",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("value", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("lower", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("upper", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_precision", sa.Text(), nullable=True),
        sa.Column("due_ongoing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("due_text", sa.Text(), nullable=True),
        sa.Column("baseline", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("to_be_confirmed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "due_precision in ('day', 'month', 'quarter', 'year')", name=op.f("ck_target_due_precision")
        ),
        sa.CheckConstraint(
            "grade in ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_target_grade"),
        ),
        sa.CheckConstraint("kind in ('standing', 'by_date', 'year_end')", name=op.f("ck_target_kind")),
        sa.CheckConstraint("stage in ('interim', 'final')", name=op.f("ck_target_stage")),
        sa.CheckConstraint(
            "to_be_confirmed or num_nonnulls(value, lower, upper, grade, text) > 0",
            name=op.f("ck_target_says_something"),
        ),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_target_kpi_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_target_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("kpi_id", "position", name=op.f("uq_target_kpi_id_position")),
    )
    op.create_index(op.f("ix_target_kpi_id"), "target", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_target_plan_id"), "target", ["plan_id"], unique=False)
    op.create_table(
        "check_result",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("check_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("found_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "result in ('impact_clear', 'some_impact', 'no_impact', 'cannot_tell')",
            name=op.f("ck_check_result_result"),
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["assurance_check.id"], name=op.f("fk_check_result_check_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_check_result_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_result")),
        sa.UniqueConstraint("check_id", "position", name=op.f("uq_check_result_check_id_position")),
    )
    op.create_index(op.f("ix_check_result_check_id"), "check_result", ["check_id"], unique=False)
    op.create_index(op.f("ix_check_result_plan_id"), "check_result", ["plan_id"], unique=False)
    op.create_table(
        "cross_reference",
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("kpi_id", sa.BigInteger(), nullable=True),
        sa.Column("risk_id", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("to_kind", sa.Text(), nullable=True),
        sa.Column("to_ref", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "to_kind in ('plan', 'theme', 'recommendation', 'action', 'kpi', 'risk', 'check')",
            name=op.f("ck_cross_reference_to_kind"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(theme_id, recommendation_id, action_id, kpi_id, risk_id, check_id) = 1",
            name=op.f("ck_cross_reference_one_item"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_cross_reference_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["assurance_check.id"], name=op.f("fk_cross_reference_check_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_cross_reference_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_cross_reference_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_cross_reference_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"], ["risk.id"], name=op.f("fk_cross_reference_risk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_cross_reference_theme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cross_reference")),
    )
    op.create_index(op.f("ix_cross_reference_action_id"), "cross_reference", ["action_id"], unique=False)
    op.create_index(op.f("ix_cross_reference_check_id"), "cross_reference", ["check_id"], unique=False)
    op.create_index(op.f("ix_cross_reference_kpi_id"), "cross_reference", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_cross_reference_plan_id"), "cross_reference", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_cross_reference_recommendation_id"), "cross_reference", ["recommendation_id"], unique=False
    )
    op.create_index(op.f("ix_cross_reference_risk_id"), "cross_reference", ["risk_id"], unique=False)
    op.create_index(op.f("ix_cross_reference_theme_id"), "cross_reference", ["theme_id"], unique=False)
    op.create_table(
        "escalation",
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("kpi_id", sa.BigInteger(), nullable=True),
        sa.Column("risk_id", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ladder_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("assigned_to", sa.BigInteger(), nullable=True),
        sa.Column("raised_by", sa.BigInteger(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("overall_due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("learning", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "cause in ('lead_stuck', 'partner_dispute', 'board_concern', 'action_overdue', 'kpi_off_target', 'feed_late', 'risk_past_review', 'other')",
            name=op.f("ck_escalation_cause"),
        ),
        sa.CheckConstraint(
            "state in ('open', 'answered', 'resolved', 'withdrawn', 'referred')",
            name=op.f("ck_escalation_state"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(theme_id, recommendation_id, action_id, kpi_id, risk_id, check_id) <= 1",
            name=op.f("ck_escalation_one_item"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_escalation_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["assigned_to"], ["principal.id"], name=op.f("fk_escalation_assigned_to"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["assurance_check.id"], name=op.f("fk_escalation_check_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_escalation_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ladder_id"], ["ladder.id"], name=op.f("fk_escalation_ladder_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_escalation_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["raised_by"], ["principal.id"], name=op.f("fk_escalation_raised_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_escalation_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"], ["risk.id"], name=op.f("fk_escalation_risk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_escalation_theme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
    )
    op.create_index(op.f("ix_escalation_action_id"), "escalation", ["action_id"], unique=False)
    op.create_index(op.f("ix_escalation_assigned_to"), "escalation", ["assigned_to"], unique=False)
    op.create_index(op.f("ix_escalation_check_id"), "escalation", ["check_id"], unique=False)
    op.create_index(op.f("ix_escalation_kpi_id"), "escalation", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_escalation_ladder_id"), "escalation", ["ladder_id"], unique=False)
    op.create_index(op.f("ix_escalation_plan_id"), "escalation", ["plan_id"], unique=False)
    op.create_index(op.f("ix_escalation_raised_by"), "escalation", ["raised_by"], unique=False)
    op.create_index(
        op.f("ix_escalation_recommendation_id"), "escalation", ["recommendation_id"], unique=False
    )
    op.create_index(op.f("ix_escalation_risk_id"), "escalation", ["risk_id"], unique=False)
    op.create_index(op.f("ix_escalation_theme_id"), "escalation", ["theme_id"], unique=False)
    op.create_index(
        "uq_escalation_live_cause",
        "escalation",
        [
            "plan_id",
            "cause",
            "theme_id",
            "recommendation_id",
            "action_id",
            "kpi_id",
            "risk_id",
            "check_id",
        ],
        unique=True,
        postgresql_where=sa.text("state in ('open', 'answered')"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(
        "uq_escalation_ref",
        "escalation",
        [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")],
        unique=True,
    )
    op.create_table(
        "item_lead",
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("kpi_id", sa.BigInteger(), nullable=True),
        sa.Column("risk_id", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_recommendation_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("as_printed", sa.Text(), nullable=True),
        sa.Column("doubtful", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(theme_id, recommendation_id, action_id, kpi_id, risk_id, check_id) = 1",
            name=op.f("ck_item_lead_one_item"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_item_lead_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["assurance_check.id"], name=op.f("fk_item_lead_check_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_item_lead_kpi_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["kpi_recommendation_id"],
            ["kpi_recommendation.id"],
            name=op.f("fk_item_lead_kpi_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_item_lead_party_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_item_lead_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_item_lead_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"], ["risk.id"], name=op.f("fk_item_lead_risk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_item_lead_theme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_lead")),
    )
    op.create_index(op.f("ix_item_lead_action_id"), "item_lead", ["action_id"], unique=False)
    op.create_index(op.f("ix_item_lead_check_id"), "item_lead", ["check_id"], unique=False)
    op.create_index(op.f("ix_item_lead_kpi_id"), "item_lead", ["kpi_id"], unique=False)
    op.create_index(
        op.f("ix_item_lead_kpi_recommendation_id"), "item_lead", ["kpi_recommendation_id"], unique=False
    )
    op.create_index(op.f("ix_item_lead_party_id"), "item_lead", ["party_id"], unique=False)
    op.create_index(op.f("ix_item_lead_plan_id"), "item_lead", ["plan_id"], unique=False)
    op.create_index(op.f("ix_item_lead_recommendation_id"), "item_lead", ["recommendation_id"], unique=False)
    op.create_index(op.f("ix_item_lead_risk_id"), "item_lead", ["risk_id"], unique=False)
    op.create_index(op.f("ix_item_lead_theme_id"), "item_lead", ["theme_id"], unique=False)
    op.create_table(
        "membership_item",
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("kpi_id", sa.BigInteger(), nullable=True),
        sa.Column("risk_id", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(theme_id, recommendation_id, action_id, kpi_id, risk_id, check_id) = 1",
            name=op.f("ck_membership_item_one_item"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_membership_item_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["assurance_check.id"], name=op.f("fk_membership_item_check_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_membership_item_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_membership_item_membership_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_membership_item_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_membership_item_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"], ["risk.id"], name=op.f("fk_membership_item_risk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_membership_item_theme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_item")),
    )
    op.create_index(op.f("ix_membership_item_action_id"), "membership_item", ["action_id"], unique=False)
    op.create_index(op.f("ix_membership_item_check_id"), "membership_item", ["check_id"], unique=False)
    op.create_index(op.f("ix_membership_item_kpi_id"), "membership_item", ["kpi_id"], unique=False)
    op.create_index(
        op.f("ix_membership_item_membership_id"), "membership_item", ["membership_id"], unique=False
    )
    op.create_index(op.f("ix_membership_item_plan_id"), "membership_item", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_membership_item_recommendation_id"), "membership_item", ["recommendation_id"], unique=False
    )
    op.create_index(op.f("ix_membership_item_risk_id"), "membership_item", ["risk_id"], unique=False)
    op.create_index(op.f("ix_membership_item_theme_id"), "membership_item", ["theme_id"], unique=False)
    op.create_table(
        "narrative_about",
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("kpi_id", sa.BigInteger(), nullable=True),
        sa.Column("risk_id", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("narrative_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(theme_id, recommendation_id, action_id, kpi_id, risk_id, check_id) <= 1",
            name=op.f("ck_narrative_about_one_item"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_narrative_about_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["assurance_check.id"], name=op.f("fk_narrative_about_check_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_narrative_about_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["narrative_id"],
            ["narrative.id"],
            name=op.f("fk_narrative_about_narrative_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_narrative_about_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_narrative_about_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"], ["risk.id"], name=op.f("fk_narrative_about_risk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_narrative_about_theme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_narrative_about")),
    )
    op.create_index(op.f("ix_narrative_about_action_id"), "narrative_about", ["action_id"], unique=False)
    op.create_index(op.f("ix_narrative_about_check_id"), "narrative_about", ["check_id"], unique=False)
    op.create_index(op.f("ix_narrative_about_kpi_id"), "narrative_about", ["kpi_id"], unique=False)
    op.create_index(
        op.f("ix_narrative_about_narrative_id"), "narrative_about", ["narrative_id"], unique=False
    )
    op.create_index(op.f("ix_narrative_about_plan_id"), "narrative_about", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_narrative_about_recommendation_id"), "narrative_about", ["recommendation_id"], unique=False
    )
    op.create_index(op.f("ix_narrative_about_risk_id"), "narrative_about", ["risk_id"], unique=False)
    op.create_index(op.f("ix_narrative_about_theme_id"), "narrative_about", ["theme_id"], unique=False)
    op.create_table(
        "ref_alias",
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("kpi_id", sa.BigInteger(), nullable=True),
        sa.Column("risk_id", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('plan', 'theme', 'recommendation', 'action', 'kpi', 'risk', 'check')",
            name=op.f("ck_ref_alias_kind"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(theme_id, recommendation_id, action_id, kpi_id, risk_id, check_id) = 1",
            name=op.f("ck_ref_alias_one_item"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_ref_alias_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["assurance_check.id"], name=op.f("fk_ref_alias_check_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_ref_alias_kpi_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_ref_alias_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_ref_alias_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"], ["risk.id"], name=op.f("fk_ref_alias_risk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_ref_alias_theme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ref_alias")),
    )
    op.create_index(op.f("ix_ref_alias_action_id"), "ref_alias", ["action_id"], unique=False)
    op.create_index(op.f("ix_ref_alias_check_id"), "ref_alias", ["check_id"], unique=False)
    op.create_index(op.f("ix_ref_alias_kpi_id"), "ref_alias", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_ref_alias_plan_id"), "ref_alias", ["plan_id"], unique=False)
    op.create_index(op.f("ix_ref_alias_recommendation_id"), "ref_alias", ["recommendation_id"], unique=False)
    op.create_index(op.f("ix_ref_alias_risk_id"), "ref_alias", ["risk_id"], unique=False)
    op.create_index(op.f("ix_ref_alias_theme_id"), "ref_alias", ["theme_id"], unique=False)
    op.create_index(
        "uq_ref_alias",
        "ref_alias",
        [sa.literal_column("plan_id"), sa.literal_column("kind"), sa.literal_column("lower(ref)")],
        unique=True,
    )
    op.create_table(
        "series",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("points_held", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("latest_period", sa.Text(), nullable=True),
        sa.Column("latest_ends_on", sa.Date(), nullable=True),
        sa.Column("latest_value", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("latest_grade", sa.Text(), nullable=True),
        sa.Column("previous_period", sa.Text(), nullable=True),
        sa.Column("previous_value", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("previous_grade", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "basis in ('operational_provisional', 'operational_final', 'validated_return')",
            name=op.f("ck_series_basis"),
        ),
        sa.CheckConstraint(
            "latest_grade in ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_series_latest_grade"),
        ),
        sa.CheckConstraint(
            "previous_grade in ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_series_previous_grade"),
        ),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpi.id"], name=op.f("fk_series_kpi_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_series_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_series_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("segment_id", "basis", name=op.f("uq_series_segment_id_basis")),
    )
    op.create_index(op.f("ix_series_kpi_id"), "series", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_series_plan_id"), "series", ["plan_id"], unique=False)
    op.create_index(op.f("ix_series_segment_id"), "series", ["segment_id"], unique=False)
    op.create_table(
        "source_note",
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("kpi_id", sa.BigInteger(), nullable=True),
        sa.Column("risk_id", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("settled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('unplaced', 'unreadable', 'cut_off', 'contradiction', 'duplicate_ref', 'missing', 'footnote', 'other')",
            name=op.f("ck_source_note_kind"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(theme_id, recommendation_id, action_id, kpi_id, risk_id, check_id) <= 1",
            name=op.f("ck_source_note_one_item"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_source_note_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["assurance_check.id"], name=op.f("fk_source_note_check_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_source_note_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_source_note_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_source_note_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"], ["risk.id"], name=op.f("fk_source_note_risk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["principal.id"], name=op.f("fk_source_note_settled_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_source_note_theme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_note")),
    )
    op.create_index(op.f("ix_source_note_action_id"), "source_note", ["action_id"], unique=False)
    op.create_index(op.f("ix_source_note_check_id"), "source_note", ["check_id"], unique=False)
    op.create_index(op.f("ix_source_note_kpi_id"), "source_note", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_source_note_plan_id"), "source_note", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_source_note_recommendation_id"), "source_note", ["recommendation_id"], unique=False
    )
    op.create_index(op.f("ix_source_note_risk_id"), "source_note", ["risk_id"], unique=False)
    op.create_index(op.f("ix_source_note_settled_by"), "source_note", ["settled_by"], unique=False)
    op.create_index(op.f("ix_source_note_theme_id"), "source_note", ["theme_id"], unique=False)
    op.create_table(
        "theme_link",
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("recommendation_id", sa.BigInteger(), nullable=True),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("kpi_id", sa.BigInteger(), nullable=True),
        sa.Column("risk_id", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("tag_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(theme_id, recommendation_id, action_id, kpi_id, risk_id, check_id) = 1",
            name=op.f("ck_theme_link_one_item"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_theme_link_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["assurance_check.id"], name=op.f("fk_theme_link_check_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_theme_link_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_theme_link_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_theme_link_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"], ["risk.id"], name=op.f("fk_theme_link_risk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["theme.id"], name=op.f("fk_theme_link_tag_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_theme_link_theme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_link")),
    )
    op.create_index(op.f("ix_theme_link_action_id"), "theme_link", ["action_id"], unique=False)
    op.create_index(op.f("ix_theme_link_check_id"), "theme_link", ["check_id"], unique=False)
    op.create_index(op.f("ix_theme_link_kpi_id"), "theme_link", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_theme_link_plan_id"), "theme_link", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_theme_link_recommendation_id"), "theme_link", ["recommendation_id"], unique=False
    )
    op.create_index(op.f("ix_theme_link_risk_id"), "theme_link", ["risk_id"], unique=False)
    op.create_index(op.f("ix_theme_link_tag_id"), "theme_link", ["tag_id"], unique=False)
    op.create_index(op.f("ix_theme_link_theme_id"), "theme_link", ["theme_id"], unique=False)
    op.create_table(
        "escalation_event",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("escalation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind in ('raised', 'answered', 'climbed', 'resolved', 'withdrawn', 'referred', 'reopened')",
            name=op.f("ck_escalation_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["by"], ["principal.id"], name=op.f("fk_escalation_event_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalation.id"],
            name=op.f("fk_escalation_event_escalation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_escalation_event_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_event")),
    )
    op.create_index(op.f("ix_escalation_event_by"), "escalation_event", ["by"], unique=False)
    op.create_index(
        op.f("ix_escalation_event_escalation_id"), "escalation_event", ["escalation_id"], unique=False
    )
    op.create_index(op.f("ix_escalation_event_plan_id"), "escalation_event", ["plan_id"], unique=False)
    op.create_table(
        "measurement_revision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("numerator", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("denominator", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "known_to", sa.DateTime(timezone=True), server_default=sa.text("'infinity'"), nullable=False
        ),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.Column("submitted_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "grade in ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_measurement_revision_grade"),
        ),
        sa.CheckConstraint(
            "state in ('reported', 'nil_return', 'not_available', 'suppressed', 'not_applicable')",
            name=op.f("ck_measurement_revision_state"),
        ),
        sa.CheckConstraint(
            "workflow in ('loaded', 'signed_off', 'under_query')",
            name=op.f("ck_measurement_revision_workflow"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_measurement_revision_series_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement_revision")),
    )
    op.create_index(
        "ix_measurement_revision_known",
        "measurement_revision",
        ["series_id", "ends_on", "known_from"],
        unique=False,
    )
    op.create_index(
        "ix_measurement_revision_submission", "measurement_revision", ["submission_id"], unique=False
    )
    op.create_index(
        "uq_measurement_revision_current",
        "measurement_revision",
        ["series_id", "ends_on"],
        unique=True,
        postgresql_where=sa.text("known_to = 'infinity'"),
    )


def downgrade() -> None:
    run(
        """
        do $$
        declare
            doomed text;
        begin
            for doomed in
                select format('%I', tablename) from pg_tables
                where schemaname = 'public' and tablename <> 'alembic_version'
            loop
                execute format('drop table if exists public.%s cascade', doomed);
            end loop;
        end
        $$;
        drop schema as_of cascade;
        drop schema turnstone cascade;
        """
    )
