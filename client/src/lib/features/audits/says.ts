/** What audits say, in words: one place, so that bars, tables and a screen reader agree. */
import { formatNumber, plural } from '$lib/format';
import { termFor } from '$lib/words';
import type { AuditMark, DomainResult, Grade, Part, Position, Summary } from './audits';

/** Best first, as distributions are. */
export const GRADES = ['outstanding', 'good', 'requires_improvement', 'inadequate'] as const satisfies readonly Grade[];

export const WITHDRAWALS = {
  recorded_twice: 'It was recorded twice',
  recorded_in_error: 'It was recorded in error',
  wrong_template: 'It was recorded on the wrong template',
  not_completed: 'The audit was not completed',
} as const;

/** A grade, or a band as the template calls it. */
export function partWord({ label, grade }: Part): string {
  return grade === label ? termFor('grade', label).word : label;
}

/** "14 good (45.2%)"; of a few, "3 of 4 good": a percentage would say more than four audits can. */
export function saysPart(part: Part, isSmall: boolean): string {
  const word = lowered(partWord(part));
  return isSmall ? `${part.said} ${word}` : `${part.count.toLocaleString('en-GB')} ${word} (${part.said})`;
}

/** A distribution in words, best first; what nobody got is left out. */
export function saysDistribution({ distribution, is_small }: Summary): string {
  const held = distribution.filter(({ count }) => count);
  return held.length ? held.map((part) => saysPart(part, is_small)).join(', ') : 'No marks';
}

/** What moderation did: "9 of 31 marks moved: 7 down, 2 up". */
export function saysModeration({ moderated, moved_up, moved_down }: DomainResult['moderation']): string {
  if (!moderated) return 'None moderated';
  const moved = moved_up + moved_down;
  if (!moved) return `None of ${plural(moderated, 'mark')} moved`;
  const ways = [moved_down && `${moved_down} down`, moved_up && `${moved_up} up`].filter(Boolean).join(', ');
  return `${moved} of ${plural(moderated, 'mark')} moved: ${ways}`;
}

/** An average of scores, to two decimals; what is graded has none. */
export function saysAverage(average: number | null | undefined): string {
  return average == null ? '' : formatNumber(average, 2);
}

/** A mark as people write it: a grade's word, or the score. */
export function saysMark(mark: AuditMark['before'] | null): string {
  if (mark === null) return '';
  return typeof mark === 'number' ? String(mark) : termFor('grade', mark).word;
}

/** Where within its grade a position stands: towards the neighbouring grade, or in its middle. */
export function saysPlace(grade: Grade, place: Position['place']): string {
  if (place === 'middle') return 'in its middle';
  const at = GRADES.indexOf(grade) + (place === 'upper' ? -1 : 1);
  const next = GRADES[at];
  if (!next) return place === 'upper' ? 'at its best end' : 'at its worst end';
  return `near to ${lowered(termFor('grade', next).word)}`;
}

/** A position in words: "Requires improvement, near to good". */
export function saysPosition({ grade, place }: Pick<Position, 'grade' | 'place'>): string {
  return `${termFor('grade', grade).word}, ${saysPlace(grade, place)}`;
}

/** The needle's angle in degrees: 0 points to the worst end at the left, 180 to the best at the right. */
export function needleAngle({ grade, place }: Pick<Position, 'grade' | 'place'>): number {
  const fromWorst = GRADES.length - 1 - GRADES.indexOf(grade);
  const within = { lower: 1 / 6, middle: 1 / 2, upper: 5 / 6 }[place];
  return ((fromWorst + within) / GRADES.length) * 180;
}

function lowered(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
