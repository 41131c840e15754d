import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { PLAN } from './service';

test('a plan says what it is: inspection, boards, words, colours, intervention', async ({ page }) => {
  await signIn(page, 'inspector');
  await page.goto(`/plans/${PLAN}/about`);
  await expect(page.getByRole('heading', { level: 1, name: 'About this plan' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Judgements' })).toContainText('Overall effectiveness');
  await expect(page.getByRole('table', { name: 'Status words' })).toContainText('Under way');
  await expect(page.getByRole('table', { name: 'Colour key' })).toContainText('Late, and help is needed');
  await expect(page.getByRole('table', { name: 'Boards' })).toContainText('Improvement board');
  await expect(page.getByText(/Improvement notice, issued/)).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 375, height: 800 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

test('risks are listed, filtered and read', async ({ page }) => {
  await signIn(page, 'board_member');
  await page.goto(`/plans/${PLAN}/risks`);
  const first = page.getByRole('rowheader').first().getByRole('link');
  const title = (await first.textContent()) ?? '';
  await expectAccessible(page);
  await page.goto(`/plans/${PLAN}/risks?past_review=true`);
  await expect(page.getByText('Past review').first()).toBeVisible();
  await expect(page.getByRole('link', { name: 'Remove filter: Past its review' })).toBeVisible();

  await page.goto(`/plans/${PLAN}/risks`);
  await first.click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeFocused();
  for (const name of ['Now', 'After controls', 'Aimed for', 'Controls']) {
    await expect(page.getByRole('heading', { level: 2, name, exact: true })).toBeVisible();
  }
  await expectAccessible(page);
  await page.setViewportSize({ width: 375, height: 800 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});
