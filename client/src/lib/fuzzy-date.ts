/**
 * Dates as plans give them: to the day, month, quarter or year; ongoing; or only in words.
 * A month is due on its last day, and so are a quarter and a year.
 */
export type Precision = 'day' | 'month' | 'quarter' | 'year';

/** The service's own shape; `date` is written 2027-03-31, 2027-03, 2027-Q1 or 2027. */
export interface FuzzyDate {
  date: string | null;
  ongoing: boolean;
  text: string | null;
}

export interface ReadDate {
  written: string;
  precision: Precision;
  /** The day compared with today, as 2027-03-31. */
  lastDay: string;
}

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
]; // prettier-ignore

const WRITTEN = /^(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?$/;

export function monthName(month: number): string {
  return MONTHS[month - 1] ?? '';
}

export function readWritten(written: string): ReadDate | null {
  const match = WRITTEN.exec(written);
  if (!match) return null;
  const year = Number(match[1]);
  if (year < 1900 || year > 2200) return null;
  if (match[2]) return made(written, 'quarter', year, Number(match[2]) * 3);
  if (!match[3]) return made(written, 'year', year, 12);
  const month = Number(match[3]);
  if (month < 1 || month > 12) return null;
  if (!match[4]) return made(written, 'month', year, month);
  const day = Number(match[4]);
  return day >= 1 && day <= daysIn(year, month) ? made(written, 'day', year, month, day) : null;
}

/** What a person typed, understood: "31 March 2027", "31/3/27", "Mar 2027", "Q1 2027", "2027". */
export function understand(typed: string): ReadDate | null {
  const text = typed.trim().replace(/,/g, ' ').replace(/\s+/g, ' ').replace(/^by (?:the )?(?:end of )?/i, '');
  const canonical = readWritten(text.toUpperCase());
  if (canonical) return canonical;

  let match = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})$/.exec(text);
  if (match) return day(match[3], Number(match[2]), match[1]);
  match = /^(?:[a-z]+day )?(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]+)\.?[ -](\d{2}|\d{4})$/i.exec(text);
  if (match) return day(match[3], monthNumber(match[2]), match[1]);
  match = /^([a-z]+)\.?[ -]?(\d{4}|\d{2})$/i.exec(text);
  if (match && monthNumber(match[1])) return readWritten(`${fullYear(match[2])}-${two(monthNumber(match[1]))}`);
  match = /^(\d{1,2})[/.-](\d{4})$/.exec(text);
  if (match) return readWritten(`${match[2]}-${two(Number(match[1]))}`);
  match = /^q([1-4])[ -]?(\d{4})$/i.exec(text);
  return match ? readWritten(`${match[2]}-Q${match[1]}`) : null;
}

/** "31 March 2027", "March 2027", "January to March 2027", "2027". */
export function wordsOf(read: ReadDate): string {
  const [year = '', month = '', dayOfMonth = ''] = read.lastDay.split('-');
  const name = monthName(Number(month));
  if (read.precision === 'year') return year;
  if (read.precision === 'quarter') return `${monthName(Number(month) - 2)} to ${name} ${year}`;
  return read.precision === 'month' ? `${name} ${year}` : `${Number(dayOfMonth)} ${name} ${year}`;
}

function day(year = '', month: number, dayOfMonth = ''): ReadDate | null {
  return month ? readWritten(`${fullYear(year)}-${two(month)}-${two(Number(dayOfMonth))}`) : null;
}

function monthNumber(name = ''): number {
  const start = name.toLowerCase();
  return start.length < 3 ? 0 : MONTHS.findIndex((month) => month.toLowerCase().startsWith(start.slice(0, 4))) + 1;
}

function fullYear(year = ''): string {
  return year.length === 2 ? `20${year}` : year;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function made(written: string, precision: Precision, year: number, month: number, on?: number): ReadDate {
  return { written, precision, lastDay: `${year}-${two(month)}-${two(on ?? daysIn(year, month))}` };
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
