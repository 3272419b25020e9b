import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderDelivered } from '../../events/order-delivered.ts';
import { OrderShipped } from '../../events/order-shipped.ts';
import { BATCH_WORKER } from './function-sizes.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';
import { SubscribedQueue } from './subscribed-queue.ts';

export interface ShippingProps {
  readonly platform: Platform;
  readonly bus: IEventBus;
  readonly tables: ShopTables;
}

/** The warehouse's list of what is to be shipped, made from the orders' events. */
export class Shipping extends Construct {
  readonly plan: ShopFunction;
  readonly orderEvents: SubscribedQueue;

  constructor(scope: Construct, id: string, { platform, bus, tables: { shipments } }: ShippingProps) {
    super(scope, id);
    this.plan = new ShopFunction(this, 'PlanShipment', {
      ...BATCH_WORKER,
      platform,
      service: 'shipping',
      entry: 'plan-shipment',
      description: 'Keeps the list of what is to be shipped',
      environment: { SHIPMENTS_TABLE: shipments.name },
    });
    shipments.grant(this.plan, 'PutItem');
    this.orderEvents = new SubscribedQueue(this, 'OrderEvents', {
      platform,
      bus,
      events: [OrderConfirmed, OrderCancelled, OrderShipped, OrderDelivered],
      replays: 'included', // a list that was lost is made again by a replay
      workerTimeout: this.plan.timeout,
      maxReceives: 5,
    });
    this.orderEvents.workedBy(this.plan, { batchSize: 10, maxConcurrency: 5 });
  }
}
