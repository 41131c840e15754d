/** What every screen of a plan needs to name things: its own words, its themes, who can lead. */
import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import type { components } from '$lib/api/schema';

export type Plan = components['schemas']['PlanRead'];
export type Party = components['schemas']['PartyRead'];
export type Theme = components['schemas']['ThemeRead'];

/** These change seldom, so they are asked for once and kept; every change of the plan drops them. */
const KEPT = { staleTime: 5 * 60_000 };

interface Page<Item> {
  items: Item[];
  next?: string | null;
}

/** Every item of a list that is short by nature, whatever the length of a page. */
export async function everyPage<Item>(page: (cursor?: string) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const found = await page(cursor);
    items.push(...found.items);
    cursor = found.next ?? undefined;
  } while (cursor);
  return items;
}

export function planQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'plan'],
    queryFn: () => read(api.GET('/v1/plans/{plan}', { params: { path: { plan } } })),
    ...KEPT,
  });
}

export function partiesQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'parties'],
    queryFn: () =>
      everyPage<Party>((cursor) =>
        read(api.GET('/v1/plans/{plan}/parties', { params: { path: { plan }, query: { limit: 200, sort: 'name', cursor } } })),
      ),
    ...KEPT,
  });
}

export function themesQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'themes'],
    queryFn: () =>
      everyPage<Theme>((cursor) =>
        read(api.GET('/v1/plans/{plan}/themes', { params: { path: { plan }, query: { limit: 200, cursor } } })),
      ),
    ...KEPT,
  });
}

export interface Option {
  value: string;
  label: string;
}

export function partyOptions(parties: readonly Party[] = []): Option[] {
  return parties.map(({ ref, name, organisation }) => ({
    value: ref,
    label: organisation ? `${name}, ${organisation}` : name,
  }));
}

export function themeOptions(themes: readonly Theme[] = []): Option[] {
  return themes.map(({ ref, title }) => ({ value: ref, label: title }));
}

/** What a colour says of progress in this plan's own key; nothing where the plan has no key. */
export function ratingWord(plan: Plan | undefined, rating: string | null | undefined): string | null {
  const meaning = plan?.colour_key.find(({ colour }) => colour === rating);
  return meaning?.progress ?? null;
}

/** The plan's own word for a status, where it has one. */
export function statusWord(plan: Plan | undefined, status: string): string | null {
  return plan?.status_words.find((each) => each.status === status)?.word ?? null;
}
