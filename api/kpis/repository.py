"""How KPIs and feeds are read, in SQL. What depends on rules is added after (``api.kpis.standing``)."""

from __future__ import annotations

from api.core import fragments as sql
from api.core.reading import Reading, Sort

BASES_SHOWN = "array['operational_final', 'operational_provisional', 'validated_return']"
"""The series shown for a KPI is the first of these that holds values."""

_OWN_LEADS = sql.leads("kpi_id", "k.id and l.kpi_recommendation_id is null")
"""The KPI's leads everywhere, as opposed to those under one recommendation."""

_TARGETS = f"""coalesce((
    select json_agg(json_build_object('position', t.position, 'kind', t.kind, 'stage', t.stage,
        'value', trim_scale(t.value), 'lower', trim_scale(t.lower), 'upper', trim_scale(t.upper),
        'grade', t.grade, 'due', {sql.fuzzy("t", "due")}, 'baseline', trim_scale(t.baseline),
        'to_be_confirmed', t.to_be_confirmed, 'text', t.text) order by t.position)
    from target t where t.kpi_id = k.id), '[]'::json)"""

_DEFINITION = """json_build_object('effective_from', d.effective_from, 'descriptor', d.descriptor,
    'numerator', d.numerator, 'denominator', d.denominator, 'good_value', trim_scale(d.good_value),
    'good_grade', d.good_grade, 'good_unit', d.good_unit, 'good_text', d.good_text,
    'good_rationale', d.good_rationale, 'source', d.source, 'caveats', d.caveats,
    'decimals', d.decimals, 'scale_min', trim_scale(d.scale_min), 'scale_max', trim_scale(d.scale_max),
    'plausible_low', trim_scale(d.plausible_low), 'plausible_high', trim_scale(d.plausible_high),
    'plausible_jump', trim_scale(d.plausible_jump))"""

IN_FORCE = """from kpi_definition d where d.kpi_id = k.id
    and (d.effective_from is null or d.effective_from <= cast(:clock as date))
    order by d.effective_from desc nulls last, d.position desc limit 1"""


def reads_values_whole(alias: str) -> str:
    """SQL of whether the reader is told all of a plan's values: who reads the plan, or sends values to it.

    Others, inspectors and partners, see what the KPIs they were given are known to be: no value under
    query, no name, and nothing that people said of a value to each other.
    """
    # The second is asked only of those of whom the first is not true.
    return f"""({alias}.plan_id = any((select turnstone.plans_with('plan:read'))::bigint[])
        or {alias}.plan_id = any((select turnstone.plans_with('measurement:write')
            || turnstone.plans_with('measurement:write_set'))::bigint[]))"""


def told_whole(alias: str, what: str) -> str:
    """SQL of ``what`` for those who are told all of a plan's values, and of null for the others."""
    return f"case when {reads_values_whole(alias)} then {what} end"


_FACTS = (
    "points_held", "points", "latest_period", "latest_ends_on", "latest_value", "latest_grade",
    "previous_period", "previous_value", "previous_grade",
)  # fmt: skip


def facts_shown(alias: str) -> str:
    """SQL that joins ``f``, the facts of a series ``alias`` that the reader may see; none, no row.

    What is stored counts values under query too; row-level security takes those out of what is computed.
    """
    stored = ", ".join(f"{alias}.{name}" for name in _FACTS)
    computed = ", ".join(f"c.{name}" for name in _FACTS)
    whole = reads_values_whole(alias)
    return f"""cross join lateral (
        select {stored} where {whole}
        union all
        select {computed} from public.series_facts c where c.series_id = {alias}.id and not {whole}) f"""


_SHOWN = f"""(select json_build_object('basis', s.basis, 'points_held', f.points_held, 'points', f.points,
        'verdict', case when v.variation is not null then v.body end,
        'verdict_is_pending', coalesce(v.is_pending, true))
    from series s join segment sg on sg.id = s.segment_id left join verdict v on v.series_id = s.id
    {facts_shown("s")}
    where s.kpi_id = k.id and sg.ref = '_all' and s.points_held > 0
    order by array_position({BASES_SHOWN}, s.basis) limit 1)"""

_DUE_AFTER = """coalesce(k.due_after_days,
    (select f.due_after_days from feed f where f.id = k.feed_id))"""

_LOCKS_AFTER = """coalesce(k.locks_after_days,
    (select f.locks_after_days from feed f where f.id = k.feed_id))"""

SUMMARY = f"""json_build_object(
    'ref', k.ref, 'title', k.title, 'version', k.version, 'position', k.position,
    'kind', k.kind, 'category', k.category, 'unit', k.unit, 'polarity', k.polarity, 'nature', k.nature,
    'reset_month', k.reset_month, 'rolling_periods', k.rolling_periods, 'lag_months', k.lag_months,
    'rollup', k.rollup,
    'period_type', k.period_type, 'frequency', k.frequency, 'counts_children', k.counts_children,
    'parent', (select p.ref from kpi p where p.id = k.parent_id),
    'leads', {_OWN_LEADS}, 'themes', {sql.themes("kpi_id", "k.id")}, 'theme_text', k.theme_text,
    'recommendations', coalesce((select json_agg(r.ref order by kr.position, kr.id)
        from kpi_recommendation kr join recommendation r on r.id = kr.recommendation_id
        where kr.kpi_id = k.id), '[]'::json),
    'decimals', coalesce((select d.decimals {IN_FORCE}), 1),
    'good', (select json_build_object('value', trim_scale(d.good_value), 'grade', d.good_grade,
        'unit', d.good_unit, 'text', d.good_text) {IN_FORCE}),
    'good_is_target', k.good_is_target, 'tolerance', trim_scale(k.tolerance),
    'targets', {_TARGETS}, 'no_target_text', k.no_target_text,
    'is_superseded', k.is_superseded,
    'superseded_by', (select n.ref from kpi n where n.id = k.superseded_by_id),
    'feed', (select f.ref from feed f where f.id = k.feed_id), 'due_after_days', {_DUE_AFTER},
    'locks_after_days', {_LOCKS_AFTER},
    'shown', {_SHOWN}, 'doubts', {sql.source_notes("kpi_id", "k.id")})"""
"""``shown`` is the series of the whole service; ``standing.with_standing`` opens it out."""

WHOLE = f"""({SUMMARY})::jsonb || jsonb_build_object(
    'source_ref', k.source_ref, 'other_titles', k.other_titles,
    'own_due_after_days', k.due_after_days, 'own_locks_after_days', k.locks_after_days,
    'superseded_from', k.superseded_from, 'superseded_text', k.superseded_text,
    'definition', (select {_DEFINITION} {IN_FORCE}),
    'definitions', coalesce((select json_agg({_DEFINITION} order by d.position)
        from kpi_definition d where d.kpi_id = k.id), '[]'::json),
    'recommendation_links', coalesce((select json_agg(json_build_object('recommendation', r.ref,
            'wording', kr.wording, 'leads', {sql.leads("kpi_recommendation_id", "kr.id")})
            order by kr.position, kr.id)
        from kpi_recommendation kr join recommendation r on r.id = kr.recommendation_id
        where kr.kpi_id = k.id), '[]'::json),
    'actions', coalesce((select json_agg(a.ref order by a.position, a.id)
        from action_kpi ak join action a on a.id = ak.action_id where ak.kpi_id = k.id), '[]'::json),
    'children', coalesce((select json_agg(c.ref order by c.position, c.id)
        from kpi c where c.parent_id = k.id), '[]'::json),
    'replaces', coalesce((select json_agg(o.ref order by o.position, o.id)
        from kpi o where o.superseded_by_id = k.id), '[]'::json),
    'segments', coalesce((select json_agg(json_build_object('ref', sg.ref, 'title', sg.title,
            'version', sg.version, 'series', coalesce((
                select json_agg(json_build_object('basis', s.basis, 'points_held', f.points_held,
                    'latest_period', f.latest_period, 'latest_value', trim_scale(f.latest_value),
                    'latest_grade', f.latest_grade) order by array_position({BASES_SHOWN}, s.basis))
                from series s {facts_shown("s")}
                where s.segment_id = sg.id and s.points_held > 0), '[]'::json))
            order by sg.position, sg.id)
        from segment sg where sg.kpi_id = k.id), '[]'::json),
    'audit_measure', (select json_build_object('template', t.ref, 'template_title', t.title,
            'domain', am.domain, 'domain_title', (select d.title from audit_edition e
                join audit_domain d on d.edition_id = e.id and lower(d.ref) = lower(am.domain)
                where e.template_id = t.id and e.number = t.edition),
            'stage', am.stage, 'statistic', am.statistic, 'grades', to_json(am.grades), 'basis', am.basis)
        from audit_measure am join audit_template t on t.id = am.template_id where am.kpi_id = k.id),
    'updated_at', turnstone.utc(k.updated_at),
    'may_edit', k.plan_id = any((select turnstone.plans_with('kpi:update'))::bigint[]),
    'may_enter_values', k.kind <> 'heading'
        and (k.plan_id = any((select turnstone.plans_with('measurement:write'))::bigint[])
             or (k.plan_id = any((select turnstone.plans_with('measurement:write_set'))::bigint[])
                 and k.id = any((select turnstone.given('kpi'))::bigint[]))))"""

_SORTS = {
    "position": Sort("k.position", "integer"),
    "ref": Sort("lower(k.ref)", "text"),
    "title": Sort("lower(k.title)", "text"),
    "category": Sort("k.category", "text"),
    "updated": Sort("k.updated_at", "timestamptz"),
}

_FILTERS = {
    "category": sql.one_of("k.category", "category"),
    "kind": sql.one_of("k.kind", "kind"),
    "unit": sql.one_of("k.unit", "unit"),
    "lead": sql.led_by("kpi_id", "k.id"),
    "theme": sql.themed("kpi_id", "k.id"),
    "recommendation": """exists (select from kpi_recommendation kr
        join recommendation r on r.id = kr.recommendation_id where kr.kpi_id = k.id
          and lower(r.ref) = any(select lower(unnest(cast(:recommendation as text[])))))""",
    "parent": """exists (select from kpi p where p.id = k.parent_id
        and lower(p.ref) = any(select lower(unnest(cast(:parent as text[])))))
        or ('none' = any(cast(:parent as text[])) and k.parent_id is null)""",
    "feed": """exists (select from feed f where f.id = k.feed_id
        and lower(f.ref) = any(select lower(unnest(cast(:feed as text[])))))
        or ('none' = any(cast(:feed as text[])) and k.feed_id is null)""",
    "superseded": "k.is_superseded::text = any(cast(:superseded as text[]))",
    "has_values": """exists (select from series s where s.kpi_id = k.id
        and s.points_held > 0)::text = any(cast(:has_values as text[]))""",
    "mine": "(k.id = any((select turnstone.led('kpi'))::bigint[]))::text = any(cast(:mine as text[]))",
    "doubtful": f"({sql.source_notes('kpi_id', 'k.id')} > 0)::text = any(cast(:doubtful as text[]))",
    "q": sql.searched("k.ref", "k.title", "k.source_ref", "array_to_string(k.other_titles, ' ')"),
}

KPIS = Reading(
    what="KPI",
    table="kpi",
    alias="k",
    source="kpi k",
    body=SUMMARY,
    sorts=_SORTS,
    default_sort="position",
    filters=_FILTERS,
    alias_kind="kpi",
)

KPI = Reading(
    what="KPI",
    table="kpi",
    alias="k",
    source="kpi k",
    body=WHOLE,
    sorts=_SORTS,
    default_sort="position",
    alias_kind="kpi",
)

SEGMENT = Reading(
    what="segment",
    table="segment",
    alias="sg",
    source="segment sg",
    body="""json_build_object('ref', sg.ref, 'title', sg.title, 'version', sg.version,
        'kpi', (select k.ref from kpi k where k.id = sg.kpi_id))""",
    where="sg.kpi_id = :kpi_id",
    sorts={"position": Sort("sg.position", "integer")},
    default_sort="position",
)

# When the value of each of the latest periods first came, for the whole service and on any basis. What a
# delivery brought that was withdrawn since never came: the right value came with another.
_ARRIVALS = """coalesce((
    select json_agg(json_build_object('period', p.period, 'came_on', p.came_on))
    from (select m.period, m.ends_on,
                 (min((select min(r.known_from) from measurement_revision r
                       where r.series_id = m.series_id and r.ends_on = m.ends_on
                         and r.state <> 'withdrawn' and not exists (
                             select from submission su
                             where su.id = r.submission_id and su.status = 'withdrawn')))
                  at time zone 'Europe/London')::date as came_on
          from public.series s join segment sg on sg.id = s.segment_id
          join measurement m on m.series_id = s.id
          where s.kpi_id = k.id and sg.ref = '_all'
          group by m.period, m.ends_on order by m.ends_on desc limit 8) p), '[]'::json)"""

_FIRST_ENDS_ON = """(select min(m.ends_on) from public.series s join segment sg on sg.id = s.segment_id
    join measurement m on m.series_id = s.id where s.kpi_id = k.id and sg.ref = '_all')"""

# What a sender of several feeds delivered says nothing of each: there, it must have brought a value.
_HAS_OWN_SENDER = """(fd.integration_id is not null and not exists (
    select from feed o where o.plan_id = fd.plan_id and o.integration_id = fd.integration_id
      and o.id <> fd.id))"""

_FEED = f"""json_build_object(
    'ref', fd.ref, 'title', fd.title, 'version', fd.version, 'system', fd.system,
    'owner', (select json_build_object('party', p.ref, 'name', p.name, 'kind', p.kind)
        from party p where p.id = fd.owner_id),
    'integration', (select json_build_object('name', pr.name, 'client_id',
            (select i.client_id from integration i where i.id = pr.id))
        from principal pr where pr.id = fd.integration_id),
    'frequency', fd.frequency, 'due_after_days', fd.due_after_days,
    'locks_after_days', fd.locks_after_days,
    'last_submission', (select json_build_object('submission', su.submission_ref,
            'received_at', turnstone.utc(su.received_at), 'created', su.created, 'updated', su.updated)
        from submission su where su.plan_id = fd.plan_id and su.status = 'stored'
          and (fd.integration_id is null or su.submitted_by = fd.integration_id)
          and ({_HAS_OWN_SENDER} or su.id in (
                select m.submission_id from kpi k join public.series s on s.kpi_id = k.id
                join measurement m on m.series_id = s.id and m.ends_on = s.latest_ends_on
                where k.feed_id = fd.id))
        order by su.received_at desc limit 1),
    'kpis', coalesce((select json_agg(json_build_object('ref', k.ref, 'title', k.title,
            'period_type', k.period_type, 'is_superseded', k.is_superseded,
            'due_after_days', coalesce(k.due_after_days, fd.due_after_days),
            'locks_after_days', coalesce(k.locks_after_days, fd.locks_after_days),
            'arrivals', {_ARRIVALS}, 'first_ends_on', {_FIRST_ENDS_ON}, 'shown', {_SHOWN})
            order by k.position, k.id)
        from kpi k where k.feed_id = fd.id), '[]'::json))"""

FEEDS = Reading(
    what="feed",
    table="feed",
    alias="fd",
    source="feed fd",
    body=_FEED,
    sorts={"ref": Sort("lower(fd.ref)", "text"), "title": Sort("lower(fd.title)", "text")},
    default_sort="ref",
    filters={
        "q": sql.searched("fd.ref", "fd.title", "fd.system"),
        "owner": """exists (select from party p where p.id = fd.owner_id
            and lower(p.ref) = any(select lower(unnest(cast(:owner as text[])))))""",
        "mine": "(fd.integration_id = turnstone.principal())::text = any(cast(:mine as text[]))",
        "state": "fd.id = any(:in_state)",
    },
)
