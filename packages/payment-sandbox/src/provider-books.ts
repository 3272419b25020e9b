import type { JsonValue } from './api-answer.ts';
import { IntentTable } from './intent-table.ts';
import type { LedgerOperation, PaymentLedger, Requester } from './payment-ledger.ts';
import type { SandboxStore } from './sandbox-store.ts';
import { chargeJson, intentJson, type Intent } from './stripe-objects.ts';
import type { EventType, WebhookOutbox } from './webhook-outbox.ts';

export interface ProviderBooksOptions {
  readonly store: SandboxStore;
  readonly ledger: PaymentLedger;
  readonly webhooks: WebhookOutbox;
  readonly publicUrl: string;
  readonly nowMs: () => number;
}

/** What an event says beside the object that it is about. */
export interface EventDetails {
  /** Key of the request that caused it; null when no request did. */
  readonly key?: string | null;
  /** What the changed fields were before. */
  readonly previous?: { readonly [name: string]: JsonValue };
}

/** What every part of the provider writes to: its intents, its ledger and the events that go out. */
export class ProviderBooks {
  readonly store: SandboxStore;
  readonly intents: IntentTable;
  readonly publicUrl: string;
  readonly nowMs: () => number;
  readonly #ledger: PaymentLedger;
  readonly #webhooks: WebhookOutbox;

  constructor({ store, ledger, webhooks, publicUrl, nowMs }: ProviderBooksOptions) {
    this.store = store;
    this.intents = new IntentTable(store);
    this.publicUrl = publicUrl;
    this.nowMs = nowMs;
    this.#ledger = ledger;
    this.#webhooks = webhooks;
  }

  /** Adds a row to the ledger, inside a write. */
  record(
    op: LedgerOperation,
    { id, orderId, currency, amount }: Intent,
    entry: { ok: boolean; by: Requester; amount?: number; refund?: string },
  ): void {
    const { ok, by, refund = null } = entry;
    const amountMinor = entry.amount ?? amount;
    this.#ledger.append({ op, ok, amountMinor, currency, orderId, intent: id, refund, ...by });
  }

  /** Adds an event about the intent, inside a write. */
  announce(
    type: EventType,
    intent: Intent,
    object: { readonly [name: string]: JsonValue },
    details: EventDetails = {},
  ): void {
    this.#webhooks.add({ type, intent: intent.id, orderId: intent.orderId, object, ...details });
  }

  announceIntent(type: EventType, intent: Intent, { key }: Requester): void {
    this.announce(type, intent, intentJson(intent, this.publicUrl), { key });
  }

  announceCharge(type: EventType, intent: Intent, { key }: Requester): void {
    this.announce(type, intent, chargeJson(intent), { key });
  }
}
