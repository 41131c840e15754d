import { formatDate, formatFuzzy, formatShortDate, plural } from '$lib/format';
import type { ActionSummary } from './actions';

/** How an action stands to its date, in a few words; nothing where there is nothing to say. */
export function latenessWords(action: ActionSummary): string {
  const days = action.days_late ?? action.days_overdue;
  switch (action.lateness) {
    case 'overdue':
      return days ? `${plural(days, 'day')} overdue` : 'Overdue';
    case 'due_soon':
      return 'Due soon';
    case 'done_late':
      return days ? `Done ${plural(days, 'day')} late` : 'Done late';
    case 'done_on_time':
      return 'Done on time';
    case 'not_known':
      return 'Whether it is late is not known';
    default:
      return '';
  }
}

/** Days against the date first promised, where that says more than the date last agreed. */
export function originalLateness(action: ActionSummary): string {
  const { days_late_originally: days } = action;
  if (days === null || days === action.days_late) return '';
  return days === 0 ? 'In time against the first date' : `${plural(days, 'day')} late against the first date`;
}

/** A due date for a table: short, with what happens on it where that is not the finish. */
export function dueShort({ due }: Pick<ActionSummary, 'due'>): string {
  if (!due) return 'No date';
  return due.date ? formatShortDate(due.date) + (due.ongoing ? ', ongoing' : '') : formatFuzzy(due);
}

export function slipWords(action: Pick<ActionSummary, 'slips' | 'original_due'>): string {
  if (!action.slips) return '';
  const first = action.original_due?.date ? `, first ${formatShortDate(action.original_due.date)}` : '';
  return `Moved ${action.slips === 1 ? 'once' : plural(action.slips, 'time')}${first}`;
}

export function completedWords({ completed_on }: Pick<ActionSummary, 'completed_on'>): string {
  return completed_on ? `Done ${formatDate(completed_on)}` : '';
}
