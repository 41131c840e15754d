import { expect, expectAccessible, expectNoSidewaysScroll, signInOf, test } from './fixtures';

test.describe('sign in', () => {
  test('a page for signed-in people leads to the sign-in page and back', async ({ page }) => {
    const { email, password } = signInOf('programme_manager');
    await page.goto('/?from=bookmark');
    await expect(page).toHaveURL('/sign-in?next=%2F%3Ffrom%3Dbookmark');
    await expectAccessible(page);

    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();

    await expect(page).toHaveURL('/?from=bookmark');
    await expect(page.getByRole('heading', { level: 1, name: 'My plans' })).toBeFocused();
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByText('You have signed out')).toBeVisible();
    await page.goto('/');
    await expect(page).toHaveURL('/sign-in');
  });

  test('empty boxes and a wrong password are said at the top and at the box', async ({ page }) => {
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const summary = page.getByRole('alert').filter({ hasText: 'There is a problem' });
    await expect(summary).toBeFocused();
    await expect(page).toHaveTitle(/^Error: Sign in/);
    await expectAccessible(page);

    await summary.getByRole('link', { name: 'Enter your password' }).click();
    await expect(page.getByLabel('Password')).toBeFocused();

    await page.getByLabel('Email address').fill('nobody@example.org');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(summary).toContainText('The email address or the password is not right');
  });

  test('another site is never the next page', async ({ page }) => {
    const { email, password } = signInOf('programme_manager');
    await page.goto('/sign-in?next=//evil.example/');
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
    expect(new URL(page.url()).origin).toBe(new URL(process.env.BASE_URL ?? '').origin);
  });

  test('reads at 400 % zoom', async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 256 });
    await page.goto('/sign-in');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectNoSidewaysScroll(page);
  });
});

test('the accessibility statement is linked from every page', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Accessibility statement' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Accessibility statement' })).toBeFocused();
  await expectAccessible(page);
});

test('an address that is no page says so', async ({ page }) => {
  await page.goto('/no-such-page.1');
  await expect(page.getByRole('heading', { level: 1, name: 'Page not found' })).toBeVisible();
  await expectAccessible(page);
});
