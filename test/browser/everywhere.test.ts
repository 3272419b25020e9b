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

test('whose zone is UTC reads each time once', async () => {
  const orderId = await sendOrder();
  const page = await visit(`#/orders/${orderId}`, { timeZone: 'UTC', expectsFailedRequests: true });
  const time = page.locator('time', { hasText: 'UTC' }).first();
  await time.waitFor();
  expect((await time.innerText()).trim()).toMatch(/^(?:\d+ \w+, )?\d\d:\d\d:\d\d UTC$/);
});

test.each([1280, 1000, 390, 320])(
  'on a page of %i pixels the graph of an order fits, and can be read',
  async (width) => {
    const orderId = await sendOrder({ paymentMethodId: 'pm_card_chargeDeclined' });
    const page = await visit(`#/orders/${orderId}`, { width, expectsFailedRequests: true });
    await page.getByText('The books agree').waitFor();
    expect(await page.evaluate(GRAPH)).toMatchObject({ scrollsPx: 0 });
    await page.getByLabel('Show every state of the workflow').check();
    const whole = await page.evaluate<{ scrollsPx: number; textPx: number }>(GRAPH);
    expect(whole.textPx).toBeGreaterThanOrEqual(8);
    // All of its states are more than fits on a phone.
    expect(whole.scrollsPx > 0).toBe(width < 500);
  },
);

/** By how much the graph is wider than its panel, and how high its letters are. */
const GRAPH = `(() => {
  const scrolled = document.querySelector('.graph .scrolled');
  const svg = scrolled.querySelector('svg');
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const textPx = parseFloat(getComputedStyle(svg.querySelector('.name')).fontSize) * scale;
  return { scrollsPx: scrolled.scrollWidth - scrolled.clientWidth, textPx: Math.round(textPx * 10) / 10 };
})()`;
