import { queryOptions } from '@tanstack/svelte-query';
import { api, read, readVersioned } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { TERMS } from '$lib/words';
import type { Chosen, Filter } from '../lists/filters';
import { everyPage } from '../plan/setup';
import { CAUSE_OPTIONS } from './labels';

type Schemas = components['schemas'];
export type Escalation = Schemas['EscalationRead'];
export type EscalationSummary = Schemas['EscalationSummary'];
export type EscalationCreate = Schemas['EscalationCreate'];
export type Ladder = Schemas['LadderRead'];
export type Stage = Schemas['StageRead'];
export type EscalationEvent = Schemas['EventRead'];
type ListQuery = NonNullable<paths['/v1/plans/{plan}/escalations']['get']['parameters']['query']>;

export function escalationQuery(plan: string, escalation: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'escalations', 'one', escalation],
    queryFn: () =>
      readVersioned(api.GET('/v1/plans/{plan}/escalations/{escalation}', { params: { path: { plan, escalation } } })),
  });
}

export function escalationsPage(plan: string, chosen: Chosen, sort: string, cursor?: string) {
  const { q, to_answer, ...lists } = chosen;
  const query = {
    ...lists,
    ...(to_answer && { to_answer: to_answer[0] === 'true' }),
    ...(q && { q: q[0] }),
    ...(sort && { sort }),
    total: true,
    limit: 50,
    cursor,
  } as ListQuery;
  return read(api.GET('/v1/plans/{plan}/escalations', { params: { path: { plan }, query } }));
}

export const ESCALATION_FILTERS: Filter[] = [
  {
    name: 'state',
    label: 'State',
    kind: 'choices',
    choices: Object.entries(TERMS.escalation_state).map(([value, { word }]) => ({ value, label: word })),
  },
  { name: 'cause', label: 'Cause', kind: 'choices', choices: CAUSE_OPTIONS },
  {
    name: 'when',
    label: 'Overdue',
    kind: 'choices',
    choices: [
      { value: 'overdue', label: 'Answer overdue' },
      { value: 'overall_overdue', label: 'Whole ladder overdue' },
    ],
  },
  {
    name: 'assigned',
    label: 'To be answered by',
    kind: 'one',
    choices: [
      { value: 'me', label: 'Me, by name' },
      { value: 'none', label: 'Nobody by name' },
    ],
  },
  { name: 'to_answer', label: 'Waiting for my answer', kind: 'flag' },
];

export function laddersQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'ladders', 'enabled'],
    queryFn: () =>
      everyPage<Ladder>((cursor) =>
        read(api.GET('/v1/plans/{plan}/ladders', { params: { path: { plan }, query: { enabled: true, limit: 200, cursor } } })),
      ),
    staleTime: 60_000,
  });
}

/** The ladder that ships for a cause; whoever raises it may choose another. */
export function ladderFor(cause: string, ladders: readonly Ladder[]): string {
  const shipped: Record<string, string> = {
    kpi_off_target: 'kpi-off-target',
    feed_late: 'late-feed',
    partner_dispute: 'inter-agency',
  };
  const wanted = shipped[cause] ?? 'overdue-action';
  return ladders.find(({ ref }) => ref === wanted)?.ref ?? ladders[0]?.ref ?? '';
}
