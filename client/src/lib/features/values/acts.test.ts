import { describe, expect, it } from 'vitest';
import { saysDone } from './acts';
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
