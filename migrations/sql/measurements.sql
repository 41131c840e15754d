-- Values known now, and as they were known at another moment, under one name in two schemas.

create view public.measurement with (security_invoker) as
    select id, plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade, numerator,
           denominator, note, source, external_reference, workflow, revision, reason, known_from,
           submission_id, submitted_by
    from public.measurement_revision
    where known_to = 'infinity';

create view as_of.measurement with (security_invoker) as
    select id, plan_id, kpi_id, series_id, period, starts_on, ends_on, state, value, grade, numerator,
           denominator, note, source, external_reference, workflow, revision, reason, known_from,
           submission_id, submitted_by
    from public.measurement_revision
    where known_from <= turnstone.as_of() and known_to > turnstone.as_of();

-- The time-independent facts of a series, computed from its values: what a push stores in `series`.
-- Of a long series only the end is looked at; the rest is but counted. The same facts of another moment
-- are in as_of_series.sql.
create view public.series_facts with (security_invoker) as
    select s.id as series_id, held.points as points_held, shown.latest_period, shown.latest_ends_on,
           shown.latest_value, shown.latest_grade, shown.previous_period, shown.previous_value,
           shown.previous_grade, shown.points
    from public.series s
    cross join lateral (
        select count(*)::int as points from public.measurement m where m.series_id = s.id
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
            from public.measurement m
            where m.series_id = s.id
            order by m.ends_on desc limit 36
        ) placed
    ) shown
    where held.points > 0;
