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
