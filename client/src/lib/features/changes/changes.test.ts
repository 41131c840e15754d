import { describe, expect, it } from 'vitest';
import { fieldWord, isListed, KIND_CHOICES, kindWord, valueWords } from './changes';

describe('a change in words', () => {
  it('names its field, also of a part', () => {
    expect(fieldWord('due', 'action')).toBe('Due date');
    expect(fieldWord('milestones.done_on', 'action')).toBe('Milestones: done on');
    expect(fieldWord('title', 'feed')).toBe('Title');
    expect(fieldWord('title', 'action')).toBe('What will be done');
  });

  it('says values as people read them, dates too, and nothing as nothing', () => {
    expect(valueWords('action', 'status', 'in_progress')).toBe('In progress');
    expect(valueWords('action', 'rating', 'amber')).toBe('Amber');
    expect(valueWords('action', 'due', '2018-03')).toBe('March 2018');
    expect(valueWords('action', 'due', '2018-03, ongoing')).toBe('March 2018, ongoing');
    expect(valueWords('action', 'slips', '2018-03 → 2018-06-30: late supplier')).toBe('March 2018 → 30 June 2018: late supplier');
    expect(valueWords('membership', 'role', 'action_lead')).toBe('Action lead');
    expect(valueWords('action', 'themes', ['a', 'b'])).toBe('a, b');
    expect(valueWords('action', 'assurance_required', true)).toBe('Yes');
    expect(valueWords('action', 'rating', null)).toBe('Nothing');
    expect(valueWords('action', 'doubts.settled_at', '2026-11-21T12:58:35.37989+00:00')).toBe('21 November 2026 at 12:58pm');
  });

  it('offers every kind of the service’s vocabulary once, each in words of its own', () => {
    const values = KIND_CHOICES.map(({ value }) => value);
    expect(values).toEqual(expect.arrayContaining(['audit', 'audit_template', 'audit_measure', 'windscreen_position', 'value_act', 'period_lock']));
    expect(new Set(KIND_CHOICES.map(({ label }) => label)).size).toBe(values.length);
    expect(kindWord('period_lock')).toBe('Period lock');
    expect(fieldWord('benchmarks', 'kpi')).toBe('Published figures beside it');
    expect(isListed('rebases')).toBe(true);
  });

  it('tells a list from a single value', () => {
    expect(isListed('leads')).toBe(true);
    expect(isListed('status')).toBe(false);
  });
});
