import { ApiEndpoint } from './api-endpoint.ts';
import { Behaviours } from './behaviours.ts';
import { ControlApi } from './control-api.ts';
import { Disputes } from './disputes.ts';
import { IdempotencyKeys } from './idempotency-keys.ts';
import { PaymentIntents } from './payment-intents.ts';
import { PaymentLedger } from './payment-ledger.ts';
import { PaymentMethods } from './payment-methods.ts';
import { ProviderBooks } from './provider-books.ts';
import { RateLimits } from './rate-limits.ts';
import { RefundSettler } from './refund-settler.ts';
import { Refunds } from './refunds.ts';
import { SandboxStore } from './sandbox-store.ts';
import { StripeApi } from './stripe-api.ts';
import { API_VERSION } from './stripe-objects.ts';
import { EVENT_TYPES, WebhookOutbox } from './webhook-outbox.ts';
import { WebhookSender, type WebhookSenderOptions } from './webhook-sender.ts';
import { HttpWebhookTransport, type WebhookTransport } from './webhook-transport.ts';

export interface WebhookSettings {
  readonly url: string;
  readonly secret: string;
  /** Event types that the merchant subscribed to; all when absent. */
  readonly types?: readonly string[];
  /** The API version of the endpoint's events; that of this sandbox when absent. */
  readonly apiVersion?: string | undefined;
  /** A disabled endpoint is sent nothing. */
  readonly status?: 'enabled' | 'disabled';
}

export interface ProviderOptions {
  /** File of the durable store, or `:memory:`. */
  readonly storePath: string;
  readonly apiKey: string;
  readonly publicUrl: string;
  readonly webhook?: WebhookSettings | undefined;
  /** How webhooks get to the webhook's URL; over HTTP when absent. */
  readonly webhookTransport?: WebhookTransport | undefined;
  readonly nowMs: () => number;
  /** How long the test cards let a refund wait for its end. */
  readonly refundSettlesAfterMs?: number | undefined;
  /** That each operation takes; any number when absent. */
  readonly callsPerSecond?: number | undefined;
}

const REFUND_SETTLES_AFTER_MS = 5_000;

/** The provider without its sockets: all of its parts on one store. */
export interface Provider {
  readonly store: SandboxStore;
  readonly endpoint: ApiEndpoint;
  readonly control: ControlApi;
  readonly behaviours: Behaviours;
  readonly keys: IdempotencyKeys;
  readonly ledger: PaymentLedger;
  readonly intents: PaymentIntents;
  readonly refunds: Refunds;
  readonly disputes: Disputes;
  readonly methods: PaymentMethods;
  readonly webhooks: WebhookOutbox;
  /** Begins to deliver webhooks and to end refunds. */
  start(): void;
  stop(): Promise<void>;
}

/** @throws the store's error, or RangeError for a limit of calls that is no positive number. */
export function makeProvider(options: ProviderOptions): Provider {
  const { apiKey, callsPerSecond, nowMs, publicUrl, webhook } = options;
  const rateLimits = callsPerSecond === undefined ? undefined : new RateLimits(callsPerSecond, nowMs);
  const store = new SandboxStore(options.storePath);
  const keys = new IdempotencyKeys(store, nowMs);
  const ledger = new PaymentLedger(store, nowMs);
  const behaviours = new Behaviours();
  const enabledTypes = new Set<string>(webhook?.status === 'disabled' ? [] : webhook && (webhook.types ?? EVENT_TYPES));
  const webhooks = new WebhookOutbox(store, nowMs, { enabledTypes, apiVersion: webhook?.apiVersion });
  const books = new ProviderBooks({ store, ledger, webhooks, publicUrl, nowMs });
  const methods = new PaymentMethods(store, nowMs);
  const disputes = new Disputes(books);
  const intents = new PaymentIntents(books, methods, disputes);
  const settlesAfterMs = options.refundSettlesAfterMs ?? REFUND_SETTLES_AFTER_MS;
  const refunds = new Refunds(books, methods, disputes, settlesAfterMs);
  const parts = { intents, refunds, disputes, methods, webhooks, store, publicUrl };
  const api = new StripeApi({ ...parts, webhookEndpoint: webhook && endpointJson(webhook) });
  const sender = webhook && makeSender({ ...options, webhook }, { outbox: webhooks, store, behaviours });
  const settler = new RefundSettler(refunds, nowMs);
  return {
    ...parts,
    behaviours,
    keys,
    ledger,
    endpoint: new ApiEndpoint({ api, keys, store, behaviours, rateLimits, apiKey }),
    control: new ControlApi({ ...parts, ledger, keys, behaviours }),
    start() {
      sender?.start();
      settler.start();
    },
    async stop() {
      settler.stop();
      await sender?.stop();
      store.close();
    },
  };
}

function makeSender(
  { webhook, webhookTransport, nowMs }: ProviderOptions & { readonly webhook: WebhookSettings },
  parts: Pick<WebhookSenderOptions, 'outbox' | 'store' | 'behaviours'>,
): WebhookSender {
  const transport = webhookTransport ?? new HttpWebhookTransport(webhook.url);
  return new WebhookSender({ ...parts, transport, secret: webhook.secret, nowMs });
}

/** docs.stripe.com/api/webhook_endpoints/object */
function endpointJson({ url, apiVersion = API_VERSION, status = 'enabled', types = EVENT_TYPES }: WebhookSettings) {
  return {
    id: 'we_sandbox',
    object: 'webhook_endpoint',
    api_version: apiVersion,
    enabled_events: [...types],
    livemode: false,
    status,
    url,
  };
}
