import { totalOf, type BasketCheckedOut } from './basket-checked-out.ts';
import { eventIdOf, type OrderId, type Sku } from './vocabulary.ts';

/** Units per SKU that the sample checkouts expect to find. */
export const SAMPLE_STOCK: Readonly<Record<string, number>> = {
  'TEAPOT-BLUE': 20,
  'CUP-WHITE': 40,
  'LAMP-RED': 0,
  'CHAIR-OAK': 1,
};

/** One story that the workflow can tell, and how it must end. */
export interface SampleCheckout {
  readonly title: string;
  readonly checkout: BasketCheckedOut;
  readonly ending: 'CONFIRMED' | 'CANCELLED';
  readonly reason?: 'PAYMENT_DECLINED' | 'OUT_OF_STOCK';
  /** The customer must act at the payment provider before the order can end. */
  readonly customerConfirms?: true;
}

interface SampleBasket extends Omit<SampleCheckout, 'checkout'> {
  readonly customerId: string;
  readonly lines: readonly (readonly [sku: string, quantity: number, unitPriceMinor: number])[];
  readonly paymentMethodId: string;
}

const SAMPLE_BASKETS: readonly SampleBasket[] = [
  {
    title: 'confirmed',
    customerId: 'alice',
    lines: [
      ['TEAPOT-BLUE', 1, 3900],
      ['CUP-WHITE', 4, 850],
    ],
    paymentMethodId: 'pm_card_visa',
    ending: 'CONFIRMED',
  },
  {
    title: 'payment declined',
    customerId: 'bob',
    lines: [['TEAPOT-BLUE', 2, 3900]],
    paymentMethodId: 'pm_card_chargeDeclinedInsufficientFunds',
    ending: 'CANCELLED',
    reason: 'PAYMENT_DECLINED',
  },
  {
    title: 'out of stock',
    customerId: 'carol',
    lines: [['LAMP-RED', 1, 5900]],
    paymentMethodId: 'pm_card_visa',
    ending: 'CANCELLED',
    reason: 'OUT_OF_STOCK',
  },
  {
    title: 'two lines, one of them short',
    customerId: 'dave',
    lines: [
      ['CUP-WHITE', 6, 850],
      ['CHAIR-OAK', 2, 18900],
    ],
    paymentMethodId: 'pm_card_visa',
    ending: 'CANCELLED',
    reason: 'OUT_OF_STOCK',
  },
  {
    title: 'the customer must confirm, and does',
    customerId: 'erin',
    lines: [['CUP-WHITE', 2, 850]],
    paymentMethodId: 'pm_card_threeDSecure2Required',
    ending: 'CONFIRMED',
    customerConfirms: true,
  },
];

/**
 * The six sample checkouts. The last is the first one again: a duplicate that must change nothing.
 * @param newOrderId mints a ULID; a sample is a new order each time, or the workflow would rightly ignore it.
 */
export function sampleCheckouts(newOrderId: () => OrderId, placedAt: Date): readonly SampleCheckout[] {
  const samples = SAMPLE_BASKETS.map((basket) => toSample(basket, newOrderId(), placedAt));
  const first = samples[0];
  return first === undefined ? [] : [...samples, { ...first, title: 'duplicate of the first' }];
}

function toSample(basket: SampleBasket, orderId: OrderId, placedAt: Date): SampleCheckout {
  const { lines: basketLines, customerId, paymentMethodId, ...story } = basket;
  const lines = basketLines.map(([sku, quantity, unitPriceMinor]) => ({ sku: sku as Sku, quantity, unitPriceMinor }));
  return {
    ...story,
    checkout: {
      eventId: eventIdOf(orderId, 'BasketCheckedOut'),
      schemaVersion: 1,
      orderId,
      basketId: `basket-${customerId}`,
      customerId,
      correlationId: `sample-${orderId}`,
      placedAt: placedAt.toISOString(),
      currency: 'EUR',
      lines,
      totalMinor: totalOf(lines),
      paymentMethodId,
    },
  };
}
