import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, PLAN, unique } from './service';

const AUDITS = `/plans/${PLAN}/audits`;

/** A template of our own with a domain scored from 1 to 10 and one graded, and four audits of a month on it. */
async function ownAudits(page: Page): Promise<{ ref: string; title: string }> {
  await signIn(page, 'performance_officer');
  const ref = unique('DK');
  const title = `Dip sample ${ref}`;
  await ask(page, 'POST', '/audit-templates', {
    ref, title, moderation_expected: false,
    domains: [{ ref: 'voice', title: 'Voice of the child', scale: 'score' }, { ref: 'overall', title: 'Overall', scale: 'grade' }],
    scale: { lowest: 1, highest: 10, bands: [{ title: 'Weak', lowest: 1 }, { title: 'Strong', lowest: 7 }] },
  }); // prettier-ignore
  for (const [voice, overall] of [[8, 'good'], [7, 'outstanding'], [5, 'requires_improvement'], [6, 'good']] as const) {
    await ask(page, 'POST', '/audits', { template: ref, month: '2026-01', scores: { voice, overall } });
  }
  return { ref, title };
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

const summary = (page: Page) => page.getByRole('alert').filter({ hasText: 'There is a problem' });

test('a KPI is made of a template’s marks by the keyboard, and says what it is derived from', async ({ page }) => {
  test.slow();
  const { ref, title } = await ownAudits(page);
  const kpi = unique('DKPI');
  await page.goto(`${AUDITS}?template=${ref}`);
  await page.getByRole('link', { name: 'Derive a KPI from these audits' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Derive a KPI' })).toBeFocused();
  await expect(page.getByRole('radio', { name: 'Share of grades' })).toBeChecked();
  await expect(page.getByLabel('Title')).toHaveValue('Share marked good or better in Overall');

  // The arrow keys choose another statistic; what it can be of, and the title, follow.
  await page.getByRole('radio', { name: 'Share of grades' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Average score' })).toBeChecked();
  await expect(page.getByLabel('Which domain').getByRole('option')).toHaveText(['All scored domains together', 'Voice of the child']);
  await expect(page.getByLabel('Title')).toHaveValue('Average of all scores');
  await page.keyboard.press('ArrowUp');

  await page.getByRole('checkbox', { name: 'Outstanding' }).uncheck();
  await page.getByRole('checkbox', { name: 'Good' }).uncheck();
  await page.getByRole('button', { name: 'Derive the KPI' }).focus();
  await page.keyboard.press('Enter');
  await expect(summary(page).getByRole('link')).toHaveText(['Choose at least one grade', 'Enter a reference']);
  await page.getByRole('checkbox', { name: 'Outstanding' }).check();
  await page.getByRole('checkbox', { name: 'Good' }).check();
  await page.getByLabel('Reference').fill('K01');
  await page.getByRole('button', { name: 'Derive the KPI' }).click();
  await expect(summary(page).getByRole('link')).toHaveText('This reference is already used. Enter another one');
  await page.getByLabel('Reference').fill(kpi);
  await expect(page.getByText(`Derived from case-file audits on the template ${title}.`)).toBeVisible();
  await expectGoodAtEveryWidth(page);
  await page.getByRole('button', { name: 'Derive the KPI' }).click();

  await expect(page.getByText(`${kpi} is derived from the audits now, and follows them.`)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Share marked good or better in Overall' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Values' })).toContainText('75.0%');
  await expect(page.getByText('Derived', { exact: true })).toBeVisible();
  const definition = page.getByRole('region', { name: 'What it measures' });
  await expect(definition).toContainText('Share marked good or better in Overall, after moderation where there was some.');
  await expect(definition).toContainText('Audits marked good or better in Overall');
  await expectGoodAtEveryWidth(page);

  await definition.getByRole('link', { name: title }).click();
  const derived = page.getByRole('region', { name: 'KPIs derived from it' });
  await expect(derived.getByRole('row').filter({ hasText: kpi })).toContainText('Provisional figures');
  await expectGoodAtEveryWidth(page);
  await derived.getByRole('button', { name: `Stop deriving ${kpi}` }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: `Stop deriving ${kpi}?` })).toBeFocused();
  await expectGoodAtEveryWidth(page);
  await page.getByRole('button', { name: 'Stop deriving it' }).click();
  await expect(page.getByText(`${kpi} is no longer derived. The values it has stay.`)).toBeVisible();
  await expect(derived).toContainText('None yet');
});

test('a KPI that is there takes an average; one that does not fit is not offered', async ({ page }) => {
  test.slow();
  const { ref } = await ownAudits(page);
  const kpi = unique('DKPI');
  const measure = { category: 'how_well', polarity: 'higher', period_type: 'financial_quarter' };
  await ask(page, 'POST', '/kpis', { ref: kpi, title: `Average of voice ${kpi}`, unit: 'score', ...measure });
  await ask(page, 'POST', '/kpis', { ref: `${kpi}-B`, title: `Not a score ${kpi}`, unit: 'percent', ...measure });
  await page.goto(`${AUDITS}/templates/${ref}/kpi`);
  await page.getByRole('radio', { name: 'Average score' }).check();
  await page.getByLabel('Which domain').selectOption({ label: 'Voice of the child' });
  await page.getByRole('radio', { name: 'A KPI that is there already' }).check();
  await page.getByRole('button', { name: 'Derive the KPI' }).click();
  await expect(summary(page).getByRole('link')).toHaveText('Choose the KPI that takes the values');
  await expect(page.getByRole('option', { name: new RegExp(`${kpi}-B`) })).toHaveCount(0);
  await page.getByLabel('KPI', { exact: true }).selectOption(kpi);
  await expectGoodAtEveryWidth(page);
  await page.getByRole('button', { name: 'Derive the KPI' }).click();
  await expect(page.getByText(`${kpi} is derived from the audits now, and follows them.`)).toBeVisible();
  await expect(page.getByRole('table', { name: 'Values' })).toContainText('6.5');

  // A KPI is derived from one thing at most.
  await page.goto(`${AUDITS}/templates/${ref}/kpi`);
  await page.getByRole('radio', { name: 'Average score' }).check();
  await page.getByRole('radio', { name: 'A KPI that is there already' }).check();
  await page.getByLabel('KPI', { exact: true }).selectOption(kpi);
  await page.getByRole('button', { name: 'Derive the KPI' }).click();
  await expect(summary(page)).toContainText(`${kpi} is derived from audits already`);
});

test('whoever only reads audits sees what is derived, and no way to derive', async ({ page }) => {
  test.slow();
  const { ref } = await ownAudits(page);
  for (const role of ['senior_leader', 'internal_auditor']) {
    await signIn(page, role);
    await page.goto(`${AUDITS}/templates/${ref}`);
    await expect(page.getByRole('region', { name: 'KPIs derived from it' })).toContainText('None yet');
    await expect(page.getByRole('link', { name: 'Derive a KPI' })).toHaveCount(0);
  }
  await page.goto(`${AUDITS}/templates/${ref}/kpi`);
  await expect(page.getByText('Deriving KPIs is not yours to do')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Derive the KPI' })).toHaveCount(0);
  await expectAccessible(page);
});
