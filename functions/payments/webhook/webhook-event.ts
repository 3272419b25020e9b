import * as z from 'zod';
import { AFTERMATH_EVENTS } from '../../../events/provider-events.ts';
import { parseJson } from '../../platform/parse-json.ts';

/**
 * What every event of the provider has. Everything else is optional: some are about no single object
 * (`balance.available`), those of its second API carry none at all, and what is an id to us may be something else in an
 * event that is about something else.
 */
const EventBody = z.object({
  id: z.string().regex(/^[A-Za-z0-9_]{1,255}$/),
  type: z.string().min(1).max(255),
  data: z
    .object({ object: z.record(z.string(), z.unknown()) })
    .partial()
    .nullish(),
});

const Id = z.string().min(1).max(255);
const OrderOfMetadata = z.object({ orderId: Id });

const followsCharge: ReadonlySet<string> = new Set(AFTERMATH_EVENTS);

/** What we take from a provider's event: ids. What it says about money is asked from the provider itself. */
export interface ProviderEvent {
  readonly id: string;
  readonly type: string;
  /** It tells of refunds, disputes or warnings. */
  readonly followsCharge: boolean;
  /** Undefined for events that are about something else. */
  readonly paymentIntentId: string | undefined;
  /** The order that the event claims to be about. */
  readonly orderId: string | undefined;
}

/**
 * Undefined when the body is not an event of the provider. Any API version is read: these ids stand where they stood in
 * all of them (docs/payments.md says which version to set).
 */
export function readEvent(rawBody: Buffer): ProviderEvent | undefined {
  return eventOf(parseJson(rawBody.toString('utf8')));
}

/** The same of what was parsed before. */
export function eventOf(body: unknown): ProviderEvent | undefined {
  const parsed = EventBody.safeParse(body);
  if (!parsed.success) return undefined;
  const { id, type, data } = parsed.data;
  const object = data?.object ?? {};
  const intent = Id.safeParse(object['object'] === 'payment_intent' ? object['id'] : object['payment_intent']);
  return {
    id,
    type,
    followsCharge: followsCharge.has(type),
    paymentIntentId: intent.data,
    orderId: OrderOfMetadata.safeParse(object['metadata']).data?.orderId,
  };
}
