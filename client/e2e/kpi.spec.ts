import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, PLAN, unique } from './service';

const pathOf = (ref: string): string => `/plans/${PLAN}/kpis/${ref}`;

async function newKpi(page: Parameters<typeof signIn>[0], given: Record<string, unknown> = {}): Promise<string> {
  const ref = unique('KPI');
  await ask(page, 'POST', '/kpis', {
    ref, title: `Measure ${ref}`, category: 'how_well', unit: 'percent', polarity: 'higher', period_type: 'month',
    definition: { descriptor: 'What we count', numerator: 'Seen in time', denominator: 'All who should be', caveats: ['One area is missing'] },
    targets: [
      { kind: 'by_date', stage: 'interim', value: 70, due: '2024-06' },
      { kind: 'by_date', stage: 'final', value: 90, due: '2024-12' },
    ],
    ...given,
  }); // prettier-ignore
  return ref;
}

test.describe('one KPI', () => {
  test('its value is entered and corrected, and the revision shows both', async ({ page }) => {
    test.slow();
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    await page.goto(pathOf(ref));
    await expect(page.getByText('No value has been entered here yet')).toBeVisible();
    await expectAccessible(page);

    await page.getByRole('link', { name: 'Enter a value' }).click();
    await page.getByRole('button', { name: 'Save value' }).click();
    const summary = page.getByRole('alert').filter({ hasText: 'There is a problem' });
    await expect(summary).toContainText('Enter the value, or choose why there is none');
    await expect(summary).toContainText('Enter the period');
    await expectAccessible(page);

    await page.getByRole('textbox', { name: 'Period' }).fill('Aug-24');
    await page.getByLabel('Value', { exact: true }).fill('a lot');
    await page.getByRole('button', { name: 'Save value' }).click();
    await summary.getByRole('link').click();
    await expect(page.getByLabel('Value', { exact: true })).toBeFocused();

    await page.getByLabel('Value', { exact: true }).fill('');
    await page.getByLabel('Numerator').fill('103');
    await page.getByLabel('Denominator').fill('125');
    await page.getByLabel('Note').fill('Two teams were late');
    await page.getByRole('button', { name: 'Save value' }).click();
    await expect(page.getByText('The value of August 2024 has been saved')).toBeVisible();
    const row = page.getByRole('row').filter({ hasText: 'August 2024' });
    await expect(row).toContainText('82.4%');
    await expect(row).toContainText('103 of 125');
    await expect(row).toContainText('Two teams were late');
    await expect(row).toContainText('Performance officer');

    await row.getByRole('link', { name: 'Correct the value of August 2024' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Correct the value of August 2024');
    await page.getByLabel('Numerator').fill('105');
    await page.getByLabel('Value', { exact: true }).fill('84');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter why the value changes');
    await page.getByLabel('Why does the value change?').fill('Two late returns');
    await page.getByRole('button', { name: 'Save' }).click();

    await expect(row).toContainText('84.0%');
    await row.getByText('Revised once').click();
    const revisions = row.getByRole('listitem');
    await expect(revisions).toHaveCount(2);
    await expect(revisions.first()).toContainText('Two late returns');
    await expect(revisions.last()).toContainText('82.4%');
    await expectAccessible(page);
    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });

  test('has its chart, gaps, targets and definition in words', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    await ask(page, 'POST', '/measurements', {
      rows: [
        { kpi: ref, period: '2024-05', value: 61 },
        { kpi: ref, period: '2024-06', state: 'suppressed' },
        { kpi: ref, period: '2024-08', value: 70 },
      ],
    });
    await signIn(page, 'board_member');
    await page.goto(pathOf(ref.toLowerCase()));
    await expect(page).toHaveURL(pathOf(ref));
    const slider = page.getByRole('slider', { name: new RegExp(`Measure ${ref}`) });
    await expect(slider).toHaveAttribute('aria-valuetext', 'August 2024: 70.0%, target 90% or more by December 2024 (final)');
    await slider.press('ArrowLeft');
    await expect(slider).toHaveAttribute('aria-valuetext', /^July 2024: Nothing sent/);
    await slider.press('ArrowLeft');
    await expect(slider).toHaveAttribute('aria-valuetext', /^June 2024: Withheld, target 70% or more by June 2024 \(interim\)/);
    await expect(page.getByText('One area is missing')).toBeVisible();
    await expectAccessible(page);
  });

  test('shows no form to somebody who only reads', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    await ask(page, 'POST', '/measurements', { rows: [{ kpi: ref, period: '2024-05', value: 61 }] });
    await signIn(page, 'internal_auditor');
    await page.goto(pathOf(ref));
    await expect(page.getByRole('row').filter({ hasText: 'May 2024' })).toContainText('61.0%');
    for (const name of [/^Enter/, /^Correct/, /^Edit/]) await expect(page.getByRole('link', { name })).toHaveCount(0);
    await expect(page.getByText('Write commentary')).toHaveCount(0);
    await page.goto(`${pathOf(ref)}/value?period=2024-05`);
    await expect(page.getByText('You cannot enter values of this KPI')).toBeVisible();
    await expect(page.getByRole('button', { name: /Save/ })).toHaveCount(0);
    await expectAccessible(page);
  });

  test('two corrections of one value meet, and nothing is overwritten', async ({ page, browser }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    await ask(page, 'POST', '/measurements', { rows: [{ kpi: ref, period: '2024-05', value: 61 }] });
    await page.goto(`${pathOf(ref)}/value?period=2024-05`);
    await page.getByLabel('Value', { exact: true }).fill('64');
    await page.getByLabel('Why does the value change?').fill('Counted again');

    const other = await browser.newContext({ baseURL: process.env.BASE_URL });
    const theirs = await other.newPage();
    await signIn(theirs, 'programme_manager');
    await theirs.goto(`${pathOf(ref)}/value?period=2024-05`);
    await theirs.getByLabel('Value', { exact: true }).fill('63');
    await theirs.getByLabel('Why does the value change?').fill('A late return');
    await theirs.getByRole('button', { name: 'Save' }).click();
    await expect(theirs.getByText('The value of May 2024 has been saved')).toBeVisible();
    await other.close();

    await page.getByRole('button', { name: 'Save' }).click();
    const value = page.getByRole('group', { name: 'Value' });
    await expect(value).toContainText('61');
    await expect(value).toContainText('63');
    await expect(value).toContainText('64');
    await expectAccessible(page);
    await value.getByLabel('Yours').check();
    await page.getByRole('button', { name: 'Save what I chose' }).click();
    const row = page.getByRole('row').filter({ hasText: 'May 2024' });
    await expect(row).toContainText('64.0%');
    await expect(row).toContainText('Revised 2 times');
  });

  test('a new value meets one that came meanwhile', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    await page.goto(`${pathOf(ref)}/value`);
    await page.getByRole('textbox', { name: 'Period' }).fill('May 2024');
    await page.getByLabel('Value', { exact: true }).fill('64');
    await ask(page, 'POST', '/measurements', { rows: [{ kpi: ref, period: '2024-05', value: 61 }] });
    await page.getByRole('button', { name: 'Save value' }).click();
    await expect(page.getByText('There is a value of this period already')).toBeVisible();
    await page.getByRole('group', { name: 'Value' }).getByLabel('What is there now').check();
    await page.getByRole('button', { name: 'Save what I chose' }).click();
    await expect(page.getByRole('row').filter({ hasText: 'May 2024' })).toContainText('61.0%');
  });

  test('is explained for a period', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    await ask(page, 'POST', '/measurements', { rows: [{ kpi: ref, period: '2024-05', value: 61 }] });
    await page.goto(pathOf(ref));
    await page.getByText('Write commentary').click();
    await page.getByRole('button', { name: 'Post commentary' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter what explains the figure');
    await page.getByRole('textbox', { name: 'Commentary' }).fill('A team had no manager for three weeks.');
    await page.getByRole('button', { name: 'Post commentary' }).click();
    await expect(page.getByText('Your commentary has been posted')).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: 'A team had no manager' })).toContainText('by Performance officer');
  });
});

test.describe('the definition of a KPI', () => {
  test('is added, then changed from a day on, with its targets', async ({ page }) => {
    test.slow();
    await signIn(page, 'performance_officer');
    const ref = unique('NEW');
    await page.goto(`/plans/${PLAN}/scorecard`);
    await page.getByRole('link', { name: 'Add a KPI' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter a reference');
    await expectAccessible(page);

    await page.getByLabel('Reference').fill(ref);
    await page.getByLabel('Title', { exact: true }).fill('Visits made on time');
    await page.getByLabel('How well did we do it?').check();
    await page.getByLabel('Unit').selectOption({ label: 'Percentage' });
    await page.getByLabel('Higher is better').check();
    await page.getByLabel('How often it is reported').selectOption({ label: 'Every month' });
    await page.getByLabel('What it counts').fill('Visits within ten days');
    await page.getByRole('button', { name: 'Add a target' }).click();
    await page.getByLabel('Value', { exact: true }).fill('95');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText(`${ref} has been added`)).toBeVisible();
    await expect(page.getByRole('heading', { level: 1, name: 'Visits made on time' })).toBeVisible();
    await expect(page.getByText('95% or more').first()).toBeVisible();

    await page.getByRole('link', { name: 'Edit this KPI' }).click();
    await page.getByLabel('What it counts').fill('Visits within five days');
    await page.getByLabel('It counts something else from a day on').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter the day from which it counts so');
    await page.getByLabel('From', { exact: true }).fill('1 April 2024');
    await page.getByRole('button', { name: 'Add another target' }).click();
    const second = page.getByRole('group', { name: 'Target 2' });
    await second.getByLabel('When').selectOption({ label: 'By a date' });
    await second.getByLabel('What it is').selectOption({ label: 'Words only' });
    await second.getByLabel('By', { exact: true }).fill('March 2031');
    await second.getByLabel('Target in words').fill('Better than the region');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();

    await expect(page.getByText(`${ref} has been saved`)).toBeVisible();
    await expect(page.getByText('Visits within five days').first()).toBeVisible();
    await page.getByText('How it was defined before').click();
    await expect(page.getByText('Visits within ten days')).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: 'Better than the region' })).toContainText('By March 2031');
    await expectAccessible(page);
    await page.setViewportSize({ width: 375, height: 800 });
    await page.goto(`${pathOf(ref)}/edit`);
    await expect(page.getByRole('heading', { level: 1, name: `Edit ${ref}` })).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });

  test('edited by two, is settled field by field', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    await page.goto(`${pathOf(ref)}/edit`);
    await page.getByLabel('Title', { exact: true }).fill('My title');
    const { version } = await ask<{ version: number }>(page, 'GET', `/kpis/${ref}`);
    await ask(page, 'PATCH', `/kpis/${ref}`, { title: 'Their title' }, { 'If-Match': `"${version}.x"` });
    await page.getByRole('button', { name: 'Save' }).click();
    const title = page.getByRole('group', { name: 'Title' });
    await expect(title).toContainText('Their title');
    await title.getByLabel('Yours').check();
    await page.getByRole('button', { name: 'Save what I chose' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'My title' })).toBeVisible();
  });

  test('cannot be edited by a lead', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    await signIn(page, 'action_lead');
    await page.goto(`${pathOf(ref)}/edit`);
    await expect(page.getByText('You cannot edit this KPI')).toBeVisible();
    await page.goto(`/plans/${PLAN}/kpis/new`);
    await expect(page.getByText('You cannot add KPIs to this plan')).toBeVisible();
  });
});

test.describe('deliveries of values', () => {
  test('have counts that sum, errors, and each change old to new', async ({ page }) => {
    test.slow();
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    await ask(page, 'POST', '/measurements', { rows: [{ kpi: ref, period: '2024-05', value: 61 }] });
    const { submission } = await ask<{ submission: string }>(page, 'POST', '/measurements', {
      mode: 'partial',
      source: `Test of ${ref}`,
      rows: [
        { kpi: ref, period: '2024-05', value: 64 },
        { kpi: ref, period: '2024-06', value: 66 },
        { kpi: `${ref}-NO`, period: '2024-06', value: 66 },
        { kpi: ref, period: '2024-07', value: 'plenty' },
      ],
    });
    await page.goto(`/plans/${PLAN}/submissions`);
    await expect(page.getByRole('row').filter({ hasText: `Test of ${ref}` })).toContainText('Stored');
    await expectAccessible(page);

    await page.getByRole('row').filter({ hasText: `Test of ${ref}` }).getByRole('link').click();
    await expect(page).toHaveURL(`/plans/${PLAN}/submissions/${submission}`);
    const counts = page.getByRole('table', { name: 'Values received, by what became of them' });
    await expect(counts.getByRole('row', { name: 'Created 1' })).toBeVisible();
    await expect(counts.getByRole('row', { name: 'Updated 1' })).toBeVisible();
    await expect(counts.getByRole('row', { name: 'Rejected 2' })).toBeVisible();
    await expect(counts.getByRole('row', { name: 'Received in all 4' })).toBeVisible();
    const change = page.getByRole('table', { name: 'Changes' }).getByRole('row').filter({ hasText: 'May 2024' });
    await expect(change).toContainText(/61.*64/s);
    await page.getByText('The rows as they were sent').click();
    await expect(page.getByText('plenty').last()).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});
