/** One value as its form holds it, and as it is sent. */
import type { components } from '$lib/api/schema';
import { isSame, orNull, type Fields } from '../editing/fields';

type Schemas = components['schemas'];
type Put = Schemas['MeasurementPut'];

/** Figures are kept as they were typed: the service reads "1,204" and "84.20%" digit for digit. */
export interface ValueFields {
  state: string;
  value: string | null;
  grade: string | null;
  numerator: string | null;
  denominator: string | null;
  note: string | null;
  source: string | null;
  external_reference: string | null;
  workflow: string;
}

export const EMPTY: ValueFields = {
  state: 'reported',
  value: null,
  grade: null,
  numerator: null,
  denominator: null,
  note: null,
  source: null,
  external_reference: null,
  workflow: 'loaded',
};

const FIGURES = ['state', 'value', 'grade', 'numerator', 'denominator'] as const;
const NAMES = Object.keys(EMPTY) as (keyof ValueFields)[];

const typed = (figure: unknown): string | null => (figure === null || figure === undefined ? null : String(figure));

/** The fields of a value as read, or those of a conflict, in the form that the form holds. */
export function valueFields(read: Fields): ValueFields {
  return Object.fromEntries(
    NAMES.filter((name) => name in read).map((name) => [name, typed(read[name])]),
  ) as unknown as ValueFields;
}

/** What is sent: blank boxes are nothing, and a state without a value carries none. */
export function cleaned(form: ValueFields, takesGrades: boolean): ValueFields {
  const has = form.state === 'reported';
  const kept = (text: string | null, is = true): string | null => (has && is ? orNull(text) : null);
  return {
    state: form.state,
    workflow: form.workflow,
    value: kept(form.value, !takesGrades),
    grade: kept(form.grade, takesGrades),
    numerator: kept(form.numerator, !takesGrades),
    denominator: kept(form.denominator, !takesGrades),
    note: orNull(form.note),
    source: orNull(form.source),
    external_reference: orNull(form.external_reference),
  };
}

/** Whether what is reported changes, and not only a note beside it: then a reason is asked for. */
export function figuresDiffer(was: ValueFields, now: ValueFields): boolean {
  return FIGURES.some((name) => !isSame(was[name] ?? null, now[name] ?? null));
}

export function asPut(fields: ValueFields, basis: Schemas['Basis'], reason: string | null): Put {
  const { state, grade, workflow, ...rest } = fields;
  return {
    ...rest,
    basis,
    state: state as Put['state'],
    grade: grade as Put['grade'],
    workflow: workflow as Put['workflow'],
    reason,
  };
}
