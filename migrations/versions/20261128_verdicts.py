"""Verdicts on series, and rebases.

Revision: 0007
Follows: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.versioning import (
    READERS,
    Access,
    add_columns,
    child,
    drop_columns,
    let_keeper,
    protect,
    protect_history,
    run,
    version,
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GIVEN_KPI = "kpi_id = any((select turnstone.given('kpi'))::bigint[])"
JUDGED = Access(limited=GIVEN_KPI, also="(select turnstone.is_system())")
"""Read with the KPI; written by the service itself, whoever's change made it judge."""

WORDS = {
    "variation": ("improvement", "concern", "change", "common_cause", "too_early", "not_applicable"),
    "rule": ("outside_limit", "trend", "two_of_three", "shift"),
    "assurance": ("consistently_passes", "consistently_fails", "hit_or_miss"),
    "basis": ("operational_provisional", "operational_final", "validated_return"),
    "state": ("proposed", "agreed", "rejected"),
    "spc_profile": ("mdc", "nhsr"),
}


def upgrade() -> None:
    add_columns("plan", {"spc_profile": "text not null default 'mdc'"})
    op.create_check_constraint(op.f("ck_plan_spc_profile"), "plan", _one_of("spc_profile", "spc_profile"))
    _verdict()
    _earlier_verdict()
    _rebase()
    for table, verbs in (("verdict", "select, insert, update"), ("earlier_verdict", "select, insert")):
        protect(table, JUDGED, verbs=verbs)
        let_keeper(table)
    version("rebase")
    protect("rebase", child("kpi:update", limited=GIVEN_KPI), verbs="select, insert, update")
    protect_history("rebase")
    let_keeper("rebase")
    let_keeper("rebase_history")
    _two_people()
    run(
        f"""
        -- The past has no stored verdicts: an as-of read judges anew, and finds none here.
        create view as_of.verdict with (security_invoker) as select * from public.verdict where false;
        create view as_of.earlier_verdict with (security_invoker) as
            select * from public.earlier_verdict where at <= turnstone.as_of();
        grant select on as_of.verdict, as_of.earlier_verdict to {READERS};

        -- A judgement made by a job changes what readers see, yet changes no item: the plan's pulse beats.
        create function turnstone.beat(beating bigint) returns void
            language plpgsql volatile security definer set search_path = pg_catalog, public, turnstone
        as $$
        begin
            if turnstone.is_system() then
                update public.plan_pulse set pulse = pulse + 1 where plan_id = beating;
            end if;
        end
        $$;
        alter function turnstone.beat(bigint) owner to turnstone_keeper;
        revoke execute on function turnstone.beat(bigint) from public;
        grant execute on function turnstone.beat(bigint) to {READERS};

        insert into public.verdict (series_id, plan_id, kpi_id, body, is_pending)
        select id, plan_id, kpi_id, '{{}}'::jsonb, true from public.series;
        """
    )


def _one_of(column: str, kind: str) -> str:
    words = ", ".join(f"'{word}'" for word in WORDS[kind])
    return f"{column} in ({words})"


def _word(table: str, column: str, kind: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(_one_of(column, kind), name=op.f(f"ck_{table}_{column}"))


def _points(table: str, column: str, target: str, on_delete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=on_delete
    )


def _moment(name: str, *, null: bool) -> sa.Column[object]:
    default = None if null else sa.text("now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=null)


def _verdict() -> None:
    op.create_table(
        "verdict",
        sa.Column("series_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("variation", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("signed_off_variation", sa.Text(), nullable=True),
        sa.Column("signed_off_rule", sa.Text(), nullable=True),
        sa.Column("assurance", sa.Text(), nullable=True),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("marks", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("inputs", postgresql.JSONB(), nullable=True),
        sa.Column("series_revision", sa.Integer(), nullable=True),
        _moment("judged_at", null=True),
        sa.Column("is_pending", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("pending_by", sa.BigInteger(), nullable=True),
        _word("verdict", "variation", "variation"),
        _word("verdict", "rule", "rule"),
        _word("verdict", "signed_off_variation", "variation"),
        _word("verdict", "signed_off_rule", "rule"),
        _word("verdict", "assurance", "assurance"),
        _points("verdict", "series_id", "series", "CASCADE"),
        sa.PrimaryKeyConstraint("series_id", name=op.f("pk_verdict")),
    )
    op.create_index("ix_verdict_kpi_id", "verdict", ["kpi_id"])
    op.create_index(
        "ix_verdict_pending", "verdict", ["plan_id", "series_id"], postgresql_where=sa.text("is_pending")
    )


def _earlier_verdict() -> None:
    op.create_table(
        "earlier_verdict",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column("because", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", sa.BigInteger(), nullable=True),
        _moment("at", null=False),
        _points("earlier_verdict", "series_id", "series", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_verdict")),
    )
    op.create_index(op.f("ix_earlier_verdict_series_id"), "earlier_verdict", ["series_id"])
    op.create_index("ix_earlier_verdict_kpi_id", "earlier_verdict", ["kpi_id", "at"])


def _rebase() -> None:
    op.create_table(
        "rebase",
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        _moment("created_at", null=False),
        _moment("updated_at", null=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kpi_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("from_period", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=True),
        sa.Column("proposer", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decider", sa.Text(), nullable=True),
        _moment("decided_at", null=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        _word("rebase", "basis", "basis"),
        _word("rebase", "state", "state"),
        sa.CheckConstraint(
            "state <> 'agreed' or decided_by <> proposed_by", name=op.f("ck_rebase_agreed_by_another")
        ),
        sa.CheckConstraint("(state = 'proposed') = (decided_at is null)", name=op.f("ck_rebase_decided")),
        _points("rebase", "plan_id", "plan", "CASCADE"),
        _points("rebase", "kpi_id", "kpi", "CASCADE"),
        _points("rebase", "segment_id", "segment", "CASCADE"),
        _points("rebase", "proposed_by", "principal", "SET NULL"),
        _points("rebase", "decided_by", "principal", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rebase")),
        sa.UniqueConstraint("kpi_id", "number", name=op.f("uq_rebase_kpi_id_number")),
    )
    for column in ("plan_id", "segment_id", "proposed_by", "decided_by"):
        op.create_index(op.f(f"ix_rebase_{column}"), "rebase", [column])


def _two_people() -> None:
    """A rebase takes two: nobody proposes, or decides, in another's name.

    A person who is deleted leaves what was agreed as it is, so this is asked when it is agreed and not
    of every row there is. What a plan document tells was decided elsewhere, in words and by nobody here.
    """
    run(
        f"""
        create policy propose_as_oneself on public.rebase as restrictive for insert to {READERS}
            with check (proposed_by = (select turnstone.principal()));
        create policy decide_as_oneself on public.rebase as restrictive for update to {READERS}
            using (true)
            with check (decided_by is null or decided_by = (select turnstone.principal()));

        create function turnstone.guard_rebase() returns trigger
            language plpgsql set search_path = pg_catalog, public, turnstone
        as $$
        begin
            if tg_op = 'INSERT' then
                if new.state <> 'proposed' and (new.decided_by is not null
                        or new.decider is null or new.proposer is null) then
                    raise exception 'a rebase begins as a proposal' using errcode = 'check_violation';
                end if;
                return new;
            end if;
            if new.proposed_by is distinct from old.proposed_by and new.proposed_by is not null then
                raise exception 'who proposed a rebase never changes' using errcode = 'check_violation';
            end if;
            if new.state = 'agreed' and old.state <> 'agreed'
               and (new.decided_by is not null or new.decider is null)
               and (new.decided_by = new.proposed_by) is not false then
                raise exception 'a rebase is agreed to by a second person' using errcode = 'check_violation';
            end if;
            return new;
        end
        $$;
        create trigger two_people before insert or update on public.rebase
            for each row execute function turnstone.guard_rebase();
        """
    )


def downgrade() -> None:
    run(
        """
        drop function turnstone.beat(bigint);
        drop view as_of.verdict, as_of.earlier_verdict, as_of.rebase;
        drop table public.verdict, public.earlier_verdict, public.rebase_history, public.rebase cascade;
        drop function turnstone.keep_rebase(), turnstone.guard_rebase();
        """
    )
    op.drop_constraint(op.f("ck_plan_spc_profile"), "plan")
    drop_columns("plan", ["spc_profile"])
