import * as z from 'zod';
import type { BasketCheckedOut } from '../../../events/basket-checked-out.ts';
import { orNewer } from '../../../events/newer-word.ts';
import { OrderId } from '../../../events/vocabulary.ts';
import type { PaymentTerms } from '../provider/payment-gateway.ts';

export const PAYMENT_STATES = [
  'REQUESTED',
  'AWAITING_CUSTOMER',
  'CHARGED',
  'DECLINED',
  'CANCELLED',
  'REFUNDED',
  'REFUND_FAILED',
] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** Why an order must not leave although it is paid: its bank, or somebody in the provider's dashboard, takes the money back. */
export const PAYMENT_HOLDS = ['DISPUTED', 'FRAUD_SUSPECTED', 'REFUNDED_BY_OTHERS'] as const;
export type PaymentHold = (typeof PAYMENT_HOLDS)[number];

/**
 * What an open payment waits for, while AWAITING_CUSTOMER. The customer confirms at the bank, or chooses another method
 * after a decline; or an attempt of theirs with another method is at the provider.
 */
export const PAYMENT_WAITS = ['CONFIRMATION', 'ANOTHER_METHOD', 'PROVIDER'] as const;
export type PaymentWait = (typeof PAYMENT_WAITS)[number];

/** The payment of an order. CANCELLED without `paymentIntentId` is a tombstone: no charge may follow. */
export const PaymentRecord = z.object({
  orderId: OrderId,
  state: z.enum(PAYMENT_STATES),
  amountMinor: z.int(),
  currency: z.string(),
  paymentIntentId: z.string().optional(),
  /** What the workflow waits on: the token of its first attempt that came here. A secret: never log it. */
  taskToken: z.string().optional(),
  /** Tokens of its other attempts, secrets too. They come in any order, and one of all is the one that waits. */
  otherTokens: z.set(z.string()).optional(),
  /** Attempts of the workflow, from 1; each brings a token of its own. */
  attempt: z.int().optional(),
  requestedAt: z.string().optional(),
  updatedAt: z.string(),
  /** Absent where it waits for no retry: CONFIRMATION. */
  waitsFor: z.enum(PAYMENT_WAITS).optional(),
  /** Where the customer confirms. */
  confirmationUrl: z.string().optional(),
  /** Until then the customer may try another method after a decline. Absent: a decline is the end. */
  retryUntil: z.string().optional(),
  /** Payment methods that were tried, counted from 1. Absent: one. */
  methodsTried: z.int().positive().optional(),
  /** The one that is, or was last, tried; absent for the first, which the order names. */
  triedMethodId: z.string().optional(),
  /** When it was claimed for the attempt. */
  triedAt: z.string().optional(),
  /** While the customer is awaited, and until the workflow has been told how it ended: what the poller reads. */
  openState: z.literal('OPEN').optional(),
  openSince: z.string().optional(),
  declineCode: z.string().optional(),
  /** For the log lines of those who meet the payment without its order: webhook and poller. */
  correlationId: z.string().optional(),
  /** Our refund: REFUNDED says that the provider took it on, REFUND_FAILED that it came to nothing since. */
  refundId: z.string().optional(),
  /** What was given back by whomever, as far as the provider told us of it. */
  refundedMinor: z.int().nonnegative().optional(),
  /** What returns of a shipped order give back, together: counted before the provider is asked. */
  returnsMinor: z.int().nonnegative().optional(),
  /** Which returns are in that count. */
  countedReturns: z.set(z.string()).optional(),
  /** Refunds that came to nothing, and that an operator was shown. */
  shownFailures: z.set(z.string()).optional(),
  /** Present while a person must look before the order is shipped. */
  hold: orNewer(z.enum(PAYMENT_HOLDS)).optional(),
  /** The provider repeats a failure under our keys until then at least, and can be asked for nothing else. */
  failureRepeatedUntil: z.string().optional(),
});
export type PaymentRecord = z.infer<typeof PaymentRecord>;

export type TracedTerms = PaymentTerms & { readonly correlationId: string };

export function termsOf({ orderId, totalMinor, currency, correlationId }: BasketCheckedOut): TracedTerms {
  return { orderId, amountMinor: totalMinor, currency, correlationId };
}

/** The tombstone of an order that was never charged. */
export function cancelledWithoutCharge(order: BasketCheckedOut, updatedAt: string): PaymentRecord {
  return { ...termsOf(order), state: 'CANCELLED', updatedAt };
}

/** Every token that the workflow may wait on, the likeliest first. */
export function tokensOf({ taskToken, otherTokens }: Pick<PaymentRecord, 'taskToken' | 'otherTokens'>): Set<string> {
  return new Set([...(otherTokens ?? []), ...(taskToken === undefined ? [] : [taskToken])]);
}
