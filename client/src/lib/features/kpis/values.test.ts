import { describe, expect, it } from 'vitest';
import { asPut, cleaned, EMPTY, figuresDiffer, valueFields } from './values';

describe('a value in its form', () => {
  const read = { kpi: 'A', state: 'reported', value: 84.2, numerator: 0, denominator: null, note: 'Late', workflow: 'signed_off', revision: 3 };

  it('keeps figures as text, and nothing that it does not send', () => {
    expect(valueFields(read)).toEqual({
      state: 'reported', value: '84.2', numerator: '0', denominator: null, note: 'Late', workflow: 'signed_off',
    }); // prettier-ignore
  });

  it('sends no figure with a state that has none, and no blank', () => {
    const form = { ...EMPTY, value: '12', note: '  ', state: 'suppressed' };
    expect(cleaned(form, false)).toMatchObject({ state: 'suppressed', value: null, note: null });
    expect(cleaned({ ...EMPTY, grade: 'good', value: '3' }, true)).toMatchObject({ grade: 'good', value: null });
  });

  it('asks why only when what is reported changes', () => {
    const was = cleaned({ ...EMPTY, value: '12' }, false);
    expect(figuresDiffer(was, { ...was, note: 'Checked', workflow: 'signed_off' })).toBe(false);
    expect(figuresDiffer(was, { ...was, value: '13' })).toBe(true);
  });

  it('is put whole, with its basis and the reason', () => {
    expect(asPut({ ...EMPTY, value: '1,204' }, 'operational_final', 'Late returns')).toMatchObject({
      value: '1,204', basis: 'operational_final', state: 'reported', reason: 'Late returns', note: null,
    }); // prettier-ignore
  });
});
