import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, PLAN, unique } from './service';

const LIST = `/plans/${PLAN}/actions`;

test.describe('the list of actions', () => {
  test.beforeEach(async ({ page }) => signIn(page, 'programme_manager'));

  test('begins unfiltered, shows more by pages, and reads at every width', async ({ page }) => {
    await page.goto(LIST);
    const table = page.getByRole('table', { name: 'Actions' });
    await expect(table).toBeVisible();
    await expect(page.getByText('Filtered by')).toBeHidden();

    const before = await table.getByRole('row').count();
    await page.getByRole('button', { name: 'Show more actions' }).click();
    await expect.poll(() => table.getByRole('row').count()).toBeGreaterThan(before);

    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSidewaysScroll(page);
  });

  test('makes each row a card on a phone', async ({ page }) => {
    await page.setViewportSize({ width: 375, height: 800 });
    await page.goto(`${LIST}?when=overdue`);
    const card = page.getByRole('table', { name: 'Actions' }).getByRole('row').nth(1);
    await expect(card).toBeVisible();
    await expect(card.getByText(/overdue$/)).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await page.getByText('Filter actions').click();
    await expectNoSidewaysScroll(page);
  });

  test('is filtered with the keyboard alone, and the address keeps the filters', async ({ page }) => {
    test.slow();
    await page.goto(LIST);
    await expect(page.getByRole('table', { name: 'Actions' })).toBeVisible();

    await page.getByLabel('Search actions').focus();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('button', { name: 'Search', exact: true })).toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const overdue = page.getByRole('checkbox', { name: 'Overdue' });
    await expect(overdue).toBeVisible();
    for (let step = 0; step < 20 && !(await overdue.evaluate((box) => box === document.activeElement)); step++) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Space');
    await expect(overdue).toBeChecked();
    await page.keyboard.press('Enter');

    await expect(page).toHaveURL(`${LIST}?when=overdue`);
    await expectAccessible(page);
    await expect(page.getByRole('status').filter({ hasText: /actions? found/ })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Actions' }).getByText(/overdue$/).first()).toBeVisible();
    await expect(overdue).toBeFocused();

    await page.reload();
    const chip = page.getByRole('link', { name: /Remove filter: Due: overdue/ });
    await chip.focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(LIST);
    await expect(chip).toBeHidden();
  });

  test('finds by words, by several filters at once, and says when there is nothing', async ({ page }) => {
    await page.goto(`${LIST}?status=in_progress&status=not_started&lead=none`);
    await expect(page.getByRole('link', { name: /Remove filter: Status/ })).toHaveCount(2);
    await expect(page.getByRole('link', { name: /Remove filter: Lead: Nobody/ })).toBeVisible();
    await expect(page.getByRole('cell', { name: 'Nobody' }).first()).toBeVisible();

    await page.getByLabel('Search actions').fill('no such words anywhere');
    await page.keyboard.press('Enter');
    await expect(page.getByText('No action matches these filters')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('main').getByRole('link', { name: 'Clear all filters' }).last().click();
    await expect(page).toHaveURL(LIST);
  });

  test('is sorted by its headings, and the address keeps the order', async ({ page }) => {
    await page.goto(LIST);
    await page.getByRole('button', { name: 'Due', exact: true }).click();
    await expect(page).toHaveURL(`${LIST}?sort=due`);
    await expect(page.getByRole('columnheader', { name: 'Due' })).toHaveAttribute('aria-sort', 'ascending');
    await page.getByRole('button', { name: 'Due', exact: true }).click();
    await expect(page).toHaveURL(`${LIST}?sort=-due`);
    await expect(page.getByRole('columnheader', { name: 'Due' })).toHaveAttribute('aria-sort', 'descending');
  });

  test('a filter that the service does not know is said, and can be removed', async ({ page }) => {
    await page.goto(`${LIST}?status=purple`);
    await expect(page.getByRole('alert')).toContainText('we could not load the actions');
    await page.getByRole('link', { name: /Remove filter: Status: purple/ }).click();
    await expect(page.getByRole('table', { name: 'Actions' })).toBeVisible();
  });
});

test.describe('adding an action', () => {
  test('is for the programme manager; others are not offered it', async ({ page }) => {
    await signIn(page, 'board_member');
    await page.goto(LIST);
    await expect(page.getByRole('table', { name: 'Actions' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Add an action' })).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Add an action' })).toHaveCount(0);
    await page.goto(`${LIST}/new`);
    await expect(page.getByText('not yours to change')).toBeVisible();
  });

  test('says every fault at the top and at its box, then adds it', async ({ page }) => {
    await signIn(page, 'programme_manager');
    await page.goto(`${LIST}/new`);
    await page.getByRole('button', { name: 'Add the action' }).click();
    const summary = page.getByRole('alert').filter({ hasText: 'There is a problem' });
    await expect(summary).toBeFocused();
    await expect(page).toHaveTitle(/^Error: /);
    await expectAccessible(page);
    await summary.getByRole('link', { name: 'Enter what will be done' }).click();
    await expect(page.getByLabel('What will be done')).toBeFocused();

    // What only the service can know comes back to the same places.
    const { items } = await ask<{ items: { ref: string }[] }>(page, 'GET', '/actions?limit=1');
    await page.getByLabel('Reference', { exact: true }).fill(items[0]?.ref ?? '');
    await page.getByLabel('What will be done').fill('Try the form from end to end');
    await page.getByRole('button', { name: 'Add the action' }).click();
    await expect(summary).toContainText('This reference is already used');
    await page.getByLabel('Reference', { exact: true }).fill('history');
    await page.getByRole('button', { name: 'Add the action' }).click();
    await expect(summary.getByRole('link')).toHaveText(/reserved word/);

    const ref = unique('ADD');
    await page.getByLabel('Reference', { exact: true }).fill(ref);
    await page.getByLabel('Due', { exact: true }).fill('Mar 2031');
    await expect(page.getByText('Understood as March 2031')).toBeVisible();
    await page.getByRole('button', { name: 'Add a milestone' }).click();
    await page.getByLabel('What', { exact: true }).fill('First look at the results');
    await page.getByRole('button', { name: 'Add the action' }).click();

    await expect(page).toHaveURL(`${LIST}/${ref}`);
    await expect(page.getByText('The action has been added')).toBeVisible();
    await expect(page.getByText('March 2031').first()).toBeVisible();
    await expect(page.getByRole('cell', { name: 'Not yet' })).toBeVisible();
  });
});
