import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { placed } from '../../chart';
import { heightsOf, layersOf, levelsOf } from './layers';
import { meaningOf, saysBecause, saysFired, saysLimits, saysMark, saysRule, saysScope, saysTrajectory, saysVariation } from './says';
import SeriesChart from './SeriesChart.svelte';
import type { Kpi } from '../kpis/says';
import type { MarkedVerdict, Rebase } from './verdicts';
import VerdictPanel from './VerdictPanel.svelte';
import VerdictMark from './VerdictMark.svelte';

const measure = { unit: 'percent', decimals: 1, polarity: 'lower' } as const;
const PERIODS = ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06'];

function stretch(from: string, to: string, given: Partial<MarkedVerdict['stretches'][number]> = {}): MarkedVerdict['stretches'][number] {
  return { from, to, points: 3, because: null, mean: null, lower_limit: null, upper_limit: null, ...given };
}

function verdict(given: Partial<MarkedVerdict> = {}): MarkedVerdict {
  return {
    variation: 'common_cause', rule: null, side: null, fired: [], through: '2026-06', held: 13, profile: 'mdc', why_not: null,
    icon: 'common_cause', needed: 13, mean: null, lower_limit: null, upper_limit: null, stretches: [stretch('2026-01', '2026-06')], marks: [],
    target_floor: null, target_ceiling: null, assurance: null, trajectory: null, median: 20, change: null, last_year: null,
    signed_off: { variation: 'not_applicable', rule: null, side: null, fired: [], through: null, held: 0 }, sentence: 'No significant change.',
    ...given,
  }; // prettier-ignore
}

describe('the layers of a chart', () => {
  it('have limits for each stretch, and a break where a new one begins', () => {
    const layers = layersOf(PERIODS, verdict({
      stretches: [
        stretch('2025-01', '2026-02', { mean: 30, lower_limit: 25, upper_limit: 35 }),
        stretch('2026-03', '2026-04', { because: 'definition' }),
        stretch('2026-05', '2026-06', { because: 'rebase', mean: 20, lower_limit: -3, upper_limit: 23 }),
      ],
    }), measure); // prettier-ignore
    expect(layers.limits).toEqual([
      { from: 0, to: 1, mean: 30, lower: 25, upper: 35 },
      { from: 4, to: 5, mean: 20, lower: -3, upper: 23 },
    ]);
    expect(layers.breaks).toEqual([
      { at: 2, says: 'Definition changed' },
      { at: 4, says: 'Rebased' },
    ]);
    expect(layers.median).toBeNull();
    // Limits are never clipped: the picture has room for those below nought.
    expect(Math.min(...heightsOf(layers))).toBe(-3);
  });

  it('leave out what lies before the first point drawn', () => {
    const layers = layersOf(PERIODS, verdict({
      stretches: [stretch('2024-01', '2025-06'), stretch('2025-07', '2026-06', { because: 'rebase' })],
      marks: [{ period: '2025-09', rule: 'shift', side: 'low' }],
    }), measure); // prettier-ignore
    expect(layers.breaks).toEqual([]);
    expect(layers.marks).toEqual([]);
    expect(layers.median).toEqual({ from: 0, to: 5, value: 20 });
  });

  it('mark points by what they mean, and those that made the rule fire', () => {
    const { marks } = layersOf(PERIODS, verdict({
      fired: ['2026-06'],
      marks: [{ period: '2026-02', rule: 'outside_limit', side: 'high' }, { period: '2026-06', rule: 'trend', side: 'low' }],
    }), measure); // prettier-ignore
    expect(marks).toEqual([
      { at: 1, kind: 'concern', says: 'Above the upper limit', isFiring: false },
      { at: 5, kind: 'improvement', says: 'Trend, falling', isFiring: true },
    ]);
  });

  it('are none where nothing is judged', () => {
    expect(layersOf(PERIODS, null, measure)).toEqual({ limits: [], median: null, marks: [], breaks: [], levels: [] });
  });

  it('have a level for each published figure, and none for what was not published', () => {
    const comparators = {
      pairing: 1, period: 'FY2024-25', release: 3, released_on: '2025-10-30', own: null, region: { state: 'confidential' as const, value: null },
      england: { state: 'reported' as const, value: 21.7 }, neighbours: { value: 23.45, present: 9, of: 10 },
    }; // prettier-ignore
    expect(levelsOf({ comparators, unit: 'percent', decimals: 1 })).toEqual([
      { letter: 'E', value: 21.7, says: 'England, 2024/25: 21.7%' },
      { letter: 'N', value: 23.45, says: 'Mean of statistical neighbours, 2024/25: 23.5%' },
    ]);
    expect(levelsOf({ comparators: null, unit: 'percent', decimals: 1 })).toEqual([]);
  });
});

it('labels at the same height are moved apart, in their order', () => {
  expect(placed([100, 102, 50], 15)).toEqual([100, 115, 50]);
  expect(placed([], 15)).toEqual([]);
});

describe('in words', () => {
  it.each([
    ['high', 'higher', 'improvement'],
    ['low', 'higher', 'concern'],
    ['high', 'lower', 'concern'],
    ['low', 'neutral', 'change'],
  ] as const)('%s values where %s is better are %s', (side, polarity, kind) => expect(meaningOf({ side }, polarity)).toBe(kind));

  it('a rule says what it looks for', () => {
    expect(saysRule('shift', 'high')).toBe('Shift: seven or more in a row above the average');
    expect(saysMark({ rule: 'two_of_three', side: 'low' })).toBe('Two of three near the lower limit');
  });

  it('the points that made it fire', () => {
    expect(saysFired(['2026-05'])).toBe('May 2026');
    expect(saysFired(['2026-05', '2026-07'])).toBe('May 2026 and July 2026');
    expect(saysFired(['2026-01', '2026-02', '2026-03', '2026-04'])).toBe('January 2026 to April 2026 (4 values)');
    expect(saysFired([])).toBe('');
  });

  it('too early says how many there are', () => {
    expect(saysVariation({ variation: 'too_early', held: 5 }, 13)).toBe('Too early to say, 5 of 13');
    expect(saysVariation({ variation: 'concern', held: 20 }, 13)).toBe('Getting worse');
  });

  it('limits, and where the trend leads', () => {
    expect(saysLimits({ mean: 20.06, lower_limit: 16.38, upper_limit: 23.75 }, measure)).toBe('average 20.1%, natural process limits 16.4% to 23.8%');
    expect(saysLimits(verdict(), measure)).toBe('');
    const trajectory = { outlook: 'may_reach', due_on: '2027-03-31', floor: null, ceiling: 18, expected: 15.2, lowest: 9.76, highest: 17.9, per_year: -4 } as const;
    expect(saysTrajectory({ trajectory }, measure)).toBe('about 15.2% on 31 March 2027, between 9.8% and 17.9%');
  });

  it('what did away with a verdict, and which figures a rebase is for', () => {
    expect(saysBecause(['rebase'])).toBe('A change of where the line begins');
    expect(saysBecause(['target', 'definition'])).toBe('A change of the target and the definition');
    const basis = (): string => 'Final figures';
    expect(saysScope({ segment: 'north', basis: 'operational_final' }, () => 'North', basis)).toBe('North, final figures');
    expect(saysScope({ segment: null, basis: null }, () => 'North', basis)).toBe('');
  });
});

describe('a verdict in a table', () => {
  it('is a word for each icon', () => {
    render(VerdictMark, { verdict: verdict({ assurance: 'consistently_fails' }), isPending: false });
    expect(screen.getByText('No significant change')).toBeTruthy();
    expect(screen.getByText(/Consistently fails/).textContent).toContain('Target:');
  });

  it('says that it is being made', () => {
    render(VerdictMark, { verdict: null, isPending: true });
    expect(screen.getByText('Being judged')).toBeTruthy();
  });
});

describe('the panel above the chart', () => {
  const kpi = measure as unknown as Kpi;

  it('says that a verdict is being made anew, and still shows the one there is', () => {
    render(VerdictPanel, { kpi, series: { verdict: verdict(), is_pending: true, target_state: 'no_target' }, proposed: [] });
    expect(screen.getByRole('status').textContent).toContain('This verdict is being made anew, and may be of earlier values');
    expect(screen.getByText('No significant change.')).toBeTruthy();
    expect(screen.getByText('None yet')).toBeTruthy();
  });

  it('says what signed-off values alone tell, where that differs', () => {
    const signed = { variation: 'too_early', rule: null, side: null, fired: [], through: '2026-03', held: 9 } as const;
    render(VerdictPanel, { kpi, series: { verdict: verdict({ signed_off: { ...signed, fired: [] } }), is_pending: false, target_state: 'no_target' }, proposed: [] });
    expect(screen.getByText('Too early to say, 9 of 13, up to March 2026')).toBeTruthy();
    expect(screen.queryByRole('status')).toBeNull();
  });

  it('leads whoever may agree to a rebase there', () => {
    const proposed = [{ number: 2, from_period: '2026-03', state: 'proposed', may_agree: true } as Rebase];
    render(VerdictPanel, { kpi, series: { verdict: verdict(), is_pending: false, target_state: 'missed' }, proposed });
    expect(screen.getByText('Target missed')).toBeTruthy();
    expect(screen.getByText(/A rebase from March 2026 waits for a second person/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Agree or reject' }).getAttribute('href')).toBe('#rebases');
  });
});

it('the chart says of each point which rule marks it, where a line begins anew and what is under query', () => {
  const points = PERIODS.map((period, index) => ({ period, value: 20 + index, says: `${20 + index}%` }));
  const layers = layersOf(PERIODS, verdict({
    fired: ['2026-06'], marks: [{ period: '2026-06', rule: 'shift', side: 'high' }],
    stretches: [stretch('2026-01', '2026-05'), stretch('2026-06', '2026-06', { because: 'rebase' })],
  }), measure); // prettier-ignore
  render(SeriesChart, { title: 'Visits', points, targets: [], layers, queried: [4], suffix: '%', summary: 'Up.' });
  const slider = screen.getByRole('slider', { name: /Visits/ });
  expect(slider.getAttribute('aria-valuetext')).toBe('June 2026: 25%. Rebased from here. Shift, above the average');
  for (const words of ['Signal: getting worse', 'Ringed: what the verdict rests on', 'Under query, not judged', 'Rebased']) {
    expect(screen.getByText(words)).toBeTruthy();
  }
});
