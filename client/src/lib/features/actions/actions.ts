import { queryOptions } from '@tanstack/svelte-query';
import { api, read, readVersioned } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { TERMS } from '$lib/words';
import type { Chosen, Filter } from '../lists/filters';
import { optionsOf } from '../plan/labels';
import { everyPage, statusWord, type Option, type Plan } from '../plan/setup';
import { RATING_CHOICES } from '../plan/choices';

export type Action = components['schemas']['ActionRead'];
export type ActionSummary = components['schemas']['ActionSummary'];
export type ActionStatus = Action['status'];
type ListQuery = NonNullable<paths['/v1/plans/{plan}/actions']['get']['parameters']['query']>;

export const PAGE_SIZE = 50;

export function actionQuery(plan: string, action: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'actions', 'one', action],
    queryFn: () => readVersioned(api.GET('/v1/plans/{plan}/actions/{action}', { params: { path: { plan, action } } })),
  });
}

/** The same, always read afresh: an edit starts from what is there now, not from what was kept. */
export function actionToEditQuery(plan: string, action: string) {
  return queryOptions({
    ...actionQuery(plan, action),
    queryKey: ['plans', plan, 'actions', 'edit', action],
    staleTime: 0,
    gcTime: 0,
  });
}

/** A page of actions as the filters in the address ask for them. */
export function actionsPage(plan: string, chosen: Chosen, sort: string, cursor?: string) {
  const { doubtful, mine, q, ...lists } = chosen;
  const query = {
    ...lists,
    ...(doubtful && { doubtful: doubtful[0] === 'true' }),
    ...(mine && { mine: mine[0] === 'true' }),
    ...(q && { q: q[0] }),
    ...(sort && { sort }),
    total: true,
    limit: PAGE_SIZE,
    cursor,
  } as ListQuery;
  return read(api.GET('/v1/plans/{plan}/actions', { params: { path: { plan }, query } }));
}

export function statusOptions(plan?: Plan): Option[] {
  return Object.entries(TERMS.action_status).map(([value, { word }]) => ({ value, label: statusWord(plan, value) ?? word }));
}

export const WHEN = [
  { value: 'overdue', label: 'Overdue' },
  { value: 'due_soon', label: 'Due soon' },
  { value: 'slipped', label: 'Date moved' },
  { value: 'no_date', label: 'No date' },
] as const;

interface Known {
  plan?: Plan;
  parties: readonly Option[];
  themes: readonly Option[];
  recommendations: readonly Option[];
  actions: readonly ActionOption[];
}

export function actionFilters({ plan, parties, themes, recommendations, actions }: Known): Filter[] {
  const parents = new Set(actions.map(({ parent }) => parent));
  return [
    { name: 'status', label: 'Status', kind: 'choices', choices: statusOptions(plan) },
    { name: 'when', label: 'Due', kind: 'choices', choices: WHEN },
    { name: 'rating', label: 'Rating', kind: 'choices', choices: RATING_CHOICES },
    { name: 'lead', label: 'Lead', kind: 'one', choices: [{ value: 'none', label: 'Nobody' }, ...parties] },
    { name: 'recommendation', label: 'Recommendation', kind: 'one', choices: recommendations },
    { name: 'theme', label: 'Theme', kind: 'one', choices: themes },
    {
      name: 'parent',
      label: 'Part of',
      kind: 'one',
      choices: [{ value: 'none', label: 'No other action' }, ...actions.filter(({ value }) => parents.has(value))],
    },
    { name: 'dimension', label: 'Dimension', kind: 'one', choices: optionsOf('dimension') },
    { name: 'mine', label: 'Mine, my team’s or those I deputise for', kind: 'flag' },
    { name: 'doubtful', label: 'With doubts to settle', kind: 'flag' },
  ];
}

export type ActionOption = Option & { parent: string | null };

/** Every action by ref and title, for choosing what another is part of. */
export function actionOptionsQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'actions', 'options'],
    queryFn: async (): Promise<ActionOption[]> => {
      const all = await everyPage<ActionSummary>((cursor) =>
        read(api.GET('/v1/plans/{plan}/actions', { params: { path: { plan }, query: { limit: 200, cursor } } })),
      );
      return all.map(({ ref, title, parent }) => ({
        value: ref,
        label: `${ref}: ${title.length > 80 ? `${title.slice(0, 79)}…` : title}`,
        parent,
      }));
    },
    staleTime: 60_000,
  });
}

/** The actions that are part of one. */
export function partsQuery(plan: string, action: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'actions', 'parts', action],
    queryFn: () =>
      read(api.GET('/v1/plans/{plan}/actions', { params: { path: { plan }, query: { parent: [action], limit: 200 } } })),
  });
}

/** The checks that an action did what it was for. */
export function checksQuery(plan: string, action: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'checks', 'action', action],
    queryFn: () =>
      read(api.GET('/v1/plans/{plan}/checks', { params: { path: { plan }, query: { about: [`action:${action}`], limit: 100 } } })),
  });
}
