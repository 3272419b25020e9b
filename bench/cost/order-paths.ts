import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { confirmAsCustomer } from '../../cli/demo/snapshot.ts';
import { followOrder, hasEnded, waitsForSomeone } from '../../cli/follow-order.ts';
import { openParkingOf, decideParking } from '../../cli/orders/parked-orders.ts';
import type { System } from '../../cli/system.ts';
import type { OrderProgress } from '../../cli/order-progress.ts';
import { RETURN, type Sequel } from './return-path.ts';

/** A way that an order can go, and how one is sent along it. */
export interface OrderPath {
  readonly name: PathName;
  readonly title: string;
  readonly sku: string;
  readonly paymentMethodId: string;
  readonly ending: string;
  /** Before the checkout is published. */
  readonly prepare?: (system: System, orderId: string) => Promise<void>;
  /** When the order waits for somebody. */
  readonly whenWaiting?: (system: System, orderId: string) => Promise<void>;
  /** What follows the order's end. Where there is one it is measured, and not the order. */
  readonly sequel?: Sequel;
}

export type PathName = 'confirmed' | 'threeDSecure' | 'declined' | 'outOfStock' | 'parked' | 'returned';

/** In stock by the million, and never. */
export const SOLD_SKU = 'COST-SOLD';
export const EMPTY_SKU = 'COST-EMPTY';

export const ORDER_PATHS: readonly OrderPath[] = [
  {
    name: 'confirmed',
    title: 'confirmed',
    sku: SOLD_SKU,
    paymentMethodId: 'pm_card_visa',
    ending: 'CONFIRMED',
    prepare: ({ sandbox }, orderId) => holdWebhookBack(sandbox.url, orderId),
  },
  {
    name: 'threeDSecure',
    title: '3-D Secure',
    sku: SOLD_SKU,
    paymentMethodId: 'pm_card_threeDSecure2Required',
    ending: 'CONFIRMED',
    whenWaiting: ({ sandbox }, orderId) => confirmAsCustomer(sandbox.url, orderId),
  },
  {
    name: 'declined',
    title: 'declined',
    sku: SOLD_SKU,
    paymentMethodId: 'pm_card_chargeDeclined',
    ending: 'CANCELLED',
    prepare: ({ sandbox }, orderId) => holdWebhookBack(sandbox.url, orderId),
  },
  {
    name: 'outOfStock',
    title: 'out of stock',
    sku: EMPTY_SKU,
    paymentMethodId: 'pm_card_visa',
    ending: 'CANCELLED',
  },
  {
    name: 'parked',
    title: 'parked, resolved',
    sku: SOLD_SKU,
    paymentMethodId: 'pm_card_visa',
    ending: 'CANCELLED',
    prepare: async ({ sandbox }, orderId) => {
      await reportWrongAmount(sandbox.url, orderId);
      await holdWebhookBack(sandbox.url, orderId);
    },
    whenWaiting: async ({ deployment }, orderId) => {
      const parking = await openParkingOf(deployment, orderId);
      await decideParking(deployment, parking, { decision: 'resolved', actor: 'bench', evidence: 'measured' });
    },
  },
  {
    name: 'returned',
    title: 'its return',
    sku: SOLD_SKU,
    paymentMethodId: 'pm_card_visa',
    ending: 'CONFIRMED',
    sequel: RETURN,
  },
];

const TIMEOUT_MS = 60_000;
const WEBHOOK_DELAY_MS = 1_500;

/** Follows the order to its end, doing what it waits for. @returns its execution's ARN. @throws Error when it ends otherwise than the path says. */
export async function walk(path: OrderPath, system: System, orderId: string): Promise<string> {
  const follow = (until: (progress: OrderProgress) => boolean) =>
    followOrder(system.deployment, orderId, { until, timeoutMs: TIMEOUT_MS });
  if (path.whenWaiting) {
    await follow((progress) => waitsForSomeone(progress) || hasEnded(progress));
    await path.whenWaiting(system, orderId);
  }
  const { order, execution } = await follow(hasEnded);
  await webhooksDelivered(system.sandbox.url, orderId);
  if (order?.status === path.ending && execution?.status === 'SUCCEEDED') return execution.executionArn;
  throw new Error(`${path.title}: expected ${path.ending}, got ${order?.status} (execution ${execution?.status})`);
}

/** The provider then holds another payment than the order asks for: that is for a person to settle. */
function reportWrongAmount(sandboxUrl: string, orderId: string): Promise<void> {
  return armBehaviour(sandboxUrl, { kind: 'wrongAmount', orderId, count: 3 });
}

/**
 * A provider tells a second after its answer what it answered. The sandbox is quicker, so that its webhook sometimes
 * overtakes the charge itself, and the order then uses more.
 */
function holdWebhookBack(sandboxUrl: string, orderId: string): Promise<void> {
  return armBehaviour(sandboxUrl, { kind: 'webhookDelay', orderId, ms: WEBHOOK_DELAY_MS, count: 1 });
}

async function armBehaviour(sandboxUrl: string, behaviour: object): Promise<void> {
  const response = await fetch(`${sandboxUrl}/_sandbox/behaviours`, {
    method: 'POST',
    body: JSON.stringify(behaviour),
  });
  if (!response.ok) throw new Error(`The payment sandbox refused ${JSON.stringify(behaviour)}`);
}

const Webhooks = z.object({ events: z.array(z.object({ orderId: z.string(), lastStatus: z.number().nullable() })) });

export async function webhooksDelivered(sandboxUrl: string, orderId: string): Promise<void> {
  for (;;) {
    const { events } = Webhooks.parse(await (await fetch(`${sandboxUrl}/_sandbox/webhooks`)).json());
    if (events.every((event) => event.orderId !== orderId || event.lastStatus === 200)) return;
    await delay(50);
  }
}
