import { Construct } from 'constructs';
import type { CursorSecret } from './cursor-secret.ts';
import { ORDER_STEP } from './function-sizes.ts';
import { allowOnExecutions, allowTaskAnswers, ORDER_MACHINES, type OrderMachine } from './order-machine.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';

export interface OrderServiceProps {
  readonly platform: Platform;
  readonly tables: ShopTables;
  readonly cursorSecret: CursorSecret;
  /** The workflow that cancels confirmed orders. */
  readonly cancellation: OrderMachine;
  /** The workflow that refunds returns. */
  readonly returns: OrderMachine;
}

/** Orders over HTTP: for their customers, for the warehouse, and for operators. */
export class OrderService extends Construct {
  readonly serve: ShopFunction;

  constructor(scope: Construct, id: string, props: OrderServiceProps) {
    super(scope, id);
    const { platform, tables, cursorSecret, cancellation, returns } = props;
    this.serve = new ShopFunction(this, 'ServeOrders', {
      ...ORDER_STEP,
      platform,
      service: 'orders',
      entry: 'serve-orders',
      description: 'Shows, cancels, ships and takes back orders, and answers parked ones',
      environment: {
        ORDERS_TABLE: tables.orders.name,
        OUTBOX_TABLE: tables.outbox.name,
        PAYMENTS_TABLE: tables.payments.name,
        STOCK_TABLE: tables.stock.name,
        STOCK_CHANGES_TABLE: tables.stockChanges.name,
        RESERVATIONS_TABLE: tables.reservations.name,
        CURSOR_SECRET_ID: cursorSecret.arn,
        CANCELLATION_STATE_MACHINE_ARN: cancellation.published.liveArn,
        RETURN_STATE_MACHINE_ARN: returns.published.liveArn,
      },
    });
    cursorSecret.grantRead(this.serve);
    this.grantTables(tables);
    // A refund that came to nothing is made by another execution, of either.
    for (const { machine } of [cancellation, returns]) {
      this.serve.allow(['states:StartExecution'], machine.stateMachineArn);
    }
    for (const machine of ORDER_MACHINES) {
      allowTaskAnswers(this.serve, machine, 'Success');
      allowOnExecutions(this.serve, machine, 'RedriveExecution');
    }
    // Ends the wait of a charge whose order is cancelled.
    allowTaskAnswers(this.serve, 'order-saga', 'Failure');
  }

  private grantTables({ orders, outbox, payments, stock, stockChanges, reservations }: ShopTables): void {
    orders.grant(this.serve, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem');
    orders.grantIndexQuery(this.serve, 'CustomerIndex');
    orders.grantIndexQuery(this.serve, 'ParkedIndex');
    outbox.grant(this.serve, 'GetItem', 'PutItem');
    // A parcel leaves only while nothing is wrong with its payment; an operator says when it is right again.
    payments.grant(this.serve, 'GetItem', 'UpdateItem', 'ConditionCheckItem');
    // Shipping takes the units out of the stock in the order's transaction, and a return brings them back.
    stock.grant(this.serve, 'BatchGetItem', 'UpdateItem');
    stockChanges.grant(this.serve, 'PutItem');
    reservations.grant(this.serve, 'GetItem', 'UpdateItem');
  }
}
