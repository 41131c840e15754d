import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, PLAN, unique } from './service';

const path = (rest = '') => `/plans/${PLAN}/values/feeds${rest}`;

interface Own {
  ref: string;
  title: string;
  kpis: [string, string];
}

/** Two KPIs of our own, and what a feed of our own is to be called; signed in as the programme manager. */
async function own(page: Page): Promise<Own> {
  await signIn(page, 'programme_manager');
  const ref = unique('FEED');
  const kpis: [string, string] = [`${ref}-A`, `${ref}-B`];
  for (const kpi of kpis) {
    await ask(page, 'POST', '/kpis', {
      ref: kpi, title: `Owed by a feed (${kpi})`, unit: 'count', polarity: 'lower', period_type: 'month', category: 'how_much',
    }); // prettier-ignore
  }
  return { ref, title: `Fostering returns ${ref}`, kpis };
}

function newFeed(page: Page, { ref, title, kpis }: Own): Promise<unknown> {
  return ask(page, 'POST', '/feeds', { ref, title, frequency: 'Every month', due_after_days: 10, kpis: [kpis[0]] });
}

async function expectGoodAtEveryWidth(page: Page): Promise<void> {
  await expectAccessible(page);
  for (const width of [375, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page);
  }
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 900 });
}

const card = (page: Page, title: string) => page.getByRole('region', { name: title });
const summary = (page: Page) => page.getByRole('alert').filter({ hasText: 'There is a problem' });

test('a feed is set up by the keyboard, with the service’s rules told at their boxes', async ({ page }) => {
  test.slow();
  const mine = await own(page);
  const [first, second] = mine.kpis;
  await page.goto(path());
  await page.getByRole('link', { name: 'Add a feed' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Add a feed' })).toBeFocused();

  await page.getByRole('button', { name: 'Save' }).focus();
  await page.keyboard.press('Enter');
  await expect(summary(page).getByRole('link')).toHaveText(['Enter a name', 'Enter a reference']);
  await expect(summary(page)).toBeFocused();

  await page.getByLabel('Name', { exact: true }).focus();
  await page.keyboard.type(mine.title);
  await page.keyboard.press('Tab');
  await page.keyboard.type('case-system');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Fostering payments system');
  await page.getByLabel('Sent by (optional)').selectOption({ label: 'Northmoor case system' });
  await page.getByLabel('Who answers for it (optional)').selectOption({ index: 1 });
  await page.getByLabel('How often it delivers (optional)').fill('Every month');
  await page.getByLabel('Values are due (optional)').fill('soon');
  await page.getByLabel('Find a KPI').focus();
  await page.keyboard.type(mine.ref);
  // Looking for a KPI by the keyboard sends nothing.
  await page.keyboard.press('Enter');
  await expect(page.getByText('2 found')).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(page.getByRole('checkbox', { name: new RegExp(second) })).toBeChecked();
  await page.getByLabel('Find a KPI').fill('');
  await expect(page.getByText(/^2 of \d+ KPIs chosen$/)).toBeVisible();
  await expectGoodAtEveryWidth(page);

  await page.getByRole('button', { name: 'Save' }).click();
  await expect(summary(page).getByRole('link')).toHaveText(/whole number/);
  await page.getByLabel('Values are due (optional)').fill('9999');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(summary(page).getByRole('link')).toHaveText('The days after which values are due should be less than or equal to 3650');
  await summary(page).getByRole('link').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Values are due (optional)')).toBeFocused();
  await page.getByLabel('Values are due (optional)').fill('10');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(summary(page).getByRole('link')).toHaveText('This reference is already used. Enter another one');
  await expectAccessible(page);
  await page.getByLabel('Reference').fill(mine.ref);
  await page.getByRole('button', { name: 'Save' }).click();

  await expect(page.getByText(`${mine.title} has been added.`)).toBeVisible();
  await expect(card(page, mine.title)).toContainText('2 KPIs, every month; due 10 days after the period ends');
  await expect(card(page, mine.title)).toContainText('Northmoor case system');
  await card(page, mine.title).getByText('Its 2 KPIs').click();
  await expect(card(page, mine.title).getByRole('link', { name: `Owed by a feed (${first})` })).toBeVisible();
  await expectGoodAtEveryWidth(page);
});

test('a feed is changed, may take a KPI from another, and is ended', async ({ page }) => {
  test.slow();
  const mine = await own(page);
  await newFeed(page, mine);
  const other = unique('FEED');
  await ask(page, 'POST', '/feeds', { ref: other, title: `Another feed ${other}`, kpis: [mine.kpis[1]] });

  await page.goto(path());
  await page.getByRole('link', { name: `Edit ${mine.title}` }).click();
  await expect(page.getByRole('heading', { level: 1, name: `Edit ${mine.title}` })).toBeVisible();
  await expect(page.getByLabel('Values are due (optional)')).toHaveValue('10');
  await page.getByLabel('Periods lock (optional)').fill('45');
  await page.getByLabel('Find a KPI').fill(mine.ref);
  await expect(page.getByText(`Another feed ${other} owes it today; chosen here, it is owed by this feed`)).toBeVisible();
  await page.getByRole('checkbox', { name: new RegExp(mine.kpis[1]) }).check();
  await expectGoodAtEveryWidth(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(`${mine.title} has been saved.`)).toBeVisible();
  await expect(card(page, mine.title)).toContainText('2 KPIs, every month');
  await expect(card(page, mine.title)).toContainText('45 days after it ends');
  await expect(card(page, `Another feed ${other}`)).toContainText('0 KPIs');

  await page.getByRole('link', { name: `Edit ${mine.title}` }).click();
  await page.locator('summary').filter({ hasText: 'End this feed' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Its KPIs stay with all their values')).toBeVisible();
  await expectGoodAtEveryWidth(page);
  await page.getByRole('button', { name: 'End the feed' }).click();
  await expect(page.getByText(`${mine.title} has ended: nothing is owed by it any more.`)).toBeVisible();
  await expect(card(page, mine.title)).toHaveCount(0);
  expect((await ask<{ feed: string | null }>(page, 'GET', `/kpis/${mine.kpis[0]}`)).feed).toBeNull();
});

test('two people change one feed: the second chooses field by field', async ({ page }) => {
  test.slow();
  const mine = await own(page);
  await newFeed(page, mine);
  await page.goto(path(`/${mine.ref}`));
  await page.getByLabel('Values are due (optional)').fill('20');
  await page.getByLabel('Find a KPI').fill(mine.ref);
  await page.getByRole('checkbox', { name: new RegExp(mine.kpis[1]) }).check();
  const { version } = await ask<{ version: number }>(page, 'GET', `/feeds/${mine.ref}`);
  await ask(page, 'PATCH', `/feeds/${mine.ref}`, { due_after_days: 15, kpis: [] }, { 'If-Match': `"${version}"` });

  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: /changed this while you were writing/ })).toBeFocused();
  await expect(page.getByRole('group', { name: 'Values are due' })).toContainText(/10 days.*15 days.*20 days/s);
  await expect(page.getByRole('group', { name: 'KPIs it owes' })).toContainText(
    new RegExp(`${mine.kpis[0]}.*None.*${mine.kpis[0]}, ${mine.kpis[1]}`, 's'),
  );
  await expectGoodAtEveryWidth(page);
  await page.getByRole('group', { name: 'Values are due' }).getByLabel('What is there now').check();
  await page.getByRole('group', { name: 'KPIs it owes' }).getByLabel('Yours').check();
  await page.getByRole('button', { name: 'Save what I chose' }).click();
  await expect(page.getByText(`${mine.title} has been saved.`)).toBeVisible();
  await expect(card(page, mine.title)).toContainText('2 KPIs, every month; due 15 days after the period ends');
});

test('whoever may not set feeds up sees them, and no way to change them', async ({ page }) => {
  for (const role of ['performance_officer', 'senior_leader', 'internal_auditor']) {
    await signIn(page, role);
    await page.goto(path());
    await expect(card(page, 'Case management, nightly')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Add a feed' })).toHaveCount(0);
    await expect(card(page, 'Case management, nightly').getByRole('link', { name: 'Edit' })).toHaveCount(0);
  }
  await page.goto(path('/new'));
  await expect(page.getByText('Setting up feeds is not yours to do')).toBeVisible();
  await expectAccessible(page);
  await page.goto(path('/case-system'));
  await expect(page.getByText('Setting up feeds is not yours to do')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
});
