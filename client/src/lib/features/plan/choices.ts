import { RATING_WORDS, RATINGS, sentence } from '$lib/words';
import { ratingWord, type Option, type Plan } from './setup';

/** The colours by name, as filters offer them. */
export const RATING_CHOICES: Option[] = RATINGS.map((value) => ({
  value,
  label: value === 'grey' ? RATING_WORDS.grey : sentence(value),
}));

/** The colours with what each says in this plan, as forms offer them. */
export function ratingOptions(plan?: Plan): Option[] {
  return RATINGS.map((value) => {
    const says = ratingWord(plan, value) ?? RATING_WORDS[value];
    return { value, label: value === 'grey' ? says : `${sentence(value)}: ${says.charAt(0).toLowerCase()}${says.slice(1)}` };
  });
}

const BEST_FIRST = ['blue', 'green', 'amber', 'red'];

/** Whether a rating is better than lateness suggests, so that it needs a reason. Grey is neither. */
export function needsReason(chosen: string | null | undefined, suggested: string | null | undefined): boolean {
  const [mine, theirs] = [BEST_FIRST.indexOf(chosen ?? ''), BEST_FIRST.indexOf(suggested ?? '')];
  return mine >= 0 && theirs >= 0 && mine < theirs;
}

/** What a list says of the suggestion: only a worse one than was given, so that it is worth a look. */
export function worseSuggestion(given: string | null | undefined, suggested: string): string {
  const isLate = suggested === 'amber' || suggested === 'red';
  return isLate && (!given || given === 'grey' || needsReason(given, suggested)) ? `Dates suggest ${suggested}` : '';
}
