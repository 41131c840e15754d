import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

export interface SignIn {
  email: string;
  password: string;
}

/** Sign-ins by role, from the JSON file that E2E_SIGN_INS names: `{"action_lead": {"email": …, "password": …}}`. */
export function signInOf(role: string): SignIn {
  const path = process.env.E2E_SIGN_INS;
  if (!path) throw new Error('Set E2E_SIGN_INS to a JSON file of sign-ins by role.');
  const all = JSON.parse(readFileSync(path, 'utf8')) as Record<string, SignIn>;
  const found = all[role];
  if (!found) throw new Error(`${path} has no sign-in for ${role}; it has ${Object.keys(all).join(', ')}.`);
  return found;
}

/** Signs in without the form; the form has a test of its own. */
export async function signIn(page: Page, role: string): Promise<void> {
  const origin = new URL(process.env.BASE_URL ?? '').origin;
  const { email, password } = signInOf(role);
  const answer = await page.request.post('/v1/auth/sessions', {
    data: { email, password },
    headers: { Origin: origin, 'X-Turnstone-Client': 'browser' },
  });
  expect(answer.ok(), `sign-in as ${role}: ${answer.status()} ${await answer.text()}`).toBe(true);
}

/** No violation that axe can find, by the rules of WCAG 2.2 AA and those that it builds on. */
export async function expectAccessible(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 }), 'the page is there before it is judged').toBeVisible();
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html).join('\n  ')}`);
  expect(told, told.join('\n')).toEqual([]);
}

/** No part of the page is wider than the window: what reflow at 400 % zoom (320 px) asks for. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const excess = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(excess, 'pixels beyond the right edge').toBeLessThanOrEqual(0);
}

/** A test fails when the page threw, or when the content policy stopped something. */
export const test = base.extend<{ faults: string[] }>({
  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && /Content Security Policy/i.test(message.text())) faults.push(message.text());
      });
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
