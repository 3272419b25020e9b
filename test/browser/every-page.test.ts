import { expect, inject, test } from 'vitest';
import { DEFAULT_STACK_NAME } from '../../cli/deployment.ts';
import { CloudWatch } from '../testing/cloudwatch.ts';
import { looksWell } from './testing/looks.ts';
import { endpointUrlOf } from './testing/shop-process.ts';
import { addToBasket, emptyBasket, sendOrder } from './testing/shop-stories.ts';
import { overflowOf, usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

const PAGES = [
  ['start', '', 'Latest orders'],
  ['my orders', '#/shop/orders', 'EUR'],
  ['orders', '#/orders', 'EUR'],
  ['inbox', '#/inbox', 'dead-letter queues are empty'],
  ['stock', '#/stock', 'Oak chair'],
  ['lab', '#/lab', 'Kill the runtime'],
  ['runtime', '#/runtime', 'charge-payment'],
] as const;

test.each(PAGES)(
  'the page %s has no serious fault of accessibility and does not scroll sideways, in no theme and no width',
  async (_name, address, shows) => {
    const page = await visit(address);
    await page.getByText(shows).first().waitFor();
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    await looksWell(page);
  },
);

test('nor has the start while an alarm rings', async () => {
  const metric = { namespace: `Shop/${DEFAULT_STACK_NAME}`, name: 'ChargesUnknown', value: 11, nowMs: Date.now() };
  await new CloudWatch({ endpointUrl: endpointUrlOf(inject('pageUrl')) }).put(metric);
  const page = await visit('');
  await page.getByText('AlarmsChargesUnknown').waitFor();
  await looksWell(page);
});

test.each([
  ['nothing', [], 'Nothing is in it yet'],
  ['two products', ['White cup', 'Blue teapot'], 'Buy for 47.50 EUR'],
])('nor has the shop with %s in the basket', async (_what, products, shows) => {
  const page = await visit('#/shop');
  await emptyBasket(page);
  for (const product of products) await addToBasket(page, product);
  await page.getByText(shows).waitFor();
  await looksWell(page);
});

test('nor has the page of an order', async () => {
  const orderId = await sendOrder({ paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds' });
  const page = await visit(`#/orders/${orderId}`, { expectsFailedRequests: true });
  await page.getByText('The books agree').waitFor();
  await page.getByText('OrderCancelled.v1').click();
  await page.getByText('It is what OrderCancelled.v1 says').waitFor();
  await looksWell(page);
});

test('nor has an order in the eyes of its customer', async () => {
  const orderId = await sendOrder();
  const page = await visit(`#/shop/orders/${orderId}`, { expectsFailedRequests: true });
  await page.getByRole('heading', { name: 'Confirmed', exact: true }).waitFor();
  await looksWell(page);
});

test.each([
  ['the lab', '#/lab?present', 'Kill the runtime'],
  ['the list of orders', '#/orders?present', 'EUR'],
])('%s is legible from the last row: everything grows, and still fits', async (_what, address, shows) => {
  const page = await visit(address);
  await page.getByText(shows).first().waitFor();
  const sizes = await page.evaluate<number[]>(SIZES_OF_TEXT);
  // A slide's smallest text is 18 points, on a page that is 1280 wide as on one that is 1920.
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(18);
  expect(await overflowOf(page)).toBe(0);
});

/** In pixels, of every text that can be seen. */
const SIZES_OF_TEXT = `[...document.querySelectorAll('body *')]
  .filter((element) => element.checkVisibility() && element.closest('.only-heard, .skip, option') === null)
  .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
  .map((element) => parseFloat(getComputedStyle(element).fontSize))`;
