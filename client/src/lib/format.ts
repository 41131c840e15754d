import { monthName, readWritten, wordsOf, type FuzzyDate } from './fuzzy-date';

export const UNITS = [
  'count', 'percent', 'rate_per_10000', 'days', 'months', 'ratio', 'score', 'currency', 'grade', 'none',
] as const; // prettier-ignore
export type Unit = (typeof UNITS)[number];

/** A date, whatever its precision: "31 March 2027", "March 2027", "January to March 2027", "2027". */
export function formatDate(written: string | null | undefined): string {
  const read = written ? readWritten(written.slice(0, 10)) : null;
  return read ? wordsOf(read) : (written ?? '');
}

/** "31 Mar 2027", for tables. */
export function formatShortDate(written: string | null | undefined): string {
  return formatDate(written).replace(/[A-Z][a-z]{3,}/g, (month) => month.slice(0, 3));
}

/** A fuzzy date as a plan gave it; words alone come back as they stood. */
export function formatFuzzy(fuzzy: Partial<FuzzyDate> | null | undefined): string {
  if (!fuzzy) return 'No date';
  const date = fuzzy.date ? formatDate(fuzzy.date) : '';
  if (fuzzy.ongoing) return date ? `${date} and ongoing` : 'Ongoing';
  return date || (fuzzy.text ?? 'No date');
}

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  // Not hour12, by which noon is 0pm in some browsers.
  hourCycle: 'h12',
});

/** An instant, on London's clock: "31 March 2027 at 2:05pm". */
export function formatTime(instant: string | Date): string {
  const parts = Object.fromEntries(CLOCK.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  const half = (parts.dayPeriod ?? '').replace(/[\s.]/g, '').toLowerCase();
  return `${parts.day} ${parts.month} ${parts.year} at ${parts.hour}:${parts.minute}${half}`;
}

/** Today's date in London, as 2027-03-31. */
export function todayInLondon(now: Date = new Date()): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(now);
}

/** Whole days from one date to another, both as 2027-03-31. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** How a due date stands against a day: "12 days overdue", "due today", "due in 3 weeks". */
export function formatDue(due: string, today: string): string {
  const last = readWritten(due)?.lastDay;
  if (!last) return '';
  const days = daysBetween(today, last);
  if (days === 0) return 'due today';
  return days < 0 ? `${span(-days)} overdue` : `due in ${span(days)}`;
}

/** How long ago a day was: "today", "yesterday", "3 weeks ago". */
export function formatAgo(date: string, today: string): string {
  const days = daysBetween(date.slice(0, 10), today);
  if (days <= 0) return 'today';
  return days === 1 ? 'yesterday' : `${span(days)} ago`;
}

function span(days: number): string {
  if (days < 21) return plural(days, 'day');
  if (days < 70) return plural(Math.floor(days / 7), 'week');
  if (days < 730) return plural(Math.floor(days / 30.44), 'month');
  return plural(Math.floor(days / 365.25), 'year');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}

/** "1,234.5"; `decimals` fixes the places, without it a number keeps those it has (at most 6). */
export function formatNumber(value: number, decimals?: number | null): string {
  const places = decimals ?? undefined;
  const text = value.toLocaleString('en-GB', {
    minimumFractionDigits: places ?? 0,
    maximumFractionDigits: places ?? 6,
  });
  return /^-[0.,]+$/.test(text) ? text.slice(1) : text.replace('-', '−');
}

/** A value with its unit: "84.2%", "56.1 per 10,000", "12 days", "£1,250". Nothing is "no value". */
export function formatValue(value: number | null | undefined, unit: Unit, decimals?: number | null): string {
  if (value === null || value === undefined) return 'No value';
  const number = formatNumber(value, decimals);
  switch (unit) {
    case 'percent':
      return `${number}%`;
    case 'rate_per_10000':
      return `${number} per 10,000`;
    case 'days':
    case 'months':
      return `${number} ${value === 1 ? unit.slice(0, -1) : unit}`;
    case 'currency':
      return value < 0 ? `−£${number.slice(1)}` : `£${number}`;
    default:
      return number;
  }
}

/** A change with its sign, in the words of the unit: "+2.1 percentage points", "−3", "no change". */
export function formatChange(change: number, unit: Unit, decimals?: number | null): string {
  const size = formatNumber(Math.abs(change), decimals);
  if (!/[1-9]/.test(size)) return 'no change';
  const sign = change > 0 ? '+' : '−';
  if (unit === 'percent') return `${sign}${size} ${size === '1' ? 'percentage point' : 'percentage points'}`;
  return unit === 'currency' ? `${sign}£${size}` : `${sign}${size}`;
}

/** A period's key in words: "August 2018", "July to September 2018", "Quarter 1 2018/19", "2018/19". */
export function formatPeriod(key: string): string {
  let match = /^(FY|AY)(\d{4})-(\d{2})(?:-Q([1-4]))?$/.exec(key);
  if (match) {
    const [, kind, from, to, quarter] = match;
    if (quarter) return `Quarter ${quarter} ${from}/${to}`;
    return kind === 'AY' ? `Academic year ${from}/${to}` : `${from}/${to}`;
  }
  match = /^(\d{4})-W(\d{2})$/.exec(key);
  if (match) return `Week ${Number(match[2])} of ${match[1]}`;
  return formatDate(key);
}

/** The same for axes and columns: "Aug 18", "Q3 18", "Q1 18/19", "18/19". */
export function formatShortPeriod(key: string): string {
  let match = /^(?:FY|AY)\d{2}(\d{2})-(\d{2})(?:-(Q[1-4]))?$/.exec(key);
  if (match) return `${match[3] ? `${match[3]} ` : ''}${match[1]}/${match[2]}`;
  match = /^\d{2}(\d{2})-(Q[1-4]|W\d{2})$/.exec(key);
  if (match) return `${match[2]} ${match[1]}`;
  match = /^\d{2}(\d{2})-(\d{2})(?:-(\d{2}))?$/.exec(key);
  if (!match) return key;
  const month = monthName(Number(match[2])).slice(0, 3);
  return match[3] ? `${Number(match[3])} ${month} ${match[1]}` : `${month} ${match[1]}`;
}

/** The same for narrow columns, where the year need not be guessed: "Aug 2018", "Q1 18/19", "18/19". */
export function formatBriefPeriod(key: string): string {
  return /^\d{4}-\d{2}(-\d{2})?$/.test(key) ? formatShortDate(key) : formatShortPeriod(key);
}

const MISSING: Record<string, string> = {
  nil_return: 'Nil return',
  not_available: 'Not available',
  suppressed: 'Withheld',
  not_applicable: 'Not applicable',
  withdrawn: 'Withdrawn: nothing known',
};

/** What to print for a measurement: its value, or the word for why there is none. Never a zero. */
export function formatMeasurement(
  { state, value }: { state: string; value?: number | null },
  unit: Unit,
  decimals?: number | null,
): string {
  return MISSING[state] ?? formatValue(value, unit, decimals);
}
