import { expect, test } from 'vitest';
import { AT_A_GLANCE, looksWell } from './testing/looks.ts';
import { sendOrder } from './testing/shop-stories.ts';
import { overflowOf, usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

test('a new order appears by itself, and shows how it ended', async () => {
  const page = await visit('#/orders');
  await page.locator('.order-list li').first().waitFor();
  const orderId = await sendOrder();
  const row = page.getByRole('link', { name: orderId });
  await row.waitFor();
  await row.getByText('Confirmed').waitFor();
});

test('a filter is in the address, and survives a reload', async () => {
  const page = await visit('#/orders');
  await page.getByLabel('Status').selectOption('CANCELLED');
  await page.getByLabel('Order or customer').fill('bob');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.waitForFunction('location.hash.includes("status=CANCELLED") && location.hash.includes("customer=bob")');
  await page.reload();
  await page.locator('.order-list li').first().waitFor();
  expect(await page.getByLabel('Status').inputValue()).toBe('CANCELLED');
  expect(await page.getByLabel('Order or customer').inputValue()).toBe('bob');
  const customers = await page.locator('.order-list .customer').allInnerTexts();
  expect(new Set(customers)).toEqual(new Set(['bob']));
});

test('a declined order shows what failed, what was undone, and books of nothing', async () => {
  const orderId = await sendOrder({ paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds' });
  const page = await visit(`#/orders/${orderId}`, { expectsFailedRequests: true });
  await page.getByRole('button', { name: 'Charge payment failed: PaymentDeclined' }).waitFor();
  await page.getByRole('button', { name: 'Release inventory done' }).waitFor();
  await page.getByRole('button', { name: 'Reserve inventory undone by Release inventory' }).waitFor();
  await page.getByText('taken 0 − returned 0 = 0; held 0 ✓').waitFor();
  await page.getByText('The books agree').waitFor();
  await page.getByText('OrderCancelled.v1').waitFor();
});

test('an order cancelled after it was confirmed shows the second workflow with its refund', async () => {
  const orderId = await sendOrder();
  const page = await visit(`#/orders/${orderId}`, { expectsFailedRequests: true });
  await page.getByRole('button', { name: 'Confirm order done' }).waitFor();
  await page.getByRole('button', { name: 'Cancel: return the money and the stock' }).click();
  const second = page.getByRole('region', { name: 'Cancellation workflow' });
  await second.getByRole('button', { name: 'Refund payment done' }).waitFor();
  await page.getByRole('button', { name: 'Charge payment undone by Refund payment' }).waitFor();
  await page.getByText('taken 8.50 − returned 8.50 = 0; held 0 ✓').waitFor();
});

test('what the bars show is a table too: each step with its time and how it went', async () => {
  const orderId = await sendOrder({ paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds' });
  const page = await visit(`#/orders/${orderId}`, { expectsFailedRequests: true });
  const table = page.getByRole('table', { name: 'Steps of the workflows by time' });
  const row = table.getByRole('row', { name: /Charge payment/ });
  await expect.poll(() => row.innerText()).toMatch(/failed: PaymentDeclined[\s\S]*\d\d:\d\d:\d\d[\s\S]*\d+(\.\d)? m?s/);
  await row.getByRole('button', { name: 'Charge payment' }).click();
  await page.getByRole('heading', { name: 'Charge payment', exact: true }).waitFor();
  await page.getByText('Input', { exact: true }).first().waitFor();
});

test('a waiting order says for what, and goes on by itself when it comes', async () => {
  const orderId = await sendOrder({ paymentMethodId: 'pm_card_threeDSecure2Required' });
  const page = await visit(`#/orders/${orderId}`, { expectsFailedRequests: true });
  await page.getByRole('button', { name: 'Charge payment waiting for an answer' }).waitFor();
  await page.getByText('Still under way').waitFor();
  await looksWell(page, AT_A_GLANCE);
  const base = page.url().replace(/\/#.*/, '');
  const { intents } = (await (await fetch(`${base}/pay/_sandbox/intents?orderId=${orderId}`)).json()) as {
    intents: { id: string }[];
  };
  const body = JSON.stringify({ outcome: 'confirm' });
  await fetch(`${base}/pay/_sandbox/intents/${intents[0]?.id}/authenticate`, { method: 'POST', body });
  await page.getByRole('button', { name: 'Confirm order done' }).waitFor();
  await page.getByText('The books agree').waitFor();
});

test('an order of fifty lines fits, also on a narrow page', async () => {
  const lines = Array.from({ length: 50 }, (_, index) => ({
    sku: `NOWHERE-${index}`,
    quantity: 1,
    unitPriceMinor: 100 + index,
  }));
  const orderId = await sendOrder({ lines });
  const page = await visit(`#/orders/${orderId}`, { width: 390, expectsFailedRequests: true });
  await page.getByText('Cancelled, out of stock').first().waitFor();
  await page.getByRole('heading', { name: '50 lines' }).click();
  await page.getByText('NOWHERE-49').waitFor();
  expect(await overflowOf(page)).toBe(0);
});

test('an order is found, opened and read with the keyboard alone', async () => {
  const orderId = await sendOrder();
  const page = await visit('#/orders');
  await page.getByRole('link', { name: orderId }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/orders\/[0-9A-Z]{26}/);
  await page.getByText('The books agree').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.getByLabel('Order or customer').waitFor();
  await page.keyboard.type(orderId);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/#/orders/${orderId}`);
  await page.getByRole('button', { name: 'Confirm order done' }).waitFor();
});
