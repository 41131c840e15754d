import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, PLAN, unique } from './service';

const AUDITS = `/plans/${PLAN}/audits`;

/** A template that no other test records on: one domain scored from 1 to 10, one graded. */
async function ownTemplate(page: Page): Promise<string> {
  await signIn(page, 'performance_officer');
  const ref = unique('AT');
  await ask(page, 'POST', '/audit-templates', {
    ref,
    title: `Dip sample ${ref}`,
    moderation_expected: true,
    domains: [
      { ref: 'voice', title: 'Voice of the child', scale: 'score' },
      { ref: 'overall', title: 'Overall', scale: 'grade' },
    ],
    scale: { lowest: 1, highest: 10, bands: [{ title: 'Weak', lowest: 1 }, { title: 'Strong', lowest: 7 }] },
  });
  return ref;
}

async function recorded(page: Page, template: string): Promise<string> {
  const { ref } = await ask<{ ref: string }>(page, 'POST', '/audits', {
    template, month: '2026-01', scores: { voice: 6, overall: 'good' },
  }); // prettier-ignore
  return ref;
}

test.describe('what audits add up to', () => {
  test('is read by a board member, who records nothing', async ({ page }) => {
    test.slow();
    await signIn(page, 'board_member');
    await page.goto(`/plans/${PLAN}/scorecard`);
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Audits' }).click();
    await page.goto(`${AUDITS}?template=practice`);
    await expect(page.getByRole('heading', { level: 1, name: 'Audits' })).toBeVisible();
    await expect(page.getByRole('img', { name: /^Windscreen dial: Requires improvement, .*judged on/ })).toBeVisible();
    const oversight = page.getByRole('table', { name: /^By domain/ }).getByRole('row').filter({ hasText: 'Management oversight' });
    await expect(oversight).toContainText(/\d+ good practice \(\d+%\)/);
    await expect(oversight).toContainText(/\d+ of \d+ marks moved|None of \d+ marks moved/);
    await expect(oversight).toContainText('before');
    const small = page.getByRole('table', { name: /^By team/ }).getByRole('row').filter({ hasText: 'Children in care team' });
    await expect(small).toContainText('Few');
    await expect(small).toContainText(/\d of \d/);
    await expectAccessible(page);

    await page.getByLabel('Added up by').selectOption({ label: 'Financial years' });
    await expect(page).toHaveURL(/by=financial_year/);
    const periods = page.getByRole('table', { name: 'Period by period' });
    await expect(periods.getByRole('row')).toHaveCount(3);
    await periods.getByRole('link').last().click();
    await expect(page).toHaveURL(/period=FY/);
    await expect(page.getByRole('link', { name: 'Record audits' })).toHaveCount(0);

    await page.getByRole('link', { name: 'Audits recorded' }).click();
    await page.getByText('Filter audits').click();
    await page.getByLabel('Moderation').selectOption({ label: 'Not moderated' });
    await page.getByLabel('Template').selectOption({ label: 'Practice audit' });
    await page.getByRole('button', { name: 'Apply filters' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'found' })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Audits' })).toContainText('Not moderated');
    await expectAccessible(page);
    await page.getByRole('table', { name: 'Audits' }).getByRole('link').first().click();
    await expect(page.getByRole('heading', { level: 1, name: /^Audit AU-\d+$/ })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Correct or moderate' })).toHaveCount(0);
    await expectAccessible(page);
  });

  test('fits a phone', async ({ page }) => {
    test.slow();
    await signIn(page, 'programme_manager');
    await page.setViewportSize({ width: 320, height: 800 });
    for (const [path, heading] of [
      [`${AUDITS}?template=practice`, 'Audits'],
      [`${AUDITS}/windscreen?do=record`, 'Windscreen position'],
      [`${AUDITS}/recorded`, 'Audits recorded'],
      [`${AUDITS}/new?template=practice`, 'Record audits'],
      [`${AUDITS}/new?template=practice&how=sheet`, 'Record audits'],
      [`${AUDITS}/templates`, 'Audit templates'],
      [`${AUDITS}/templates/practice`, 'Practice audit'],
      [`${AUDITS}/templates/practice/edit`, 'Make the next edition'],
    ] as const) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    }
  });

  test('is nothing that an inspector was given', async ({ page }) => {
    await signIn(page, 'inspector');
    await page.goto(`/plans/${PLAN}/scorecard`);
    await expect(page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Scorecard' })).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Audits' })).toHaveCount(0);
    await page.goto(AUDITS);
    await expect(page.getByText('Your role in this plan does not include this.')).toBeVisible();
    await expectAccessible(page);
  });

  test('is recorded by nobody who leads actions', async ({ page }) => {
    await signIn(page, 'action_lead');
    await page.goto(`${AUDITS}/new`);
    await expect(page.getByText('This plan is not yours to change')).toBeVisible();
    await page.goto(`${AUDITS}/windscreen?do=record`);
    await expect(page.getByRole('heading', { name: 'Every judgement, the latest first' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Record the position' })).toHaveCount(0);
    await page.goto(`${AUDITS}/templates/practice/edit`);
    await expect(page.getByText('This template is not yours to change')).toBeVisible();
  });
});

test('a position on the windscreen is a named person’s judgement', async ({ page }) => {
  test.slow();
  await signIn(page, 'senior_leader');
  await page.goto(`${AUDITS}/windscreen`);
  await page.getByRole('link', { name: 'Record a position' }).click();
  await page.getByRole('button', { name: 'Record the position' }).click();
  const summary = page.getByRole('alert').filter({ hasText: 'There is a problem' });
  await expect(summary.getByRole('link')).toHaveText(['Choose where the service stands', 'Enter the reason']);
  await expectAccessible(page);
  const why = `Looked at once more ${unique('W')}`;
  await page.getByRole('radio', { name: 'Requires improvement', exact: true }).check();
  await page.getByRole('radio', { name: 'Requires improvement, near to inadequate' }).check();
  await page.getByLabel('Whose judgement is it?').selectOption({ label: 'Director of children\'s services' });
  await page.getByLabel('Reason').fill(why);
  await page.getByRole('button', { name: 'Record the position' }).click();

  await expect(page.getByText('The position has been recorded.')).toBeVisible();
  const mine = page.getByRole('listitem').filter({ hasText: why });
  await expect(mine).toContainText('Requires improvement, near to inadequate');
  await expect(mine).toContainText('by Director of children\'s services');
  await expect(mine).toContainText('by Assistant director, safeguarding');
  await expect(page.getByRole('img', { name: /near to inadequate, judged on .*; before, / })).toBeVisible();
  await expectAccessible(page);

  await mine.getByText('Recorded in error?').click();
  await mine.getByRole('button', { name: /^Delete this position/ }).click();
  await expect(page.getByText('The position has been deleted.')).toBeVisible();
  await expect(page.getByText(why)).toHaveCount(0);
});

test.describe('audits are recorded', () => {
  test('one by one, with what the moderator moved', async ({ page }) => {
    test.slow();
    const template = await ownTemplate(page);
    await page.goto(`${AUDITS}/new?template=${template}`);
    await page.getByRole('button', { name: 'Record the audit' }).click();
    await expect(page.getByRole('alert')).toContainText('Mark at least one domain');
    await page.getByLabel('Voice of the child').fill('11');
    await page.getByRole('button', { name: 'Record the audit' }).click();
    await expect(page.getByRole('alert').getByRole('link')).toHaveText('Voice of the child: enter a whole number from 1 to 10');
    await expectAccessible(page);

    await page.getByLabel('Voice of the child').fill('7');
    const overall = page.getByRole('group', { name: 'Overall' });
    await overall.getByLabel('Good').focus();
    await page.keyboard.press('Space');
    await page.getByLabel('Team audited').selectOption({ label: 'Leaving care team' });
    await page.getByLabel('It has been moderated').check();
    const after = page.getByRole('group', { name: 'After moderation' });
    await expect(after.getByLabel('Voice of the child')).toHaveValue('7');
    await after.getByRole('group', { name: 'Overall' }).getByLabel('Requires improvement').check();
    await page.getByLabel('Moderator').selectOption({ label: 'Head of quality assurance' });
    await page.getByRole('button', { name: 'Record the audit' }).click();
    const done = page.getByRole('alert').filter({ hasText: 'has been recorded' });
    await expect(done).toBeFocused();
    await expect(page.getByLabel('Team audited')).toHaveValue('leaving-care-team');
    await expect(page.getByLabel('Voice of the child')).toHaveValue('');

    await done.getByRole('link').click();
    const marks = page.getByRole('table', { name: 'Marks' });
    await expect(marks.getByRole('row').filter({ hasText: 'Overall' })).toContainText('Requires improvement moved');
    await page.goto(`${AUDITS}?template=${template}`);
    await expect(page.getByRole('table', { name: /^By domain/ }).getByRole('row').filter({ hasText: 'Overall' })).toContainText(
      '1 of 1 mark moved: 1 down',
    );
  });

  test('from a sheet, all or none, and never with a case number', async ({ page }) => {
    test.slow();
    const template = await ownTemplate(page);
    await page.goto(`${AUDITS}/new?template=${template}&how=sheet`);
    const sheet = page.getByLabel('Or paste the sheet');
    await sheet.fill('month,case number,overall\n2026-01,12345,good');
    await page.getByRole('button', { name: 'Check it' }).click();
    await expect(page.getByRole('alert')).toContainText('The template has no “case number”');
    await expectAccessible(page);

    await sheet.fill('month,team,voice,overall\n2026-01,east-team,7,good\n2026-01,east-team,12,good\n2026-01,nowhere,5,good');
    await page.getByRole('button', { name: 'Check it' }).click();
    await expect(page.getByText('2 of 3 audits cannot be recorded')).toBeVisible();
    const wrong = page.getByRole('table', { name: 'What is wrong' });
    await expect(wrong.getByRole('row').filter({ hasText: 'voice' })).toContainText('3');
    await expect(wrong.getByRole('row').filter({ hasText: 'no party' })).toContainText('4');
    await expectAccessible(page);

    await sheet.fill('month\tteam\tvoice\toverall\toverall after\n2026-01\teast-team\t7\tgood\t\n2026-01\t\t5\tRequires improvement\tinadequate');
    await page.getByRole('button', { name: 'Check it' }).click();
    await expect(page.getByText('2 audits, all good')).toBeVisible();
    await page.getByRole('button', { name: 'Record 2 audits' }).click();
    await expect(page.getByText('2 audits have been recorded.')).toBeVisible();
    await page.goto(`${AUDITS}/recorded?template=${template}`);
    await expect(page.getByText('2 audits found')).toBeVisible();
    await expect(page.getByRole('table', { name: 'Audits' })).toContainText('Overall: Inadequate; 1 scored');
  });

  test('corrected, also where another corrects meanwhile, and withdrawn for a fixed reason', async ({ page }) => {
    test.slow();
    const template = await ownTemplate(page);
    const ref = await recorded(page, template);
    await page.goto(`${AUDITS}/recorded/${ref}`);
    await page.getByRole('link', { name: 'Correct or moderate' }).click();
    await expect(page).toHaveURL(/do=correct/);
    const mine = page.getByRole('group', { name: 'The auditor’s marks' });
    await mine.getByLabel('Voice of the child').fill('8');
    const { version } = await ask<{ version: number }>(page, 'GET', `/audits/${ref}`);
    await ask(page, 'PATCH', `/audits/${ref}`, { scores: { overall: 'inadequate' } }, { 'If-Match': `"${version}.x"` });
    await page.getByRole('button', { name: 'Save the correction' }).click();
    await expect(page.getByText('Somebody else corrected this audit while you were writing.')).toBeVisible();
    await expect(page.getByRole('table', { name: 'Marks' })).toContainText('Inadequate');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save the correction' }).click();
    await expect(page.getByText(`${ref} has been corrected.`)).toBeVisible();
    const marks = page.getByRole('table', { name: 'Marks' });
    await expect(marks.getByRole('row').filter({ hasText: 'Voice' })).toContainText('8');
    await expect(marks.getByRole('row').filter({ hasText: 'Overall' })).toContainText('Inadequate');

    await page.getByRole('link', { name: 'Withdraw' }).click();
    await page.getByRole('button', { name: 'Withdraw the audit' }).click();
    await expect(page.getByRole('alert', { name: 'There is a problem' })).toContainText('Choose why it is withdrawn');
    await page.getByLabel('It was recorded twice').check();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Withdraw the audit' }).click();
    await expect(page.getByText(`${ref} has been withdrawn.`)).toBeVisible();
    await expect(page.getByText('It counts nowhere.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Withdraw' })).toHaveCount(0);
  });
});

test('a template is made, and changes by its next edition', async ({ page }) => {
  test.slow();
  await signIn(page, 'programme_manager');
  const ref = unique('TPL');
  await page.goto(`${AUDITS}/templates`);
  await page.getByRole('link', { name: 'Make a template' }).click();
  await page.getByRole('button', { name: 'Make the template' }).click();
  await expect(page.getByRole('alert').getByRole('link')).toHaveText(['Enter a reference', 'Enter a title', 'Enter the title of domain 1']);
  await expectAccessible(page);
  await page.getByLabel('Reference').fill(ref);
  await page.getByLabel('Title', { exact: true }).first().fill(`Thematic audit ${ref}`);
  const first = page.getByRole('group', { name: 'Domain 1' });
  await first.getByLabel('Title').fill('Safety planning');
  await first.getByLabel('Marked by').selectOption({ label: 'Score' });
  await expect(page.getByRole('group', { name: 'Band 4' }).getByLabel('What it is called')).toHaveValue('Outstanding');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Make the template' }).click();
  await expect(page.getByText(`Thematic audit ${ref} has been made.`)).toBeVisible();
  await expect(page.getByRole('table', { name: 'Domains' }).getByRole('row').filter({ hasText: 'Safety planning' })).toContainText('safety-planning');
  await expectAccessible(page);

  await page.getByRole('link', { name: 'Make the next edition' }).click();
  await page.getByRole('button', { name: 'Add another domain' }).click();
  await expect(page.getByRole('group', { name: 'Domain 3' }).getByLabel('Title')).toBeFocused();
  await page.keyboard.type('Chronology');
  const { version } = await ask<{ version: number }>(page, 'GET', `/audit-templates/${ref}`);
  await ask(page, 'PATCH', `/audit-templates/${ref}`, { is_enabled: false }, { 'If-Match': `"${version}.x"` });
  await page.getByRole('button', { name: 'Make the next edition' }).click();
  await expect(page.getByText('Somebody else changed this template while you were writing.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Make the next edition' }).click();
  await expect(page.getByText('Edition 2 has been made.')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Domains' })).toContainText('Chronology');
  await page.getByRole('button', { name: 'Take new audits' }).click();
  await expect(page.getByText('The template takes new audits.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Take no new audits' })).toBeVisible();
});
