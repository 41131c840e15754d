import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { plural } from '$lib/format';
import { queries } from '$lib/queries';
import { TERMS } from '$lib/words';
import type { Chosen, Filter } from '../lists/filters';

type Schemas = components['schemas'];
export type Submission = Schemas['SubmissionRead'];
export type SubmissionSummary = Schemas['SubmissionSummary'];
export type SubmissionChange = Submission['changes'][number];
export type RowError = Submission['errors'][number];
export type RejectedRow = Schemas['RejectedRowRead'];
export type RowWarning = Schemas['RowWarningRead'];
export type ValueHeld = Schemas['MeasurementRead'];
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
  {
    name: 'dry_run',
    label: 'Previews',
    kind: 'choices',
    choices: [
      { value: 'false', label: 'Deliveries alone' },
      { value: 'true', label: 'Previews alone' },
    ],
  },
];

export function submissionsPage(plan: string, chosen: Chosen, cursor?: string) {
  const query = {
    ...(chosen.status && { status: chosen.status }),
    ...(chosen.mine && { mine: true }),
    // Both chosen is neither left out.
    ...(chosen.dry_run?.length === 1 && { dry_run: chosen.dry_run[0] === 'true' }),
    total: true,
    limit: 50,
    cursor,
  } as ListQuery;
  return read(api.GET('/v1/plans/{plan}/submissions', { params: { path: { plan }, query } }));
}

const keyOf = (plan: string, submission: string) => ['plans', plan, 'submissions', submission] as const;

/** A delivery, asked for again until it has ended; then whatever its values changed is out of date. */
export function submissionQuery(plan: string, submission: string) {
  const queryKey = keyOf(plan, submission);
  return queryOptions({
    queryKey,
    queryFn: async (): Promise<Submission> => {
      const before = queries.getQueryData<Submission>(queryKey);
      const now = await read(
        api.GET('/v1/plans/{plan}/submissions/{submission}', { params: { path: { plan, submission } } }),
      );
      if (before?.status === 'pending' && now.status === 'stored') void othersChanged(plan, submission);
      return now;
    },
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? waitAfter(state.dataUpdateCount) : false),
  });
}

/** What was just answered about a delivery need not be asked for again. */
export function keepSubmission(plan: string, found: Submission): void {
  queries.setQueryData<Submission>(keyOf(plan, found.submission), found);
}

/** Everything else read of the plan may be out of date. */
export function othersChanged(plan: string, submission: string): Promise<void> {
  const own = JSON.stringify(keyOf(plan, submission));
  return queries.invalidateQueries({
    queryKey: ['plans', plan],
    predicate: ({ queryKey }) => JSON.stringify(queryKey) !== own,
  });
}

/** Milliseconds until the next look at a delivery that was looked at so many times: a short file is soon read. */
export function waitAfter(looks: number): number {
  return Math.min(400 * 1.3 ** Math.max(0, looks - 3), 3000);
}

/** Its values that are known now, which are fewer once somebody has changed them since. */
export function valuesOfPage(plan: string, submission: string, cursor?: string) {
  return read(
    api.GET('/v1/plans/{plan}/measurements', {
      params: { path: { plan }, query: { submission: [submission], sort: 'kpi,period', limit: 50, total: true, cursor } },
    }),
  );
}

export function rejectedRowsPage(plan: string, submission: string, cursor?: string) {
  return read(
    api.GET('/v1/plans/{plan}/submissions/{submission}/rejected-rows', {
      params: { path: { plan, submission }, query: { limit: 50, cursor } },
    }),
  );
}

/** Where all rejected rows can be downloaded, each with its reason. */
export function rejectedRowsFile(plan: string, submission: string): string {
  return `/v1/plans/${encodeURIComponent(plan)}/submissions/${encodeURIComponent(submission)}/rejected-rows.csv`;
}

/** Where all that a delivery changed, or would, can be downloaded. */
export function changesFile(plan: string, submission: string): string {
  return `/v1/plans/${encodeURIComponent(plan)}/submissions/${encodeURIComponent(submission)}/changes.csv`;
}

/** What a withdrawal would do now. */
export function foreseenQuery(plan: string, submission: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'submissions', submission, 'withdrawal'],
    queryFn: () =>
      read(api.GET('/v1/plans/{plan}/submissions/{submission}/withdrawal', { params: { path: { plan, submission } } })),
  });
}

const DOORS: Record<string, string> = {
  put: 'One value, on screen or by its address',
  json: 'A batch over the API',
  csv: 'A CSV file',
  ndjson: 'An NDJSON file',
  xlsx: 'An Excel workbook',
};

/** How it came in, for people. */
export function doorWords(door: string): string {
  return DOORS[door] ?? door;
}

/** What became of some values, and what would become of those that are previewed: of one, and of more. */
const BECAME: Record<(typeof OUTCOMES)[number], { done: [string, string]; would: [string, string] }> = {
  created: { done: ['was created', 'were created'], would: ['is new', 'are new'] },
  updated: { done: ['was changed', 'were changed'], would: ['would change', 'would change'] },
  unchanged: { done: ['was held already', 'were held already'], would: ['is held already', 'are held already'] },
  queued: { done: ['waits to be accepted', 'wait to be accepted'], would: ['would wait to be accepted', 'would wait to be accepted'] },
  rejected: { done: ['was wrong and left out', 'were wrong and left out'], would: ['is wrong', 'are wrong'] },
};

const LIST = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** What became of a delivery, or what would, in a sentence. */
export function saysOutcome(one: SubmissionSummary): string {
  const { received, dry_run, status } = one;
  if (status === 'pending') return 'The file is being read. Nothing is stored until all of it has been.';
  if (one.problem) return one.problem.message;
  if (one.withdrawal) return saysWithdrawal(one.withdrawal);
  if (status === 'rejected' || status === 'failed') {
    // Of a delivery that is stored whole or not at all every row counts as rejected, the good ones too.
    return one.mode === 'atomic'
      ? 'Nothing was stored, because some rows are wrong: the delivery was to be stored whole or not at all.'
      : 'Nothing was stored, because every row is wrong.';
  }
  const parts = OUTCOMES.filter((outcome) => one[outcome]).map((outcome) => {
    const words = BECAME[outcome][dry_run ? 'would' : 'done'];
    return `${one[outcome].toLocaleString('en-GB')} ${one[outcome] === 1 ? words[0] : words[1]}`;
  });
  return `Of ${plural(received, 'value')}${dry_run ? ' in the file' : ''}, ${LIST.format(parts)}.`;
}

function saysWithdrawal({ restored, confirmed, removed, kept }: NonNullable<SubmissionSummary['withdrawal']>): string {
  const parts = [
    restored && `${plural(restored, 'value')} went back to what was known before`,
    confirmed && `${plural(confirmed, 'value')} came in another delivery too and ${confirmed === 1 ? 'stays' : 'stay'}`,
    removed && `${plural(removed, 'value')} ${removed === 1 ? 'is' : 'are'} not known any more`,
    kept && `${plural(kept, 'value')} had been changed since and ${kept === 1 ? 'stays' : 'stay'}`,
  ].filter(Boolean);
  return `It was withdrawn: ${parts.length ? parts.join('; ') : 'it held no value any more'}.`;
}

/**
 * Where wrong rows stand: "Data!C7, Data!D7" as "C7, D7 on the sheet Data", "line 7, line 9" as
 * "lines 7, 9", and rows that have no place by their number, from 1.
 */
export function saysPlaces({ indexes, places, count }: Pick<RowError, 'indexes' | 'places' | 'count'>, most = 8): string {
  const numbers = indexes.map((index) => `row ${(index + 1).toLocaleString('en-GB')}`);
  const all = places.length ? places : numbers;
  const shown = all.slice(0, most);
  const more = count > shown.length ? ` and ${(count - shown.length).toLocaleString('en-GB')} more` : '';
  const sheet = /^(.*)!/s.exec(shown[0] ?? '')?.[1];
  if (sheet !== undefined && shown.every((place) => place.startsWith(`${sheet}!`))) {
    return `${shortened(shown.map((place) => place.slice(sheet.length + 1)))}${more} on the sheet ${sheet}`;
  }
  return shortened(shown) + more;
}

function shortened(places: string[]): string {
  const word = /^(row|line) /.exec(places[0] ?? '')?.[1];
  if (!word || places.length < 2 || !places.every((place) => place.startsWith(`${word} `))) return places.join(', ');
  return `${word}s ${places.map((place) => place.slice(word.length + 1)).join(', ')}`;
}
