import { describe, expect, it } from 'vitest';
import type { Measure } from '../kpis/says';
import { barsOf, saysBand, saysNeighbours, saysPublished, saysRank, saysYearChange, type Benchmark, type Year } from './benchmarks';

const percent: Measure = { unit: 'percent', decimals: 1, polarity: 'lower' };
const year = {
  period: '2025', year: 2025, year_kind: 'reporting_year', authorities: 22, change: 0.8, direction: 'worse', band: 'D',
  own: { state: 'reported', value: 19.1 },
  england: { state: 'reported', value: 15.2 },
  region: { state: 'confidential', value: null },
  neighbours: { value: 14.25, present: 9, of: 10 },
  rank: { place: 20, of: 22 },
  quartiles: null, good_percentile: null,
} as unknown as Year; // prettier-ignore

describe('a year of published figures', () => {
  it('says what stands there, and a symbol in words', () => {
    expect(saysPublished(year.own, percent)).toBe('19.1%');
    expect(saysPublished(year.region, percent)).toBe('Withheld');
    expect(saysPublished(null, percent)).toBe('Nothing published');
    expect(saysNeighbours(year, percent)).toBe('14.3% (9 of 10)');
    expect(saysNeighbours({ ...year, neighbours: { value: null, present: 0, of: 10 } }, percent)).toBe('None published (0 of 10)');
  });

  it('says place, quarter and change', () => {
    expect(saysRank(year)).toBe('20 of 22, where 1 is best');
    expect(saysRank({ ...year, rank: null })).toBe('Not ranked among 22');
    expect(saysBand('A')).toBe('Best quarter (A)');
    expect(saysYearChange(year, percent)).toBe('+0.8 percentage points, worse');
    expect(saysYearChange({ ...year, change: null, direction: null }, percent)).toBe('Not known: no figure for the year before');
  });

  it('is drawn to one scale, and what is missing has no bar', () => {
    const bars = barsOf(year, { area: { area: '971', name: 'Northmoor' }, region: null } as unknown as Benchmark, percent);
    expect(bars.map(({ label, width }) => [label, Math.round(width)])).toEqual([
      ['Northmoor', 100], ['England', 80], ['Region', 0], ['Mean of statistical neighbours', 75],
    ]); // prettier-ignore
  });
});
