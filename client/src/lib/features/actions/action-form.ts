/** An action as a form holds it, and the way there and back. */
import type { components } from '$lib/api/schema';
import type { FuzzyDate } from '$lib/fuzzy-date';
import { isDay } from '../editing/days';
import type { FieldNames, FormError } from '../editing/errors';
import { fuzzyToSend, leadsChosen, leadsToSend, orNull, type Fields } from '../editing/fields';
import { needsReason } from '../plan/choices';
import type { Action } from './actions';

export type ActionCreate = components['schemas']['ActionCreate'];
export type ActionUpdate = components['schemas']['ActionUpdate'];

export interface MilestoneForm {
  title: string;
  due: FuzzyDate | null;
  done_on: string | null;
}

export interface ActionForm {
  ref: string;
  title: string;
  parent: string;
  status: string;
  completed_on: string | null;
  rating: string;
  rating_reason: string;
  confidence: string;
  assured_rating: string;
  milestones: MilestoneForm[];
  recommendations: string[];
  themes: string[];
  kpis: string[];
  leads: string[];
  group_heading: string;
  points: string[];
  supports: string[];
  success_test: string;
  start: FuzzyDate | null;
  /** Only of a new action: later a due date moves by an agreement of its own. */
  due: FuzzyDate | null;
  due_means: string;
  recurrence: string;
  dimension: string;
  cost_note: string;
  assurance_required: boolean;
}

/** What a lead may report; everything else is the programme manager's. */
export const LEAD_FIELDS = [
  'status', 'completed_on', 'rating', 'rating_reason', 'confidence', 'milestones', 'start', 'recurrence',
] as const; // prettier-ignore

export const ACTION_FIELDS: FieldNames = {
  ref: 'a reference',
  title: 'what will be done',
  parent: 'the action that this is part of',
  status: 'a status',
  completed_on: 'the day it was completed',
  rating: 'a rating',
  rating_reason: 'the reason for the rating',
  confidence: 'a confidence',
  assured_rating: 'an assured rating',
  milestones: 'the milestones',
  recommendations: 'the recommendations',
  themes: 'the themes',
  kpis: 'the KPIs',
  leads: 'the leads',
  group_heading: 'the heading',
  points: 'the points',
  supports: 'what it supports',
  success_test: 'the success test',
  start: 'the start',
  due: 'the due date',
  due_means: 'what happens on the due date',
  recurrence: 'how often it recurs',
  dimension: 'a dimension',
  cost_note: 'the cost',
  assurance_required: 'whether assurance is needed',
};

/** How the fields are called beside their values, where two edits are compared. */
export const ACTION_LABELS: Record<string, string> = {
  ref: 'Reference',
  title: 'What will be done',
  parent: 'Part of',
  completed_on: 'Completed on',
  rating_reason: 'Reason for the rating',
  group_heading: 'Heading',
  supports: 'Supports',
  success_test: 'Success test or outcome',
  due: 'Due date',
  due_means: 'What happens on the due date',
  recurrence: 'How often it recurs',
  cost_note: 'Cost',
  assurance_required: 'Assurance needed before it is closed',
  kpis: 'KPIs',
};

export function formOf(action?: Action): ActionForm {
  return {
    ref: action?.ref ?? '',
    title: action?.title ?? '',
    parent: action?.parent ?? '',
    status: action?.status ?? 'not_started',
    completed_on: action?.completed_on ?? null,
    rating: action?.rating ?? '',
    rating_reason: action?.rating_reason ?? '',
    confidence: action?.confidence ?? '',
    assured_rating: action?.assured_rating ?? '',
    milestones: (action?.milestones ?? []).map(({ title, due, done_on }) => ({ title, due: fuzzyToSend(due), done_on })),
    recommendations: [...(action?.recommendations ?? [])],
    themes: [...(action?.themes ?? [])],
    kpis: [...(action?.kpis ?? [])],
    leads: (action?.leads ?? []).map(({ party }) => party),
    group_heading: action?.group_heading ?? '',
    points: [...(action?.points ?? [])],
    supports: [...(action?.supports ?? [])],
    success_test: action?.success_test ?? '',
    start: fuzzyToSend(action?.start),
    due: fuzzyToSend(action?.due),
    due_means: action?.due_means ?? 'finish',
    recurrence: action?.recurrence ?? '',
    dimension: action?.dimension ?? '',
    cost_note: action?.cost_note ?? '',
    assurance_required: action?.assurance_required ?? false,
  };
}

/** Every field as a change sends it. A reason goes with the rating that it was given for. */
export function toSend(form: ActionForm, before?: Action): Fields {
  const isDone = form.status === 'completed' || form.status === 'closed';
  return {
    ref: form.ref.trim(),
    title: form.title.trim(),
    parent: orNull(form.parent),
    status: form.status,
    completed_on: isDone ? form.completed_on : null,
    rating: orNull(form.rating),
    rating_reason: orNull(form.rating_reason),
    confidence: orNull(form.confidence),
    assured_rating: orNull(form.assured_rating),
    milestones: form.milestones.map(({ title, due, done_on }) => ({ title: title.trim(), due: fuzzyToSend(due), done_on })),
    recommendations: [...form.recommendations],
    themes: [...form.themes],
    kpis: [...form.kpis],
    leads: leadsChosen(form.leads, before?.leads ?? []),
    group_heading: orNull(form.group_heading),
    points: form.points.map((point) => point.trim()).filter(Boolean),
    supports: form.supports.map((one) => one.trim()).filter(Boolean),
    success_test: orNull(form.success_test),
    start: fuzzyToSend(form.start),
    due_means: form.due_means,
    recurrence: orNull(form.recurrence),
    dimension: orNull(form.dimension),
    cost_note: orNull(form.cost_note),
    assurance_required: form.assurance_required,
  };
}

export function newAction(form: ActionForm): ActionCreate {
  const { assured_rating: _assured, ...fields } = toSend(form);
  return { ...fields, due: fuzzyToSend(form.due) } as unknown as ActionCreate;
}

/** Fields of an action as it is read, or as they were sent, in the form that a change sends. */
export function readToSend(read: Fields): Fields {
  const sent: Fields = { ...read };
  if (Array.isArray(sent.leads)) sent.leads = leadsToSend(sent.leads);
  for (const name of ['start', 'due']) if (name in sent) sent[name] = fuzzyToSend(sent[name] as FuzzyDate | null);
  if (Array.isArray(sent.milestones)) {
    sent.milestones = (sent.milestones as MilestoneForm[]).map(({ title, due, done_on }) => ({
      title,
      due: fuzzyToSend(due),
      done_on: done_on ?? null,
    }));
  }
  return sent;
}

/** What is missing or wrong before anything is sent; `suggested` is the rating that the dates suggest. */
export function missingFrom(form: ActionForm, mayEditAll: boolean, suggested?: string): FormError[] {
  const found: FormError[] = [];
  const need = (id: string, isThere: unknown, message: string): void => {
    if (!isThere) found.push({ id, message });
  };
  if (mayEditAll) {
    need('ref', form.ref.trim(), 'Enter a reference');
    need(
      'ref',
      !form.ref.trim() || /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(form.ref.trim()),
      'A reference must start with a letter or number, and have only letters, numbers, full stops, hyphens and underscores',
    );
    need('title', form.title.trim(), 'Enter what will be done');
  }
  need('completed_on', isDay(form.completed_on), 'Enter the day it was completed, like 31 March 2027');
  const isReasonMissing = needsReason(form.rating, suggested) && !form.rating_reason.trim();
  need('rating_reason', !isReasonMissing, 'Enter why the rating is better than the dates suggest');
  need('milestones', form.milestones.every(({ title }) => title.trim()), 'Enter what each milestone is, or remove it');
  need('milestones', form.milestones.every(({ done_on }) => isDay(done_on)), 'Enter the day each milestone was met, like 31 March 2027');
  return found;
}
