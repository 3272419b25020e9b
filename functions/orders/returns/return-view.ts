import * as z from 'zod';
import { RefundOutcome } from '../../../events/order-refunded.ts';
import { orNewer } from '../../../events/newer-word.ts';
import { Disposition } from '../../../events/vocabulary.ts';
import type { OrderReturn } from './order-return.ts';

const refundMinor = z.int().nonnegative().meta({ description: 'In minor units of the currency' });

/** What a customer is shown of a return. */
export const ReturnView = z
  .strictObject({
    returnId: z.string(),
    state: z.enum(['OPEN', 'CLOSED']).meta({ description: 'OPEN until the refund is settled' }),
    acceptedAt: z.string(),
    closedAt: z.string().optional(),
    currency: z.string(),
    refundMinor,
    refundOutcome: orNewer(z.enum([...RefundOutcome.options, 'NOTHING_DUE']))
      .optional()
      .meta({
        description:
          '`MADE`: the money is on its way. `PENDING`: the payment provider has not sent it yet. `BY_HAND`: it was ' +
          'settled in another way. Not present while the return is open',
      }),
    lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int(), refundMinor })),
  })
  .meta({ id: 'Return' });

/** The same, with what only operators see. */
export const AdminReturnView = ReturnView.extend({
  orderId: z.string(),
  reason: z.string(),
  actor: z.string().meta({ description: 'Who accepted it: the subject of the token' }),
  refundId: z.string().optional().meta({ description: 'The refund at the payment provider' }),
  lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int(), refundMinor, disposition: Disposition })),
}).meta({ id: 'AdminReturn' });
export type AdminReturnView = z.infer<typeof AdminReturnView>;

export function viewOfReturn({ returnId, state, acceptedAt, closedAt, refund, ...row }: OrderReturn) {
  return {
    returnId,
    state,
    acceptedAt,
    ...(closedAt === undefined ? {} : { closedAt }),
    currency: row.currency,
    refundMinor: row.refundMinor,
    ...(refund === undefined ? {} : { refundOutcome: refund.outcome }),
    lines: row.lines.map((line) => ({ sku: line.sku, quantity: line.quantity, refundMinor: line.refundMinor })),
  };
}

export function adminViewOfReturn(row: OrderReturn): AdminReturnView {
  const refundId = row.refund?.refundId;
  return {
    ...viewOfReturn(row),
    orderId: row.orderId,
    reason: row.reason,
    actor: row.actor,
    ...(refundId === undefined ? {} : { refundId }),
    lines: row.lines.map((line) => ({ ...line })),
  };
}
