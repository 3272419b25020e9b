import { ulid } from 'ulid';
import { BasketCheckedOut, totalOf } from '../../events/basket-checked-out.ts';
import { eventIdOf } from '../../events/define-event.ts';
import type { OrderId, Sku } from '../../events/vocabulary.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Units at the beginning: plenty of most, a few of one SKU, none of another. */
export const TORTURE_STOCK: Readonly<Record<string, number>> = {
  'PLENTY-A': 1_000_000,
  'PLENTY-B': 1_000_000,
  'PLENTY-C': 1_000_000,
  SCARCE: 60,
  NONE: 0,
};

type Lines = readonly (readonly [sku: string, quantity: number])[];

interface Kind {
  /** Of all orders, in percent. */
  readonly percent: number;
  readonly lines: Lines;
  readonly paymentMethodId: string;
}

const KINDS: readonly Kind[] = [
  { percent: 35, lines: [['PLENTY-A', 1]], paymentMethodId: 'pm_card_visa' },
  // The same two SKUs in either order: such transactions cross.
  {
    percent: 10,
    lines: [
      ['PLENTY-A', 2],
      ['PLENTY-B', 1],
    ],
    paymentMethodId: 'pm_card_visa',
  },
  {
    percent: 10,
    lines: [
      ['PLENTY-B', 1],
      ['PLENTY-A', 2],
    ],
    paymentMethodId: 'pm_card_visa',
  },
  {
    percent: 10,
    lines: [
      ['PLENTY-C', 1],
      ['SCARCE', 1],
    ],
    paymentMethodId: 'pm_card_visa',
  },
  {
    percent: 10,
    lines: [
      ['PLENTY-B', 3],
      ['NONE', 1],
    ],
    paymentMethodId: 'pm_card_visa',
  },
  { percent: 10, lines: [['PLENTY-C', 2]], paymentMethodId: 'pm_card_chargeDeclined' },
  { percent: 15, lines: [['PLENTY-B', 1]], paymentMethodId: 'pm_card_threeDSecure2Required' },
];

/** One of everything that can happen to an order, in the usual proportions. */
export function someCheckout(random: SeededRandom): BasketCheckedOut {
  const { lines, paymentMethodId } = kindAt(random.next() * 100);
  return checkoutOf(lines, paymentMethodId);
}

export function checkoutOf(skus: Lines, paymentMethodId: string): BasketCheckedOut {
  const orderId = ulid() as OrderId;
  const lines = skus.map(([sku, quantity]) => ({ sku: sku as Sku, quantity, unitPriceMinor: 1250 }));
  return {
    eventId: eventIdOf(BasketCheckedOut, orderId),
    schemaVersion: 1,
    orderId,
    basketId: `basket-${orderId}`,
    customerId: 'torture',
    correlationId: `torture-${orderId}`,
    placedAt: new Date().toISOString(),
    currency: 'EUR',
    lines,
    totalMinor: totalOf(lines),
    paymentMethodId,
  };
}

function kindAt(percent: number): Kind {
  let upTo = 0;
  const kind = KINDS.find((each) => percent < (upTo += each.percent));
  if (kind === undefined) throw new Error(`The kinds of orders make ${upTo} %, expected 100`);
  return kind;
}
