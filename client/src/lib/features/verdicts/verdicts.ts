/** What the screens ask the service for about verdicts and rebases. */
import { queryOptions } from '@tanstack/svelte-query';
import { api, ifMatch, read, tagOf } from '$lib/api';
import type { components } from '$lib/api/schema';
import type { SeriesOf } from '../kpis/queries';

type Schemas = components['schemas'];
export type Verdict = Schemas['VerdictRead'];
/** With the points that rules mark, as only a KPI's own page needs them. */
export type MarkedVerdict = Schemas['MarkedVerdictRead'];
export type Variation = Schemas['Variation'];
export type VariationIcon = Schemas['VariationIcon'];
export type Assurance = Schemas['TargetAssurance'];
export type Mark = MarkedVerdict['marks'][number];
export type KpiVerdicts = Schemas['KpiVerdictsRead'];
export type SeriesVerdict = Schemas['SeriesVerdictRead'];
export type EarlierVerdict = Schemas['EarlierVerdictRead'];
export type Rebase = Schemas['RebaseRead'];
export type RebaseCreate = Schemas['RebaseCreate'];

/** How soon to look again for a verdict that is being made. */
const SOON = 3_000;

export function verdictsQuery(plan: string, kpi: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'kpis', kpi, 'verdicts'],
    queryFn: () => read(api.GET('/v1/plans/{plan}/kpis/{kpi}/verdicts', { params: { path: { plan, kpi } } })),
    refetchInterval: ({ state }) => (state.data?.series.some(({ is_pending }) => is_pending) ? SOON : false),
  });
}

/** What was said of one series before a change did away with it, newest first. */
export function earlierVerdictsPage({ plan, kpi, segment, basis }: SeriesOf, cursor?: string) {
  const query = { segment: [segment], basis: [basis], limit: 20, total: true, cursor };
  return read(api.GET('/v1/plans/{plan}/kpis/{kpi}/earlier-verdicts', { params: { path: { plan, kpi }, query } }));
}

export function rebasesQuery(plan: string, kpi: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'kpis', kpi, 'rebases'],
    queryFn: async () => {
      const query = { sort: '-number', limit: 200 };
      return (await read(api.GET('/v1/plans/{plan}/kpis/{kpi}/rebases', { params: { path: { plan, kpi }, query } }))).items;
    },
  });
}

export function proposeRebase(plan: string, kpi: string, body: RebaseCreate, key: { 'idempotency-key': string }) {
  return read(api.POST('/v1/plans/{plan}/kpis/{kpi}/rebases', { params: { path: { plan, kpi }, header: key }, body }));
}

/** On the version that the person saw: a decision somebody made meanwhile is never overwritten. */
export function decideRebase(plan: string, { kpi, number, version }: Rebase, agrees: boolean, note: string) {
  const params = { path: { plan, kpi, rebase: String(number) }, header: ifMatch(tagOf({ version })) };
  return agrees
    ? read(api.POST('/v1/plans/{plan}/kpis/{kpi}/rebases/{rebase}/agreement', { params, body: { note: note || null } }))
    : read(api.POST('/v1/plans/{plan}/kpis/{kpi}/rebases/{rebase}/rejection', { params, body: { note } }));
}
