/** A recommendation as a form holds it, and the way there and back. */
import type { components } from '$lib/api/schema';
import type { FieldNames, FormError } from '../editing/errors';
import { leadsChosen, leadsToSend, orNull, type Fields } from '../editing/fields';
import { needsReason } from '../plan/choices';
import type { Recommendation } from './recommendations';

export type RecommendationCreate = components['schemas']['RecommendationCreate'];
export type RecommendationUpdate = components['schemas']['RecommendationUpdate'];

export interface ReferenceForm {
  inspection: string;
  finding: string;
  page: string;
  paragraphs: string;
  text: string;
}

export interface RecommendationForm {
  ref: string;
  source_ref: string;
  label: string;
  text: string;
  origin: string;
  parts: { ref: string; text: string }[];
  inspection_references: ReferenceForm[];
  response: string;
  response_reason: string;
  leads: string[];
  themes: string[];
  outcome: string;
  status: string;
  status_note: string;
  rating: string;
  rating_reason: string;
  confidence: string;
  assured_rating: string;
  no_kpis_reason: string;
}

/** What a lead may report; everything else is the programme manager's. */
export const LEAD_FIELDS = ['rating', 'rating_reason', 'confidence', 'status_note'] as const;

export const RECOMMENDATION_FIELDS: FieldNames = {
  ref: 'a reference',
  source_ref: 'the reference in the source',
  label: 'a short name',
  text: 'the recommendation',
  origin: 'an origin',
  parts: 'the parts',
  inspection_references: 'the inspection references',
  response: 'the response',
  leads: 'the leads',
  themes: 'the themes',
  outcome: 'the improvement outcome',
  status: 'a status',
  status_note: 'where the work now lives',
  rating: 'a rating',
  rating_reason: 'the reason for the rating',
  confidence: 'a confidence',
  assured_rating: 'an assured rating',
  no_kpis_reason: 'why it has no KPI',
};

export const RECOMMENDATION_LABELS: Record<string, string> = {
  ref: 'Reference',
  source_ref: 'Reference in the source',
  label: 'Short name',
  text: 'Recommendation',
  inspection_references: 'Inspection references',
  outcome: 'Improvement outcome',
  status_note: 'Note on the status',
  rating_reason: 'Reason for the rating',
  no_kpis_reason: 'Why it has no KPI',
};

export function formOf(one?: Recommendation): RecommendationForm {
  return {
    ref: one?.ref ?? '',
    source_ref: one?.source_ref ?? '',
    label: one?.label ?? '',
    text: one?.text ?? '',
    origin: one?.origin ?? 'inspection',
    parts: (one?.parts ?? []).map(({ ref, text }) => ({ ref, text })),
    inspection_references: (one?.inspection_references ?? []).map((each) => ({
      inspection: each.inspection ?? '',
      finding: each.finding ?? '',
      page: each.page ?? '',
      paragraphs: each.paragraphs ?? '',
      text: each.text ?? '',
    })),
    response: one?.response?.decision ?? '',
    response_reason: one?.response?.reason ?? '',
    leads: (one?.leads ?? []).map(({ party }) => party),
    themes: [...(one?.themes ?? [])],
    outcome: one?.outcome ?? '',
    status: one?.status ?? 'active',
    status_note: one?.status_note ?? '',
    rating: one?.rating ?? '',
    rating_reason: one?.rating_reason ?? '',
    confidence: one?.confidence ?? '',
    assured_rating: one?.assured_rating ?? '',
    no_kpis_reason: one?.no_kpis_reason ?? '',
  };
}

export function toSend(form: RecommendationForm, before?: Recommendation): Fields {
  return {
    ref: form.ref.trim(),
    source_ref: orNull(form.source_ref),
    label: orNull(form.label),
    text: form.text.trim(),
    origin: form.origin,
    parts: form.parts.map(({ ref, text }) => ({ ref: ref.trim(), text: text.trim() })),
    inspection_references: form.inspection_references.map(referenceToSend),
    response: form.response ? { decision: form.response, reason: orNull(form.response_reason) } : null,
    leads: leadsChosen(form.leads, before?.leads ?? []),
    themes: [...form.themes],
    outcome: orNull(form.outcome),
    status: form.status,
    status_note: orNull(form.status_note),
    rating: orNull(form.rating),
    rating_reason: orNull(form.rating_reason),
    confidence: orNull(form.confidence),
    assured_rating: orNull(form.assured_rating),
    no_kpis_reason: orNull(form.no_kpis_reason),
  };
}

export function newRecommendation(form: RecommendationForm): RecommendationCreate {
  const { assured_rating: _assured, ...fields } = toSend(form);
  return fields as unknown as RecommendationCreate;
}

function referenceToSend(each: Partial<Record<keyof ReferenceForm, string | null>>): Fields {
  return {
    inspection: orNull(each.inspection),
    finding: orNull(each.finding),
    page: orNull(each.page),
    paragraphs: orNull(each.paragraphs),
    text: orNull(each.text),
  };
}

/** Fields of a recommendation as it is read, or as they were sent, in the form that a change sends. */
export function readToSend(read: Fields): Fields {
  const sent: Fields = { ...read };
  if (Array.isArray(sent.leads)) sent.leads = leadsToSend(sent.leads);
  if (Array.isArray(sent.inspection_references)) sent.inspection_references = sent.inspection_references.map(referenceToSend);
  return sent;
}

export function missingFrom(form: RecommendationForm, mayEditAll: boolean, suggested?: string): FormError[] {
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
    need('text', form.text.trim(), 'Enter the recommendation');
    need('parts', form.parts.every(({ ref, text }) => ref.trim() && text.trim()), 'Enter a letter and the words of each part, or remove it');
    need(
      'inspection_references',
      form.inspection_references.every((each) => Object.values(referenceToSend({ ...each, finding: null })).some(Boolean)),
      'Enter an inspection, a page, paragraphs or words for each reference, or remove it',
    );
    need('response', form.response !== 'rejected' || form.response_reason.trim(), 'Enter why it was rejected');
  }
  need(
    'status_note',
    form.status !== 'business_as_usual' || form.status_note.trim(),
    'Enter where the work now lives',
  );
  const isReasonMissing = needsReason(form.rating, suggested) && !form.rating_reason.trim();
  need('rating_reason', !isReasonMissing, 'Enter why the rating is better than the dates suggest');
  return found;
}
