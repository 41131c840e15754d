import { type Browser, type Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, PLAN, unique } from './service';

async function as(browser: Browser, role: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: process.env.BASE_URL });
  const page = await context.newPage();
  await signIn(page, role);
  return page;
}

/** An action that nothing else escalates. */
async function stuckAction(page: Page): Promise<string> {
  await signIn(page, 'programme_manager');
  const ref = unique('ES');
  await ask(page, 'POST', '/actions', { ref, title: `Stuck thing ${ref}` });
  return ref;
}

async function raised(page: Page, role: string): Promise<{ ref: string; action: string; title: string }> {
  const action = await stuckAction(page);
  await signIn(page, role);
  const title = `Waits for a decision ${action}`;
  const { ref } = await ask<{ ref: string }>(page, 'POST', '/escalations', {
    title, text: 'Asked twice.', cause: 'lead_stuck', about: { kind: 'action', ref: action }, ladder: 'overdue-action',
  }); // prettier-ignore
  return { ref, action, title };
}

const events = (page: Page) => page.getByRole('heading', { level: 3 });

test('an escalation is raised, answered, climbed and resolved by several people', async ({ page, browser }) => {
  test.slow();
  const action = await stuckAction(page);
  await signIn(page, 'board_member');
  await page.goto(`/plans/${PLAN}/escalations`);
  await page.getByRole('link', { name: 'Raise an escalation' }).click();

  await page.getByRole('button', { name: 'Raise the escalation' }).click();
  const summary = page.getByRole('alert').filter({ hasText: 'There is a problem' });
  await expect(summary).toBeFocused();
  await expect(summary.getByRole('link')).toHaveText([
    'Enter a title', 'Enter what is stuck', 'Choose the cause', 'Choose the action that it is about', 'Choose the ladder',
  ]); // prettier-ignore
  await expectAccessible(page);

  await page.getByLabel('Find the action').fill(action);
  await page.getByRole('radio', { name: new RegExp(`^${action}: `) }).check();
  await page.getByLabel('Find the action').fill('no such words at all');
  await expect(page.getByText('Nothing matches. Try fewer words, or the reference alone.')).toBeVisible();
  await expect(page.getByRole('radio', { name: new RegExp(`^${action}: `) })).toBeChecked();
  await page.getByRole('radio', { name: 'A concern of the board' }).check();
  const title = `Nobody decides on ${action}`;
  await page.getByLabel('Title', { exact: true }).fill(title);
  await page.getByLabel('What is stuck', { exact: true }).fill('The board asked twice and was given no date.');
  await expect(page.getByLabel('Ladder', { exact: true })).toHaveValue('overdue-action');
  await page.getByRole('button', { name: 'Raise the escalation' }).click();

  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  await expect(page.getByText(/^Escalation E-\d+ has been raised\.$/)).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'stands here' })).toContainText('Stage 1');
  await expectAccessible(page);
  const address = page.url();

  // A second one of the same cause and item is refused, and leads to the first.
  await page.goto(`/plans/${PLAN}/escalations/new?about=action:${action}`);
  await page.getByRole('radio', { name: 'A concern of the board' }).check();
  await page.getByLabel('Title', { exact: true }).fill('Once more');
  await page.getByLabel('What is stuck', { exact: true }).fill('Again.');
  await expect(page.getByLabel('Ladder', { exact: true })).toHaveValue('overdue-action');
  await page.getByRole('button', { name: 'Raise the escalation' }).click();
  await page.getByRole('link', { name: /^Open escalation E-/ }).click();
  await expect(page).toHaveURL(address);

  const lead = await as(browser, 'action_lead');
  await lead.goto(address);
  await lead.getByRole('button', { name: 'Answer' }).or(lead.getByRole('link', { name: 'Answer', exact: true })).click();
  await expect(lead).toHaveURL(`${address}?do=answer`);
  await expectAccessible(lead);
  await lead.getByLabel('Your answer').fill('It goes to the panel.');
  await lead.getByRole('button', { name: 'Send the answer' }).click();
  await expect(lead.getByText('Your answer has been recorded.')).toBeVisible();
  await expect(lead.getByText('It goes to the panel.')).toBeVisible();
  await lead.context().close();

  await page.reload();
  await expect(page.getByRole('listitem').filter({ hasText: 'answered here' })).toContainText('Stage 1');
  await page.getByRole('link', { name: 'Climb', exact: true }).click();
  await page.getByLabel('Why it climbs').fill('The answer names no date.');
  await page.getByRole('button', { name: 'Climb' }).click();
  await expect(page.getByText('The escalation has climbed.')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'stands here' })).toContainText('Head of service');
  await expect(page.getByRole('link', { name: 'Resolve', exact: true })).toHaveCount(0);

  const manager = await as(browser, 'programme_manager');
  await manager.goto(`${address}?do=resolve`);
  await manager.getByLabel('What resolved it').fill('The panel agreed on Thursday.');
  await manager.getByLabel('What was learnt (optional)').fill('Dates belong in answers.');
  await manager.getByRole('button', { name: 'Resolve' }).click();
  await expect(manager.getByText('The escalation is resolved.')).toBeVisible();
  await expect(events(manager)).toHaveText([/^Resolved/, /^Climbed, stage 2: Head of service/, /^Answered/, /^Raised, stage 1: Action lead/]);
  await expect(manager.getByText('Dates belong in answers.')).toBeVisible();
  await manager.setViewportSize({ width: 375, height: 800 });
  await expectNoSidewaysScroll(manager);
  await expectAccessible(manager);
  await manager.context().close();
});

test('a step that meets another one is not stored, and its words are kept', async ({ page, browser }) => {
  test.slow();
  const { ref } = await raised(page, 'board_member');
  const manager = await as(browser, 'programme_manager');
  await manager.goto(`/plans/${PLAN}/escalations/${ref}?do=climb`);
  await manager.getByLabel('Why it climbs').fill('No answer came.');

  await signIn(page, 'action_lead');
  await page.goto(`/plans/${PLAN}/escalations/${ref}?do=answer`);
  await page.getByLabel('Your answer').fill('I am on it.');
  await page.getByRole('button', { name: 'Send the answer' }).click();
  await expect(page.getByText('Your answer has been recorded.')).toBeVisible();

  await manager.getByRole('button', { name: 'Climb' }).click();
  await expect(manager.getByText('Somebody else took a step while you were writing.')).toBeVisible();
  await expect(manager.getByText('I am on it.')).toBeVisible();
  await expect(manager.getByLabel('Why it climbs')).toHaveValue('No answer came.');
  await expectAccessible(manager);
  await manager.getByRole('button', { name: 'Climb' }).click();
  await expect(manager.getByText('The escalation has climbed.')).toBeVisible();

  // Two edits of its words are shown field by field.
  await manager.goto(`/plans/${PLAN}/escalations/${ref}?do=edit`);
  await expect(manager.getByLabel('Title', { exact: true })).not.toHaveValue('');
  const { version } = await ask<{ version: number }>(manager, 'GET', `/escalations/${ref}`);
  await ask(manager, 'PATCH', `/escalations/${ref}`, { theme: 'Placements' }, { 'If-Match': `"${version}.x"` });
  await manager.getByLabel('Theme (optional)').fill('Workforce');
  await manager.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(manager.getByRole('heading', { name: /changed this while you were writing/ })).toBeVisible();
  await expect(manager.getByText('Placements')).toBeVisible();
  await expectAccessible(manager);
  await manager.getByRole('radio', { name: 'Yours' }).check();
  await manager.getByRole('button', { name: 'Save what I chose' }).click();
  await expect(manager.getByText('The escalation has been saved.')).toBeVisible();
  await expect(manager.getByText('Workforce', { exact: true })).toBeVisible();

  await manager.goto(`/plans/${PLAN}/escalations/${ref}?do=withdraw`);
  await manager.getByLabel('Why it is withdrawn').fill('Raised to try the steps.');
  await manager.getByRole('button', { name: 'Withdraw' }).click();
  await expect(manager.getByText('The escalation is withdrawn.')).toBeVisible();
  await manager.context().close();
});

test('the list is narrowed by filters that live in its address', async ({ page }) => {
  test.slow();
  const { ref, title } = await raised(page, 'programme_manager');
  await page.goto(`/plans/${PLAN}/escalations`);
  await expect(page.getByRole('link', { name: title })).toBeVisible();
  await expectAccessible(page);

  await page.getByText('Filter escalations').click();
  await page.getByRole('checkbox', { name: 'Resolved' }).check();
  await page.getByRole('button', { name: 'Apply filters' }).click();
  await expect(page).toHaveURL(`/plans/${PLAN}/escalations?state=resolved`);
  await expect(page.getByRole('link', { name: title })).toHaveCount(0);
  await page.getByRole('link', { name: 'Remove filter: State: resolved' }).click();
  await expect(page.getByRole('link', { name: title })).toBeVisible();

  await page.getByLabel('Search escalations').fill(title);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('row')).toHaveCount(2);
  await page.goto(`/plans/${PLAN}/escalations?cause=feed_late&state=withdrawn&when=overdue`);
  await expect(page.getByText('No escalation matches these filters')).toBeVisible();
  await page.setViewportSize({ width: 375, height: 800 });
  await page.goto(`/plans/${PLAN}/escalations`);
  await expect(page.getByRole('link', { name: title })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);

  const { version } = await ask<{ version: number }>(page, 'GET', `/escalations/${ref}`);
  await ask(page, 'POST', `/escalations/${ref}/withdrawal`, { reason: 'Raised to try the list.' }, { 'If-Match': `"${version}.x"` });
});
