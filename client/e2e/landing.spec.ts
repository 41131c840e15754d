import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { PLAN, signInByForm } from './service';

const LANDINGS = {
  admin: 'dashboard',
  programme_manager: 'dashboard',
  performance_officer: 'scorecard',
  senior_leader: 'escalations',
  action_lead: 'my-work',
  board_member: 'dashboard',
  internal_auditor: 'changes',
  inspector: 'recommendations',
  partner: 'my-work',
};

for (const [role, section] of Object.entries(LANDINGS)) {
  test(`${role} lands on ${section}`, async ({ page }) => {
    await signInByForm(page, role);
    await expect(page).toHaveURL(`/plans/${PLAN}/${section}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await expect(page.locator('.ts-problem')).toHaveCount(0);
  });
}

test('an address of a plan alone leads to where the person begins', async ({ page }) => {
  await signIn(page, 'performance_officer');
  await page.goto(`/plans/${PLAN.toUpperCase()}`);
  await expect(page).toHaveURL(`/plans/${PLAN}/scorecard`);
  await page.goto('/plans/no-such-plan');
  await expect(page.getByRole('heading', { level: 1, name: 'Page not found' })).toBeVisible();
});

test('my plans are cards, those under way first, and lead to where the person begins', async ({ page }) => {
  await signIn(page, 'senior_leader');
  await page.goto(`/plans/${PLAN}/actions`);
  await page.getByRole('link', { name: 'My plans' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'My plans' })).toBeFocused();
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Under way', 'Closed']);
  const card = page.getByRole('article').filter({ hasText: 'Northmoor Council' });
  await expect(card).toContainText('Active');
  await expect(card).toContainText(/Your role\s*Senior leader/);
  await expect(page.getByRole('article').filter({ hasText: /Stands as at\s*31 December 2017/ })).toContainText('Closed');
  await expectAccessible(page);
  await page.setViewportSize({ width: 375, height: 800 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await card.getByRole('link').click();
  await expect(page).toHaveURL(`/plans/${PLAN}/escalations`);
});

test('what is of no plan stands above all plans, and each plan keeps its sections on one row', async ({ page }) => {
  await signIn(page, 'admin');
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`/plans/${PLAN}/scorecard`);
  const links = page.getByRole('navigation', { name: 'Sections' }).getByRole('link');
  await expect(links.first()).toBeVisible();
  const tops = await links.evaluateAll((all) => all.map((link) => link.getBoundingClientRect().top));
  expect(new Set(tops).size, 'rows of sections').toBe(1);
  await page.getByRole('banner').getByRole('link', { name: 'Integrations' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Integrations' })).toHaveAttribute('aria-current', 'page');
  await page.setViewportSize({ width: 320, height: 800 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

test('a senior leader sees first how many values wait for a sign-off', async ({ page }) => {
  await signIn(page, 'senior_leader');
  await page.goto(`/plans/${PLAN}/escalations`);
  const card = page.getByRole('region', { name: 'Values that wait for you' });
  await expect(card.getByRole('link', { name: /to check/ })).toBeVisible();
  await expect(card.getByRole('link', { name: /late|query/ })).toHaveCount(0);
  await expectAccessible(page);
});

test('readers of a part of a plan are offered only what they can open', async ({ page }) => {
  await signIn(page, 'inspector');
  await page.goto(`/plans/${PLAN}`);
  const sections = page.getByRole('navigation', { name: 'Sections' });
  await expect(sections.getByRole('link', { name: 'Recommendations' })).toBeVisible();
  for (const name of ['Dashboard', 'Risks', 'Changes']) await expect(sections.getByRole('link', { name })).toHaveCount(0);
});
