import type { Page } from 'playwright-core';
import { sendOrder } from '../testing/shop-stories.ts';

/** What a picture of the documentation shows: a page, brought to where it says most. */
export interface Scene {
  readonly name: string;
  /** Of the picture, in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** What of the page the picture is about. */
  readonly shows: string;
  /** Brings a page that is open at the start to what is pictured. */
  readonly play: (page: Page) => Promise<void>;
}

/** A fault is played, and then every rule is asked. */
const PATIENCE_MS = 120_000;
const DECLINED = { paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds' };

export const SCENES: readonly Scene[] = [
  {
    name: 'order',
    width: 1180,
    height: 930,
    shows: '.order-grid',
    play: async (page) => {
      const orderId = await sendOrder(DECLINED, new URL(page.url()).origin);
      await goTo(page, `#/orders?customer=alice`);
      await page.getByRole('link', { name: orderId }).click();
      await page.getByRole('heading', { name: 'Order workflow ended' }).waitFor();
      const journey = page.getByRole('region', { name: 'Status over time' });
      await journey.getByText('Cancelled, payment declined', { exact: true }).waitFor();
      await page.getByText('The books agree').waitFor();
    },
  },
  {
    name: 'shop',
    width: 1180,
    height: 830,
    shows: 'main',
    play: async (page) => {
      await goTo(page, '#/shop');
      const cup = page.getByRole('article', { name: 'White cup' });
      await cup.waitFor();
      await page.getByText('Nothing is in it yet').or(page.locator('.basket .total')).waitFor();
      if ((await page.getByLabel('Quantity of White cup').count()) === 0) await cup.getByRole('button').click();
      await page.getByLabel('Quantity of White cup').waitFor();
    },
  },
  {
    name: 'lab',
    width: 1180,
    height: 980,
    shows: 'main',
    play: async (page) => {
      await goTo(page, '#/lab');
      const fault = page.getByRole('article', { name: 'The answer to a charge is lost' });
      await fault.getByRole('button', { name: 'Try it' }).click();
      await fault.getByText('as told', { exact: true }).waitFor({ timeout: PATIENCE_MS });
      await page.getByRole('heading', { name: /^All \d+ rules hold$/ }).waitFor({ timeout: PATIENCE_MS });
    },
  },
];

async function goTo(page: Page, address: string): Promise<void> {
  await page.goto(new URL(address, page.url()).href);
}
