import { PaymentOutcomeUnknown, RefundFailed } from '../payment-errors.ts';
import { isSpent, underKeys, type Attempt } from './idempotency-keys.ts';
import { refundedMinor, type ProviderRefund } from './payment-gateway.ts';
import { refundRefusal } from './provider-refusals.ts';
import { refuseIfTooFast } from './rate-limit.ts';
import { doneOf, failedOf, type RefundPlan } from './refund-plan.ts';
import { causeOf, readApiError, readRefund, type ApiError } from './stripe-answers.ts';
import type { StripeClient } from './stripe-client.ts';

/** Whole-call limits in milliseconds. */
const LIST_CALL = { timeout: 3_000 };
const REFUND_CALL = { timeout: 5_000 };

/** What one call for a refund is about. */
interface Call {
  readonly plan: RefundPlan;
  readonly amountMinor: number;
  readonly paymentIntentId: string;
  readonly idempotencyKey: string;
}

/**
 * Refunds on Stripe's API: a plan's refund is made once, beside whoever else gives some of the payment back.
 *
 * R1  Each attempt is for what the plan makes of the provider's own list; a key is left for the next one only when that list
 *     shows that no refund was made under it.
 */
export class StripeRefunds {
  readonly #client: StripeClient;

  constructor(client: StripeClient) {
    this.#client = client;
  }

  /** Those of an intent, newest first. @throws PaymentOutcomeUnknown, PaymentRateLimited (transient). */
  async of(paymentIntentId: string): Promise<ProviderRefund[]> {
    const stripe = await this.#client.get();
    try {
      const { data } = await stripe.refunds.list({ payment_intent: paymentIntentId, limit: 100 }, LIST_CALL);
      return data.map(readRefund);
    } catch (error) {
      refuseIfTooFast(error);
      throw new PaymentOutcomeUnknown(`Refunds of ${paymentIntentId} could not be looked up`, {
        cause: causeOf(error),
      });
    }
  }

  /** See PaymentGateway.refund and refundReturn. */
  async make(plan: RefundPlan, paymentIntentId: string): Promise<ProviderRefund> {
    let standing = await this.of(paymentIntentId);
    const failed = failedOf(plan, standing);
    const attempt = async (idempotencyKey: string): Promise<Attempt<ProviderRefund>> => {
      const done = doneOf(plan, standing);
      if (done) return { result: done };
      const before = standing;
      const amountMinor = plan.amountMinor(before);
      try {
        return await this.#ask({ plan, amountMinor, paymentIntentId, idempotencyKey }, before);
      } catch (error) {
        const answer = readApiError(error);
        await this.#client.refuseUnexecuted(error, answer);
        standing = await this.of(paymentIntentId);
        return lookedUp(plan, { paymentIntentId, error, answer, before, standing });
      }
    };
    return underKeys(plan.orderId, plan.operation, attempt, failed.length);
  }

  async #ask({ plan, amountMinor, paymentIntentId, idempotencyKey }: Call, before: readonly ProviderRefund[]) {
    const stripe = await this.#client.get();
    const params = { payment_intent: paymentIntentId, amount: amountMinor, metadata: plan.metadata };
    const refund = readRefund(await stripe.refunds.create(params, { ...REFUND_CALL, idempotencyKey }));
    // The key of an earlier refund, which came to nothing since.
    if (before.some(({ refundId, standing }) => refundId === refund.refundId && standing === 'failed')) {
      return 'keySpent' as const;
    }
    if (refund.standing !== 'failed' && refund.amountMinor === amountMinor) return { result: refund };
    throw new RefundFailed(`Refund ${refund.refundId} is ${refund.standing}`);
  }
}

/** What an attempt came to that did not end well, by what the provider lists now. */
function lookedUp(
  plan: RefundPlan,
  {
    paymentIntentId: id,
    error,
    answer,
    before,
    standing,
  }: Pick<Call, 'paymentIntentId'> & {
    readonly error: unknown;
    readonly answer: ApiError | undefined;
    readonly before: readonly ProviderRefund[];
    readonly standing: readonly ProviderRefund[];
  },
): Attempt<ProviderRefund> {
  const done = doneOf(plan, standing);
  if (done) return { result: done };
  if (answer && isSpent(answer)) return 'keySpent';
  // 409: an earlier request under this key is still under way.
  if (answer && answer.statusCode >= 400 && answer.statusCode < 500 && answer.statusCode !== 409) {
    // The key stands for another amount: somebody gave a part back since it was first used.
    if (answer.type === 'idempotency_error') return 'keySpent';
    // Somebody gave a part back between our look and our call: less is open than we asked for.
    if (refundedMinor(standing) !== refundedMinor(before)) return 'keySpent';
    // A stored refusal made nothing, as the list shows, and may be older than what the provider would say now.
    if (answer.isReplayed) return 'keySpent';
    throw refundRefusal(id, answer, error);
  }
  if (error instanceof RefundFailed) throw error;
  throw new PaymentOutcomeUnknown(`Refund of payment intent ${id} is not known to be made`, { cause: causeOf(error) });
}
