-- Schemas, the roles that own nothing, and the functions every policy and trigger calls.
-- The definer functions pin their search_path: a caller's own objects must never stand in for ours.

create extension if not exists btree_gist;

do $$
begin
    if not exists (select from pg_roles where rolname = 'turnstone_service') then
        create role turnstone_service nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'turnstone_worker') then
        create role turnstone_worker nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'turnstone_lookback') then
        create role turnstone_lookback nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'turnstone_keeper') then
        create role turnstone_keeper nologin;
    end if;
exception when duplicate_object or unique_violation then
    null;  -- another database of the same cluster was migrated at the same moment
end
$$;

do $$
begin
    if not pg_has_role(current_user, 'turnstone_keeper', 'usage') then
        execute format('grant turnstone_keeper to %I', current_user);
    end if;
    if not pg_has_role(current_user, 'turnstone_lookback', 'usage') then
        execute format('grant turnstone_lookback to %I', current_user);
    end if;
end
$$;

create schema turnstone;
create schema as_of;
grant usage on schema turnstone, as_of
    to turnstone_service, turnstone_worker, turnstone_keeper, turnstone_lookback;
grant create on schema as_of to turnstone_lookback;
grant usage, create on schema turnstone to turnstone_keeper;
grant usage on schema public to turnstone_service, turnstone_worker, turnstone_keeper;
grant create on schema public to turnstone_keeper;

-- An unset setting reads back as '' on a pooled connection: nullif makes both "nobody".
create function turnstone.principal() returns bigint
    language sql stable parallel safe
    return nullif(current_setting('turnstone.principal', true), '')::bigint;

create function turnstone.as_of() returns timestamptz
    language sql stable parallel safe
    return nullif(current_setting('turnstone.as_of', true), '')::timestamptz;

-- The civil date in London, or the stand-in that sample mode and tests may set.
create function turnstone.today() returns date
    language sql stable parallel safe
    return coalesce(
        nullif(current_setting('turnstone.today', true), '')::date,
        (now() at time zone 'Europe/London')::date
    );

-- A date as plans give them, in the form the API shows: null where nothing at all is known.
-- Stable, as what it calls is: called immutable, it would not be written into the queries that use it.
create function turnstone.fuzzy(day date, fineness text, ongoing boolean, words text) returns json
    language sql stable parallel safe
    return case when day is not null or ongoing or words is not null then json_build_object(
        'date', case fineness
            when 'day' then to_char(day, 'YYYY-MM-DD')
            when 'month' then to_char(day, 'YYYY-MM')
            when 'quarter' then to_char(day, 'YYYY"-Q"Q')
            when 'year' then to_char(day, 'YYYY')
        end,
        'on', day, 'precision', fineness, 'ongoing', ongoing, 'text', words
    ) end;

create function turnstone.utc(moment timestamptz) returns text
    language sql stable parallel safe
    return to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
