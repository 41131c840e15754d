import { describe, expect, it } from 'vitest';
import { financialYear, nextPeriod, periodAt, periodOf, periodsBetween, type PeriodType } from './periods';

describe('a period', () => {
  it.each<[PeriodType, string, string, string]>([
    ['day', '2026-02-28', '2026-02-28', '2026-02-28'],
    ['week', '2026-W53', '2026-12-28', '2027-01-03'],
    ['month', '2028-02', '2028-02-01', '2028-02-29'],
    ['quarter', '2026-Q4', '2026-10-01', '2026-12-31'],
    ['financial_quarter', 'FY2026-27-Q4', '2027-01-01', '2027-03-31'],
    ['financial_quarter', 'FY2026-27-Q1', '2026-04-01', '2026-06-30'],
    ['financial_year', 'FY2099-00', '2099-04-01', '2100-03-31'],
    ['academic_year', 'AY2026-27', '2026-09-01', '2027-08-31'],
    ['year', '2026', '2026-01-01', '2026-12-31'],
  ])('of type %s, %s, is the one both its ends fall in', (type, key, startsOn, endsOn) => {
    expect(periodOf(key)).toEqual({ key, startsOn, endsOn, type });
    expect(periodAt(startsOn, type).key).toBe(key);
    expect(periodAt(endsOn, type).key).toBe(key);
  });

  it('is followed by the next of its type', () => {
    expect(['2026-12', 'FY2026-27-Q4', '2026-W53', 'AY2026-27', '2028-02-28'].map(nextPeriod)).toEqual([
      '2027-01', 'FY2027-28-Q1', '2027-W01', 'AY2027-28', '2028-02-29',
    ]); // prettier-ignore
    expect(nextPeriod('soon')).toBeNull();
  });
});

it('periods between two are listed with both, unless they are too many', () => {
  expect(periodsBetween('2026-11', '2027-02')).toEqual(['2026-11', '2026-12', '2027-01', '2027-02']);
  expect(periodsBetween('2026-11', '2026-11')).toEqual(['2026-11']);
  expect(periodsBetween('2020-01-01', '2026-01-01')).toBeNull();
});

it('financial years follow each other by key', () => {
  expect(financialYear('FY2026-27', -1)).toBe('FY2025-26');
  expect(financialYear('FY2098-99', 1)).toBe('FY2099-00');
});
