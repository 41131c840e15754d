/** What a verdict says in words: one place, so that the panel, the chart, the table and a screen reader agree. */
import { formatDate, formatPeriod, formatValue, plural } from '$lib/format';
import { sentence, termFor } from '$lib/words';
import type { Measure } from '../kpis/says';
import type { Mark, Rebase, Variation, Verdict } from './verdicts';

type Side = Mark['side'] | null;

const RULES: Record<string, string> = {
  outside_limit: 'Outside the limits',
  trend: 'Trend',
  two_of_three: 'Two of three near a limit',
  shift: 'Shift',
};

/** What the rule looks for, as it is written in the method. */
const MEANINGS: Record<string, Record<string, string>> = {
  outside_limit: { high: 'a value above the upper limit', low: 'a value below the lower limit' },
  trend: { high: 'seven or more in a row, each higher than the last', low: 'seven or more in a row, each lower than the last' },
  two_of_three: { high: 'two of three in a row close to the upper limit', low: 'two of three in a row close to the lower limit' },
  shift: { high: 'seven or more in a row above the average', low: 'seven or more in a row below the average' },
};

/** "Shift: seven or more in a row above the average". */
export function saysRule(rule: string, side: Side): string {
  const meaning = MEANINGS[rule]?.[side ?? ''];
  return meaning ? `${RULES[rule]}: ${meaning}` : (RULES[rule] ?? sentence(rule));
}

const BRIEF: Record<string, Record<string, string>> = {
  outside_limit: { high: 'Above the upper limit', low: 'Below the lower limit' },
  trend: { high: 'Trend, rising', low: 'Trend, falling' },
  two_of_three: { high: 'Two of three near the upper limit', low: 'Two of three near the lower limit' },
  shift: { high: 'Shift, above the average', low: 'Shift, below the average' },
};

/** The same in a few words, for a point in a chart or a table: "Shift, above the average". */
export function saysMark({ rule, side }: Pick<Mark, 'rule' | 'side'>): string {
  return BRIEF[rule]?.[side] ?? sentence(rule);
}

/** What a mark means for the KPI: a high value is good news only where higher is better. */
export function meaningOf({ side }: Pick<Mark, 'side'>, polarity: Measure['polarity']): Variation & MarkKind {
  if (polarity === 'neutral') return 'change';
  return (side === 'high') === (polarity === 'higher') ? 'improvement' : 'concern';
}

export type MarkKind = 'improvement' | 'concern' | 'change';

/** The points that made a rule fire: "February 2026 to August 2026 (7 values)"; up to three are named one by one. */
export function saysFired(fired: readonly string[]): string {
  const [first, last] = [fired[0], fired.at(-1)];
  if (!first || !last) return '';
  if (fired.length > 3) return `${formatPeriod(first)} to ${formatPeriod(last)} (${plural(fired.length, 'value')})`;
  return fired.map(formatPeriod).join(', ').replace(/, ([^,]*)$/, ' and $1');
}

/** "Too early to say, 5 of 13": the word for the variation, with how much is there where that is the reason. */
export function saysVariation({ variation, held }: Pick<Verdict, 'variation' | 'held'>, needed: number): string {
  const { word } = termFor('variation', variation);
  return variation === 'too_early' ? `${word}, ${held} of ${needed}` : word;
}

/** "average 84.2%, natural process limits 70.1% to 98.3%"; empty below thirteen points. */
export function saysLimits(limits: Pick<Verdict, 'mean' | 'lower_limit' | 'upper_limit'>, measure: Measure): string {
  const { mean, lower_limit, upper_limit } = limits;
  if (mean === null || lower_limit === null || upper_limit === null) return '';
  const figure = (value: number): string => formatValue(value, measure.unit, Math.max(1, measure.decimals));
  return `average ${figure(mean)}, natural process limits ${figure(lower_limit)} to ${figure(upper_limit)}`;
}

/** Where the trend leads: "about 88.0% on 31 March 2027, between 84.0% and 92.1%". */
export function saysTrajectory({ trajectory }: Pick<Verdict, 'trajectory'>, measure: Measure): string {
  if (!trajectory) return '';
  const figure = (value: number): string => formatValue(value, measure.unit, Math.max(1, measure.decimals));
  const { expected, lowest, highest, due_on } = trajectory;
  return `about ${figure(expected)} on ${formatDate(due_on)}, between ${figure(lowest)} and ${figure(highest)}`;
}

const BREAKS: Record<string, string> = { definition: 'Definition changed', rebase: 'Rebased' };

export function saysBreak(because: string): string {
  return BREAKS[because] ?? sentence(because);
}

const INPUTS: Record<string, string> = {
  profile: 'the way of judging',
  target: 'the target',
  polarity: 'when it is better',
  nature: 'what a value is',
  unit: 'the unit',
  definition: 'the definition',
  rebase: 'where the line begins',
};

/** What did away with an earlier verdict: "A change of the target and the definition". */
export function saysBecause(because: readonly string[]): string {
  const words = because.map((input) => INPUTS[input] ?? sentence(input).toLowerCase());
  return `A change of ${words.join(', ').replace(/, ([^,]*)$/, ' and $1')}`;
}

const PROFILES: Record<string, { word: string; detail: string }> = {
  mdc: {
    word: 'Making Data Count',
    detail: 'NHS England’s reading of the control chart: every moving range counts, and a target that equals a limit is decided.',
  },
  nhsr: {
    word: 'NHS-R',
    detail: 'The NHS-R community’s reading of the control chart: very large moving ranges are left out, and a target that equals a limit is hit or miss.',
  },
};

/** The plan's way of judging its KPIs. */
export function profileWords(profile: string): { word: string; detail: string } {
  return PROFILES[profile] ?? { word: sentence(profile), detail: '' };
}

/** Which figures a rebase is for, where it is not for all. */
export function saysScope(
  { segment, basis }: Pick<Rebase, 'segment' | 'basis'>,
  titleOf: (segment: string) => string,
  basisWord: (basis: string) => string,
): string {
  return [segment && titleOf(segment), basis && basisWord(basis).toLowerCase()].filter(Boolean).join(', ');
}
