/** A series as the chart draws it: periods without a row are gaps, and targets are steps. */
import type { components } from '$lib/api/schema';
import { plural } from '$lib/format';
import type { ChartPoint, TargetStep } from '$lib/ui';
import { periodOf, periodsBetween, type Period } from './periods';
import { heightOf, saysFigure, saysTarget, type Measure, type Target } from './says';

export type Measurement = components['schemas']['MeasurementListed'];

/** Whether a value is known. Of one that was withdrawn nothing is, and no picture shows it. */
export function isKnown({ state }: Pick<Measurement, 'state'>): boolean {
  return state !== 'withdrawn';
}

/** What a value's revisions stand under, of those that have more than one. */
export function saysRevised({ state, revision }: Pick<Measurement, 'state' | 'revision'>): string {
  if (state === 'withdrawn') return 'What was known before';
  return `Revised ${revision === 2 ? 'once' : plural(revision - 1, 'time')}`;
}

/** Values in order of time, with a null for every period between them that nobody sent. */
export function withGaps(oldestFirst: readonly Measurement[]): { period: string; held: Measurement | null }[] {
  const [first, last] = [oldestFirst[0], oldestFirst.at(-1)];
  if (!first || !last) return [];
  const keys = periodsBetween(first.period, last.period) ?? oldestFirst.map(({ period }) => period);
  const byKey = new Map(oldestFirst.map((each) => [each.period, each]));
  return keys.map((period) => ({ period, held: byKey.get(period) ?? null }));
}

export function chartPoints(oldestFirst: readonly Measurement[], measure: Measure): ChartPoint[] {
  return withGaps(oldestFirst).map(({ period, held }) => ({
    period,
    value: held && heightOf(held),
    says: held ? saysFigure(held, measure) : 'Nothing sent',
  }));
}

/** The steps of the target line: neighbours with one target are one step. */
export function targetSteps(
  periods: readonly string[],
  targets: readonly Target[],
  measure: Measure,
  good: number | null,
): TargetStep[] {
  const steps: (TargetStep & { of: Target | 'good' })[] = [];
  periods.forEach((key, index) => {
    const period = periodOf(key);
    const found = (period && targetFor(period, targets)) ?? (good === null ? null : 'good');
    const [value, upper] = found && found !== 'good' ? heights(found) : [found && good, null];
    if (!found || value === null) return;
    const last = steps.at(-1);
    if (last?.of === found && last.to === index - 1) last.to = index;
    else {
      const says = found === 'good' ? `${saysFigure({ state: 'reported', value: good }, measure)}, what good is` : saysTarget(found, measure);
      steps.push({ of: found, from: index, to: index, value, upper, says });
    }
  });
  return steps.map(({ of: _, ...step }) => step);
}

/**
 * The target a period's value is held against, as the service judges it: the dated one ahead, else
 * the last dated one, else a standing one. A target that is not settled draws no line.
 */
export function targetFor(period: Period, targets: readonly Target[]): Target | null {
  const settled = targets.filter((target) => !target.to_be_confirmed && heights(target)[0] !== null);
  const dayOf = ({ kind, due }: Target) => (kind === 'year_end' ? yearEnd(due?.on ?? period.endsOn) : (due?.on ?? ''));
  const isFinal = ({ stage }: Target) => Number(stage !== 'interim');
  const inOrder = (a: Target, b: Target) => dayOf(a).localeCompare(dayOf(b)) || isFinal(a) - isFinal(b);
  const dated = settled.filter((target) => target.kind !== 'standing' && dayOf(target)).sort(inOrder);
  const ahead = dated.filter((target) =>
    target.kind === 'year_end' ? dayOf(target) === yearEnd(period.endsOn) : dayOf(target) >= period.startsOn,
  );
  const within = ahead.filter((target) => dayOf(target) <= period.endsOn);
  const passed = dated.filter((target) => target.kind === 'by_date' && dayOf(target) < period.startsOn);
  const standing = settled.filter(({ kind }) => kind === 'standing').sort((a, b) => isFinal(b) - isFinal(a));
  const last = passed.at(-1);
  if (ahead.length) return within.at(-1) ?? ahead[0] ?? null;
  if (last && !(last.stage === 'interim' && standing[0] && isFinal(standing[0]))) return last;
  return standing[0] ?? null;
}

/** The height of a target's line, and of its upper line where it is a range with both ends. */
function heights({ value, lower, upper, grade }: Target): [number | null, number | null] {
  if (grade) return [heightOf({ state: 'reported', grade }), null];
  if (value !== null) return [value, null];
  return lower !== null ? [lower, upper] : [upper, null];
}

function yearEnd(day: string): string {
  return `${Number(day.slice(0, 4)) + (day.slice(5) > '03-31' ? 1 : 0)}-03-31`;
}
