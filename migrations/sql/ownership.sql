-- The definer functions, the change record and all history belong to a role nobody can sign in as.
-- Policies name the service's and the worker's roles; the keeper and the migrating owner are let past
-- row-level security by policies of their own, so that FORCE holds for everyone else.

do $$
declare
    item record;
begin
    for item in
        select p.oid::regprocedure::text as signature
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'turnstone' and p.prosecdef
    loop
        execute format('alter function %s owner to turnstone_keeper', item.signature);
    end loop;

    for item in
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind = 'r' and c.relrowsecurity
    loop
        execute format(
            'create policy keep on public.%I to turnstone_keeper, %I using (true) with check (true)',
            item.relname, current_user
        );
    end loop;
end
$$;

grant select on all tables in schema public to turnstone_keeper;
-- An import of a whole document takes the ids of its rows before it inserts them.
grant usage on all sequences in schema public to turnstone_service, turnstone_worker;
grant insert, update on public.plan_pulse to turnstone_keeper;
grant update (seen_at) on public.browser_session to turnstone_keeper;
alter table public.change owner to turnstone_keeper;
grant execute on all functions in schema turnstone to turnstone_service, turnstone_worker;
grant execute on function turnstone.as_of(), turnstone.plans_with(text) to turnstone_lookback;
revoke execute on function turnstone.record_change(text, bigint, bigint, text, text, bigint)
    from public, turnstone_service, turnstone_worker;
grant select on public.alembic_version to turnstone_service, turnstone_worker;
