import { Construct } from 'constructs';
import type { CursorSecret } from './cursor-secret.ts';
import { ORDER_STEP } from './function-sizes.ts';
import { allowOnExecutions, allowTaskAnswers, type OrderMachine } from './order-machine.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';

export interface OrderServiceProps {
  readonly platform: Platform;
  readonly tables: ShopTables;
  readonly cursorSecret: CursorSecret;
  /** The workflow that cancels confirmed orders. */
  readonly cancellation: OrderMachine;
}

/** Orders over HTTP: for their customers, for the warehouse, and for operators. */
export class OrderService extends Construct {
  readonly serve: ShopFunction;

  constructor(scope: Construct, id: string, { platform, tables, cursorSecret, cancellation }: OrderServiceProps) {
    super(scope, id);
    this.serve = new ShopFunction(this, 'ServeOrders', {
      ...ORDER_STEP,
      platform,
      service: 'orders',
      entry: 'serve-orders',
      description: 'Shows, cancels and ships orders, and answers parked ones',
      environment: {
        ORDERS_TABLE: tables.orders.name,
        OUTBOX_TABLE: tables.outbox.name,
        PAYMENTS_TABLE: tables.payments.name,
        STOCK_TABLE: tables.stock.name,
        RESERVATIONS_TABLE: tables.reservations.name,
        CURSOR_SECRET_ID: cursorSecret.arn,
        CANCELLATION_STATE_MACHINE_ARN: cancellation.machine.stateMachineArn,
      },
    });
    cursorSecret.grantRead(this.serve);
    this.grantTables(tables);
    this.serve.allow(['states:StartExecution'], cancellation.machine.stateMachineArn);
    for (const machine of ['order-saga', 'order-cancellation'] as const) {
      allowTaskAnswers(this.serve, machine, 'Success');
      allowOnExecutions(this.serve, machine, 'RedriveExecution');
    }
    // Ends the wait of a charge whose order is cancelled.
    allowTaskAnswers(this.serve, 'order-saga', 'Failure');
  }

  private grantTables({ orders, outbox, payments, stock, reservations }: ShopTables): void {
    orders.grant(this.serve, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem');
    orders.grantIndexQuery(this.serve, 'CustomerIndex');
    orders.grantIndexQuery(this.serve, 'ParkedIndex');
    outbox.grant(this.serve, 'GetItem', 'PutItem');
    // A parcel leaves only while nothing is wrong with its payment; an operator says when it is right again.
    payments.grant(this.serve, 'GetItem', 'UpdateItem', 'ConditionCheckItem');
    // Shipping takes the units out of the stock in the order's transaction.
    stock.grant(this.serve, 'UpdateItem');
    reservations.grant(this.serve, 'UpdateItem');
  }
}
