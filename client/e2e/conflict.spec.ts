import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, ownParty, PLAN, unique } from './service';

test('two people edit one action: the second sees base, theirs and yours, chooses, and saves', async ({ page, browser }) => {
  test.slow();
  await signIn(page, 'action_lead');
  const party = await ownParty(page);
  await signIn(page, 'programme_manager');
  const ref = unique('BOTH');
  await ask(page, 'POST', '/actions', {
    ref, title: 'Edit this in two rooms at once', due: '2031-03-31', leads: [party], recurrence: 'yearly', success_test: 'Before',
  }); // prettier-ignore
  const edit = `/plans/${PLAN}/actions/${ref}/edit`;

  const context = await browser.newContext({ baseURL: process.env.BASE_URL });
  const lead = await context.newPage();
  await signIn(lead, 'action_lead');

  // Both open the form on the same version.
  await page.goto(edit);
  await lead.goto(edit);
  await page.getByLabel('Success test or outcome (optional)').fill('After');
  await page.getByLabel('Under way').check();
  await page.getByLabel('How often it recurs (optional)').fill('monthly');
  await lead.getByLabel('Done', { exact: true }).check();
  await lead.getByLabel('How often it recurs (optional)').fill('quarterly');
  await lead.getByRole('button', { name: 'Save' }).click();
  await expect(lead.getByText('The action has been saved')).toBeVisible();

  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: /changed this while you were writing/ })).toBeFocused();
  const field = (name: string) => page.getByRole('group', { name });
  await expect(field('How often it recurs')).toContainText(/yearly.*quarterly.*monthly/s);
  await expect(field('Status')).toContainText(/Not started.*Done.*Under way/s);
  await expect(field('Success test or outcome').getByLabel('Yours')).toBeChecked();
  await expectAccessible(page);
  await page.setViewportSize({ width: 375, height: 800 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 900 });

  // Nothing is chosen for them where both moved.
  await page.getByRole('button', { name: 'Save what I chose' }).click();
  await expect(page.getByRole('alert')).toContainText('Choose which status to keep');
  await field('Status').getByLabel('What is there now').check();
  await field('How often it recurs').getByLabel('Yours').check();
  await page.getByRole('button', { name: 'Save what I chose' }).click();

  await expect(page.getByText('The action has been saved')).toBeVisible();
  await expect(page.getByText('After', { exact: true })).toBeVisible();
  const now = await ask<Record<string, unknown>>(page, 'GET', `/actions/${ref}`);
  expect(now).toMatchObject({ status: 'completed', recurrence: 'monthly', success_test: 'After' });
  await context.close();
});
