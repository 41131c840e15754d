"""Outside figures: datasets, their values, statistical neighbours.

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.versioning import child, protect, protect_global, protect_history, run, version

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IMPORTERS = ("admin", "performance_officer")
SIGNED_IN = "(select turnstone.principal()) is not null"
IMPORTS = (
    "(select turnstone.is_admin()) or (select turnstone.is_system())"
    " or cardinality((select turnstone.plans_with('benchmark:import'))) > 0"
)
GIVEN = "kpi_id = any((select turnstone.given('kpi'))::bigint[])"
EDITED = ("benchmark_dataset", "benchmark_indicator")
ADDED = (
    "benchmark_release",
    "benchmark_area",
    "benchmark_series",
    "benchmark_figure",
    "benchmark_neighbour",
    "benchmark_withdrawal",
)
"""What belongs to a release, and is never changed."""
WAITING = ("benchmark_import", "benchmark_import_part")
"""Files that wait for the worker."""


def upgrade() -> None:
    op.add_column("authority", sa.Column("la_code", sa.Text(), nullable=True))
    _dataset_tables()
    _release_tables()
    _withdrawal_table()
    _waiting_tables()
    _pairing_table()
    for role in IMPORTERS:
        run(
            "insert into role_permission (role, permission)"
            f" values ('{role}', 'benchmark:import') on conflict do nothing;"
        )
    for table in EDITED:
        protect_global(table, read=SIGNED_IN, write=IMPORTS)
    for table in ADDED:
        protect_global(table, read=SIGNED_IN, write=IMPORTS, verbs="select, insert")
    for table in WAITING:
        protect_global(table, read=IMPORTS, write=IMPORTS)
    version("kpi_benchmark")
    protect("kpi_benchmark", child("kpi:update", limited=GIVEN))
    protect_history("kpi_benchmark")
    for table in ("benchmark_dataset", "benchmark_release"):
        run(
            f"""
            create trigger bump_version before update on public.{table}
                for each row execute function turnstone.bump_version();
            create trigger note_change after insert or update or delete on public.{table}
                for each row execute function turnstone.note_change();
            """
        )
    run(
        """
        create trigger note_change after insert on public.benchmark_withdrawal
            for each row execute function turnstone.note_change();
        -- What a file holds is soon gone again: packing it costs more than it spares.
        alter table public.benchmark_import_part alter column content set storage external;
        """
    )
    for table in (*EDITED, *ADDED, *WAITING, "kpi_benchmark", "kpi_benchmark_history"):
        run(
            f"""
            do $$ begin execute format(
                'create policy keep on public.{table} to turnstone_keeper, %I using (true)'
                ' with check (true)', current_user); end $$;
            grant select on public.{table} to turnstone_keeper;
            """
        )


def downgrade() -> None:
    run("drop view as_of.kpi_benchmark; drop table kpi_benchmark_history, kpi_benchmark;")
    run("drop function turnstone.keep_kpi_benchmark();")
    for table in (*reversed(WAITING), *reversed(ADDED), *reversed(EDITED)):
        op.drop_table(table)
    run("delete from role_permission where permission = 'benchmark:import';")
    op.drop_column("authority", "la_code")


def _versioned() -> list[sa.Column[Any]]:
    now = sa.text("now()")
    return [
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
    ]


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _texts(name: str) -> sa.Column[list[str]]:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)


def _dataset_tables() -> None:
    op.create_table(
        "benchmark_dataset",
        *_versioned(),
        _id(),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        _texts("filters"),
        _texts("ignored"),
        sa.CheckConstraint("kind in ('figures', 'neighbours')", name=op.f("ck_benchmark_dataset_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_dataset")),
    )
    op.create_index(
        "uq_benchmark_dataset_ref", "benchmark_dataset", [sa.literal_column("lower(ref)")], unique=True
    )
    op.create_table(
        "benchmark_indicator",
        _id(),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("decimals", sa.Integer(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("no_quartile", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "unit in ('count', 'percent', 'rate_per_10000', 'days', 'months', 'ratio', 'score', 'currency',"
            " 'grade', 'none')",
            name=op.f("ck_benchmark_indicator_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["benchmark_dataset.id"],
            name=op.f("fk_benchmark_indicator_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_indicator")),
        sa.UniqueConstraint("dataset_id", "name", name=op.f("uq_benchmark_indicator_dataset_id_name")),
    )


def _release_tables() -> None:
    op.create_table(
        "benchmark_release",
        *_versioned(),
        _id(),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        _texts("filters"),
        _texts("indicators"),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("figures", sa.Integer(), nullable=False),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("turnstone.stamp()"),
            nullable=False,
        ),
        sa.Column("imported_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["benchmark_dataset.id"],
            name=op.f("fk_benchmark_release_dataset_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"],
            ["principal.id"],
            name=op.f("fk_benchmark_release_imported_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_release")),
    )
    op.create_index("ix_benchmark_release_file", "benchmark_release", ["dataset_id", "sha256"], unique=False)
    op.create_table(
        "benchmark_area",
        _id(),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _texts("new_codes"),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("region_name", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "level in ('national', 'regional', 'local_authority')", name=op.f("ck_benchmark_area_level")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["benchmark_release.id"],
            name=op.f("fk_benchmark_area_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_area")),
        sa.UniqueConstraint("release_id", "code", name=op.f("uq_benchmark_area_release_id_code")),
    )
    op.create_table(
        "benchmark_series",
        _id(),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("filters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["benchmark_release.id"],
            name=op.f("fk_benchmark_series_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_series")),
    )
    op.create_index(
        "uq_benchmark_series_filters",
        "benchmark_series",
        ["release_id", "indicator", sa.literal_column("md5(filters::text)")],
        unique=True,
    )
    op.create_table(
        "benchmark_figure",
        sa.Column("series_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("year_kind", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(18, 6), nullable=True),
        sa.CheckConstraint(
            "(state = 'reported') = (value is not null)", name=op.f("ck_benchmark_figure_value_if_reported")
        ),
        sa.CheckConstraint(
            "level in ('national', 'regional', 'local_authority')", name=op.f("ck_benchmark_figure_level")
        ),
        sa.CheckConstraint(
            "state in ('reported', 'not_applicable', 'unavailable', 'confidential', 'rounds_to_zero',"
            " 'low_reliability', 'blank')",
            name=op.f("ck_benchmark_figure_state"),
        ),
        sa.CheckConstraint(
            "year_kind in ('reporting_year', 'calendar_year', 'financial_year', 'academic_year')",
            name=op.f("ck_benchmark_figure_year_kind"),
        ),
        sa.PrimaryKeyConstraint("series_id", "year", "year_kind", "area", name=op.f("pk_benchmark_figure")),
    )
    op.create_table(
        "benchmark_neighbour",
        _id(),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("neighbour", sa.Text(), nullable=False),
        sa.Column("closeness", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["benchmark_release.id"],
            name=op.f("fk_benchmark_neighbour_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_neighbour")),
        sa.UniqueConstraint(
            "release_id", "area", "position", name=op.f("uq_benchmark_neighbour_release_id_area_position")
        ),
    )


def _withdrawal_table() -> None:
    op.create_table(
        "benchmark_withdrawal",
        _id(),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("turnstone.stamp()"),
            nullable=False,
        ),
        sa.Column("withdrawn_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["benchmark_release.id"],
            name=op.f("fk_benchmark_withdrawal_release_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"],
            ["principal.id"],
            name=op.f("fk_benchmark_withdrawal_withdrawn_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_withdrawal")),
        sa.UniqueConstraint("release_id", name=op.f("uq_benchmark_withdrawal_release_id")),
    )


def _waiting_tables() -> None:
    op.create_table(
        "benchmark_import",
        _id(),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("dry_run", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("told", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lines_read", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("bytes_read", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('pending', 'previewed', 'imported', 'refused', 'failed')",
            name=op.f("ck_benchmark_import_status"),
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["benchmark_dataset.id"],
            name=op.f("fk_benchmark_import_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["principal.id"], name=op.f("fk_benchmark_import_sent_by"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_import")),
    )
    for column in ("dataset_id", "sent_by"):
        op.create_index(op.f(f"ix_benchmark_import_{column}"), "benchmark_import", [column], unique=False)
    op.create_table(
        "benchmark_import_part",
        _id(),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["benchmark_import.id"],
            name=op.f("fk_benchmark_import_part_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_import_part")),
        sa.UniqueConstraint(
            "import_id", "position", name=op.f("uq_benchmark_import_part_import_id_position")
        ),
    )


def _pairing_table() -> None:
    op.create_table(
        "kpi_benchmark",
        *_versioned(),
        _id(),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("filters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("period_alike", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("definition_alike", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("definition_from", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(period_alike and definition_alike) or reason is not null",
            name=op.f("ck_kpi_benchmark_unlike_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_kpi_benchmark_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kpi_id"], ["kpi.id"], name=op.f("fk_kpi_benchmark_kpi_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["benchmark_dataset.id"],
            name=op.f("fk_kpi_benchmark_dataset_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_benchmark")),
    )
    for column in ("plan_id", "kpi_id", "dataset_id"):
        op.create_index(op.f(f"ix_kpi_benchmark_{column}"), "kpi_benchmark", [column], unique=False)
    op.create_index(
        "uq_kpi_benchmark_series",
        "kpi_benchmark",
        ["kpi_id", "dataset_id", "indicator", sa.literal_column("md5(filters::text)")],
        unique=True,
    )
