/** A membership as its form holds it: what was given is sorted by kind there, and is one list when sent. */
import { isDay } from '../editing/days';
import type { FormError } from '../editing/errors';
import type { Fields } from '../editing/fields';
import { takesItems, type Given, type Member, type Role } from './people';

export interface MemberForm {
  role: string;
  ends_on: string | null;
  recommendation: string[];
  action: string[];
  kpi: string[];
}

const KINDS = ['recommendation', 'action', 'kpi'] as const;

export function memberForm(member?: Member): MemberForm {
  const refs = (kind: string): string[] => member?.items.filter((item) => item.kind === kind).flatMap(({ ref }) => ref ?? []) ?? [];
  return {
    role: member?.role ?? '',
    ends_on: member?.ends_on ?? null,
    recommendation: refs('recommendation'),
    action: refs('action'),
    kpi: refs('kpi'),
  };
}

export function memberFields(form: MemberForm): { role: Role; ends_on: string | null; items: Given[] } {
  const kinds = form.role === 'integration' ? (['kpi'] as const) : KINDS;
  return {
    role: form.role as Role,
    ends_on: form.ends_on,
    items: takesItems(form.role) ? kinds.flatMap((kind) => form[kind].map((ref) => ({ kind, ref }))) : [],
  };
}

export function missingIn(form: MemberForm): FormError[] {
  return [
    ...(form.role ? [] : [{ id: 'role', message: 'Choose a role' }]),
    ...(isDay(form.ends_on) ? [] : [{ id: 'ends_on', message: 'Enter the last day, like 31 March 2027' }]),
  ];
}

export const MEMBER_FIELDS = { who: 'the email address', client_id: 'the client id', role: 'a role', ends_on: 'the last day', items: 'what is given' };

/** A side of a conflict in the form that is sent: titles are not part of what was given. */
export function sideToSend(read: Fields): Fields {
  if (!Array.isArray(read.items)) return read;
  const items = (read.items as Given[]).map(({ kind, ref }) => ({ kind, ref }));
  return { ...read, items: items.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)) };
}
