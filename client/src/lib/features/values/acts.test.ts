import { describe, expect, it } from 'vitest';
import { saysDone, wholeOf } from './acts';
import { countOf } from './values';

describe('what was done', () => {
  it('says how many, and how many were left because they had changed', () => {
    expect(saysDone('sign_off', 3, 3, 'value')).toBe('3 values have been signed off.');
    expect(saysDone('query', 1, 1, 'value')).toBe('1 value has been put under query.');
    expect(saysDone('accept', 3, 2, 'late revision')).toBe(
      '2 late revisions have been accepted. 1 late revision has been changed by somebody else meanwhile and was left.',
    );
    expect(saysDone('sign_off', 2, 0, 'value')).toBe('2 values have been changed by somebody else meanwhile and were left.');
  });
});

it('says where the count of what waits stopped', () => {
  expect(countOf(0)).toBe('0');
  expect(countOf(1204)).toBe('1,204');
  expect(countOf(10_000)).toBe('10,000+');
});

it('means all that is found only where an act can name just that', () => {
  const meant = { kpis: [], feeds: ['nightly'], submission: null, basis: ['operational_final'] };
  expect(wholeOf({ feed: ['nightly'], basis: ['operational_final'] })).toEqual(meant);
  expect(wholeOf({ submission: ['a'] })?.submission).toBe('a');
  expect(wholeOf({})).toBeNull();
  expect(wholeOf({ basis: ['operational_final'] })).toBeNull();
  expect(wholeOf({ kpi: ['K1'], feed: ['nightly'] })).toBeNull();
  expect(wholeOf({ feed: ['nightly'], older_than_days: ['7'] })).toBeNull();
});
