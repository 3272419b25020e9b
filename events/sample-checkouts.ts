import { BasketCheckedOut, totalOf } from './basket-checked-out.ts';
import { eventIdOf } from './define-event.ts';
import type { OrderId, Sku } from './vocabulary.ts';

/** A product of the sample catalogue. */
export interface SampleProduct {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly priceMinor: number;
  readonly currency: string;
  /** Units that the samples expect to find. */
  readonly stock: number;
}

export const SAMPLE_PRODUCTS: readonly SampleProduct[] = [
  {
    sku: 'TEAPOT-BLUE',
    name: 'Blue teapot',
    description: 'Stoneware, one litre.',
    category: 'teaware',
    priceMinor: 3900,
    currency: 'EUR',
    stock: 20,
  },
  {
    sku: 'CUP-WHITE',
    name: 'White cup',
    description: 'Thin porcelain.',
    category: 'teaware',
    priceMinor: 850,
    currency: 'EUR',
    stock: 40,
  },
  {
    sku: 'LAMP-RED',
    name: 'Red lamp',
    description: 'Sold out, and back in spring.',
    category: 'lighting',
    priceMinor: 5900,
    currency: 'EUR',
    stock: 0,
  },
  {
    sku: 'CHAIR-OAK',
    name: 'Oak chair',
    description: 'The last one of its series.',
    category: 'furniture',
    priceMinor: 18_900,
    currency: 'EUR',
    stock: 1,
  },
];

/** Units by SKU that the samples expect to find. */
export const SAMPLE_STOCK: Readonly<Record<string, number>> = Object.fromEntries(
  SAMPLE_PRODUCTS.map(({ sku, stock }) => [sku, stock]),
);

/** One story that the shop can tell, and how it must end. */
export interface SampleBasket {
  readonly title: string;
  readonly customerId: 'alice' | 'bob';
  readonly lines: readonly (readonly [sku: string, quantity: number])[];
  readonly paymentMethodId: string;
  readonly ending: 'CONFIRMED' | 'CANCELLED';
  readonly reason?: 'PAYMENT_DECLINED' | 'OUT_OF_STOCK';
  /** The customer must act at the payment provider before the order can end. */
  readonly customerConfirms?: true;
}

const CONFIRMED: SampleBasket = {
  title: 'confirmed',
  customerId: 'alice',
  lines: [
    ['TEAPOT-BLUE', 1],
    ['CUP-WHITE', 4],
  ],
  paymentMethodId: 'pm_card_visa',
  ending: 'CONFIRMED',
};

export const SAMPLE_BASKETS: readonly SampleBasket[] = [
  CONFIRMED,
  {
    title: 'payment declined',
    customerId: 'bob',
    lines: [['TEAPOT-BLUE', 2]],
    paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds',
    ending: 'CANCELLED',
    reason: 'PAYMENT_DECLINED',
  },
  {
    title: 'out of stock',
    customerId: 'alice',
    lines: [['LAMP-RED', 1]],
    paymentMethodId: 'pm_card_visa',
    ending: 'CANCELLED',
    reason: 'OUT_OF_STOCK',
  },
  {
    title: 'two lines, one of them short',
    customerId: 'bob',
    lines: [
      ['CUP-WHITE', 6],
      ['CHAIR-OAK', 2],
    ],
    paymentMethodId: 'pm_card_visa',
    ending: 'CANCELLED',
    reason: 'OUT_OF_STOCK',
  },
  {
    title: 'the customer must confirm, and does',
    customerId: 'alice',
    lines: [['CUP-WHITE', 2]],
    paymentMethodId: 'pm_card_threeDSecure2Required',
    ending: 'CONFIRMED',
    customerConfirms: true,
  },
];

/** The first one again: a duplicate that must change nothing. */
export const DUPLICATE_BASKET: SampleBasket = { ...CONFIRMED, title: 'duplicate of the first' };

/** A sample as an event, for whoever drops it straight onto the bus. */
export interface SampleCheckout extends SampleBasket {
  readonly checkout: BasketCheckedOut;
}

/**
 * The six samples as events; the last has the event of the first.
 * @param newOrderId mints a ULID; a sample is a new order each time, or the workflow would rightly ignore it.
 */
export function sampleCheckouts(newOrderId: () => OrderId, placedAt: Date): readonly SampleCheckout[] {
  const samples = SAMPLE_BASKETS.map((basket) => ({ ...basket, checkout: checkoutOf(basket, newOrderId(), placedAt) }));
  const first = samples[0];
  return first === undefined ? [] : [...samples, { ...DUPLICATE_BASKET, checkout: first.checkout }];
}

function checkoutOf(basket: SampleBasket, orderId: OrderId, placedAt: Date): BasketCheckedOut {
  const { customerId, paymentMethodId } = basket;
  const lines = basket.lines.map(([sku, quantity]) => {
    const unitPriceMinor = SAMPLE_PRODUCTS.find((product) => product.sku === sku)?.priceMinor ?? 0;
    return { sku: sku as Sku, quantity, unitPriceMinor };
  });
  return {
    eventId: eventIdOf(BasketCheckedOut, orderId),
    schemaVersion: 1,
    orderId,
    basketId: `basket-${orderId}`,
    customerId,
    correlationId: `sample-${orderId}`,
    placedAt: placedAt.toISOString(),
    currency: 'EUR',
    lines,
    totalMinor: totalOf(lines),
    paymentMethodId,
  };
}
