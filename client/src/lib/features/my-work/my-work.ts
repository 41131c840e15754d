/** What one person leads or owes in a plan, in the order in which it presses. */
import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import type { components } from '$lib/api/schema';
import { dueShort, latenessWords, slipWords } from '../actions/due';
import { actionPath, recommendationPath } from '../plan/paths';
import { plural } from '$lib/format';

type Schemas = components['schemas'];
export type MyWork = Schemas['MyWork'];
export type MyCheck = Schemas['MyCheck'];
export type MyKpi = Schemas['MyKpi'];
export type MyMilestone = Schemas['MyMilestone'];
export type MyRisk = Schemas['MyRisk'];

export function myWorkQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'my-work'],
    queryFn: () => read(api.GET('/v1/plans/{plan}/my-work', { params: { path: { plan } } })),
  });
}

/** Something that a person reports on: an action or a recommendation. */
export interface Reported {
  key: string;
  kind: 'action' | 'recommendation';
  ref: string;
  title: string;
  href: string;
  status: string;
  statusWord: string | null;
  rating: string | null;
  confidence: string | null;
  /** What the dates suggest; only of an action. */
  suggested: string | null;
  isOverdue: boolean;
  isDueSoon: boolean;
  /** "38 days overdue", "Due soon". */
  lateness: string;
  /** "Due 26 Nov 2026, moved twice"; of a recommendation what is open under it. */
  facts: string;
  lastUpdate: string | null;
  lastText: string | null;
  isUpdateDue: boolean;
  standsInFor: readonly string[];
}

function actionReported(plan: string, action: MyWork['actions'][number]): Reported {
  const slips = slipWords(action);
  return {
    key: `action ${action.ref}`,
    kind: 'action',
    ref: action.ref,
    title: action.title,
    href: actionPath(plan, action.ref),
    status: action.status,
    statusWord: action.status_word,
    rating: action.rating,
    confidence: action.confidence,
    suggested: action.suggested_rating,
    isOverdue: action.is_overdue,
    isDueSoon: action.is_due_soon,
    lateness: latenessWords(action),
    facts: `${action.due ? `Due ${dueShort(action)}` : 'No date'}${slips ? `. ${slips}` : ''}`,
    lastUpdate: action.last_update,
    lastText: action.last_text,
    isUpdateDue: action.update_due,
    standsInFor: action.for,
  };
}

function recommendationReported(plan: string, one: MyWork['recommendations'][number]): Reported {
  const late = one.actions_overdue ? `, ${one.actions_overdue} overdue` : '';
  return {
    key: `recommendation ${one.ref}`,
    kind: 'recommendation',
    ref: one.ref,
    title: one.label ?? one.text,
    href: recommendationPath(plan, one.ref),
    status: one.status,
    statusWord: null,
    rating: one.rating,
    confidence: one.confidence,
    suggested: null,
    isOverdue: false,
    isDueSoon: false,
    lateness: '',
    facts: one.actions_open ? `${plural(one.actions_open, 'open action')}${late}` : 'No open action',
    lastUpdate: one.last_update,
    lastText: one.last_text,
    isUpdateDue: one.update_due,
    standsInFor: one.for,
  };
}

export type Place = 'due' | 'rest';

export interface Posted {
  place: Place;
  words: string;
}

/**
 * What an update is owed on, overdue actions first, and what was reported lately. `posted` are those just
 * reported, which keep the place they had, so that the page does not move under the reader.
 */
export function updatesOf(plan: string, work: MyWork, posted: ReadonlyMap<string, Posted>): Record<Place, Reported[]> {
  const all = [
    ...work.actions.map((action) => actionReported(plan, action)),
    ...work.recommendations.map((one) => recommendationReported(plan, one)),
  ];
  const placeOf = (one: Reported): Place => posted.get(one.key)?.place ?? (one.isUpdateDue ? 'due' : 'rest');
  return { due: all.filter((one) => placeOf(one) === 'due'), rest: all.filter((one) => placeOf(one) === 'rest') };
}

/** Whether there is more than updates to post and escalations to answer. */
export function owesOthers({ milestones, checks, risks, kpis }: MyWork): boolean {
  return [milestones, checks, risks, kpis].some((list) => list.length > 0);
}

export function isNothing(work: MyWork): boolean {
  return !owesOthers(work) && [work.actions, work.recommendations, work.escalations].every((list) => list.length === 0);
}

/** "Head of service and Programme manager". */
export function namesOf(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
