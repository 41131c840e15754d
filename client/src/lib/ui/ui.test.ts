import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { BragBar, Button, ConflictPanel, DataTable, DateInput, ErrorSummary, LineChart, Sparkline, Tag, Timeline } from '.';

const words = (text: string) => createRawSnippet(() => ({ render: () => `<span>${text}</span>` }));

describe('DataTable', () => {
  const props = {
    caption: 'Actions',
    columns: [
      { key: 'ref', label: 'Ref', sort: 'ref', header: true, text: (row: { ref: string }) => row.ref },
      { key: 'lead', label: 'Lead', text: () => 'Head of service' },
    ],
    rows: [{ ref: '1.3' }],
    rowKey: (row: { ref: string }) => row.ref,
  };

  it('tells its order and turns it', async () => {
    const onsort = vi.fn();
    const { rerender } = render(DataTable<{ ref: string }>, { ...props, sort: 'ref', onsort });
    expect(screen.getByRole('columnheader', { name: 'Ref' }).getAttribute('aria-sort')).toBe('ascending');
    expect(screen.getByRole('columnheader', { name: 'Lead' }).hasAttribute('aria-sort')).toBe(false);
    await fireEvent.click(screen.getByRole('button', { name: 'Ref' }));
    expect(onsort).toHaveBeenLastCalledWith('-ref');
    await rerender({ sort: '-ref' });
    await fireEvent.click(screen.getByRole('button', { name: 'Ref' }));
    expect(onsort).toHaveBeenLastCalledWith('ref');
  });

  it('names each cell for the layout of a phone', () => {
    render(DataTable<{ ref: string }>, props);
    expect(screen.getByRole('cell', { name: 'Head of service' }).dataset.label).toBe('Lead');
    expect(screen.getByRole('rowheader').textContent).toContain('1.3');
  });
});

describe('DataTable as cards', () => {
  const columns = [
    { key: 'ref', label: 'Ref', header: true, text: ({ ref }: { ref: string }) => ref },
    { key: 'note', label: 'Note', prose: true, blank: ({ ref }: { ref: string }) => ref === '1', text: ({ ref }: { ref: string }) => (ref === '1' ? '' : 'Late') },
  ];

  it('leaves out the cells in which nothing stands, and sets text beneath its label', () => {
    render(DataTable<{ ref: string }>, { caption: 'Values', columns, rows: [{ ref: '1' }, { ref: '2' }], rowKey: ({ ref }) => ref });
    const [blank, told] = screen.getAllByRole('cell');
    expect(blank?.classList).toContain('ts-table__blank');
    expect(told?.classList).not.toContain('ts-table__blank');
    expect(told?.classList).toContain('ts-table__prose');
  });

  it('is cards on a tablet too where it is wide, and never where it is to stay a table', async () => {
    const { rerender } = render(DataTable<{ ref: string }>, { caption: 'Values', columns, rows: [], rowKey: ({ ref }) => ref, wide: true });
    expect(screen.getByRole('table').classList).toContain('ts-table--wide');
    await rerender({ stack: false });
    expect(screen.getByRole('table').classList).not.toContain('ts-table--wide');
  });
});

describe('DateInput', () => {
  it('says what it understood, and gives the service’s shape', async () => {
    render(DateInput, { label: 'Due', value: { date: '2027-03', ongoing: false, text: null } });
    const box = screen.getByLabelText<HTMLInputElement>('Due');
    expect(box.value).toBe('March 2027');
    await fireEvent.input(box, { target: { value: '1 apr 27' } });
    expect(box.value).toBe('1 apr 27');
    expect(screen.getByRole('status').textContent).toBe('Understood as 1 April 2027');
    await fireEvent.input(box, { target: { value: 'soon' } });
    expect(screen.getByRole('status').textContent).toBe('No date could be read yet');
    expect(box.value).toBe('soon');
  });
});

describe('ConflictPanel', () => {
  const conflict = {
    base: { due: 'March', outcome: 'Old', lead: 'A' },
    theirs: { due: 'April', outcome: 'Old', lead: 'B' },
    yours: { due: 'May', outcome: 'New', lead: 'B' },
    etag: '"2.x"',
  };

  it('asks only about what differs, and chooses nothing that both changed', async () => {
    const onresolve = vi.fn();
    render(ConflictPanel, { conflict, onresolve, oncancel: () => {} });
    expect(screen.getAllByRole('group').map((group) => group.querySelector('legend')?.textContent)).toEqual(['Due', 'Outcome']);
    const [due, outcome] = screen.getAllByRole('group') as [HTMLElement, HTMLElement];
    expect(within(outcome).getByLabelText<HTMLInputElement>('Yours').checked).toBe(true);

    await fireEvent.click(screen.getByRole('button', { name: 'Save what I chose' }));
    expect(onresolve).not.toHaveBeenCalled();
    expect(screen.getByRole('alert').textContent).toContain('Choose which due to keep');

    await fireEvent.click(within(due).getByLabelText('What is there now'));
    await fireEvent.click(screen.getByRole('button', { name: 'Save what I chose' }));
    expect(onresolve).toHaveBeenCalledWith({ due: 'April', outcome: 'New' });
  });
});

describe('LineChart', () => {
  const points = [
    { period: '2018-07', value: 61, says: '61%' },
    { period: '2018-08', value: null, says: 'Not available' },
    { period: '2018-09', value: 70, says: '70%' },
  ];

  it('is walked along with the keyboard, missing values too', async () => {
    render(LineChart, { title: 'Visits', points, summary: 'Up.', targets: [{ from: 0, to: 2, value: 80, says: '80%' }] });
    const slider = screen.getByRole('slider', { name: /Visits/ });
    expect(slider.getAttribute('aria-valuetext')).toBe('September 2018: 70%, target 80%');
    await fireEvent.input(slider, { target: { value: '1' } });
    expect(slider.getAttribute('aria-valuetext')).toBe('August 2018: Not available, target 80%');
  });

  it('stands with no point at all', () => {
    render(LineChart, { title: 'Visits', points: [], summary: 'Nothing yet.' });
    expect(screen.queryByRole('slider')).toBeNull();
  });
});

it('ErrorSummary takes the focus and leads to the box', async () => {
  document.body.insertAdjacentHTML('beforeend', '<input id="reason" />');
  render(ErrorSummary, { errors: [{ id: 'reason', message: 'Enter a reason' }] });
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole('alert')));
  await fireEvent.click(screen.getByRole('link', { name: 'Enter a reason' }));
  expect(document.activeElement?.id).toBe('reason');
});

it('a busy button cannot be pressed again', async () => {
  const onclick = vi.fn();
  render(Button, { children: words('Save'), busy: true, onclick });
  await fireEvent.click(screen.getByRole('button', { name: /Save/ }));
  expect(onclick).not.toHaveBeenCalled();
});

it('a status is a word, in the plan’s own words where it has them', () => {
  render(Tag, { of: 'action_status', value: 'completed', word: 'Delivered' });
  expect(screen.getByText('Delivered').className).toContain('govuk-tag--green');
});

it('BragBar has its counts in words and leaves out what is not there', () => {
  render(BragBar, { counts: { blue: 7, green: 11 }, noun: 'recommendations' });
  const items = screen.getAllByRole('listitem').map((item) => item.textContent?.replace(/\s+/g, ' ').trim());
  expect(items).toEqual(['7 Blue: complete', '11 Green: on track']);
});

it('Sparkline says itself in words', () => {
  render(Sparkline, { values: [1, null, 3], label: '3 in August, up from 1' });
  expect(screen.getByRole('img', { name: '3 in August, up from 1' })).toBeTruthy();
});

it('Timeline is newest first and says for whom', () => {
  render(Timeline, {
    items: [
      { id: '1', title: 'Older', at: '2027-01-01' },
      { id: '2', title: 'Newer', at: '2027-02-01', by: 'Deputy', for: 'Head of service' },
    ],
  });
  const items = screen.getAllByRole('listitem').map((item) => item.textContent);
  expect(items[0]).toContain('Newer');
  expect(items[0]?.replace(/\s+/g, ' ')).toContain('by Deputy for Head of service');
});
