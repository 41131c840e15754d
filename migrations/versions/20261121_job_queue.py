"""The job queue's own tables, as procrastinate ships them.

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

from procrastinate.schema import SchemaManager

from migrations.versioning import run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(SchemaManager.get_schema())
    run(
        """
        grant select, insert, update, delete on procrastinate_jobs, procrastinate_events,
            procrastinate_periodic_defers, procrastinate_workers to turnstone_service, turnstone_worker;
        do $$ declare sequence text; begin
            for sequence in select sequencename from pg_sequences
                where schemaname = 'public' and sequencename like 'procrastinate%' loop
                execute format('grant usage on sequence %I to turnstone_service, turnstone_worker', sequence);
            end loop;
        end $$;
        """
    )


def downgrade() -> None:
    run(
        """
        drop table procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs,
            procrastinate_workers cascade;
        do $$
        declare
            signature text;
        begin
            foreach signature in array (
                select array_agg(p.oid::regprocedure::text)
                from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where n.nspname = 'public' and p.proname like 'procrastinate\\_%'
            )
            loop
                execute 'drop function if exists ' || signature || ' cascade';
            end loop;
            foreach signature in array (
                select array_agg(format('%I', t.typname)) from pg_type t
                join pg_namespace n on n.oid = t.typnamespace
                where n.nspname = 'public' and t.typname like 'procrastinate\\_%' and t.typtype in ('e', 'c')
                  and not exists (select from pg_class c where c.oid = t.typrelid and c.relkind <> 'c')
            )
            loop
                execute 'drop type if exists ' || signature || ' cascade';
            end loop;
        end
        $$;
        """
    )
