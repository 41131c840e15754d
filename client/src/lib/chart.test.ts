import { describe, expect, it } from 'vitest';
import { labelEvery, linePath, lonely, niceTicks } from './chart';

describe('niceTicks', () => {
  it.each([
    [[61, 88], [60, 70, 80, 90]],
    [[2, 97], [0, 25, 50, 75, 100]],
    [[0.12, 0.31], [0, 0.1, 0.2, 0.3, 0.4]],
    [[-4, 3], [-4, -2, 0, 2, 4]],
  ])('%j gets %j', (values, ticks) => expect(niceTicks(values)).toEqual(ticks));

  it('has room around a constant series, and something for an empty one', () => {
    const ticks = niceTicks([40, 40]);
    expect(ticks[0]).toBeLessThan(40);
    expect(ticks.at(-1)).toBeGreaterThan(40);
    expect(niceTicks([0])).toContain(0);
    expect(niceTicks([])).toEqual([0, 1]);
  });
});

describe('a missing value', () => {
  const spots = [{ x: 0, y: 5 }, { x: 10, y: null }, { x: 20, y: 7 }, { x: 30, y: 8 }];

  it('breaks the line', () => expect(linePath(spots)).toBe('M0 5M20 7L30 8'));
  it('leaves a lone value its own dot', () => expect(lonely(spots)).toEqual([{ x: 0, y: 5 }]));
});

it('labels by whole quarters or years, the last period always', () => {
  const isLabelled = labelEvery(24, 9);
  expect([...Array(24).keys()].filter(isLabelled)).toEqual([2, 5, 8, 11, 14, 17, 20, 23]);
});
