import type { Page, Request } from 'playwright-core';
import { expect, test } from 'vitest';
import { sendOrder } from './testing/shop-stories.ts';
import { usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

/** How the page asks where nobody tells it of changes, in the page's own time. */
const LIST_EVERY_MS = 10_000;

test('where the page must ask for changes, it asks while somebody looks, and not while it is hidden', async () => {
  let asked = 0;
  let underWay = 0;
  const isOfList = (request: Request): number => (request.url().includes('/api/admin/orders') ? 1 : 0);
  const page = await visit('#/orders', {
    before: async (blank) => {
      await blank.clock.install();
      await blank.addInitScript(`Object.defineProperty(document, 'hidden', { get: () => window.isHidden === true })`);
      await blank.route('**/config.json', async (route) => {
        const config = (await (await route.fetch()).json()) as object;
        await route.fulfill({ json: { ...config, live: 'polling' } });
      });
      blank.on('request', (request) => {
        asked += isOfList(request);
        underWay += isOfList(request);
      });
      for (const end of ['requestfinished', 'requestfailed'] as const)
        blank.on(end as 'requestfinished', (request) => (underWay -= isOfList(request)));
    },
  });
  /** What is asked for when so much of the page's time has passed, and everything is answered. */
  const askedWithin = async (ms: number): Promise<number> => {
    const before = asked;
    await page.clock.runFor(ms);
    let quietLooks = 0;
    for (let last = -1; quietLooks < 5; last = asked) {
      await page.clock.runFor(20);
      quietLooks = underWay === 0 && asked === last ? quietLooks + 1 : 0;
    }
    return asked - before;
  };
  await page.locator('.order-list li').first().waitFor();
  await askedWithin(0);
  for (const _look of [1, 2, 3]) expect(await askedWithin(LIST_EVERY_MS)).toBeGreaterThan(0);

  await hide(page, true);
  await askedWithin(0); // what was asked for before is told of late
  for (const _look of [1, 2, 3]) expect(await askedWithin(LIST_EVERY_MS)).toBe(0);

  const whenHidden = asked;
  await hide(page, false);
  await expect.poll(() => asked).toBeGreaterThan(whenHidden);
});

test('what moves stands still for whoever wants less motion', async () => {
  const orderId = await sendOrder({ paymentMethodId: 'pm_card_threeDSecure2Required' });
  const page = await visit(`#/orders/${orderId}`, { expectsFailedRequests: true });
  await page.getByRole('button', { name: 'Charge payment waiting for an answer' }).waitFor();
  const moving = (): Promise<number> => page.evaluate<number>('document.getAnimations().length');
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await expect.poll(moving).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect.poll(moving).toBe(0);
});

async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`window.isHidden = ${isHidden}; document.dispatchEvent(new Event('visibilitychange'))`);
}
