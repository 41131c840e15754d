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
  await section(page).getByRole('radio', { name: 'Posts filled by agency workers, 30 September' }).check();
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

/** A dataset of our own of two indicators, each of them for girls and for boys; its title. */
async function newDataset(page: Page): Promise<string> {
  const ref = unique('SET');
  const title = `Made-up figures ${ref}`;
  const header = 'time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name';
  const line = (sex: string, rate: number, days: number) => `2025,Reporting year,National,E92000001,England,,,,,,${sex},${rate},${days}\r\n`;
  const headers = { Origin: new URL(process.env.BASE_URL ?? '').origin, 'X-Turnstone-Client': 'browser' };
  const made = await page.request.post('/v1/benchmarks', {
    headers,
    data: {
      ref, title, source: 'Invented', filters: ['sex_of_child'],
      indicators: [{ name: 'seen_percent', title: 'Children seen alone', decimals: 1 }, { name: 'wait_days', title: 'Days waited', decimals: 0 }],
    },
  }); // prettier-ignore
  expect(made.status(), await made.text()).toBe(201);
  const sent = await page.request.post(`/v1/benchmarks/${ref}/releases?released_on=2025-10-30&dry_run=false`, {
    headers: { ...headers, 'Content-Type': 'text/csv' },
    data: `${header},sex_of_child,seen_percent,wait_days\r\n${line('Girls', 71.2, 9)}${line('Boys', 70.4, 11)}`,
  });
  expect(sent.status(), await sent.text()).toBe(201);
  return title;
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

test('figures are found by words of title and breakdown, and what stands beside a KPI is changed by the keyboard', async ({ page }) => {
  test.slow();
  const kpi = await newKpi(page);
  const title = await newDataset(page);
  await page.goto(pathOf(kpi));
  await page.locator('summary').filter({ hasText: 'Set published figures beside this KPI' }).focus();
  await page.keyboard.press('Enter');
  await section(page).getByLabel('Published in').selectOption({ label: title });
  await expect(section(page).getByText('4 series found')).toBeVisible();
  await section(page).getByLabel('Find figures by words of their title or breakdown').focus();
  await page.keyboard.type('seen boys');
  await expect(section(page).getByText('1 series found')).toBeVisible();
  // Looking for figures by the keyboard sends nothing.
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(section(page).getByRole('radio', { name: 'Children seen alone Sex of child: Boys' })).toBeChecked();
  await section(page).getByLabel('Find figures by words of their title or breakdown').fill('waited');
  await expect(section(page).getByText('Chosen: Children seen alone, Sex of child: Boys')).toBeVisible();
  await page.getByRole('group', { name: /^Does a value of this KPI cover/ }).getByLabel('Yes').check();
  await page.getByRole('group', { name: /^Do both count the same/ }).getByLabel('Yes').check();
  await expectGoodAtEveryWidth(page);
  await section(page).getByRole('button', { name: 'Set them beside the KPI' }).click();
  await expect(section(page).getByRole('heading', { name: 'Children seen alone: Boys' })).toBeVisible();
  await expect(section(page)).toContainText('Like with like');

  await page.locator('summary').filter({ hasText: 'Change what stands here' }).focus();
  await page.keyboard.press('Enter');
  await section(page).getByRole('radio', { name: 'Children seen alone Sex of child: Girls' }).check();
  await page.getByRole('group', { name: /^Does a value of this KPI cover/ }).getByLabel('No').check();
  await section(page).getByRole('button', { name: 'Save' }).click();
  const summary = page.getByRole('alert').filter({ hasText: 'There is a problem' });
  await expect(summary.getByRole('link')).toHaveText('Enter how they differ');
  await summary.getByRole('link').press('Enter');
  await expect(section(page).getByLabel('How they differ')).toBeFocused();
  await page.keyboard.type('One is a month, the other a year.');
  await expectGoodAtEveryWidth(page);

  // Somebody else changes it meanwhile: what both changed is chosen, field by field.
  const { items } = await ask<{ items: { pairing: number; version: number }[] }>(page, 'GET', `/kpis/${kpi}/benchmark-pairings`);
  const theirs = { definition_alike: false, reason: 'Counted otherwise.' };
  await ask(page, 'PATCH', `/kpis/${kpi}/benchmark-pairings/${items[0]?.pairing}`, theirs, { 'If-Match': `"${items[0]?.version}"` });
  await section(page).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: /changed this while you were writing/ })).toBeFocused();
  await expect(page.getByRole('group', { name: 'Figures' })).toContainText(/Boys.*Boys.*Girls/s);
  await page.getByRole('group', { name: 'How they differ' }).getByLabel('Yours').check();
  await expectGoodAtEveryWidth(page);
  await page.getByRole('button', { name: 'Save what I chose' }).click();
  await expect(page.getByText('What stands beside this KPI has been changed.')).toBeVisible();
  await expect(section(page).getByRole('heading', { name: 'Children seen alone: Girls' })).toBeVisible();
  await expect(section(page)).toContainText('Context only');
  await expect(section(page)).toContainText('One is a month, the other a year.');
});

test('a KPI without figures beside it says nothing to those who only read', async ({ page }) => {
  const kpi = await newKpi(page);
  await signIn(page, 'action_lead');
  await page.goto(pathOf(kpi));
  await expect(page.getByRole('heading', { name: 'What it measures' })).toBeVisible();
  await expect(section(page)).toHaveCount(0);
});
