/** A verdict as the chart draws it: limits by stretch, marked points, breaks and levels, by the index of their point. */
import { formatPeriod, formatValue } from '$lib/format';
import { periodOf } from '../kpis/periods';
import type { Kpi, Measure } from '../kpis/says';
import { meaningOf, saysBreak, saysMark, type MarkKind } from './says';
import type { MarkedVerdict } from './verdicts';

/** What holds from one point to another, both included. */
interface Span {
  from: number;
  to: number;
}

export interface LimitSpan extends Span {
  mean: number;
  lower: number;
  upper: number;
}

export interface PointMark {
  at: number;
  kind: MarkKind;
  says: string;
  /** Whether it is one of those that made the rule fire at the latest point. */
  isFiring: boolean;
}

export interface LineBreak {
  /** The first point of the new stretch. */
  at: number;
  says: string;
}

export interface Level {
  /** The letter beside its line. */
  letter: string;
  value: number;
  /** "England, 2024/25: 21.4%". */
  says: string;
}

export interface Layers {
  limits: LimitSpan[];
  median: (Span & { value: number }) | null;
  marks: PointMark[];
  breaks: LineBreak[];
  levels: Level[];
}

/** `periods` are the keys of the points drawn, oldest first; what lies before the first is left out. */
export function layersOf(periods: readonly string[], verdict: MarkedVerdict | null, measure: Measure, levels: Level[] = []): Layers {
  if (!verdict) return { limits: [], median: null, marks: [], breaks: [], levels };
  const ends = periods.map(endOf);
  const spanOf = (from: string, to: string): Span => ({
    from: ends.findIndex((end) => end >= endOf(from)),
    to: ends.findLastIndex((end) => end <= endOf(to)),
  });
  const stretches = verdict.stretches
    .map((stretch) => ({ ...stretch, ...spanOf(stretch.from, stretch.to) }))
    .filter(({ from, to }) => from >= 0 && to >= from);
  const last = stretches.at(-1);
  const places = new Map(periods.map((period, index) => [period, index]));
  const fired = new Set(verdict.fired);
  return {
    limits: stretches.flatMap(({ from, to, mean, lower_limit: lower, upper_limit: upper }) =>
      mean === null || lower === null || upper === null ? [] : [{ from, to, mean, lower, upper }],
    ),
    median: last && last.mean === null && verdict.median !== null ? { from: last.from, to: last.to, value: verdict.median } : null,
    marks: verdict.marks.flatMap((mark) => {
      const at = places.get(mark.period);
      return at === undefined ? [] : [{ at, kind: meaningOf(mark, measure.polarity), says: saysMark(mark), isFiring: fired.has(mark.period) }];
    }),
    breaks: stretches.flatMap(({ because, from }) => (because && from > 0 ? [{ at: from, says: saysBreak(because) }] : [])),
    levels,
  };
}

const PLACES = [
  ['england', 'E', 'England'],
  ['region', 'R', 'Region'],
  ['neighbours', 'N', 'Mean of statistical neighbours'],
] as const;

/** The published figures a KPI stands beside, like with like; a figure that was not published draws no line. */
export function levelsOf({ comparators, unit, decimals }: Pick<Kpi, 'comparators' | 'unit' | 'decimals'>): Level[] {
  if (!comparators) return [];
  return PLACES.flatMap(([place, letter, name]) => {
    const value = comparators[place]?.value ?? null;
    if (value === null) return [];
    return [{ letter, value, says: `${name}, ${formatPeriod(comparators.period)}: ${formatValue(value, unit, Math.max(1, decimals))}` }];
  });
}

/** Heights that the picture must have room for. */
export function heightsOf({ limits, median, levels }: Layers): number[] {
  return [...limits.flatMap(({ lower, upper }) => [lower, upper]), ...(median ? [median.value] : []), ...levels.map(({ value }) => value)];
}

function endOf(key: string): string {
  return periodOf(key)?.endsOn ?? key;
}
