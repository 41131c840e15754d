import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import type { components } from '$lib/api/schema';
import { everyPage } from '../plan/setup';

export type PlanSummary = components['schemas']['PlanSummary'];

/** Every plan that the person may open. */
export function plansQuery() {
  return queryOptions({
    queryKey: ['plans'],
    queryFn: () =>
      everyPage<PlanSummary>((cursor) => read(api.GET('/v1/plans', { params: { query: { limit: 200, sort: 'title', cursor } } }))),
  });
}

export interface PlanGroup {
  title: string;
  plans: PlanSummary[];
}

/** The plans under way first, then those that are closed. */
export function groupsOf(plans: readonly PlanSummary[]): PlanGroup[] {
  const closed = plans.filter(({ status }) => status === 'closed');
  const live = plans.filter(({ status }) => status !== 'closed');
  return [
    { title: 'Under way', plans: live },
    { title: 'Closed', plans: closed },
  ].filter((group) => group.plans.length);
}
