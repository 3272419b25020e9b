import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { AT_A_GLANCE, looksWell } from './testing/looks.ts';
import { sendOrder } from './testing/shop-stories.ts';
import { usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

test('two tabs change a price: the second save says that it was changed meanwhile', async () => {
  const page = await visit('#/stock', { expectsFailedRequests: true });
  const other = await page.context().newPage();
  await other.goto(page.url());
  for (const tab of [page, other]) {
    await tab.getByText('Red lamp').click();
    await priceIn(tab).waitFor();
  }
  await priceIn(page).fill('61.00');
  await priceIn(other).fill('62.00');
  await lampIn(page).getByRole('button', { name: 'Change the price' }).click();
  await page.getByText('61.00 EUR').first().waitFor();
  await lampIn(other).getByRole('button', { name: 'Change the price' }).click();
  await other.getByRole('alert').getByText('Changed meanwhile.').waitFor();
  await other.getByRole('button', { name: 'Look at it' }).click();
  await expect.poll(() => priceIn(other).inputValue()).toBe('61.00');
});

function lampIn(page: Page): Locator {
  return page.locator('details', { hasText: 'Red lamp' });
}

function priceIn(page: Page): Locator {
  return lampIn(page).getByLabel(/^In EUR, version/);
}

test('a product is put on sale, with the units that there are of it', async () => {
  const page = await visit('#/stock', { expectsFailedRequests: true });
  await page.getByText('Put a product on sale').click();
  const form = page.locator('details', { hasText: 'Put a product on sale' });
  const draft = { SKU: 'LAMP-RED', Name: 'Bowl', Description: 'Deep', Category: 'teaware', Price: '12.50', Units: '7' };
  for (const [label, value] of Object.entries(draft)) await form.getByLabel(label).fill(value);
  await form.getByRole('button', { name: 'Put it on sale' }).click();
  await form.getByRole('alert').getByText('already exists').waitFor();
  await form.getByLabel('SKU').fill('BOWL');
  const added = page.waitForRequest(
    (request) => request.method() === 'POST' && request.url().endsWith('/api/products'),
  );
  await form.getByRole('button', { name: 'Put it on sale' }).click();
  const line = page.locator('summary', { hasText: 'BOWL' });
  await line.getByText('12.50 EUR').waitFor();
  await line.getByText('7 available').waitFor();

  // Others look at the shop too.
  const { authorization = '' } = await (await added).allHeaders();
  const removed = await fetch(`${(await added).url()}/BOWL`, { method: 'DELETE', headers: { authorization } });
  expect(removed.status).toBe(204);
});

test('units that came in are there, with who brought them and why', async () => {
  const page = await visit('#/stock');
  await page.getByText('Oak chair').click();
  const row = page.locator('details', { hasText: 'Oak chair' });
  await row.getByLabel('Units (negative: they went)').fill('3');
  await row.getByLabel('Reason').fill('found in the attic');
  await row.getByRole('button', { name: 'Change the stock' }).click();
  await row.getByText('found in the attic, by admin').waitFor();
  await row.getByText('+3 to').waitFor();
  await looksWell(page, AT_A_GLANCE);
});

test('the units of a product that many want are spread over rows, and back into one', async () => {
  const page = await visit('#/stock');
  await page.getByText('Oak chair').click();
  const row = page.locator('details', { hasText: 'Oak chair' });
  const rows = row.getByLabel('Rows that the units are spread over');
  await rows.waitFor();
  expect(await rows.inputValue()).toBe('1');
  const before = await row.locator('.stock-line').innerText();
  for (const [wanted, told] of [
    ['4', 'The stock is spread over 4 rows'],
    ['1', 'The stock is in one row'],
  ] as const) {
    await rows.fill(wanted);
    await row.getByRole('button', { name: 'Spread the units' }).click();
    await page.getByText(told).waitFor({ state: 'attached' });
    await row.locator(`[name=shards][value="${wanted}"]`).waitFor();
    expect(await row.locator('.stock-line').innerText()).toBe(before);
  }
});

test('what is shipped counts as sold and gone', async () => {
  const orderId = await sendOrder();
  const page = await visit(`#/orders/${orderId}`, { expectsFailedRequests: true });
  const ship = page.getByRole('button', { name: 'Mark as shipped' });
  await ship.waitFor();
  const stock = await page.context().newPage();
  await stock.goto(page.url().replace(/#.*/, '#/stock'));
  const cups = stock.locator('summary', { hasText: 'CUP-WHITE' }).getByText('sold and gone');
  await cups.waitFor();
  const before = Number.parseInt(await cups.innerText(), 10);
  await ship.click();
  await expect.poll(async () => Number.parseInt(await cups.innerText(), 10)).toBe(before + 1);
});
