import * as z from 'zod';
import { expectedInstead, totalProblem } from './money.ts';
import { defineEvent, type DetailOf } from './define-event.ts';
import {
  AmountMinor,
  Currency,
  MAX_LINES,
  OpaqueId,
  orderEventFields,
  PaymentMethodId,
  Quantity,
  Sku,
  SoldName,
  Timestamp,
} from './vocabulary.ts';

const OrderLine = z.strictObject({ sku: Sku, quantity: Quantity, unitPriceMinor: AmountMinor, name: SoldName });
export type OrderLine = z.infer<typeof OrderLine>;

/** What every order has, since the first version: the order's row has a column for each. A newer field goes to `detail`. */
export const orderFields = {
  basketId: OpaqueId,
  placedAt: Timestamp,
  currency: Currency,
  lines: z.array(OrderLine).min(1).max(MAX_LINES),
  totalMinor: AmountMinor,
  paymentMethodId: PaymentMethodId,
} as const;

const detail = z
  .strictObject({
    ...orderEventFields,
    ...orderFields,
    /** After a decline the order waits for another payment method. Absent: it ends. */
    allowPaymentRetry: z.literal(true).optional(),
  })
  .refine(({ lines, totalMinor }) => totalOf(lines) === totalMinor, {
    path: ['totalMinor'],
    error: 'expected the sum of quantity x unit price of all lines',
  })
  .refine(({ lines }) => new Set(lines.map((line) => line.sku)).size === lines.length, {
    path: ['lines'],
    error: 'expected each SKU at most once',
  });

/**
 * A customer checked a basket out: the order command. It is written once, at checkout, with frozen prices, and
 * everything downstream carries its canonical bytes; they are the input of the order's execution.
 */
export const BasketCheckedOut = defineEvent('shop.basket', 'BasketCheckedOut.v1', detail);
export type BasketCheckedOut = DetailOf<typeof BasketCheckedOut>;

/** Sum of the lines in minor units. */
export function totalOf(lines: readonly Pick<OrderLine, 'quantity' | 'unitPriceMinor'>[]): number {
  return lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0);
}

/**
 * Why nobody can charge what is ordered, e.g. `TOTAL_TOO_SMALL: The least …`; undefined when it can be charged. Not part
 * of the schema: an order that was accepted is worked off by the rules of its own time.
 */
export function unchargeable({ totalMinor, currency }: Pick<BasketCheckedOut, 'totalMinor' | 'currency'>) {
  const problem = totalProblem(totalMinor, currency);
  return problem && `${problem}: ${expectedInstead(problem, currency)}`;
}

export const basketCheckedOutSample = {
  eventId: '01K2Z5N8W0CHECK0VTSAMPRE01.BasketCheckedOut',
  schemaVersion: 1,
  orderId: '01K2Z5N8W0CHECK0VTSAMPRE01',
  basketId: 'basket-alice-1',
  customerId: 'alice',
  correlationId: 'checkout-alice-1',
  placedAt: '2026-01-15T09:30:00.000Z',
  currency: 'EUR',
  lines: [
    { sku: 'TEAPOT-BLUE', quantity: 1, unitPriceMinor: 3900 },
    { sku: 'CUP-WHITE', quantity: 4, unitPriceMinor: 850 },
  ],
  totalMinor: 7300,
  paymentMethodId: 'pm_card_visa',
} satisfies z.input<typeof detail>;
