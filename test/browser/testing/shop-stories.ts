import type { Page } from 'playwright-core';
import { inject } from 'vitest';

/** Puts a product into the basket, and waits until it is in there. */
export async function addToBasket(page: Page, product: string): Promise<void> {
  await page.getByRole('button', { name: `Add ${product} to basket` }).click();
  await page.getByLabel(`Quantity of ${product}`).waitFor();
}

/** @returns the order's id, from the address. */
export async function orderIdIn(page: Page): Promise<string> {
  await page.waitForURL(/#\/(?:shop\/)?orders\/[0-9A-Z]{26}/);
  return /orders\/([0-9A-Z]{26})/.exec(page.url())?.[1] ?? '';
}

/** An order that another system sends: it needs no basket. @returns its id. */
export async function sendOrder(order: Record<string, unknown> = {}): Promise<string> {
  const body = {
    customerId: 'alice',
    currency: 'EUR',
    lines: [{ sku: 'CUP-WHITE', quantity: 1, unitPriceMinor: 850 }],
    paymentMethodId: 'pm_card_visa',
    ...order,
  };
  const answer = await fetch(`${inject('pageUrl')}/machine/checkout`, { method: 'POST', body: JSON.stringify(body) });
  const { orderId } = (await answer.json()) as { orderId?: string };
  if (orderId === undefined) throw new Error(`The order was refused: ${answer.status}`);
  return orderId;
}
