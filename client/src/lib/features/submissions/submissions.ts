import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { TERMS } from '$lib/words';
import type { Chosen, Filter } from '../lists/filters';

type Schemas = components['schemas'];
export type Submission = Schemas['SubmissionRead'];
export type SubmissionSummary = Schemas['SubmissionSummary'];
export type SubmissionChange = Submission['changes'][number];
export type RowError = Submission['errors'][number];
type ListQuery = NonNullable<paths['/v1/plans/{plan}/submissions']['get']['parameters']['query']>;

/** In the order in which they sum to what was received. */
export const OUTCOMES = ['created', 'updated', 'unchanged', 'queued', 'rejected'] as const;

export const SUBMISSION_FILTERS: Filter[] = [
  {
    name: 'status',
    label: 'Status',
    kind: 'choices',
    choices: Object.entries(TERMS.submission_status).map(([value, { word }]) => ({ value, label: word })),
  },
  { name: 'mine', label: 'Sent by me', kind: 'flag' },
  { name: 'dry_run', label: 'Previews only', kind: 'flag' },
];

export function submissionsPage(plan: string, chosen: Chosen, cursor?: string) {
  const query = {
    ...(chosen.status && { status: chosen.status }),
    ...(chosen.mine && { mine: true }),
    ...(chosen.dry_run && { dry_run: true }),
    total: true,
    limit: 50,
    cursor,
  } as ListQuery;
  return read(api.GET('/v1/plans/{plan}/submissions', { params: { path: { plan }, query } }));
}

export function submissionQuery(plan: string, submission: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'submissions', submission],
    queryFn: () => read(api.GET('/v1/plans/{plan}/submissions/{submission}', { params: { path: { plan, submission } } })),
  });
}

export function rejectedRowsPage(plan: string, submission: string, cursor?: string) {
  return read(
    api.GET('/v1/plans/{plan}/submissions/{submission}/rejected-rows', {
      params: { path: { plan, submission }, query: { limit: 50, cursor } },
    }),
  );
}

/** How it came in, for people. */
export function doorWords(door: string): string {
  const words: Record<string, string> = { put: 'One value, on screen or by its address', json: 'A batch over the API' };
  return words[door] ?? door;
}
