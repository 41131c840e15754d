import { describe, expect, it } from 'vitest';
import { listPath, rowsFor, share, targetCounts, type Dashboard, type RecommendationLine, type ScorecardLine } from './dashboard';
import { countsOf, recentOf } from './recent';
import { excerptOf, worstFirst } from './worst';

const whole = {
  recommendations: { total: 12 },
  actions: { by_area: [{}], by_lead: [{}] },
} as unknown as Dashboard;

describe('the order of the sections', () => {
  const first = (role: string | null) => rowsFor(role, whole)[0]?.[0]?.[0];

  it('begins with what the role looks for', () => {
    expect(first('programme_manager')).toBe('late');
    expect(first('board_member')).toBe('recommendations');
    expect(first('performance_officer')).toBe('scorecard');
    expect(first('internal_auditor')).toBe('changes');
    expect(first(null)).toBe('late');
  });

  it.each(['programme_manager', 'board_member', 'senior_leader', 'performance_officer', 'internal_auditor'])(
    'has every section once for %s',
    (role) => {
      const sections = rowsFor(role, whole).flat(2);
      expect(sections.toSorted()).toEqual(
        ['areas', 'changes', 'doubts', 'escalations', 'late', 'leads', 'recommendations', 'scorecard', 'soon'].toSorted(),
      );
    },
  );

  it('leaves out what a plan has nothing for, and the column with it', () => {
    const areasOnly = { recommendations: { total: 0 }, actions: { by_area: [{}], by_lead: [] } } as unknown as Dashboard;
    const rows = rowsFor('programme_manager', areasOnly);
    expect(rows.flat(2)).not.toContain('recommendations');
    expect(rows).toContainEqual([['soon']]);
    expect(rows).toContainEqual([['areas']]);
  });
});

describe('what asks most for attention', () => {
  const line = (ref: string, rating: string | null, overdue = 0, status = 'active') =>
    ({ ref, rating, overdue, status }) as RecommendationLine;

  it('puts recommendations off track first, by overdue actions, and those ended last', () => {
    const lines = [line('1', 'green', 2), line('2', 'blue', 0, 'closed'), line('3', null), line('4', 'red'), line('5', 'amber', 1), line('6', 'amber', 3)];
    expect(worstFirst(lines).map(({ ref }) => ref)).toEqual(['4', '6', '5', '3', '1', '2']);
  });

  const kpi = (ref: string, target_state: string, direction: string | null, more = {}) =>
    ({ ref, target_state, direction, position: Number(ref), kind: 'quantitative', is_superseded: false, points: [{}], ...more }) as unknown as ScorecardLine;

  it('takes the KPIs off target and getting worse, under their questions in order', () => {
    const groups = [
      { category: 'better_off' as const, kpis: [kpi('9', 'met', 'better')] },
      {
        category: 'how_well' as const,
        kpis: [
          kpi('1', 'met', 'better'),
          kpi('2', 'missed', 'better'),
          kpi('3', 'behind_pace', 'worse'),
          kpi('4', 'missed', 'worse', { is_superseded: true }),
          kpi('5', 'no_target', null, { points: [] }),
          kpi('6', 'missed', 'worse'),
          kpi('7', 'met', 'worse', { kind: 'heading' }),
        ],
      },
    ];
    const [wells, offs] = excerptOf(groups, 4);
    expect(wells?.kpis.map(({ ref }) => ref)).toEqual(['6', '3', '2', '1']);
    expect(wells?.total).toBe(5);
    expect(offs?.category).toBe('better_off');
  });
});

it('counts targets that can be judged', () => {
  expect(targetCounts({ met: 7, on_pace: 2, within_tolerance: 1, missed: 9, behind_pace: 3, no_target: 8 })).toEqual({
    met: 10,
    missed: 12,
    judged: 22,
  });
});

it('rounds a share, but never to all or nothing', () => {
  expect(share(1, 300)).toBe(1);
  expect(share(299, 300)).toBe(99);
  expect(share(16, 58)).toBe(28);
  expect(share(0, 0)).toBe(0);
  expect(share(5, 5)).toBe(100);
});

it('leads to a list with its filters set', () => {
  expect(listPath('a b', 'scorecard', { target_state: ['missed', 'behind_pace'] })).toBe(
    '/plans/a%20b/scorecard?target_state=missed&target_state=behind_pace',
  );
  expect(listPath('a', 'actions')).toBe('/plans/a/actions');
});

describe('what changed lately', () => {
  type Entry = Parameters<typeof recentOf>[0][number];
  const entry = (more: Partial<Entry>): Entry => ({
    id: 1, at: '2027-03-01T10:00:00Z', by: 'A manager', reason: null, request_id: null, what: 'changed', kind: 'action',
    ref: '1.1', title: 'An action', fields: [], ...more,
  }); // prettier-ignore

  it('tells one change with its fields', () => {
    const [one] = recentOf([
      entry({
        fields: [
          { field: 'due', of: null, from: '2027-01-31', to: '2027-03-31' },
          { field: 'rating', of: null, from: null, to: 'amber' },
          { field: 'confidence', of: null, from: null, to: 'limited' },
        ],
      }),
    ]);
    expect(one?.did).toBe('Changed action');
    expect(one?.ref).toBe('1.1');
    expect(one?.details).toEqual(['Due date: 31 January 2027 → 31 March 2027', 'Rating: Amber', 'and 1 more field']);
  });

  it('tells many of a kind in one line, and no ref of what is gone', () => {
    const many = recentOf([
      entry({ id: 1, what: 'created', kind: 'kpi', ref: 'K1' }),
      entry({ id: 2, what: 'created', kind: 'kpi', ref: 'K2' }),
      entry({ id: 3, what: 'deleted', kind: 'risk', ref: 'R1', title: 'Gone' }),
      entry({ id: 4, what: 'created', kind: 'submission', ref: 'S1', title: '2 values: 2 new' }),
    ]);
    expect(many.map(({ did, ref, title }) => [did, ref, title])).toEqual([
      ['Added 2 KPIs', null, null],
      ['Deleted risk', null, 'Gone'],
      ['Values arrived', null, '2 values: 2 new'],
    ]);
  });

  it('counts the kinds that people ask after', () => {
    expect(countsOf({ party: 3, action: 1, kpi: 2, submission: 1 }).map(({ words }) => words)).toEqual([
      '1 action',
      '2 KPIs',
      '1 delivery of values',
    ]);
  });
});
