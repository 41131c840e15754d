import { describe, expect, it } from 'vitest';
import { periodOf } from './periods';
import type { Target } from './says';
import { chartPoints, isKnown, saysRevised, targetFor, targetSteps, withGaps, type Measurement } from './series';

const measure = { unit: 'percent', decimals: 1, polarity: 'higher' } as const;

function target(given: Partial<Target> & { on?: string }): Target {
  const { on, ...rest } = given;
  return {
    position: 0, kind: 'standing', stage: null, value: null, lower: null, upper: null, grade: null,
    due: on ? { date: on, on, precision: 'day', ongoing: false, text: null } : null,
    baseline: null, to_be_confirmed: false, text: null, ...rest,
  } as Target; // prettier-ignore
}

function held(period: string, value: number | null, state = 'reported'): Measurement {
  return { period, value, state, grade: null } as Measurement;
}

const month = (key: string) => periodOf(key) ?? { key, startsOn: '', endsOn: '' };

describe('the points of a chart', () => {
  it('have a gap, with its reason, where a period has no value or no row', () => {
    const points = chartPoints([held('2026-06', 61), held('2026-07', null, 'not_available'), held('2026-09', 70)], measure);
    expect(points.map(({ period, value, says }) => [period, value, says])).toEqual([
      ['2026-06', 61, '61.0%'],
      ['2026-07', null, 'Not available'],
      ['2026-08', null, 'Nothing sent'],
      ['2026-09', 70, '70.0%'],
    ]);
  });
});

describe('a value that was withdrawn', () => {
  const rows = [held('2026-06', 61), held('2026-07', null, 'withdrawn'), held('2026-09', 70)];

  it('is a row of the table, and nothing in the picture', () => {
    expect(withGaps(rows).map(({ held }) => held?.state ?? null)).toEqual(['reported', 'withdrawn', null, 'reported']);
    expect(chartPoints(rows.filter(isKnown), measure).map(({ value }) => value)).toEqual([61, null, null, 70]);
    expect(rows.map(isKnown)).toEqual([true, false, true]);
  });

  it('has its past behind it, as a revised one has', () => {
    expect(saysRevised({ state: 'withdrawn', revision: 2 })).toBe('What was known before');
    expect(saysRevised({ state: 'reported', revision: 2 })).toBe('Revised once');
    expect(saysRevised({ state: 'reported', revision: 4 })).toBe('Revised 3 times');
  });
});

describe('the target of a period', () => {
  const interim = target({ kind: 'by_date', stage: 'interim', value: 70, on: '2026-06-30' });
  const final = target({ kind: 'by_date', stage: 'final', value: 90, on: '2026-12-31' });
  const standing = target({ value: 95 });

  it('is the dated one ahead, and the last of them stands after its day', () => {
    const of = (key: string) => targetFor(month(key), [final, interim])?.value;
    expect(['2026-05', '2026-06', '2026-07', '2026-12', '2027-03'].map(of)).toEqual([70, 70, 90, 90, 90]);
  });

  it('is the standing one where no dated one holds, or after an interim one alone', () => {
    expect(targetFor(month('2026-05'), [standing])?.value).toBe(95);
    expect(targetFor(month('2026-07'), [interim, standing])?.value).toBe(95);
    expect(targetFor(month('2027-07'), [final, standing])?.value).toBe(90);
  });

  it('of a year end holds for that financial year only', () => {
    const yearEnd = target({ kind: 'year_end', value: 80, on: '2026-10-01' });
    const of = (key: string) => targetFor(month(key), [yearEnd])?.value ?? null;
    expect(['2026-03', '2026-04', '2027-03', '2027-04'].map(of)).toEqual([null, 80, 80, null]);
    expect(targetFor(month('2020-01'), [target({ kind: 'year_end', value: 80 })])?.value).toBe(80);
  });

  it('is none while it is to be confirmed, or only words', () => {
    expect(targetFor(month('2026-05'), [target({ to_be_confirmed: true, value: 5 }), target({ text: 'Fewer' })])).toBeNull();
  });

  it('is drawn in steps, ranges with both ends', () => {
    const keys = ['2026-05', '2026-06', '2026-07'];
    expect(targetSteps(keys, [interim, final], measure, null)).toEqual([
      { from: 0, to: 1, value: 70, upper: null, says: '70% or more by 30 June 2026 (interim)' },
      { from: 2, to: 2, value: 90, upper: null, says: '90% or more by 31 December 2026 (final)' },
    ]);
    expect(targetSteps(keys, [target({ lower: 40, upper: 60 })], measure, null)[0]).toMatchObject({ to: 2, value: 40, upper: 60 });
    expect(targetSteps(keys, [], measure, 85)).toEqual([{ from: 0, to: 2, value: 85, upper: null, says: '85.0%, what good is' }]);
  });
});
