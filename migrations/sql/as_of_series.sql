-- A series as it stood: the same facts as public.series_facts, computed from the values known at that
-- moment. Lateral, so that reading some series computes the facts of those and of no others.
create view as_of.series with (security_invoker) as
    select s.id, s.plan_id, s.kpi_id, s.segment_id, s.basis,
           coalesce(shown.points, '[]'::jsonb) as points, held.points as points_held,
           shown.latest_period, shown.latest_ends_on, shown.latest_value, shown.latest_grade,
           shown.previous_period, shown.previous_value, shown.previous_grade, s.revision
    from public.series s
    cross join lateral (
        select count(*)::int as points from as_of.measurement m where m.series_id = s.id
    ) held
    cross join lateral (
        select max(period) filter (where place = 1) as latest_period,
               max(ends_on) as latest_ends_on,
               max(value) filter (where place = 1) as latest_value,
               max(grade) filter (where place = 1) as latest_grade,
               max(period) filter (where place = 2) as previous_period,
               max(value) filter (where place = 2) as previous_value,
               max(grade) filter (where place = 2) as previous_grade,
               jsonb_agg(
                   jsonb_strip_nulls(jsonb_build_object(
                       'period', period, 'ends_on', ends_on, 'state', state, 'value', trim_scale(value),
                       'grade', grade, 'numerator', trim_scale(numerator),
                       'denominator', trim_scale(denominator), 'workflow', workflow))
                   order by ends_on
               ) as points
        from (
            select m.*, row_number() over (order by m.ends_on desc) as place
            from as_of.measurement m
            where m.series_id = s.id
            order by m.ends_on desc limit 36
        ) placed
    ) shown;

create view as_of.series_facts with (security_invoker) as
    select id as series_id, points_held, latest_period, latest_ends_on, latest_value, latest_grade,
           previous_period, previous_value, previous_grade, points
    from as_of.series
    where points_held > 0;

grant select on as_of.series, as_of.series_facts to turnstone_service, turnstone_worker;
