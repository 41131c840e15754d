import { describe, expect, it } from 'vitest';
import { kpiFields, kpiForm, showField, sideToSend, withLinks } from './form';
import { missingIn } from './form-errors';
import type { Kpi } from './says';

const due = { date: '2027-03', on: '2027-03-31', precision: 'month', ongoing: false, text: null } as const;
const kpi = {
  ref: 'K1', title: 'Visits', category: 'how_well', kind: 'quantitative', unit: 'percent', polarity: 'higher', nature: 'snapshot',
  period_type: 'month', frequency: null, counts_children: false, tolerance: 2.5, good_is_target: false, no_target_text: null,
  own_due_after_days: 0, decimals: 1, themes: ['a'],
  leads: [{ party: 'hos', name: 'Head', kind: 'role', as_printed: 'HOS', doubtful: false }],
  recommendation_links: [{ recommendation: 'R1', wording: 'Seen', leads: [] }],
  definition: {
    effective_from: null, descriptor: 'Counted', numerator: null, denominator: null, good_value: 85, good_grade: null, good_unit: null,
    good_text: null, good_rationale: null, source: null, caveats: ['One', 'Two'], decimals: 1, scale_min: null, scale_max: null,
  },
  targets: [{ position: 0, kind: 'by_date', stage: 'final', value: null, lower: 80, upper: 90, grade: null, due, baseline: 70, to_be_confirmed: false, text: null }],
} as unknown as Kpi; // prettier-ignore

describe('a KPI in its form', () => {
  it('left as it is, sends what was read', () => {
    const fields = kpiFields(kpiForm(kpi), kpi);
    expect(fields).toMatchObject({
      tolerance: '2.5', due_after_days: 0, recommendations: ['R1'],
      leads: [{ party: 'hos', as_printed: 'HOS', doubtful: false }],
      definition: { descriptor: 'Counted', good_value: '85', caveats: ['One', 'Two'] },
      targets: [{ kind: 'by_date', value: null, lower: '80', upper: '90', baseline: '70', due: { date: '2027-03', ongoing: false, text: null } }],
    }); // prettier-ignore
    const read = { ...kpi, recommendations: ['R1'] } as unknown as Record<string, unknown>;
    const side = sideToSend(read);
    for (const name of ['definition', 'targets', 'leads', 'tolerance', 'recommendations']) expect(side[name]).toEqual(fields[name]);
  });

  it('keeps the wording that a KPI has under a recommendation', () => {
    expect(withLinks({ recommendations: ['R2', 'R1'] }, kpi).recommendations).toEqual([
      { recommendation: 'R2', wording: null, leads: [] },
      { recommendation: 'R1', wording: 'Seen', leads: [] },
    ]);
    expect(withLinks({ title: 'x' }, kpi)).toEqual({ title: 'x' });
  });

  it('of grades sends grades', () => {
    const form = { ...kpiForm(null), unit: 'grade', good: 'good' };
    expect(kpiFields(form, null).definition).toMatchObject({ good_value: null, good_grade: 'good' });
  });

  it('says what it lacks', () => {
    expect(missingIn(kpiForm(kpi))).toEqual([]);
    expect(missingIn(kpiForm(null)).map(({ id }) => id)).toEqual(['ref', 'title', 'category', 'unit', 'polarity', 'period_type']);
    const form = kpiForm(kpi);
    form.targets[0] = { ...form.targets[0]!, lower: '', upper: '', due: null };
    expect(missingIn(form, { is: 'new', from: '2027' }).map(({ id }) => id)).toEqual(['effective_from', 'targets', 'targets']);
  });

  it('shows its fields in words where two edits meet', () => {
    const fields = kpiFields(kpiForm(kpi), kpi);
    expect(showField(kpi, 'targets', fields.targets)).toBe('• 80% to 90% (final), March 2027');
    expect(showField(kpi, 'polarity', 'lower')).toBe('Lower is better');
    expect(showField(kpi, 'definition', fields.definition)).toContain('Caveats: One; Two');
    expect(showField(kpi, 'themes', [])).toBe('Nothing');
  });
});
