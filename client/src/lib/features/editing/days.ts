import { readWritten } from '$lib/fuzzy-date';

/** Whether a value typed as a date is a day, and not a month or a year. */
export function isDay(value: string | null): boolean {
  return value === null || readWritten(value)?.precision === 'day';
}
