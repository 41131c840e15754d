import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, PLAN, unique } from './service';

const scorecard = `/plans/${PLAN}/scorecard`;

/** A KPI of our own with two months of values, so that nothing here depends on the sample's. */
async function kpiWithValues(page: Parameters<typeof signIn>[0]): Promise<string> {
  const ref = unique('SC');
  await ask(page, 'POST', '/kpis', {
    ref, title: `Sample of ${ref}`, category: 'better_off', unit: 'percent', polarity: 'higher', period_type: 'month',
    targets: [{ kind: 'standing', value: 90 }],
  }); // prettier-ignore
  await ask(page, 'POST', '/measurements', {
    rows: [
      { kpi: ref, period: '2024-05', value: 80 },
      { kpi: ref, period: '2024-06', value: 84.5 },
      { kpi: ref, period: '2024-07', state: 'not_available' },
      { kpi: ref, period: '2024-08', value: 88.5 },
    ],
  });
  return ref;
}

test.describe('the scorecard', () => {
  test('has every KPI under its question, with a state in words', async ({ page }) => {
    await signIn(page, 'performance_officer');
    await page.goto(scorecard);
    await expect(page.getByRole('heading', { level: 1, name: 'Scorecard' })).toBeVisible();
    for (const name of ['How much did we do?', 'How well did we do it?', 'Is anyone better off?']) {
      await expect(page.getByRole('table', { name })).toBeVisible();
    }
    await expect(page.getByRole('img', { name: /from .* in / }).first()).toBeVisible();

    await page.getByRole('link', { name: '36 values' }).click();
    await expect(page).toHaveURL(`${scorecard}?points=36`);
    await expect(page.getByRole('columnheader', { name: 'Last 36' }).first()).toBeVisible();

    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
  });

  // One question's worth of rows: every row is alike, and axe looks at each.
  for (const view of ['latest', 'year']) {
    test(`can be used by everybody: view ${view}`, async ({ page }) => {
      test.slow();
      await signIn(page, 'performance_officer');
      await page.goto(`${scorecard}?view=${view}&category=how_much`);
      await expect(page.getByRole('table', { name: 'How much did we do?' })).toBeVisible();
      await expectAccessible(page);
      await page.setViewportSize({ width: 375, height: 800 });
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    });
  }

  test('is narrowed by filters that live in the address', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await kpiWithValues(page);
    await page.goto(scorecard);
    await page.getByLabel('Search KPIs').fill(ref);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByRole('status').filter({ hasText: /^1 KPI$/ })).toBeVisible();
    const row = page.getByRole('row').filter({ hasText: ref });
    await expect(row).toContainText('88.5%');
    await expect(row).toContainText('Aug 2024');
    await expect(row).toContainText('90% or more');
    await expect(row).toContainText('Target missed');

    await page.getByText('Filter KPIs').click();
    await page.getByRole('checkbox', { name: 'How much did we do?' }).check();
    await page.getByRole('button', { name: 'Apply filters' }).click();
    await expect(page.getByText('No KPI fits these filters')).toBeVisible();
    await expect(page).toHaveURL(/category=how_much/);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Remove filter: Question' }).click();
    await expect(row).toBeVisible();
  });

  test('has a view by financial year, with the outturn before it', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await kpiWithValues(page);
    await page.goto(`${scorecard}?view=year&fy=FY2024-25&q=${ref}`);
    const row = page.getByRole('row').filter({ hasText: ref });
    await expect(row.getByRole('cell').nth(2)).toHaveText('80.0');
    await expect(row).toContainText('Not available');
    await page.getByRole('link', { name: '2023/24' }).click();
    await expect(page).toHaveURL(/fy=FY2023-24/);
    await page.getByRole('link', { name: 'Latest values' }).click();
    await expect(page).not.toHaveURL(/view=year/);
  });

  for (const width of [1280, 1024, 768]) {
    test(`fits a window of ${width} pixels, and no column lies over the next`, async ({ page }) => {
      await signIn(page, 'board_member');
      await page.setViewportSize({ width, height: 900 });
      await page.goto(scorecard);
      await expect(page.getByRole('table').first()).toBeVisible();
      await expectNoSidewaysScroll(page);
      const overfull = await page.locator('td, th[scope="row"]').evaluateAll((cells) =>
        cells
          .filter((cell) => [...cell.querySelectorAll('*')].some((part) => part.getBoundingClientRect().right > cell.getBoundingClientRect().right + 1))
          .map((cell) => cell.textContent),
      );
      expect(overfull, 'cells whose content is wider than they are').toEqual([]);
      await page.getByRole('link', { name: 'Financial year' }).click();
      await expect(page.getByRole('columnheader', { name: 'Last outturn' }).first()).toBeAttached();
      await expectNoSidewaysScroll(page);
    });
  }

  test('shows a reader of a part of the plan what they were given', async ({ page }) => {
    await signIn(page, 'inspector');
    await page.goto(scorecard);
    await expect(page.getByRole('heading', { level: 1, name: 'Scorecard' })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Financial year' })).toHaveCount(0);
    await expectAccessible(page);
  });
});
