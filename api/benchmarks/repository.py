"""How datasets, releases, series and pairings are read, in SQL."""

from __future__ import annotations

from api.benchmarks.terms import ENGLAND
from api.core import fragments as sql
from api.core.reading import Reading, Sort
from api.kpis.repository import IN_FORCE

KNOWN = "r.imported_at <= coalesce(turnstone.as_of(), 'infinity')"
"""A read of a past moment knows the releases imported by then."""

_COUNTS = f"""{KNOWN} and not exists (select from benchmark_withdrawal w where w.release_id = r.id
    and w.withdrawn_at <= coalesce(turnstone.as_of(), 'infinity'))"""
"""Known, and not withdrawn by then."""

_NEWEST = f"""from benchmark_release r where r.dataset_id = {{}} and {_COUNTS}
    order by r.released_on desc, r.id desc limit 1"""


def in_force(dataset: str) -> str:
    """SQL of the id of the release in force of a dataset, given the SQL of its id."""
    return f"(select r.id {_NEWEST.format(dataset)})"


_RELEASE = f"""json_build_object('release', rl.id, 'dataset', ds.ref, 'released_on', rl.released_on,
    'title', rl.title, 'sha256', rl.sha256, 'filters', rl.filters, 'indicators', rl.indicators,
    'lines', rl.lines, 'figures', rl.figures, 'imported_at', turnstone.utc(rl.imported_at),
    'imported_by', (select p.name from principal p where p.id = rl.imported_by),
    'is_in_force', rl.id is not distinct from {in_force("ds.id")},
    'withdrawal', (select json_build_object('at', turnstone.utc(w.withdrawn_at), 'reason', w.reason,
            'by', (select p.name from principal p where p.id = w.withdrawn_by))
        from benchmark_withdrawal w where w.release_id = rl.id
          and w.withdrawn_at <= coalesce(turnstone.as_of(), 'infinity')))"""
_RELEASE_SOURCE = "benchmark_release rl join benchmark_dataset ds on ds.id = rl.dataset_id"


def release_read(release: str) -> str:
    """SQL of a release's JSON, given the SQL of its id; null where that is null."""
    return f"(select {_RELEASE} from {_RELEASE_SOURCE} where rl.id = {release})"


_INDICATOR = """json_build_object('name', i.name, 'title', i.title, 'decimals', i.decimals,
    'unit', i.unit, 'no_quartile', i.no_quartile)"""

DATASET = Reading(
    what="dataset",
    table="benchmark_dataset",
    alias="bd",
    source="benchmark_dataset bd",
    body=f"""json_build_object('ref', bd.ref, 'title', bd.title, 'version', bd.version, 'kind', bd.kind,
        'source', bd.source, 'filters', bd.filters, 'ignored', bd.ignored,
        'indicators', coalesce((select json_agg({_INDICATOR} order by i.position, i.id)
            from benchmark_indicator i where i.dataset_id = bd.id), '[]'::json),
        'releases', (select count(*) from benchmark_release r where r.dataset_id = bd.id),
        'in_force', {release_read(in_force("bd.id"))},
        'may_import', turnstone.is_admin() or turnstone.is_system()
            or cardinality(turnstone.plans_with('benchmark:import')) > 0)""",
    where="true",
    sorts={"ref": Sort("lower(bd.ref)", "text"), "title": Sort("lower(bd.title)", "text")},
    default_sort="title",
    filters={
        "kind": sql.one_of("bd.kind", "kind"),
        "q": sql.searched("bd.ref", "bd.title", "bd.source"),
    },
)

RELEASE = Reading(
    what="release",
    table="benchmark_release",
    alias="rl",
    source=_RELEASE_SOURCE,
    body=_RELEASE,
    where="rl.dataset_id = :dataset_id",
    sorts={"released": Sort("rl.released_on", "date"), "imported": Sort("rl.imported_at", "timestamptz")},
    default_sort="-released",
    ref="rl.id::text",
)

_SERIES_TITLE = """(select i.title from benchmark_indicator i join benchmark_release r on r.id = bs.release_id
    where i.dataset_id = r.dataset_id and i.name = bs.indicator)"""
IMPORT = Reading(
    what="import",
    table="benchmark_import",
    alias="bi",
    source="(select i.*, 1 as version from benchmark_import i) bi"
    " join benchmark_dataset d on d.id = bi.dataset_id",
    body="""json_build_object('import', bi.id, 'dataset', d.ref, 'status', bi.status,
        'released_on', bi.released_on, 'title', bi.title, 'dry_run', bi.dry_run, 'size', bi.size,
        'sha256', bi.sha256, 'by', (select p.name from principal p where p.id = bi.sent_by),
        'received_at', turnstone.utc(bi.received_at), 'finished_at', turnstone.utc(bi.finished_at),
        'progress', case when bi.status = 'pending' then json_build_object('lines_read', bi.lines_read,
            'share_read', round(least(bi.bytes_read, bi.size) / greatest(bi.size, 1)::numeric, 3)) end,
        'problem', bi.problem, 'told', bi.told)""",
    where="bi.dataset_id = :dataset_id",
    sorts={"received": Sort("bi.received_at", "timestamptz")},
    default_sort="-received",
    ref="bi.id::text",
)

SERIES = Reading(
    what="series",
    table="benchmark_series",
    alias="bs",
    source="benchmark_series bs",
    body="""json_build_object('series', bs.id, 'indicator', bs.indicator, 'filters', bs.filters,
        'figures', (select count(*) from benchmark_figure f where f.series_id = bs.id))""",
    where="bs.release_id = :release_id",
    sorts={"indicator": Sort("lower(bs.indicator)", "text")},
    default_sort="indicator",
    filters={
        "indicator": sql.one_of("bs.indicator", "indicator"),
        "q": sql.searched("bs.indicator", _SERIES_TITLE, "bs.filters::text"),
    },
)

SERIES_WHOLE = """
select json_build_object('series', bs.id, 'indicator', bs.indicator, 'filters', bs.filters,
    'figures', (select count(*) from benchmark_figure f where f.series_id = bs.id),
    'points', coalesce((
        select json_agg(json_build_object('area', f.area, 'name', a.name, 'level', f.level,
            'year', f.year, 'year_kind', f.year_kind, 'state', f.state, 'value', trim_scale(f.value))
            order by f.year, f.year_kind,
                array_position(array['national', 'regional', 'local_authority'], f.level), a.name)
        from benchmark_figure f join benchmark_area a on a.release_id = bs.release_id and a.code = f.area
        where f.series_id = bs.id), '[]'::json))::text
from benchmark_series bs where bs.release_id = :release_id and bs.id = :series
"""

NEIGHBOURS = Reading(
    what="table of neighbours",
    table="benchmark_area",
    alias="ba",
    source="benchmark_area ba",
    body="""json_build_object('area', ba.code, 'name', ba.name, 'neighbours', coalesce((
        select json_agg(json_build_object('area', n.neighbour, 'name', o.name, 'closeness', n.closeness)
            order by n.position)
        from benchmark_neighbour n
        left join benchmark_area o on o.release_id = n.release_id and o.code = n.neighbour
        where n.release_id = ba.release_id and n.area = ba.code), '[]'::json))""",
    where="ba.release_id = :release_id and ba.level = 'local_authority'",
    sorts={"name": Sort("lower(ba.name)", "text"), "area": Sort("ba.code", "text")},
    default_sort="name",
    filters={"area": sql.one_of("ba.code", "area"), "q": sql.searched("ba.code", "ba.name")},
)

_DEFINITION_FROM = f"(select d.effective_from {IN_FORCE})"

DEFINITION_FROM = f"select {_DEFINITION_FROM} from kpi k where k.id = :kpi"
"""From when the definition of a KPI holds that is in force (``:clock``)."""


def _unlike(kb: str) -> str:
    """SQL of why a KPI ``k`` and an indicator ``i`` cannot be like with like whatever was said of them
    in the pairing ``kb``: a code; null where nothing is known to stand against it.

    An indicator's figures are of a year. A value of a shorter period is like them only where it spans a
    year, or where it is of a day, as they may be: that, and what a cohort is, is for a person to say.
    """
    return f"""case
        when i.unit <> k.unit then 'unit_differs'
        when k.period_type in ('day', 'week', 'month', 'quarter', 'financial_quarter')
            and (k.nature in ('in_period', 'cumulative') or (k.nature = 'rolling'
                and coalesce(k.rolling_periods, 1) < case k.period_type when 'day' then 365
                    when 'week' then 52 when 'month' then 12 else 4 end)) then 'period_differs'
        when {kb}.definition_alike and {kb}.definition_from is distinct from {_DEFINITION_FROM}
            then 'definition_changed' end"""


_UNLIKE = _unlike("kb")
_LIKENESS = f"""case when kb.period_alike and kb.definition_alike and {_UNLIKE} is null
    then 'like_with_like' else 'context' end"""
_WHY_UNLIKE = f"""(select json_build_object('code', u.code, 'message', case u.code
        when 'unit_differs' then format('The figures are in another unit (%s) than the KPI (%s).',
            replace(i.unit, '_', ' '), replace(k.unit, '_', ' '))
        when 'period_differs' then format('A value of the KPI covers less than a year (%s), the figures'
            ' cover one.', replace(k.period_type, '_', ' '))
        else 'The definition of the KPI changed since it was said to be alike; say again whether it is.' end)
    from (select {_UNLIKE} as code where kb.period_alike and kb.definition_alike) u
    where u.code is not null)"""

PAIRING = Reading(
    what="benchmark pairing",
    table="kpi_benchmark",
    alias="kb",
    source="kpi_benchmark kb join kpi k on k.id = kb.kpi_id"
    " join benchmark_dataset pd on pd.id = kb.dataset_id"
    " left join benchmark_indicator i on i.dataset_id = kb.dataset_id and i.name = kb.indicator",
    body=f"""json_build_object('pairing', kb.id, 'version', kb.version,
        'kpi', k.ref, 'position', kb.position,
        'dataset', pd.ref, 'dataset_title', pd.title, 'source', pd.source,
        'indicator', json_build_object('name', kb.indicator, 'title', i.title, 'decimals', i.decimals,
            'unit', i.unit, 'no_quartile', coalesce(i.no_quartile, false)),
        'filters', kb.filters, 'label', {_LIKENESS}, 'period_alike', kb.period_alike,
        'definition_alike', kb.definition_alike, 'reason', kb.reason, 'unlike', {_WHY_UNLIKE},
        'may_edit', kb.plan_id = any((select turnstone.plans_with('kpi:update'))::bigint[]))""",
    sorts={"position": Sort("kb.position", "integer")},
    default_sort="position",
    filters={"kpi": "kb.kpi_id::text = any(cast(:kpi as text[]))"},
    ref="kb.id::text",
)

_BESIDE = f"""
join kpi k on k.id = kb.kpi_id
join plan pl on pl.id = kb.plan_id
join authority au on au.id = pl.authority_id
join benchmark_dataset pd on pd.id = kb.dataset_id
left join benchmark_indicator i on i.dataset_id = kb.dataset_id and i.name = kb.indicator
left join benchmark_release used on used.id = coalesce(
    (select r.id from benchmark_release r
     where r.id = cast(:release as bigint) and r.dataset_id = kb.dataset_id and {KNOWN}),
    {in_force("kb.dataset_id")})
left join benchmark_series s on s.release_id = used.id and s.indicator = kb.indicator
    and md5(s.filters::text) = md5(kb.filters::text)
left join lateral (
    select a.code, a.name, a.region_code from benchmark_area a
    where a.release_id = used.id and a.level = 'local_authority'
      and (a.code = au.la_code or au.code = any(a.new_codes))
    order by (a.code = au.la_code) desc nulls last limit 1) own on true
left join benchmark_area reg on reg.release_id = used.id and reg.code = own.region_code
left join lateral (
    select r.id from benchmark_release r join benchmark_dataset d on d.id = r.dataset_id
    where d.kind = 'neighbours' and {_COUNTS} order by r.released_on desc, r.id desc limit 1) near on true
left join lateral (
    select json_agg(json_build_object('area', n.neighbour, 'closeness', n.closeness,
               'name', coalesce(here.name, there.name)) order by n.position) as listed,
           coalesce(array_agg(n.neighbour order by n.position), '{{}}') as codes
    from benchmark_neighbour n
    left join benchmark_area here on here.release_id = used.id and here.code = n.neighbour
    left join benchmark_area there on there.release_id = n.release_id and there.code = n.neighbour
    where n.release_id = near.id and n.area = coalesce(own.code, au.la_code)) neighbours on true
"""
"""To pairings ``kb``: the release they are read from (``:release`` where it is of their dataset, else the one
in force), the series, the plan's own authority in it, its region, and its neighbours.

Neighbours are those of the newest table, in every year: they answer who is like us now."""

BENCHMARKS = f"""
select kb.id, kb.indicator, used.id as release, s.id as series, au.name as authority,
       num_nonnulls(au.la_code, au.code) > 0 as has_code, own.code as own, own.region_code as region,
       coalesce(i.no_quartile, false) as no_quartile, neighbours.codes,
       (({PAIRING.body})::jsonb || jsonb_build_object(
           'release', {release_read("used.id")},
           'area', case when own.code is not null
               then jsonb_build_object('area', own.code, 'name', own.name) end,
           'region', case when reg.code is not null
               then jsonb_build_object('area', reg.code, 'name', reg.name) end,
           'neighbours', coalesce(neighbours.listed, '[]'::json),
           'neighbours_release', {release_read("near.id")})) as body
from kpi_benchmark kb
{_BESIDE}
where kb.plan_id = :plan_id and kb.kpi_id = :kpi_id
order by kb.position, kb.id
"""

FIGURES = """
select series_id, year, year_kind, area, level, state, value from benchmark_figure
where series_id = any(cast(:series as bigint[]))
order by series_id, year desc, year_kind
"""

COMPARATORS = f"""
select k.ref, kb.id as pairing, used.id as release, used.released_on, latest.year, latest.year_kind,
       own.code as own, own.region_code as region, neighbours.codes,
       (select json_object_agg(f.area, json_build_object('state', f.state, 'value', trim_scale(f.value)))
        from benchmark_figure f
        where f.series_id = s.id and f.year = latest.year and f.year_kind = latest.year_kind
          and f.area = any(neighbours.codes || array['{ENGLAND}', own.code, own.region_code])) as figures
from (
    select distinct on (c.kpi_id) c.* from kpi_benchmark c join kpi k on k.id = c.kpi_id
    left join benchmark_indicator i on i.dataset_id = c.dataset_id and i.name = c.indicator
    where c.plan_id = :plan_id and c.period_alike and c.definition_alike and {_unlike("c")} is null
      and (cast(:kpi_refs as text[]) is null or lower(k.ref) = any(cast(:kpi_refs as text[])))
    order by c.kpi_id, c.position, c.id) kb
{_BESIDE}
cross join lateral (
    select f.year, f.year_kind from benchmark_figure f where f.series_id = s.id
    order by f.year desc, f.year_kind limit 1) latest
"""
"""The latest year of each KPI's first pairing that is like with like."""
