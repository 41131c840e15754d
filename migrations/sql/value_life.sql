-- The life of a value: which periods are locked, what is known once a delivery was withdrawn, and the
-- queue of late revisions as it stood at another moment.

-- Which of these periods of KPIs are locked: the last word anyone said of it, else by itself so many
-- days after its end. The days may be the feed's, which whoever pushes need not see: hence the definer.
-- As of another moment it answers from history, for it pins its own search_path.
create function turnstone.locked(in_plan bigint, on_day date, kpis bigint[], ends date[])
    returns table (kpi_id bigint, ends_on date)
    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
#variable_conflict use_column
begin
    if turnstone.as_of() is not null then
        return query
            select asked.kpi_id, asked.ends_on
            from unnest(kpis, ends) asked (kpi_id, ends_on)
            join public.kpi_history k
                on k.id = asked.kpi_id and k.plan_id = in_plan and k.valid @> turnstone.as_of()
            left join public.feed_history f on f.id = k.feed_id and f.valid @> turnstone.as_of()
            left join lateral (
                select l.is_locked from public.period_lock_history l
                where l.plan_id = in_plan and l.valid @> turnstone.as_of()
                  and (l.kpi_id is null or l.kpi_id = asked.kpi_id)
                  and asked.ends_on between l.from_on and l.to_on
                order by l.id desc limit 1
            ) said on true
            where coalesce(
                said.is_locked, asked.ends_on + coalesce(k.locks_after_days, f.locks_after_days) < on_day, false
            );
        return;
    end if;
    return query
        select asked.kpi_id, asked.ends_on
        from unnest(kpis, ends) asked (kpi_id, ends_on)
        join public.kpi k on k.id = asked.kpi_id and k.plan_id = in_plan
        left join public.feed f on f.id = k.feed_id
        left join lateral (
            select l.is_locked from public.period_lock l
            where l.plan_id = in_plan and (l.kpi_id is null or l.kpi_id = asked.kpi_id)
              and asked.ends_on between l.from_on and l.to_on
            order by l.id desc limit 1
        ) said on true
        where coalesce(
            said.is_locked, asked.ends_on + coalesce(k.locks_after_days, f.locks_after_days) < on_day, false
        );
end
$$;

-- Whether anything in the plan can be locked at all: most deliveries need then not be asked row by row.
create function turnstone.has_locks(in_plan bigint) returns boolean
    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
begin
    return exists (select from public.period_lock l where l.plan_id = in_plan)
        or exists (
            select from public.kpi k left join public.feed f on f.id = k.feed_id
            where k.plan_id = in_plan and coalesce(k.locks_after_days, f.locks_after_days) is not null);
end
$$;

-- Until when what can be read is all there will be: now, or before the first stamp of whoever is writing
-- still. The clock is read before the locks: whoever is not seen there takes a later stamp.
create function turnstone.settled_until() returns timestamptz
    language plpgsql volatile set search_path = pg_catalog
as $$
declare
    moment timestamptz := clock_timestamp();
begin
    return least(moment, (
        select timestamptz 'epoch' + min(classid::bigint << 32 | objid::bigint) * interval '1 microsecond'
        from pg_locks
        where locktype = 'advisory' and objsubid = 1 and mode = 'ShareLock'
          and database = (select oid from pg_database where datname = current_database())
          and (classid::bigint << 32 | objid::bigint) > 1000000000000000
    ));
end
$$;

create or replace view public.measurement with (security_invoker) as
    select id, plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade, numerator,
           denominator, note, source, external_reference, workflow, revision, reason, known_from,
           submission_id, submitted_by, question, answer, act_id
    from public.measurement_revision
    where known_to = 'infinity' and state <> 'withdrawn';

create or replace view as_of.measurement with (security_invoker) as
    select id, plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade, numerator,
           denominator, note, source, external_reference, workflow, revision, reason, known_from,
           submission_id, submitted_by, question, answer, act_id
    from public.measurement_revision
    where known_from <= turnstone.as_of() and known_to > turnstone.as_of() and state <> 'withdrawn';

create view as_of.late_revision with (security_invoker) as
    select id, plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade, numerator,
           denominator, note, source, external_reference, question, submission_id, submitted_by, queued_at,
           case when decided_at <= turnstone.as_of() then status else 'waiting' end as status,
           case when decided_at <= turnstone.as_of() then reason end as reason,
           case when decided_at <= turnstone.as_of() then decided_by end as decided_by,
           case when decided_at <= turnstone.as_of() then decided_at end as decided_at
    from public.late_revision
    where queued_at <= turnstone.as_of();
grant select on as_of.late_revision to turnstone_service, turnstone_worker;
