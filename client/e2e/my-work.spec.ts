import { type Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, changeAction, ownParty, PLAN, unique } from './service';

/** An action of our own, led for by the signed-in lead, long overdue and never reported on. */
async function overdueAction(page: Page): Promise<{ ref: string; title: string }> {
  await signIn(page, 'action_lead');
  const party = await ownParty(page);
  await signIn(page, 'programme_manager');
  const ref = unique('MW');
  const title = `Report on ${ref}`;
  await ask(page, 'POST', '/actions', { ref, title, leads: [party], status: 'in_progress', due: { date: '2024-05-31' } });
  await signIn(page, 'action_lead');
  return { ref, title };
}

test.describe('my work', () => {
  test('takes an update right there, and shows it as last time’s afterwards', async ({ page }) => {
    test.slow();
    const { ref, title } = await overdueAction(page);
    await page.goto(`/plans/${PLAN}/my-work`);
    const box = page.getByRole('article').filter({ has: page.getByRole('heading', { name: title }) });
    await expect(box).toContainText('days overdue');
    await expect(box).toContainText('No update has been received.');

    await box.getByRole('button', { name: `Post update on ${ref}` }).click();
    const summary = box.getByRole('alert');
    await expect(summary).toBeFocused();
    await summary.getByRole('link', { name: 'Enter what happened' }).click();
    await expect(box.getByLabel('What happened since')).toBeFocused();
    await expectAccessible(page);

    const words = `Two of five teams are trained (${ref}).`;
    await box.getByLabel('What happened since').fill(words);
    await box.getByLabel('Rating').selectOption({ index: 2 });
    await box.getByLabel('Confidence').selectOption('reasonable');
    await box.getByRole('button', { name: `Post update on ${ref}` }).click();
    await expect(summary).toContainText('Enter why the rating is better than the dates suggest');
    await box.getByLabel('Why is the rating better than the dates suggest?').fill('The rest are booked for next week.');
    await box.getByRole('button', { name: `Post update on ${ref}` }).click();
    await expect(box.getByRole('status')).toContainText('Your update has been posted.');
    await expect(box.getByRole('status')).toContainText(words);
    await expect(box).toContainText('Green');

    await page.reload();
    await expect(box.getByRole('button', { name: `Post an update on ${ref}` })).toBeVisible();
    await box.getByRole('button', { name: `Post an update on ${ref}` }).click();
    await expect(box.getByRole('complementary', { name: `Last time on ${ref}` })).toContainText(words);

    await box.getByRole('link', { name: title }).click();
    await expect(page.getByRole('list').getByText(words)).toBeVisible();

    await changeAction(page, ref, { status: 'completed' });
    await page.goto(`/plans/${PLAN}/my-work`);
    await expect(page.getByRole('heading', { level: 1, name: 'My work' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'My KPIs' })).toBeVisible();
    await expect(box).toHaveCount(0);
  });

  test('says for whom a deputy acts, and what waits for an answer', async ({ page }) => {
    test.slow();
    await signIn(page, 'action_lead');
    await page.goto(`/plans/${PLAN}/my-work`);
    await expect(page.getByText(/You are the deputy of Head of service, children in care/)).toBeVisible();
    await expect(page.getByText('For Head of service, children in care').first()).toBeVisible();
    await expect(page.getByRole('heading', { name: 'My KPIs' })).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await page.setViewportSize({ width: 320, height: 800 });
    await expectNoSidewaysScroll(page);
  });

  test('says what to do where there is nothing', async ({ page }) => {
    await signIn(page, 'board_member');
    await page.goto('/plans/darlington-2017/my-work');
    await expect(page.getByText('You lead nothing in this plan')).toBeVisible();
    await expectAccessible(page);
  });
});
