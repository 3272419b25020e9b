import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { AT_A_GLANCE, looksWell } from './testing/looks.ts';
import { addToBasket, emptyBasket, orderIdIn } from './testing/shop-stories.ts';
import { usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

test('a cup is bought: confirmed, without a reload', async () => {
  const page = await visit('#/shop');
  await emptyBasket(page);
  await addToBasket(page, 'White cup');
  await page.getByRole('button', { name: 'Buy for 8.50 EUR' }).click();
  await page.getByRole('heading', { name: 'Confirmed', exact: true }).waitFor();
  await page.getByText('Paid and confirmed').waitFor();
});

test('each product says whether it can be had', async () => {
  const page = await visit('#/shop');
  await page.getByRole('article', { name: 'White cup' }).getByText('In stock').waitFor();
  await page.getByRole('article', { name: 'Red lamp' }).getByText('Sold out', { exact: true }).waitFor();
});

test('the mail to a customer can be read, as plain text', async () => {
  const page = await visit('#/shop');
  await emptyBasket(page);
  await addToBasket(page, 'White cup');
  await page.getByRole('button', { name: /^Buy for/ }).click();
  await page.getByRole('heading', { name: 'Confirmed', exact: true }).waitFor();
  await page.getByRole('link', { name: 'See it from the inside' }).click();
  const mails = page.getByRole('region', { name: 'Mails' });
  await mails.getByText('Order confirmed').click();
  const mail = mails.getByRole('article', { name: 'Mail' });
  await mail.getByText('to alice@example.com').waitFor();
  expect(await mail.locator('pre').innerText()).toMatch(/Thank you for your order[\s\S]*1 x White cup/);
});

test('a double click is one order', async () => {
  const page = await visit('#/shop');
  await emptyBasket(page);
  await addToBasket(page, 'White cup');
  const before = await ordersOf(page);
  await page.goto(page.url().replace(/#.*/, '#/shop'));
  await page.getByRole('button', { name: /^Buy for/ }).dblclick();
  await page.getByRole('heading', { name: 'Confirmed', exact: true }).waitFor();
  expect((await ordersOf(page)).filter((order) => !before.includes(order))).toHaveLength(1);
});

test('a declined card charges nothing, and another one pays the same order', async () => {
  const page = await visit('#/shop');
  await emptyBasket(page);
  await addToBasket(page, 'White cup');
  await page.getByLabel('Empty card').check();
  await page.getByRole('button', { name: /^Buy for/ }).click();
  await page.getByRole('heading', { name: 'Payment declined, nothing charged' }).waitFor();
  await looksWell(page, AT_A_GLANCE);
  await page.getByRole('button', { name: 'Pay with this method' }).click();
  await page.getByRole('heading', { name: 'Confirmed', exact: true }).waitFor();
});

test.each([
  ['confirms', 'Confirm', 'Confirmed'],
  ['fails', 'Fail', 'Payment declined, nothing charged'],
])('a customer whom the bank asks, and who %s, comes back to how it ended', async (_what, button, ending) => {
  const page = await visit('#/shop');
  await emptyBasket(page);
  await addToBasket(page, 'White cup');
  await page.getByLabel('Card with 3-D Secure').check();
  await page.getByRole('button', { name: /^Buy for/ }).click();
  const opened = page.context().waitForEvent('page');
  await page.getByRole('link', { name: 'Confirm at your bank' }).click();
  const bank = await opened;
  await bank.getByRole('button', { name: button }).click();
  await bank.getByRole('heading', { name: 'Your bank has answered' }).waitFor();
  expect(new URL(bank.url()).search).toBe('');
  await page.getByRole('heading', { name: ending, exact: true }).waitFor();
  if (button === 'Fail') {
    await page.getByRole('button', { name: 'Pay with this method' }).click();
    await page.getByRole('heading', { name: 'Confirmed', exact: true }).waitFor();
  }
});

test('an order is bought with the keyboard alone', async () => {
  const page = await visit('#/shop');
  await emptyBasket(page);
  const add = page.getByRole('button', { name: 'Add to basket White cup' });
  await tabTo(page, async () => add.evaluate((button) => button === button.ownerDocument.activeElement));
  await page.keyboard.press('Enter');
  await page.getByLabel('Quantity of White cup').waitFor();
  const buy = page.getByRole('button', { name: /^Buy for/ });
  await tabTo(page, async () => buy.evaluate((button) => button === button.ownerDocument.activeElement));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Confirmed', exact: true }).waitFor();
});

test('another tab’s change of the basket is told, not overwritten', async () => {
  const page = await visit('#/shop', { expectsFailedRequests: true });
  await emptyBasket(page);
  await addToBasket(page, 'White cup');
  const other = await page.context().newPage();
  await other.goto(page.url());
  await addToBasket(other, 'Blue teapot');
  await page.getByRole('button', { name: /^Buy for/ }).click();
  await page.getByRole('alert').getByText('The basket has changed since you looked at it').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByLabel('Quantity of Blue teapot').waitFor();
});

test('the address says nothing of the customer', async () => {
  const page = await visit('#/shop');
  await emptyBasket(page);
  await addToBasket(page, 'White cup');
  await page.getByRole('button', { name: /^Buy for/ }).click();
  await orderIdIn(page);
  expect(page.url()).not.toMatch(/alice|@|Berlin|pm_card/);
  const stored: string = await page.evaluate(
    'JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie',
  );
  expect(stored).not.toMatch(/eyJ/);
});

/** The newest of them, which are a page. */
async function ordersOf(page: Page): Promise<(string | null)[]> {
  await page.goto(page.url().replace(/#.*/, '#/shop/orders'));
  await page.getByRole('heading', { name: 'My orders' }).waitFor();
  await page.locator('.my-orders li').first().waitFor();
  return page.locator('.my-orders a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
}

/** Presses Tab until it is where it should be. */
async function tabTo(page: Page, isThere: () => Promise<boolean>): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await isThere()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('The keyboard does not lead there.');
}
