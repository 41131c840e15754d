import { describe, expect, it } from 'vitest';
import type { ScorecardLine } from './queries';
import { groupsOf, scorecardFilters } from './scorecard';

function kpi(ref: string, given: Partial<ScorecardLine> = {}): ScorecardLine {
  return {
    ref, title: `Measure ${ref}`, category: 'how_much', themes: [], leads: [], target_state: 'met', direction: null,
    is_superseded: false, freshness: null, latest: null, verdict: null, ...given,
  } as ScorecardLine; // prettier-ignore
}

const lead = { party: 'hos-qa', name: 'Head of QA', kind: 'role', as_printed: null, doubtful: false };
const kpis = [
  kpi('A', { leads: [lead], direction: 'worse', verdict: { variation: 'concern' } as ScorecardLine['verdict'] }),
  kpi('B', { category: 'better_off', themes: ['neglect'], target_state: 'missed' }),
  kpi('C', { is_superseded: true }),
  kpi('D', { category: 'how_well', verdict: { variation: 'concern' } as ScorecardLine['verdict'], verdict_is_pending: true }),
];
const refs = (chosen: Record<string, string[]>) => groupsOf(kpis, chosen).flatMap((group) => group.kpis.map(({ ref }) => ref));

describe('the scorecard', () => {
  it('stands under its questions, without what was superseded unless that is asked for', () => {
    expect(groupsOf(kpis, {}).map(({ category, kpis }) => [category, kpis.length])).toEqual([
      ['how_much', 1],
      ['how_well', 1],
      ['better_off', 1],
    ]);
    expect(refs({ superseded: ['true'] })).toEqual(['A', 'C', 'D', 'B']);
  });

  it('is narrowed by any of its filters, whatever the case of a ref', () => {
    expect(refs({ lead: ['HOS-QA'] })).toEqual(['A']);
    expect(refs({ lead: ['none'] })).toEqual(['D', 'B']);
    expect(refs({ theme: ['Neglect'], target_state: ['missed', 'met'] })).toEqual(['B']);
    expect(refs({ moved: ['worse'] })).toEqual(['A']);
    expect(refs({ verdict: ['concern', 'change'] })).toEqual(['A']);
    expect(refs({ verdict: ['being_judged'] })).toEqual(['D']);
    expect(refs({ q: ['measure b'] })).toEqual(['B']);
    expect(refs({ late: ['true'] })).toEqual([]);
  });

  it('offers only what there is to choose', () => {
    const filters = scorecardFilters(kpis, [{ value: 'neglect', label: 'Neglect' }, { value: 'other', label: 'Other' }]);
    const of = (name: string) => filters.find((filter) => filter.name === name)?.choices?.map(({ label }) => label);
    expect(of('theme')).toEqual(['Neglect']);
    expect(of('target_state')).toEqual(['Target met', 'Target missed']);
    expect(of('verdict')).toEqual(['Getting worse', 'Being judged']);
    expect(of('lead')).toEqual(['Head of QA', 'Nobody']);
  });
});
