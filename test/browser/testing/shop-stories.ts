import type { Page } from 'playwright-core';
import { inject } from 'vitest';

/** Puts a product into the basket, and waits until it is in there. */
export async function addToBasket(page: Page, product: string): Promise<void> {
  await page.getByRole('button', { name: `Add to basket ${product}` }).click();
  await page.getByLabel(`Quantity of ${product}`).waitFor();
}

/** Each test begins without what another one left. */
export async function emptyBasket(page: Page): Promise<void> {
  await page
    .getByText('Nothing is in it yet')
    .or(page.getByRole('button', { name: /^Buy for/ }))
    .waitFor();
  for (;;) {
    const quantity = page.locator('.basket .quantity input').first();
    if ((await quantity.count()) === 0) return;
    const name = (await page.locator('.basket .name').first().innerText()).trim();
    await quantity.fill('0');
    await quantity.press('Tab');
    await page.getByLabel(`Quantity of ${name}`).waitFor({ state: 'detached' });
  }
}

/** @returns the order's id, from the address. */
export async function orderIdIn(page: Page): Promise<string> {
  await page.waitForURL(/#\/(?:shop\/)?orders\/[0-9A-Z]{26}/);
  return /orders\/([0-9A-Z]{26})/.exec(page.url())?.[1] ?? '';
}

/** An order that another system sends: it needs no basket. @returns its id. */
export async function sendOrder(order: Record<string, unknown> = {}, pageUrl?: string): Promise<string> {
  const body = {
    customerId: 'alice',
    currency: 'EUR',
    lines: [{ sku: 'CUP-WHITE', quantity: 1, unitPriceMinor: 850 }],
    paymentMethodId: 'pm_card_visa',
    ...order,
  };
  const answer = await fetch(`${pageUrl ?? inject('pageUrl')}/machine/checkout`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  const { orderId } = (await answer.json()) as { orderId?: string };
  if (orderId === undefined) throw new Error(`The order was refused: ${answer.status}`);
  return orderId;
}
