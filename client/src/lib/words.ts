/** The one place for the word and the colour of every status, rating, grade and state. */
export type TagColour = 'blue' | 'green' | 'teal' | 'purple' | 'magenta' | 'red' | 'orange' | 'yellow' | 'grey';

export interface Term {
  word: string;
  colour: TagColour;
}

function terms<K extends string>(table: Record<K, [string, TagColour]>): Record<K, Term> {
  const entries = Object.entries(table) as [K, [string, TagColour]][];
  return Object.fromEntries(entries.map(([key, [word, colour]]) => [key, { word, colour }])) as Record<K, Term>;
}

export const TERMS = {
  action_status: terms({
    not_started: ['Not started', 'grey'],
    in_progress: ['In progress', 'blue'],
    completed: ['Completed', 'green'],
    closed: ['Closed', 'green'],
    cancelled: ['Cancelled', 'grey'],
    superseded: ['Superseded', 'grey'],
    unreadable: ['Status unreadable', 'purple'],
  }),
  recommendation_status: terms({
    active: ['Active', 'blue'],
    business_as_usual: ['Business as usual', 'teal'],
    closed: ['Closed', 'green'],
  }),
  plan_status: terms({
    draft: ['Draft', 'grey'],
    approved: ['Approved', 'teal'],
    submitted: ['Submitted', 'purple'],
    active: ['Active', 'blue'],
    closed: ['Closed', 'grey'],
  }),
  confidence: terms({
    confident: ['Confident', 'green'],
    reasonable: ['Reasonable', 'yellow'],
    limited: ['Limited', 'red'],
  }),
  grade: terms({
    outstanding: ['Outstanding', 'blue'],
    good: ['Good', 'green'],
    requires_improvement: ['Requires improvement', 'orange'],
    inadequate: ['Inadequate', 'red'],
  }),
  escalation_state: terms({
    open: ['Open', 'red'],
    answered: ['Answered', 'yellow'],
    resolved: ['Resolved', 'green'],
    withdrawn: ['Withdrawn', 'grey'],
    referred: ['Referred', 'purple'],
  }),
  check_result: terms({
    impact_clear: ['Impact clear', 'green'],
    some_impact: ['Some impact', 'yellow'],
    no_impact: ['No impact', 'red'],
    cannot_tell: ['Cannot tell', 'grey'],
  }),
  target: terms({
    met: ['Target met', 'green'],
    within_tolerance: ['Within tolerance', 'yellow'],
    missed: ['Target missed', 'red'],
    on_pace: ['On pace', 'green'],
    behind_pace: ['Behind pace', 'orange'],
    not_yet_due: ['Not yet due', 'blue'],
    not_judged: ['Not judged', 'grey'],
    no_target: ['No target', 'grey'],
    to_be_confirmed: ['To be confirmed', 'purple'],
    no_value: ['No value', 'grey'],
  }),
  direction: terms({
    better: ['Better', 'green'],
    worse: ['Worse', 'orange'],
    same: ['No change', 'grey'],
    unknown: ['Not comparable', 'grey'],
  }),
  variation: terms({
    improvement: ['Getting better', 'blue'],
    concern: ['Getting worse', 'orange'],
    change: ['Changing', 'purple'],
    common_cause: ['No significant change', 'grey'],
    too_early: ['Too early to say', 'grey'],
    not_applicable: ['Not judged', 'grey'],
  }),
  assurance: terms({
    consistently_passes: ['Consistently passes', 'blue'],
    consistently_fails: ['Consistently fails', 'orange'],
    hit_or_miss: ['Hit or miss', 'grey'],
  }),
  rebase_state: terms({
    proposed: ['Waits for a second person', 'yellow'],
    agreed: ['Agreed', 'green'],
    rejected: ['Rejected', 'grey'],
  }),
  workflow: terms({
    loaded: ['Not signed off', 'grey'],
    signed_off: ['Signed off', 'green'],
    under_query: ['Under query', 'orange'],
  }),
  measurement_state: terms({
    reported: ['Reported', 'blue'],
    nil_return: ['Nil return', 'grey'],
    not_available: ['Not available', 'grey'],
    suppressed: ['Withheld', 'grey'],
    not_applicable: ['Not applicable', 'grey'],
  }),
  risk_level: terms({
    high: ['High', 'red'],
    medium: ['Medium', 'orange'],
    low: ['Low', 'green'],
  }),
  due: terms({
    overdue: ['Overdue', 'red'],
    due_soon: ['Due soon', 'yellow'],
    late: ['Late', 'orange'],
  }),
  row: terms({
    created: ['Created', 'green'],
    updated: ['Updated', 'blue'],
    unchanged: ['Unchanged', 'grey'],
    queued: ['Waiting to be accepted', 'yellow'],
    rejected: ['Rejected', 'red'],
  }),
  submission_status: terms({
    pending: ['Being read', 'blue'],
    stored: ['Stored', 'green'],
    rejected: ['Rejected', 'red'],
    previewed: ['Preview only', 'purple'],
    failed: ['Failed', 'red'],
    withdrawn: ['Withdrawn', 'grey'],
  }),
  late: terms({
    waiting: ['Waiting', 'yellow'],
    accepted: ['Accepted', 'green'],
    declined: ['Declined', 'grey'],
    superseded: ['Replaced by another', 'grey'],
    withdrawn: ['Withdrawn', 'grey'],
  }),
  feed: terms({
    on_time: ['On time', 'green'],
    due: ['Due', 'blue'],
    late: ['Late', 'orange'],
    missing: ['Missing', 'red'],
  }),
  period_lock: terms({
    locked: ['Locked', 'purple'],
    reopened: ['Reopened', 'blue'],
  }),
  account: terms({
    active: ['Active', 'green'],
    disabled: ['Disabled', 'grey'],
    ended: ['Ended', 'grey'],
    not_yet: ['Not yet', 'blue'],
  }),
} as const;

export type Vocabulary = keyof typeof TERMS;

/** A key's word and colour; a key not known here is shown as it is, in grey, rather than hidden. */
export function termFor(vocabulary: Vocabulary, key: string): Term {
  const known = (TERMS[vocabulary] as Record<string, Term>)[key];
  return known ?? { word: sentence(key), colour: 'grey' };
}

/** "programme_manager" as "Programme manager". */
export function sentence(key: string): string {
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const RATINGS = ['blue', 'green', 'amber', 'red', 'grey'] as const;
export type Rating = (typeof RATINGS)[number];

/** What each colour says unless the plan's own colour key says otherwise. */
export const RATING_WORDS: Record<Rating, string> = {
  blue: 'Complete',
  green: 'On track',
  amber: 'At risk',
  red: 'Off track',
  grey: 'Not rated',
};

export function isRating(key: string): key is Rating {
  return (RATINGS as readonly string[]).includes(key);
}

const QUESTIONS: Record<string, string> = {
  how_much: 'How much did we do?',
  how_well: 'How well did we do it?',
  better_off: 'Is anyone better off?',
  none: 'Other measures',
};

/** The accountability question a KPI's category stands for. */
export function questionOf(category: string): string {
  return QUESTIONS[category] ?? sentence(category);
}
