import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, PLAN, unique } from './service';

const pathOf = (kpi: string): string => `/plans/${PLAN}/kpis/${kpi}`;
const section = (page: Page) => page.getByRole('region', { name: 'How we compare' });

/** A KPI of agency workers that nothing stands beside yet. */
async function newKpi(page: Page): Promise<string> {
  await signIn(page, 'performance_officer');
  const ref = unique('BM');
  await ask(page, 'POST', '/kpis', {
    ref, title: `Agency workers ${ref}`, category: 'how_well', unit: 'percent', polarity: 'lower', period_type: 'month',
  }); // prettier-ignore
  return ref;
}

test('published figures stand beside a KPI, like with like, for whoever reads it', async ({ page }) => {
  test.slow();
  await signIn(page, 'board_member');
  await page.goto(pathOf('K18'));
  await expect(section(page)).toContainText('Like with like');
  const latest = section(page).getByRole('table', { name: /^Reporting year/ });
  await expect(latest.getByRole('row').filter({ hasText: 'Northmoor' })).toContainText('%');
  await expect(latest.getByRole('row').filter({ hasText: 'England' })).toContainText('%');
  await expect(latest.getByRole('row').filter({ hasText: 'Norland' })).toContainText('%');
  await expect(latest.getByRole('row').filter({ hasText: 'Statistical neighbours' })).toContainText('(9 of 10)');
  await expect(section(page)).toContainText(/\d+ of 22, where 1 is best/);
  await expect(section(page)).toContainText(/quarter \([A-D]\)/);
  await expect(section(page)).toContainText('percentage points');
  await expect(section(page)).toContainText('Made-up sample');
  await section(page).getByText('Every year').click();
  await expect(section(page).getByRole('table', { name: 'Published figures by year' }).getByRole('row')).toHaveCount(5);
  await expect(section(page).getByText('Set published figures beside this KPI')).toHaveCount(0);
  await expectAccessible(page);
  await page.setViewportSize({ width: 320, height: 800 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

test('figures of another period are context, with the reason', async ({ page }) => {
  await signIn(page, 'inspector');
  await page.goto(pathOf('K10'));
  await expect(section(page)).toContainText('Context only');
  await expect(section(page)).toContainText('the referrals of a month');
  await expectAccessible(page);
});

test('whoever keeps KPIs sets figures beside one, and takes them away', async ({ page }) => {
  test.slow();
  const kpi = await newKpi(page);
  await page.goto(pathOf(kpi));
  await expect(section(page)).toContainText('No published figures stand beside this KPI.');
  await section(page).getByText('Set published figures beside this KPI').click();
  await section(page).getByRole('button', { name: 'Set them beside the KPI' }).click();
  const summary = page.getByRole('alert').filter({ hasText: 'There is a problem' });
  await expect(summary.getByRole('link')).toHaveText([
    'Choose where the figures are published', 'Say whether the periods are alike', 'Say whether the definitions are alike',
  ]); // prettier-ignore
  await section(page).getByLabel('Published in').selectOption({ label: 'Made-up sample: figures of invented authorities' });
  await section(page).getByLabel('Figures', { exact: true }).selectOption({ label: 'Posts filled by agency workers, 30 September' });
  await page.getByRole('group', { name: /^Does a value of this KPI cover/ }).getByLabel('No').check();
  await page.getByRole('group', { name: /^Do both count the same/ }).getByLabel('Yes').check();
  await section(page).getByRole('button', { name: 'Set them beside the KPI' }).click();
  await expect(summary.getByRole('link')).toHaveText('Enter how they differ');
  await expectAccessible(page);
  await section(page).getByLabel('How they differ').fill('One counts a month, the other a day.');
  await section(page).getByRole('button', { name: 'Set them beside the KPI' }).click();
  await expect(page.getByText('The published figures now stand beside this KPI.')).toBeVisible();
  await expect(section(page)).toContainText('Context only');
  await expect(section(page)).toContainText('One counts a month, the other a day.');
  await expectAccessible(page);

  await section(page).getByText('Take these figures away').click();
  await section(page).getByRole('button', { name: 'Take them away' }).click();
  await expect(page.getByText('The published figures no longer stand beside this KPI.')).toBeVisible();
  await expect(section(page)).toContainText('No published figures stand beside this KPI.');
});

test('a KPI without figures beside it says nothing to those who only read', async ({ page }) => {
  const kpi = await newKpi(page);
  await signIn(page, 'action_lead');
  await page.goto(pathOf(kpi));
  await expect(page.getByRole('heading', { name: 'What it measures' })).toBeVisible();
  await expect(section(page)).toHaveCount(0);
});
