import * as z from 'zod';
import { orNewer } from '../../events/newer-word.ts';
import { ParkReason } from '../../events/vocabulary.ts';
import { lines } from '../platform/http/text.ts';
import { isAboutRetry, isProven, ParkDecision, ParkedOrder } from './parked-order.ts';

/** What an operator is shown of a parking: all of it but the token, with which anyone could answer in their name. */
export const ParkedOrderView = z.object({
  orderId: z.string(),
  step: z.string(),
  reason: orNewer(ParkReason),
  since: z.string(),
  announcedAt: z.string().optional(),
  errorName: z.string(),
  exposureMinor: z.int().meta({ description: 'Money that was taken and may not have been returned, in minor units' }),
  exposureCertain: z
    .boolean()
    .meta({ description: 'False when the amount may be smaller or zero: only the payment provider knows' }),
  currency: z.string(),
  heldLines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
  nextAction: z.string(),
  executionArn: z.string().optional(),
  returnIds: z.array(z.string()).optional().meta({ description: 'The returns of the order that it is about' }),
  particulars: z.record(z.string(), z.string()).optional().meta({
    description:
      'Facts that only some reasons have, such as ids of the provider. `providerRepeatsFailureUntil`: until then the provider replays its failure and a retry is refused, unless it is made `anyway`; refund there, then decide `resolved`',
  }),
  decision: ParkDecision.optional().meta({
    description: 'A decision that has not reached the workflow yet. Send the same one again',
  }),
  decisions: ParkedOrder.shape.decisions,
});
export type ParkedOrderView = z.infer<typeof ParkedOrderView>;

export const ParkedOrderPage = z
  .strictObject({
    parkedOrders: z.array(ParkedOrderView),
    nextCursor: z.string().optional().meta({ description: 'Not present on the last page' }),
  })
  .meta({ id: 'ParkedOrderPage' });

export function parkedViewOf(row: ParkedOrder): ParkedOrderView {
  return ParkedOrderView.parse(row);
}

export const DecisionBody = z
  .strictObject({
    step: z.string().min(1).max(60),
    decision: ParkDecision,
    evidence: lines(1, 1024).optional(),
    anyway: z.boolean().optional().meta({
      description: 'With `retry`: also while the provider repeats its failure, so that it can only fail',
    }),
    exposureMinor: z.int().nonnegative().optional().meta({
      description: 'The open amount that you saw. If it has changed by now, the decision is refused',
    }),
  })
  .refine(...isProven)
  .refine(...isAboutRetry);

export const DecisionView = z.strictObject({
  orderId: z.string(),
  step: z.string(),
  decision: ParkDecision,
  delivered: z.boolean().meta({
    description:
      'False when nothing was left to deliver: the workflow had the decision already, or the order has ended',
  }),
  providerRepeatsFailureUntil: z.string().optional().meta({
    description: 'Of a retry that was made `anyway`: it can only fail until then',
  }),
});
