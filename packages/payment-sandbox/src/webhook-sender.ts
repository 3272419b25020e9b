import type { Behaviours } from './behaviours.ts';
import type { SandboxStore } from './sandbox-store.ts';
import type { PendingEvent, WebhookOutbox } from './webhook-outbox.ts';
import { signatureHeader } from './webhook-signature.ts';
import type { WebhookTransport } from './webhook-transport.ts';

export interface WebhookSenderOptions {
  readonly outbox: WebhookOutbox;
  readonly store: SandboxStore;
  readonly behaviours: Behaviours;
  readonly transport: WebhookTransport;
  readonly secret: string;
  readonly nowMs: () => number;
}

/** Waits between the attempts. The provider retries for three days; a sandbox is not left running as long. */
const RETRY_DELAYS_MS = [1_000, 2_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000];
/** A merchant who is busy with charges is not held up by the news of them. */
const MAX_IN_FLIGHT = 2;
/** How long an event that is to arrive out of order waits for a later one of its intent. */
const REORDER_HOLD_MS = 2_000;

/** Delivers webhook events at least once, in no promised order, until the merchant answers 2xx. */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #inFlight = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isPumpDue = false;
  #isStopped = false;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
    options.outbox.onAdded(() => this.#wakeAfter(0));
  }

  start(): void {
    this.#wakeAfter(0);
  }

  /** Ends deliveries in flight; they are attempted again at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#options.transport.close();
    await Promise.all(this.#inFlight.values());
  }

  #wakeAfter(delayMs: number): void {
    // A wake-up that is due stays as it is: under load each new event would put it off again.
    if (this.#isStopped || this.#isPumpDue) return;
    this.#isPumpDue = delayMs === 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#pump(), delayMs);
  }

  async #pump(): Promise<void> {
    this.#isPumpDue = false;
    const { outbox, store, nowMs } = this.#options;
    // Never announce what a crash could still undo.
    await store.committed();
    if (this.#isStopped || this.#inFlight.size === MAX_IN_FLIGHT) return;
    for (const event of outbox.due(nowMs(), MAX_IN_FLIGHT)) {
      if (this.#inFlight.size < MAX_IN_FLIGHT && !this.#inFlight.has(event.id)) this.#deliver(event);
    }
    if (this.#inFlight.size > 0) return;
    const nextDueAtMs = outbox.nextDueAtMs();
    if (nextDueAtMs !== undefined) this.#wakeAfter(Math.max(1, nextDueAtMs - nowMs()));
  }

  #deliver(event: PendingEvent): void {
    const delivery = this.#attempt(event).finally(() => {
      this.#inFlight.delete(event.id);
      this.#wakeAfter(0);
    });
    this.#inFlight.set(event.id, delivery);
  }

  async #attempt(event: PendingEvent): Promise<void> {
    const { behaviours, outbox, nowMs } = this.#options;
    const fault = event.attempts === 0 ? behaviours.take('webhook', event.orderId) : undefined;
    switch (fault?.kind) {
      case 'webhookDrop':
        return outbox.recordAttempt(event.id, null, undefined);
      case 'webhookDelay':
        return outbox.postpone(event.id, nowMs() + (fault.ms ?? 0));
      case 'webhookReorder':
        return outbox.postpone(event.id, nowMs() + (fault.ms ?? REORDER_HOLD_MS));
      case 'webhookDuplicate':
        await this.#send(event);
        break;
    }
    const statusCode = await this.#send(event);
    if (this.#isStopped) return;
    const isDelivered = statusCode !== null && statusCode >= 200 && statusCode < 300;
    const retryDelayMs = RETRY_DELAYS_MS[event.attempts];
    const isLast = isDelivered || retryDelayMs === undefined;
    outbox.recordAttempt(event.id, statusCode, isLast ? undefined : nowMs() + retryDelayMs);
  }

  /** The merchant's status code; null when it did not answer. */
  async #send({ body }: PendingEvent): Promise<number | null> {
    const { transport, secret, nowMs } = this.#options;
    if (this.#isStopped) return null;
    try {
      return await transport.post(body, {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'PaymentSandbox/1.0',
        'stripe-signature': signatureHeader(body, secret, Math.floor(nowMs() / 1000)),
      });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return null; // Unreachable, cut off or too slow: one outcome, the event is retried.
    }
  }
}
