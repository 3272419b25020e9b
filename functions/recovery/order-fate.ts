import * as z from 'zod';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { ShortLine } from '../../events/order-cancelled.ts';
import { CancellationReason, DeclineCode } from '../../events/vocabulary.ts';

/**
 * What became of an order before its rows were lost, as its executions tell: they outlive the tables by 90 days.
 * `cancelled`: it was, or it was decided that it would be. `underWay`: nothing was decided yet.
 */
export const OrderFate = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('confirmed') }),
  z.object({ kind: z.literal('underWay') }),
  z.object({
    kind: z.literal('cancelled'),
    reason: CancellationReason,
    // As in its event, which is told again.
    declineCode: DeclineCode.optional(),
    shortLines: z.array(ShortLine).optional(),
  }),
]);
export type OrderFate = z.infer<typeof OrderFate>;

/** An order whose rows may be older than what became of it. */
export const RestoredOrder = z.object({
  order: BasketCheckedOut.received,
  fate: OrderFate,
  /** Name of the set of restored tables: what is begun anew is named after it, so that it is begun once. */
  set: z.string().regex(/^r\d{8}t\d{6}z$/),
});
export type RestoredOrder = z.infer<typeof RestoredOrder>;
