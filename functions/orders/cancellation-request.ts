import * as z from 'zod';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';

/** Who takes a confirmed order back, and in whose name. */
export const CancellationRequest = z.object({
  reason: z.enum(['CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SHOP']),
  /** Subject of the caller's token. */
  actor: z.string().min(1).max(128),
});
export type CancellationRequest = z.infer<typeof CancellationRequest>;

/** The input of an execution that cancels a confirmed order. Of a newer one, the fields that are not known are dropped. */
export const CancellationInput = z.object({ order: BasketCheckedOut.received, ...CancellationRequest.shape });
export type CancellationInput = z.infer<typeof CancellationInput>;
