import { expect, it } from 'vitest';
import { differencesOf, saysHeld, saysStated, type StatedTotal } from './totals';

const total = (more: Partial<StatedTotal>): StatedTotal => ({
  label: 'Key actions', of: 'actions', statuses: [], ratings: [], count: null, percent: null, as_at: null, held_count: 108,
  held_percent: 100, count_difference: null, percent_difference: null, ...more,
}); // prettier-ignore

it('stands what is stated beside what is held', () => {
  expect(differencesOf([total({ count: 105, count_difference: 3 })])).toEqual([
    { label: 'Key actions', words: '105 stated, 108 held (+3)' },
  ]);
});

it('tells a share with its count, and the difference in points', () => {
  const share = total({ label: 'Done', percent: 29, held_count: 19, held_percent: 17.6, percent_difference: -11.4 });
  expect(saysStated(share)).toBe('29%');
  expect(saysHeld(share)).toBe('17.6% (19)');
  expect(differencesOf([share])[0]?.words).toBe('29% stated, 17.6% (19) held (−11.4 percentage points)');
});

it('is silent where both agree', () => {
  expect(differencesOf([total({ count: 108, count_difference: 0 })])).toEqual([]);
});
