import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { PLAN, unique } from './service';

const problem = (page: Page) => page.getByRole('alert').filter({ hasText: 'There is a problem' });
const PASSWORD = 'seven quiet otters crossing';

/** Whether the token door takes this id and secret. */
async function hasToken(page: Page, client: string, secret: string): Promise<boolean> {
  const answer = await page.request.post('/v1/auth/token', {
    form: { grant_type: 'client_credentials', client_id: client, client_secret: secret },
    // Without the browser's session: a system brings nothing but its secret.
    headers: { Cookie: '' },
  });
  return answer.ok();
}

async function shownSecret(page: Page): Promise<string> {
  const box = page.getByRole('region', { name: /^The secret of/ });
  await expect(box).toContainText('It is shown this once');
  return (await page.getByTestId('secret').textContent()) ?? '';
}

async function addPerson(page: Page, name: string): Promise<string> {
  const email = `${name.toLowerCase()}@northmoor.example`;
  await page.goto('/admin/people');
  await page.getByRole('link', { name: 'Add a person' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(`${name} has been added`)).toBeVisible();
  return email;
}

test.describe('integrations', () => {
  test('one is added, its secret is seen once, works, and is rotated with overlap', async ({ page }) => {
    test.slow();
    await signIn(page, 'admin');
    const client = unique('sys').toLowerCase();
    await page.goto('/admin/integrations');
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Add an integration' }).click();
    await page.getByRole('button', { name: 'Add and show its secret' }).click();
    await expect(page.getByRole('alert')).toContainText('Enter a name');
    await expectAccessible(page);
    await page.getByLabel('Name of the system').fill(`System ${client}`);
    await page.getByLabel('Client id').fill(client);
    await page.getByLabel('Read whole plans').check();
    await page.getByRole('button', { name: 'Add and show its secret' }).click();

    const first = await shownSecret(page);
    await expectAccessible(page);
    expect(await hasToken(page, client, first)).toBe(true);
    await page.getByRole('button', { name: 'Copy the secret' }).click();
    await expect(page.getByRole('status').filter({ hasText: /Copied|Press Control/ })).toBeVisible();
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await expect(page).toHaveURL(`/admin/integrations/${client}`);
    await page.reload();
    await expect(page.getByRole('heading', { level: 1, name: `System ${client}` })).toBeVisible();
    await expect(page.getByText(first)).toHaveCount(0);
    await expect(page.getByText('Read whole plans, push values of KPIs')).toBeVisible();

    await page.getByText('Make a new secret').click();
    await page.getByLabel('1 day').check();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    const second = await shownSecret(page);
    expect(second).not.toBe(first);
    expect([await hasToken(page, client, first), await hasToken(page, client, second)]).toEqual([true, true]);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await expect(page.getByText(second)).toHaveCount(0);

    await page.getByRole('button', { name: `Revoke the secret that ends in ${first.slice(-4)}` }).click();
    await page.getByRole('button', { name: `Revoke the secret ending in ${first.slice(-4)}` }).click();
    await expect(page.getByText('no longer works')).toBeVisible();
    expect([await hasToken(page, client, first), await hasToken(page, client, second)]).toEqual([false, true]);

    await page.getByRole('button', { name: 'Disable this integration' }).click();
    await page.getByRole('button', { name: 'Disable the integration' }).click();
    await expect(page.getByText('is refused from now on')).toBeVisible();
    expect(await hasToken(page, client, second)).toBe(false);
    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });

  test('what one may do is changed', async ({ page }) => {
    await signIn(page, 'admin');
    const client = unique('may').toLowerCase();
    await page.goto('/admin/integrations/new');
    await page.getByLabel('Name of the system').fill(`System ${client}`);
    await page.getByLabel('Client id').fill(client);
    await page.getByRole('button', { name: 'Add and show its secret' }).click();
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByText('Change its name or what it may do').click();
    await page.getByLabel('Push values of KPIs').uncheck();
    await page.getByLabel('Read whole plans').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('The integration has been saved')).toBeVisible();
    await expect(page.getByRole('definition').filter({ hasText: /^\s*Read whole plans\s*$/ })).toBeVisible();
  });
});

test.describe('people', () => {
  test('one is added, takes part in a plan, and when disabled is signed out at once', async ({ page, browser }) => {
    test.slow();
    await signIn(page, 'admin');
    const name = unique('Reader');
    const email = await addPerson(page, name);
    await expect(page.getByText('Never')).toBeVisible();
    await expectAccessible(page);

    await page.goto(`/plans/${PLAN}/members/new`);
    await page.getByRole('button', { name: 'Add member' }).click();
    await expect(page.getByRole('alert')).toContainText('Choose a role');
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Board member').check();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Add member' }).click();
    await expect(page.getByText(`${name} takes part in the plan now`)).toBeVisible();

    const other = await browser.newContext({ baseURL: process.env.BASE_URL });
    const theirs = await other.newPage();
    await theirs.goto('/sign-in');
    await theirs.getByLabel('Email address').fill(email);
    await theirs.getByLabel('Password').fill(PASSWORD);
    await theirs.getByRole('button', { name: 'Sign in' }).click();
    await expect(theirs.getByRole('button', { name: 'Sign out' })).toBeVisible();
    await theirs.goto(`/plans/${PLAN}/scorecard`);
    await expect(theirs.getByRole('heading', { level: 1, name: 'Scorecard' })).toBeVisible();

    await page.goto(`/admin/people?q=${encodeURIComponent(email)}`);
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('button', { name: 'Disable this account' }).click();
    await page.getByRole('button', { name: 'Disable the account' }).click();
    await expect(page.getByText(`${name} can no longer sign in`)).toBeVisible();
    await expectAccessible(page);

    await theirs.getByRole('link', { name: 'Recommendations' }).click();
    await expect(theirs).toHaveURL(/\/sign-in\?next=/);
    await other.close();

    await page.getByRole('button', { name: `Let ${name} sign in again` }).click();
    await expect(page.getByText('can sign in again.')).toBeVisible();
    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });

  test('a password is set, and an address used already is refused', async ({ page }) => {
    await signIn(page, 'admin');
    const name = unique('Twice');
    const email = await addPerson(page, name);
    await page.getByText('Set a new password').click();
    await page.getByLabel('New password').fill('short');
    await page.getByRole('button', { name: 'Set password' }).click();
    await expect(problem(page)).toContainText('at least 12 characters');
    await page.getByLabel('New password').fill(`${PASSWORD} again`);
    await page.getByRole('button', { name: 'Set password' }).click();
    await expect(page.getByText(`The password of ${name} has been set`)).toBeVisible();

    await page.goto('/admin/people/new');
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Email address').fill(email);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(problem(page)).toBeVisible();
    await expect(page).toHaveURL('/admin/people/new');

    await page.goto(`/admin/people?q=${encodeURIComponent(email)}`);
    await expectAccessible(page);
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Name').fill(`${name} two`);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { level: 1, name: `${name} two` })).toBeVisible();
  });

  test('a team is added, changed and deleted', async ({ page }) => {
    await signIn(page, 'admin');
    const ref = unique('team').toLowerCase();
    await page.goto('/admin/people/teams');
    await page.getByRole('link', { name: 'Add a team' }).click();
    await page.getByLabel('Name').fill(`Team ${ref}`);
    await page.getByLabel('Reference').fill(ref);
    await page.getByLabel('Add a person').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Add person' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText(`Team ${ref} has been added`)).toBeVisible();
    const row = page.getByRole('row').filter({ hasText: ref });
    await expect(row).not.toContainText('None');
    await expectAccessible(page);
    await row.getByRole('link').click();
    await page.getByRole('button', { name: /^Remove person/ }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(row).toContainText('None');
    await row.getByRole('link').click();
    await page.getByRole('button', { name: 'Delete this team' }).click();
    await expect(page.getByText('The team has been deleted')).toBeVisible();
    await expect(row).toHaveCount(0);
  });

  test('are not for those who do not run the service', async ({ page }) => {
    await signIn(page, 'programme_manager');
    for (const path of ['/admin/people', '/admin/integrations']) {
      await page.goto(path);
      await expect(page.getByRole('alert')).toContainText('Not allowed');
      await expectAccessible(page);
    }
  });
});

test.describe('the members of a plan', () => {
  test('an inspector is given items until a day, and is removed again', async ({ page }) => {
    test.slow();
    await signIn(page, 'admin');
    const name = unique('Visitor');
    const email = await addPerson(page, name);
    await signIn(page, 'programme_manager');
    await page.goto(`/plans/${PLAN}/members`);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Add a member' }).click();
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Inspector').check();
    await page.getByLabel('Last day').fill('31 March 2031');
    await page.getByLabel('Add a KPI').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Add KPI' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Add member' }).click();
    await expect(page.getByText(`${name} takes part in the plan now`)).toBeVisible();

    await page.goto(`/plans/${PLAN}/members?q=${encodeURIComponent(email)}`);
    const row = page.getByRole('row').filter({ hasText: email });
    await expect(row).toContainText('Inspector');
    await expect(row).toContainText('1 item');
    await expect(row).toContainText('31 Mar 2031');
    await row.getByRole('link').click();
    await page.getByLabel('Senior leader').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('The member has been saved')).toBeVisible();

    await page.goto(`/plans/${PLAN}/members?q=${encodeURIComponent(email)}`);
    await expect(row).toContainText('The whole plan');
    await row.getByRole('link').click();
    await page.getByRole('button', { name: 'Remove this member' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: `Remove ${name}` }).click();
    await expect(page.getByText('The member has been removed from the plan')).toBeVisible();
    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });

  test('a deputy is named and dismissed', async ({ page }) => {
    await signIn(page, 'programme_manager');
    await page.goto(`/plans/${PLAN}/members/deputies`);
    await page.getByRole('button', { name: 'Name deputy' }).click();
    await expect(page.getByRole('alert')).toContainText('Choose the deputy');
    await expectAccessible(page);
    await page.getByLabel('Stand in for').selectOption({ label: 'Performance officer' });
    await page.getByLabel('Deputy', { exact: true }).selectOption({ label: 'Participation worker' });
    await page.getByLabel('Last day').fill('31 March 2031');
    await page.getByRole('button', { name: 'Name deputy' }).click();
    await expect(page.getByText('The deputy has been named')).toBeVisible();
    const row = page.getByRole('row').filter({ hasText: 'Participation worker' }).filter({ hasText: '31 Mar 2031' });
    await expect(row).toContainText('Active');
    await row.getByRole('button').click();
    await expect(page.getByText('Participation worker no longer stands in for Performance officer')).toBeVisible();
    await expect(row).toHaveCount(0);
    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});
