import { describe, expect, it } from 'vitest';
import { feedFields, feedForm, missingIn, showField, sideToSend, type Feed } from './feed-form';

const FEED = {
  ref: 'case-system', title: 'Case management', version: 2, system: null, owner: { party: 'hr', name: 'Human resources', kind: 'team' },
  integration: { name: 'Case system', client_id: 'case' }, frequency: null, due_after_days: 0, locks_after_days: null,
  last_submission: null, kpis: [{ ref: 'K2' }, { ref: 'K1' }], late: 0, state: null, periods: [],
} as unknown as Feed; // prettier-ignore

describe('a feed in its form', () => {
  it('is sent as it was read, its KPIs as a set', () => {
    expect(feedFields(feedForm(FEED))).toEqual({
      title: 'Case management', ref: 'case-system', system: null, integration: 'case', owner: 'hr', frequency: null,
      due_after_days: 0, locks_after_days: null, kpis: ['K1', 'K2'],
    }); // prettier-ignore
  });

  it('sends nothing for an empty box', () => {
    const empty = feedFields({ ...feedForm(null), title: ' New ', ref: 'new' });
    expect(empty).toMatchObject({ title: 'New', system: null, integration: null, owner: null, due_after_days: null, kpis: [] });
  });

  it('asks for a name, a reference and whole days', () => {
    expect(missingIn(feedForm(null)).map(({ id }) => id)).toEqual(['title', 'ref']);
    const form = { ...feedForm(FEED), due_after_days: 'soon', locks_after_days: '1.5' };
    expect(missingIn(form).map(({ id }) => id)).toEqual(['due_after_days', 'locks_after_days']);
  });

  it('compares both sides of a conflict in one shape', () => {
    const { owner, integration, kpis } = FEED;
    expect(sideToSend({ owner, integration, kpis })).toEqual({ owner: 'hr', integration: 'case', kpis: ['K1', 'K2'] });
    expect(sideToSend({ owner: null, kpis: ['K9', 'K1'] })).toEqual({ owner: null, kpis: ['K1', 'K9'] });
  });

  it('shows a side in words', () => {
    expect(showField('owner', 'hr', [{ value: 'hr', label: 'Human resources' }])).toBe('Human resources');
    expect(showField('due_after_days', 1, [])).toBe('1 day after a period ends');
    expect(showField('kpis', [], [])).toBe('None');
    expect(showField('frequency', null, [])).toBe('Nothing');
  });
});
