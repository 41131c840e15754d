import { describe, expect, it } from 'vitest';
import type { Dataset } from './benchmarks';
import { atBoxes, breakdownOf, missingIn, NEW_PAIRING, pairingFields, pairingForm, showField, sideToForm, toSend, type Pairing } from './pairing-form';

const PAIRING = {
  pairing: 3, version: 1, dataset: 'cin', indicator: { name: 'rate', title: 'Re-referrals', decimals: 1, no_quartile: false },
  filters: { sex_of_child: 'Girls', region: '' }, period_alike: true, definition_alike: false, reason: 'Counted otherwise',
} as unknown as Pairing; // prettier-ignore

describe('what a KPI is set beside', () => {
  it('goes out as it came in, figures as one choice in between', () => {
    const fields = pairingFields(pairingForm(PAIRING));
    expect(fields.series).toEqual({ indicator: 'rate', filters: PAIRING.filters });
    expect(toSend(fields)).toEqual({
      indicator: 'rate', filters: PAIRING.filters, period_alike: true, definition_alike: false, reason: 'Counted otherwise',
    }); // prettier-ignore
    expect(toSend({ reason: null })).toEqual({ reason: null });
  });

  it('tells both sides of a conflict alike', () => {
    const { indicator, filters } = PAIRING;
    expect(sideToForm({ indicator, filters, reason: 'x' })).toEqual({ series: { indicator: 'rate', filters }, reason: 'x' });
    expect(sideToForm({ indicator: 'rate', filters })).toEqual({ series: { indicator: 'rate', filters } });
    expect(sideToForm({ period_alike: false })).toEqual({ period_alike: false });
  });

  it('asks for a reason only of what differs', () => {
    expect(missingIn(NEW_PAIRING).map(({ id }) => id)).toEqual(['dataset', 'period', 'definition']);
    const alike = { ...pairingForm(PAIRING), definition: 'yes' as const, reason: '' };
    expect(missingIn(alike)).toEqual([]);
    expect(missingIn({ ...alike, period: 'no' }).map(({ id }) => id)).toEqual(['reason']);
  });

  it('leads errors of the indicator and its filters to the figures', () => {
    expect(atBoxes([{ id: 'filters', message: 'm' }, { message: 'n' }], 'x')).toEqual([{ id: 'x-series', message: 'm' }, { message: 'n' }]);
  });

  it('names a breakdown by its filters', () => {
    expect(breakdownOf(PAIRING)).toBe('Sex of child: Girls');
    const dataset = { indicators: [PAIRING.indicator] } as unknown as Dataset;
    expect(showField('series', pairingForm(PAIRING).series, dataset)).toBe('Re-referrals\nSex of child: Girls');
    expect(showField('period_alike', false)).toBe('No');
  });
});
