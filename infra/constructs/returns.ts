import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { OrderReturned } from '../../events/order-returned.ts';
import { ORDER_STEP } from './function-sizes.ts';
import { OrderMachine } from './order-machine.ts';
import type { Payments } from './payments.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';
import { SubscribedQueue } from './subscribed-queue.ts';
import { STARTS_TRIED_FOR_HOURS } from './work-queue.ts';

export interface ReturnsProps {
  readonly platform: Platform;
  readonly bus: IEventBus;
  readonly tables: ShopTables;
  readonly payments: Payments;
  /** Leaves an order to an operator. */
  readonly park: ShopFunction;
  /** Folder of the workflows' definitions. */
  readonly definitionsFolder: string;
}

/** Refunds what came back of shipped orders: from the event of an accepted return to its money with the customer. */
export class Returns extends Construct {
  readonly machine: OrderMachine;
  readonly accepted: SubscribedQueue;

  constructor(scope: Construct, id: string, { platform, bus, tables, payments, park, ...props }: ReturnsProps) {
    super(scope, id);
    const { orders, outbox } = tables;
    const close = new ShopFunction(this, 'CloseReturn', {
      ...ORDER_STEP,
      platform,
      service: 'orders',
      entry: 'close-return',
      description: 'Ends a return whose money is settled',
      environment: { ORDERS_TABLE: orders.name, OUTBOX_TABLE: outbox.name },
    });
    orders.grant(close, 'GetItem', 'UpdateItem');
    outbox.grant(close, 'PutItem');
    this.machine = new OrderMachine(this, 'Machine', {
      platform,
      name: 'order-return',
      definitionsFolder: props.definitionsFolder,
      steps: { RefundReturn: payments.refundReturn, CloseReturn: close, ParkOrder: park },
    });
    const starter = this.newStarter(platform, tables);
    this.accepted = new SubscribedQueue(this, 'Accepted', {
      platform,
      bus,
      events: [OrderReturned],
      replays: 'included', // a return is refunded once, however often it is told
      workerTimeout: starter.timeout,
      maxReceives: STARTS_TRIED_FOR_HOURS,
    });
    this.accepted.workedBy(starter, { batchSize: 10, maxConcurrency: 5 });
  }

  private newStarter(platform: Platform, { orders }: ShopTables): ShopFunction {
    const starter = new ShopFunction(this, 'StartOrderReturn', {
      ...ORDER_STEP,
      platform,
      service: 'orders',
      entry: 'start-order-return',
      description: 'Starts one execution for each accepted return',
      environment: {
        ORDERS_TABLE: orders.name,
        RETURN_STATE_MACHINE_ARN: this.machine.published.liveArn,
      },
    });
    starter.allow(['states:StartExecution'], this.machine.machine.stateMachineArn);
    orders.grant(starter, 'GetItem');
    return starter;
  }
}
