import { PaymentUnavailable } from '../payment-errors.ts';
import { eventOf, type ProviderEvent } from '../webhook/webhook-event.ts';
import { refuseIfTooFast } from './rate-limit.ts';
import { causeOf } from './stripe-answers.ts';
import type { StripeClient } from './stripe-client.ts';

/** An event as the provider lists it. */
export interface ListedEvent {
  readonly event: ProviderEvent;
  readonly createdAt: Date;
}

/** Which of the account's events are meant. */
export interface EventSelection {
  /** At most twenty. */
  readonly types: readonly string[];
  /** Only those that the provider could not deliver, or not yet. */
  readonly isUndelivered?: true;
}

/** A span of time, both ends included. The provider counts in whole seconds. */
export interface EventWindow {
  readonly from: Date;
  readonly to: Date;
}

const PAGE = 100;
/** So many are worked through at once; a window with more is halved. */
const MAX_EVENTS = 1_000;
const LIST_CALL = { timeout: 5_000 };

/** The provider's own list of what happened on the account, whoever it was or was not sent to. */
export class StripeEvents {
  readonly #client: StripeClient;

  constructor(client: StripeClient) {
    this.#client = client;
  }

  /**
   * What happened in that time, oldest first; one call for each hundred, one at least. `to` of the answer says how far it
   * goes: less far than asked where there is too much for one round.
   * @throws PaymentUnavailable, PaymentRateLimited (transient) when the provider cannot be asked.
   */
  async listed(
    selection: EventSelection,
    { from, to }: EventWindow,
  ): Promise<{ readonly events: readonly ListedEvent[]; readonly to: Date }> {
    const bodies = await this.#list(selection, { from, to });
    const middle = new Date((from.getTime() + to.getTime()) / 2);
    if (bodies.length === MAX_EVENTS && secondsOf(middle) > secondsOf(from))
      return this.listed(selection, { from, to: middle });
    const events = bodies.flatMap((body) => {
      const event = eventOf(body);
      return event === undefined ? [] : [{ event, createdAt: new Date(body.created * 1000) }];
    });
    return { events: events.toReversed(), to };
  }

  /** Newest first. */
  async #list({ types, isUndelivered }: EventSelection, { from, to }: EventWindow) {
    const stripe = await this.#client.get();
    const created = { gte: secondsOf(from), lte: secondsOf(to) };
    try {
      const undelivered = isUndelivered === true && { delivery_success: false };
      const pages = stripe.events.list({ types: [...types], created, limit: PAGE, ...undelivered }, LIST_CALL);
      return await pages.autoPagingToArray({ limit: MAX_EVENTS });
    } catch (error) {
      refuseIfTooFast(error);
      throw new PaymentUnavailable('The payment provider does not list its events', { cause: causeOf(error) });
    }
  }
}

function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
