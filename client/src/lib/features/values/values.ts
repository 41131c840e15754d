/** What waits to be looked at: values, late revisions, feeds and locks, as their screens ask for them. */
import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { formatTime, plural } from '$lib/format';
import { TERMS } from '$lib/words';
import { kpiOptions } from '../kpis/labels';
import type { Chosen, Filter } from '../lists/filters';
import { everyPage, type Option } from '../plan/setup';

type Schemas = components['schemas'];
export type PlanValue = Schemas['PlanValueRead'];
export type LateRevision = Schemas['LateRead'];
export type Feed = Schemas['FeedRead'];
export type FeedPeriod = Schemas['FeedPeriodRead'];
export type PeriodLock = Schemas['PeriodLockRead'];
export type Waiting = Schemas['WaitingRead'];
export type Figures = Schemas['FiguresRead'];
export type Measure = Schemas['MeasureRead'];

type ValuesQuery = NonNullable<paths['/v1/plans/{plan}/measurements']['get']['parameters']['query']>;
type LateQuery = NonNullable<paths['/v1/plans/{plan}/late-revisions']['get']['parameters']['query']>;
type FeedsQuery = NonNullable<paths['/v1/plans/{plan}/feeds']['get']['parameters']['query']>;

/** The service stops counting here. */
const MOST_COUNTED = 10_000;

export function waitingQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'measurements', 'waiting'],
    queryFn: () => read(api.GET('/v1/plans/{plan}/measurements/waiting', { params: { path: { plan } } })),
  });
}

/** A figure of what waits, as a tab shows it: "1,204", "10,000+". */
export function countOf(figure: number): string {
  return figure.toLocaleString('en-GB') + (figure >= MOST_COUNTED ? '+' : '');
}

export function valuesPage(plan: string, workflow: 'loaded' | 'under_query', chosen: Chosen, cursor?: string) {
  const { older_than_days: days, from, to, kpi, feed, submission, basis } = chosen;
  const query: ValuesQuery = {
    workflow: [workflow],
    kpi,
    feed,
    submission,
    basis: basis as ValuesQuery['basis'],
    from: from?.[0],
    to: to?.[0],
    ...(days?.[0] && { older_than_days: Number(days[0]) }),
    total: true,
    limit: 50,
    cursor,
  };
  return read(api.GET('/v1/plans/{plan}/measurements', { params: { path: { plan }, query } }));
}

export function latePage(plan: string, chosen: Chosen, cursor?: string) {
  const { status = ['waiting'], kpi, feed, submission } = chosen;
  const query = { status, kpi, feed, submission, total: true, limit: 50, cursor } as LateQuery;
  return read(api.GET('/v1/plans/{plan}/late-revisions', { params: { path: { plan }, query } }));
}

export function feedsPage(plan: string, chosen: Chosen, cursor?: string) {
  const query = { state: chosen.state, q: chosen.q?.[0], sort: 'title', total: true, limit: 50, cursor } as FeedsQuery;
  return read(api.GET('/v1/plans/{plan}/feeds', { params: { path: { plan }, query } }));
}

export function locksPage(plan: string, cursor?: string) {
  const query = { total: true, limit: 50, cursor };
  return read(api.GET('/v1/plans/{plan}/period-locks', { params: { path: { plan }, query } }));
}

export function feedsQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'feeds', 'all'],
    queryFn: () =>
      everyPage<Feed>((cursor) =>
        read(api.GET('/v1/plans/{plan}/feeds', { params: { path: { plan }, query: { limit: 200, sort: 'title', cursor } } })),
      ),
    staleTime: 60_000,
  });
}

export function feedOptions(feeds: readonly Feed[] = []): Option[] {
  return feeds.map(({ ref, title }) => ({ value: ref, label: title }));
}

/** The latest deliveries that stored something, to filter by. */
export function deliveriesQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'submissions', 'options'],
    queryFn: async (): Promise<Option[]> => {
      const query = { status: ['stored' as const], limit: 50 };
      const { items } = await read(api.GET('/v1/plans/{plan}/submissions', { params: { path: { plan }, query } }));
      return items.map((one) => ({
        value: one.submission,
        label: `${formatTime(one.received_at)}${one.by ? `, ${one.by}` : ''}: ${plural(one.received, 'value')}`,
      }));
    },
    staleTime: 60_000,
  });
}

export interface FilterOptions {
  feeds: readonly Option[];
  kpis: readonly Option[];
  deliveries: readonly Option[];
}

const AGES = [1, 3, 7, 14, 30].map((days) => ({ value: String(days), label: `More than ${plural(days, 'day')}` }));

function originFilters({ feeds, kpis, deliveries }: FilterOptions, chosen: Chosen): Filter[] {
  const one = chosen.submission?.[0];
  const known = one && !deliveries.some(({ value }) => value === one) ? [{ value: one, label: 'the one chosen' }] : [];
  return [
    { name: 'feed', label: 'Feed', kind: 'one', choices: feeds },
    { name: 'kpi', label: 'KPI', kind: 'one', choices: kpis },
    { name: 'submission', label: 'Delivery', kind: 'one', choices: [...known, ...deliveries] },
  ];
}

export function valueFilters(options: FilterOptions, chosen: Chosen): Filter[] {
  return [
    { name: 'basis', label: 'Figures', kind: 'choices', choices: kpiOptions('basis') },
    ...originFilters(options, chosen),
    { name: 'older_than_days', label: 'Waiting', kind: 'one', choices: AGES },
  ];
}

export function lateFilters(options: FilterOptions, chosen: Chosen): Filter[] {
  const choices = Object.entries(TERMS.late).map(([value, { word }]) => ({ value, label: word }));
  return [{ name: 'status', label: 'Status', kind: 'choices', choices }, ...originFilters(options, chosen)];
}

export const FEED_FILTERS: Filter[] = [
  {
    name: 'state',
    label: 'State',
    kind: 'choices',
    choices: Object.entries(TERMS.feed).map(([value, { word }]) => ({ value, label: word })),
  },
];

/** The names of the filters, before their choices are known. */
export const VALUE_FILTER_NAMES = valueFilters({ feeds: [], kpis: [], deliveries: [] }, {});
export const LATE_FILTER_NAMES = lateFilters({ feeds: [], kpis: [], deliveries: [] }, {});

export function valueKey({ kpi, segment, period, basis }: Pick<PlanValue, 'kpi' | 'segment' | 'period' | 'basis'>): string {
  return `${kpi} ${segment} ${period} ${basis}`;
}

/** How a value is named in an act: as it was when it was looked at, so that one changed since is left. */
export function addressOf({ kpi, segment, period, basis, revision }: PlanValue): Schemas['ValueAddress'] {
  return { kpi, segment, period, basis, revision };
}
