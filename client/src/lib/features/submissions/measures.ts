import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import { formatMeasurement } from '$lib/format';
import { saysFigure, saysParts, type KpiSummary, type Measure } from '../kpis/says';
import { everyPage } from '../plan/setup';
import type { SubmissionChange } from './submissions';

type Named = Measure & Pick<KpiSummary, 'title'>;
export type Measures = ReadonlyMap<string, Named>;

/** The title and the unit of every KPI, by ref: a delivery knows its values by refs alone. */
export function measuresQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'kpis', 'measures'],
    queryFn: async (): Promise<Measures> => {
      const all = await everyPage((cursor) =>
        read(api.GET('/v1/plans/{plan}/kpis', { params: { path: { plan }, query: { limit: 200, cursor } } })),
      );
      return new Map(all.map((kpi) => [kpi.ref, kpi]));
    },
    staleTime: 60_000,
  });
}

/** A figure of a delivery in its KPI's unit, or bare where that is not known, with its parts. */
export function saysDelivered(figures: SubmissionChange['new'], measure?: Measure): string {
  const figure = measure || figures.grade ? saysFigure(figures, measure ?? BARE) : formatMeasurement(figures, 'none');
  const parts = saysParts(figures);
  return parts ? `${figure} (${parts})` : figure;
}

const BARE: Measure = { unit: 'none', decimals: 6, polarity: 'neutral' };
