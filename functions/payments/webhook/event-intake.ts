import type { Logger } from '@aws-lambda-powertools/logger';
import { count } from '../../platform/metrics.ts';
import type { ProviderEvent } from './webhook-event.ts';
import type { InboxOutcome, WebhookInbox } from './webhook-inbox.ts';
import type { WebhookMatcher } from './webhook-matcher.ts';

/**
 * Takes an event of the provider, however it came here: sent to the webhook, or found in the provider's list. It is
 * stored first and matched second; one whose outcome is known without the provider is stored with it, in one write.
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
   * @throws PaymentUnavailable, PaymentOutcomeUnknown (transient): it is stored and not worked through.
   */
  async take(event: ProviderEvent): Promise<InboxOutcome['state'] | 'DUPLICATE'> {
    const ours = await this.#matcher.outcomeWithoutProvider(event);
    const receipt = await this.#inbox.receive(event, ours.kind === 'known' ? ours.outcome : undefined);
    if (receipt === 'finishedBefore') return 'DUPLICATE';
    const outcome = ours.kind === 'known' ? ours.outcome : await this.#matcher.outcomeFromProvider(event, ours);
    if (receipt === 'unfinished') await this.#inbox.finish(event.id, outcome);
    if (outcome.state !== 'MATCHED') {
      count('WebhooksUnmatched');
      this.#logger.warn('Event of the provider not matched', { ...outcome });
    }
    return outcome.state;
  }
}
