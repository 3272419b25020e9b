import * as z from 'zod';
import { PROVIDER_API_VERSION } from './stripe-client.ts';

const EventBody = z.object({
  id: z.string().regex(/^[A-Za-z0-9_]{1,255}$/),
  type: z.string().min(1).max(255),
  api_version: z.string().nullish(),
  data: z.object({
    object: z.object({
      id: z.string().max(255),
      object: z.string(),
      payment_intent: z.string().max(255).nullish(),
      metadata: z.record(z.string(), z.string()).nullish(),
    }),
  }),
});

/** What we take from a provider's event: ids. What it says about money is asked from the provider itself. */
export interface ProviderEvent {
  readonly id: string;
  readonly type: string;
  readonly isKnownVersion: boolean;
  /** Undefined for events that are about something else. */
  readonly paymentIntentId: string | undefined;
  /** The order that the event claims to be about. */
  readonly orderId: string | undefined;
}

/** Undefined when the body is not an event of the provider. */
export function readEvent(rawBody: Buffer): ProviderEvent | undefined {
  const parsed = EventBody.safeParse(parseJson(rawBody.toString('utf8')));
  if (!parsed.success) return undefined;
  const { id, type, api_version: version, data } = parsed.data;
  const { object } = data;
  const paymentIntentId = object.object === 'payment_intent' ? object.id : (object.payment_intent ?? undefined);
  return { id, type, isKnownVersion: isKnown(version), paymentIntentId, orderId: object.metadata?.['orderId'] };
}

/** Releases of one name (`….endive`) do not break each other: docs.stripe.com/api/versioning. */
function isKnown(version: string | null | undefined): boolean {
  return version?.split('.')[1] === PROVIDER_API_VERSION.split('.')[1];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
