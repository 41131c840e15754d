import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import type { components } from '$lib/api/schema';
import { formatFuzzy } from '$lib/format';
import { everyPage } from '../plan/setup';

export type Inspection = components['schemas']['InspectionRead'];

export function inspectionsQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'inspections'],
    queryFn: () =>
      everyPage<Inspection>((cursor) =>
        read(api.GET('/v1/plans/{plan}/inspections', { params: { path: { plan }, query: { limit: 200, cursor } } })),
      ),
    staleTime: 5 * 60_000,
  });
}

const FRAMEWORKS: Record<string, string> = {
  sif: 'SIF inspection',
  ilacs: 'ILACS inspection',
  ilacs_short: 'ILACS short inspection',
  focused_visit: 'Focused visit',
  monitoring_visit: 'Monitoring visit',
  jtai: 'JTAI',
  other: 'Inspection',
};

/** What an inspection is called: its title, else its kind and date. */
export function inspectionName(inspection: Pick<Inspection, 'framework' | 'title' | 'starts'>): string {
  if (inspection.title) return inspection.title;
  const kind = FRAMEWORKS[inspection.framework] ?? 'Inspection';
  return inspection.starts?.date ? `${kind}, ${formatFuzzy(inspection.starts)}` : kind;
}
