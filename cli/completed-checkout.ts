import { ulid } from 'ulid';
import * as z from 'zod';
import { BasketCheckedOut, totalOf } from '../events/basket-checked-out.ts';
import { eventIdOf } from '../events/define-event.ts';
import type { OrderId } from '../events/vocabulary.ts';

/** An order that somebody wrote by hand, with what a checkout adds itself. Whether it is right is not looked at. */
export function completedCheckout(given: Record<string, unknown>): Record<string, unknown> {
  const orderId = (given['orderId'] ?? ulid()) as OrderId;
  const lines = z.array(z.object({ quantity: z.number(), unitPriceMinor: z.number() })).safeParse(given['lines']);
  return {
    eventId: eventIdOf(BasketCheckedOut, orderId),
    schemaVersion: 1,
    orderId,
    basketId: `basket-${orderId}`,
    correlationId: `checkout-${orderId}`,
    placedAt: new Date().toISOString(),
    ...(lines.success && { totalMinor: totalOf(lines.data) }),
    ...given,
  };
}
