/** Words for what escalations are made of. */
import type { components } from '$lib/api/schema';
import { sentence } from '$lib/words';

export type Cause = components['schemas']['EscalationCause'];
export type EventKind = components['schemas']['EscalationEventKind'];

const CAUSES: Record<Cause, string> = {
  lead_stuck: 'A lead is stuck',
  partner_dispute: 'A dispute with a partner',
  board_concern: 'A concern of the board',
  action_overdue: 'An action is overdue',
  kpi_off_target: 'A KPI is off target',
  feed_late: 'A feed is late',
  risk_past_review: 'A risk is past its review',
  other: 'Something else',
};

export function causeWord(cause: string): string {
  return (CAUSES as Record<string, string>)[cause] ?? sentence(cause);
}

export const CAUSE_OPTIONS = Object.entries(CAUSES).map(([value, label]) => ({ value, label }));

const EVENTS: Record<EventKind, string> = {
  raised: 'Raised',
  answered: 'Answered',
  climbed: 'Climbed',
  resolved: 'Resolved',
  withdrawn: 'Withdrawn',
  referred: 'Referred',
  reopened: 'Opened again',
};

export function eventWord(kind: string): string {
  return (EVENTS as Record<string, string>)[kind] ?? sentence(kind);
}
