"""The database's own catalogue: that no table, view, function or role is left open by oversight."""

from __future__ import annotations

from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from api.auth.permissions import ROLE_TABLE

PROTECTED_OTHERWISE = {"alembic_version"}
"""Read-only to the service, and about nobody."""

JOBS = "procrastinate_"
"""The job queue's tables: ids of work to do, written by the service, never shown."""

NO_HISTORY = {
    "series",
    "measurement_revision",
    "late_revision",
    "confirmation",
    "previewed_change",
    "rejected_row",
    "row_warning",
    "submission_report",
    "upload",
    "upload_part",
    "plan_pulse",
    "rendered",
    "change",
    "verdict",
    "earlier_verdict",
}
"""Plan-scoped tables that are themselves a history, kept beside one, or only a cache, counter or wait."""

ROLES = ("turnstone_service", "turnstone_worker")

Owner = AsyncConnection[DictRow]


async def found(owner: Owner, query: LiteralString, *values: Any) -> list[str]:
    """The first column of every row."""
    rows = await (await owner.execute(query, values)).fetchall()
    return [str(next(iter(row.values()))) for row in rows]


async def tables(owner: Owner) -> list[str]:
    names = await found(
        owner,
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname in ('public', 'turnstone', 'as_of') and c.relkind in ('r', 'p') order by 1",
    )
    return [name for name in names if name not in PROTECTED_OTHERWISE and not name.startswith(JOBS)]


class TestTables:
    async def test_row_level_security_is_on_and_forced_on_each(self, owner: Owner) -> None:
        held = await found(
            owner,
            "select relname from pg_class where relrowsecurity and relforcerowsecurity"
            " and relnamespace = 'public'::regnamespace",
        )
        assert set(await tables(owner)) - set(held) == set()

    async def test_each_verb_that_is_granted_has_a_policy(self, owner: Owner) -> None:
        open_to_all = await found(
            owner,
            """
            select c.relname || ' ' || verb.name || ' ' || r.rolname
            from pg_class c
            cross join (values ('SELECT', 'r'), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd'))
                as verb (name, code)
            join pg_roles r on r.rolname = any(%s)
            where c.relname = any(%s) and c.relnamespace = 'public'::regnamespace
              and has_table_privilege(r.oid, c.oid, verb.name)
              and not exists (
                  select from pg_policy p
                  where p.polrelid = c.oid and p.polcmd = verb.code::"char" and r.oid = any(p.polroles))
            """,
            list(ROLES),
            await tables(owner),
        )
        assert open_to_all == []

    async def test_what_may_be_written_may_be_read(self, owner: Owner) -> None:
        unread = await found(
            owner,
            "select c.relname from pg_class c where c.relname = any(%s)"
            " and c.relnamespace = 'public'::regnamespace and not exists ("
            "   select from pg_policy p where p.polrelid = c.oid and p.polcmd = 'r')",
            await tables(owner),
        )
        assert unread == []

    async def test_no_policy_speaks_to_everyone(self, owner: Owner) -> None:
        wide = await found(owner, "select polname from pg_policy where polroles = '{0}'")
        assert wide == []

    async def test_nothing_is_granted_beyond_reading_and_writing_rows(self, owner: Owner) -> None:
        beyond = await found(
            owner,
            """
            select c.relname || ' ' || verb || ' ' || r.rolname
            from pg_class c cross join unnest(array['TRUNCATE', 'REFERENCES', 'TRIGGER']) verb
            join pg_roles r on r.rolname = any(%s)
            where c.relkind in ('r', 'v') and c.relnamespace::regnamespace::text
                  in ('public', 'as_of', 'turnstone')
              and has_table_privilege(r.oid, c.oid, verb)
            """,
            list(ROLES),
        )
        assert beyond == []

    async def test_nothing_is_granted_to_everyone(self, owner: Owner) -> None:
        public = await found(
            owner,
            "select distinct table_schema || '.' || table_name from information_schema.table_privileges"
            " where grantee = 'PUBLIC' and table_schema in ('public', 'as_of', 'turnstone')",
        )
        assert public == []

    async def test_of_a_revision_only_its_end_may_be_written(self, owner: Owner) -> None:
        writable = await found(
            owner,
            "select distinct a.attname from pg_attribute a join pg_roles r on r.rolname = any(%s)"
            " where a.attrelid = 'public.measurement_revision'::regclass and a.attnum > 0"
            " and not a.attisdropped and has_column_privilege(r.oid, a.attrelid, a.attnum, 'UPDATE')",
            list(ROLES),
        )
        assert writable == ["known_to"]


class TestHistory:
    async def test_each_plan_scoped_table_keeps_one(self, owner: Owner) -> None:
        scoped = await found(
            owner,
            "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'plan_id'"
            " and not a.attisdropped and c.relname not like '%%\\_history'",
        )
        names = set(await tables(owner))
        bare = {name for name in scoped if f"{name}_history" not in names}
        assert bare == NO_HISTORY

    async def test_it_holds_every_column_of_its_table(self, owner: Owner) -> None:
        lost = await found(
            owner,
            """
            select h.relname || '.' || a.attname
            from pg_class h
            join pg_class c on c.relnamespace = h.relnamespace
                           and c.relname = regexp_replace(h.relname, '_history$', '')
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            left join pg_attribute b on b.attrelid = h.oid and b.attname = a.attname
                                    and b.atttypid = a.atttypid
            where h.relname like '%%\\_history' and h.relnamespace = 'public'::regnamespace
              and b.attname is null
            """,
        )
        assert lost == []

    async def test_triggers_alone_write_it(self, owner: Owner) -> None:
        writable = await found(
            owner,
            """
            select c.relname || ' ' || verb || ' ' || r.rolname
            from pg_class c cross join unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) verb
            join pg_roles r on r.rolname = any(%s)
            where c.relnamespace = 'public'::regnamespace
              and (c.relname like '%%\\_history' or c.relname in ('change', 'plan_pulse', 'role_permission'))
              and has_table_privilege(r.oid, c.oid, verb)
            """,
            list(ROLES),
        )
        assert writable == []

    async def test_it_belongs_to_a_role_that_nobody_signs_in_as(self, owner: Owner) -> None:
        owners = await found(
            owner,
            "select distinct relowner::regrole::text from pg_class"
            " where relnamespace = 'public'::regnamespace and relkind = 'r'"
            " and (relname like '%%\\_history' or relname = 'change')",
        )
        assert owners == ["turnstone_keeper"]
        assert await found(owner, "select rolcanlogin from pg_roles where rolname = 'turnstone_keeper'") == [
            "False"
        ]

    async def test_no_secret_has_a_column_in_it(self, owner: Owner) -> None:
        suspicious = await found(
            owner,
            "select table_name || '.' || column_name from information_schema.columns"
            " where table_schema = 'public' and (table_name like '%%\\_history' or table_name = 'change')"
            " and column_name ~ '(hash|secret|password|token|pem)'",
        )
        assert suspicious == []


class TestFunctionsAndViews:
    async def test_each_definer_function_pins_its_search_path(self, owner: Owner) -> None:
        loose = await found(
            owner,
            "select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')"
            " and not coalesce(array_to_string(p.proconfig, ',') like '%%search_path=pg_catalog%%', false)",
        )
        assert loose == []

    async def test_each_definer_function_belongs_to_the_keeper(self, owner: Owner) -> None:
        owners = await found(
            owner,
            "select distinct p.proowner::regrole::text from pg_proc p"
            " join pg_namespace n on n.oid = p.pronamespace"
            " where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')",
        )
        assert owners == ["turnstone_keeper"]

    async def test_nobody_writes_the_change_record_by_calling_its_function(self, owner: Owner) -> None:
        may = await found(
            owner,
            "select r.rolname from pg_roles r where r.rolname = any(%s) and has_function_privilege("
            " r.oid, (select p.oid from pg_proc p where p.proname = 'record_change'), 'execute')",
            list(ROLES),
        )
        assert may == []

    async def test_each_view_shows_what_its_reader_may_see(self, owner: Owner) -> None:
        definers = await found(
            owner,
            "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('v', 'm') and n.nspname in ('public', 'as_of', 'turnstone')"
            " and not coalesce(c.reloptions::text ~ 'security_invoker=(true|on|1)', false)"
            " and not (n.nspname = 'as_of' and pg_get_userbyid(c.relowner) = 'turnstone_lookback')",
        )
        assert definers == []

    async def test_the_past_is_read_as_a_role_that_row_level_security_binds(self, owner: Owner) -> None:
        powers = await found(
            owner,
            "select rolname from pg_roles where rolname = 'turnstone_lookback'"
            " and (rolsuper or rolbypassrls or rolcanlogin or rolcreaterole or rolcreatedb)",
        )
        owned = await found(
            owner,
            "select c.oid::regclass::text from pg_class c"
            " where pg_get_userbyid(c.relowner) = 'turnstone_lookback' and c.relkind <> 'v'",
        )
        unbound = await found(
            owner,
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = 'public' and right(c.relname, 8) = '_history' and not exists ("
            "   select from pg_policies p where p.tablename = c.relname"
            "   and p.roles = array['turnstone_lookback'::name] and p.cmd = 'SELECT'"
            "   and strpos(p.qual, 'plans_with(''plan:read''') > 0)"
            " and c.relkind = 'r'",
        )
        assert (powers, owned, unbound) == ([], [], [])


class TestRoles:
    async def test_the_services_roles_have_no_power_past_the_policies(self, owner: Owner) -> None:
        powers = await found(
            owner,
            "select rolname from pg_roles where rolname = any(%s)"
            " and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)",
            list(ROLES),
        )
        assert powers == []

    async def test_they_own_nothing(self, owner: Owner) -> None:
        owned = await found(
            owner,
            "select classid::regclass::text || ' ' || objid from pg_shdepend"
            " where deptype = 'o' and refobjid = any(select oid from pg_roles where rolname = any(%s))"
            " and dbid in (0, (select oid from pg_database where datname = current_database()))"
            # A staging table of intake at work is temporary, and its own.
            " and not (classid = 'pg_class'::regclass"
            "          and exists (select from pg_class c where c.oid = objid and c.relpersistence = 't'))",
            list(ROLES),
        )
        assert owned == []

    async def test_they_cannot_become_anyone_else(self, owner: Owner) -> None:
        memberships = await found(
            owner,
            "select m.roleid::regrole::text from pg_auth_members m join pg_roles r on r.oid = m.member"
            " where r.rolname = any(%s)",
            list(ROLES),
        )
        assert memberships == []

    async def test_they_make_nothing_in_our_schemas(self, owner: Owner) -> None:
        may = await found(
            owner,
            "select r.rolname || ' ' || n.nspname from pg_roles r cross join pg_namespace n"
            " where r.rolname = any(%s) and n.nspname in ('public', 'as_of', 'turnstone')"
            " and has_schema_privilege(r.oid, n.oid, 'create')",
            list(ROLES),
        )
        assert may == []

    async def test_the_databases_role_table_is_the_codes(self, owner: Owner) -> None:
        held = await found(owner, "select role || ' ' || permission from role_permission")
        assert set(held) == {
            f"{role.value} {permission.value}"
            for role, granted in ROLE_TABLE.items()
            for permission in granted
        }
