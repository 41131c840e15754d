import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import type { Chosen, Filter } from '../lists/filters';
import { labelFor, optionsOf } from '../plan/labels';

export type SourceNote = components['schemas']['SourceNoteRead'];

/** Everything a source left doubtful about one item, settled or not. */
export function notesAbout(plan: string, kind: 'recommendation' | 'action' | 'kpi', ref: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'source-notes', kind, ref],
    queryFn: () =>
      read(
        api.GET('/v1/plans/{plan}/source-notes', { params: { path: { plan }, query: { about: [`${kind}:${ref}`], limit: 200 } } }),
      ),
  });
}

export type Leaderless = components['schemas']['LeaderlessRead'];
type NoteQuery = NonNullable<paths['/v1/plans/{plan}/source-notes']['get']['parameters']['query']>;
type LeaderlessQuery = NonNullable<paths['/v1/plans/{plan}/leaderless']['get']['parameters']['query']>;

const KINDS = ['recommendation', 'action', 'kpi', 'risk', 'check'] as const;
const KIND_CHOICES = KINDS.map((value) => ({ value, label: labelFor('item_kind', value) }));

export const NOTE_FILTERS: Filter[] = [
  { name: 'about', label: 'About', kind: 'choices', choices: [{ value: 'plan', label: 'The plan' }, ...KIND_CHOICES] },
  { name: 'kind', label: 'Kind of doubt', kind: 'choices', choices: optionsOf('note_kind') },
];

export const LEADERLESS_FILTERS: Filter[] = [{ name: 'kind', label: 'Kind of item', kind: 'choices', choices: KIND_CHOICES }];

export function notesPage(plan: string, settled: boolean, chosen: Chosen, cursor?: string) {
  const { about, kind, q } = chosen;
  const sort = settled ? '-settled_at' : 'position';
  const query = { about, kind, settled, sort, q: q?.[0], limit: 50, total: true, cursor } as NoteQuery;
  return read(api.GET('/v1/plans/{plan}/source-notes', { params: { path: { plan }, query } }));
}

export function leaderlessPage(plan: string, chosen: Chosen, cursor?: string) {
  const { kind, q } = chosen;
  const query = { kind, q: q?.[0], limit: 50, total: true, cursor } as LeaderlessQuery;
  return read(api.GET('/v1/plans/{plan}/leaderless', { params: { path: { plan }, query } }));
}
