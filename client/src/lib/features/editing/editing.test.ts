import { describe, expect, it, vi } from 'vitest';
import { Problem } from '$lib/api';
import { Edit } from './edit.svelte';
import { formErrors } from './errors';
import { changedFields, fuzzyToSend, isSame, leadsChosen, linesOf } from './fields';

describe('what is sent', () => {
  it('is what differs, and nothing else', () => {
    const was = { title: 'a', leads: [{ party: 'x', as_printed: null }], due: null };
    expect(changedFields(was, { ...was, leads: [{ as_printed: null, party: 'x' }] } as typeof was)).toEqual({});
    expect(changedFields(was, { ...was, title: 'b' })).toEqual({ title: 'b' });
    expect(isSame({ a: undefined }, {})).toBe(true);
  });

  it('is in the form the service takes', () => {
    expect(fuzzyToSend({ date: '2027-03', ongoing: false, text: null })).toEqual({ date: '2027-03', ongoing: false, text: null });
    expect(fuzzyToSend({})).toBeNull();
    expect(linesOf(' one \n\n two')).toEqual(['one', 'two']);
    expect(leadsChosen(['b', 'a'], [{ party: 'a', as_printed: 'AA' }])).toEqual([
      { party: 'b', as_printed: null, doubtful: false },
      { party: 'a', as_printed: 'AA', doubtful: false },
    ]);
  });
});

describe('the errors of a form', () => {
  const fields = { ref: 'a reference', milestones: 'the milestones' };

  it('lead to the box that a pointer belongs to', () => {
    const problem = new Problem(422, {
      errors: [
        { pointer: '/milestones/0/title', message: 'String should have at least 1 character', code: 'string_too_short' },
        { pointer: '/other', message: 'No' },
      ],
    });
    expect(formErrors(problem, fields, 'new-')).toEqual([
      { id: 'new-milestones', message: 'Enter the milestones' },
      { message: 'No' },
    ]);
  });

  it('say that a reference is taken at its box, and any other refusal alone', () => {
    expect(formErrors(new Problem(409, { type: '/v1/problems/ref-taken' }), fields)[0]?.id).toBe('ref');
    expect(formErrors(new Problem(409, { detail: 'The plan is closed.' }), fields)).toEqual([{ message: 'The plan is closed.' }]);
  });
});

describe('an edit', () => {
  const met = new Problem(412, {
    fields: [
      { field: 'status', base: 'not_started', theirs: 'completed', yours: 'in_progress' },
      { field: 'title', base: 'a', theirs: 'a', yours: 'b' },
    ],
    base_is_known: true,
    current_etag: '"8.x"',
  });

  it('that meets another one sends nothing until a choice is made, then on the version chosen against', async () => {
    const send = vi.fn().mockRejectedValueOnce(met).mockResolvedValueOnce({ data: {}, etag: '"9.x"' });
    const onsaved = vi.fn();
    const base = { status: 'not_started', title: 'a' };
    const edit = new Edit({ base, etag: '"7.x"', toSend: (read) => read, send, onsaved });
    await edit.save({ status: 'in_progress', title: 'b' });
    expect(send).toHaveBeenLastCalledWith({ status: 'in_progress', title: 'b' }, '"7.x"');
    expect(onsaved).not.toHaveBeenCalled();
    expect(edit.conflict?.theirs).toEqual({ status: 'completed', title: 'a' });

    await edit.settle({ status: 'completed', title: 'b' });
    expect(send).toHaveBeenLastCalledWith({ title: 'b' }, '"8.x"');
    expect(onsaved).toHaveBeenCalledOnce();
    expect(edit.conflict).toBeNull();
  });

  it('that somebody else has made too has nothing left to choose', async () => {
    const same = new Problem(412, { fields: [{ field: 'status', base: 'a', theirs: 'b', yours: 'b' }], current_etag: '"8.x"' });
    const onsaved = vi.fn();
    const send = vi.fn().mockRejectedValueOnce(same);
    const edit = new Edit({ base: { status: 'a' }, etag: '"7.x"', toSend: (read) => read, send, onsaved });
    await edit.save({ status: 'b' });
    expect(edit.conflict).toBeNull();
    expect(onsaved).toHaveBeenCalledWith(null);
  });

  it('without a change is not sent', async () => {
    const send = vi.fn();
    const onsaved = vi.fn();
    await new Edit({ base: { a: 1 }, etag: '"1.x"', toSend: (read) => read, send, onsaved }).save({ a: 1 });
    expect(send).not.toHaveBeenCalled();
    expect(onsaved).toHaveBeenCalledWith(null);
  });
});
