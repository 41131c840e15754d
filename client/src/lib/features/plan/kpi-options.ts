import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import { everyPage, type Option } from './setup';

/** Every KPI of the plan that can be moved, by ref and title; headings aside. */
export function kpiOptionsQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'kpis', 'options'],
    queryFn: async (): Promise<Option[]> => {
      const all = await everyPage((cursor) =>
        read(api.GET('/v1/plans/{plan}/kpis', { params: { path: { plan }, query: { limit: 200, cursor } } })),
      );
      return all.filter(({ kind }) => kind !== 'heading').map(({ ref, title }) => ({ value: ref, label: `${ref}: ${title}` }));
    },
    staleTime: 60_000,
  });
}
