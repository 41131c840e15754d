/** What the screens of KPIs ask the service for. */
import { keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import { api, read, readVersioned, type Versioned } from '$lib/api';
import type { components } from '$lib/api/schema';
import { queries } from '$lib/queries';
import { CATEGORIES } from './labels';
import type { Kpi, KpiSummary } from './says';

type Schemas = components['schemas'];
export type Basis = Schemas['Basis'];
export type YearValue = Schemas['YearValue'];
export type ScorecardLine = KpiSummary & Partial<Pick<Schemas['ScorecardLine'], 'last_outturn' | 'year'>>;

export interface Scorecard {
  /** Null for readers of a part of the plan: they see the KPIs they were given, without the year. */
  financial_year: string | null;
  months: string[];
  kpis: ScorecardLine[];
}

interface ScorecardAsked {
  plan: string;
  points: number;
  year: string | null;
  /** Whether the person reads the whole plan. */
  whole: boolean;
}

export function scorecardQuery({ plan, points, year, whole }: ScorecardAsked) {
  return queryOptions({
    queryKey: ['plans', plan, 'scorecard', { points, year, whole }],
    queryFn: () => (whole ? wholeScorecard(plan, points, year) : givenKpis(plan, points)),
    placeholderData: keepPreviousData,
  });
}

async function wholeScorecard(plan: string, points: number, year: string | null): Promise<Scorecard> {
  const query = { points, ...(year ? { financial_year: year } : {}) };
  const found = await read(api.GET('/v1/plans/{plan}/scorecard', { params: { path: { plan }, query } }));
  return { ...found, kpis: found.groups.flatMap(({ kpis }) => kpis) };
}

async function givenKpis(plan: string, points: number): Promise<Scorecard> {
  const { items } = await read(api.GET('/v1/plans/{plan}/kpis', { params: { path: { plan }, query: { limit: 200 } } }));
  const place = ({ category }: KpiSummary) => CATEGORIES.indexOf(category);
  const kpis = items
    .map((kpi) => ({ ...kpi, points: kpi.points.slice(-points) }))
    .sort((a, b) => place(a) - place(b));
  return { financial_year: null, months: [], kpis };
}

export function kpiQuery(plan: string, kpi: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'kpis', kpi],
    queryFn: (): Promise<Versioned<Kpi>> =>
      readVersioned(api.GET('/v1/plans/{plan}/kpis/{kpi}', { params: { path: { plan, kpi } } })),
  });
}

export interface SeriesOf {
  plan: string;
  kpi: string;
  segment: string;
  basis: Basis;
}

/** Values of one series, newest first, three years of months at a time; those withdrawn among them. */
export function measurementsPage({ plan, kpi, segment, basis }: SeriesOf, cursor?: string) {
  return read(
    api.GET('/v1/plans/{plan}/kpis/{kpi}/measurements', {
      params: {
        path: { plan, kpi },
        query: { segment: [segment], basis: [basis], withdrawn: true, sort: '-period', limit: 36, total: true, cursor },
      },
    }),
  );
}

export function revisionsQuery({ plan, kpi, segment, basis }: SeriesOf, period: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'kpis', kpi, 'revisions', { segment, basis, period }],
    queryFn: () =>
      read(
        api.GET('/v1/plans/{plan}/kpis/{kpi}/measurements/{segment}/{period}/revisions', {
          params: { path: { plan, kpi, segment, period }, query: { basis: [basis], limit: 200 } },
        }),
      ),
  });
}

/** After a change: everything that was read of the plan may be out of date. */
export function planChanged(plan: string): Promise<void> {
  return queries.invalidateQueries({ queryKey: ['plans', plan] });
}
