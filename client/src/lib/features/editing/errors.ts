/** What a problem says, as the lines of an error summary: each leads to the box it is about. */
import type { Fault, Problem } from '$lib/api';
import { fieldOf } from '$lib/api/problem';

export interface FormError {
  id?: string;
  message: string;
}

/** The words for a field, as a sentence can use them: "the due date". */
export type FieldNames = Record<string, string>;

/**
 * `fields` maps a field's name in the payload to what people call it; its box has the id `{prefix}{name}`.
 * A fault at `/milestones/0/due` belongs to the nearest of those names, `milestones`.
 */
export function formErrors(problem: Problem, fields: FieldNames, prefix = ''): FormError[] {
  if (problem.type.endsWith('/ref-taken')) {
    return [{ id: `${prefix}ref`, message: 'This reference is already used. Enter another one' }];
  }
  if (problem.type.endsWith('/idempotency-key-reused')) {
    return [{ message: 'What you sent first had already been saved. Check it before you send this again' }];
  }
  const found = problem.errors.map((fault) => errorOf(fault, fields, prefix));
  if (found.length) return found;
  return [{ message: problem.detail ?? problem.title }];
}

function errorOf(fault: Fault, fields: FieldNames, prefix: string): FormError {
  const path = fieldOf(fault.pointer).split('.').filter(Boolean);
  const name = path.find((part) => part in fields);
  return { ...(name ? { id: `${prefix}${name}` } : {}), message: inWords(fault, name ? (fields[name] ?? name) : '') };
}

function inWords({ code, message }: Fault, name: string): string {
  if (!name) return message;
  switch (code) {
    case 'missing':
    case 'string_too_short':
      return `Enter ${name}`;
    case 'string_too_long':
      return `${capital(name)} is too long. ${message.replace(/^String should/, 'It should')}`;
    case 'string_pattern_mismatch':
      return `Use only letters, numbers, full stops, hyphens and underscores in ${name}`;
    case 'greater_than_equal':
    case 'less_than_equal':
      return message.replace(/^Input/, capital(name));
    case 'enum':
    case 'literal_error':
      return `Choose ${name} from the list`;
    case 'value_error':
      return `${capital(name)}: ${message.replace(/^Value error, /, '')}`;
    default:
      return message;
  }
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The message for one box. */
export function errorAt(errors: readonly FormError[], id: string): string | undefined {
  return errors.find((error) => error.id === id)?.message;
}
