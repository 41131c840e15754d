/** Marks as the boxes of a form hold them, and as they are sent; an empty box is a domain not audited. */
import { periodAt } from '../kpis/periods';
import type { Audit, Domain, Grade, Template } from './audits';

export type Marks = Record<string, string>;

type Sent = Record<string, Grade | number>;

/** The marks of an audit at one stage, as boxes hold them. */
export function marksOf(audit: Audit, stage: 'before' | 'after'): Marks {
  return Object.fromEntries(audit.marks.flatMap((mark) => (mark[stage] === null ? [] : [[mark.domain, String(mark[stage])]])));
}

/** What is wrong with a mark typed into a domain's box; null where nothing is. */
export function faultIn(domain: Domain, mark: string | undefined, scale: Template['scale']): string | null {
  const typed = mark?.trim();
  if (!typed || domain.scale === 'grade' || !scale) return null;
  const score = Number(typed);
  if (/^\d+$/.test(typed) && score >= scale.lowest && score <= scale.highest) return null;
  return `${domain.title}: enter a whole number from ${scale.lowest} to ${scale.highest}`;
}

/** The marks given, as they are sent. */
export function toSend(marks: Marks, domains: readonly Domain[]): Sent {
  const given = domains.flatMap(({ ref, scale }): [string, Grade | number][] => {
    const mark = marks[ref]?.trim();
    if (!mark) return [];
    return [[ref, scale === 'score' ? Number(mark) : (mark as Grade)]];
  });
  return Object.fromEntries(given);
}

/** A merge patch of marks: null takes away a domain's mark that was there. */
export function patchOf(was: Marks, now: Marks, domains: readonly Domain[]): Record<string, Grade | number | null> {
  const sent = toSend(now, domains);
  const gone = Object.keys(was).filter((ref) => !(ref in sent));
  const changed = Object.entries(sent).filter(([ref, mark]) => was[ref] !== String(mark));
  return Object.fromEntries([...changed, ...gone.map((ref): [string, null] => [ref, null])]);
}

/** Keys of the latest months, this one first. */
export function recentMonths(today: string, count: number): string[] {
  const months: string[] = [];
  let day = today;
  while (months.length < count) {
    const month = periodAt(day, 'month');
    months.push(month.key);
    day = new Date(Date.parse(month.startsOn) - 86_400_000).toISOString().slice(0, 10);
  }
  return months;
}
