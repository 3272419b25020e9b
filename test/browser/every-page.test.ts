import { AxeBuilder } from '@axe-core/playwright';
import { describe, expect, test } from 'vitest';
import { sendOrder } from './testing/shop-stories.ts';
import { overflowOf, usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

const PAGES = [
  ['start', '', 'Latest orders'],
  ['shop', '#/shop', 'Oak chair'],
  ['my orders', '#/shop/orders', 'EUR'],
  ['orders', '#/orders', 'EUR'],
  ['inbox', '#/inbox', 'dead-letter queues are empty'],
  ['stock', '#/stock', 'Oak chair'],
  ['lab', '#/lab', 'Kill the runtime'],
  ['runtime', '#/runtime', 'charge-payment'],
] as const;

const LOOKS = [
  ['light', 1280],
  ['dark', 390],
] as const;

describe.each(LOOKS)('in %s, %i pixels wide,', (theme, width) => {
  test.each(PAGES)(
    'the page %s has no serious fault of accessibility and does not scroll sideways',
    async (_name, address, shows) => {
      const page = await visit(address, { theme, width });
      await page.getByText(shows).first().waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      expect(await overflowOf(page)).toBe(0);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    },
  );

  test('nor has the page of an order', async () => {
    const orderId = await sendOrder({ paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds' });
    const page = await visit(`#/orders/${orderId}`, { theme, width, expectsFailedRequests: true });
    await page.getByText('The books agree').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
  });
});

test('everything grows for a projector, and still fits', async () => {
  const page = await visit('#/lab?present');
  await page.getByText('Kill the runtime').first().waitFor();
  expect(await page.evaluate('getComputedStyle(document.documentElement).fontSize')).toBe('24px');
  expect(await overflowOf(page)).toBe(0);
});

async function seriousFaults(page: Awaited<ReturnType<typeof visit>>): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
