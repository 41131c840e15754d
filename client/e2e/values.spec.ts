import { type Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, PLAN, unique } from './service';

interface Delivery {
  submission: string;
}

/** A KPI of our own with a value for each period given; signed in as the performance officer afterwards. */
async function ownKpi(page: Page, values: Record<string, number>): Promise<{ ref: string; title: string } & Delivery> {
  await signIn(page, 'performance_officer');
  const ref = unique('VAL');
  const title = `Checked in time (${ref})`;
  await ask(page, 'POST', '/kpis', { ref, title, unit: 'percent', polarity: 'higher', period_type: 'month', category: 'how_well' });
  const { submission } = await deliver(page, ref, values);
  return { ref, title, submission };
}

function deliver(page: Page, kpi: string, values: Record<string, number>): Promise<Delivery> {
  const rows = Object.entries(values).map(([period, value]) => ({ kpi, period, value }));
  return ask<Delivery>(page, 'POST', '/measurements', { rows });
}

const path = (section = '') => `/plans/${PLAN}/values${section}`;

async function expectGoodAtEveryWidth(page: Page): Promise<void> {
  await expectAccessible(page);
  for (const width of [375, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page);
  }
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 900 });
}

test.describe('values to check', () => {
  test('are signed off and queried by the keyboard, several at once, and only as they were seen', async ({ page }) => {
    test.slow();
    const { ref } = await ownKpi(page, { '2025-01': 70, '2025-02': 71, '2025-03': 72 });
    await deliver(page, ref, { '2025-03': 75 });
    await page.goto(path(`?kpi=${ref}`));
    await expect(page.getByRole('link', { name: /Remove filter: KPI/ })).toBeVisible();
    const rows = page.getByRole('table', { name: 'Values to check' }).getByRole('row');
    await expect(rows).toHaveCount(4);
    await expect(rows.filter({ hasText: 'March 2025' })).toContainText('72.0%');
    await expect(rows.filter({ hasText: 'March 2025' })).toContainText('February 2025: 71.0%');
    await expect(rows.filter({ has: page.getByRole('checkbox', { name: /January 2025/ }) })).toContainText('First value of this period');

    await page.getByRole('button', { name: 'Sign off' }).click();
    await expect(page.getByRole('alert')).toContainText('Choose at least one value below');

    await page.getByRole('checkbox', { name: /January 2025/ }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('checkbox', { name: /February 2025/ }).focus();
    await page.keyboard.press('Space');
    await expect(page.getByText('2 values chosen')).toBeVisible();
    await page.getByRole('button', { name: 'Sign off' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('Note (optional)')).toBeFocused();
    await expect(page.getByRole('button', { name: 'Sign off', exact: true })).toHaveAttribute('aria-expanded', 'true');
    await expectGoodAtEveryWidth(page);
    // Somebody changes one of them meanwhile: it is not signed off unseen.
    await deliver(page, ref, { '2025-02': 60 });
    await page.getByRole('button', { name: 'Sign off: 2 values' }).click();
    await expect(page.getByRole('alert')).toContainText(
      '1 value has been signed off. 1 value has been changed by somebody else meanwhile and was left.',
    );
    await expect(rows).toHaveCount(3);

    await page.getByRole('button', { name: 'Choose all 2 shown' }).click();
    await page.getByRole('button', { name: 'Put under query' }).click();
    await page.getByRole('button', { name: 'Put under query: 2 values' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Enter the question' })).toBeFocused();
    await page.getByLabel('What is the question?').fill('Is a team missing?');
    await page.getByRole('button', { name: 'Put under query: 2 values' }).click();
    await expect(page.getByText('No value matches these filters')).toBeVisible();

    await page.goto(path(`/queries?kpi=${ref}`));
    await expect(page.getByText('Is a team missing?')).toHaveCount(2);
    await page.getByRole('button', { name: 'Choose all 2 shown' }).click();
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByLabel('What is the answer?').fill('No: it closed.');
    await page.getByRole('button', { name: 'Answer: 2 values' }).click();
    await expect(page.getByText('No: it closed.')).toHaveCount(2);
    await expectGoodAtEveryWidth(page);
    await page.getByRole('checkbox', { name: /February 2025/ }).check();
    await page.getByRole('button', { name: 'Clear the query' }).click();
    await page.getByLabel('Why is there no doubt any more?').fill('Agreed with the head of service.');
    await page.getByRole('button', { name: 'Clear the query: 1 value' }).click();
    await expect(page.getByText('Is a team missing?')).toHaveCount(1);
  });

  test('are signed off for a whole delivery, also those further down the list', async ({ page }) => {
    test.slow();
    const months = Array.from({ length: 60 }, (_, month) => `${2019 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`);
    const { submission } = await ownKpi(page, Object.fromEntries(months.map((month, index) => [month, 60 + index / 10])));
    await page.goto(path(`?submission=${submission}`));
    await page.getByRole('button', { name: 'Choose all 60 found' }).click();
    await expect(page.getByRole('button', { name: 'Put under query' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Sign off' }).click();
    await page.getByRole('button', { name: 'Sign off: 60 values' }).click();
    await expect(page.getByRole('alert')).toContainText('60 values have been signed off.');
    await expect(page.getByText('No value matches these filters')).toBeVisible();
  });

  test('are signed off on the page of their KPI', async ({ page }) => {
    test.slow();
    const { ref, title } = await ownKpi(page, { '2025-01': 70 });
    await page.goto(`/plans/${PLAN}/kpis/${ref}`);
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
    await page.getByRole('button', { name: 'Sign off or query the value of January 2025' }).click();
    const form = page.getByRole('form', { name: 'Check the value of January 2025' });
    await form.getByRole('radio', { name: 'Put under query' }).check();
    await form.getByLabel('What is the question?').fill('Is it whole?');
    await form.getByRole('button', { name: 'Put under query' }).click();
    await expect(page.getByText('Question: Is it whole?').first()).toBeVisible();
    await expect(page.getByRole('table', { name: 'Values' })).toContainText('Under query');
    await expectAccessible(page);
    await page.setViewportSize({ width: 320, height: 800 });
    await expectNoSidewaysScroll(page);
  });

  test('are offered to a senior leader to sign off, and to nobody else who only reads', async ({ page }) => {
    const { ref } = await ownKpi(page, { '2025-01': 70 });
    await signIn(page, 'senior_leader');
    await page.goto(path(`?kpi=${ref}`));
    await expect(page.getByRole('button', { name: 'Sign off' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Put under query' })).toHaveCount(0);
    await signIn(page, 'board_member');
    await page.goto(path(`?kpi=${ref}`));
    await expect(page.getByRole('table', { name: 'Values to check' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Sign off' })).toHaveCount(0);
    await expect(page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Values' })).toHaveCount(0);
    await page.goto(path('/locks/new'));
    await expect(page.getByText('Locking periods is not yours to do')).toBeVisible();
  });
});

test.describe('locked periods', () => {
  test('hold what was reported until a late revision is accepted or declined, or they are reopened', async ({ page }) => {
    test.slow();
    const { ref } = await ownKpi(page, { '2025-01': 70, '2025-02': 71 });
    await page.goto(path('/locks'));
    await page.getByRole('link', { name: 'Lock periods' }).click();
    await page.getByRole('button', { name: 'Lock these periods' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter the reason');
    await page.getByRole('radio', { name: 'Some KPIs' }).check();
    const option = page.getByRole('option', { name: new RegExp(ref) });
    await expect(option).toBeAttached();
    await page.getByLabel('Add a KPI').selectOption(ref);
    await page.getByRole('button', { name: 'Add KPI' }).click();
    await page.getByLabel('Periods that end on or before').fill('28 February 2025');
    await page.getByLabel('Reason').fill('Reported to the board');
    await expectGoodAtEveryWidth(page);
    await page.getByRole('button', { name: 'Lock these periods' }).click();
    await expect(page.getByRole('alert')).toContainText('The periods are locked.');
    await expect(page.getByRole('row').filter({ hasText: ref })).toContainText('up to 28 February 2025');
    await expectGoodAtEveryWidth(page);

    await deliver(page, ref, { '2025-01': 60, '2025-02': 61 });
    await page.goto(path(`/late?kpi=${ref}`));
    const rows = page.getByRole('table', { name: 'Late revisions' }).getByRole('row');
    await expect(rows.filter({ hasText: 'January 2025' })).toContainText('60.0%');
    await expectGoodAtEveryWidth(page);
    await page.getByRole('checkbox', { name: /January 2025/ }).check();
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByLabel('Why are they accepted?').fill('Agreed at the data meeting');
    await page.getByRole('button', { name: 'Accept: 1 late revision' }).click();
    await expect(page.getByRole('alert')).toContainText('1 late revision has been accepted.');
    await page.getByRole('checkbox', { name: /February 2025/ }).check();
    await page.getByRole('button', { name: 'Decline' }).click();
    await page.getByLabel('Why are they declined?').fill('Half of it is missing');
    await page.getByRole('button', { name: 'Decline: 1 late revision' }).click();
    await page.goto(path(`/late?kpi=${ref}&status=accepted&status=declined`));
    await expect(rows.filter({ hasText: 'January 2025' })).toContainText('Agreed at the data meeting');
    await expect(rows.filter({ hasText: 'February 2025' })).toContainText('Declined');

    await page.goto(path('/locks/new?reopen=true'));
    await expect(page.getByRole('heading', { level: 1, name: 'Reopen periods' })).toBeVisible();
  });
});

test.describe('feeds', () => {
  test('say in words what is owed, and can be filtered by how they stand', async ({ page }) => {
    await signIn(page, 'performance_officer');
    await page.goto(path('/feeds'));
    await expect(page.getByRole('heading', { level: 1, name: 'Feeds' })).toBeVisible();
    await expect(page.getByText('Last good delivery').first()).toBeVisible();
    await expectGoodAtEveryWidth(page);
    await page.goto(path('/feeds?state=missing'));
    await expect(page.getByRole('link', { name: /Remove filter: State: missing/ })).toBeVisible();
  });
});

test('a first value that was withdrawn stays on its KPI’s page, with what was known before behind it', async ({ page }) => {
  const { ref } = await ownKpi(page, { '2025-01': 70, '2025-02': 71 });
  const { submission } = await deliver(page, ref, { '2025-03': 12 });
  await ask(page, 'POST', `/submissions/${submission}/withdrawal`, { reason: 'Extract of the wrong month' });
  await signIn(page, 'board_member');
  await page.goto(`/plans/${PLAN}/kpis/${ref}`);
  const row = page.getByRole('table', { name: 'Values' }).getByRole('row').filter({ hasText: 'March 2025' });
  await expect(row).toContainText('Withdrawn: nothing known');
  await expect(row).not.toContainText('12.0%');
  await row.getByText('What was known before').click();
  await expect(row).toContainText('12.0%');
  await expect(row).toContainText('Why: Extract of the wrong month');
  await expect(page.getByText('Now 71.0% in February 2025', { exact: false }).first()).toBeAttached();
  await expectGoodAtEveryWidth(page);
});

test('the dashboard of a performance officer leads to what waits', async ({ page }) => {
  await ownKpi(page, { '2025-01': 70 });
  await page.goto(`/plans/${PLAN}/dashboard`);
  const card = page.getByRole('region', { name: 'Values that wait for you' });
  await card.getByRole('link', { name: /to check/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Values' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'What waits' }).getByRole('link', { name: /^To check\W+[1-9]/ })).toBeVisible();
});
