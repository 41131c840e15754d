import { describe, expect, it } from 'vitest';
import {
  daysBetween,
  formatAgo,
  formatBriefPeriod,
  formatChange,
  formatDate,
  formatDue,
  formatFuzzy,
  formatMeasurement,
  formatPeriod,
  formatShortDate,
  formatShortPeriod,
  formatTime,
  formatValue,
  todayInLondon,
  type Unit,
} from './format';

describe('dates', () => {
  it.each([
    ['2027-03-31', '31 March 2027'],
    ['2027-03', 'March 2027'],
    ['2027-Q1', 'January to March 2027'],
    ['2027', '2027'],
    ['in the meantime', 'in the meantime'],
    [null, ''],
  ])('%s is written %s', (written, words) => expect(formatDate(written)).toBe(words));

  it('shortens months in tables', () => expect(formatShortDate('2027-09-01')).toBe('1 Sep 2027'));

  it.each([
    [{ date: '2018-03', ongoing: true, text: null }, 'March 2018 and ongoing'],
    [{ date: null, ongoing: true, text: 'continuing' }, 'Ongoing'],
    [{ date: null, ongoing: false, text: '00/01/1900' }, '00/01/1900'],
    [null, 'No date'],
  ])('%j is written %s', (fuzzy, words) => expect(formatFuzzy(fuzzy)).toBe(words));

  it('shows instants on London’s clock, in summer and in winter', () => {
    expect(formatTime('2027-07-01T13:05:00Z')).toBe('1 July 2027 at 2:05pm');
    expect(formatTime('2027-01-01T13:05:00Z')).toBe('1 January 2027 at 1:05pm');
    expect(formatTime('2027-01-01T12:05:00Z')).toBe('1 January 2027 at 12:05pm');
  });

  it('knows that London’s day may have begun before that of UTC', () => {
    expect(todayInLondon(new Date('2027-06-30T23:30:00Z'))).toBe('2027-07-01');
  });

  it('counts days over a change of clocks', () => expect(daysBetween('2027-03-01', '2027-04-01')).toBe(31));
});

describe('formatDue', () => {
  it.each([
    ['2027-03-19', '12 days overdue'],
    ['2027-03-30', '1 day overdue'],
    ['2027-03-31', 'due today'],
    ['2027-03', 'due today'],
    ['2027-04-30', 'due in 4 weeks'],
    ['2026-06-30', '9 months overdue'],
    ['2023', '3 years overdue'],
    ['soon', ''],
  ])('%s: %s', (due, words) => expect(formatDue(due, '2027-03-31')).toBe(words));

  it('says how long ago a change was', () => {
    expect(formatAgo('2027-03-30T23:59:00Z', '2027-03-31')).toBe('yesterday');
    expect(formatAgo('2027-03-31', '2027-03-31')).toBe('today');
    expect(formatAgo('2027-03-10', '2027-03-31')).toBe('3 weeks ago');
  });
});

describe('values', () => {
  it.each<[number | null, Unit, number | null, string]>([
    [84.2, 'percent', 1, '84.2%'],
    [84, 'percent', 1, '84.0%'],
    [56.12, 'rate_per_10000', 1, '56.1 per 10,000'],
    [1, 'days', 0, '1 day'],
    [12, 'days', 0, '12 days'],
    [2.5, 'months', null, '2.5 months'],
    [1.25, 'ratio', null, '1.25'],
    [5.9, 'score', 1, '5.9'],
    [1250, 'currency', 0, '£1,250'],
    [-1250, 'currency', 0, '−£1,250'],
    [1204, 'count', 0, '1,204'],
    [0, 'count', 0, '0'],
    [-0.04, 'percent', 1, '0.0%'],
    [null, 'count', 0, 'No value'],
  ])('%s as %s with %s places is %s', (value, unit, places, words) => {
    expect(formatValue(value, unit, places)).toBe(words);
  });

  it('writes a change with its sign', () => {
    expect(formatChange(2.1, 'percent', 1)).toBe('+2.1 percentage points');
    expect(formatChange(-3, 'count', 0)).toBe('−3');
    expect(formatChange(0.01, 'percent', 1)).toBe('no change');
    expect(formatChange(1, 'percent', 0)).toBe('+1 percentage point');
  });

  it('never writes what is missing as nought', () => {
    expect(formatMeasurement({ state: 'not_available', value: null }, 'count')).toBe('Not available');
    expect(formatMeasurement({ state: 'suppressed' }, 'count')).toBe('Withheld');
    expect(formatMeasurement({ state: 'reported', value: 0 }, 'count')).toBe('0');
  });
});

describe('periods', () => {
  it.each([
    ['2018-08-31', '31 August 2018', '31 Aug 18', '31 Aug 2018'],
    ['2018-W35', 'Week 35 of 2018', 'W35 18', 'W35 18'],
    ['2018-08', 'August 2018', 'Aug 18', 'Aug 2018'],
    ['2018-Q3', 'July to September 2018', 'Q3 18', 'Q3 18'],
    ['FY2018-19-Q1', 'Quarter 1 2018/19', 'Q1 18/19', 'Q1 18/19'],
    ['FY2018-19', '2018/19', '18/19', '18/19'],
    ['AY2018-19', 'Academic year 2018/19', '18/19', '18/19'],
    ['2018', '2018', '2018', '2018'],
  ])('%s is %s, short %s, brief %s', (key, long, short, brief) => {
    expect(formatBriefPeriod(key)).toBe(brief);
    expect(formatPeriod(key)).toBe(long);
    expect(formatShortPeriod(key)).toBe(short);
  });
});
