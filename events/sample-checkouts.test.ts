import { ulid } from 'ulid';
import { expect, test } from 'vitest';
import { BasketCheckedOut } from './basket-checked-out.ts';
import { SAMPLE_BASKETS, SAMPLE_PRODUCTS, sampleCheckouts } from './sample-checkouts.ts';
import type { OrderId } from './vocabulary.ts';

test('every sample is an event of the contract, a new order each time; the last is the first again', () => {
  const samples = sampleCheckouts(() => ulid() as OrderId, new Date());
  for (const { checkout } of samples) expect(BasketCheckedOut.published.parse(checkout)).toEqual(checkout);
  expect(samples.at(-1)?.checkout).toBe(samples[0]?.checkout);
  expect(new Set(samples.map(({ checkout }) => checkout.orderId)).size).toBe(SAMPLE_BASKETS.length);
});

test('the samples are of products on sale, and only those that say so are of more than there are', () => {
  const stock = new Map(SAMPLE_PRODUCTS.map((product) => [product.sku, product.stock]));
  for (const { title, lines, reason } of SAMPLE_BASKETS) {
    const isShort = lines.some(([sku, quantity]) => quantity > (stock.get(sku) ?? Number.NaN));
    expect(isShort, title).toBe(reason === 'OUT_OF_STOCK');
    expect(
      lines.every(([sku]) => stock.has(sku)),
      title,
    ).toBe(true);
  }
});
