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

-- The time-independent facts of a series, computed from its values: what a push stores in `series`,
-- and what an as-of read computes anew.
create view public.series_facts with (security_invoker) as
    select series_id,
           count(*)::int as points_held,
           max(period) filter (where place = 1) as latest_period,
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
           ) filter (where place <= 36) as points
    from (
        select m.*, row_number() over (partition by series_id order by ends_on desc) as place
        from public.measurement m
    ) placed
    group by series_id;
