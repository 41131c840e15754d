import { type Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from './fixtures';
import { PLAN } from './service';

interface Dashboard {
  plan: { title: string; authority: string };
  recommendations: { total: number; by_rating: Record<string, number> };
  actions: {
    total: number;
    done: number;
    overdue: number;
    due_soon: number;
    by_status: { status_word: string; count: number }[];
    overdue_first: { ref: string; title: string; days_overdue: number }[];
  };
  scorecard: { better: number; worse: number; groups: { kpis: { ref: string; title: string }[] }[] };
  escalations: { open: number; items: { ref: string; title: string }[] };
  doubts: { open: number; leaderless: number };
}

/** Opens a plan's dashboard; the very answer that the page shows. */
async function open(page: Page, plan: string): Promise<Dashboard> {
  const answer = page.waitForResponse((response) => response.url().endsWith(`/v1/plans/${plan}/dashboard`));
  await page.goto(`/plans/${plan}/dashboard`);
  const found = (await (await answer).json()) as Dashboard;
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 2, name: /^Changed in the last/ })).toBeVisible();
  return found;
}

const tile = (page: Page, label: string) =>
  page.locator('.ts-tile').filter({ has: page.getByRole('link', { name: label, exact: true }) });

const section = (page: Page, name: string | RegExp) =>
  page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name }) });

test.describe('the dashboard', () => {
  test('shows what the service answers', async ({ page }) => {
    await signIn(page, 'programme_manager');
    const found = await open(page, PLAN);
    const { actions, scorecard, escalations, doubts, recommendations } = found;

    for (const [label, value] of [
      ['Actions done', actions.done],
      ['Overdue', actions.overdue],
      ['Due soon', actions.due_soon],
      ['KPIs better', scorecard.better],
      ['KPIs worse', scorecard.worse],
      ['Escalations', escalations.open],
      ['Doubts', doubts.open],
    ] as const) {
      await expect(tile(page, label).locator('p').first(), label).toHaveText(String(value));
    }
    await expect(tile(page, 'Actions done')).toContainText(`of ${actions.total}`);
    await expect(tile(page, 'Doubts')).toContainText(`${doubts.leaderless} led by nobody`);

    const ratings = page.getByRole('list', { name: 'Ratings of recommendations' });
    for (const [rating, count] of Object.entries(recommendations.by_rating)) {
      const name = rating === 'grey' ? /^Not rated/ : new RegExp(`^${rating}:`, 'i');
      await expect(ratings.getByRole('listitem').filter({ has: page.getByRole('link', { name }) })).toContainText(String(count));
    }
    const statuses = page.getByRole('list', { name: 'Actions by status' });
    for (const { status_word, count } of actions.by_status) {
      await expect(statuses.getByRole('listitem').filter({ has: page.getByRole('link', { name: status_word, exact: true }) })).toContainText(
        String(count),
      );
    }

    const late = section(page, 'Overdue, the longest first').getByRole('listitem');
    await expect(late).toHaveCount(actions.overdue_first.length);
    const longest = actions.overdue_first[0];
    if (longest) await expect(late.first()).toContainText(`${longest.ref} ${longest.title}`);

    for (const { title } of escalations.items) {
      await expect(section(page, 'Open escalations').getByRole('link', { name: title })).toBeVisible();
    }
  });

  test('shows every KPI under its question, with what moved in words', async ({ page }) => {
    await signIn(page, 'board_member');
    const { scorecard } = await open(page, PLAN);
    const card = section(page, 'Scorecard');
    for (const name of ['How much did we do?', 'How well did we do it?', 'Is anyone better off?']) {
      await expect(card.getByRole('table', { name })).toBeVisible();
    }
    await expect(card.getByText('Worse', { exact: true }).first()).toBeVisible();
    await expect(card.getByRole('img', { name: /from .* in / }).first()).toBeVisible();

    await card.getByRole('button', { name: /^Show all \d+ KPIs$/ }).click();
    const kpis = scorecard.groups.flatMap((group) => group.kpis);
    for (const { ref, title } of kpis.slice(0, 5)) {
      await expect(card.getByRole('rowheader', { name: `${ref} ${title}` })).toBeVisible();
    }
  });

  test('begins with what the role looks for', async ({ page }) => {
    const titles = page.locator('.ts-card').getByRole('heading', { level: 2 });
    for (const [role, first] of [
      ['programme_manager', /^Overdue/],
      ['board_member', /^Recommendations/],
      ['internal_auditor', /^Changed/],
    ] as const) {
      await signIn(page, role);
      await open(page, PLAN);
      await expect(titles.first(), role).toHaveText(first);
    }
  });

  test('leads to the lists behind its figures', async ({ page }) => {
    await signIn(page, 'board_member');
    const { actions } = await open(page, 'darlington-2017');
    await tile(page, 'Overdue').getByRole('link').click();
    await expect(page).toHaveURL('/plans/darlington-2017/actions?when=overdue');
    await expect(page.getByRole('status').filter({ hasText: `${actions.overdue} action` })).toBeVisible();
    await page.goBack();
    await page.getByRole('list', { name: 'Ratings of recommendations' }).getByRole('link', { name: /^Green/ }).click();
    await expect(page).toHaveURL('/plans/darlington-2017/recommendations?rating=green&status=active');
    await expect(page.getByText('11 recommendations found')).toBeVisible();
  });

  test('reads well on every width', async ({ page }) => {
    test.slow();
    await signIn(page, 'programme_manager');
    await open(page, PLAN);
    await expectAccessible(page);
    for (const width of [800, 375, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
    }
    await page.setViewportSize({ width: 375, height: 800 });
    await expectAccessible(page);
  });
});

test.describe('a closed plan’s dashboard', () => {
  test('is judged at its own date: 18 recommendations and 41 actions', async ({ page }) => {
    await signIn(page, 'programme_manager');
    await open(page, 'darlington-2017');
    await expect(page.getByText('This plan is closed. What is overdue or due soon is judged as it stood on 31 December 2017.')).toBeVisible();
    await expect(page.getByRole('heading', { name: '18 recommendations by rating' })).toBeVisible();
    const ratings = page.getByRole('list', { name: 'Ratings of recommendations' }).getByRole('listitem');
    await expect(ratings).toHaveText([/^\s*11 Green: /, /^\s*7 Business as usual/]);
    await expect(page.getByRole('heading', { name: '41 actions by status' })).toBeVisible();
    await expect(page.getByRole('list', { name: 'Actions by status' }).getByRole('listitem')).toHaveText([
      /^\s*5 Complete/,
      /^\s*36 In Progress/,
    ]);
    await expectAccessible(page);
  });

  test('shows the total its document states beside what is held', async ({ page }) => {
    await signIn(page, 'programme_manager');
    await open(page, 'dorset-2018');
    await expect(page.getByRole('heading', { name: '108 actions by status' })).toBeVisible();
    await expect(page.getByText('Key actions: 105 stated, 108 held (+3)')).toBeVisible();
    await page.getByRole('link', { name: 'See all stated totals' }).click();
    await expect(page).toHaveURL('/plans/dorset-2018/about#totals');
    await expect(page.getByRole('row').filter({ hasText: 'Key actions' }).first()).toContainText(/105.*108.*\+3/);
    await page.setViewportSize({ width: 375, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});
