"""Doors for files: uploads and their parsing.

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.versioning import READERS, Access, protect, run

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SENDERS = " or ".join(
    f"plan_id = any((select turnstone.plans_with('measurement:{verb}'))::bigint[])"
    for verb in ("write", "write_set")
)
SEEN = "submission_id in (select s.id from public.submission s)"
"""A sender who reads nothing else of the plan sees its own submissions."""
OWN = "sent_by = (select turnstone.principal()) or (select turnstone.is_system())"


def upgrade() -> None:
    op.add_column("rejected_row", sa.Column("place", sa.Text(), nullable=True))
    op.create_table(
        "submission_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("problem_code", sa.Text(), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        *_of_plan("submission_report"),
        *_of_submission("submission_report"),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("percentages_are", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sent_by", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_read", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("bytes_read", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        *_of_plan("upload"),
        *_of_submission("upload"),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["principal.id"], name=op.f("fk_upload_sent_by"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_upload_sent_by"), "upload", ["sent_by"], unique=False)
    op.create_table(
        "upload_part",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("upload_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        *_of_plan("upload_part"),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["upload.id"], name=op.f("fk_upload_part_upload_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("upload_id", "position", name=op.f("uq_upload_part_upload_id_position")),
    )
    for table in ("submission_report", "upload", "upload_part"):
        op.create_index(op.f(f"ix_{table}_plan_id"), table, ["plan_id"], unique=False)
    _previewed_changes()
    # What a file holds is packed already or soon gone: packing it again costs more than it spares.
    run("alter table public.upload_part alter column content set storage external")
    protect(
        "submission_report",
        Access(limited=SEEN, also=f"({SENDERS}) and {SEEN}"),
        verbs="select, insert, update",
    )
    protect("upload", Access(also=f"({SENDERS}) and ({OWN})"))
    # What a file holds is for whoever sent it: it may tell of KPIs that others must not see.
    of_own = f"upload_id in (select u.id from public.upload u where {OWN})"
    protect(
        "upload_part", Access(read=None, also=f"({SENDERS}) and {of_own}"), verbs="select, insert, delete"
    )
    # The same holds for what was refused: until now a sender could read, and add to, what others had sent.
    _let_refused_rows(read=SEEN, insert=f"({SENDERS}) and {SEEN}")
    protect(
        "previewed_change",
        Access(limited=SEEN, also=f"({SENDERS}) and {SEEN}"),
        verbs="select, insert",
    )
    run(
        f"""
        grant delete on public.previewed_change to {READERS};
        create policy delete_previewed_change on public.previewed_change for delete to {READERS}
            using ((select turnstone.is_system()));
        """
    )
    for table in ("submission_report", "upload", "upload_part", "previewed_change"):
        # As for every table: the migrating owner and the keeper are let past the policies of others.
        run(
            f"""
            do $$ begin execute format(
                'create policy keep on public.{table} to turnstone_keeper, %I using (true) with check (true)',
                current_user); end $$;
            grant select on public.{table} to turnstone_keeper;
            """
        )
    _values_go_with_their_series()
    _index_submissions(using="brin")
    # Whoever sent a file may be gone by the time it is read: then the service says so.
    run(
        f"""
        create policy finish_submission on public.submission for update to {READERS}
            using ((select turnstone.is_system())) with check ((select turnstone.is_system()));
        """
    )


def _previewed_changes() -> None:
    numbers = ("value", "numerator", "denominator")
    op.create_table(
        "previewed_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("row_index", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Numeric(precision=18, scale=6), nullable=True) for name in numbers),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("held_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "outcome in ('created', 'updated', 'queued')", name=op.f("ck_previewed_change_outcome")
        ),
        sa.CheckConstraint(
            "basis in ('operational_provisional', 'operational_final', 'validated_return')",
            name=op.f("ck_previewed_change_basis"),
        ),
        sa.CheckConstraint(
            "state in ('reported', 'nil_return', 'not_available', 'suppressed', 'not_applicable')",
            name=op.f("ck_previewed_change_state"),
        ),
        sa.CheckConstraint(
            "grade in ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_previewed_change_grade"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_previewed_change_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previewed_change")),
    )
    op.create_index("ix_previewed_change_place", "previewed_change", ["submission_id", "row_index"])


def _let_refused_rows(*, read: str, insert: str) -> None:
    run(
        f"""
        drop policy read_rejected_row on public.rejected_row;
        drop policy insert_rejected_row on public.rejected_row;
        create policy read_rejected_row on public.rejected_row for select to {READERS}
            using (plan_id = any((select turnstone.plans_with('plan:read'))::bigint[]) or {read});
        create policy insert_rejected_row on public.rejected_row for insert to {READERS}
            with check ({insert});
        """
    )


def _values_go_with_their_series() -> None:
    """A trigger in place of the foreign key, which was looked up for every row of every push.

    What it guarded holds without it: values are written only while their series is locked, so it
    cannot be deleted under them; and what deletes a series takes its values along.
    """
    op.drop_constraint("fk_measurement_revision_series_id", "measurement_revision", type_="foreignkey")
    run(
        """
        create function turnstone.forget_values() returns trigger
            language plpgsql security definer set search_path = pg_catalog, public, turnstone
        as $$
        begin
            delete from public.measurement_revision r where r.series_id = old.id;
            return old;
        end
        $$;
        alter function turnstone.forget_values() owner to turnstone_keeper;
        revoke execute on function turnstone.forget_values() from public;
        grant select, delete on public.measurement_revision to turnstone_keeper;
        create trigger forget_values before delete on public.series
            for each row execute function turnstone.forget_values();
        """
    )


def _index_submissions(*, using: str) -> None:
    """By ranges of pages: values of one submission lie beside each other."""
    op.drop_index("ix_measurement_revision_submission", table_name="measurement_revision")
    op.create_index(
        "ix_measurement_revision_submission",
        "measurement_revision",
        ["submission_id"],
        unique=False,
        postgresql_using=using,
    )


def _of_plan(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f(f"fk_{table}_plan_id"), ondelete="CASCADE"
        ),
    )


def _of_submission(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f(f"fk_{table}_submission_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("submission_id", name=op.f(f"uq_{table}_submission_id")),
    )


def downgrade() -> None:
    run(
        """
        drop policy finish_submission on public.submission;
        drop trigger forget_values on public.series;
        drop function turnstone.forget_values();
        revoke delete on public.measurement_revision from turnstone_keeper;
        """
    )
    _index_submissions(using="btree")
    op.create_foreign_key(
        "fk_measurement_revision_series_id",
        "measurement_revision",
        "series",
        ["series_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.drop_table("previewed_change")
    _let_refused_rows(read=f"({SEEN}) or ({SENDERS})", insert=SENDERS)
    op.drop_table("upload_part")
    op.drop_table("upload")
    op.drop_table("submission_report")
    op.drop_column("rejected_row", "place")
