-- What the acting principal may see and do. Each answers an array, so that a policy asks once per
-- statement, as an InitPlan, and not once per row.
--
-- They are written in PL/pgSQL, for its plans are kept: a policy asks them several times a request,
-- and planning them anew would cost more than running them.

create function turnstone.is_system() returns boolean

    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
begin
    return exists (select from public.principal p where p.id = turnstone.principal() and p.kind = 'system');
end
$$;

create function turnstone.is_admin() returns boolean

    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
begin
    return exists (
        select from public.user_account u
        where u.id = turnstone.principal() and u.is_admin and u.disabled_at is null
    );
end
$$;

-- Every plan and permission someone holds, by role and, for an integration, within its scopes.
-- A membership of an integration that names KPIs holds measurement:write_set in place of the whole.
create function turnstone.held(holder bigint, wanted text default null)
    returns table (plan_id bigint, permission text)
    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
#variable_conflict use_column
begin
    return query
        select m.plan_id, rp.permission
        from public.membership m
        join public.role_permission rp on rp.role = m.role
        left join public.integration i on i.id = m.principal_id
        left join public.user_account u on u.id = m.principal_id
        where m.principal_id = holder
          and (wanted is null or rp.permission = wanted)
          and (m.ends_on is null or m.ends_on >= turnstone.today())
          and i.disabled_at is null and u.disabled_at is null
          and (i.id is null or rp.permission = 'plan:visit'
               or replace(rp.permission, ':write_set', ':write') = any(i.scopes))
          and (i.id is null or rp.permission not in ('measurement:write', 'measurement:write_set')
               or (rp.permission = 'measurement:write_set') = exists (
                    select from public.membership_item mi
                    where mi.membership_id = m.id and mi.kpi_id is not null))
          and (i.id is not null or rp.permission <> 'measurement:write_set')
        union
        select p.id, rp.permission
        from public.user_account u
        cross join public.plan p
        join public.role_permission rp on rp.role = 'admin'
        where u.id = holder and u.is_admin and u.disabled_at is null
          and (wanted is null or rp.permission = wanted)
        union
        select p.id, rp.permission
        from public.principal s
        cross join public.plan p
        cross join (select distinct permission from public.role_permission) rp
        where s.id = holder and s.kind = 'system'
          and (wanted is null or rp.permission = wanted);
end
$$;

-- A list asks this ten times over, once for each table it reads. While a transaction has written
-- nothing, the answer cannot have changed by its own doing, and is kept with whom it is about.
create function turnstone.plans_with(wanted text) returns bigint[]
    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
declare
    place text := 'turnstone.held_' || translate(wanted, ':', '_');
    about text := turnstone.principal() || ' ' || turnstone.today() || ' ';
    kept text;
    found bigint[];
begin
    if pg_current_xact_id_if_assigned() is null then
        kept := current_setting(place, true);
        if starts_with(kept, about) then
            return substr(kept, length(about) + 1)::bigint[];
        end if;
    end if;
    found := coalesce(
        (select array_agg(distinct h.plan_id) from turnstone.held(turnstone.principal(), wanted) h),
        '{}'::bigint[]
    );
    if pg_current_xact_id_if_assigned() is null then
        perform set_config(place, about || found::text, true);
    end if;
    return found;
end
$$;

-- Users whose work the principal may do: itself and those it is deputy for, today.
create function turnstone.acting_for() returns table (plan_id bigint, user_id bigint)
    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
#variable_conflict use_column
begin
    return query
        select m.plan_id, m.principal_id
        from public.membership m where m.principal_id = turnstone.principal()
        union
        select d.plan_id, d.user_id
        from public.deputy d
        where d.deputy_id = turnstone.principal()
          and (d.starts_on is null or d.starts_on <= turnstone.today())
          and (d.ends_on is null or d.ends_on >= turnstone.today());
end
$$;

create function turnstone.own_parties() returns bigint[]

    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
begin
    return coalesce((
        select array_agg(distinct p.id)
        from turnstone.acting_for() f
        join public.party p on p.plan_id = f.plan_id
        where p.user_id = f.user_id
           or exists (select from public.team_member tm where tm.team_id = p.team_id and tm.user_id = f.user_id)
    ), '{}'::bigint[]);
end
$$;

-- Items of a kind that the principal leads, itself, by its team or as a deputy.
create function turnstone.led(item_kind text) returns bigint[]

    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
begin
    -- Without the null of leads of other kinds: "= any" would answer null where it should answer false.
    return coalesce((
        select array_remove(array_agg(distinct case item_kind
            when 'action' then l.action_id
            when 'recommendation' then l.recommendation_id
            when 'kpi' then coalesce(l.kpi_id, kr.kpi_id)
            when 'risk' then l.risk_id
            when 'check' then l.check_id
            when 'theme' then l.theme_id
        end), null)
        from public.item_lead l
        left join public.kpi_recommendation kr on kr.id = l.kpi_recommendation_id
        where l.party_id = any(turnstone.own_parties())
    ), '{}'::bigint[]);
end
$$;

-- Live escalations that stand with the principal: assigned to it, or at a stage of a role it holds;
-- or with somebody it is deputy for.
create function turnstone.to_answer() returns bigint[]

    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
begin
    return coalesce((
        select array_agg(distinct e.id)
        from turnstone.acting_for() f
        join public.escalation e on e.plan_id = f.plan_id and e.state in ('open', 'answered')
        where f.user_id = e.assigned_to
           or exists (
               select from public.ladder_stage s
               join public.membership m on m.plan_id = e.plan_id and m.role = s.role
               where s.ladder_id = e.ladder_id and s.position = e.stage and m.principal_id = f.user_id
                 and (m.ends_on is null or m.ends_on >= turnstone.today()))
    ), '{}'::bigint[]);
end
$$;

-- The person with this id or email, if a member of the plan: for naming who shall answer, or a
-- deputy, without reading accounts and memberships.
create function turnstone.member_with(in_plan bigint, user_id bigint, address text) returns bigint

    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
begin
    return (
        select u.id from public.user_account u
        where (u.id = member_with.user_id or lower(u.email) = lower(address))
          and u.disabled_at is null
          and exists (
              select from public.membership m
              where m.plan_id = in_plan and m.principal_id = u.id
                and (m.ends_on is null or m.ends_on >= turnstone.today()))
          and in_plan = any(turnstone.plans_with('escalation:raise') || turnstone.plans_with('member:manage'))
    );
end
$$;

-- The next of E-1, E-2 …; whoever raises one in the same plan waits until this transaction ends. Asked
-- of all escalations of the plan: a partner sees only its own.
create function turnstone.next_escalation_ref(in_plan bigint) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, public, turnstone
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('escalation refs', in_plan));
    return 'E-' || (
        select coalesce(max(substring(e.ref from '^[Ee]-([0-9]{1,8})$')::int), 0) + 1
        from public.escalation e where e.plan_id = in_plan
    );
end
$$;

-- Items of a kind that a reader who does not read the whole plan was given, or leads.
create function turnstone.given(item_kind text) returns bigint[]
    language plpgsql stable security definer set search_path = pg_catalog, public, turnstone
as $$
begin
    return (
        with mine as (
            select m.id, m.plan_id, m.role from public.membership m
            where m.principal_id = turnstone.principal()
              and (m.ends_on is null or m.ends_on >= turnstone.today())
              and not exists (select from public.integration i
                              where i.id = m.principal_id and i.disabled_at is not null)
              and not exists (select from public.user_account u
                              where u.id = m.principal_id and u.disabled_at is not null)
        ),
        granted as (
            select mi.* from public.membership_item mi join mine on mine.id = mi.membership_id
        ),
        led as (
            select l.action_id, l.kpi_id from public.item_lead l
            join mine on mine.plan_id = l.plan_id and mine.role = 'partner'
            where l.party_id = any(turnstone.own_parties())
        ),
        actions as (
            select action_id as id from granted where action_id is not null
            union select action_id from led where action_id is not null
            union select ar.action_id from public.action_recommendation ar
                  join granted on granted.recommendation_id = ar.recommendation_id
        ),
        recommendations as (
            select recommendation_id as id from granted where recommendation_id is not null
            union select ar.recommendation_id from public.action_recommendation ar
                  join actions on actions.id = ar.action_id
        ),
        kpis as (
            select kpi_id as id from granted where kpi_id is not null
            union select kpi_id from led where kpi_id is not null
            union select kr.kpi_id from public.kpi_recommendation kr
                  join granted on granted.recommendation_id = kr.recommendation_id
            union select k.id from public.kpi k
                  join mine on mine.plan_id = k.plan_id and mine.role = 'integration'
                  where not exists (select from granted g where g.membership_id = mine.id)
        ),
        parties as (
            select l.party_id as id from public.item_lead l
            where l.action_id in (select id from actions)
               or l.recommendation_id in (select id from recommendations)
               or (l.kpi_id in (select id from kpis) and (l.kpi_recommendation_id is null or exists (
                    select from public.kpi_recommendation kr
                    where kr.id = l.kpi_recommendation_id
                      and kr.recommendation_id in (select id from recommendations))))
            union select unnest(turnstone.own_parties())
        ),
        narratives as (
            select na.narrative_id as id from public.narrative_about na
            where na.action_id in (select id from actions)
               or na.recommendation_id in (select id from granted where recommendation_id is not null)
               or na.kpi_id in (select id from kpis)
        )
        select coalesce(array_agg(id), '{}'::bigint[]) from (
            select id from actions where item_kind = 'action'
            union all select id from recommendations where item_kind = 'recommendation'
            union all select id from kpis where item_kind = 'kpi'
            union all select id from parties where item_kind = 'party'
            union all select id from narratives where item_kind = 'narrative'
            union all select plan_id from mine where item_kind = 'plan'
        ) chosen
    );
end
$$;

-- Opens a request in one round trip: finds who acts (by browser session or by id), sets whom the
-- policies will ask about, and answers what the service needs to know. No row: nobody, or disabled.
create function turnstone.enter(
    acting bigint, session_hash bytea, idle interval, plan_ref text, request_id text, reason text,
    stand_in_today text, moment timestamptz
) returns table (
    principal_id bigint, kind text, name text, is_admin boolean, session_id bigint, today date,
    plan_id bigint, ref text, status text, as_at date, pulse bigint, permissions text[]
)
    language plpgsql volatile security definer set search_path = pg_catalog, public, turnstone
as $$
declare
    whose bigint := acting;
    session bigint;
begin
    if session_hash is not null then
        select b.id, b.user_id into session, whose
        from public.browser_session b
        where b.token_hash = session_hash and b.ends_at > now() and b.seen_at > now() - idle;
        if session is null then
            return;
        end if;
        -- Once a minute is enough to tell idle from busy, and spares a write on every read.
        update public.browser_session b set seen_at = now()
        where b.id = session and b.seen_at < now() - interval '1 minute';
    end if;
    perform set_config('turnstone.principal', whose::text, true);
    perform set_config('turnstone.request_id', coalesce(enter.request_id, ''), true);
    perform set_config('turnstone.reason', coalesce(enter.reason, ''), true);
    perform set_config('turnstone.today', coalesce(stand_in_today, ''), true);
    if moment is not null then
        perform set_config('turnstone.as_of', moment::text, true);
    end if;
    return query
        select p.id, p.kind, p.name, coalesce(u.is_admin, false), session, turnstone.today(),
               pl.id, pl.ref, pl.status, pl.as_at, coalesce(pp.pulse, 0),
               coalesce(
                   case
                       when plan_ref is null then (
                           select array_agg(rp.permission) from public.role_permission rp
                           where (u.is_admin and rp.role = 'admin') or p.kind = 'system'
                              or rp.permission in (select h.permission from turnstone.held(p.id) h))
                       else (select array_agg(distinct h.permission) from turnstone.held(p.id) h
                             where h.plan_id = pl.id)
                   end, '{}'::text[])
        from public.principal p
        left join public.user_account u on u.id = p.id
        left join public.integration i on i.id = p.id
        left join public.plan pl on lower(pl.ref) = lower(plan_ref)
             and pl.id in (select h.plan_id from turnstone.held(p.id) h where h.permission = 'plan:visit')
        left join public.plan_pulse pp on pp.plan_id = pl.id
        where p.id = whose and u.disabled_at is null and i.disabled_at is null;
end
$$;
