import { describe, expect, it } from 'vitest';
import { changeFor, chipsOf, chosenIn, filtersSet, withoutFilters, type Filter } from './filters';

const filters: Filter[] = [
  { name: 'status', label: 'Status', kind: 'choices', choices: [{ value: 'not_started', label: 'Not started' }] },
  { name: 'lead', label: 'Lead', kind: 'one', choices: [{ value: 'hos-qa', label: 'Head of QA' }] },
  { name: 'mine', label: 'Mine', kind: 'flag' },
];
const url = new URL('https://here.test/plans/p/actions?status=not_started&status=closed&lead=HOS-QA&mine=true&q=neglect&sort=-due');

describe('filters in the address', () => {
  const chosen = chosenIn(url.searchParams, filters);

  it('are read by name, and nothing else is', () => {
    expect(chosen).toEqual({ status: ['not_started', 'closed'], lead: ['HOS-QA'], mine: ['true'], q: ['neglect'] });
    expect(filtersSet(chosen)).toBe(3);
    expect(chosenIn(new URLSearchParams('sort=due&status='), filters)).toEqual({});
  });

  it('each have a chip in words, which leads to the list without it', () => {
    const chips = chipsOf(url, filters, chosen);
    expect(chips.map(({ label }) => label)).toEqual([
      '“neglect”', 'Status: not started', 'Status: closed', 'Lead: Head of QA', 'Mine',
    ]); // prettier-ignore
    expect(chips[1]?.href).toBe('/plans/p/actions?lead=HOS-QA&mine=true&q=neglect&sort=-due&status=closed');
  });

  it('can all be cleared; the order stays', () => {
    expect(withoutFilters(url, filters)).toBe('/plans/p/actions?sort=-due');
  });

  it('are written from what the form holds', () => {
    expect(changeFor(filters, { status: ['closed'], lead: [], mine: ['mine'] }, '  two words ')).toEqual({
      status: ['closed'],
      lead: [],
      mine: 'true',
      q: 'two words',
    });
  });
});
