/** Periods by their canonical keys: when each begins and ends, and which one follows. */
import type { components } from '$lib/api/schema';

export type PeriodType = components['schemas']['PeriodType'];

export interface Period {
  key: string;
  /** Both days are in it, written 2027-03-31. */
  startsOn: string;
  endsOn: string;
}

const MONTHS_LONG: Partial<Record<PeriodType, number>> = {
  month: 1,
  quarter: 3,
  financial_quarter: 3,
  financial_year: 12,
  academic_year: 12,
  year: 12,
};
const STARTS_IN: Partial<Record<PeriodType, number>> = { financial_year: 4, academic_year: 9 };
const DAY = 86_400_000;

/** The period of that type that a day falls in. */
export function periodAt(day: string, type: PeriodType): Period {
  if (type === 'day') return { key: day, startsOn: day, endsOn: day };
  if (type === 'week') return weekAt(day);
  const long = MONTHS_LONG[type] ?? 1;
  const first = (STARTS_IN[type] ?? 1) - 1;
  const [year = 0, month = 1] = day.split('-').map(Number);
  const index = year * 12 + month - 1;
  const start = index - ((index - first) % long);
  return { key: keyFrom(start, type), startsOn: firstDay(start), endsOn: moved(firstDay(start + long), -1) };
}

/** The period a key stands for, whatever its type; null for what is no key. */
export function periodOf(key: string): (Period & { type: PeriodType }) | null {
  const type = typeOf(key);
  if (!type) return null;
  const digits = key.replace(/^[FA]Y/, '');
  const year = Number(digits.slice(0, 4));
  const number = Number(/-[QW]?(\d{2}|\d)$/.exec(digits)?.[1] ?? 1);
  const day = {
    day: digits,
    week: moved(weekAt(`${year}-01-04`).startsOn, (number - 1) * 7),
    month: digits + '-01',
    quarter: firstDay(year * 12 + (number - 1) * 3),
    financial_quarter: firstDay(year * 12 + number * 3),
    financial_year: firstDay(year * 12 + 3),
    academic_year: firstDay(year * 12 + 8),
    year: firstDay(year * 12),
  }[type];
  return { ...periodAt(day, type), type };
}

export function nextPeriod(key: string): string | null {
  const period = periodOf(key);
  return period && periodAt(moved(period.endsOn, 1), period.type).key;
}

/** The keys from the first to the last, both included; null when they would be more than `most`. */
export function periodsBetween(first: string, last: string, most = 120): string[] | null {
  const end = periodOf(last);
  const keys: string[] = [];
  for (let period = periodOf(first); period && end && period.endsOn <= end.endsOn; ) {
    keys.push(period.key);
    if (keys.length > most) return null;
    period = { ...periodAt(moved(period.endsOn, 1), period.type), type: period.type };
  }
  return keys;
}

/** The financial year so many years before or after this one, by key: FY2026-27. */
export function financialYear(key: string, years: number): string {
  const from = Number(key.slice(2, 6)) + years;
  return `FY${from}-${two((from + 1) % 100)}`;
}

const TYPES: [RegExp, PeriodType][] = [
  [/^\d{4}-\d{2}-\d{2}$/, 'day'],
  [/^\d{4}-W\d{2}$/, 'week'],
  [/^\d{4}-\d{2}$/, 'month'],
  [/^\d{4}-Q[1-4]$/, 'quarter'],
  [/^FY\d{4}-\d{2}-Q[1-4]$/, 'financial_quarter'],
  [/^FY\d{4}-\d{2}$/, 'financial_year'],
  [/^AY\d{4}-\d{2}$/, 'academic_year'],
  [/^\d{4}$/, 'year'],
];

function typeOf(key: string): PeriodType | null {
  return TYPES.find(([pattern]) => pattern.test(key))?.[1] ?? null;
}

function keyFrom(start: number, type: PeriodType): string {
  const year = Math.floor(start / 12);
  const month = (start % 12) + 1;
  const pair = (from: number) => `${from}-${two((from + 1) % 100)}`;
  if (type === 'month') return `${year}-${two(month)}`;
  if (type === 'quarter') return `${year}-Q${(month + 2) / 3}`;
  if (type === 'financial_quarter') {
    return month >= 4 ? `FY${pair(year)}-Q${(month - 1) / 3}` : `FY${pair(year - 1)}-Q4`;
  }
  if (type === 'financial_year') return `FY${pair(year)}`;
  return type === 'academic_year' ? `AY${pair(year)}` : `${year}`;
}

/** ISO weeks: the one with the year's first Thursday is the first. */
function weekAt(day: string): Period {
  const weekday = (new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7;
  const monday = moved(day, -weekday);
  const year = Number(moved(monday, 3).slice(0, 4));
  const number = Math.floor((Date.parse(moved(monday, 3)) - Date.parse(`${year}-01-01`)) / DAY / 7) + 1;
  return { key: `${year}-W${two(number)}`, startsOn: monday, endsOn: moved(monday, 6) };
}

function firstDay(index: number): string {
  return `${Math.floor(index / 12)}-${two((index % 12) + 1)}-01`;
}

function moved(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
