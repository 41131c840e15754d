/** Systems that push or pull, as their screens ask for them. */
import { queryOptions } from '@tanstack/svelte-query';
import { api, read, readVersioned } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { formatTime } from '$lib/format';
import { queries } from '$lib/queries';
import type { Chosen, Filter } from '../lists/filters';

export type Integration = components['schemas']['IntegrationRead'];
export type Secret = Integration['secrets'][number];
export type Scope = Integration['scopes'][number];
type ListQuery = NonNullable<paths['/v1/integrations']['get']['parameters']['query']>;

export const INTEGRATION_FILTERS: Filter[] = [{ name: 'disabled', label: 'Disabled', kind: 'flag' }];

/** What a system can be granted; opening a plan comes with every one. */
export const SCOPES = [
  { value: 'plan:read', label: 'Read whole plans' },
  { value: 'measurement:write', label: 'Push values of KPIs' },
];

/** Scopes in words, those that come with every system aside. */
export function scopeWords(scopes: readonly string[]): string {
  const words = SCOPES.filter(({ value }) => scopes.includes(value)).map(({ label }) => label);
  const listed = words.map((word, index) => (index ? word.charAt(0).toLowerCase() + word.slice(1) : word));
  return listed.join(', ') || 'Open the plans it takes part in';
}

export function integrationsPage(chosen: Chosen, sort: string, cursor?: string) {
  const query = {
    ...(chosen.disabled && { disabled: true }),
    ...(chosen.q && { q: chosen.q[0] }),
    ...(sort && { sort }),
    total: true,
    limit: 50,
    cursor,
  } as ListQuery;
  return read(api.GET('/v1/integrations', { params: { query } }));
}

export function integrationQuery(client: string) {
  return queryOptions({
    queryKey: ['integrations', 'one', client],
    queryFn: () => readVersioned(api.GET('/v1/integrations/{client_id}', { params: { path: { client_id: client } } })),
  });
}

/** How a secret stands, in words. */
export function secretState({ is_live, revoked_at, expires_at }: Secret): string {
  if (revoked_at) return `Revoked on ${formatTime(revoked_at)}`;
  if (!is_live) return `Ended on ${formatTime(expires_at ?? '')}`;
  return expires_at ? `Works until ${formatTime(expires_at)}` : 'Works';
}

/** How long the secret before goes on working while a new one is put in place, in days. */
export const OVERLAPS = [
  { value: '7', label: '7 days' },
  { value: '1', label: '1 day' },
  { value: '30', label: '30 days' },
  { value: '0', label: 'It ends now' },
];

export function daysFromNow(days: number, now: Date = new Date()): string {
  return new Date(now.getTime() + days * 86_400_000).toISOString();
}

export async function integrationsChanged(): Promise<void> {
  await Promise.all(['integrations', 'plans'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
}
