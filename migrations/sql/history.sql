-- The change record, and the stamp that all rows of one transaction share.

-- One instant per transaction, taken at its first write and not at its start, so that a transaction
-- that waited does not date its rows before those it waited for. While the transaction runs, an
-- instant just before stands in pg_locks as a shared advisory lock, where any role can see what is not
-- settled. The lock comes first: whoever looked and did not see it, looked before the stamp was taken.
create function turnstone.stamp() returns timestamptz
    language plpgsql volatile set search_path = pg_catalog, public, turnstone
as $$
declare
    held text := nullif(current_setting('turnstone.stamp', true), '');
begin
    if held is null then
        perform pg_advisory_xact_lock_shared((extract(epoch from clock_timestamp()) * 1000000)::bigint);
        held := clock_timestamp()::text;
        perform set_config('turnstone.stamp', held, true);
    end if;
    return held::timestamptz;
end
$$;

-- Whether some transaction still running may yet write rows dated at or before this moment.
create function turnstone.is_unsettled(moment timestamptz) returns boolean
    language sql volatile set search_path = pg_catalog
as $$
    select moment > clock_timestamp() - interval '50 milliseconds' or exists (
        select from pg_locks
        where locktype = 'advisory' and objsubid = 1 and mode = 'ShareLock'
          and database = (select oid from pg_database where datname = current_database())
          and (classid::bigint << 32 | objid::bigint) <= (extract(epoch from moment) * 1000000)::bigint
          and (classid::bigint << 32 | objid::bigint) > 1000000000000000
    )
$$;

create function turnstone.record_change(
    entity text, entity_id bigint, plan_id bigint, verb text, item_kind text, item_id bigint
) returns bigint
    language sql volatile security definer set search_path = pg_catalog, public, turnstone
as $$
    insert into public.change
        (at, plan_id, principal_id, request_id, reason, entity, entity_id, verb, item_kind, item_id)
    values (
        turnstone.stamp(), record_change.plan_id, turnstone.principal(),
        nullif(current_setting('turnstone.request_id', true), ''),
        nullif(current_setting('turnstone.reason', true), ''),
        record_change.entity, record_change.entity_id, record_change.verb,
        record_change.item_kind, coalesce(record_change.item_id, record_change.entity_id)
    )
    returning id
$$;

-- For tables that keep no history (people, credentials' owners): that it changed, not what.
create function turnstone.note_change() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, turnstone
as $$
begin
    perform turnstone.record_change(
        tg_table_name::text, case when tg_op = 'DELETE' then old.id else new.id end, null, lower(tg_op),
        tg_table_name::text, null
    );
    return null;
end
$$;

create function turnstone.bump_version() returns trigger
    language plpgsql set search_path = pg_catalog
as $$
begin
    if new is distinct from old then
        new.version := old.version + 1;
        new.updated_at := clock_timestamp();
    end if;
    return new;
end
$$;

-- Counts transactions, once per plan, at commit: writers hold the plan's pulse only for that moment.
-- What belongs to no plan (a person's name, a team) is seen from every plan, so it counts in all.
create function turnstone.count_pulse() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, turnstone
as $$
declare
    counted text := coalesce(current_setting('turnstone.pulsed', true), '');
begin
    if new.plan_id is not null and strpos(counted, ',' || new.plan_id || ',') = 0 then
        insert into public.plan_pulse as p (plan_id, pulse)
            select new.plan_id, 1 where exists (select from public.plan where id = new.plan_id)
            on conflict (plan_id) do update set pulse = p.pulse + 1;
        perform set_config('turnstone.pulsed', counted || ',' || new.plan_id || ',', true);
    elsif new.plan_id is null and new.entity <> 'integration_secret' and strpos(counted, ',all,') = 0 then
        -- In one order, so that two of them never wait for each other.
        perform from public.plan_pulse order by plan_id for update;
        update public.plan_pulse set pulse = pulse + 1;
        perform set_config('turnstone.pulsed', counted || ',all,', true);
    end if;
    return null;
end
$$;

create constraint trigger count_pulse after insert on public.change
    deferrable initially deferred for each row execute function turnstone.count_pulse();
