/** Words for the vocabularies that have no colour of their own. */
import { sentence } from '$lib/words';

const LABELS = {
  due_means: {
    finish: 'To be finished',
    start: 'To be started',
    review: 'To be reviewed',
    first_check: 'To be checked for the first time',
  },
  dimension: {
    financial: 'Financial',
    staff: 'Staff and workforce',
    partners: 'Partners and stakeholders',
    systems: 'Systems, analysis and reporting',
    leadership: 'Leadership',
  },
  dimension_answer: {
    actions: 'Actions listed',
    not_applicable: 'Not applicable',
    none: 'None',
    blank: 'Left blank',
    implication: 'An implication, not an action',
  },
  origin: {
    inspection: 'Inspection',
    audit: 'Audit',
    peer_review: 'Peer review',
    own_priority: 'Own priority',
    complaint: 'Complaint',
    learning_review: 'Learning review',
  },
  response: { accepted: 'Accepted', partly_accepted: 'Partly accepted', rejected: 'Rejected' },
  narrative_kind: {
    introduction: 'Introduction',
    progress: 'Progress',
    outcome: 'Outcome',
    success: 'Success',
    challenge: 'Challenge',
    exception: 'Exception',
    commentary: 'Commentary',
    closing: 'Closing statement',
  },
  check_kind: {
    audit: 'Audit',
    dip_sample: 'Dip sample',
    survey: 'Survey',
    focus_group: 'Focus group',
    observation: 'Observation',
    data_review: 'Data review',
    kpi_monitoring: 'KPI monitoring',
    report: 'Report',
    other: 'Other check',
  },
  note_kind: {
    unplaced: 'Could not be placed',
    unreadable: 'Could not be read',
    cut_off: 'Cut off in the source',
    contradiction: 'Contradiction',
    duplicate_ref: 'Reference used twice',
    missing: 'Missing from the source',
    footnote: 'Footnote',
    other: 'Other doubt',
  },
  item_kind: {
    plan: 'Plan',
    theme: 'Theme',
    recommendation: 'Recommendation',
    action: 'Action',
    kpi: 'KPI',
    risk: 'Risk',
    check: 'Check',
  },
} as const;

export type LabelSet = keyof typeof LABELS;

export function labelFor(set: LabelSet, key: string): string {
  return (LABELS[set] as Record<string, string>)[key] ?? sentence(key);
}

export function optionsOf(set: LabelSet): { value: string; label: string }[] {
  return Object.entries(LABELS[set]).map(([value, label]) => ({ value, label }));
}
