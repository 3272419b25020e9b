import type { Page, Request } from 'playwright-core';
import { expect, test } from 'vitest';
import { sendOrder } from './testing/shop-stories.ts';
import { usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

test.each(['#/shop', '#/orders'])('on %s, whoever walks by Tab sees where they are', async (address) => {
  const page = await visit(address);
  await page.locator('main button').first().waitFor();
  for (let presses = 0; presses < 12; presses += 1) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(FOCUSED)).toMatchObject({ isSeen: true });
  }
});

/** An element that has the focus, and whether a line around it says so. */
const FOCUSED = `(() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  return { what: document.activeElement.outerHTML.slice(0, 200), isSeen };
})()`;

test('times are those of the reader, with UTC beside them', async () => {
  const orderId = await sendOrder();
  const page = await visit(`#/orders/${orderId}`, { timeZone: 'Asia/Tokyo', expectsFailedRequests: true });
  const time = page.locator('time', { hasText: 'UTC' }).first();
  await time.waitFor();
  const hours = Array.from((await time.innerText()).matchAll(/(\d\d):\d\d:\d\d/g), ([, hour]) => Number(hour));
  expect(hours).toHaveLength(2);
  expect(hours[0]).toBe((hours[1]! + 9) % 24);
});

test('where nobody tells of changes the page asks again by itself, and not while it is hidden', async () => {
  let [asked, answered] = [0, 0];
  const isOrders = (request: Request): boolean => request.url().includes('/api/admin/orders');
  const page = await visit('#/orders', {
    before: async (blank) => {
      await blank.clock.install();
      blank.on('request', (request) => (asked += isOrders(request) ? 1 : 0));
      blank.on('requestfinished', (request) => (answered += isOrders(request) ? 1 : 0));
      await blank.route('**/config.json', async (route) => {
        const config = (await (await route.fetch()).json()) as object;
        await route.fulfill({ json: { ...config, live: 'polling' } });
      });
    },
  });
  /** How often it has asked, when nothing is under way. A later request is seen after all before it. */
  const askedByNow = async (): Promise<number> => {
    for (;;) {
      const seen = asked;
      await page.evaluate('fetch("icon.svg").then(() => 0)');
      if (asked === seen && answered === seen) return seen;
    }
  };
  await page.locator('.order-list li').first().waitFor();
  await page.clock.pauseAt(Date.now() + 3_600_000);
  const before = await askedByNow();
  await page.clock.runFor(10_000);
  const polled = await askedByNow();
  expect(polled).toBeGreaterThan(before);
  await hide(page, true);
  await page.clock.runFor(60_000);
  expect(await askedByNow()).toBe(polled);
  await hide(page, false);
  await expect.poll(() => asked).toBeGreaterThan(polled);
});

async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });
    document.dispatchEvent(new Event('visibilitychange'));`);
}
