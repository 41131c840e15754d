/** What can be done to values and to late revisions, singly or to many at once: its words, and its request. */
import { api, read } from '$lib/api';
import type { components } from '$lib/api/schema';
import { plural } from '$lib/format';
import type { Chosen } from '../lists/filters';

type Schemas = components['schemas'];
export type Header = { 'idempotency-key': string };

export type ValueAct = 'sign_off' | 'query' | 'answer' | 'clear';
export type LateAct = 'accept' | 'decline';
export type Act = ValueAct | LateAct;

interface Words {
  /** On the button that opens its form, and on the one that sends it. */
  label: string;
  /** What the box asks for; its hint; whether something must be said. */
  asks: string;
  hint?: string;
  isNeeded: boolean;
  /** What has to be entered, where nothing was. */
  missing: string;
  /** "3 values have been …". */
  done: string;
}

export const ACTS: Record<Act, Words> = {
  sign_off: {
    label: 'Sign off',
    asks: 'Note (optional)',
    hint: 'For example, “Checked against the return”',
    isNeeded: false,
    missing: '',
    done: 'signed off',
  },
  query: {
    label: 'Put under query',
    asks: 'What is the question?',
    hint: 'It stands beside each value until the query is cleared',
    isNeeded: true,
    missing: 'Enter the question',
    done: 'put under query',
  },
  answer: {
    label: 'Answer',
    asks: 'What is the answer?',
    hint: 'The values stay under query until somebody clears them',
    isNeeded: true,
    missing: 'Enter the answer',
    done: 'answered',
  },
  clear: {
    label: 'Clear the query',
    asks: 'Why is there no doubt any more?',
    hint: 'The values can then be signed off',
    isNeeded: true,
    missing: 'Enter why the query is cleared',
    done: 'cleared, and can be signed off',
  },
  accept: {
    label: 'Accept',
    asks: 'Why are they accepted?',
    hint: 'One reason for all of those chosen. The periods stay locked',
    isNeeded: true,
    missing: 'Enter why they are accepted',
    done: 'accepted',
  },
  decline: {
    label: 'Decline',
    asks: 'Why are they declined?',
    hint: 'One reason for all of those chosen. What is held stays',
    isNeeded: true,
    missing: 'Enter why they are declined',
    done: 'declined',
  },
};

/** Which values are meant: one by one, or all of a KPI, feed or delivery. */
export type Meant = Pick<Schemas['SignOffWrite'], 'submission'> & Partial<Pick<Schemas['SignOffWrite'], 'kpis' | 'feeds' | 'basis' | 'values'>>;

/**
 * All that a list's filters find, as an act can name it; null where it cannot. The service adds KPIs and feeds
 * up where the list wants both, knows no age, and never takes a whole plan to be meant.
 */
export function wholeOf({ kpi = [], feed = [], submission = [], basis = [], ...others }: Chosen): Meant | null {
  const isNamed = kpi.length + feed.length + submission.length > 0;
  if (!isNamed || (kpi.length && feed.length) || submission.length > 1 || Object.keys(others).length) return null;
  return { kpis: kpi, feeds: feed, submission: submission[0] ?? null, basis: basis as NonNullable<Meant['basis']> };
}

/** How many it was done to, and how many were left because they came or changed after they were looked at. */
export interface Done {
  changed: number;
  since: number;
}

/** `seenAt`: as of when the values on screen were told. A sign-off reaches no further. */
export async function actOnValues(
  plan: string, act: ValueAct, meant: Meant, words: string, header: Header, seenAt: string | null = null,
): Promise<Done> {
  const params = { path: { plan }, header };
  const chosen = { kpis: [], feeds: [], periods: [], segments: [], basis: [], values: [], ...meant };
  const call = {
    sign_off: () =>
      api.POST('/v1/plans/{plan}/measurements/sign-offs', { params, body: { ...chosen, known_at: seenAt, reason: words || null } }),
    query: () => api.POST('/v1/plans/{plan}/measurements/queries', { params, body: { ...chosen, question: words } }),
    answer: () => api.POST('/v1/plans/{plan}/measurements/query-answers', { params, body: { ...chosen, answer: words } }),
    clear: () => api.POST('/v1/plans/{plan}/measurements/query-clearances', { params, body: { ...chosen, reason: words } }),
  }[act];
  const { changed, changed_since: since } = await read<Awaited<ReturnType<typeof call>>>(call());
  return { changed, since };
}

/** How many were decided. */
export async function decideLate(plan: string, act: LateAct, ids: number[], reason: string, header: Header): Promise<Done> {
  const params = { path: { plan }, header };
  const body = { late_revisions: ids, kpis: [], feeds: [], reason };
  const told =
    act === 'accept'
      ? await read(api.POST('/v1/plans/{plan}/late-revisions/acceptances', { params, body }))
      : await read(api.POST('/v1/plans/{plan}/late-revisions/declines', { params, body }));
  return { changed: told.decided + told.superseded, since: 0 };
}

/** What was done, and what was left because somebody had been there before. */
export function saysDone(act: Act, chosen: number, changed: number, noun: string): string {
  const has = (count: number) => `${plural(count, noun)} ${count === 1 ? 'has' : 'have'} been`;
  const done = changed ? `${has(changed)} ${ACTS[act].done}.` : '';
  const left = chosen - changed;
  if (left <= 0) return done;
  return `${done} ${has(left)} changed by somebody else meanwhile and ${left === 1 ? 'was' : 'were'} left.`.trim();
}
