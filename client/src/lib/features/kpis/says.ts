/** What a KPI's figures say, in words: one place, so that a table, a chart and a screen reader agree. */
import type { components } from '$lib/api/schema';
import { formatChange, formatFuzzy, formatMeasurement, formatPeriod, formatShortDate, formatValue, plural } from '$lib/format';
import { termFor } from '$lib/words';

type Schemas = components['schemas'];
export type Kpi = Schemas['KpiRead'];
export type KpiSummary = Schemas['KpiSummary'];
export type Target = Schemas['TargetRead'];
export type Freshness = Schemas['FreshnessRead'];
export type MeasurementState = Schemas['MeasurementState'];

/** How a KPI's values are written. */
export type Measure = Pick<KpiSummary, 'unit' | 'decimals' | 'polarity'>;

export interface Figure {
  state: string;
  value?: number | null;
  grade?: string | null;
}

export function saysFigure(figure: Figure, measure: Measure): string {
  if (figure.state === 'reported' && figure.grade) return termFor('grade', figure.grade).word;
  return formatMeasurement(figure, measure.unit, measure.decimals);
}

/** "107 of 125", where both stand behind the value. */
export function saysParts({ numerator, denominator }: { numerator?: number | null; denominator?: number | null }): string {
  if (numerator == null && denominator == null) return '';
  const number = (value: number | null | undefined) => (value == null ? 'not known' : value.toLocaleString('en-GB'));
  return `${number(numerator)} of ${number(denominator)}`;
}

export function saysChange(change: number, measure: Measure): string {
  if (measure.unit !== 'grade') return formatChange(change, measure.unit, measure.decimals);
  return change === 0 ? 'no change' : `${change > 0 ? '+' : '−'}${plural(Math.abs(change), 'grade')}`;
}

/** A target without its day: "90% or more", "40 to 60 per 10,000", "Good or better". */
export function saysAim(target: Omit<Target, 'position'>, { unit, decimals, polarity }: Measure): string {
  const { value, lower, upper, grade } = target;
  const figure = (number: number) => formatValue(number, unit, Number.isInteger(number) ? 0 : Math.max(1, decimals));
  if (grade) return `${termFor('grade', grade).word}${grade === 'outstanding' ? '' : ' or better'}`;
  if (value !== null) {
    return figure(value) + (polarity === 'higher' ? ' or more' : polarity === 'lower' ? ' or less' : '');
  }
  if (lower !== null && upper !== null) return `${figure(lower)} to ${figure(upper)}`;
  if (lower !== null) return `at least ${figure(lower)}`;
  if (upper !== null) return `at most ${figure(upper)}`;
  return target.text ?? '';
}

/** When a target is for, its stage, and what is not settled about it: "by March 2027 (interim)". */
export function saysWhen(target: Omit<Target, 'position'>, measure: Measure): string {
  const { kind, due, stage, to_be_confirmed } = target;
  const notes = [
    stage,
    to_be_confirmed && saysAim(target, measure) ? 'to be confirmed' : null,
    'from_good' in target && target.from_good ? 'what good is' : null,
  ].filter(Boolean);
  const words = [
    kind === 'by_date' && due ? `by ${formatFuzzy(due)}` : '',
    kind === 'year_end' ? `at year end${due ? `, ${formatFuzzy(due)}` : ''}` : '',
    notes.length ? `(${notes.join(', ')})` : '',
  ];
  return words.filter(Boolean).join(' ');
}

/** A target in words: "90% or more by March 2027 (interim)", "To be confirmed". */
export function saysTarget(target: Omit<Target, 'position'>, measure: Measure): string {
  return [saysAim(target, measure) || 'To be confirmed', saysWhen(target, measure)].filter(Boolean).join(' ');
}

/** The target that counts now, or what the plan says instead of one. */
export function saysCurrentTarget(kpi: KpiSummary): string {
  if (kpi.current_target) return saysTarget(kpi.current_target, kpi);
  return /\w/.test(kpi.no_target_text ?? '') ? (kpi.no_target_text ?? '') : '';
}

/** What good is, in words: "85%: in line with the best third"; empty where nobody said. */
export function saysGood(good: KpiSummary['good'], measure: Measure): string {
  if (!good) return '';
  const { value, grade, unit, text } = good;
  const figure =
    grade || value !== null ? saysFigure({ state: 'reported', value, grade }, { ...measure, unit: unit ?? measure.unit }) : null;
  return [figure, text].filter(Boolean).join(': ');
}

/** When the next value is due; empty where nothing is owed. */
export function saysFreshness(freshness: Freshness | null): string {
  if (!freshness) return '';
  const { state, next_period, due_on, days_late, periods_missing } = freshness;
  const period = next_period ? formatPeriod(next_period) : '';
  if (state === 'no_values') return 'No values yet';
  if (state === 'late') {
    const missing = periods_missing > 1 ? `; ${plural(periods_missing, 'period')} missing` : '';
    return `${period} is ${plural(days_late ?? 0, 'day')} late${missing}`;
  }
  return `${period} is due by ${formatShortDate(due_on)}`;
}

/** A sparkline in words: "84.2% in August 2026, from 61% in September 2025; 1 period without a value". */
export function saysSeries(points: readonly (Figure & { period: string })[], measure: Measure): string {
  const held = points.filter((point) => point.state === 'reported');
  const [first, last] = [held[0], held.at(-1)];
  if (!first || !last) return 'No values to draw';
  const missing = points.length - held.length;
  const now = `${saysFigure(last, measure)} in ${formatPeriod(last.period)}`;
  const from = first === last ? '' : `, from ${saysFigure(first, measure)} in ${formatPeriod(first.period)}`;
  return `${now}${from}${missing ? `; ${plural(missing, 'period')} without a value` : ''}`;
}

const RANKS: Record<string, number> = { outstanding: 4, good: 3, requires_improvement: 2, inadequate: 1 };

/** The height of a point in a picture: its value, or for a grade its rank, the best on top. */
export function heightOf(figure: Figure): number | null {
  if (figure.state !== 'reported') return null;
  return figure.grade ? (RANKS[figure.grade] ?? null) : (figure.value ?? null);
}
