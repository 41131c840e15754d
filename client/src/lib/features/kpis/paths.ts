import { withQuery } from '$lib/navigation';
import { kpiPath } from '../plan/paths';
import type { SeriesOf } from './queries';

/** The form for one value: of a period, or of one still to be named. */
export function valuePath({ plan, kpi, segment, basis }: SeriesOf, period?: string | null): string {
  const url = new URL(`https://here.invalid${kpiPath(plan, kpi)}/value`);
  return withQuery(url, { segment: segment === '_all' ? null : segment, basis, period });
}
