/** Published figures beside a KPI: what is asked for, and what it says in words. */
import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import type { components } from '$lib/api/schema';
import { formatChange, formatPeriod, formatValue } from '$lib/format';
import type { Measure } from '../kpis/says';
import { everyPage } from '../plan/setup';

type Schemas = components['schemas'];
export type Benchmark = Schemas['BenchmarkRead'];
export type Year = Benchmark['years'][number];
export type Figure = NonNullable<Year['own']>;
export type Dataset = Schemas['DatasetRead'];
export type Series = Schemas['BenchmarkSeriesSummary'];

export function benchmarksQuery(plan: string, kpi: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'kpis', kpi, 'benchmarks'],
    queryFn: () => read(api.GET('/v1/plans/{plan}/kpis/{kpi}/benchmarks', { params: { path: { plan, kpi } } })),
  });
}

/** Datasets of figures that have a release to be set beside. */
export function datasetsQuery() {
  return queryOptions({
    queryKey: ['benchmarks', 'figures'],
    queryFn: async () => {
      const all = await everyPage<Dataset>((cursor) =>
        read(api.GET('/v1/benchmarks', { params: { query: { kind: ['figures'], limit: 200, cursor } } })),
      );
      return all.filter(({ in_force }) => in_force !== null);
    },
  });
}

/** The series of a dataset's release in force that have these words in them; the first two hundred. */
export function seriesQuery(dataset: string, release: number, words: string) {
  return queryOptions({
    queryKey: ['benchmarks', dataset, release, 'series', words],
    queryFn: () =>
      read(
        api.GET('/v1/benchmarks/{dataset}/releases/{release}/series', {
          params: { path: { dataset, release }, query: { limit: 200, ...(words && { q: words }) } },
        }),
      ),
  });
}

const STATES: Record<Figure['state'], string> = {
  reported: 'Published',
  not_applicable: 'Not applicable',
  unavailable: 'Not available',
  confidential: 'Withheld',
  rounds_to_zero: 'Above zero, but rounds to it',
  low_reliability: 'Too unreliable to publish',
  blank: 'Left blank',
};

/** How figures of an indicator are written: in the KPI's unit, with the places that are published. */
export function measureOf({ indicator }: Pick<Benchmark, 'indicator'>, kpi: Measure): Measure {
  return { ...kpi, decimals: indicator.decimals ?? kpi.decimals };
}

export function saysPublished(figure: Figure | null, { unit, decimals }: Measure): string {
  if (!figure) return 'Nothing published';
  return figure.state === 'reported' ? formatValue(figure.value, unit, decimals) : STATES[figure.state];
}

/** "Joint place" is not told: equals share the smallest one. */
export function saysRank({ rank, authorities }: Year): string {
  return rank ? `${rank.place} of ${rank.of}, where 1 is best` : `Not ranked among ${authorities}`;
}

const BANDS = { A: 'Best quarter (A)', B: 'Second best quarter (B)', C: 'Second worst quarter (C)', D: 'Worst quarter (D)' };

export function saysBand(band: Year['band']): string {
  return band ? BANDS[band] : 'None';
}

/** "+2.1 percentage points, worse"; a change needs the very year before. */
export function saysYearChange({ change, direction }: Year, { unit, decimals }: Measure): string {
  if (change === null) return 'Not known: no figure for the year before';
  const size = formatChange(change, unit, decimals);
  return direction === 'better' || direction === 'worse' ? `${size}, ${direction}` : size;
}

/** The neighbours' mean with how many have a figure: "14.2% (9 of 10)". */
export function saysNeighbours({ neighbours }: Year, { unit, decimals }: Measure): string {
  if (!neighbours) return 'Not known';
  const present = `${neighbours.present} of ${neighbours.of}`;
  return neighbours.value === null ? `None published (${present})` : `${formatValue(neighbours.value, unit, decimals)} (${present})`;
}

/** The year's figures as bars: widths in per cent of the largest. Those without a figure have none. */
export function barsOf(year: Year, benchmark: Benchmark, measure: Measure) {
  const { own, england, region, neighbours } = year;
  const rows = [
    { key: 'own', label: benchmark.area?.name ?? 'This authority', value: own?.value ?? null, says: saysPublished(own, measure) },
    { key: 'england', label: 'England', value: england?.value ?? null, says: saysPublished(england, measure) },
    { key: 'region', label: benchmark.region?.name ?? 'Region', value: region?.value ?? null, says: saysPublished(region, measure) },
    { key: 'neighbours', label: 'Mean of statistical neighbours', value: neighbours?.value ?? null, says: saysNeighbours(year, measure) },
  ];
  const most = Math.max(0, ...rows.map(({ value }) => value ?? 0));
  return rows.map((row) => ({ ...row, width: row.value !== null && most > 0 ? Math.max(0, (row.value / most) * 100) : 0 }));
}

/** A year's key as published: "2025" is the collection's own year, not the calendar's. */
export function saysYear({ period, year_kind }: Year): string {
  return year_kind === 'reporting_year' ? `Reporting year ${period}` : formatPeriod(period);
}
