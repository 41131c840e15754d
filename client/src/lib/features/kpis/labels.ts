/** Words for the vocabularies of KPIs that have no colour of their own. */
import { questionOf, sentence } from '$lib/words';

const LABELS = {
  unit: {
    count: 'Number',
    percent: 'Percentage',
    rate_per_10000: 'Rate per 10,000',
    days: 'Days',
    months: 'Months',
    ratio: 'Ratio',
    score: 'Score',
    currency: 'Pounds',
    grade: 'Grade',
    none: 'No unit',
  },
  polarity: {
    higher: 'Higher is better',
    lower: 'Lower is better',
    neutral: 'Neither: a range, or for context',
  },
  kpi_kind: {
    quantitative: 'Figures',
    milestone: 'A milestone',
    qualitative: 'Words',
    grade: 'Grades',
    heading: 'A heading over other KPIs',
  },
  nature: {
    snapshot: 'As it stands at the end of the period',
    in_period: 'What happened in the period',
    cumulative: 'Adds up over the year',
    rolling: 'Over several periods, moving on',
    lagged_cohort: 'A group followed up later',
  },
  period_type: {
    day: 'Every day',
    week: 'Every week',
    month: 'Every month',
    quarter: 'Every calendar quarter',
    financial_quarter: 'Every quarter from April',
    financial_year: 'Every financial year',
    academic_year: 'Every academic year',
    year: 'Every calendar year',
  },
  basis: {
    operational_final: 'Final figures',
    operational_provisional: 'Provisional figures',
    validated_return: 'Validated return',
  },
  target_kind: {
    standing: 'Standing: every period',
    by_date: 'By a date',
    year_end: 'At year end',
  },
  grade: {
    outstanding: 'Outstanding',
    good: 'Good',
    requires_improvement: 'Requires improvement',
    inadequate: 'Inadequate',
  },
  state: {
    reported: 'A value',
    nil_return: 'A nil return: there was nothing to count',
    not_available: 'Not available',
    suppressed: 'Withheld, because the numbers are too small to show',
    not_applicable: 'Not applicable in this period',
  },
} as const;

export type KpiLabels = keyof typeof LABELS;

export function kpiLabel(set: KpiLabels, key: string): string {
  return (LABELS[set] as Record<string, string>)[key] ?? sentence(key);
}

export function kpiOptions(set: KpiLabels): { value: string; label: string }[] {
  return Object.entries(LABELS[set]).map(([value, label]) => ({ value, label }));
}

export const CATEGORIES = ['how_much', 'how_well', 'better_off', 'none'] as const;

export const CATEGORY_OPTIONS = CATEGORIES.map((value) => ({ value, label: questionOf(value) }));

/** An example of how a period is written, for the hint of a box. */
export const PERIOD_EXAMPLES: Record<string, string> = {
  day: '31 August 2026',
  week: '2026-W35',
  month: 'September 2026',
  quarter: '2026-Q3',
  financial_quarter: 'Q2 2026/27',
  financial_year: '2026/27',
  academic_year: '2026/27',
  year: '2026',
};
