import { describe, expect, it } from 'vitest';
import type { Domain, Summary } from './audits';
import { faultIn, patchOf, recentMonths, toSend } from './marks';
import { cellsOf, headerFor, readPasted } from './paste';
import { needleAngle, saysDistribution, saysModeration, saysPlace, saysPosition } from './says';

const domains: Domain[] = [
  { ref: 'voice', title: 'Voice of the child', scale: 'score' },
  { ref: 'overall', title: 'Overall', scale: 'grade' },
];
const template = { ref: 'practice', domains };
const scale = { lowest: 1, highest: 10, bands: [] };

describe('a distribution in words', () => {
  const summary = (counts: [string, number, string][], is_small: boolean): Summary => ({
    sample: counts.reduce((sum, [, count]) => sum + count, 0),
    is_small,
    distribution: counts.map(([label, count, said]) => ({ label, grade: label as never, count, share: 0, said })),
    average: null,
    good_or_better: null,
  });

  it('has numbers and percentages, and leaves out what nobody got', () => {
    const many = summary([['outstanding', 0, '0%'], ['good', 14, '45%'], ['requires_improvement', 17, '55%']], false);
    expect(saysDistribution(many)).toBe('14 good (45%), 17 requires improvement (55%)');
  });

  it('has counts alone where audits are few', () => {
    expect(saysDistribution(summary([['good', 3, '3 of 4'], ['inadequate', 1, '1 of 4']], true))).toBe('3 of 4 good, 1 of 4 inadequate');
    expect(saysDistribution(summary([], true))).toBe('No marks');
  });

  it('says what moderation moved', () => {
    expect(saysModeration({ moderated: 31, moved_up: 2, moved_down: 7, unchanged: 22 })).toBe('9 of 31 marks moved: 7 down, 2 up');
    expect(saysModeration({ moderated: 1, moved_up: 0, moved_down: 0, unchanged: 1 })).toBe('None of 1 mark moved');
    expect(saysModeration({ moderated: 0, moved_up: 0, moved_down: 0, unchanged: 0 })).toBe('None moderated');
  });
});

describe('the needle', () => {
  it('goes from the worst end at the left to the best at the right', () => {
    const all = (['inadequate', 'requires_improvement', 'good', 'outstanding'] as const).flatMap((grade) =>
      (['lower', 'middle', 'upper'] as const).map((place) => needleAngle({ grade, place })),
    );
    expect(all).toEqual([7.5, 22.5, 37.5, 52.5, 67.5, 82.5, 97.5, 112.5, 127.5, 142.5, 157.5, 172.5]);
  });

  it('is told in words by the grade it leans to', () => {
    expect(saysPosition({ grade: 'requires_improvement', place: 'upper' })).toBe('Requires improvement, near to good');
    expect(saysPlace('requires_improvement', 'lower')).toBe('near to inadequate');
    expect(saysPlace('outstanding', 'upper')).toBe('at its best end');
    expect(saysPlace('inadequate', 'lower')).toBe('at its worst end');
  });
});

describe('marks', () => {
  it('are sent as grades and numbers; what was not audited is left out', () => {
    expect(toSend({ voice: ' 7 ', overall: 'good' }, domains)).toEqual({ voice: 7, overall: 'good' });
    expect(toSend({ voice: '', overall: '' }, domains)).toEqual({});
  });

  it('off the scale are told', () => {
    const [voice, overall] = domains as [Domain, Domain];
    expect(faultIn(voice, '11', scale)).toBe('Voice of the child: enter a whole number from 1 to 10');
    expect(faultIn(voice, '6.5', scale)).not.toBeNull();
    expect([faultIn(voice, '10', scale), faultIn(voice, '', scale), faultIn(overall, 'good', scale)]).toEqual([null, null, null]);
  });

  it('are patched: changed ones sent, those taken away null', () => {
    expect(patchOf({ voice: '7', overall: 'good' }, { voice: '6', overall: '' }, domains)).toEqual({ voice: 6, overall: null });
    expect(patchOf({ voice: '7' }, { voice: '7' }, domains)).toEqual({});
  });

  it('belong to one of the latest months', () => {
    expect(recentMonths('2027-03-31', 4)).toEqual(['2027-03', '2027-02', '2027-01', '2026-12']);
  });
});

describe('a sheet', () => {
  it('is cut at tabs, commas or semicolons, with quotes', () => {
    expect(cellsOf('a\tb,c\r\n1\t2\r\n')).toEqual([['a', 'b,c'], ['1', '2']]);
    expect(cellsOf('\uFEFFa,"b ""x"", y"\n\n 1 ,')).toEqual([['a', 'b "x", y'], ['1', '']]);
    expect(cellsOf('a;b\n1;2')).toEqual([['a', 'b'], ['1', '2']]);
  });

  it('becomes rows, by a domain’s reference or title', () => {
    const { rows, fault } = readPasted('Month,team,Voice of the child,overall,overall after\n2026-09,east,7,good,\n2026-09,,6,good,inadequate', template);
    expect(fault).toBeNull();
    expect(rows).toEqual([
      { template: 'practice', month: '2026-09', team: 'east', scores: { voice: '7', overall: 'good' }, moderated: {} },
      { template: 'practice', month: '2026-09', scores: { voice: '6', overall: 'good' }, moderated: { overall: 'inadequate' } },
    ]);
    expect(readPasted(`${headerFor(template).join(',')}\n2026-09,,,,7,good,,`, template).fault).toBeNull();
  });

  it('with a column that no audit has is not read at all', () => {
    expect(readPasted('month,case number,overall\n2026-09,123,good', template)).toEqual({
      rows: [],
      fault: 'The template has no “case number”. An audit takes marks, and no case number, name or comment',
    });
    expect(readPasted('month,overall', template).fault).toContain('at least one audit');
    expect(readPasted('month,overall\n2026-09,good,extra', template).fault).toContain('Line 2');
  });
});
