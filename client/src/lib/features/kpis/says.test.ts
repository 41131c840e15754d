import { describe, expect, it } from 'vitest';
import { saysChange, saysFigure, saysFreshness, saysParts, saysSeries, saysTarget, type Target } from './says';

const percent = { unit: 'percent', decimals: 1, polarity: 'higher' } as const;
const none = { stage: null, value: null, lower: null, upper: null, grade: null, due: null, baseline: null, to_be_confirmed: false, text: null };

describe('a figure in words', () => {
  it('is its value, its grade, or why there is none', () => {
    expect(saysFigure({ state: 'reported', value: 84.25 }, percent)).toBe('84.3%');
    expect(saysFigure({ state: 'reported', grade: 'requires_improvement' }, { ...percent, unit: 'grade' })).toBe('Requires improvement');
    expect(saysFigure({ state: 'suppressed', value: null }, percent)).toBe('Withheld');
    expect(saysParts({ numerator: 1070, denominator: 1250 })).toBe('1,070 of 1,250');
    expect(saysParts({ numerator: null, denominator: null })).toBe('');
  });

  it('changes in its own unit, grades in grades', () => {
    expect(saysChange(2.1, percent)).toBe('+2.1 percentage points');
    expect(saysChange(-1, { ...percent, unit: 'grade' })).toBe('−1 grade');
  });

  it('of a series names its first and last value, and the gaps', () => {
    const points = [
      { period: '2026-07', state: 'reported', value: 61 },
      { period: '2026-08', state: 'not_available', value: null },
      { period: '2026-09', state: 'reported', value: 70 },
    ];
    expect(saysSeries(points, percent)).toBe('70.0% in September 2026, from 61.0% in July 2026; 1 period without a value');
    expect(saysSeries([], percent)).toBe('No values to draw');
  });
});

describe('a target in words', () => {
  const says = (target: Partial<Target>, measure: { unit: 'percent' | 'grade'; decimals: number; polarity: 'higher' | 'lower' | 'neutral' } = percent) =>
    saysTarget({ ...none, kind: 'standing', ...target } as Target, measure);

  it('says which side is the right one', () => {
    expect(says({ value: 90 })).toBe('90% or more');
    expect(says({ value: 12.5 }, { ...percent, polarity: 'lower' })).toBe('12.5% or less');
    expect(says({ lower: 40, upper: 60 }, { ...percent, polarity: 'neutral' })).toBe('40% to 60%');
    expect(says({ grade: 'good' }, { ...percent, unit: 'grade' })).toBe('Good or better');
  });

  it('says when, its stage, and what is not settled', () => {
    const due = { date: '2027-03', on: '2027-03-31', precision: 'month', ongoing: false, text: null } as const;
    expect(says({ value: 90, kind: 'by_date', stage: 'interim', due })).toBe('90% or more by March 2027 (interim)');
    expect(says({ value: 90, kind: 'year_end' })).toBe('90% or more at year end');
    expect(says({ to_be_confirmed: true })).toBe('To be confirmed');
    expect(says({ to_be_confirmed: true, value: 90, stage: 'final' })).toBe('90% or more (final, to be confirmed)');
    expect(says({ text: 'Fewer than last year' })).toBe('Fewer than last year');
  });
});

it('freshness says what is late, by how much, and how many more are missing', () => {
  const late = { state: 'late', due_after_days: 10, next_period: '2026-08', due_on: '2026-09-10', days_late: 12, periods_missing: 2 } as const;
  expect(saysFreshness(late)).toBe('August 2026 is 12 days late; 2 periods missing');
  expect(saysFreshness({ ...late, state: 'due' })).toBe('August 2026 is due by 10 Sep 2026');
  expect(saysFreshness(null)).toBe('');
});
