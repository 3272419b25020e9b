import * as z from 'zod';
import type { OrderCancelled } from '../../events/order-cancelled.ts';
import type { OrderConfirmed } from '../../events/order-confirmed.ts';
import type { OrderDelivered } from '../../events/order-delivered.ts';
import { Parcel, type OrderShipped } from '../../events/order-shipped.ts';
import { tolerant } from '../../events/tolerant-schema.ts';
import { OrderId, Quantity, Sku } from '../../events/vocabulary.ts';

/**
 * What the warehouse knows of an order. Each event adds the facts that it alone has, and the state follows from the
 * facts, so events may come in any order and any number of times. Rows are put whole: what a newer version added is kept.
 */
export const Shipment = tolerant(
  z.object({
    orderId: OrderId,
    /** `CANCELLED` stands also for an order that was never to be shipped: its confirmation may still be on its way. */
    state: z.enum(['TO_SHIP', 'CANCELLED', 'SHIPPED', 'DELIVERED']),
    /** Counts changes; every write is conditional on the one before. */
    version: z.int().positive(),
    correlationId: z.string(),
    confirmedAt: z.string().optional(),
    lines: z.array(z.object({ sku: Sku, quantity: Quantity })).optional(),
    cancelledAt: z.string().optional(),
    shippedAt: z.string().optional(),
    parcel: Parcel.optional(),
    deliveredAt: z.string().optional(),
  }),
);
export type Shipment = z.infer<typeof Shipment>;

/** The facts of one event, taken out of it. */
export type ShipmentFacts = Omit<Shipment, 'state' | 'version'>;

export function confirmedFacts({ orderId, correlationId, confirmedAt, lines }: OrderConfirmed): ShipmentFacts {
  return { orderId, correlationId, confirmedAt, lines };
}

export function cancelledFacts({ orderId, correlationId, cancelledAt }: OrderCancelled): ShipmentFacts {
  return { orderId, correlationId, cancelledAt };
}

export function shippedFacts({ orderId, correlationId, shippedAt, parcel }: OrderShipped): ShipmentFacts {
  return { orderId, correlationId, shippedAt, parcel };
}

export function deliveredFacts({ orderId, correlationId, deliveredAt }: OrderDelivered): ShipmentFacts {
  return { orderId, correlationId, deliveredAt };
}

/** The shipment with these facts added; itself when it has them already. */
export function withFacts(known: Shipment | undefined, facts: ShipmentFacts): Shipment {
  const added = Object.entries(facts).filter(([name, fact]) => fact !== undefined && !(name in (known ?? {})));
  if (known !== undefined && added.length === 0) return known;
  const next = { ...known, ...Object.fromEntries(added) } as Shipment;
  return { ...next, state: stateOf(next), version: (known?.version ?? 0) + 1 };
}

/** A shipped order cannot be cancelled, and an order is not delivered before it is shipped. */
function stateOf({ cancelledAt, shippedAt, deliveredAt }: ShipmentFacts): Shipment['state'] {
  if (deliveredAt !== undefined) return 'DELIVERED';
  if (shippedAt !== undefined) return 'SHIPPED';
  return cancelledAt === undefined ? 'TO_SHIP' : 'CANCELLED';
}
