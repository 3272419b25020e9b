import type Stripe from 'stripe';
import * as z from 'zod';
import type { PaymentIntent, PaymentOutcome, ProviderDispute, ProviderRefund } from './payment-gateway.ts';

/** What we read of an intent; the rest of the provider's answer never enters our system. */
const IntentBody = z.object({
  id: z.string().startsWith('pi_'),
  amount: z.int(),
  amount_received: z.int().nonnegative().default(0),
  currency: z.string().length(3),
  status: z.string(),
  metadata: z.record(z.string(), z.string()).default({}),
  last_payment_error: z
    .object({
      code: z.string().optional(),
      decline_code: z.string().nullish(),
      payment_method: z.object({ id: z.string() }).nullish(),
    })
    .nullish(),
  next_action: z.object({ redirect_to_url: z.object({ url: z.url().nullable() }).nullish() }).nullish(),
});
type IntentBody = z.infer<typeof IntentBody>;

const RefundBody = z.object({
  id: z.string().startsWith('re_'),
  amount: z.int(),
  status: z.string().nullable(),
  payment_intent: z.string(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

const DisputeBody = z.object({ id: z.string(), amount: z.int(), status: z.string() });

/** The provider answered, but not with what its API describes. What it did is unknown. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

/** @throws MalformedAnswer. */
export function readIntent(answer: unknown): PaymentIntent {
  const parsed = IntentBody.safeParse(answer);
  if (!parsed.success) throw new MalformedAnswer(`Payment intent: ${pathsOf(parsed.error)}`);
  const { id, amount, currency, metadata } = parsed.data;
  return {
    paymentIntentId: id,
    orderId: metadata['orderId'] ?? '',
    amountMinor: amount,
    receivedMinor: parsed.data.amount_received,
    currency: currency.toUpperCase(),
    outcome: outcomeOf(parsed.data),
    declinedMethodId: parsed.data.last_payment_error?.payment_method?.id,
  };
}

/** @throws MalformedAnswer. */
export function readRefund(answer: unknown): ProviderRefund {
  const parsed = RefundBody.safeParse(answer);
  if (!parsed.success) throw new MalformedAnswer(`Refund: ${pathsOf(parsed.error)}`);
  const { id, amount, metadata } = parsed.data;
  return {
    refundId: id,
    amountMinor: amount,
    standing: refundStanding(parsed.data.status),
    orderId: metadata?.['orderId'],
    returnId: metadata?.['returnId'],
  };
}

/** docs.stripe.com/api/refunds/object: accepted by the provider, a bank may take days to finish it, or fail. */
function refundStanding(status: string | null): ProviderRefund['standing'] {
  switch (status) {
    case 'succeeded':
      return 'made';
    case 'pending':
    case 'requires_action':
      return 'underWay';
    default:
      return 'failed';
  }
}

/** @throws MalformedAnswer. */
export function readDispute(answer: unknown): ProviderDispute {
  const parsed = DisputeBody.safeParse(answer);
  if (!parsed.success) throw new MalformedAnswer(`Dispute: ${pathsOf(parsed.error)}`);
  const { id, amount, status } = parsed.data;
  return { disputeId: id, amountMinor: amount, standing: disputeStanding(status) };
}

/** docs.stripe.com/api/disputes/object. What is not known here is open: a person looks. */
function disputeStanding(status: string): ProviderDispute['standing'] {
  switch (status) {
    case 'won':
    case 'warning_closed':
    case 'prevented':
      return 'settledForUs';
    case 'lost':
      return 'lost';
    default:
      return 'open';
  }
}

/** The intent inside a card error, when it says that the card was declined; undefined for anything else. */
export function readDeclined(error: unknown): PaymentIntent | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || error.statusCode !== 402) return undefined;
  const parsed = IntentBody.safeParse('payment_intent' in error ? error.payment_intent : undefined);
  if (!parsed.success || parsed.data.status !== 'requires_payment_method') return undefined;
  return readIntent(parsed.data);
}

/**
 * docs.stripe.com/payments/paymentintents/lifecycle. An intent of another program may be in any state, also in one that
 * is not known here: nothing is concluded from that.
 */
function outcomeOf(intent: IntentBody): PaymentOutcome {
  switch (intent.status) {
    case 'succeeded':
      return { kind: 'charged' };
    case 'canceled':
      return { kind: 'cancelled' };
    case 'requires_confirmation':
      return { kind: 'unconfirmed' };
    case 'requires_payment_method':
      // So begins an intent that is made without a method; a decline leaves its error there.
      if (!intent.last_payment_error) return { kind: 'unconfirmed' };
      return { kind: 'declined', code: declineCodeOf(intent.last_payment_error) };
    case 'requires_action':
      return { kind: 'actionRequired', url: intent.next_action?.redirect_to_url?.url ?? undefined };
    default:
      return { kind: 'pending' };
  }
}

/** The bank's reason where there is one (`insufficient_funds`), else the provider's (`processing_error`). */
function declineCodeOf(
  error: { code?: string | undefined; decline_code?: string | null | undefined } | null | undefined,
): string {
  return error?.decline_code ?? error?.code ?? 'unknown';
}

/** Names of the wrong fields only: values might be somebody's data. */
function pathsOf(error: z.ZodError): string {
  return `unexpected ${error.issues.map((issue) => issue.path.join('.') || 'answer').join(', ')}`;
}

/** An error answer of the API, as the SDK throws it. Told by its fields: class identity does not survive bundling. */
export interface ApiError {
  readonly statusCode: number;
  /** e.g. `card_error`, `invalid_request_error`, `idempotency_error`. */
  readonly type: string;
  readonly code: string | undefined;
  readonly declineCode: string | undefined;
  readonly parameter: string | undefined;
  /** The payment method was used for another intent. The provider says so in words only. */
  readonly isMethodUsedUp: boolean;
  /** The stored answer of an earlier request with the same key. */
  readonly isReplayed: boolean;
  /** The limit that calls came too fast for, e.g. `endpoint-rate`. */
  readonly limit: string | undefined;
}

/** Undefined when there was no well-formed answer: timeout, closed connection, anything but the API's JSON. */
export function readApiError(error: unknown): ApiError | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  const { statusCode, rawType, code, decline_code: declineCode, param, headers } = error as Stripe.errors.StripeError;
  return {
    statusCode: statusCode as number,
    type: rawType ?? '',
    code: code ?? undefined,
    declineCode: declineCode ?? undefined,
    parameter: param ?? undefined,
    isMethodUsedUp: error.message.includes('may not be used again'),
    isReplayed: headers?.['idempotent-replayed'] === 'true',
    limit: headers?.['stripe-rate-limited-reason'],
  };
}

/**
 * What may be kept of a failed call. The SDK's errors carry the whole answer and its headers, with card and customer
 * data in them, and whoever logs an error logs its causes.
 */
export function causeOf(error: unknown): Error {
  const answer = readApiError(error);
  if (answer === undefined) return error instanceof Error ? new Error(`${error.name}: ${error.message}`) : new Error();
  const { statusCode, type, code, isReplayed } = answer;
  return new Error(`${statusCode} ${type} ${code ?? ''}${isReplayed ? ' (replayed)' : ''}`.trim());
}
