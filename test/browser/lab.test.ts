import { expect, test } from 'vitest';
import { FAULTS } from '../../web/pages/lab/faults.ts';
import { usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

/** The one ends in the inbox, which has tests of its own; the other has one below. */
const ELSEWHERE = ['refund-refused', 'kill'];

test.each(FAULTS.filter(({ id }) => !ELSEWHERE.includes(id)))(
  '$title: the order ends as told, and every rule holds',
  async (fault) => {
    const page = await visit('#/lab');
    const card = page.getByRole('article', { name: fault.title });
    await card.getByRole('button', { name: 'Try it' }).click();
    await card.getByText('as told', { exact: true }).waitFor();
    await card.getByText('The fault fired').waitFor();
    await page.getByRole('heading', { name: /^All \d+ rules hold$/ }).waitFor();
    await card.getByText('In a terminal').click();
    expect(await card.locator('pre').innerText()).toContain('npm run checkout');
  },
  60_000,
);

test('a killed runtime is told of, comes back, and its order ends', async () => {
  const page = await visit('#/lab', { expectsFailedRequests: true });
  const card = page.getByRole('article', { name: 'Kill the runtime' });
  await card.getByRole('button', { name: 'Try it' }).click();
  await page.getByText('The shop does not answer. What you see may be old').waitFor();
  await card.getByText('as told', { exact: true }).waitFor({ timeout: 60_000 });
  await page.getByText('The shop does not answer. What you see may be old').waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: /^All \d+ rules hold$/ }).waitFor({ timeout: 60_000 });
}, 150_000);

test('all books are checked, one row a rule', async () => {
  const page = await visit('#/lab');
  await page.getByRole('button', { name: 'Check all books' }).click();
  await page.getByRole('heading', { name: /^All \d+ rules hold$/ }).waitFor();
  await page.getByText('One row a rule').click();
  const told = Number(/\d+/.exec(await page.getByRole('heading', { name: /rules hold/ }).innerText())?.[0]);
  expect(told).toBeGreaterThan(30);
  expect(await page.locator('.rules li.good').count()).toBe(told);
  expect(await page.locator('.rules li.bad').count()).toBe(0);
});
