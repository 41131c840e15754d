import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, changeAction, PLAN, signInByForm, unique } from './service';

test.describe('changes', () => {
  test('are what the internal auditor lands on, newest first, field by field', async ({ page }) => {
    test.slow();
    await signIn(page, 'programme_manager');
    const ref = unique('SEEN');
    await ask(page, 'POST', '/actions', { ref, title: 'Be seen by the auditor', due: '2031-03-31' });
    await changeAction(page, ref, { status: 'in_progress', recurrence: 'monthly' });
    await page.context().clearCookies();

    await signInByForm(page, 'internal_auditor');
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
    // With several plans they choose one first; each leads to what an auditor comes for.
    if (new URL(page.url()).pathname === '/') await page.locator(`main a[href="/plans/${PLAN}/changes"]`).first().click();
    await expect(page).toHaveURL(`/plans/${PLAN}/changes`);
    await expect(page.getByRole('heading', { level: 1, name: 'Changes' })).toBeVisible();
    const entry = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: `Action ${ref} changed` }) });
    await expect(async () => {
      await page.reload();
      await expect(entry).toContainText(/Status.*from Not started.*to Under way/s, { timeout: 2000 });
    }).toPass();
    await expectAccessible(page);

    await page.getByText('Filter changes').click();
    await page.getByRole('checkbox', { name: 'Plan', exact: true }).check();
    await page.getByLabel('From', { exact: true }).fill('1 January 2020');
    await page.getByRole('button', { name: 'Apply filters' }).click();
    await expect(page).toHaveURL(`/plans/${PLAN}/changes?kind=plan&since=2020-01-01`);
    await expect(page.getByRole('link', { name: /Remove filter: From: 1 January 2020/ })).toBeVisible();
    await expect(entry).toHaveCount(0);

    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});

test.describe('changes of a kind', () => {
  test('are found for every kind there is, by the keyboard', async ({ page }) => {
    test.slow();
    await signIn(page, 'programme_manager');
    const kpi = unique('LOCK');
    await ask(page, 'POST', '/kpis', { ref: kpi, title: 'Locked to be seen', unit: 'count', polarity: 'lower', period_type: 'month', category: 'none' });
    await ask(page, 'POST', '/period-locks', { kpis: [kpi], to: '2024-03-31', reason: `Reported as ${kpi}` });
    await signIn(page, 'internal_auditor');
    await page.goto(`/plans/${PLAN}/changes`);
    await page.locator('summary').filter({ hasText: 'Filter changes' }).focus();
    await page.keyboard.press('Enter');
    for (const kind of ['Audit', 'Audit template', 'KPI derived from audits', 'Windscreen position', 'Values checked', 'Feed']) {
      await expect(page.getByRole('checkbox', { name: kind, exact: true })).toBeVisible();
    }
    await expect(page.getByText('With its definition, targets, rebases and the published figures beside it')).toBeVisible();
    await expectAccessible(page);
    for (const width of [375, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await expectNoSidewaysScroll(page);
    }
    await expectAccessible(page);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('checkbox', { name: 'Period lock', exact: true }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Apply filters' }).focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(`/plans/${PLAN}/changes?kind=period_lock`);
    await expect(page.getByRole('link', { name: 'Remove filter: What: Period lock' })).toBeVisible();
    await expect(async () => {
      await page.reload();
      await expect(page.getByText(`Reported as ${kpi}`).first()).toBeVisible({ timeout: 2000 });
    }).toPass();
    await expect(page.getByRole('heading', { level: 3, name: /^Action/ })).toHaveCount(0);
  });
});

test.describe('doubts', () => {
  test('are settled with words on how, and can be opened again', async ({ page }) => {
    await signIn(page, 'programme_manager');
    const ref = unique('DOUBT');
    const text = `The deadline of ${ref} is cut off at the edge of the page.`;
    await ask(page, 'POST', '/actions', { ref, title: 'Carry a doubt' });
    await ask(page, 'POST', '/source-notes', { about: { kind: 'action', ref }, kind: 'cut_off', text });

    await page.goto(`/plans/${PLAN}/doubts`);
    await page.getByLabel('Search doubts').fill(ref);
    await page.keyboard.press('Enter');
    const note = page.getByRole('listitem').filter({ hasText: text });
    await expect(note).toBeVisible();
    await expectAccessible(page);
    await note.getByRole('button', { name: /^Settle/ }).click();
    await expect(note.getByLabel('How it was settled')).toBeFocused();
    await note.getByRole('button', { name: 'Mark as settled' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter how it was settled');
    await note.getByLabel('How it was settled').fill('The original says 31 March.');
    await expectAccessible(page);
    await note.getByRole('button', { name: 'Mark as settled' }).click();
    await expect(page.getByText('The doubt has been updated')).toBeVisible();
    await expect(note).toHaveCount(0);

    await page.goto(`/plans/${PLAN}/actions/${ref}`);
    await expect(note).toContainText('The original says 31 March.');
    await note.getByRole('button', { name: /^Change or reopen/ }).click();
    await note.getByRole('button', { name: 'Open it again' }).click();
    await expect(note.getByRole('button', { name: /^Settle/ })).toBeVisible();
  });

  test('include what nobody leads, with a way to name a lead', async ({ page }) => {
    await signIn(page, 'programme_manager');
    const ref = unique('ALONE');
    const { items } = await ask<{ items: { ref: string }[] }>(page, 'GET', '/parties?kind=role&limit=1');
    const party = items[0]?.ref ?? '';
    await ask(page, 'POST', '/actions', { ref, title: 'Led by nobody yet' });
    await page.goto(`/plans/${PLAN}/doubts?view=leaderless&q=${ref}`);
    await expect(page.getByRole('link', { name: 'Led by nobody yet' })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('link', { name: `Name a lead of action ${ref}` }).click();
    await page.getByRole('combobox', { name: 'Add a lead' }).selectOption(party);
    await page.getByRole('button', { name: 'Add lead' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('The action has been saved')).toBeVisible();

    await page.goto(`/plans/${PLAN}/doubts?view=leaderless&q=${ref}`);
    await expect(page.getByText('No item matches these filters')).toBeVisible();
    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
  });
});
