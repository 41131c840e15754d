import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { ask, changeAction, ownParty, PLAN, unique } from './service';

const pathOf = (ref: string): string => `/plans/${PLAN}/actions/${ref}`;

test.describe('one action', () => {
  test('shows its whole story to somebody who may change nothing', async ({ page }) => {
    test.slow();
    await signIn(page, 'programme_manager');
    const ref = unique('SHOW');
    await ask(page, 'POST', '/actions', {
      ref, title: 'Show every field of an action', success_test: 'Each field can be read', due: '2031-03', points: ['One', 'Two'],
      milestones: [{ title: 'Halfway', due: '2019-06-30' }], recurrence: 'quarterly', cost_note: 'None', supports: ['The workforce plan'],
    }); // prettier-ignore
    await ask(page, 'POST', '/actions', { ref: `${ref}.1`, title: 'A part of it', parent: ref });
    await changeAction(page, ref, { status: 'in_progress' });

    await signIn(page, 'internal_auditor');
    await page.goto(pathOf(ref));
    await expect(page.getByRole('heading', { level: 1, name: 'Show every field of an action' })).toBeVisible();
    await expect(page.getByText('Each field can be read')).toBeVisible();
    await expect(page.getByText('Not met, overdue')).toBeVisible();
    await expect(page.getByRole('link', { name: 'A part of it' })).toBeVisible();
    await expect(page.getByText('No update has been received')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Edit' }).or(page.getByRole('link', { name: 'Edit', exact: true }))).toHaveCount(0);
    await expectAccessible(page);

    await page.getByRole('link', { name: 'History' }).click();
    await expect(page).toHaveURL(`${pathOf(ref)}?view=history`);
    const newest = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Changed' }) }).first();
    await expect(newest).toContainText(/Status.*from Not started.*to Under way/s);
    await expectAccessible(page);

    await page.setViewportSize({ width: 375, height: 800 });
    await page.goto(pathOf(ref.toLowerCase()));
    await expect(page).toHaveURL(pathOf(ref));
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });

  test('a new due date keeps the old one, with the reason', async ({ page }) => {
    await signIn(page, 'programme_manager');
    const ref = unique('SLIP');
    await ask(page, 'POST', '/actions', { ref, title: 'Move a date in the open', due: '2031-03-31' });
    await page.goto(pathOf(ref));
    await page.getByRole('link', { name: 'Agree a new due date' }).click();
    await page.getByRole('button', { name: 'Save the new date' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter why the date moves');
    await expectAccessible(page);

    await page.getByLabel('New due date').fill('31/3/2031');
    await page.getByLabel('Why it moves').fill('The supplier delivers later.');
    await page.getByRole('button', { name: 'Save the new date' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter a date other than the one agreed already');
    // Typed key by key, the box keeps what is typed, however much of it can already be read.
    await page.getByLabel('New due date').fill('');
    await page.getByLabel('New due date').pressSequentially('30 jun 2031');
    await expect(page.getByLabel('New due date')).toHaveValue('30 jun 2031');
    await page.getByLabel('Day it was agreed').fill('');
    await page.getByLabel('Day it was agreed').pressSequentially('last Tuesday');
    await expect(page.getByLabel('Day it was agreed')).toHaveValue('last Tuesday');
    await page.getByRole('button', { name: 'Save the new date' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter the day it was agreed');
    await page.getByLabel('Day it was agreed').fill('');
    await page.getByLabel('Day it was agreed').pressSequentially('1 apr 2026');
    await expect(page.getByLabel('Day it was agreed')).toHaveValue('1 apr 2026');
    await page.getByLabel('New due date').fill('June 2031');
    await page.getByLabel('Who agreed to it').fill('Improvement board');
    await page.getByRole('button', { name: 'Save the new date' }).click();

    await expect(page.getByText('The new due date is June 2031')).toBeVisible();
    await expect(page.getByText('31 March 2031 → June 2031')).toBeVisible();
    await expect(page.getByText('The supplier delivers later.')).toBeVisible();
    await expect(page.getByText('Moved once, first 31 Mar 2031')).toBeVisible();
  });

  test('its lead posts progress beside last time’s words, with a rating', async ({ page }) => {
    await signIn(page, 'action_lead');
    const party = await ownParty(page);
    await signIn(page, 'programme_manager');
    const ref = unique('POST');
    await ask(page, 'POST', '/actions', { ref, title: 'Report progress on this', due: '2031-03-31', leads: [party] });

    await signIn(page, 'action_lead');
    await page.goto(pathOf(ref));
    await page.getByText('Post an update').click();
    await expect(page.getByText('Nothing has been reported on this yet.')).toBeVisible();
    await page.getByRole('button', { name: 'Post update' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter what happened');
    await page.getByLabel('What happened').fill('Half of the teams are trained.');
    await page.getByRole('group', { name: 'Rating' }).getByLabel(/^Amber/).check();
    await page.getByRole('group', { name: 'Confidence' }).getByLabel('Reasonable').check();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Post update' }).click();

    await expect(page.getByText('Your update has been posted')).toBeVisible();
    await expect(page.getByRole('complementary', { name: 'Last time' })).toContainText('Half of the teams are trained.');
    await expect(page.getByRole('list').filter({ hasText: 'Half of the teams are trained.' }).last()).toContainText('Reasonable');
    // The rating went with it.
    await expect(page.getByRole('definition').filter({ hasText: /^Amber/ }).first()).toBeVisible();

    await page.getByLabel('Exception').check();
    await page.getByLabel('What happened').fill('The trainer has left.');
    await page.getByRole('button', { name: 'Post update' }).click();
    await expect(page.getByRole('alert', { name: 'There is a problem' })).toContainText('Enter the cause');
    await page.getByLabel('Cause', { exact: true }).fill('The contract ended early.');
    await page.getByLabel('Action to recover').fill('Hire another trainer.');
    await page.getByLabel('Recovery date').fill('May 2031');
    await page.getByRole('button', { name: 'Post update' }).click();
    await expect(page.getByText('Hire another trainer.')).toBeVisible();
  });

  test('its lead edits what a lead may, and needs a reason for a better rating', async ({ page }) => {
    await signIn(page, 'action_lead');
    const party = await ownParty(page);
    await signIn(page, 'programme_manager');
    const ref = unique('LEAD');
    await ask(page, 'POST', '/actions', { ref, title: 'Edit as a lead', due: '2020-01-31', leads: [party] });

    await signIn(page, 'action_lead');
    await page.goto(pathOf(ref));
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await expect(page.getByText('You lead this action')).toBeVisible();
    await expect(page.getByLabel('What will be done')).toHaveCount(0);
    await page.getByLabel('Under way').check();
    await page.getByRole('group', { name: 'Rating' }).getByLabel(/^Green/).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter why the rating is better');
    await expectAccessible(page);
    await page.getByLabel('Why is the rating better than the dates suggest?').fill('All but one letter is out.');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('The action has been saved')).toBeVisible();
    await expect(page.getByText('Reason given: All but one letter is out.')).toBeVisible();
  });

  test('a reference that no action has says so', async ({ page }) => {
    await signIn(page, 'programme_manager');
    await page.goto(pathOf('no.such-action'));
    await expect(page.getByRole('heading', { level: 1, name: 'Action not found' })).toBeVisible();
    await expectAccessible(page);
  });
});
