import { Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { CursorSecret } from './cursor-secret.ts';
import { MERGED_READS } from './function-sizes.ts';
import { allowOnExecutions, ORDER_MACHINES, type OrderMachine } from './order-machine.ts';
import type { Payments } from './payments.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';

/** A queue that an operator looks into, and how its messages came there: see `functions/admin/dead-letters.ts`. */
export interface WatchedQueue {
  readonly name: string;
  readonly kind: 'unworked' | 'undelivered' | 'other';
  readonly queue: Queue;
}

export interface AdminServiceProps {
  readonly platform: Platform;
  readonly tables: ShopTables;
  readonly cursorSecret: CursorSecret;
  /** The workflows of an order. */
  readonly saga: OrderMachine;
  readonly cancellation: OrderMachine;
  readonly returns: OrderMachine;
  readonly payments: Payments;
  /** Base URL of the payment provider's API. */
  readonly paymentApiUrl: string;
  readonly deadLetters: readonly WatchedQueue[];
}

/** The shop as its operators see it: it reads everything and changes nothing. */
export class AdminService extends Construct {
  readonly serve: ShopFunction;

  constructor(scope: Construct, id: string, props: AdminServiceProps) {
    super(scope, id);
    const { platform, tables, cursorSecret, saga, cancellation, returns, payments, paymentApiUrl, deadLetters } = props;
    this.serve = new ShopFunction(this, 'ServeAdmin', {
      ...MERGED_READS,
      platform,
      service: 'admin',
      entry: 'serve-admin',
      description: 'Shows operators all orders, their traces, what is to be packed, and dead letters',
      environment: {
        ORDERS_TABLE: tables.orders.name,
        OUTBOX_TABLE: tables.outbox.name,
        PAYMENTS_TABLE: tables.payments.name,
        RESERVATIONS_TABLE: tables.reservations.name,
        STOCK_TABLE: tables.stock.name,
        ORDER_CONTACTS_TABLE: tables.orderContacts.name,
        MAILS_TABLE: tables.mails.name,
        CURSOR_SECRET_ID: cursorSecret.arn,
        STATE_MACHINE_ARN: saga.machine.stateMachineArn,
        CANCELLATION_STATE_MACHINE_ARN: cancellation.machine.stateMachineArn,
        RETURN_STATE_MACHINE_ARN: returns.machine.stateMachineArn,
        PAYMENT_API_URL: paymentApiUrl,
        PAYMENT_SECRET_ID: payments.secret.arn,
        DEAD_LETTER_QUEUES: this.listOf(deadLetters),
      },
    });
    cursorSecret.grantRead(this.serve);
    payments.secret.grantRead(this.serve);
    this.grantTables(tables);
    for (const machine of ORDER_MACHINES) {
      allowOnExecutions(
        this.serve,
        machine,
        'DescribeExecution',
        'DescribeStateMachineForExecution',
        'GetExecutionHistory',
      );
    }
    // Receiving shows a message; nothing here may delete one.
    this.serve.allow(
      ['sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      ...deadLetters.map(({ queue }) => queue.queueArn),
    );
  }

  private grantTables(tables: ShopTables): void {
    const { orders, outbox, payments, reservations, stock, orderContacts, mails } = tables;
    orders.grant(this.serve, 'BatchGetItem', 'Query');
    for (const index of ['CustomerIndex', 'LifecycleIndex', 'ParkedIndex']) orders.grantIndexQuery(this.serve, index);
    for (const table of [payments, reservations, outbox, stock, orderContacts, mails])
      table.grant(this.serve, 'BatchGetItem');
  }

  private listOf(queues: readonly WatchedQueue[]): string {
    return Stack.of(this).toJsonString(queues.map(({ name, kind, queue }) => ({ name, kind, url: queue.queueUrl })));
  }
}
