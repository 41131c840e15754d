/** Finding the item that an escalation is about, by words of its title or by its ref. */
import { api, read } from '$lib/api';
import type { components } from '$lib/api/schema';
import type { Option } from '../plan/setup';

export type AboutKind = components['schemas']['ItemKind'];

const WHOLE_PLAN: readonly AboutKind[] = ['plan', 'recommendation', 'action', 'kpi', 'risk', 'check', 'theme'];
const PART: readonly AboutKind[] = ['plan', 'recommendation', 'action', 'kpi'];

/** Readers of a part of the plan see neither its risks nor its checks. */
export function kindsFor(readsAll: boolean): readonly AboutKind[] {
  return readsAll ? WHOLE_PLAN : PART;
}

export function isKind(word: string): word is AboutKind {
  return (WHOLE_PLAN as readonly string[]).includes(word);
}

interface Found {
  items: Option[];
  hasMore: boolean;
}

const SHOWN = 10;

interface Page {
  items: readonly { ref: string; title?: string; text?: string; label?: string | null }[];
  next?: string | null;
}

export async function findItems(plan: string, kind: AboutKind, words: string): Promise<Found> {
  const { items, next } = await pageOf(plan, kind, words);
  return {
    items: items.map(({ ref, title, label, text }) => ({ value: ref, label: `${ref}: ${shortened(title ?? label ?? text ?? '')}` })),
    hasMore: Boolean(next),
  };
}

function shortened(title: string): string {
  return title.length > 110 ? `${title.slice(0, 109).trimEnd()}…` : title;
}

function pageOf(plan: string, kind: AboutKind, words: string): Promise<Page> {
  const params = { path: { plan }, query: { limit: SHOWN, ...(words && { q: words }) } };
  switch (kind) {
    case 'recommendation':
      return read(api.GET('/v1/plans/{plan}/recommendations', { params }));
    case 'action':
      return read(api.GET('/v1/plans/{plan}/actions', { params }));
    case 'kpi':
      return read(api.GET('/v1/plans/{plan}/kpis', { params }));
    case 'risk':
      return read(api.GET('/v1/plans/{plan}/risks', { params }));
    case 'check':
      return read(api.GET('/v1/plans/{plan}/checks', { params }));
    case 'theme':
      return read(api.GET('/v1/plans/{plan}/themes', { params }));
    case 'plan':
      return Promise.resolve({ items: [] });
  }
}
