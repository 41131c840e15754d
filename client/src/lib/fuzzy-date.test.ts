import { describe, expect, it } from 'vitest';
import { readWritten, understand, wordsOf } from './fuzzy-date';

describe('understand', () => {
  it.each([
    ['31 March 2027', '2027-03-31', '31 March 2027'],
    ['Wednesday 31st March, 2027', '2027-03-31', '31 March 2027'],
    ['31/3/27', '2027-03-31', '31 March 2027'],
    ['31.03.2027', '2027-03-31', '31 March 2027'],
    ['2027-03-31', '2027-03-31', '31 March 2027'],
    ['31-Mar-27', '2027-03-31', '31 March 2027'],
    ['by end of Sept 2017', '2017-09', 'September 2017'],
    ['Mar 2027', '2027-03', 'March 2027'],
    ['Jun17', '2017-06', 'June 2017'],
    ['Dec-18', '2018-12', 'December 2018'],
    ['3/2027', '2027-03', 'March 2027'],
    ['2027-03', '2027-03', 'March 2027'],
    ['Q1 2027', '2027-Q1', 'January to March 2027'],
    ['2027-q4', '2027-Q4', 'October to December 2027'],
    [' 2027 ', '2027', '2027'],
  ])('reads %j as %s', (typed, written, words) => {
    const read = understand(typed);
    expect(read?.written).toBe(written);
    expect(read && wordsOf(read)).toBe(words);
  });

  it.each(['', 'soon', '30 February 2027', '31/13/2027', '00/01/1900', 'Ma 2027', 'Q5 2027', '20277', '31 Smarch 2027'])(
    'does not guess at %j',
    (typed) => expect(understand(typed)).toBeNull(),
  );
});

describe('readWritten', () => {
  it.each([
    ['2028-02', '2028-02-29'],
    ['2027-Q1', '2027-03-31'],
    ['2027', '2027-12-31'],
  ])('%s is due on its last day, %s', (written, lastDay) => expect(readWritten(written)?.lastDay).toBe(lastDay));
});
