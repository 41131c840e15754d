/** A feed as its form holds it: boxes hold text, and an empty box is nothing. */
import { queryOptions } from '@tanstack/svelte-query';
import { api, read, readVersioned } from '$lib/api';
import type { components } from '$lib/api/schema';
import { plural } from '$lib/format';
import type { FormError } from '../editing/errors';
import { orNull, type Fields } from '../editing/fields';
import { everyPage, type Option } from '../plan/setup';

type Schemas = components['schemas'];
export type Feed = Schemas['FeedRead'];
export type FeedCreate = Schemas['FeedCreate'];
type Member = Schemas['MemberRead'];

export interface FeedForm {
  title: string;
  ref: string;
  system: string;
  /** The client id of the integration that pushes it. */
  integration: string;
  /** The party that answers for it. */
  owner: string;
  frequency: string;
  due_after_days: string;
  locks_after_days: string;
  kpis: string[];
}

export function feedForm(feed: Feed | null): FeedForm {
  return {
    title: feed?.title ?? '',
    ref: feed?.ref ?? '',
    system: feed?.system ?? '',
    integration: feed?.integration?.client_id ?? '',
    owner: feed?.owner?.party ?? '',
    frequency: feed?.frequency ?? '',
    due_after_days: String(feed?.due_after_days ?? ''),
    locks_after_days: String(feed?.locks_after_days ?? ''),
    kpis: feed?.kpis.map(({ ref }) => ref) ?? [],
  };
}

const days = (typed: string): number | null => (typed.trim() ? Number(typed) : null);

/** What the form says, as a new feed or a change sends it; its KPIs are a set, sent in one order. */
export function feedFields(form: FeedForm): Required<FeedCreate> {
  return {
    title: form.title.trim(),
    ref: form.ref.trim(),
    system: orNull(form.system),
    integration: orNull(form.integration),
    owner: orNull(form.owner),
    frequency: orNull(form.frequency),
    due_after_days: days(form.due_after_days),
    locks_after_days: days(form.locks_after_days),
    kpis: [...form.kpis].sort(),
  };
}

/** One side of a conflict, from the service's shape or from what was sent, in the form that is sent. */
export function sideToSend(read: Fields): Fields {
  const side = { ...read };
  const { owner, integration, kpis } = read as { owner?: unknown; integration?: unknown; kpis?: unknown };
  if (isObject(owner)) side.owner = owner.party;
  if (isObject(integration)) side.integration = integration.client_id;
  if (Array.isArray(kpis)) side.kpis = kpis.map((kpi: string | { ref: string }) => (typeof kpi === 'string' ? kpi : kpi.ref)).sort();
  return side;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const WHOLE = /^\d*$/;

export function missingIn(form: FeedForm): FormError[] {
  const found: FormError[] = [];
  const need = (id: string, isThere: unknown, message: string): void => {
    if (!isThere) found.push({ id, message });
  };
  need('title', form.title.trim(), 'Enter a name');
  need('ref', form.ref.trim(), 'Enter a reference');
  need('due_after_days', WHOLE.test(form.due_after_days.trim()), 'Enter the days after which values are due as a whole number, like 10');
  need('locks_after_days', WHOLE.test(form.locks_after_days.trim()), 'Enter the days after which a period locks as a whole number, like 45');
  return found;
}

/** Names of the boxes, by field of the payload. */
export const FEED_FIELDS = {
  title: 'the name', ref: 'the reference', system: 'the system', integration: 'the integration', owner: 'who answers for it',
  frequency: 'how often it delivers', due_after_days: 'the days after which values are due',
  locks_after_days: 'the days after which a period locks', kpis: 'the KPIs',
}; // prettier-ignore

export const FEED_LABELS = {
  title: 'Name', ref: 'Reference', integration: 'Sent by', owner: 'Who answers for it', frequency: 'How often it delivers',
  due_after_days: 'Values are due', locks_after_days: 'Periods lock', kpis: 'KPIs it owes',
}; // prettier-ignore

/** A field's value in words, for choosing between two edits; `names` are those of owners and integrations. */
export function showField(field: string, value: unknown, names: readonly Option[]): string {
  if (value === null || value === undefined || value === '') return 'Nothing';
  if (Array.isArray(value)) return value.join(', ') || 'None';
  if (field === 'due_after_days' || field === 'locks_after_days') return `${plural(Number(value), 'day')} after a period ends`;
  if (field === 'owner' || field === 'integration') return names.find((name) => name.value === value)?.label ?? String(value);
  return String(value);
}

export function feedQuery(plan: string, feed: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'feeds', 'one', feed],
    queryFn: () => readVersioned(api.GET('/v1/plans/{plan}/feeds/{feed}', { params: { path: { plan, feed } } })),
  });
}

/** The integrations that take part in the plan, by client id. */
export function sendersQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'members', 'integrations'],
    queryFn: async (): Promise<Option[]> => {
      const all = await everyPage<Member>((cursor) =>
        read(api.GET('/v1/plans/{plan}/members', { params: { path: { plan }, query: { role: ['integration'], limit: 200, cursor } } })),
      );
      return all.flatMap(({ who }) => (who.client_id ? [{ value: who.client_id, label: who.name }] : []));
    },
  });
}
