import type { Logger } from '@aws-lambda-powertools/logger';
import { count } from '../../platform/metrics.ts';
import type { ProviderEvent } from './webhook-event.ts';
import type { InboxOutcome, WebhookInbox } from './webhook-inbox.ts';
import type { WebhookMatcher } from './webhook-matcher.ts';

/**
 * Takes an event of the provider, however it came here: sent to the webhook, or found in the provider's list.
 *
 * E1  What follows a charge is stored first and worked through second: nothing else tells of it.
 * E2  What tells how a payment ended is stored with its outcome, in one write. Until then the provider sends it again,
 *     and lists it as not delivered; the payment's row remembers the rest.
 */
export class EventIntake {
  readonly #matcher: WebhookMatcher;
  readonly #inbox: WebhookInbox;
  readonly #logger: Pick<Logger, 'warn'>;

  constructor(parts: { matcher: WebhookMatcher; inbox: WebhookInbox; logger: Pick<Logger, 'warn'> }) {
    this.#matcher = parts.matcher;
    this.#inbox = parts.inbox;
    this.#logger = parts.logger;
  }

  /**
   * Harmless when repeated. `DUPLICATE`: it was worked through before.
   * @param options.keepsOldNews whether an event that says what the payment's row says already is stored too. Whoever is
   * shown events again and again must tell those that it has seen.
   * @throws PaymentUnavailable, PaymentRateLimited, PaymentOutcomeUnknown (transient): it is not worked through.
   */
  async take(event: ProviderEvent, { keepsOldNews = true } = {}): Promise<InboxOutcome['state'] | 'DUPLICATE'> {
    const ours = await this.#matcher.outcomeWithoutProvider(event);
    if (ours.kind === 'known' && ours.outcome.state === 'MATCHED' && !keepsOldNews) return 'MATCHED';
    const isStoredFirst = event.followsCharge && ours.kind === 'open';
    if (isStoredFirst && (await this.#inbox.receive(event)) === 'finishedBefore') return 'DUPLICATE';
    const outcome = ours.kind === 'known' ? ours.outcome : await this.#matcher.outcomeFromProvider(event, ours);
    const receipt = isStoredFirst ? 'unfinished' : await this.#inbox.receive(event, outcome);
    if (receipt === 'finishedBefore') return 'DUPLICATE';
    if (receipt === 'unfinished') await this.#inbox.finish(event.id, outcome);
    if (outcome.state !== 'MATCHED') {
      count('WebhooksUnmatched');
      this.#logger.warn('Event of the provider not matched', { ...outcome });
    }
    return outcome.state;
  }
}
