"""What makes a table plan-scoped: history by trigger, its view at another moment, and its policies.

One helper alters a table and its history together, so that the two never drift apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from alembic import op
from sqlalchemy import text

SQL = Path(__file__).parent / "sql"
READERS = "turnstone_service, turnstone_worker"


ARC = ("theme", "recommendation", "action", "kpi", "risk", "check")
ABOUT_ONE_ITEM = frozenset({"theme_link", "item_lead", "cross_reference", "ref_alias", "source_note"})
"""Tables whose rows belong to the item their arc names, else to the plan."""

BELONGS_TO = {
    "status_word": ("plan", "plan_id"),
    "colour_meaning": ("plan", "plan_id"),
    "stated_total": ("plan", "plan_id"),
    "board": ("plan", "plan_id"),
    "impact_statement": ("plan", "plan_id"),
    "judgement": ("inspection", "inspection_id"),
    "finding": ("inspection", "inspection_id"),
    "recommendation_part": ("recommendation", "recommendation_id"),
    "inspection_reference": ("recommendation", "recommendation_id"),
    "action_recommendation": ("action", "action_id"),
    "action_kpi": ("action", "action_id"),
    "milestone": ("action", "action_id"),
    "slip": ("action", "action_id"),
    "dimension_record": ("action", "action_id"),
    "assurance_check": ("check", "id"),
    "check_result": ("check", "check_id"),
    "audit_edition": ("audit_template", "template_id"),
    "audit_domain": ("audit_template", "template_id"),
    "audit_band": ("audit_template", "template_id"),
    "audit_score": ("audit", "audit_id"),
    "kpi_definition": ("kpi", "kpi_id"),
    "target": ("kpi", "kpi_id"),
    "kpi_recommendation": ("kpi", "kpi_id"),
    "segment": ("kpi", "kpi_id"),
    "rebase": ("kpi", "kpi_id"),
    "kpi_benchmark": ("kpi", "kpi_id"),
    "narrative_about": ("narrative", "narrative_id"),
    "risk_control": ("risk", "risk_id"),
    "risk_action": ("risk", "risk_id"),
    "ladder_stage": ("ladder", "ladder_id"),
    "escalation_event": ("escalation", "escalation_id"),
    "membership_item": ("membership", "membership_id"),
}
"""The kind of item a child row belongs to, and the column that says which; other tables are items."""


def item_of(table: str, row: str) -> str:
    """SQL of the item's kind and id, for a row of the table called ``row``."""
    if table not in ABOUT_ONE_ITEM:
        kind, column = BELONGS_TO.get(table, (table, "id"))
        return f"'{kind}', {row}.{column}"
    kinds = " ".join(f"when {row}.{kind}_id is not null then '{kind}'" for kind in ARC)
    ids = ", ".join(f"{row}.{kind}_id" for kind in ARC)
    if table == "item_lead":
        kinds += f" when {row}.kpi_recommendation_id is not null then 'kpi'"
        ids += (
            ", (select h.kpi_id from public.kpi_recommendation_history h"
            f" where h.id = {row}.kpi_recommendation_id order by lower(h.valid) desc limit 1)"
        )
    return f"case {kinds} else 'plan' end, coalesce({ids}, {row}.plan_id)"


def run_file(name: str) -> None:
    run((SQL / name).read_text())


def run(statements: str) -> None:
    """Several statements at once, past SQLAlchemy's parameter marks."""
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))


def columns_of(table: str) -> list[str]:
    rows = op.get_bind().execute(
        text(
            "select column_name from information_schema.columns"
            " where table_schema = 'public' and table_name = :table order by ordinal_position"
        ),
        {"table": table},
    )
    return [row[0] for row in rows]


@dataclass(frozen=True)
class Access:
    """Row conditions. ``limited`` is who may read a row without reading the whole plan; each verb
    is allowed to plans with the permission, or where ``led`` holds with its own permission.
    """

    create: str | None = None
    update: str | None = None
    delete: str | None = None
    limited: str | None = None
    led: str | None = None
    """A condition over the row, beside the permission ``led_permission``."""
    led_permission: str | None = None
    led_verbs: tuple[str, ...] = ("update",)
    plan_column: str = "plan_id"
    read: str | None = "plan:read"
    """Who reads every row; None where nobody does."""
    also: str | None = None
    """A further condition under which every verb is allowed, reading too."""


def child(
    permission: str, *, limited: str | None = None, led: str | None = None, by: str | None = None
) -> Access:
    """A table whose rows belong to another item: every verb is an update of that item."""
    return Access(
        create=permission,
        update=permission,
        delete=permission,
        limited=limited,
        led=led,
        led_permission=by,
        led_verbs=("insert", "update", "delete"),
    )


def add_columns(table: str, columns: Mapping[str, str]) -> None:
    """Add columns (name: SQL type with its default) to a table, its history, as-of view and trigger.

    A default is what rows had always said: the history written until now reads it too.
    """
    for name, kind in columns.items():
        run(
            f"""
            alter table public.{table} add column {name} {kind};
            alter table public.{table}_history add column {name} {kind};
            alter table public.{table}_history alter column {name} drop default;
            """
        )
    write_as_of_view(table)
    write_history_trigger(table)


def drop_columns(table: str, names: Iterable[str]) -> None:
    """Undo :func:`add_columns`."""
    run(f"drop view as_of.{table};")
    for name in names:
        run(f"alter table public.{table} drop column {name};")
        run(f"alter table public.{table}_history drop column {name};")
    write_as_of_view(table)
    write_history_trigger(table)


def let_keeper(table: str) -> None:
    """Let the definer functions' owner and the migrating role past a new table's policies."""
    run(
        f"""
        grant select on public.{table} to turnstone_keeper;
        do $$
        begin
            execute format(
                'create policy keep on public.{table} to turnstone_keeper, %I using (true) with check (true)',
                current_user
            );
        end
        $$;
        """
    )


def write_as_of_view(table: str) -> None:
    """(Re)write the table's view at another moment, after its columns changed."""
    listed = ", ".join(f'"{column}"' for column in columns_of(table))
    run(
        f"""
        drop view if exists as_of.{table};
        create view as_of.{table} as
            select {listed} from public.{table}_history where valid @> turnstone.as_of();
        grant select on as_of.{table} to {READERS};
        alter view as_of.{table} owner to turnstone_lookback;
        """
    )


def version(table: str) -> None:
    """Give a table with ``id``, ``plan_id``, ``version``, ``updated_at`` its history and as-of view."""
    plan = "id" if table == "plan" else "plan_id"
    run(
        f"""
        create trigger bump_version before update on public.{table}
            for each row execute function turnstone.bump_version();
        create table public.{table}_history (like public.{table});
        alter table public.{table}_history
            drop constraint if exists pk_{table}_history,
            alter column id drop identity if exists,
            add column valid tstzrange not null,
            add column change_id bigint not null;
        create unique index uq_{table}_history_current on public.{table}_history (id)
            where upper_inf(valid);
        create index ix_{table}_history_valid on public.{table}_history using gist ({plan}, valid);
        create index ix_{table}_history_item on public.{table}_history using gist (id, valid);
        create index ix_{table}_history_change on public.{table}_history (change_id);
        alter table public.{table}_history owner to turnstone_keeper;
        grant select on public.{table}_history to {READERS}, turnstone_lookback;
        """
    )
    write_as_of_view(table)
    write_history_trigger(table)


def write_history_trigger(table: str) -> None:
    """(Re)write the trigger function after the table's columns changed."""
    columns = columns_of(table)
    plan = "id" if table == "plan" else "plan_id"
    listed = ", ".join(f'"{column}"' for column in columns)
    new_values = ", ".join(f'new."{column}"' for column in columns)
    old_item, new_item = item_of(table, "old"), item_of(table, "new")
    run(
        f"""
        create or replace function turnstone.keep_{table}() returns trigger
            language plpgsql security definer set search_path = pg_catalog, public, turnstone
        as $$
        declare
            made bigint;
            begun timestamptz := turnstone.stamp();
            open_since timestamptz;
            is_own boolean;
        begin
            if tg_op = 'UPDATE' and new is not distinct from old then
                return null;
            end if;
            if tg_op = 'DELETE' then
                made := turnstone.record_change('{table}', old.id, old.{plan}, 'delete', {old_item});
            else
                made := turnstone.record_change('{table}', new.id, new.{plan}, lower(tg_op), {new_item});
            end if;
            if tg_op <> 'INSERT' then
                -- The stamp too: in a restored database, an old row may bear this transaction's number.
                select lower(h.valid), c.xid = pg_current_xact_id()::text::bigint and c.at = begun
                into open_since, is_own
                from public.{table}_history h join public.change c on c.id = h.change_id
                where h.id = old.id and upper_inf(h.valid);
                if is_own then
                    -- Written earlier in this very transaction: nobody ever saw it.
                    delete from public.{table}_history h where h.id = old.id and upper_inf(h.valid);
                    begun := open_since;
                else
                    begun := greatest(begun, open_since + interval '1 microsecond');
                    update public.{table}_history h set valid = tstzrange(lower(h.valid), begun)
                    where h.id = old.id and upper_inf(h.valid);
                end if;
            end if;
            if tg_op <> 'DELETE' then
                insert into public.{table}_history ({listed}, valid, change_id)
                values ({new_values}, tstzrange(begun, null), made);
            end if;
            return null;
        end
        $$;
        alter function turnstone.keep_{table}() owner to turnstone_keeper;
        revoke execute on function turnstone.keep_{table}() from public;
        create or replace trigger keep_history after insert or update or delete on public.{table}
            for each row execute function turnstone.keep_{table}();
        """
    )


def protect(table: str, access: Access, *, verbs: str = "select, insert, update, delete") -> None:
    """Row-level security on a plan-scoped table, forced on its owner too, one policy per verb."""
    plan = access.plan_column

    def in_plans(permission: str) -> str:
        return f"{plan} = any((select turnstone.plans_with('{permission}'))::bigint[])"

    def allowed(verb: str, permission: str | None) -> str:
        ways = [in_plans(permission)] if permission else []
        if access.led and access.led_permission and verb in access.led_verbs:
            ways.append(f"({in_plans(access.led_permission)} and ({access.led}))")
        if access.also:
            ways.append(f"({access.also})")
        return " or ".join(ways) or "false"

    ways = [in_plans(access.read)] if access.read else []
    ways += [f"({condition})" for condition in (access.limited, access.also) if condition]
    readable = " or ".join(ways)
    run(
        f"""
        alter table public.{table} enable row level security;
        alter table public.{table} force row level security;
        grant {verbs} on public.{table} to {READERS};
        create policy read_{table} on public.{table} for select to {READERS} using ({readable});
        """
    )
    for verb, permission in (("insert", access.create), ("update", access.update), ("delete", access.delete)):
        if verb not in verbs:
            continue
        rule = allowed(verb, permission)
        clauses = {
            "insert": f"with check ({rule})",
            "update": f"using ({rule}) with check ({rule})",
            "delete": f"using ({rule})",
        }[verb]
        run(f"create policy {verb}_{table} on public.{table} for {verb} to {READERS} {clauses};")


def protect_history(table: str) -> None:
    """Whole-plan readers read history; only the trigger's owner writes it.

    The as-of views read as ``turnstone_lookback``, whose policy is the same and holds the moment
    too: a range operator is not leakproof, so under any other policy it could not use an index, and
    every version of every row would be read to find those of one moment.
    """
    plan = "id" if table == "plan" else "plan_id"
    run(
        f"""
        alter table public.{table}_history enable row level security;
        alter table public.{table}_history force row level security;
        create policy read_{table}_history on public.{table}_history for select to {READERS}
            using ({plan} = any((select turnstone.plans_with('plan:read'))::bigint[]));
        create policy look_back_{table}_history on public.{table}_history for select
            to turnstone_lookback
            using (valid @> turnstone.as_of()
                   and {plan} = any((select turnstone.plans_with('plan:read'))::bigint[]));
        """
    )


def protect_global(
    table: str, *, read: str, write: str, verbs: str = "select, insert, update, delete"
) -> None:
    """Row-level security on a table of no plan: a condition to read and one to write."""
    run(
        f"""
        alter table public.{table} enable row level security;
        alter table public.{table} force row level security;
        grant {verbs} on public.{table} to {READERS};
        create policy read_{table} on public.{table} for select to {READERS} using ({read});
        """
    )
    if "insert" in verbs:
        run(f"create policy insert_{table} on public.{table} for insert to {READERS} with check ({write});")
    if "update" in verbs:
        run(
            f"create policy update_{table} on public.{table} for update to {READERS}"
            f" using ({write}) with check ({write});"
        )
    if "delete" in verbs:
        run(f"create policy delete_{table} on public.{table} for delete to {READERS} using ({write});")
