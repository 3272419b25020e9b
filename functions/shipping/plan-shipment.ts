import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderDelivered } from '../../events/order-delivered.ts';
import { OrderShipped } from '../../events/order-shipped.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eachEvent, on } from '../platform/event-consumer.ts';
import { logger } from '../platform/logger.ts';
import { inDeadLetters } from '../platform/set-aside.ts';
import { ShipmentPlan } from './shipment-plan.ts';
import { cancelledFacts, confirmedFacts, deliveredFacts, shippedFacts, type ShipmentFacts } from './shipment.ts';

const plan = new ShipmentPlan({ documents: documentClient, shipmentsTable: envVar('SHIPMENTS_TABLE') });

/** Keeps the list of what is to be shipped. Late, repeated and replayed events lead to the same list. */
export const handler = eachEvent(
  [
    on(OrderConfirmed, (event) => learn(confirmedFacts(event))),
    on(OrderCancelled, (event) => learn(cancelledFacts(event))),
    on(OrderShipped, (event) => learn(shippedFacts(event))),
    on(OrderDelivered, (event) => learn(deliveredFacts(event))),
  ],
  { setAside: inDeadLetters() },
);

async function learn(facts: ShipmentFacts): Promise<void> {
  const { shipment, changed } = await plan.learn(facts);
  const { orderId, correlationId, state } = shipment;
  if (changed) logger.info('Shipment planned', { orderId, correlationId, state });
}
