"""How templates, audits, derived KPIs and windscreen positions are read, in SQL."""

from __future__ import annotations

from api.core import fragments as sql
from api.core.reading import Reading, Sort

DOOR = "audits"
"""The door of the one pipeline that derived values come through."""

_TEMPLATE = """json_build_object('ref', t.ref, 'version', t.version, 'title', t.title,
    'is_enabled', t.is_enabled, 'edition', e.number, 'is_latest', e.number = t.edition,
    'moderation_expected', e.moderation_expected,
    'scale', case when e.scale_lowest is not null then json_build_object(
        'lowest', e.scale_lowest, 'highest', e.scale_highest, 'bands', coalesce((
            select json_agg(json_build_object('title', b.title, 'lowest', b.lowest, 'grade', b.grade)
                order by b.position) from audit_band b where b.edition_id = e.id), '[]'::json)) end,
    'domains', (select json_agg(json_build_object('ref', d.ref, 'title', d.title, 'scale', d.scale)
        order by d.position) from audit_domain d where d.edition_id = e.id),
    'audits', (select count(*) from audit a where a.edition_id = e.id and a.withdrawn_because is null),
    'kpis', coalesce((select json_agg(k.ref order by k.position, k.id) from audit_measure x
        join kpi k on k.id = x.kpi_id where x.template_id = t.id), '[]'::json),
    'updated_at', turnstone.utc(t.updated_at))"""

_TEMPLATE_SORTS = {"ref": Sort("lower(t.ref)", "text"), "title": Sort("lower(t.title)", "text")}

TEMPLATES = Reading(
    what="audit template",
    table="audit_template",
    alias="t",
    source="audit_template t join audit_edition e on e.template_id = t.id and e.number = t.edition",
    body=_TEMPLATE,
    sorts=_TEMPLATE_SORTS,
    default_sort="ref",
    filters={"enabled": "t.is_enabled::text = any(cast(:enabled as text[]))"},
)
"""The latest edition of each."""

EDITIONS = Reading(
    what="edition of this audit template",
    table="audit_template",
    alias="t",
    source="audit_template t join audit_edition e on e.template_id = t.id",
    body=_TEMPLATE,
    sorts=_TEMPLATE_SORTS,
    default_sort="ref",
    where="t.plan_id = :plan_id and e.number = :edition",
)


def _party(column: str) -> str:
    return f"""(select json_build_object('party', p.ref, 'name', p.name)
        from party p where p.id = a.{column})"""


def _mark(side: str) -> str:
    return f"coalesce(to_json(s.{side}_grade), to_json(s.{side}_score))"


_IS_MODERATED = """exists (select from audit_score s where s.audit_id = a.id
    and num_nonnulls(s.after_grade, s.after_score) > 0)"""
_REF_NUMBER = "cast(substring(a.ref from '[0-9]+$') as bigint)"

AUDITS = Reading(
    what="audit",
    table="audit",
    alias="a",
    source="audit a join audit_template t on t.id = a.template_id"
    " join audit_edition e on e.id = a.edition_id",
    body=f"""json_build_object('ref', a.ref, 'version', a.version, 'template', t.ref,
        'edition', e.number, 'month', a.month, 'team', {_party("team_id")},
        'auditor', {_party("auditor_id")}, 'moderator', {_party("moderator_id")},
        'marks', (select json_agg(json_build_object('domain', d.ref, 'title', d.title,
                'before', {_mark("before")}, 'after', {_mark("after")}) order by d.position)
            from audit_score s join audit_domain d on d.id = s.domain_id where s.audit_id = a.id),
        'is_moderated', {_IS_MODERATED},
        'withdrawn', case when a.withdrawn_because is not null then json_build_object(
            'because', a.withdrawn_because, 'at', turnstone.utc(a.withdrawn_at)) end,
        'recorded_by', (select pr.name from principal pr where pr.id = a.recorded_by),
        'recorded_at', turnstone.utc(a.created_at), 'updated_at', turnstone.utc(a.updated_at))""",
    sorts={
        "ref": Sort(_REF_NUMBER, "bigint"),
        "month": Sort("a.month", "text"),
        "updated": Sort("a.updated_at", "timestamptz"),
    },
    default_sort="-month,-ref",
    filters={
        "template": "lower(t.ref) = any(select lower(unnest(cast(:template as text[]))))",
        "month": sql.one_of("a.month", "month"),
        "team": """exists (select from party p where p.id = a.team_id
            and lower(p.ref) = any(select lower(unnest(cast(:team as text[])))))
            or ('none' = any(cast(:team as text[])) and a.team_id is null)""",
        "moderated": f"({_IS_MODERATED})::text = any(cast(:moderated as text[]))",
        "withdrawn": "(a.withdrawn_because is not null)::text = any(cast(:withdrawn as text[]))",
    },
)

SOURCE = """'Derived from case-file audits: ' || t.ref || ', '
    || coalesce(am.domain, case am.statistic when 'average' then 'all scored domains' else 'whole audits' end)
    || ', ' || am.statistic
    || case when am.statistic = 'share' then ' of ' || array_to_string(am.grades, ', ') else '' end
    || ', ' || case am.stage when 'before' then 'before moderation' when 'after' then 'after moderation'
                             else 'moderated where it was' end"""
"""What a derived value says of its source, over ``audit_measure am`` and ``audit_template t``."""

# Figures stay the audits' own when somebody only signs them off, which is a revision of another door.
IS_DERIVED = f"""exists (select from measurement_revision r join submission su on su.id = r.submission_id
    where r.series_id = m.series_id and r.ends_on = m.ends_on and su.door = '{DOOR}'
      and r.state = m.state and r.value is not distinct from m.value
      and r.numerator is not distinct from m.numerator
      and r.denominator is not distinct from m.denominator)"""
"""Whether audits brought the figures of the value ``m``."""

MEASURES = Reading(
    what="KPI derived from audits",
    table="audit_measure",
    alias="am",
    source="audit_measure am join kpi k on k.id = am.kpi_id join audit_template t on t.id = am.template_id",
    body=f"""json_build_object('kpi', k.ref, 'version', am.version, 'template', t.ref, 'domain', am.domain,
        'stage', am.stage, 'statistic', am.statistic, 'grades', to_json(am.grades), 'basis', am.basis,
        'source', {SOURCE},
        'left_alone', coalesce((
            select json_agg(json_build_object('segment', x.segment, 'period', x.period)
                order by x.ends_on desc, x.segment)
            from (select sg.ref as segment, m.period, m.ends_on
                  from measurement m join public.series s on s.id = m.series_id
                  join segment sg on sg.id = s.segment_id
                  where s.kpi_id = am.kpi_id and s.basis = am.basis and not {IS_DERIVED}
                  order by m.ends_on desc, sg.ref limit 100) x), '[]'::json),
        'updated_at', turnstone.utc(am.updated_at))""",
    sorts={"kpi": Sort("lower(k.ref)", "text"), "template": Sort("lower(t.ref)", "text")},
    default_sort="kpi",
    ref="k.ref",
    filters={"template": "lower(t.ref) = any(select lower(unnest(cast(:template as text[]))))"},
)

_JUDGED_BY = "coalesce(p.name, w.judge, pr.name)"
POSITION_BODY = f"""json_build_object('id', w.id, 'version', w.version, 'grade', w.grade, 'place', w.place,
    'judged_on', w.judged_on, 'judged_by', {_JUDGED_BY}, 'party', p.ref, 'reason', w.reason,
    'recorded_by', pr.name, 'recorded_at', turnstone.utc(w.created_at))"""
POSITION_SOURCE = """windscreen_position w left join party p on p.id = w.judged_by_id
    left join principal pr on pr.id = w.recorded_by"""

POSITIONS = Reading(
    what="windscreen position",
    table="windscreen_position",
    alias="w",
    source=POSITION_SOURCE,
    body=POSITION_BODY,
    sorts={"judged": Sort("w.judged_on", "date"), "recorded": Sort("w.created_at", "timestamptz")},
    default_sort="-judged,-recorded",
    filters={"grade": sql.one_of("w.grade", "grade")},
)

STANDING_POSITIONS = f"""
select asked.ends_on, ({POSITION_BODY})::text as body
from unnest(cast(:days as date[])) asked (ends_on)
cross join lateral (
    select x.* from windscreen_position x
    where x.plan_id = :plan and x.judged_on <= asked.ends_on
    order by x.judged_on desc, x.created_at desc, x.id desc limit 1) w
left join party p on p.id = w.judged_by_id
left join principal pr on pr.id = w.recorded_by
"""
"""The judgement that stood on each of several days: the latest made, and of one day the last recorded."""

EDITION_SCALES = """
select e.id, e.number, e.moderation_expected, e.scale_lowest, e.scale_highest,
       coalesce((select json_agg(json_build_array(d.id, d.ref, d.title, d.scale) order by d.position)
                 from audit_domain d where d.edition_id = e.id), '[]'::json) as domains,
       coalesce((select json_agg(json_build_array(b.title, b.lowest, b.grade) order by b.position)
                 from audit_band b where b.edition_id = e.id), '[]'::json) as bands
from audit_edition e where e.template_id = :template order by e.number
"""

# Withdrawn audits count nowhere, in what follows.
_COUNTED = """a.template_id = :template and a.withdrawn_because is null
    and (cast(:first as text) is null or a.month >= :first)
    and (cast(:last as text) is null or a.month <= :last)
    and (cast(:teams as text[]) is null
         or (select lower(p.ref) from party p where p.id = a.team_id) = any(cast(:teams as text[])))"""

MARKS = f"""
select a.month, a.team_id, s.domain_id, s.before_grade, s.before_score, s.after_grade, s.after_score,
       count(*)::int as audits
from audit a join audit_score s on s.audit_id = a.id
where {_COUNTED}
group by 1, 2, 3, 4, 5, 6, 7
"""
"""How many audits were marked alike: what every figure is made of."""

AUDITED = f"""
select a.month, a.team_id, p.ref as team, p.name as team_name, a.edition_id, {_IS_MODERATED} as is_moderated,
       count(*)::int as audits
from audit a left join party p on p.id = a.team_id
where {_COUNTED}
group by 1, 2, 3, 4, 5, 6
"""
