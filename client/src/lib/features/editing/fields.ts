/** Values as a change sends them, and what differs between two sets of them. */
import type { FuzzyDate } from '$lib/fuzzy-date';

export type Fields = Record<string, unknown>;

/** Equal as JSON, whatever the order of keys. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || value === undefined || typeof value !== 'object') return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}

/** The fields of `now` that are not as they were: what a merge patch holds. */
export function changedFields<F extends object>(was: F, now: F): Partial<F> {
  const keys = Object.keys(now) as (keyof F)[];
  return Object.fromEntries(keys.filter((key) => !isSame(was[key], now[key])).map((key) => [key, now[key]])) as Partial<F>;
}

/** Words typed, or null where there are none: null clears a field. */
export function orNull(typed: string | null | undefined): string | null {
  return typed?.trim() || null;
}

/** One item a line. */
export function linesOf(typed: string): string[] {
  return typed.split('\n').map((line) => line.trim()).filter(Boolean);
}

/** A date as it is read, as it is sent. */
export function fuzzyToSend(read: Partial<FuzzyDate> | null | undefined): FuzzyDate | null {
  if (!read || (!read.date && !read.ongoing && !read.text)) return null;
  return { date: read.date ?? null, ongoing: read.ongoing ?? false, text: read.text ?? null };
}

interface LeadRead {
  party: string;
  as_printed?: string | null;
  doubtful?: boolean;
}

/** Leads as they are sent: by ref, with what the source printed kept beside those that had it. */
export function leadsToSend(leads: readonly (LeadRead | string)[]): { party: string; as_printed: string | null; doubtful: boolean }[] {
  return leads.map((lead) => {
    const { party, as_printed = null, doubtful = false } = typeof lead === 'string' ? { party: lead } : lead;
    return { party, as_printed, doubtful };
  });
}

/** The leads chosen; one who led before keeps the source's words for them. */
export function leadsChosen(refs: readonly string[], before: readonly LeadRead[]): ReturnType<typeof leadsToSend> {
  return leadsToSend(refs.map((ref) => before.find(({ party }) => party === ref) ?? ref));
}
