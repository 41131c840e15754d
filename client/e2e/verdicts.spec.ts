import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, PLAN, unique } from './service';

const pathOf = (ref: string): string => `/plans/${PLAN}/kpis/${ref}`;
const alert = (page: Page) => page.getByRole('alert').filter({ hasText: 'There is a problem' });

/** Keys of so many months, the last of them September 2026. */
function months(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const month = 2026 * 12 + 8 - (count - 1 - index);
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}

/** Thirteen months about 60, then seven about 65: a shift, and nothing else. */
const SHIFT = [58, 62, 58, 62, 58, 62, 58, 62, 58, 62, 58, 62, 58, 64, 67, 64, 67, 64, 67, 66];

async function newKpi(page: Page, values: readonly number[], given: Record<string, unknown> = {}): Promise<string> {
  const ref = unique('V');
  await ask(page, 'POST', '/kpis', {
    ref, title: `Measure ${ref}`, category: 'how_well', unit: 'percent', polarity: 'higher', nature: 'in_period', period_type: 'month',
    definition: { descriptor: 'What we count' }, targets: [{ kind: 'standing', value: 90 }], ...given,
  }); // prettier-ignore
  await send(page, ref, values);
  return ref;
}

async function send(page: Page, kpi: string, values: readonly number[], more: Record<string, unknown> = {}): Promise<void> {
  const periods = months(values.length);
  await ask(page, 'POST', '/measurements', { rows: values.map((value, index) => ({ kpi, period: periods[index], value, ...more })) });
}

test.describe('the verdict on a KPI', () => {
  test('stands above a control chart that says which values made it', async ({ page }) => {
    test.slow();
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page, SHIFT);
    await signIn(page, 'board_member');
    await page.goto(pathOf(ref));
    const verdict = page.getByRole('region', { name: 'Verdict' });
    await expect(verdict).toContainText('Getting better: seven months running above the average since March');
    await expect(verdict.getByText('Getting better', { exact: true })).toBeVisible();
    await expect(verdict).toContainText('Target: consistently fails');
    await expect(verdict).toContainText('Shift: seven or more in a row above the average');
    await expect(verdict).toContainText('March 2026 to September 2026 (7 values)');
    await expect(verdict).toContainText(/natural process limits \d/);

    const slider = page.getByRole('slider', { name: new RegExp(`Measure ${ref}`) });
    await expect(slider).toHaveAttribute('aria-valuetext', /^September 2026: 66\.0%, .*Shift, above the average$/);
    await slider.press('Home');
    await expect(slider).toHaveAttribute('aria-valuetext', /^February 2025: 58\.0%, target 90% or more/);
    const described = page.locator(`[id="${await slider.getAttribute('aria-describedby')}"]`);
    await expect(described).toContainText(/Getting better: seven months .* 7 values are marked as a signal\./);
    for (const words of ['Average', 'Natural process limits', 'Signal: getting better', 'Ringed: what the verdict rests on']) {
      await expect(page.getByText(words, { exact: true })).toBeVisible();
    }
    await expect(page.getByRole('row').filter({ hasText: 'September 2026' })).toContainText('Shift, above the average');
    // Whoever only reads proposes nothing.
    await expect(page.getByText('Propose a rebase')).toHaveCount(0);
    await expectAccessible(page);
    await page.setViewportSize({ width: 320, height: 700 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });

  test('is a run chart while it is too early, and says how many values there are', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page, [60, 62, 61, 64, 63]);
    await page.goto(pathOf(ref));
    const verdict = page.getByRole('region', { name: 'Verdict' });
    await expect(verdict.getByText('Too early to say, 5 of 13')).toBeVisible();
    await expect(verdict).toContainText('September 2026 was 1 point lower than the value before');
    await expect(page.getByText('Median', { exact: true }).last()).toBeVisible();
    await expect(page.getByText('Natural process limits', { exact: true })).toHaveCount(0);
    await expectAccessible(page);
  });

  test('says why there is none where values add up', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page, [10, 20, 30, 40], { nature: 'cumulative' });
    await page.goto(pathOf(ref));
    await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('Variation is not judged: each value adds to the one before');
    await expect(page.getByRole('slider')).toBeVisible();
    await expect(page.getByText('Propose a rebase')).toHaveCount(0);
    await expectAccessible(page);
  });

  test('is one for each part of the service and each basis', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page, SHIFT, { segments: [{ ref: 'north', title: 'North locality' }] });
    await send(page, ref, [50, 52], { segment: 'north' });
    await send(page, ref, [60, 61, 62], { basis: 'validated_return' });
    await page.goto(pathOf(ref));
    const verdict = page.getByRole('region', { name: 'Verdict' });
    await expect(verdict).toContainText('Getting better');
    await page.getByLabel('Which figures').first().selectOption({ label: 'Validated return' });
    await expect(verdict).toContainText('Too early to say, 3 of 13');
    await page.getByLabel('Part of the service').selectOption({ label: 'North locality' });
    await expect(page).toHaveURL(/segment=north/);
    await expect(verdict).toContainText('Too early to say, 2 of 13');
  });

  test('begins anew where the definition changed, with what was said before', async ({ page }) => {
    test.slow();
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page, SHIFT);
    const { version } = await ask<{ version: number }>(page, 'GET', `/kpis/${ref}`);
    const definition = { effective_from: '2026-01-01', descriptor: 'Something else' };
    await ask(page, 'PATCH', `/kpis/${ref}`, { definition }, { 'If-Match': `"${version}.x"` });
    await page.goto(pathOf(ref));
    await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('Too early to say, 9 of 13');
    await expect(page.getByText('Definition changed', { exact: true })).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: 'January 2026' })).toContainText('Definition changed from here');
    await page.getByText('What was said before: 1 earlier verdict').click();
    const before = page.getByRole('listitem').filter({ hasText: 'A change of the definition' });
    await expect(before).toContainText('by Performance officer');
    await expect(before).toContainText('Getting better: seven months running');
    await expectAccessible(page);
  });

  test('has the published figures it is like beside it', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page, SHIFT, { nature: 'rolling', rolling_periods: 12 }); // its values span a year, as the figures do
    const dataset = unique('set').toLowerCase();
    const headers = { Origin: new URL(process.env.BASE_URL ?? '').origin, 'X-Turnstone-Client': 'browser' };
    const indicators = [{ name: 'rate', title: 'Rate', decimals: 1 }];
    const made = await page.request.post('/v1/benchmarks', { headers, data: { ref: dataset, title: 'Rates', source: 'A department', indicators } });
    expect(made.ok(), await made.text()).toBe(true);
    const places = 'country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name';
    const file = `time_period,time_identifier,geographic_level,${places},rate\n202425,Financial year,National,E92000001,England,,,,,,63.4\n`;
    const url = `/v1/benchmarks/${dataset}/releases?released_on=2025-10-30&dry_run=false`;
    const sent = await page.request.post(url, { headers: { ...headers, 'Content-Type': 'text/csv' }, data: file });
    expect(sent.ok(), await sent.text()).toBe(true);
    await ask(page, 'POST', `/kpis/${ref}/benchmark-pairings`, { dataset, indicator: 'rate', period_alike: true, definition_alike: true });
    await page.goto(pathOf(ref));
    await expect(page.getByText('England, 2024/25: 63.4%', { exact: true })).toBeVisible();
    await expectAccessible(page);
  });
});

test.describe('a rebase', () => {
  test('is proposed by one person and agreed by another, and the verdict of before stays', async ({ page, browser }) => {
    test.slow();
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page, SHIFT);
    await page.goto(pathOf(ref));
    await page.getByText('Propose a rebase').click();
    await page.getByRole('button', { name: 'Propose this rebase' }).click();
    await expect(alert(page)).toContainText('Choose the period the line begins anew from');
    await expect(alert(page)).toContainText('Enter what changed');
    await expectAccessible(page);
    await page.getByLabel('From', { exact: true }).selectOption({ label: 'March 2026' });
    await page.getByRole('textbox', { name: 'What changed' }).fill('Two teams became one in March.');
    await page.getByRole('button', { name: 'Propose this rebase' }).click();
    await expect(page.getByText('Your proposal has been saved')).toBeVisible();
    const rebase = page.getByRole('article', { name: 'Rebase from March 2026' });
    await expect(rebase).toContainText('Waits for a second person');
    await expect(rebase).toContainText('Two teams became one in March.');
    // Its proposer may take it back, and not agree to it.
    await expect(rebase.getByRole('button', { name: 'Take it back' })).toBeVisible();
    await expect(rebase.getByRole('button', { name: 'Agree' })).toHaveCount(0);
    await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('A rebase from March 2026 waits for a second person');

    await page.getByText('Propose a rebase').click();
    await page.getByLabel('From', { exact: true }).selectOption({ label: 'March 2026' });
    await page.getByRole('textbox', { name: 'What changed' }).fill('The same again.');
    await page.getByRole('button', { name: 'Propose this rebase' }).click();
    await expect(alert(page)).toContainText('A rebase from 2026-03 is proposed or agreed already');

    const other = await browser.newContext({ baseURL: process.env.BASE_URL });
    const second = await other.newPage();
    await signIn(second, 'programme_manager');
    await second.goto(pathOf(ref));
    await second.getByRole('button', { name: 'Reject' }).click();
    await expect(alert(second)).toContainText('Enter why the line does not begin anew');
    await expectAccessible(second);
    await second.setViewportSize({ width: 320, height: 700 });
    await expectNoSidewaysScroll(second);
    await second.getByRole('button', { name: 'Agree' }).click();
    await expect(second.getByText('The line begins anew from March 2026')).toBeVisible();
    await expect(second.getByRole('region', { name: 'Verdict' })).toContainText('Too early to say, 7 of 13');
    await expect(second.getByRole('article', { name: 'Rebase from March 2026' })).toContainText('Agreed by Programme manager');
    await expect(second.getByText('Rebased', { exact: true })).toBeVisible();
    await second.getByText('What was said before: 1 earlier verdict').click();
    await expect(second.getByRole('listitem').filter({ hasText: 'A change of where the line begins' })).toContainText('Getting better');
    await expectAccessible(second);
    await other.close();

    // The page of before is out of date: what was decided meanwhile is said, and nothing is overwritten.
    await rebase.getByLabel('Why you take it back').fill('A mistake.');
    await rebase.getByRole('button', { name: 'Take it back' }).click();
    await expect(alert(page).filter({ hasText: 'Somebody else decided on this rebase meanwhile' })).toBeVisible();
    await expect(rebase).toContainText('Agreed by Programme manager');
  });

  test('is refused in words to whoever proposed it', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page, SHIFT);
    await ask(page, 'POST', `/kpis/${ref}/rebases`, { from_period: '2026-03', reason: 'Two teams became one.' });
    await signIn(page, 'programme_manager');
    await page.goto(pathOf(ref));
    const agree = page.getByRole('button', { name: 'Agree' });
    await expect(agree).toBeVisible();
    // Signed in as somebody else in another tab meanwhile.
    await signIn(page, 'performance_officer');
    await agree.click();
    await expect(alert(page)).toContainText('You proposed it; a second person agrees to a rebase');
    await expect(page.getByRole('article', { name: 'Rebase from March 2026' })).toContainText('Waits for a second person');
  });
});

test.describe('verdicts in lists', () => {
  test('narrow the scorecard by the address, with chips', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page, SHIFT);
    await page.goto(`/plans/${PLAN}/scorecard?q=${ref}`);
    const row = page.getByRole('row').filter({ hasText: ref });
    await expect(row).toContainText('Getting better');
    await expect(row).toContainText('Consistently fails');
    await page.getByText('Filter KPIs').click();
    await page.getByRole('checkbox', { name: 'No significant change' }).check();
    await page.getByRole('button', { name: 'Apply filters' }).click();
    await expect(page).toHaveURL(/verdict=common_cause/);
    await expect(page.getByText('No KPI fits these filters')).toBeVisible();
    await page.getByRole('link', { name: 'Remove filter: Verdict: no significant change' }).click();
    await expect(row).toBeVisible();
    await page.goto(`/plans/${PLAN}/scorecard?verdict=improvement&late=true&q=${ref}`);
    await expect(page.getByRole('link', { name: 'Remove filter: Verdict: getting better' })).toBeVisible();
    await page.getByRole('link', { name: 'Remove filter: Next value is late' }).click();
    await expect(row).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 320, height: 700 });
    await expectNoSidewaysScroll(page);
    await expect(row).toContainText('Getting better');
  });

  test('stand on the dashboard, and about the plan is how they are made', async ({ page }) => {
    await signIn(page, 'board_member');
    await page.goto(`/plans/${PLAN}/dashboard`);
    const card = page.getByRole('region', { name: 'Scorecard' });
    await expect(card.getByRole('columnheader', { name: 'Verdict' }).first()).toBeVisible();
    await expect(card.getByText(/^(Getting better|No significant change)$/).first()).toBeVisible();
    await page.setViewportSize({ width: 320, height: 700 });
    await expectNoSidewaysScroll(page);
    await page.goto(`/plans/${PLAN}/about`);
    await expect(page.getByText('Control charts, Making Data Count')).toBeVisible();
    await expectAccessible(page);
  });
});
