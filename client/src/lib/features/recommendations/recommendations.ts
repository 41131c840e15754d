import { queryOptions } from '@tanstack/svelte-query';
import { api, read, readVersioned } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { TERMS } from '$lib/words';
import type { Chosen, Filter } from '../lists/filters';
import { RATING_CHOICES } from '../plan/choices';
import { labelFor } from '../plan/labels';
import { everyPage, type Option } from '../plan/setup';

export type Recommendation = components['schemas']['RecommendationRead'];
export type RecommendationSummary = components['schemas']['RecommendationSummary'];
export type KpiSummary = components['schemas']['KpiSummary'];
type ListQuery = NonNullable<paths['/v1/plans/{plan}/recommendations']['get']['parameters']['query']>;

export function recommendationQuery(plan: string, recommendation: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'recommendations', 'one', recommendation],
    queryFn: () =>
      readVersioned(api.GET('/v1/plans/{plan}/recommendations/{recommendation}', { params: { path: { plan, recommendation } } })),
  });
}

/** The same, always read afresh: an edit starts from what is there now, not from what was kept. */
export function recommendationToEditQuery(plan: string, recommendation: string) {
  return queryOptions({
    ...recommendationQuery(plan, recommendation),
    queryKey: ['plans', plan, 'recommendations', 'edit', recommendation],
    staleTime: 0,
    gcTime: 0,
  });
}

export function recommendationsPage(plan: string, chosen: Chosen, sort: string, cursor?: string) {
  const { late, doubtful, mine, q, ...lists } = chosen;
  const query = {
    ...lists,
    ...(late && { late: late[0] === 'true' }),
    ...(doubtful && { doubtful: doubtful[0] === 'true' }),
    ...(mine && { mine: mine[0] === 'true' }),
    ...(q && { q: q[0] }),
    ...(sort && { sort }),
    total: true,
    limit: 50,
    cursor,
  } as ListQuery;
  return read(api.GET('/v1/plans/{plan}/recommendations', { params: { path: { plan }, query } }));
}

/** Every recommendation by ref and short name, for the lists that others choose from. */
export function recommendationOptionsQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'recommendations', 'options'],
    queryFn: async (): Promise<Option[]> => {
      const all = await everyPage<RecommendationSummary>((cursor) =>
        read(api.GET('/v1/plans/{plan}/recommendations', { params: { path: { plan }, query: { limit: 200, cursor } } })),
      );
      return all.map((one) => ({ value: one.ref, label: `${one.ref}: ${shortName(one)}` }));
    },
    staleTime: 60_000,
  });
}

/** The KPIs under a recommendation, with their latest values. */
export function kpisUnderQuery(plan: string, recommendation: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'kpis', 'under', recommendation],
    queryFn: () =>
      read(api.GET('/v1/plans/{plan}/kpis', { params: { path: { plan }, query: { recommendation: [recommendation], limit: 200 } } })),
  });
}

export function shortName({ label, text }: { label: string | null; text: string }, length = 80): string {
  const name = label ?? text;
  return name.length > length ? `${name.slice(0, length - 1).trimEnd()}…` : name;
}

export function doneOf({ action_counts }: Pick<RecommendationSummary, 'action_counts'>): { done: number; total: number; left: string } {
  const { total, completed, closed, cancelled, superseded, unreadable } = action_counts;
  const asides = [
    cancelled && `${cancelled} cancelled`,
    superseded && `${superseded} superseded`,
    unreadable && `${unreadable} unreadable`,
  ].filter(Boolean);
  return { done: completed + closed, total, left: asides.join(', ') };
}

export function actionsWords(one: Pick<RecommendationSummary, 'action_counts'>): string {
  const { done, total } = doneOf(one);
  return total ? `${done} of ${total} done` : 'None yet';
}

export function recommendationFilters(known: { parties: readonly Option[]; themes: readonly Option[] }): Filter[] {
  return [
    {
      name: 'status',
      label: 'Status',
      kind: 'choices',
      choices: Object.entries(TERMS.recommendation_status).map(([value, { word }]) => ({ value, label: word })),
    },
    { name: 'rating', label: 'Rating', kind: 'choices', choices: RATING_CHOICES },
    { name: 'lead', label: 'Lead', kind: 'one', choices: [{ value: 'none', label: 'Nobody' }, ...known.parties] },
    { name: 'theme', label: 'Theme', kind: 'one', choices: known.themes },
    { name: 'late', label: 'With overdue actions', kind: 'flag' },
    { name: 'mine', label: 'Mine, my team’s or those I deputise for', kind: 'flag' },
    { name: 'doubtful', label: 'With doubts to settle', kind: 'flag' },
    {
      name: 'origin',
      label: 'Origin',
      kind: 'one',
      choices: ['inspection', 'audit', 'peer_review', 'own_priority', 'complaint', 'learning_review'].map((value) => ({
        value,
        label: labelFor('origin', value),
      })),
    },
  ];
}
