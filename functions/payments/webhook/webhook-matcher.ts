import type { SETTLEMENT_EVENTS } from '../../../events/provider-events.ts';
import { OrderId } from '../../../events/vocabulary.ts';
import type { PaymentGateway, PaymentIntent } from '../provider/payment-gateway.ts';
import type { PaymentLedger } from '../ledger/payment-ledger.ts';
import type { PaymentRecord } from '../ledger/payment-record.ts';
import type { PaymentReview } from '../payment-review.ts';
import type { PaymentSettlement } from '../payment-settlement.ts';
import type { ProviderEvent } from './webhook-event.ts';
import type { InboxOutcome } from './webhook-inbox.ts';

/** The outcome of an event as far as our own rows tell it. */
export type OutcomeWithoutProvider = { readonly kind: 'known'; readonly outcome: InboxOutcome } | OpenQuestion;

/** Only the provider knows the outcome. */
interface OpenQuestion {
  readonly kind: 'open';
  readonly paymentIntentId: string;
  /** The payment of the order that the event claims to be about. */
  readonly claimed: PaymentRecord | undefined;
}

/** Brings a stored event to the payment that it is about. */
export class WebhookMatcher {
  readonly #ledger: PaymentLedger;
  readonly #gateway: PaymentGateway;
  readonly #settlement: PaymentSettlement;
  readonly #review: PaymentReview;

  constructor(parts: {
    ledger: PaymentLedger;
    gateway: PaymentGateway;
    settlement: PaymentSettlement;
    review: PaymentReview;
  }) {
    this.#review = parts.review;
    this.#ledger = parts.ledger;
    this.#gateway = parts.gateway;
    this.#settlement = parts.settlement;
  }

  /**
   * What the event means, if that is known without asking the provider. Most payments are settled at once and their
   * event comes afterwards: nothing is left to ask.
   */
  async outcomeWithoutProvider(event: ProviderEvent): Promise<OutcomeWithoutProvider> {
    const { followsCharge, orderId, paymentIntentId } = event;
    if (paymentIntentId === undefined) return known({ state: 'UNMATCHED', reason: 'UNUSED_TYPE' });
    const claimed = await this.#paymentOf(orderId, paymentIntentId);
    if (claimed && !followsCharge && isOver(claimed, event.type))
      return known({ state: 'MATCHED', orderId: claimed.orderId });
    return { kind: 'open', paymentIntentId, claimed };
  }

  /**
   * Events come late, twice, out of order or for orders that ended: the state of the payment is what the provider
   * says now, not what the event says.
   * @throws PaymentUnavailable, PaymentRateLimited, PaymentOutcomeUnknown (transient): the event stays open and is sent
   * again.
   */
  async outcomeFromProvider(event: ProviderEvent, { paymentIntentId, claimed }: OpenQuestion): Promise<InboxOutcome> {
    let found = await this.#find(paymentIntentId, claimed);
    // Nothing else tells of what follows a charge: an answer that fits no payment of ours is asked for once more.
    if (found && !found.payment && event.followsCharge) found = await this.#find(paymentIntentId, claimed);
    if (found === undefined) return { state: 'UNMATCHED', reason: 'UNKNOWN_INTENT' };
    const { intent, payment } = found;
    if (payment === undefined) return this.#keepForOrder(intent);
    const outcome = await this.#settle(event, payment, intent);
    if (event.followsCharge) await this.#review.review(payment.orderId);
    return outcome;
  }

  async #find(
    paymentIntentId: string,
    claimed: PaymentRecord | undefined,
  ): Promise<{ intent: PaymentIntent; payment: PaymentRecord | undefined } | undefined> {
    const intent = await this.#gateway.find(paymentIntentId);
    if (intent === undefined) return undefined;
    return { intent, payment: claimed ?? (await this.#paymentOf(intent.orderId, intent.paymentIntentId)) };
  }

  /**
   * Money for an order of ours that does not exist yet, or that has no payment: its row is left for the order to find, so
   * that it is not charged again. Other programs' payments name none of our orders.
   */
  async #keepForOrder(intent: PaymentIntent): Promise<InboxOutcome> {
    const { amountMinor, currency, outcome, paymentIntentId } = intent;
    const orderId = OrderId.safeParse(intent.orderId);
    if (!orderId.success || outcome.kind !== 'charged') return { state: 'UNMATCHED', reason: 'NO_PAYMENT' };
    const { written } = await this.#ledger.found({ orderId: orderId.data, amountMinor, currency }, paymentIntentId);
    if (written) return { state: 'PARKED', reason: 'CHARGED_BEFORE_ORDER', orderId: orderId.data };
    // Another payment of the order stands: nobody here asked for this one.
    return { state: 'UNMATCHED', reason: 'NO_PAYMENT' };
  }

  /** The intent wins over the order that the event claims; a person should know that they differ. */
  async #settle(
    { orderId: claimed }: ProviderEvent,
    payment: PaymentRecord,
    intent: PaymentIntent,
  ): Promise<InboxOutcome> {
    const { orderId } = payment;
    const { kind } = await this.#settlement.settle(payment, intent);
    if (kind === 'mismatch') return { state: 'PARKED', reason: 'AMOUNT_MISMATCH', orderId };
    if (claimed !== undefined && claimed !== intent.orderId)
      return { state: 'PARKED', reason: 'ORDER_MISMATCH', orderId };
    return { state: 'MATCHED', orderId };
  }

  async #paymentOf(orderId: string | undefined, paymentIntentId: string): Promise<PaymentRecord | undefined> {
    const parsed = OrderId.safeParse(orderId);
    const payment = parsed.success ? await this.#ledger.find(parsed.data) : undefined;
    return payment?.paymentIntentId === paymentIntentId ? payment : undefined;
  }
}

function known(outcome: InboxOutcome): OutcomeWithoutProvider {
  return { kind: 'known', outcome };
}

/** Types that tell that no money came: of a payment that ended without any they say nothing new. */
const NO_MONEY_EVENTS: ReadonlySet<string> = new Set<(typeof SETTLEMENT_EVENTS)[number]>([
  'payment_intent.payment_failed',
  'payment_intent.canceled',
]);

/** Nothing that the provider may still say changes it, and the workflow was told. */
function isOver({ state, openState }: PaymentRecord, eventType: string): boolean {
  if (state === 'REFUNDED') return true;
  if (openState !== undefined) return false;
  // Money that came all the same has an event of its own, and that is asked about.
  const hasNoMoney = state === 'DECLINED' || state === 'CANCELLED';
  return state === 'CHARGED' || (hasNoMoney && NO_MONEY_EVENTS.has(eventType));
}
