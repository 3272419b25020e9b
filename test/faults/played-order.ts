import { ulid } from 'ulid';
import { BasketCheckedOut, totalOf } from '../../events/basket-checked-out.ts';
import { eventIdOf } from '../../events/define-event.ts';
import type { OrderId, Sku } from '../../events/vocabulary.ts';

/** Of every order's id: in which shard of the outbox its events lie follows from the id, so it must follow from the seed. */
const FIRST_DAY_MS = Date.UTC(2026, 0, 1);

type Payment = Pick<BasketCheckedOut, 'paymentMethodId' | 'allowPaymentRetry'>;

/** Two lines, so that a transaction over the stock has something to be wrong about. */
export function someOrder({ paymentMethodId, allowPaymentRetry }: Payment): BasketCheckedOut {
  return { ...orderOf({ CUP: 2, POT: 1 }, paymentMethodId), ...(allowPaymentRetry && { allowPaymentRetry }) };
}

export function orderOf(quantities: Readonly<Record<string, number>>, paymentMethodId: string): BasketCheckedOut {
  const orderId = ulid(FIRST_DAY_MS, Math.random) as OrderId;
  const lines = Object.entries(quantities).map(([sku, quantity]) => ({
    sku: sku as Sku,
    quantity,
    unitPriceMinor: 1250,
  }));
  return {
    eventId: eventIdOf(BasketCheckedOut, orderId),
    schemaVersion: 1,
    orderId,
    basketId: `basket-${orderId}`,
    customerId: 'alice',
    correlationId: `correlation-${orderId}`,
    placedAt: new Date().toISOString(),
    currency: 'EUR',
    lines,
    totalMinor: totalOf(lines),
    paymentMethodId,
  };
}
