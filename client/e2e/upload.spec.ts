import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, PLAN, unique } from './service';

const NEW = `/plans/${PLAN}/submissions/new`;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

interface Sheet {
  title: string;
  rows: unknown[][];
  formats?: Record<string, string>;
  merged?: string[];
}

interface File {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function workbook(name: string, ...sheets: Sheet[]): File {
  const python = process.env.PYTHON ?? here('../../.venv/bin/python');
  const buffer = execFileSync(python, [here('workbooks.py')], { input: JSON.stringify({ sheets }) });
  return { name, mimeType: XLSX, buffer };
}

const csv = (name: string, ...lines: string[]): File => ({ name, mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`) });

/** The spreadsheet that is kept by hand: a title, headings across, months as dates, percent cells, notes, a formula. */
function keptByHand(ref: string, other: string): File {
  const months = ['2024-04', '2024-05', '2024-06'].map((month) => ({ date: `${month}-01` }));
  return workbook('Scorecard 2024-25.xlsx', {
    title: 'Scorecard',
    rows: [
      ['Children’s services scorecard 2024/25'],
      [],
      ['Ref', 'Indicator', ...months, 'YTD', 'Target', 'Notes'],
      ['How well did we do it?'],
      [ref, 'Assessments in time', 0.814, 0.835, 'N/A', '=AVERAGE(C5:E5)', 0.9, 'June is not in yet'],
      [other, 'Visits in time', 0.7, null, 0.725, '=AVERAGE(C6:E6)', 0.9, ''],
    ],
    formats: Object.fromEntries([
      ...['C3', 'D3', 'E3'].map((place) => [place, 'mmm-yy']),
      ...['C5', 'D5', 'C6', 'E6', 'G5', 'G6'].map((place) => [place, '0.0%']),
    ]),
    merged: ['A1:H1', 'A4:H4'],
  });
}

async function newKpi(page: Page): Promise<string> {
  const ref = unique('UP');
  await ask(page, 'POST', '/kpis', {
    ref, title: `Measure ${ref}`, category: 'how_well', unit: 'percent', polarity: 'higher', period_type: 'month',
  }); // prettier-ignore
  return ref;
}

async function check(page: Page, file: File): Promise<void> {
  await page.goto(NEW);
  await page.getByLabel('File', { exact: true }).setInputFiles(file);
  await page.getByRole('button', { name: 'Check the file' }).click();
}

const counts = (page: Page) => page.getByRole('table', { name: /Values (in the file|received), by what/ });
const changes = (page: Page) => page.getByRole('table', { name: 'Changes' });

test.describe('a file of values', () => {
  test('the spreadsheet kept by hand goes in at the first try', async ({ page }) => {
    test.slow();
    await signIn(page, 'performance_officer');
    const [ref, other] = [await newKpi(page), await newKpi(page)];
    await ask(page, 'POST', '/measurements', { rows: [{ kpi: ref, period: '2024-04', value: 80 }] });

    await page.goto(`/plans/${PLAN}/scorecard`);
    await page.getByRole('link', { name: 'Upload values' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Upload values');
    await expect(page.getByText('up to 200 MB and 1,000,000 values')).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel('File', { exact: true }).setInputFiles(keptByHand(ref, other));
    await page.getByLabel('Source (optional)').fill('Kept by hand');
    await page.getByRole('button', { name: 'Check the file' }).click();

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check what will change');
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await expect(page.getByText('Nothing has been stored yet')).toBeVisible();
    await expect(counts(page).getByRole('row', { name: 'New 4' })).toBeVisible();
    await expect(counts(page).getByRole('row', { name: 'Changed 1' })).toBeVisible();
    await expect(counts(page).getByRole('row', { name: 'Values in the file 5' })).toBeVisible();
    await expect(page.getByText('Row 3 was read as the header: KPIs down, 3 periods across.')).toBeVisible();
    const april = changes(page).getByRole('row').filter({ hasText: ref }).filter({ hasText: 'April 2024' });
    await expect(april).toContainText(/80.0%.*81.4%/s);
    await expect(changes(page).getByRole('row').filter({ hasText: ref }).filter({ hasText: 'June 2024' })).toContainText('Not available');
    await expectAccessible(page);
    const { items } = await ask<{ items: unknown[] }>(page, 'GET', `/kpis/${ref}/measurements`);
    expect(items, 'a preview stores nothing').toHaveLength(1);

    // What to do stays in view above a long list, and never hides what the keyboard is on.
    await page.setViewportSize({ width: 1280, height: 720 });
    await expect(page.getByRole('button', { name: 'Store these values' })).toBeInViewport();
    const last = changes(page).getByRole('link').last();
    await last.focus();
    const [box, bar] = [await last.boundingBox(), await page.getByRole('button', { name: 'Store these values' }).boundingBox()];
    expect((box?.y ?? 0) + (box?.height ?? 0), 'the last change, above the button').toBeLessThanOrEqual(bar?.y ?? 0);
    await page.getByRole('button', { name: 'Store these values' }).click();
    await expect(page).toHaveURL(/\/submissions\/[0-9a-f-]{36}$/);
    await expect(page.getByText('Of 5 values, 4 were created and 1 was changed.')).toBeVisible();
    await expect(counts(page).getByRole('row', { name: 'Received in all 5' })).toBeVisible();
    await expect(page.getByText('Kept by hand')).toBeVisible();
    await expect(page.getByText('Scorecard 2024-25.xlsx').first()).toBeVisible();
    await expectAccessible(page);

    await changes(page).getByRole('link', { name: ref }).first().click();
    await expect(page).toHaveURL(`/plans/${PLAN}/kpis/${ref}`);
    await expect(page.getByRole('heading', { level: 1, name: `Measure ${ref}` })).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: 'May 2024' })).toContainText('83.5%');
    await expect(page.getByRole('row').filter({ hasText: 'June 2024' })).toContainText('June is not in yet');
  });

  test('sent again, is recognised, and nothing would change', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    const file = csv('again.csv', 'KPI,Period,Value', `${ref},2024-05,61`);
    await check(page, file);
    await page.getByRole('button', { name: 'Store this value' }).click();
    await expect(page.getByText('Of 1 value, 1 was created.')).toBeVisible();

    await check(page, file);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing would change');
    await expect(page.getByText(/The very same file came in before on .* sent by Performance officer/)).toBeVisible();
    await expect(page.getByRole('button', { name: /^Store/ })).toHaveCount(0);
    await expectAccessible(page);
  });

  test('with wrong rows tells where and why, and stores the good ones only when asked to', async ({ page }) => {
    test.slow();
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    const file = workbook('wrong.xlsx', {
      title: 'Data',
      rows: [['Ref', 'Apr-24', 'May-24', 'Jun-24'], [ref, 61, 'plenty', 66], [`${ref}-NO`, 50, 51, 52]],
    });
    await check(page, file);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Some rows are wrong');
    const errors = page.getByRole('table', { name: 'Errors' });
    await expect(errors.getByRole('row').filter({ hasText: 'plenty' })).toContainText('C2 on the sheet Data');
    await expect(errors.getByRole('row').filter({ hasText: `${ref}-NO` })).toContainText('B3, C3, D3 on the sheet Data');
    await expect(page.getByText('4 rows will be left out if you store the others now')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Store these values' })).toHaveCount(0);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'download the wrong rows as CSV' }).click();
    expect((await download).suggestedFilename()).toMatch(/^rejected-.*\.csv$/);
    await page.getByText('The rows as they were sent').click();
    await expect(page.getByRole('table', { name: 'Rejected rows' }).getByRole('row').filter({ hasText: 'Data!C2' })).toContainText('plenty');
    await expectAccessible(page);
    await page.setViewportSize({ width: 320, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Store the 2 good rows' }).click();
    await expect(page.getByText('Of 6 values, 2 were created and 4 were wrong and left out.')).toBeVisible();
    await expect(counts(page).getByRole('row', { name: 'Rejected 4' })).toBeVisible();
    const { items } = await ask<{ items: { value: number }[] }>(page, 'GET', `/kpis/${ref}/measurements`);
    expect(items.map(({ value }) => value)).toEqual([61, 66]);
    await expectNoSidewaysScroll(page);
  });

  test('of which nothing can be taken says so, and the corrected one goes in', async ({ page }) => {
    await signIn(page, 'programme_manager');
    const ref = await newKpi(page);
    await check(page, csv('no-header.csv', 'one,two', '1,2'));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This file cannot be stored');
    await expect(page.getByText(/No header row was found/)).toBeVisible();
    await expect(page.getByRole('button', { name: /^Store/ })).toHaveCount(0);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Choose another file' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await page.getByLabel('File', { exact: true }).setInputFiles(csv('mended.csv', 'KPI;Month;Actual', `${ref};May 2024;61.5`));
    await page.getByRole('button', { name: 'Check the file' }).click();
    await expect(changes(page).getByRole('row').filter({ hasText: ref })).toContainText('61.5%');
  });

  test('asks which sheet, and whether percentages are fractions', async ({ page }) => {
    test.slow();
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    const sheet = (title: string, value: number): Sheet => ({ title, rows: [['KPI', 'Period', 'Value'], [ref, '2024-05', value]] });
    await check(page, workbook('two sheets.xlsx', sheet('April return', 0.5), sheet('May return', 0.814)));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('One thing about your file first');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('alert')).toContainText('Choose the sheet to read');
    await page.getByRole('radio', { name: 'May return' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();

    const asked = page.getByRole('group', { name: 'How are the percentages written?' });
    await expect(asked).toContainText(ref);
    await expectAccessible(page);
    await asked.getByRole('radio', { name: 'As fractions of one' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText(`0.814 is 81.4 per cent: ${ref}.`)).toBeVisible();
    await expect(changes(page).getByRole('row').filter({ hasText: ref })).toContainText('81.4%');
    await page.getByRole('button', { name: 'Store this value' }).click();
    await expect(page.getByText('Of 1 value, 1 was created.')).toBeVisible();
    await expect(changes(page).getByRole('row').filter({ hasText: ref })).toContainText('81.4%');
  });

  test('is withdrawn, and what was known before comes back', async ({ page }) => {
    test.slow();
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    await ask(page, 'POST', '/measurements', { rows: [{ kpi: ref, period: '2024-05', value: 61 }] });
    await check(page, csv('wrong month.csv', 'KPI,Period,Value', `${ref},2024-05,70`, `${ref},2024-06,71`));
    await page.getByRole('button', { name: 'Store these values' }).click();
    await page.getByText('The values it holds now').click();
    const held = page.getByRole('table', { name: 'Values held' }).getByRole('row').filter({ hasText: 'June 2024' });
    await expect(held).toContainText('71.0%');
    await expect(held).toContainText('Not signed off');
    await expectAccessible(page);

    await page.getByRole('link', { name: 'Withdraw this delivery' }).click();
    await expect(page.getByText('reports that were issued never change')).toBeVisible();
    await page.getByRole('button', { name: 'Withdraw this delivery' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter why the delivery is withdrawn');
    await expectAccessible(page);
    await page.setViewportSize({ width: 320, height: 800 });
    await expectNoSidewaysScroll(page);
    await page.getByLabel('Why is it withdrawn?').fill('Extract of the wrong month');
    await page.getByRole('button', { name: 'Withdraw this delivery' }).click();

    await expect(page.getByText('It was withdrawn: 1 value went back to what was known before; 1 value is not known any more.')).toBeVisible();
    await expect(page.getByText('Extract of the wrong month')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Withdraw this delivery' })).toHaveCount(0);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    const { items } = await ask<{ items: { period: string; value: number }[] }>(page, 'GET', `/kpis/${ref}/measurements`);
    expect(items.map(({ period, value }) => [period, value])).toEqual([['2024-05', 61]]);
  });

  test('can be uploaded by the keyboard alone, and by dropping it', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    await page.goto(NEW);
    await page.getByRole('button', { name: 'Check the file' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText('Choose a file of values');
    await page.getByRole('alert').getByRole('link').focus();
    await page.keyboard.press('Enter');
    const box = page.getByLabel('File', { exact: true });
    await expect(box).toBeFocused();
    const chooser = page.waitForEvent('filechooser');
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(csv('keys.csv', 'KPI,Period,Value', `${ref},2024-05,61`));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check what will change');
    await page.getByRole('button', { name: 'Store this value' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText('Of 1 value, 1 was created.')).toBeVisible();

    await page.goto(NEW);
    const dropped = await page.evaluateHandle((text) => {
      const held = new DataTransfer();
      held.items.add(new File([text], 'dropped.csv', { type: 'text/csv' }));
      return held;
    }, `KPI,Period,Value\n${ref},2024-06,63\n`);
    await box.dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByRole('button', { name: 'Check the file' }).click();
    await expect(changes(page).getByRole('row').filter({ hasText: 'June 2024' })).toContainText('63.0%');
  });

  test('of a kind that is not read is refused before it is sent', async ({ page }) => {
    await signIn(page, 'performance_officer');
    for (const [name, says] of [
      ['old.xls', 'Save it as an Excel workbook (.xlsx)'],
      ['board.pdf', 'no CSV, Excel (.xlsx) or NDJSON file'],
    ] as const) {
      await check(page, { name, mimeType: 'application/octet-stream', buffer: Buffer.from('x') });
      await expect(page.getByRole('alert')).toContainText(says);
    }
    await expectAccessible(page);
    await page.setViewportSize({ width: 320, height: 800 });
    await expectNoSidewaysScroll(page);
  });

  test('is kept when the service cannot be reached, and can be tried again', async ({ page }) => {
    await signIn(page, 'performance_officer');
    const ref = await newKpi(page);
    const door = '**/v1/plans/*/measurement-files*';
    await page.route(door, (route) => route.abort('connectionrefused'));
    await check(page, csv('kept.csv', 'KPI,Period,Value', `${ref},2024-05,61`));
    await expect(page.getByRole('alert')).toContainText('Turnstone could not be reached');
    await page.unroute(door);
    await page.getByRole('button', { name: 'Try kept.csv again' }).click();
    await page.route(door, (route) => route.abort('connectionrefused'));
    await page.getByRole('button', { name: 'Store this value' }).click();
    await expect(page.getByRole('alert')).toContainText('Turnstone could not be reached');
    await page.unroute(door);
    await page.getByRole('button', { name: 'Store this value' }).click();
    await expect(page.getByText('Of 1 value, 1 was created.')).toBeVisible();
  });

  for (const role of ['action_lead', 'internal_auditor', 'board_member']) {
    test(`is not taken from ${role}`, async ({ page }) => {
      await signIn(page, role);
      await page.goto(NEW);
      await expect(page.getByText('You cannot send values to this plan')).toBeVisible();
      await expect(page.getByLabel('File', { exact: true })).toHaveCount(0);
      await expectAccessible(page);
      await page.goto(`/plans/${PLAN}/scorecard`);
      await expect(page.getByRole('heading', { level: 1, name: 'Scorecard' })).toBeVisible();
      await expect(page.getByRole('link', { name: 'Upload values' })).toHaveCount(0);
      await page.goto(`/plans/${PLAN}/submissions?status=stored`);
      await page.setViewportSize({ width: 768, height: 1024 });
      await expect(page.getByRole('table', { name: 'Deliveries' })).toBeVisible();
      await expectNoSidewaysScroll(page);
      await page.getByRole('table', { name: 'Deliveries' }).getByRole('link').first().click();
      await expect(page.getByRole('heading', { level: 1 })).toContainText('Delivery of');
      await expect(page.getByRole('link', { name: 'Withdraw this delivery' })).toHaveCount(0);
      await page.goto(`${new URL(page.url()).pathname}/withdrawal`);
      await expect(page.getByText('This delivery cannot be withdrawn')).toBeVisible();
    });
  }
});
