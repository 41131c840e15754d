import { queryOptions } from '@tanstack/svelte-query';
import { api, read, readVersioned } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { sentence, TERMS } from '$lib/words';
import type { Chosen, Filter } from '../lists/filters';
import type { Option } from '../plan/setup';

type Schemas = components['schemas'];
export type Risk = Schemas['RiskRead'];
export type RiskSummary = Schemas['RiskSummary'];
export type RiskRating = Schemas['RiskRatingRead'];
type ListQuery = NonNullable<paths['/v1/plans/{plan}/risks']['get']['parameters']['query']>;

export function riskQuery(plan: string, risk: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'risks', 'one', risk],
    queryFn: () => readVersioned(api.GET('/v1/plans/{plan}/risks/{risk}', { params: { path: { plan, risk } } })),
  });
}

export function risksPage(plan: string, chosen: Chosen, sort: string, cursor?: string) {
  const { q, past_review, mine, ...lists } = chosen;
  const query = {
    ...lists,
    ...(past_review && { past_review: past_review[0] === 'true' }),
    ...(mine && { mine: mine[0] === 'true' }),
    ...(q && { q: q[0] }),
    ...(sort && { sort }),
    total: true,
    limit: 50,
    cursor,
  } as ListQuery;
  return read(api.GET('/v1/plans/{plan}/risks', { params: { path: { plan }, query } }));
}

export function riskFilters(themes: readonly Option[]): Filter[] {
  return [
    {
      name: 'level',
      label: 'Current level',
      kind: 'choices',
      choices: Object.entries(TERMS.risk_level).map(([value, { word }]) => ({ value, label: word })),
    },
    { name: 'theme', label: 'Theme', kind: 'one', choices: themes },
    { name: 'past_review', label: 'Past its review', kind: 'flag' },
    { name: 'mine', label: 'Mine, my team’s or those I deputise for', kind: 'flag' },
  ];
}

/** "3 × 4 = 12" and the source's own words, beside a level. */
export function saysScore({ likelihood, impact, score, as_printed }: RiskRating): string {
  const parts = [
    likelihood !== null && impact !== null ? `likelihood ${likelihood} × impact ${impact}${score === null ? '' : ` = ${score}`}` : null,
    as_printed ? `printed “${as_printed}”` : null,
  ];
  return parts.filter(Boolean).join(', ');
}

const CONTROLS: Record<string, string> = {
  in_place: 'In place',
  planned: 'Planned',
  none_yet: 'None yet',
  to_be_confirmed: 'To be confirmed',
};

export function controlWord(state: string): string {
  return CONTROLS[state] ?? sentence(state);
}
