import { describe, expect, it } from 'vitest';
import { firstPath, landingPath, placeIn, planSections, safeNext, signInPath, withQuery } from './navigation';

describe('safeNext', () => {
  it.each(['/', '/plans/A.1/actions?status=open#top'])('takes a path of this site: %s', (next) => {
    expect(safeNext(next)).toBe(next);
  });

  it.each([
    '//evil.example', '/\\evil.example', '/\t/evil.example', '/..//evil.example', 'https://evil.example', 'javascript:alert(1)',
    'plans', '', null, '/sign-in?next=/sign-in',
  ])('goes home for %j', (next) => expect(safeNext(next)).toBe('/')); // prettier-ignore
});

it('keeps where a person was going', () => {
  expect(signInPath(new URL('http://here/plans/A?x=1'))).toBe('/sign-in?next=%2Fplans%2FA%3Fx%3D1');
  expect(signInPath(new URL('http://here/'))).toBe('/sign-in');
});

it('lands on the section that the role sees first', () => {
  expect(landingPath({ ref: 'A.1', landing: 'my-work' })).toBe('/plans/A.1/my-work');
  expect(landingPath({ ref: 'A.1', landing: null })).toBe('/plans/A.1/dashboard');
});

it('goes straight to the one live plan, and else to the choice of plans', () => {
  const live = { ref: 'A', landing: 'my-work', status: 'active' } as const;
  const closed = { ref: 'B', landing: 'my-work', status: 'closed' } as const;
  expect(firstPath([closed, live])).toBe('/plans/A/my-work');
  expect(firstPath([live, { ...live, ref: 'C' }])).toBe('/');
  expect(firstPath([closed])).toBe('/');
});

it('offers readers of a part of a plan only the sections that they can open', () => {
  const labels = (permissions: string[]) => planSections('A', permissions).map(({ label }) => label);
  expect(labels(['plan:visit'])).not.toContain('Dashboard');
  expect(labels(['plan:visit', 'plan:read'])).toContain('Dashboard');
  expect(labels(['plan:visit'])).toContain('Actions');
  expect(labels(['plan:visit', 'plan:read'])).not.toContain('Values');
  expect(labels(['plan:visit', 'plan:read', 'measurement:sign_off'])).toContain('Values');
  expect(labels(['plan:visit'])).not.toContain('Audits');
  expect(labels(['plan:visit', 'plan:read'])).toContain('Audits');
});

it('says in which section a page is, by its own address or by what leads there', () => {
  const places = (path: string) => planSections('A').flatMap((section) => (placeIn(section, path) ? [[section.label, placeIn(section, path)]] : []));
  expect(places('/plans/A/scorecard')).toEqual([['Scorecard', 'page']]);
  expect(places('/plans/A/kpis/K1/edit')).toEqual([['Scorecard', 'true']]);
  expect(places('/plans/A/submissions')).toEqual([['Scorecard', 'true']]);
  expect(places('/plans/A/values/feeds')).toEqual([['Values', 'true']]);
  expect(places('/plans/A/kpisomething')).toEqual([]);
  expect(placeIn({ label: 'My plans', href: '/' }, '/plans/A')).toBeUndefined();
});

it('changes one part of a list’s address and leaves the rest', () => {
  const url = new URL('http://here/actions?status=open&status=done&sort=due');
  expect(withQuery(url, { status: ['open'] })).toBe('/actions?sort=due&status=open');
  expect(withQuery(url, { status: null, sort: '' })).toBe('/actions');
});
