import { api, read } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { formatDate, formatNumber, formatTime } from '$lib/format';
import { readWritten } from '$lib/fuzzy-date';
import { isRating, sentence, termFor, type Vocabulary } from '$lib/words';
import { ACTION_LABELS } from '../actions/action-form';
import { RECOMMENDATION_LABELS } from '../recommendations/recommendation-form';
import type { Chosen, Filter } from '../lists/filters';
import { labelFor, type LabelSet } from '../plan/labels';
import { statusWord, type Plan } from '../plan/setup';

export type ChangeEntry = components['schemas']['ChangeEntry'];
export type ChangedKind = ChangeEntry['kind'];
export type FieldChange = ChangeEntry['fields'][number];
export type TimelineKind = components['schemas']['TimelineKind'];
type ListQuery = NonNullable<paths['/v1/plans/{plan}/changes']['get']['parameters']['query']>;

export function changesPage(plan: string, chosen: Chosen, cursor?: string) {
  const { kind, by, since, until } = chosen;
  const query = { kind, by, since: since?.[0], until: until?.[0], limit: 30, cursor } as ListQuery;
  return read(api.GET('/v1/plans/{plan}/changes', { params: { path: { plan }, query } }));
}

export function historyPage(plan: string, kind: TimelineKind, ref: string, cursor?: string, limit = 20) {
  return read(
    api.GET('/v1/plans/{plan}/history/{kind}/{ref}', { params: { path: { plan, kind, ref }, query: { limit, cursor } } }),
  );
}

/** Who changed an item last; null where that may not be known. */
export async function lastChangedBy(plan: string, kind: TimelineKind, ref: string): Promise<string | null> {
  try {
    return (await historyPage(plan, kind, ref, undefined, 1)).items[0]?.by ?? null;
  } catch {
    return null;
  }
}

/**
 * Every kind of item that the service records changes of, in words and in the order that filters offer them.
 * The record's keys are the service's own vocabulary: one without a word here does not compile.
 */
const KIND_WORDS: Record<ChangedKind, string> = {
  action: 'Action',
  recommendation: 'Recommendation',
  kpi: 'KPI',
  submission: 'Values submitted',
  value_act: 'Values checked',
  period_lock: 'Period lock',
  feed: 'Feed',
  narrative: 'Update',
  audit: 'Audit',
  audit_template: 'Audit template',
  audit_measure: 'KPI derived from audits',
  windscreen_position: 'Windscreen position',
  risk: 'Risk',
  escalation: 'Escalation',
  ladder: 'Ladder',
  check: 'Check',
  plan: 'Plan',
  inspection: 'Inspection',
  theme: 'Theme',
  party: 'Lead or owner',
  membership: 'Member',
  deputy: 'Deputy',
  imported_document: 'Import',
};

/** What a kind has beneath it, where people look for that by its own name. */
const KIND_HOLDS: Partial<Record<ChangedKind, string>> = {
  kpi: 'With its definition, targets, rebases and the published figures beside it',
  value_act: 'Signed off, put under query, answered or cleared',
  period_lock: 'Locked or reopened',
};

export function kindWord(kind: ChangedKind): string {
  return KIND_WORDS[kind];
}

/** The kinds as a filter offers them. */
export const KIND_CHOICES = (Object.entries(KIND_WORDS) as [ChangedKind, string][]).map(([value, label]) => {
  const hint = KIND_HOLDS[value];
  return hint ? { value, label, hint } : { value, label };
});

export const CHANGE_FILTERS: Filter[] = [
  { name: 'kind', label: 'What', kind: 'choices', choices: KIND_CHOICES },
  { name: 'by', label: 'By', kind: 'one' },
  { name: 'since', label: 'From', kind: 'one' },
  { name: 'until', label: 'To', kind: 'one' },
];

const FIELD_WORDS: Record<string, string> = {
  kpi: 'KPI',
  kpis: 'KPIs',
  ref: 'Reference',
  due: 'Due date',
  original_due: 'First due date',
  slips: 'Due date moved',
  assured_rating: 'Assured rating',
  status_note: 'Note on the status',
  no_kpis_reason: 'Why it has no KPI',
  source_ref: 'Reference in the source',
  recovery_due: 'Recovery date',
  settled_by: 'Settled by',
  for_whom: 'Written for',
  benchmarks: 'Published figures beside it',
};

const WORDS_OF: Record<string, Record<string, string>> = { action: ACTION_LABELS, recommendation: RECOMMENDATION_LABELS };

/** "milestones.done_on" as "Milestones: done on", in the words of its kind of item where that is given. */
export function fieldWord(field: string, kind = ''): string {
  const [first = '', ...rest] = field.split('.');
  const head = WORDS_OF[kind]?.[first] ?? FIELD_WORDS[first] ?? sentence(first);
  const tail = rest.join(' ').replaceAll('_', ' ');
  return tail ? `${head}: ${tail}` : head;
}

const STATUS_OF: Record<string, Vocabulary> = {
  action: 'action_status',
  recommendation: 'recommendation_status',
  plan: 'plan_status',
};

const LABELLED: Record<string, LabelSet> = { due_means: 'due_means', dimension: 'dimension', origin: 'origin', response: 'response' };

/** Fields whose values are words of the service's own: "action_lead". */
const CODED = new Set([
  'role', 'kind', 'category', 'unit', 'polarity', 'nature', 'period_type', 'basis', 'workflow', 'state', 'grade', 'stage', 'framework',
  'outcome_kind', 'answer', 'result', 'level', 'current', 'residual',
]); // prettier-ignore

/** A field's value, before or after, as people read it; with the plan, in the plan's own words. */
export function valueWords(kind: string, field: string, value: FieldChange['from'], plan?: Plan): string {
  if (value === null || value === undefined || value === '') return 'Nothing';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return formatNumber(value);
  if (Array.isArray(value)) return value.map((one) => valueWords(kind, field, one, plan)).join(', ') || 'Nothing';
  const name = field.split('.').at(-1) ?? field;
  const own = name === 'status' && kind === 'action' ? statusWord(plan, value) : null;
  if (own) return own;
  if (name === 'status' && STATUS_OF[kind]) return termFor(STATUS_OF[kind], value).word;
  if (name === 'rating' || name === 'assured_rating') return isRating(value) ? sentence(value) : value;
  if (name === 'confidence') return termFor('confidence', value).word;
  if (name === 'state' && kind === 'escalation') return termFor('escalation_state', value).word;
  if (LABELLED[name]) return labelFor(LABELLED[name], value);
  if (CODED.has(name) || /^[a-z]+(_[a-z]+)+$/.test(value)) return sentence(value);
  return inDates(value);
}

/** Dates within a value written as people write them: "2018-03 → 2018-06-30: agreed" and "2018-03, ongoing". */
function inDates(value: string): string {
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(value)) return formatTime(value);
  if (readWritten(value)) return /^\d{4}$/.test(value) ? value : formatDate(value);
  const head = /^([\d-]{7,10}|\d{4}-Q\d)( → )([\d-]{7,10}|\d{4}-Q\d)(:.*)?$/s.exec(value);
  if (head) return `${formatDate(head[1])} → ${formatDate(head[3])}${head[4] ?? ''}`;
  const ongoing = /^([\d-]{7,10}|\d{4}-Q\d)(, .*)$/s.exec(value);
  return ongoing && readWritten(ongoing[1] ?? '') ? `${formatDate(ongoing[1])}${ongoing[2]}` : value;
}

const LISTS = new Set([
  'leads', 'themes', 'recommendations', 'kpis', 'milestones', 'slips', 'doubts', 'parts', 'inspection_references', 'cross_references',
  'dimensions', 'results', 'definitions', 'targets', 'segments', 'about', 'controls', 'actions', 'stages', 'events', 'items', 'judgements',
  'findings', 'boards', 'status_words', 'colour_key', 'stated_totals', 'impact_statements', 'rebases', 'benchmarks', 'editions', 'domains',
  'bands', 'marks',
]); // prettier-ignore

/** Whether a field holds a list, of which one entry came or went. */
export function isListed(field: string): boolean {
  return LISTS.has(field);
}

/** What an entry says was done: "Changed", "Added", "Deleted". */
export function whatWord(what: ChangeEntry['what']): string {
  return { created: 'Added', changed: 'Changed', deleted: 'Deleted' }[what];
}
