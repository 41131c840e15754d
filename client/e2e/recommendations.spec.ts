import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, ownParty, PLAN, unique } from './service';

const LIST = `/plans/${PLAN}/recommendations`;

test.describe('recommendations', () => {
  test('are listed with ratings in words and progress of their actions; business as usual says where it lives', async ({ page }) => {
    test.slow();
    await signIn(page, 'programme_manager');
    const ref = unique('R');
    const status_note = `Lives on in the remit of ${ref}`;
    await ask(page, 'POST', '/recommendations', { ref, text: 'Carry on', origin: 'audit', status: 'business_as_usual', status_note });
    await signIn(page, 'board_member');
    await page.goto(LIST);
    const table = page.getByRole('table', { name: 'Recommendations' });
    await expect(table.getByText(/^\d+ of \d+ done$/).first()).toBeVisible();
    await expect(table.getByText('Green').first()).toBeVisible();
    await expectAccessible(page);

    await page.getByText('Filter recommendations').click();
    await page.getByRole('checkbox', { name: 'Business as usual' }).check();
    await page.getByRole('button', { name: 'Apply filters' }).click();
    await expect(page).toHaveURL(`${LIST}?status=business_as_usual`);
    await expect(table.getByText(status_note)).toBeVisible();
    await expect(table.getByText('Active', { exact: true })).toHaveCount(0);

    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });

  test('one shows its outcome, references, KPIs with latest values, actions and updates', async ({ page }) => {
    await signIn(page, 'inspector');
    await page.goto(LIST);
    await page.getByRole('table', { name: 'Recommendations' }).getByRole('link').first().click();
    await expect(page.getByRole('heading', { name: 'Improvement outcome' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Actions', exact: true })).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });

  test('are added, and edited by their lead as far as a lead may', async ({ page }) => {
    test.slow();
    await signIn(page, 'action_lead');
    const party = await ownParty(page);

    await signIn(page, 'programme_manager');
    await page.goto(LIST);
    await page.getByRole('link', { name: 'Add a recommendation' }).click();
    await page.getByRole('button', { name: 'Add the recommendation' }).click();
    const summary = page.getByRole('alert').filter({ hasText: 'There is a problem' });
    await expect(summary).toBeFocused();
    await summary.getByRole('link', { name: 'Enter the recommendation' }).click();
    await page.keyboard.type('Make every letter plain.');
    const ref = unique('R');
    await page.getByLabel('Reference', { exact: true }).fill(ref);
    await page.getByLabel('Business as usual').check();
    await page.getByRole('button', { name: 'Add the recommendation' }).click();
    await expect(summary).toContainText('Enter where the work now lives');
    await page.getByLabel('Active').check();
    await page.getByRole('button', { name: 'Add a reference' }).click();
    await page.getByLabel('Page', { exact: true }).fill('7');
    await page.getByLabel('Paragraphs').fill('14 and 22');
    await page.getByRole('combobox', { name: 'Add a lead' }).selectOption(party);
    await page.getByRole('button', { name: 'Add lead' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Add the recommendation' }).click();
    await expect(page).toHaveURL(`${LIST}/${ref}`);
    await expect(page.getByText(/page 7, paragraphs 14 and 22/)).toBeVisible();

    await signIn(page, 'action_lead');
    await page.goto(`${LIST}/${ref}`);
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await expect(page.getByText('You lead this recommendation')).toBeVisible();
    await page.getByRole('group', { name: 'Rating' }).getByLabel(/^Amber/).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('The recommendation has been saved')).toBeVisible();

    await page.getByRole('link', { name: 'History' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: /Rating.*from Nothing.*to Amber/s }).first()).toBeVisible();
    await expectAccessible(page);
  });

  test('that two people edit are never overwritten', async ({ page }) => {
    await signIn(page, 'programme_manager');
    const ref = unique('R');
    await ask(page, 'POST', '/recommendations', { ref, text: 'Hear what children say.', origin: 'audit' });
    await page.goto(`${LIST}/${ref}/edit`);
    await page.getByLabel('Recommendation', { exact: true }).fill('Hear what every child says.');
    const { version } = await ask<{ version: number }>(page, 'GET', `/recommendations/${ref}`);
    await ask(page, 'PATCH', `/recommendations/${ref}`, { text: 'Hear children.' }, { 'If-Match': `"${version}.x"` });
    await page.getByRole('button', { name: 'Save' }).click();
    const field = page.getByRole('group', { name: 'Recommendation' });
    await expect(field).toContainText(/Hear what children say\..*Hear children\..*Hear what every child says\./s);
    await field.getByLabel('Yours').check();
    await page.getByRole('button', { name: 'Save what I chose' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Hear what every child says.' })).toBeVisible();
  });
});
