/** What a form for a KPI still lacks, and what its boxes are called. */
import type { FormError } from '../editing/errors';
import { isDay } from '../editing/days';
import type { KpiForm } from './form';

/** Names of boxes by field of the payload; `good_value` and `good_grade` share one box. */
export const KPI_FIELDS = {
  ref: 'the reference', title: 'the title', category: 'the question', unit: 'the unit', polarity: 'when it is better',
  period_type: 'how often it is reported', nature: 'what a value is', kind: 'the kind', due_after_days: 'the days',
  leads: 'the leads', themes: 'the themes', recommendations: 'the recommendations', descriptor: 'what it counts',
  numerator: 'the numerator', denominator: 'the denominator', good_text: 'what good is', good_rationale: 'why that is good',
  source: 'the source', caveats: 'the caveats', scale_min: 'the lowest score', scale_max: 'the highest score',
  effective_from: 'the day', tolerance: 'the tolerance', targets: 'the target', no_target_text: 'why there is no target',
  good_value: 'what good is', good_grade: 'what good is',
}; // prettier-ignore

/** Leads an error about either spelling of "good" to the one box there is. */
export function atBoxes(errors: FormError[]): FormError[] {
  return errors.map((error) => (error.id?.startsWith('good_value') || error.id?.startsWith('good_grade') ? { ...error, id: 'good' } : error));
}

export function missingIn(form: KpiForm, change?: { is: string; from: string | null }): FormError[] {
  const found: FormError[] = [];
  const need = (id: string, isThere: unknown, message: string): void => {
    if (!isThere) found.push({ id, message });
  };
  need('ref', form.ref.trim(), 'Enter a reference');
  need('title', form.title.trim(), 'Enter a title');
  need('category', form.category, 'Choose which question it answers');
  need('unit', form.unit, 'Choose a unit');
  need('polarity', form.polarity, 'Choose when it is better');
  need('period_type', form.period_type, 'Choose how often it is reported');
  need('due_after_days', /^\d*$/.test(form.due_after_days.trim()), 'Enter the days as a whole number, like 10');
  if (change?.is === 'new') need('effective_from', change.from && isDay(change.from), 'Enter the day from which it counts so, like 1 April 2027');
  form.targets.forEach((target, index) => {
    const has = { value: target.value, range: target.lower || target.upper, grade: target.grade, words: target.text }[target.shape];
    need('targets', has || target.to_be_confirmed, `Enter target ${index + 1}, or say that it is to be confirmed`);
    need('targets', target.kind !== 'by_date' || target.due || target.to_be_confirmed, `Enter the day of target ${index + 1}`);
  });
  return found;
}
