import { describe, expect, it } from 'vitest';
import { saysOutcome, saysPlaces, waitAfter, type Submission } from './submissions';
import { faultOf, formatSize, kindOf, nextFor, questionsOf, saysLimits } from './upload';

const LIMITS = { bytes: 200_000_000, values: 1_000_000 };

function submission(given: Partial<Submission> = {}): Submission {
  return {
    submission: 's', door: 'xlsx', status: 'previewed', mode: 'atomic', dry_run: true, source: null, external_reference: null,
    received: 0, created: 0, updated: 0, unchanged: 0, queued: 0, rejected: 0, by: null, received_at: '2026-11-21T10:00:00Z',
    file_name: null, digest: null, repeats: null, problem: null, progress: null, findings: [], changes: [],
    errors: [], warnings: [], warned: 0, withdrawal: null,
    ...given,
  }; // prettier-ignore
}

describe('a file before it is sent', () => {
  it('is known by its ending, in any case', () => {
    expect(kindOf('Scorecard 2024-25.XLSX')).toMatch(/sheet$/);
    expect(kindOf('values.csv')).toBe('text/csv');
    expect(kindOf('values.jsonl')).toBe('application/x-ndjson');
    expect(kindOf('values')).toBeNull();
  });

  it('that cannot be read is refused with what to do', () => {
    expect(faultOf(null, LIMITS)).toBe('Choose a file of values');
    expect(faultOf({ name: 'a.xls', size: 5 }, LIMITS)).toContain('Save it as an Excel workbook (.xlsx)');
    expect(faultOf({ name: 'a.docx', size: 5 }, LIMITS)).toContain('no CSV, Excel (.xlsx) or NDJSON file');
    expect(faultOf({ name: 'a.csv', size: 0 }, LIMITS)).toContain('is empty');
    expect(faultOf({ name: 'a.csv', size: 200_000_001 }, LIMITS)).toContain('is larger than 200 MB');
    expect(faultOf({ name: 'a.csv', size: 200_000_000 }, LIMITS)).toBeNull();
  });

  it('has its limits said in round figures', () => {
    expect(saysLimits(LIMITS)).toBe('CSV, Excel (.xlsx) or NDJSON, up to 200 MB and 1,000,000 values');
    expect([0, 1, 999, 1000, 12_345, 999_499, 999_500, 1_440_000].map(formatSize)).toEqual([
      '0 bytes', '1 byte', '999 bytes', '1 kB', '12 kB', '999 kB', '1 MB', '1.4 MB',
    ]); // prettier-ignore
  });
});

describe('what a preview asks', () => {
  const sheets = [
    { code: 'sheet_to_choose', message: '', about: 'April' },
    { code: 'sheet_to_choose', message: '', about: 'May' },
  ];

  it('is the sheet, where several hold values', () => {
    const problem = { code: 'several_sheets', message: 'Several sheets hold values.' };
    expect(questionsOf({ findings: sheets, problem })).toEqual([{ name: 'sheet', about: ['April', 'May'] }]);
    expect(nextFor(submission({ status: 'rejected', problem, findings: sheets }))).toBe('answer');
  });

  it('is how percentages are written, before anything can be stored', () => {
    const findings = [{ code: 'fraction_or_percent', message: '', about: 'K1' }, { code: 'layout', message: 'Row 1.' }];
    const asked = submission({ findings, received: 3, created: 1, rejected: 2 });
    expect(questionsOf(asked)).toEqual([{ name: 'percentages', about: ['K1'] }]);
    expect(nextFor(asked)).toBe('answer');
  });
});

describe('what can be done about a preview', () => {
  it.each([
    ['all', { received: 3, created: 2, updated: 1 }],
    ['some', { received: 3, created: 2, rejected: 1 }],
    ['choose', { received: 3, rejected: 3 }],
    ['choose', { received: 3, unchanged: 2, rejected: 1 }],
    ['nothing', { received: 3, unchanged: 3 }],
    ['choose', { status: 'rejected', problem: { code: 'no_header', message: '' } }],
  ] as [string, Partial<Submission>][])('is %s for %o', (next, given) => {
    expect(nextFor(submission(given))).toBe(next);
  });
});

describe('what became of a delivery', () => {
  it('is said in a sentence', () => {
    const stored = { status: 'stored', dry_run: false } as const;
    expect(saysOutcome(submission({ ...stored, received: 5, created: 4, updated: 1 }))).toBe('Of 5 values, 4 were created and 1 was changed.');
    expect(saysOutcome(submission({ ...stored, received: 2, created: 1, rejected: 1 }))).toBe(
      'Of 2 values, 1 was created and 1 was wrong and left out.',
    );
    expect(saysOutcome(submission({ received: 2, unchanged: 2 }))).toBe('Of 2 values in the file, 2 are held already.');
    expect(saysOutcome(submission({ status: 'rejected', dry_run: false, received: 3, rejected: 3 }))).toContain('stored whole or not at all');
    expect(saysOutcome(submission({ status: 'rejected', problem: { code: 'no_header', message: 'No header.' } }))).toBe('No header.');
  });

  it('is said of one that was withdrawn', () => {
    const withdrawal = { at: '2026-11-22T10:00:00Z', by: null, reason: 'Wrong month', restored: 2, confirmed: 3, removed: 1, kept: 0 };
    expect(saysOutcome(submission({ status: 'withdrawn', dry_run: false, received: 3, created: 1, updated: 2, withdrawal }))).toBe(
      'It was withdrawn: 2 values went back to what was known before; 3 values came in another delivery too and stay; 1 value is not known any more.',
    );
  });

  it('is looked for often at first, then every three seconds', () => {
    expect(waitAfter(1)).toBe(400);
    expect(waitAfter(50)).toBe(3000);
  });
});

describe('where wrong rows stand', () => {
  const of = (places: string[], count = places.length) => saysPlaces({ indexes: places.map((_, index) => index), places, count });

  it('is said once for a sheet', () => {
    expect(of(['Data!C7', 'Data!D7'])).toBe('C7, D7 on the sheet Data');
    expect(of(['A!B!row 3', 'A!B!row 9'])).toBe('rows 3, 9 on the sheet A!B');
  });

  it('is said by lines, by numbers, and cut', () => {
    expect(of(['line 7', 'line 9'])).toBe('lines 7, 9');
    expect(of(['line 7'])).toBe('line 7');
    expect(saysPlaces({ indexes: [0, 4], places: [], count: 2 })).toBe('rows 1, 5');
    expect(of(Array.from({ length: 12 }, (_, index) => `line ${index + 2}`), 40)).toBe('lines 2, 3, 4, 5, 6, 7, 8, 9 and 32 more');
  });
});
