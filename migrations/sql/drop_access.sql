do $$
declare
    item record;
    signature text;
begin
    drop schema as_of cascade;
    for item in select tablename from pg_tables where schemaname = 'public' and tablename like '%\_history' loop
        execute format('drop table public.%I cascade', item.tablename);
    end loop;
    for item in select schemaname, tablename, policyname from pg_policies where schemaname = 'public' loop
        execute format('drop policy %I on public.%I', item.policyname, item.tablename);
    end loop;
    for item in
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind = 'r' and c.relrowsecurity
    loop
        execute format('alter table public.%I no force row level security', item.relname);
        execute format('alter table public.%I disable row level security', item.relname);
    end loop;
    -- Gathered first: once one is dropped by cascade, a later row could no longer print its name.
    foreach signature in array (
        select array_agg(p.oid::regprocedure::text)
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'turnstone' and p.proname not in ('principal', 'as_of', 'today', 'fuzzy', 'utc')
    )
    loop
        execute format('drop function if exists %s cascade', signature);
    end loop;
    execute format('alter table public.change owner to %I', current_user);
    revoke all on all tables in schema public
        from turnstone_service, turnstone_worker, turnstone_keeper, turnstone_lookback;
    revoke all on all sequences in schema public from turnstone_service, turnstone_worker;
    revoke all on all functions in schema turnstone
        from turnstone_service, turnstone_worker, turnstone_lookback;
    delete from public.role_permission;
    drop view public.series_facts;
    drop view public.measurement;
    create schema as_of;
    grant usage on schema as_of
        to turnstone_service, turnstone_worker, turnstone_keeper, turnstone_lookback;
    grant create on schema as_of to turnstone_lookback;
end
$$;
