import { expect, it } from 'vitest';
import { isNothing, namesOf, owesOthers, updatesOf, type MyWork, type Posted } from './my-work';

const nothing: MyWork = {
  judged_on: '2027-03-01', stands_in_for: [], actions: [], milestones: [], recommendations: [], kpis: [], checks: [], risks: [], escalations: [],
}; // prettier-ignore

const action = (ref: string, more = {}) =>
  ({
    ref, title: `Do ${ref}`, status: 'in_progress', status_word: 'Under way', rating: null, confidence: null, suggested_rating: 'grey',
    is_overdue: false, is_due_soon: false, lateness: 'not_due', days_late: null, days_overdue: null, due: null, original_due: null, slips: 0,
    last_update: null, last_text: null, update_due: true, for: [], ...more,
  }) as unknown as MyWork['actions'][number]; // prettier-ignore

const recommendation = (ref: string, more = {}) =>
  ({
    ref, text: 'Long text', label: null, status: 'active', rating: null, confidence: null, actions_open: 2, actions_overdue: 1,
    last_update: '2027-02-20', last_text: 'Going well.', update_due: false, for: ['A head of service'], ...more,
  }) as unknown as MyWork['recommendations'][number]; // prettier-ignore

const keys = (work: MyWork, posted = new Map<string, Posted>()) => {
  const { due, rest } = updatesOf('p', work, posted);
  return { due: due.map(({ key }) => key), rest: rest.map(({ key }) => key) };
};

it('asks for an update where one is due, in the order that presses', () => {
  const work = { ...nothing, actions: [action('2', { is_overdue: true }), action('1'), action('3', { update_due: false })], recommendations: [recommendation('R')] };
  expect(keys(work)).toEqual({ due: ['action 2', 'action 1'], rest: ['action 3', 'recommendation R'] });
});

it('keeps what was just reported where it stood', () => {
  const work = { ...nothing, actions: [action('1', { update_due: false }), action('2')] };
  const posted = new Map<string, Posted>([['action 1', { place: 'due', words: 'Done.' }]]);
  expect(keys(work, posted)).toEqual({ due: ['action 1', 'action 2'], rest: [] });
});

it('says of a recommendation what is open under it, and for whom', () => {
  const [one] = updatesOf('p', { ...nothing, recommendations: [recommendation('R')] }, new Map()).rest;
  expect(one).toMatchObject({ title: 'Long text', facts: '2 open actions, 1 overdue', standsInFor: ['A head of service'], suggested: null });
});

it('knows when there is nothing to do', () => {
  expect(isNothing(nothing)).toBe(true);
  const risk = { ...nothing, risks: [{}] } as unknown as MyWork;
  expect(isNothing(risk)).toBe(false);
  expect(owesOthers(risk)).toBe(true);
  expect(owesOthers({ ...nothing, actions: [action('1')] })).toBe(false);
});

it('names several people as a sentence does', () => {
  expect(namesOf(['A'])).toBe('A');
  expect(namesOf(['A', 'B', 'C'])).toBe('A, B and C');
});
