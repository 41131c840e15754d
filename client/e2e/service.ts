import { expect, type Page } from '@playwright/test';
import { signInOf } from './fixtures';

/** The plan that every role can sign in to. */
export const PLAN = 'northmoor';

/** A reference that no other test has used, nor a run before this one. */
export function unique(prefix: string): string {
  return `${prefix}-${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`.toUpperCase();
}

/** Asks the service as whoever the page is signed in as; the answer's body. */
export async function ask<Body = Record<string, unknown>>(
  page: Page,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  data?: unknown,
  headers: Record<string, string> = {},
): Promise<Body> {
  const origin = new URL(process.env.BASE_URL ?? '').origin;
  const answer = await page.request.fetch(`/v1/plans/${PLAN}${path}`, {
    method,
    ...(data === undefined ? {} : { data }),
    headers: { Origin: origin, 'X-Turnstone-Client': 'browser', ...headers },
  });
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
  return (await answer.json()) as Body;
}

/** Changes an action from outside the page, on whatever version it has now. */
export async function changeAction(page: Page, ref: string, patch: unknown): Promise<void> {
  const { version } = await ask<{ version: number }>(page, 'GET', `/actions/${ref}`);
  await ask(page, 'PATCH', `/actions/${ref}`, patch, { 'If-Match': `"${version}.x"` });
}

/** A party that the signed-in person leads for: as such they may report on what it leads. */
export async function ownParty(page: Page): Promise<string> {
  const { items } = await ask<{ items: { leads: { party: string }[] }[] }>(page, 'GET', '/actions?mine=true&limit=1');
  const party = items[0]?.leads[0]?.party;
  expect(party, 'an action that this person leads').toBeTruthy();
  return party ?? '';
}

export async function signInByForm(page: Page, role: string): Promise<void> {
  const { email, password } = signInOf(role);
  await page.goto('/sign-in');
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
