import { Construct } from 'constructs';
import { ORDER_STEP, PAYMENT_STEP } from './function-sizes.ts';
import type { OrderMachine } from './order-machine.ts';
import type { Payments } from './payments.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';

export interface RecoveryProps {
  readonly platform: Platform;
  readonly tables: ShopTables;
  readonly saga: OrderMachine;
  readonly cancellation: OrderMachine;
  readonly payments: Payments;
  readonly paymentApiUrl: string;
}

/** What `orders restore` asks of the shop after its tables were given back. Nothing of the shop calls it. */
export class Recovery extends Construct {
  readonly settle: ShopFunction;
  readonly compare: ShopFunction;

  constructor(
    scope: Construct,
    id: string,
    { platform, tables, saga, cancellation, payments, ...props }: RecoveryProps,
  ) {
    super(scope, id);
    const common = { platform, service: 'recovery' };
    const environment = { ORDERS_TABLE: tables.orders.name, OUTBOX_TABLE: tables.outbox.name };
    this.settle = new ShopFunction(this, 'SettleRestoredOrder', {
      ...common,
      ...ORDER_STEP,
      entry: 'settle-restored-order',
      description: 'Brings an order to where it was before its rows were lost',
      environment: {
        ...environment,
        STATE_MACHINE_ARN: saga.published.liveArn,
        CANCELLATION_STATE_MACHINE_ARN: cancellation.published.liveArn,
      },
    });
    for (const { machine } of [saga, cancellation]) {
      this.settle.allow(['states:StartExecution'], machine.stateMachineArn);
    }
    this.compare = new ShopFunction(this, 'ComparePayment', {
      ...common,
      ...PAYMENT_STEP,
      entry: 'compare-payment',
      description: 'Holds an order against the books of the payment provider',
      environment: {
        ...environment,
        PAYMENTS_TABLE: tables.payments.name,
        PAYMENT_API_URL: props.paymentApiUrl,
        PAYMENT_SECRET_ID: payments.secret.arn,
      },
    });
    payments.secret.grantRead(this.compare);
    tables.payments.grant(this.compare, 'GetItem');
    for (const writer of [this.settle, this.compare]) {
      tables.orders.grant(writer, 'GetItem', 'PutItem', 'UpdateItem');
      tables.outbox.grant(writer, 'PutItem');
    }
  }
}
