import { Duration, Fn, Stack } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderParked } from '../../events/order-parked.ts';
import { OrderShipped } from '../../events/order-shipped.ts';
import { BATCH_WORKER } from './function-sizes.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';
import { SubscribedQueue } from './subscribed-queue.ts';

export interface NotificationsProps {
  readonly platform: Platform;
  readonly bus: IEventBus;
  readonly tables: ShopTables;
  /** Knows which address of a customer is verified. */
  readonly userPool: IUserPool;
  /** The address that mails come from. It, or its domain, must be a verified identity of SES. */
  readonly sender: string;
}

/** E-mails that tell customers what became of their orders. */
export class Notifications extends Construct {
  readonly sendMail: ShopFunction;
  readonly orderEvents: SubscribedQueue;

  constructor(scope: Construct, id: string, { platform, bus, tables, userPool, sender }: NotificationsProps) {
    super(scope, id);
    this.sendMail = new ShopFunction(this, 'SendMail', {
      ...BATCH_WORKER,
      platform,
      service: 'notifications',
      entry: 'send-mail',
      description: 'Tells customers by e-mail what became of their orders',
      environment: {
        ORDER_CONTACTS_TABLE: tables.orderContacts.name,
        MAILS_TABLE: tables.mails.name,
        MAIL_SENDER: sender,
        USER_POOL_ID: userPool.userPoolId,
      },
    });
    tables.orderContacts.grant(this.sendMail, 'GetItem');
    tables.mails.grant(this.sendMail, 'PutItem', 'UpdateItem');
    this.sendMail.allow(['cognito-idp:AdminGetUser'], userPool.userPoolArn);
    this.allowSending(sender);
    this.orderEvents = new SubscribedQueue(this, 'OrderEvents', {
      platform,
      bus,
      events: [OrderConfirmed, OrderCancelled, OrderParked, OrderShipped],
      replays: 'excluded', // nobody wants last month's mails again
      workerTimeout: this.sendMail.timeout,
      maxReceives: 5,
      batchingWindow: Duration.seconds(1), // a mail can wait
    });
    // Two batches at a time stay below the 14 mails a second that a new account may send.
    this.orderEvents.work.workedBy(this.sendMail, { batchSize: 10, maxConcurrency: 2 });
  }

  /** SES looks at the identity of the address where there is one, and at that of its domain otherwise. */
  private allowSending(sender: string): void {
    const identity = (name: string) =>
      Stack.of(this).formatArn({ service: 'ses', resource: 'identity', resourceName: name });
    this.sendMail.allow(['ses:SendEmail'], identity(sender), identity(Fn.select(1, Fn.split('@', sender))));
  }
}
