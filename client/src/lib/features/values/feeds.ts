/** What a feed owes, and when its periods lock, in words. */
import { plural } from '$lib/format';
import type { Feed } from './values';

export function saysDue({ due_after_days: days }: Pick<Feed, 'due_after_days'>): string {
  if (days === null) return 'no day is set by which';
  return days === 0 ? 'due on the last day of the period' : `due ${plural(days, 'day')} after the period ends`;
}

export function saysLock({ locks_after_days: days }: Pick<Feed, 'locks_after_days'>): string {
  return days === null ? 'Its periods do not lock by themselves' : `Each period locks by itself ${plural(days, 'day')} after it ends`;
}
