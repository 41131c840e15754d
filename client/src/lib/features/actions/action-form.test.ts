import { describe, expect, it } from 'vitest';
import { changedFields } from '../editing/fields';
import { formOf, missingFrom, readToSend, toSend } from './action-form';
import type { Action } from './actions';

const action = {
  ref: '1.3',
  title: 'Train every team',
  status: 'in_progress',
  completed_on: null,
  rating: 'amber',
  rating_reason: null,
  milestones: [{ title: 'Half', due: { date: '2027-03', on: '2027-03-31', precision: 'month', ongoing: false, text: 'Mar27' }, done_on: null }],
  leads: [{ party: 'hos', name: 'Head of service', kind: 'role', as_printed: 'HoS', doubtful: false }],
  recommendations: ['R1'],
  themes: [],
  kpis: [],
  points: ['One\nin two lines'],
  supports: [],
  start: { date: null, on: null, precision: null, ongoing: false, text: 'at once' },
  due_means: 'finish',
  assurance_required: false,
} as unknown as Action;

describe('an action in a form', () => {
  it('that is left as it is sends nothing', () => {
    expect(changedFields(toSend(formOf(action), action), toSend(formOf(action), action))).toEqual({});
  });

  it('keeps what the source printed of a lead and of a date', () => {
    const sent = toSend(formOf(action), action);
    expect(sent.leads).toEqual([{ party: 'hos', as_printed: 'HoS', doubtful: false }]);
    expect(sent.start).toEqual({ date: null, ongoing: false, text: 'at once' });
    expect(sent.points).toEqual(['One\nin two lines']);
  });

  it('has the same fields whether read or sent, so that two edits can be compared', () => {
    const read = { leads: action.leads, start: action.start, milestones: action.milestones };
    const sent = toSend(formOf(action), action);
    expect(readToSend(read)).toEqual({ leads: sent.leads, start: sent.start, milestones: sent.milestones });
    expect(readToSend(readToSend(read))).toEqual(readToSend(read));
  });

  it('loses its completion when it is open again', () => {
    const form = { ...formOf(action), status: 'in_progress', completed_on: '2027-01-01' };
    expect(toSend(form, action).completed_on).toBeNull();
    expect(toSend({ ...form, status: 'completed' }, action).completed_on).toBe('2027-01-01');
  });

  it('says what is missing, and asks for a reason only of a better rating', () => {
    const form = formOf(action);
    expect(missingFrom({ ...form, ref: ' ', title: '' }, true).map(({ id }) => id)).toEqual(['ref', 'title']);
    expect(missingFrom({ ...form, rating: 'green' }, false, 'red').map(({ id }) => id)).toEqual(['rating_reason']);
    expect(missingFrom({ ...form, rating: 'red' }, false, 'amber')).toEqual([]);
    expect(missingFrom({ ...form, completed_on: '2027-03' }, false).map(({ id }) => id)).toEqual(['completed_on']);
  });
});
