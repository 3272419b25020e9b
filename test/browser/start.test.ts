import { expect, test } from 'vitest';
import { usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

test('the start says what this is, shows the sample orders, and every link of it leads to a page', async () => {
  const page = await visit('');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('heading', { name: 'Latest orders' }).waitFor();
  await page.locator('.my-orders li').first().waitFor();
  await page.getByText('Nothing waits for a person').or(page.getByText('wait for a person')).waitFor();
  const links = await page
    .getByRole('link')
    .evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''));
  const own = [...new Set(links)].filter((link) => link.startsWith('#'));
  expect(own.length).toBeGreaterThan(8);
  for (const link of own) {
    await page.goto(new URL(link, page.url()).href);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.getByText('There is no such page').count(), link).toBe(0);
    expect(await page.getByRole('alert').count(), link).toBe(0);
  }
});

test('an address that leads nowhere says so, and where to go', async () => {
  const page = await visit('#/nowhere');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await page.getByRole('link', { name: 'Go to the start' }).click();
  await page.getByRole('heading', { name: 'Every order ends well, or is undone' }).waitFor();
});
