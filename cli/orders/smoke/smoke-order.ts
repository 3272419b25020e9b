import { ulid } from 'ulid';
import { BasketCheckedOut, totalOf } from '../../../events/basket-checked-out.ts';
import { eventIdOf } from '../../../events/define-event.ts';
import { OrderId, type Sku } from '../../../events/vocabulary.ts';

/** What is bought to see whether the shop sells. */
export interface SmokeProduct {
  readonly sku: Sku;
  readonly unitPriceMinor: number;
  readonly currency: string;
}

/** One unit of a product, as a checkout would order it. @param paymentMethodId one of the provider's test cards. */
export function smokeOrder({ sku, unitPriceMinor, currency }: SmokeProduct, paymentMethodId: string): BasketCheckedOut {
  const orderId = OrderId.parse(ulid());
  const lines = [{ sku, quantity: 1, unitPriceMinor }];
  return BasketCheckedOut.published.parse({
    eventId: eventIdOf(BasketCheckedOut, orderId),
    schemaVersion: 1,
    orderId,
    basketId: `smoke-${orderId}`,
    correlationId: `smoke-${orderId}`,
    customerId: 'smoke-test',
    placedAt: new Date().toISOString(),
    currency,
    lines,
    totalMinor: totalOf(lines),
    paymentMethodId,
  });
}
