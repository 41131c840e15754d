import { goto } from '$app/navigation';
import type { MyPlan } from './session.svelte';

/** Where a person may be sent after signing in: a path of this site, never another site. */
export function safeNext(next: string | null | undefined): string {
  if (!next?.startsWith('/') || /^\/[/\\]/.test(next) || /[\u0000-\u001f\\]/.test(next)) return '/';
  const url = new URL(next, 'https://here.invalid');
  if (url.host !== 'here.invalid' || url.pathname.startsWith('//') || url.pathname.startsWith('/sign-in')) {
    return '/';
  }
  return url.pathname + url.search + url.hash;
}

export function signInPath(from: URL): string {
  const next = safeNext(from.pathname + from.search);
  return next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`;
}

export function planPath(ref: string, section = ''): string {
  return `/plans/${encodeURIComponent(ref)}${section ? `/${section}` : ''}`;
}

/** The first screen of a person in a plan, as the service says it for their role. */
export function landingPath({ ref, landing }: Pick<MyPlan, 'ref' | 'landing'>): string {
  return planPath(ref, landing ?? 'dashboard');
}

/** Where signing in leads: to the one plan that is not closed, or else to the choice of plans. */
export function firstPath(plans: readonly Pick<MyPlan, 'ref' | 'landing' | 'status'>[]): string {
  const live = plans.filter(({ status }) => status !== 'closed');
  return live.length === 1 && live[0] ? landingPath(live[0]) : '/';
}

export interface Section {
  label: string;
  href: string;
  /** What is reached from here, at addresses beside its own. */
  holds?: string[];
}

/** Where a person is, for `aria-current`: on the section's own page, or on one that it leads to. */
export function placeIn({ href, holds = [] }: Section, path: string): 'page' | 'true' | undefined {
  if (path === href) return 'page';
  return href !== '/' && [href, ...holds].some((above) => path === above || path.startsWith(`${above}/`)) ? 'true' : undefined;
}

/** What a plan is divided into; readers of a part of it are shown only the sections that they can open. */
export function planSections(ref: string, permissions?: readonly string[]): Section[] {
  const sections: (Section & { needs?: string })[] = [
    { label: 'Dashboard', href: planPath(ref, 'dashboard'), holds: [planPath(ref, 'doubts')], needs: 'plan:read' },
    { label: 'My work', href: planPath(ref, 'my-work') },
    { label: 'Recommendations', href: planPath(ref, 'recommendations') },
    { label: 'Actions', href: planPath(ref, 'actions') },
    { label: 'Scorecard', href: planPath(ref, 'scorecard'), holds: [planPath(ref, 'kpis'), planPath(ref, 'submissions')] },
    { label: 'Values', href: planPath(ref, 'values'), needs: 'measurement:sign_off' },
    { label: 'Audits', href: planPath(ref, 'audits'), needs: 'plan:read' },
    { label: 'Escalations', href: planPath(ref, 'escalations') },
    { label: 'Risks', href: planPath(ref, 'risks'), needs: 'plan:read' },
    { label: 'Changes', href: planPath(ref, 'changes'), needs: 'change:read' },
    { label: 'About', href: planPath(ref, 'about') },
    { label: 'Members', href: planPath(ref, 'members'), needs: 'member:manage' },
  ];
  return sections
    .filter(({ needs }) => !needs || !permissions || permissions.includes(needs))
    .map(({ label, href, holds }) => ({ label, href, ...(holds && { holds }) }));
}

export function adminSections(): Section[] {
  return [
    { label: 'People', href: '/admin/people' },
    { label: 'Integrations', href: '/admin/integrations' },
  ];
}

export type QueryChange = Record<string, string | readonly string[] | null | undefined>;

/** The address of the same list with some of its state changed; empty values leave the address. */
export function withQuery(url: URL, change: QueryChange): string {
  const query = new URLSearchParams(url.searchParams);
  for (const [name, value] of Object.entries(change)) {
    query.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) if (one) query.append(name, one as string);
  }
  const text = query.toString();
  return url.pathname + (text ? `?${text}` : '');
}

/** Puts list state into the address without moving the page or the focus. */
export function setQuery(url: URL, change: QueryChange): Promise<void> {
  return goto(withQuery(url, change), { keepFocus: true, noScroll: true, replaceState: true });
}
