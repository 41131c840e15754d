"""Case-file audits.

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from migrations.versioning import Access, child, protect, protect_history, run, version

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEMPLATE_PART = child("audit_template:write")
AUDIT_PART = child("audit:write")

VERSIONED: dict[str, Access] = {
    "audit_template": TEMPLATE_PART,
    "audit_edition": TEMPLATE_PART,
    "audit_domain": TEMPLATE_PART,
    "audit_band": TEMPLATE_PART,
    "audit_measure": TEMPLATE_PART,
    "audit": AUDIT_PART,
    "audit_score": AUDIT_PART,
    "windscreen_position": AUDIT_PART,
}
"""Whoever reads the whole plan reads these; nobody is given single ones."""

GRANTED = (
    ("programme_manager", "audit_template:write"),
    ("programme_manager", "audit:write"),
    ("performance_officer", "audit_template:write"),
    ("performance_officer", "audit:write"),
    ("senior_leader", "audit:write"),
)


def upgrade() -> None:
    _create_tables()
    # A database made from nothing has them already: its role table is today's.
    granted = ", ".join(f"('{role}', '{permission}')" for role, permission in GRANTED)
    op.execute(
        text(f"insert into role_permission (role, permission) values {granted} on conflict do nothing")
    )
    for table, access in VERSIONED.items():
        version(table)
        protect(table, access)
        protect_history(table)
        for owned in (table, f"{table}_history"):
            run(
                f"""
                do $$
                begin
                    execute format(
                        'create policy keep on public.{owned} to turnstone_keeper, %I'
                        ' using (true) with check (true)', current_user
                    );
                end
                $$;
                grant select on public.{owned} to turnstone_keeper;
                """
            )


def _create_tables() -> None:
    op.create_table(
        "audit_template",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("edition", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_audit_template_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_template")),
    )
    op.create_index(op.f("ix_audit_template_plan_id"), "audit_template", ["plan_id"], unique=False)
    op.create_index(
        "uq_audit_template_ref",
        "audit_template",
        [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")],
        unique=True,
    )
    op.create_table(
        "audit_edition",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("moderation_expected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("scale_lowest", sa.Integer(), nullable=True),
        sa.Column("scale_highest", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(scale_lowest, scale_highest) <> 1 and scale_lowest < scale_highest",
            name=op.f("ck_audit_edition_scale"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_audit_edition_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["audit_template.id"],
            name=op.f("fk_audit_edition_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_edition")),
        sa.UniqueConstraint("template_id", "number", name=op.f("uq_audit_edition_template_id_number")),
    )
    op.create_index(op.f("ix_audit_edition_plan_id"), "audit_edition", ["plan_id"], unique=False)
    op.create_index(op.f("ix_audit_edition_template_id"), "audit_edition", ["template_id"], unique=False)
    op.create_table(
        "windscreen_position",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("judged_by_id", sa.BigInteger(), nullable=True),
        sa.Column("judge", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "grade in ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_windscreen_position_grade"),
        ),
        sa.CheckConstraint(
            "place in ('lower', 'middle', 'upper')", name=op.f("ck_windscreen_position_place")
        ),
        sa.ForeignKeyConstraint(
            ["judged_by_id"],
            ["party.id"],
            name=op.f("fk_windscreen_position_judged_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_windscreen_position_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["principal.id"],
            name=op.f("fk_windscreen_position_recorded_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_windscreen_position")),
    )
    op.create_index(
        "ix_windscreen_position_day",
        "windscreen_position",
        [sa.literal_column("plan_id"), sa.literal_column("judged_on desc")],
        unique=False,
    )
    op.create_index(
        op.f("ix_windscreen_position_judged_by_id"), "windscreen_position", ["judged_by_id"], unique=False
    )
    op.create_index(op.f("ix_windscreen_position_plan_id"), "windscreen_position", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_windscreen_position_recorded_by"), "windscreen_position", ["recorded_by"], unique=False
    )
    op.create_table(
        "audit",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("auditor_id", sa.BigInteger(), nullable=True),
        sa.Column("moderator_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("month ~ '^\\d{4}-\\d\\d$'", name=op.f("ck_audit_month")),
        sa.CheckConstraint(
            "withdrawn_because in ('recorded_twice', 'recorded_in_error', 'wrong_template', 'not_completed')",
            name=op.f("ck_audit_withdrawn_because"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(withdrawn_because, withdrawn_at) <> 1", name=op.f("ck_audit_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["auditor_id"], ["party.id"], name=op.f("fk_audit_auditor_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["audit_edition.id"], name=op.f("fk_audit_edition_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["party.id"], name=op.f("fk_audit_moderator_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_audit_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["principal.id"], name=op.f("fk_audit_recorded_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["party.id"], name=op.f("fk_audit_team_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["audit_template.id"], name=op.f("fk_audit_template_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_auditor_id"), "audit", ["auditor_id"], unique=False)
    op.create_index(op.f("ix_audit_edition_id"), "audit", ["edition_id"], unique=False)
    op.create_index(op.f("ix_audit_moderator_id"), "audit", ["moderator_id"], unique=False)
    op.create_index("ix_audit_month", "audit", ["template_id", "month"], unique=False)
    op.create_index(op.f("ix_audit_plan_id"), "audit", ["plan_id"], unique=False)
    op.create_index(op.f("ix_audit_recorded_by"), "audit", ["recorded_by"], unique=False)
    op.create_index(op.f("ix_audit_team_id"), "audit", ["team_id"], unique=False)
    op.create_index(op.f("ix_audit_template_id"), "audit", ["template_id"], unique=False)
    op.create_index(
        "uq_audit_ref", "audit", [sa.literal_column("plan_id"), sa.literal_column("lower(ref)")], unique=True
    )
    op.create_table(
        "audit_band",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lowest", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "grade in ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_audit_band_grade"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["audit_edition.id"], name=op.f("fk_audit_band_edition_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_audit_band_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["audit_template.id"], name=op.f("fk_audit_band_template_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_band")),
        sa.UniqueConstraint("edition_id", "position", name=op.f("uq_audit_band_edition_id_position")),
    )
    op.create_index(op.f("ix_audit_band_edition_id"), "audit_band", ["edition_id"], unique=False)
    op.create_index(op.f("ix_audit_band_plan_id"), "audit_band", ["plan_id"], unique=False)
    op.create_index(op.f("ix_audit_band_template_id"), "audit_band", ["template_id"], unique=False)
    op.create_table(
        "audit_domain",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.CheckConstraint("scale in ('grade', 'score')", name=op.f("ck_audit_domain_scale")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["audit_edition.id"], name=op.f("fk_audit_domain_edition_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_audit_domain_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["audit_template.id"],
            name=op.f("fk_audit_domain_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_domain")),
        sa.UniqueConstraint("edition_id", "position", name=op.f("uq_audit_domain_edition_id_position")),
    )
    op.create_index(op.f("ix_audit_domain_edition_id"), "audit_domain", ["edition_id"], unique=False)
    op.create_index(op.f("ix_audit_domain_plan_id"), "audit_domain", ["plan_id"], unique=False)
    op.create_index(op.f("ix_audit_domain_template_id"), "audit_domain", ["template_id"], unique=False)
    op.create_index(
        "uq_audit_domain_ref",
        "audit_domain",
        [sa.literal_column("edition_id"), sa.literal_column("lower(ref)")],
        unique=True,
    )
    op.create_table(
        "audit_measure",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("statistic", sa.Text(), nullable=False),
        sa.Column("grades", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "basis in ('operational_provisional', 'operational_final', 'validated_return')",
            name=op.f("ck_audit_measure_basis"),
        ),
        sa.CheckConstraint("stage in ('before', 'after', 'final')", name=op.f("ck_audit_measure_stage")),
        sa.CheckConstraint(
            "statistic in ('average', 'share', 'count')", name=op.f("ck_audit_measure_statistic")
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_audit_measure_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_audit_measure_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["audit_template.id"],
            name=op.f("fk_audit_measure_template_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_measure")),
        sa.UniqueConstraint("kpi_id", name=op.f("uq_audit_measure_kpi_id")),
    )
    op.create_index(op.f("ix_audit_measure_kpi_id"), "audit_measure", ["kpi_id"], unique=False)
    op.create_index(op.f("ix_audit_measure_plan_id"), "audit_measure", ["plan_id"], unique=False)
    op.create_index(op.f("ix_audit_measure_template_id"), "audit_measure", ["template_id"], unique=False)
    op.create_table(
        "audit_score",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("domain_id", sa.BigInteger(), nullable=False),
        sa.Column("before_grade", sa.Text(), nullable=True),
        sa.Column("before_score", sa.Integer(), nullable=True),
        sa.Column("after_grade", sa.Text(), nullable=True),
        sa.Column("after_score", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "after_grade in ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_audit_score_after_grade"),
        ),
        sa.CheckConstraint(
            "before_grade in ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_audit_score_before_grade"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(after_grade, after_score) = 0 or (num_nonnulls(after_grade, after_score) = 1 and (after_grade is null) = (before_grade is null))",
            name=op.f("ck_audit_score_after"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(before_grade, before_score) = 1", name=op.f("ck_audit_score_before")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_audit_score_audit_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["audit_domain.id"], name=op.f("fk_audit_score_domain_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_audit_score_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_score")),
        sa.UniqueConstraint("audit_id", "domain_id", name=op.f("uq_audit_score_audit_id_domain_id")),
    )
    op.create_index(op.f("ix_audit_score_audit_id"), "audit_score", ["audit_id"], unique=False)
    op.create_index(op.f("ix_audit_score_domain_id"), "audit_score", ["domain_id"], unique=False)
    op.create_index(op.f("ix_audit_score_plan_id"), "audit_score", ["plan_id"], unique=False)


def downgrade() -> None:
    for table in reversed(VERSIONED):
        run(
            f"""
            drop view as_of.{table};
            drop table public.{table}_history;
            drop table public.{table} cascade;
            drop function turnstone.keep_{table}();
            """
        )
    op.execute(
        text("delete from role_permission where permission in ('audit_template:write', 'audit:write')")
    )
